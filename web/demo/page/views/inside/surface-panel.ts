/** Owner of the loss surface: computes it when it is asked to, shows it, says of what it is, and saves it. */
import { make } from '../../dom.js';
import type { Surface } from '../../../shared/inside-work.js';
import type { DataSource } from '../../../shared/digit-work.js';
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import { isRunning } from '../../training/run.js';
import type { Words } from '../../words/words.js';
import { button, save } from '../parts/controls.js';
import { count, number, percent } from '../parts/numbers.js';
import { pictureFile, png } from '../share/picture-files.js';
import type { PageParts } from '../views.js';
import { InsideWorker } from './inside-worker.js';
import { digitsOfRun } from './studied.js';
import { SurfaceField } from './surface-field.js';
import { surfacePicture } from './surface-picture.js';
import { SurfacePlot } from './surface-plot.js';

/** Points along each direction. */
const STEPS = [15, 25, 41];
const USUAL_STEPS = 25;
/** Width of a saved picture, in pixels. */
const SAVED_SIDE = 640;

export class SurfacePanel {
  readonly element = make('section', 'surface');
  readonly #words: Words['surface'];
  readonly #page: PageParts;
  readonly #worker = new InsideWorker();
  readonly #whose = make('p', 'surface-whose');
  readonly #steps = make('select');
  readonly #go: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #progress = make('progress');
  readonly #plot: SurfacePlot;
  readonly #here = make('p', 'surface-here');
  readonly #basis = make('p');
  readonly #facts = make('p');
  readonly #saves: HTMLButtonElement[];
  readonly #note = make('p', 'surface-note');
  #field: SurfaceField | undefined;
  #stop: AbortController | undefined;

  constructor(words: Words['surface'], page: PageParts) {
    this.#words = words;
    this.#page = page;
    this.#plot = new SurfacePlot(words, (text) => (this.#here.textContent = text || this.#hint()));
    this.#go = button(words.compute, () => void this.#compute());
    this.#go.id = 'surface-compute';
    this.#cancel = button(words.cancel, () => this.#stop?.abort(new Error(words.cancelled)));
    this.#saves = [
      button('SVG', () => this.#save('SVG', (text) => Promise.resolve(new Blob([text], { type: 'image/svg+xml' })))),
      button('PNG', () => this.#save('PNG', png)),
    ];
    this.#saves.forEach((made) => made.setAttribute('aria-label', words.saveAs(made.textContent)));
    this.#build();
  }

  #build(): void {
    const words = this.#words;
    this.#steps.id = 'surface-steps';
    this.#steps.append(...STEPS.map((steps) => new Option(words.points(count(steps)), String(steps))));
    this.#steps.value = String(USUAL_STEPS);
    this.#progress.setAttribute('aria-label', words.progress);
    this.#progress.value = 0;
    this.#note.setAttribute('role', 'status');
    const label = make('label', 'inline-field', `${words.fineness} `);
    label.append(this.#steps);
    const tools = make('div', 'surface-tools');
    tools.append(this.#go, this.#cancel, this.#progress, label);
    const saves = make('div', 'surface-saves');
    saves.append(make('span', 'muted', words.save), ...this.#saves);
    const side = make('div', 'surface-side');
    // Texts whose length is not known before stand last, where they move nothing.
    side.append(this.#here, saves, this.#note, this.#basis, this.#facts);
    const body = make('div', 'surface-body');
    body.append(this.#plot.element, side);
    this.element.append(make('h2', '', words.title), make('p', 'note', words.text), this.#whose, tools, body);
    this.#show();
  }

  /** @param by whose network it is of */
  show(by: NetworkSnapshot['by']): void {
    const { run } = this.#page.store.state;
    const words = this.#words;
    const epochs = number(Math.round(10 * run.epoch) / 10);
    this.#whose.textContent =
      by === 'pretrained' ? words.pretrained : isRunning(run.phase) ? words.learning(epochs) : words.learned(epochs);
    this.#plot.draw();
  }

  #hint(): string {
    return this.#field ? this.#words.hint : this.#words.notYet;
  }

  async #compute(): Promise<void> {
    const stop = (this.#stop = new AbortController());
    this.#say('');
    this.#progress.value = 0;
    this.#show();
    this.#cancel.focus();
    try {
      // As it is, not as the view's copy of dense layers alone, because the path is of the same weights.
      const network = await this.#page.network();
      if (!network) throw new Error(this.#words.none);
      const { by, layers, weights } = network;
      const { state } = this.#page.store;
      const { studied, kind } = digitsOfRun(state, by);
      const moments = by === 'trained' ? this.#page.path() : [];
      const epoch = by === 'trained' ? state.run.epoch : 0;
      const { surface } = await this.#worker.ask<'surface'>(
        {
          ...{ kind: 'surface', network: { layers, weights }, moments, epoch, steps: Number(this.#steps.value) },
          source: studied as DataSource,
        },
        { signal: stop.signal, onProgress: (fraction) => (this.#progress.value = fraction) },
      );
      this.#field = new SurfaceField(surface);
      this.#plot.show(this.#field);
      this.#tell(surface, by === 'pretrained' ? 'pretrained' : kind === 'missing' ? 'missing' : 'own');
      this.#say(this.#words.done);
    } catch (error) {
      this.#say(stop.signal.aborted ? this.#words.cancelled : this.#words.failed((error as Error).message));
    } finally {
      this.#worker.rest();
      this.#stop = undefined;
      this.#progress.value = 0;
      const hadFocus = document.activeElement === this.#cancel;
      this.#show();
      if (hadFocus) this.#go.focus();
    }
  }

  #tell({ along, held, path, steps, count: digits, reach }: Surface, of: 'pretrained' | 'missing' | 'own'): void {
    const words = this.#words;
    const [right, up] = held.map(percent) as [string, string];
    this.#basis.textContent =
      along === 'path'
        ? words.alongPath(count(path.length - 1), percent(held[0] + held[1]), right, up)
        : of === 'pretrained'
          ? words.alongRandom
          : words.pathTooShort;
    const epochs = number(Math.round(100 * path.at(-1)!.epoch) / 100);
    const points = words.points(count(steps));
    this.#facts.textContent =
      words.facts(points, words.on[of](count(digits))) +
      (of === 'pretrained' ? '' : ` ${words.when(epochs)}`) +
      (along === 'path' ? ` ${words.width(number(2 * reach))}` : '');
  }

  #show(): void {
    const isBusy = this.#stop !== undefined;
    // Enabled before the other is disabled, so that the focus finds it.
    this.#cancel.disabled = !isBusy;
    this.#go.disabled = isBusy;
    this.#go.textContent = this.#field ? this.#words.anew : this.#words.compute;
    for (const made of this.#saves) made.disabled = !this.#field;
    this.#here.textContent ||= this.#hint();
  }

  #say(text: string): void {
    this.#note.textContent = text;
  }

  #save(kind: string, content: (text: string) => Promise<Blob>): void {
    if (!this.#field) return;
    const name = `loss-surface.${kind.toLowerCase()}`;
    const picture = surfacePicture(this.#field, SAVED_SIDE, this.#words);
    content(pictureFile(picture)).then(
      (blob) => {
        save(name, blob);
        this.#say(this.#words.saved(name));
      },
      (error: unknown) => this.#say(this.#words.failed((error as Error).message)),
    );
  }
}
