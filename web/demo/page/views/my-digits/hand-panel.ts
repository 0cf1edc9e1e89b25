/** Owner of "Learn my hand": the button, its progress, and the figures before and after. */
import { make } from '../../dom.js';
import type { Learned } from '../../my-digits/hand.js';
import type { LearnedWeights, NetworkSnapshot } from '../../reading/snapshot.js';
import { isRunning } from '../../training/run.js';
import { button } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { words } from './words.js';

const say = words.hand;

/** A network before it learned. */
interface Before {
  by: NetworkSnapshot['by'];
  weights: LearnedWeights | undefined;
  /** The name of the run that it is of, if it is the visitor's. */
  began: number | undefined;
}

export class HandPanel {
  readonly element = make('section', 'hand');
  readonly #page: PageParts;
  readonly #learn: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #undo: HTMLButtonElement;
  readonly #progress = make('progress');
  readonly #note = make('p', 'hand-note');
  readonly #result = make('div');
  #stop: AbortController | undefined;
  #before: Before | undefined;
  /** True once the network that learns a hand has gone on to learn something else. */
  #isOverrun: () => boolean = () => false;

  constructor(page: PageParts) {
    this.#page = page;
    const title = make('h2', '', say.title);
    title.id = 'hand-title';
    this.element.setAttribute('aria-labelledby', title.id);
    this.#learn = button(say.learn, () => void this.#run(), 'primary');
    this.#cancel = button(say.cancel, () => this.#stop?.abort());
    this.#undo = button(say.undo, () => void this.#takeBack());
    this.#progress.setAttribute('aria-label', say.progress);
    this.#progress.value = 0;
    this.#note.setAttribute('role', 'status');
    const controls = make('div', 'controls');
    controls.append(this.#learn, this.#cancel, this.#undo);
    this.element.append(title, make('p', 'view-lede', say.lede), controls, this.#progress, this.#note, this.#result);
    page.store.on(['myDigits', 'run', 'reader', 'hand'], () => this.#show());
  }

  /** The network before it learned, while that can be brought back. */
  get #undoable(): Before | undefined {
    const { run } = this.#page.store.state;
    return this.#before?.by === 'trained' && this.#before.began !== run.began ? undefined : this.#before;
  }

  #show(): void {
    const { myDigits, run, reader, hand } = this.#page.store.state;
    if (this.#isOverrun()) this.#stop?.abort();
    const busy = this.#stop !== undefined;
    const before = this.#undoable;
    const focused = document.activeElement;
    this.#learn.disabled = busy || myDigits.length === 0 || isRunning(run.phase) || reader === 'loading';
    this.#cancel.disabled = !busy;
    const isTraining = before?.by === 'trained' && isRunning(run.phase);
    this.#undo.disabled = busy || isTraining || (!before && hand === 0);
    this.#undo.textContent = before || hand === 0 ? say.undo : say.forget;
    if (focused === this.#learn && busy) this.#cancel.focus();
    if (focused === this.#cancel && !busy) this.#learn.focus();
    if (focused === this.#undo && this.#undo.disabled) this.#learn.focus();
    if (busy || this.#result.childElementCount > 0) return;
    if (myDigits.length === 0) this.#note.textContent = say.none;
    else if (isRunning(run.phase)) this.#note.textContent = say.running;
    else if (this.#note.textContent === say.none || this.#note.textContent === say.running) this.#note.textContent = '';
  }

  async #run(): Promise<void> {
    const stop = (this.#stop = new AbortController());
    this.#result.replaceChildren();
    this.#note.textContent = say.learning;
    this.#show();
    try {
      const network = await this.#page.network();
      if (!network) return;
      const { hand, run } = this.#page.store.state;
      const { began, epoch } = run;
      const isAsItCame = network.by === 'pretrained' && hand === 0;
      const before = { by: network.by, weights: isAsItCame ? undefined : network, began };
      this.#isOverrun = () => {
        const { run } = this.#page.store.state;
        return network.by === 'trained' && (isRunning(run.phase) || run.began !== began || run.epoch !== epoch);
      };
      const { learnHand } = await import('../../my-digits/hand.js');
      const learned = await learnHand(network, this.#page.store.state.myDigits, stop.signal, (fraction) => {
        this.#progress.value = fraction;
      });
      await this.#page.adopt(network.by, learned);
      this.#before = before;
      this.#note.textContent = `${say.done(learned.seconds)}${learned.heldOut === 0 ? ` ${say.few}` : ''}`;
      this.#result.replaceChildren(tableOf(learned));
    } catch (error) {
      this.#note.textContent = stop.signal.aborted ? say.cancelled : say.failed((error as Error).message);
    } finally {
      this.#progress.value = 0;
      this.#stop = undefined;
      this.#isOverrun = () => false;
      this.#show();
    }
  }

  async #takeBack(): Promise<void> {
    const before = this.#undoable;
    this.#before = undefined;
    try {
      if (before) await this.#page.adopt(before.by, before.weights);
      else await this.#page.adopt('pretrained', undefined);
      this.#result.replaceChildren();
      this.#note.textContent = say.undone;
    } catch (error) {
      this.#note.textContent = say.failed((error as Error).message);
    }
    this.#show();
  }
}

function tableOf({ before, after, heldOut, others }: Learned): HTMLTableElement {
  const table = make('table');
  table.createCaption().textContent = say.caption(heldOut);
  const head = table.createTHead().insertRow();
  head.append(make('td'));
  for (const text of [say.before, say.after]) {
    const cell = make('th', '', text);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  const add = (name: string, from: number, to: number): void => {
    const row = body.insertRow();
    const cell = make('th', '', name);
    cell.scope = 'row';
    row.append(cell, make('td', '', say.share(from)), make('td', '', say.share(to)));
  };
  if (before.mine !== undefined && after.mine !== undefined) add(say.mine(heldOut), before.mine, after.mine);
  add(say.others(others), before.others, after.others);
  return table;
}
