/** The last step taken in earnest: on this one digit, with before and after, and back again. */
import { make } from '../../dom.js';
import type { Specimen, Trace } from '../../specimen/specimen.js';
import type { Words } from '../../words/words.js';
import type { UnitNames } from '../parts/names.js';
import { number, percent, typed } from '../parts/numbers.js';

interface Taken {
  weights: Specimen['weights'];
  before: Trace;
}

/** Steps that can be undone; each keeps all the weights. */
const UNDO_AT_MOST = 50;

export class UpdatePanel {
  readonly element = make('section', 'update');
  readonly #words: Words['update'];
  readonly #rate = make('input');
  readonly #error = make('p', 'field-error');
  readonly #take = make('button', 'primary');
  readonly #undo = make('button');
  readonly #result = make('div', 'update-result');
  readonly #said = make('div', 'update-said');
  readonly #taken: Taken[] = [];
  #isBusy = false;

  /**
   * @param study the copy and the digit; absent while there is none
   * @param onStep called when the copy was changed; with true, when it is as it was at first
   */
  constructor(
    words: Words['update'],
    rate: number,
    study: () => { specimen: Specimen; trace: Trace; names: UnitNames } | undefined,
    onChange: { rate: () => void; step: (isFirstAgain: boolean) => void },
  ) {
    this.#words = words;
    this.#rate.id = 'step-rate';
    this.#rate.inputMode = 'decimal';
    this.#rate.autocomplete = 'off';
    this.#rate.value = String(rate);
    this.#error.id = 'step-rate-error';
    this.#rate.setAttribute('aria-describedby', this.#error.id);
    const label = make('label', '', words.rate);
    label.htmlFor = this.#rate.id;
    const field = make('div', 'field');
    field.append(label, this.#rate, this.#error);
    this.#take.id = 'take-step';
    this.#take.textContent = words.take;
    this.#undo.id = 'undo-step';
    this.#undo.textContent = words.undo;
    this.#take.type = this.#undo.type = 'button';
    const buttons = make('div', 'update-buttons');
    buttons.append(this.#take, this.#undo);
    this.#said.setAttribute('role', 'status');
    this.element.append(field, buttons, this.#said, this.#result);
    this.#enable();

    this.#rate.addEventListener('input', () => {
      const isWrong = typed(this.#rate.value) === undefined;
      this.#error.textContent = isWrong ? words.rateError : '';
      this.#rate.setAttribute('aria-invalid', String(isWrong));
      this.#enable();
      if (!isWrong) onChange.rate();
    });
    this.#take.addEventListener('click', () => {
      const now = study();
      if (now && !this.#isBusy) void this.#step(now, onChange.step);
    });
    this.#undo.addEventListener('click', () => {
      const now = study();
      const last = this.#taken.pop();
      if (!now || !last) return;
      now.specimen.weights = last.weights;
      this.#say(words.undone);
      this.#result.replaceChildren();
      this.#enable();
      if (this.#undo.disabled) this.#take.focus();
      onChange.step(this.#taken.length === 0);
    });
  }

  /** The learning rate, as last typed in a way that can be read. */
  get rate(): number {
    return typed(this.#rate.value) ?? 0.1;
  }

  set rate(rate: number) {
    this.#rate.value = String(rate);
  }

  /** Forgets the steps, because the copy is another one. */
  forget(): void {
    this.#taken.length = 0;
    this.#said.replaceChildren();
    this.#result.replaceChildren();
    this.#enable();
  }

  #enable(): void {
    this.#take.disabled = typed(this.#rate.value) === undefined;
    this.#undo.disabled = this.#taken.length === 0;
  }

  #say(...sentences: string[]): void {
    this.#said.replaceChildren(...sentences.map((sentence) => make('p', '', sentence)));
  }

  async #step(
    { specimen, trace, names }: { specimen: Specimen; trace: Trace; names: UnitNames },
    onStep: (isFirstAgain: boolean) => void,
  ): Promise<void> {
    this.#isBusy = true;
    const words = this.#words;
    const rate = this.rate;
    const weights = specimen.weights;
    const bound = specimen.rateBound(trace.x, trace.target);
    await specimen.step(trace.x, trace.target, rate);
    const after = specimen.trace(trace.x, trace.target);
    this.#isBusy = false;
    if (!Number.isFinite(after.loss)) {
      specimen.weights = weights;
      this.#say(words.worse(number(trace.loss), number(Infinity)));
      return;
    }
    this.#taken.push({ weights, before: trace });
    if (this.#taken.length > UNDO_AT_MOST) this.#taken.shift();
    const change = after.loss <= trace.loss ? words.better : words.worse;
    this.#say(
      change(number(trace.loss), number(after.loss)),
      words.expected(number(-rate * squaredGradient(trace))),
      Number.isFinite(bound) ? words.bound(number(bound)) : words.unbounded,
    );
    this.#result.replaceChildren(compared(trace, after, names, words));
    this.#enable();
    onStep(false);
  }
}

/** ‖∇L‖², over all weights. */
function squaredGradient({ layers }: Trace): number {
  const squares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
  return layers.reduce((sum, { kernelGrad, biasGrad }) => sum + squares(kernelGrad) + squares(biasGrad), 0);
}

function compared(before: Trace, after: Trace, names: UnitNames, words: Words['update']): HTMLElement {
  const table = make('table', 'compared');
  const head = table.createTHead().insertRow();
  for (const text of [words.probability, words.before, words.after]) {
    const cell = make('th', '', text);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  const [then, now] = [before, after].map(({ layers }) => layers.at(-1)!.a) as [Float32Array, Float32Array];
  then.forEach((share, unit) => {
    const row = body.insertRow();
    const name = make('th', '', names.answer(unit));
    name.scope = 'row';
    row.classList.toggle('is-target', unit === before.target);
    row.append(name, barred(share), barred(now[unit]!));
  });
  return table;
}

/** A percentage over a bar of that length. */
function barred(share: number): HTMLTableCellElement {
  const cell = make('td', 'barred', percent(share));
  cell.style.setProperty('--share', String(share));
  return cell;
}
