/** The unit that is looked at: its weights and its bias in fields, and its formula with these numbers in it. */
import type { ActivationName } from 'mlp-wasm';
import { make } from '../../dom.js';
import { formula, name, num, row, sub, subsup } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import type { UnitPlace } from './diagram.js';
import { editable, formulaNumber } from './figures.js';
import { INPUT_TEXTS } from './inputs.js';
import type { InputName } from './inputs.js';
import type { WeightPlace } from './network.js';
import { readNumber, WEIGHT_LIMITS } from './settings.js';
import { words } from './words.js';

export interface UnitScene {
  place: UnitPlace;
  inputs: readonly InputName[];
  layers: readonly number[];
  /** Of the layer of the unit. */
  activation: ActivationName;
  /** Undefined where there is no network. */
  weightOf: ((place: WeightPlace) => number) | undefined;
}

const INPUT_FORMULAS: Readonly<Record<InputName, () => Piece>> = {
  x1: () => sub('x', '1'),
  x2: () => sub('x', '2'),
  x1x1: () => subsup('x', '1', '2'),
  x2x2: () => subsup('x', '2', '2'),
  x1x2: () => row(sub('x', '1'), sub('x', '2')),
  sinx1: () => row(name('sin'), sub('x', '1')),
  sinx2: () => row(name('sin'), sub('x', '2')),
};

export class UnitPanel {
  readonly element = make('section', 'unit-panel');
  readonly #title = make('h2');
  readonly #note = make('p', 'note');
  readonly #formula = make('div', 'unit-formula');
  readonly #fields = make('div', 'unit-fields');
  readonly #error = make('p', 'field-error');
  readonly #set: (place: WeightPlace, value: number) => void;
  #inputs: { place: WeightPlace; input: HTMLInputElement }[] = [];
  #built = '';
  #written = '';

  /** @param set gives a weight another value */
  constructor(set: (place: WeightPlace, value: number) => void) {
    this.#set = set;
    this.#error.id = 'unit-error';
    this.#formula.setAttribute('role', 'group');
    this.#formula.setAttribute('aria-label', words.unit.formula);
    this.element.append(this.#title, this.#note, this.#fields, this.#error, this.#formula);
  }

  show(scene: UnitScene): void {
    const { place, inputs, layers, weightOf } = scene;
    const built = JSON.stringify([place, inputs, layers]);
    if (built !== this.#built) {
      this.#built = built;
      this.#written = '';
      this.#build(scene);
    }
    this.#formula.hidden = this.#fields.hidden = !weightOf && !('input' in place);
    if ('input' in place || !weightOf) return;
    for (const { place: weight, input } of this.#inputs) {
      if (document.activeElement === input) continue;
      const text = editable(weightOf(weight));
      if (input.value !== text) input.value = text;
    }
    this.#writeFormula(scene, place, weightOf);
  }

  #build({ place, inputs, layers }: UnitScene): void {
    // A field that goes while somebody writes in it must not be heard any more.
    this.#inputs = [];
    this.#error.textContent = '';
    if ('input' in place) {
      this.#title.textContent = words.unit.input(INPUT_TEXTS[place.input]);
      this.#note.textContent = inputs.includes(place.input) ? words.unit.inputOn : words.unit.inputOff;
      this.#fields.replaceChildren();
      this.#formula.replaceChildren();
      return;
    }
    const { layer, unit } = place;
    const isLast = layer === layers.length;
    this.#title.textContent = isLast ? words.diagram.output : words.diagram.unit(layer + 1, unit + 1);
    this.#note.textContent = words.unit.edit;
    const before = layer === 0 ? inputs.length : layers[layer - 1]!;
    const sources = Array.from({ length: before }, (_, k) =>
      layer === 0 ? INPUT_TEXTS[inputs[k]!] : words.diagram.short(layer, k + 1),
    );
    this.#fields.replaceChildren(
      ...sources.map((source, k) => this.#field({ layer, k, j: unit }, source, words.unit.weightOf(source))),
      this.#field({ layer, k: -1, j: unit }, words.unit.bias, words.unit.bias),
    );
  }

  #field(place: WeightPlace, text: string, title: string): HTMLElement {
    const label = make('label', 'unit-field');
    const input = make('input');
    input.inputMode = 'decimal';
    input.autocomplete = 'off';
    input.setAttribute('aria-label', title);
    input.setAttribute('aria-describedby', this.#error.id);
    input.addEventListener('change', () => {
      const value = readNumber(input.value, WEIGHT_LIMITS);
      input.setAttribute('aria-invalid', String(value === undefined));
      this.#error.textContent = value === undefined ? words.wrong.weight : '';
      if (value !== undefined) this.#set(place, value);
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') input.blur();
    });
    this.#inputs.push({ place, input });
    label.append(make('span', '', text), input);
    return label;
  }

  #writeFormula(
    { inputs, layers, activation }: UnitScene,
    { layer, unit }: { layer: number; unit: number },
    weightOf: (place: WeightPlace) => number,
  ): void {
    const before = layer === 0 ? inputs.length : layers[layer - 1]!;
    const values = Array.from({ length: before + 1 }, (_, k) =>
      formulaNumber(weightOf({ layer, k: k === before ? -1 : k, j: unit })),
    );
    const written = values.map(({ text, isNegative }) => `${isNegative}${text}`).join();
    if (written === this.#written) return;
    this.#written = written;
    const result = layer === layers.length ? name('ŷ') : subsup('a', String(unit + 1), superscript(layer + 1));
    const isPlain = activation === 'linear';
    const terms = values.map(({ text, isNegative }, k): MathMLElement => {
      const sign = isNegative ? '−' : k > 0 ? '+' : '';
      const source = layer === 0 ? INPUT_FORMULAS[inputs[k]!] : () => subsup('a', String(k + 1), superscript(layer));
      const product = k === before ? [num(text)] : [num(text), '·', source()];
      const isLast = k === before && !isPlain;
      return formula(...(sign ? [sign] : []), ...product, ...(isLast ? [')'] : []));
    });
    const head = formula(result, '=', ...(isPlain ? [] : [name(activation), '(']));
    // Each term by itself, because a line can be broken only between formulas.
    const line = make('p', 'formula');
    line.append(...[head, ...terms].flatMap((each) => [each, ' ']));
    this.#formula.replaceChildren(line);
  }
}

/** (l), the number of a layer. */
const superscript = (layer: number): Piece => row('(', String(layer), ')');

/** A small field beside a link that was pressed. */
export class WeightEditor {
  readonly #place: HTMLElement;
  readonly #set: (place: WeightPlace, value: number) => void;
  #close: (() => void) | undefined;

  /** @param place the positioned element in whose pixels places are given */
  constructor(place: HTMLElement, set: (place: WeightPlace, value: number) => void) {
    this.#place = place;
    this.#set = set;
  }

  open(weight: WeightPlace, value: number, x: number, y: number): void {
    this.#close?.();
    const form = make('form', 'weight-editor');
    form.noValidate = true;
    const label = make('label', '', words.unit.weight);
    const input = make('input');
    input.inputMode = 'decimal';
    input.autocomplete = 'off';
    input.value = editable(value);
    label.append(input);
    const error = make('p', 'field-error');
    error.setAttribute('role', 'alert');
    form.append(label, error);
    this.#place.append(form);
    const within = (at: number, size: number, all: number): number => Math.max(0, Math.min(at, all - size));
    form.style.left = `${within(x - form.offsetWidth / 2, form.offsetWidth, this.#place.clientWidth)}px`;
    form.style.top = `${within(y + 8, form.offsetHeight, this.#place.clientHeight)}px`;
    const before = input.value;
    /** False where the text says no number that can be taken. */
    const take = (): boolean => {
      if (input.value === before) return true;
      const read = readNumber(input.value, WEIGHT_LIMITS);
      if (read !== undefined) this.#set(weight, read);
      return read !== undefined;
    };
    let isClosed = false;
    const close = (this.#close = () => {
      if (isClosed) return;
      isClosed = true;
      this.#close = undefined;
      form.remove();
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (take()) {
        close();
        return;
      }
      input.setAttribute('aria-invalid', 'true');
      error.textContent = words.wrong.weight;
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
    });
    input.addEventListener('blur', () => {
      if (isClosed) return;
      take();
      close();
    });
    input.focus();
    input.select();
  }
}
