/** Names of units: of pixels by row and column, of hidden units from 1, of outputs by their digit. */
import { layerInWords } from '../../../shared/plain-layers.js';
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import type { Words } from '../../words/words.js';
import { count } from './numbers.js';

const DIGITS = 10;
const SIDE = 28;

/** Layers are counted from 0; layer −1 is the input. */
export class UnitNames {
  readonly #last: number;
  readonly #words: Words['network'];

  constructor(layers: NetworkSnapshot['layers'], words: Words) {
    this.#last = layers.length - 1;
    this.#words = words.network;
  }

  /** A unit's index in formulas. */
  index(layer: number, unit: number): string {
    return layer === this.#last ? (unit < DIGITS ? String(unit) : '∅') : String(unit + 1);
  }

  /** A unit in a sentence. */
  of(layer: number, unit: number): string {
    if (layer < 0) return this.#words.pixel(Math.floor(unit / SIDE) + 1, (unit % SIDE) + 1);
    if (layer < this.#last) return this.#words.unit(unit + 1);
    return unit < DIGITS ? this.#words.output(String(unit)) : this.#words.noDigit;
  }

  /** A class as an answer: its digit, or that it is none. */
  answer(unit: number): string {
    return unit < DIGITS ? String(unit) : this.#words.noDigit;
  }

  /** Names below the cells of a picture of this layer, where they are few enough. */
  labels(layer: number, units: number): string[] | undefined {
    return layer === this.#last && units <= 16
      ? Array.from({ length: units }, (_, unit) => this.index(layer, unit))
      : undefined;
  }
}

/** "784 → 128 sigmoid → 10 softmax" */
export function layersInWords(layers: NetworkSnapshot['layers']): string {
  return ['784', ...layers.map((layer) => layerInWords(layer, count(layer.units)))].join(' → ');
}
