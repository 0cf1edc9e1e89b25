/** One column of a table: numbers or categories, in typed arrays that grow with its rows. */
import { rangeError } from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import { numberOf } from '../data/csv-cells.js';
import { booleanOf, isDate, nameOf, quoted, type Cell } from './cells.js';

/**
 * Kinds of columns. `numeric`: numbers. `boolean`: true and false. `category`: texts of which there are few. `text`:
 * dates, and texts of which there are too many to learn from; their cells are not kept.
 */
export const COLUMN_KINDS = ['numeric', 'boolean', 'category', 'text'] as const;

export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** A column as {@link Table.columns} shows it. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Of `numeric` and `boolean` columns, a number a row: 1 for true, 0 for false, NaN where a cell is missing. */
  readonly numbers?: Float64Array;
  /** Of `category` columns, an index into `categories` a row, −1 where a cell is missing. */
  readonly codes?: Int32Array;
  /** Of `category` columns: each text once. */
  readonly categories?: readonly string[];
  /** Missing cells. */
  readonly missing: number;
}

/** More different texts than this in a column are not kept, unless it is said to be a category. */
export const MANY = 1000;

/** Up to this many different texts are always a category, unless all of them are dates. */
export const FEW = 20;

/** With more categories than this even a column that is said to be one is refused: each is an input of the network. */
export const MOST = 100_000;

/** The cells of a column. Numbers turn into categories when a text comes. */
export class ColumnStore {
  readonly name: string;
  /** Kind that the caller wants. */
  readonly wanted: ColumnKind | undefined;
  length = 0;
  #holds: 'nothing' | 'numbers' | 'booleans' | 'names' | 'too many' = 'nothing';
  #numbers: Float64Array = new Float64Array(0);
  #codes: Int32Array = new Int32Array(0);
  #names: string[] = [];
  #index: Map<string, number> | undefined;
  /** Spellings of numbers that are not JavaScript's, for when they turn out to be names: '007'. */
  #spellings: Map<number, string> | undefined;
  /** Kind of a part of a table, which is that of the whole. */
  #settled: ColumnKind | undefined;

  constructor(name: string, wanted?: ColumnKind) {
    this.name = name;
    this.wanted = wanted;
    if (wanted === 'text') this.#holds = 'too many';
  }

  static ofNumbers(name: string, numbers: Float64Array, isBoolean: boolean, wanted?: ColumnKind): ColumnStore {
    const store = new ColumnStore(name, wanted);
    store.#holds = isBoolean ? 'booleans' : 'numbers';
    store.#numbers = numbers;
    store.length = numbers.length;
    return store;
  }

  /** `codes` of `names`, which are different; undefined: more than are kept. */
  static ofNames(
    name: string,
    length: number,
    held: { codes: Int32Array; names: string[] } | undefined,
    wanted?: ColumnKind,
  ): ColumnStore {
    const store = new ColumnStore(name, wanted);
    store.#holds = held ? 'names' : 'too many';
    if (held) [store.#codes, store.#names] = [held.codes, held.names];
    store.length = length;
    return store;
  }

  /**
   * One row more.
   *
   * @param where names the cell in errors
   */
  push(cell: Cell, where: () => string): void {
    const { wanted } = this;
    if (typeof cell === 'string' && wanted !== 'category') {
      const number = numberOf(cell);
      if (number !== undefined) {
        if (nameOf(number) !== cell) this.#keepSpelling(number, cell);
        cell = number;
      } else cell = booleanOf(cell) ?? cell;
    }
    if (cell !== undefined) {
      if (wanted === 'numeric' && typeof cell === 'string') throw rangeError(where(), 'a number', cell);
      if (wanted === 'boolean' && typeof cell !== 'boolean') {
        if (cell !== 0 && cell !== 1) throw rangeError(where(), 'true or false', cell);
        cell = cell === 1;
      }
      if (wanted === 'category') cell = nameOf(cell);
    }
    this.#makeRoomFor(cell);
    const row = this.length++;
    if (this.#holds === 'names') {
      this.#codes = grown(this.#codes, row);
      this.#codes[row] = cell === undefined ? -1 : this.#codeOf(nameOf(cell));
    } else if (this.#holds !== 'too many') {
      this.#numbers = grown(this.#numbers, row);
      this.#numbers[row] = cell === undefined ? NaN : Number(cell);
    }
    if (this.#names.length > (wanted === 'category' ? MOST : MANY)) {
      if (wanted === 'category') throw tooMany(this.name);
      this.#forget();
    }
  }

  /** Changes what the column holds if the cell does not fit. */
  #makeRoomFor(cell: Cell): void {
    if (cell === undefined) return;
    const kind = typeof cell === 'string' ? 'names' : typeof cell === 'boolean' ? 'booleans' : 'numbers';
    const holds = this.#holds;
    if (holds === 'nothing') {
      this.#holds = kind;
      if (kind === 'names') this.#codes = new Int32Array(Math.max(16, this.#numbers.length)).fill(-1);
    } else if (kind === 'names' && (holds === 'numbers' || holds === 'booleans')) this.#turnIntoNames();
    else if (kind === 'numbers' && holds === 'booleans') this.#holds = 'numbers';
  }

  #turnIntoNames(): void {
    const numbers = this.#numbers.subarray(0, this.length);
    const isBoolean = this.#holds === 'booleans';
    this.#holds = 'names';
    this.#codes = new Int32Array(Math.max(16, this.#numbers.length));
    for (let row = 0; row < numbers.length; ++row) {
      const number = numbers[row]!;
      const name = isBoolean ? nameOf(number === 1) : (this.#spellings?.get(number) ?? nameOf(number));
      this.#codes[row] = Number.isNaN(number) ? -1 : this.#codeOf(name);
    }
    this.#numbers = new Float64Array(0);
  }

  #codeOf(name: string): number {
    this.#index ??= new Map(this.#names.map((known, code) => [known, code]));
    let code = this.#index.get(name);
    if (code === undefined) {
      code = this.#names.length;
      this.#index.set(name, code);
      this.#names.push(name);
    }
    return code;
  }

  #keepSpelling(number: number, text: string): void {
    this.#spellings ??= new Map();
    if (this.#spellings.size <= MANY && !this.#spellings.has(number)) this.#spellings.set(number, text);
  }

  #forget(): void {
    this.#holds = 'too many';
    [this.#codes, this.#names, this.#index] = [new Int32Array(0), [], undefined];
  }

  get kind(): ColumnKind {
    if (this.wanted) return this.wanted;
    if (this.#settled) return this.#settled;
    switch (this.#holds) {
      case 'nothing':
      case 'numbers':
        return 'numeric';
      case 'booleans':
        return 'boolean';
      case 'too many':
        return 'text';
      case 'names': {
        const count = this.#names.length;
        const isText = (count > FEW && count > this.length / 2) || (count > 0 && this.#names.every(isDate));
        return isText ? 'text' : 'category';
      }
    }
  }

  /** A sentence on a column that is not learnt from. */
  get note(): string | undefined {
    if (this.kind !== 'text' || this.wanted === 'text') return undefined;
    const isDates = this.#holds === 'names' && this.#names.every(isDate);
    const reason = isDates
      ? 'its cells are dates'
      : `it has ${this.#holds === 'names' ? this.#names.length : `more than ${MANY}`} different texts in ${this.length} rows`;
    return `column ${quoted(this.name)} is left as text, because ${reason}: nothing is learnt from it`;
  }

  view(): Column {
    const { name, kind, length } = this;
    if (kind === 'text') return { name, kind, missing: 0 };
    if (this.#holds === 'names') {
      const codes = this.#codes.subarray(0, length);
      let missing = 0;
      for (const code of codes) if (code < 0) ++missing;
      return { name, kind, codes, categories: this.#names.slice(), missing };
    }
    let missing = 0;
    if (this.#numbers.length < length) this.#numbers = grown(this.#numbers, length - 1).fill(NaN, 0, length);
    const numbers = this.#numbers.subarray(0, length);
    for (let row = 0; row < length; ++row) if (numbers[row] !== numbers[row]) ++missing;
    if (kind === 'category') return { name, kind, codes: new Int32Array(length).fill(-1), categories: [], missing };
    return { name, kind, numbers, missing };
  }

  /** The cell of a row; undefined where it is missing or was not kept. */
  at(row: number): Cell {
    if (this.#holds === 'names') return this.#codes[row]! < 0 ? undefined : this.#names[this.#codes[row]!];
    const number = this.#numbers[row];
    if (number === undefined || Number.isNaN(number)) return undefined;
    return this.#holds === 'booleans' ? number === 1 : number;
  }

  /** The given rows as a column of the same kind. */
  take(rows: ArrayLike<number>): ColumnStore {
    const part = new ColumnStore(this.name, this.wanted);
    part.#settled = this.kind;
    part.#holds = this.#holds;
    part.#spellings = this.#spellings;
    part.length = rows.length;
    if (this.#holds === 'names') {
      part.#names = this.#names;
      part.#codes = new Int32Array(rows.length);
      for (let i = 0; i < rows.length; ++i) part.#codes[i] = this.#codes[rows[i]!]!;
    } else if (this.#holds !== 'too many') {
      part.#numbers = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; ++i) part.#numbers[i] = this.#numbers[rows[i]!] ?? NaN;
    }
    return part;
  }
}

export function tooMany(name: string): RangeError {
  return malformed(`readTable: column ${quoted(name)}`, `at most ${MOST} categories`, 'more');
}

/** An array with room for this row. */
function grown<List extends Float64Array | Int32Array>(list: List, row: number): List {
  if (row < list.length) return list;
  const longer = new (list.constructor as new (length: number) => List)(Math.max(16, 2 * list.length, row + 1));
  longer.set(list);
  return longer;
}
