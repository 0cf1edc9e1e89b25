/**
 * The ways in which the source documents write backpropagation, their slips mended. They differ in letters, in whether a
 * sample is a row or a column, and in how layers are counted; the mathematics is the same.
 */
import { brackets, fraction, operator, over, row, sub, subsup, sum, sup } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import type { Step } from './steps.js';

interface Letters {
  /** A layer's number as it is written: in brackets, or plain. */
  layer(number: string): Piece;
  input: Piece;
  z: Piece;
  a: Piece;
  weight: string;
  /** The error signal; absent where the document writes ∂L/∂Z. */
  delta?: string;
  loss: string;
  rate: string;
  target: string;
  hadamard: string;
  transpose: string;
  assign: string;
  /** ∇ with an index, or a fraction of ∂. */
  gradient: 'nabla' | 'partial';
  /** σ'(z), or a'. */
  slope: 'sigma' | 'a';
}

export interface Notation {
  id: string;
  /** The document's number and author; of the library's own, none. */
  by?: string;
  letters: Letters;
  /** Samples are rows, and kernels have a column for each unit. */
  rows: boolean;
}

const inBrackets = (number: string): Piece => row('(', number, ')');
const plain = (number: string): Piece => row(number);
const arrow = (letter: string): Piece => over(letter, operator('→'));

const BATCH: Letters = {
  layer: plain,
  input: 'X',
  z: 'Z',
  a: 'A',
  weight: 'W',
  delta: 'Δ',
  loss: 'L',
  rate: 'η',
  target: 'Y',
  hadamard: '⊙',
  transpose: '⊤',
  assign: '←',
  gradient: 'partial',
  slope: 'sigma',
};
const COLUMNS: Letters = { ...BATCH, input: 'x', z: 'z', a: 'a', delta: 'δ', loss: 'ℒ', target: 'y' };

export const NOTATIONS: readonly [Notation, ...Notation[]] = [
  { id: 'library', rows: true, letters: BATCH },
  {
    id: '000',
    by: 'Frederiksen',
    rows: false,
    // Made anew each time, because an element can stand in one place only.
    letters: {
      ...COLUMNS,
      layer: inBrackets,
      get input() {
        return arrow('X');
      },
      get z() {
        return arrow('z');
      },
      get a() {
        return arrow('a');
      },
      rate: 'α',
      assign: '≔',
    },
  },
  { id: '001', by: 'Chourasia', rows: false, letters: { ...COLUMNS, layer: inBrackets, transpose: 'T' } },
  {
    id: '002',
    by: 'Menon',
    rows: false,
    letters: {
      ...COLUMNS,
      weight: 'w',
      delta: 'φ',
      loss: 'L',
      hadamard: '∘',
      transpose: 'T',
      gradient: 'nabla',
    },
  },
  {
    id: '003',
    by: 'Two-Layer MLP',
    rows: true,
    letters: (({ delta: _, ...letters }) => ({ ...letters, layer: inBrackets, loss: 'ℒ' }))(BATCH),
  },
  {
    id: '004',
    by: 'Reynoso',
    rows: false,
    letters: { ...COLUMNS, weight: 'w', loss: 'C', rate: 'β', transpose: 'T', slope: 'a' },
  },
];

/** Symbols of one notation, of whole layers or of one entry. Layers are counted from 0 here and from 1 in print. */
export class Symbols {
  readonly letters: Letters;
  readonly rows: boolean;

  constructor({ letters, rows }: Notation) {
    this.letters = letters;
    this.rows = rows;
  }

  z = (layer: number, j?: string): Piece => this.#at(this.#of(this.letters.z, j), layer, j);
  /** Of layer −1, the input. */
  a = (layer: number, j?: string): Piece =>
    layer >= 0
      ? this.#at(this.#of(this.letters.a, j), layer, j)
      : j === undefined
        ? this.letters.input
        : sub(this.#of(this.letters.input, j), j);
  bias = (layer: number, j?: string): Piece => this.#at('b', layer, j);
  kernel = (layer: number, k?: string, j?: string): Piece =>
    this.#at(
      this.#of(this.letters.weight, k),
      layer,
      k === undefined || j === undefined ? undefined : this.rows ? row(k, ',', j) : row(j, ',', k),
    );
  delta = (layer: number, j?: string): Piece =>
    this.letters.delta
      ? this.#at(this.#of(this.letters.delta, j), layer, j)
      : fraction(this.#d(this.letters.loss), this.#d(this.z(layer, j)));
  target = (j?: string): Piece => (j === undefined ? this.letters.target : sub(this.#of(this.letters.target, j), j));
  slope = (layer: number, j?: string): Piece =>
    this.letters.slope === 'a' ? this.#at('a′', layer, j) : row('σ′', brackets(this.z(layer, j)));
  /** ∂L/∂ of something. */
  gradient = (of: Piece): Piece =>
    this.letters.gradient === 'nabla'
      ? row(sub('∇', of), this.letters.loss)
      : fraction(this.#d(this.letters.loss), this.#d(of));
  transposed = (piece: Piece): Piece => sup(brackets(piece), this.letters.transpose);

  #at(letter: Piece, layer: number, below?: Piece): Piece {
    const number = this.letters.layer(String(layer + 1));
    return below === undefined ? sup(letter, number) : subsup(letter, below, number);
  }

  /** Of a matrix with a row for each sample, an entry has the small letter. */
  #of(letter: Piece, index: string | undefined): Piece {
    return this.rows && index !== undefined && typeof letter === 'string' ? letter.toLowerCase() : letter;
  }

  #d(of: Piece): Piece {
    return row('∂', of);
  }
}

/**
 * The equations of a step, a line each.
 *
 * @param last number of the last layer
 */
export function equationsOf(step: Step, last: number, symbols: Symbols): Piece[][] {
  const { z, a, kernel, bias, delta, gradient, slope, transposed, target, letters, rows } = symbols;
  const { loss, rate, assign, hadamard } = letters;
  switch (step.kind) {
    case 'input':
      return [
        [rows ? row(a(-1), '=', sup('A', letters.layer('0'))) : row(sup(letters.a, letters.layer('0')), '=', a(-1))],
      ];
    case 'z': {
      const { layer } = step;
      const product = rows ? row(a(layer - 1), kernel(layer)) : row(kernel(layer), a(layer - 1));
      return [[z(layer), '=', product, '+', bias(layer)]];
    }
    case 'a': {
      const { layer } = step;
      return [[a(layer), '=', layer === last ? 'softmax' : 'σ', brackets(z(layer))]];
    }
    case 'loss':
      return [[loss, '=', '−', sum('k'), target('k'), row('ln', '⁡'), a(last, 'k')]];
    case 'delta': {
      const { layer } = step;
      if (layer === last) {
        return [[delta(last), '=', ...(letters.delta ? [gradient(z(last)), '='] : []), a(last), '−', target()]];
      }
      const next = layer + 1;
      const back = rows ? row(delta(next), transposed(kernel(next))) : row(transposed(kernel(next)), delta(next));
      if (letters.delta) {
        return letters.slope === 'a'
          ? [[delta(layer), '=', slope(layer), hadamard, brackets(back)]]
          : [[delta(layer), '=', brackets(back), hadamard, slope(layer)]];
      }
      return [
        [gradient(a(layer)), '=', back],
        [delta(layer), '=', gradient(a(layer)), hadamard, slope(layer)],
      ];
    }
    case 'gradient': {
      const { layer } = step;
      const outer = rows
        ? row(layer === 0 ? sup(a(-1), letters.transpose) : transposed(a(layer - 1)), delta(layer))
        : row(delta(layer), layer === 0 ? sup(a(-1), letters.transpose) : transposed(a(layer - 1)));
      return [
        [gradient(kernel(layer)), '=', outer],
        [gradient(bias(layer)), '=', ...(rows ? [sum('i'), sub(delta(layer), 'i')] : [delta(layer)])],
      ];
    }
    case 'update': {
      const all = (letter: string): Piece => sup(letter, letters.layer('l'));
      return [letters.weight, 'b'].map((letter) => [
        all(letter),
        assign,
        all(letter),
        '−',
        rate,
        gradient(all(letter)),
      ]);
    }
  }
}
