/** Checks of the numbers themselves, in samples, targets and weights. */
import { arrayName, isFloat32Array, isNumberArray, type NumberArray } from '../check/realm.js';
import { rangeError, shown, typeError } from '../check/arguments.js';
import type { TargetKind } from '../wasm/native.js';

/**
 * Index of the first number that is not finite, or −1. Sums up a block at a time and looks closer only where a sum is
 * not finite, because that takes half the time of testing each number.
 */
export function firstNotFinite(values: Float32Array): number {
  const BLOCK = 4096;
  for (let begin = 0; begin < values.length; begin += BLOCK) {
    const end = Math.min(values.length, begin + BLOCK);
    if (blockIsFinite(values, begin, end)) continue;
    for (let i = begin; i < end; ++i) if (!Number.isFinite(values[i])) return i;
  }
  return -1;
}

function blockIsFinite(values: Float32Array, begin: number, end: number): boolean {
  // 0 · x is 0 or −0, but for infinities and NaN, with which it is NaN.
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = begin;
  for (; i + 3 < end; i += 4) {
    a += 0 * values[i]!;
    b += 0 * values[i + 1]!;
    c += 0 * values[i + 2]!;
    d += 0 * values[i + 3]!;
  }
  for (; i < end; ++i) a += 0 * values[i]!;
  return a + b + c + d === 0;
}

/** Index of the first number that does not pass the test, or −1. */
const firstNot =
  (test: (value: number) => boolean) =>
  (values: Float32Array): number => {
    for (let i = 0; i < values.length; ++i) if (!test(values[i]!)) return i;
    return -1;
  };

/** Valid values in words, and a search for the first that is none of them. */
type Valid = [expected: string, firstWrong: (values: Float32Array) => number];

/** Those of samples. */
export const FINITE: Valid = ['a finite number', firstNotFinite];

/** Those of each kind of target. */
export const VALID: Record<Exclude<TargetKind, 'classIndex'>, Valid> = {
  any: FINITE,
  probability: ['a number from 0 to 1', firstNot((value) => value >= 0 && value <= 1)],
  sign: ['-1 or 1', firstNot((value) => value === -1 || value === 1)],
  nonNegative: ['a number from 0', firstNot((value) => value >= 0 && value < Infinity)],
};

export function checkValues(
  argument: string,
  values: Float32Array,
  columns: number,
  expected: string,
  firstWrong: (values: Float32Array) => number,
): void {
  const i = firstWrong(values);
  if (i < 0) return;
  throw rangeError(`${argument}: row ${Math.floor(i / columns)}, column ${i % columns}`, expected, values[i]);
}

/** The largest number. Not by Math.max of them all, because engines take no more than some 100,000 arguments. */
export function largestOf(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number));
}

/** Numbers one after another: a typed array, or an array that begins with a number, or with true or false. */
export function isNumberList(y: unknown): y is NumberArray | number[] {
  return isNumberArray(y) || (Array.isArray(y) && (y.length === 0 || isNumeric(y[0])));
}

/** A number, or true or false, which count as 1 and 0. */
function isNumeric(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** How to mend numbers of a kind that is not taken, for the end of an error; empty for all else. */
export function cureFor(value: unknown): string {
  const isBig = typeof value === 'bigint' || arrayName(value)?.startsWith('Big');
  return isBig ? ' (BigInts are not taken: make them numbers by Number)' : '';
}

/**
 * The first `count` numbers of a list as floats: a Float32Array itself, of others a copy, for which each is read once and
 * checked as it is read.
 */
export function floatsOf(
  argument: string,
  list: Float32Array | ArrayLike<unknown>,
  count: number,
  expected = 'a number',
): Float32Array {
  if (isFloat32Array(list)) return list;
  const floats = new Float32Array(count);
  for (let i = 0; i < count; ++i) {
    const value = list[i];
    if (!isNumeric(value)) throw typeError(`${argument}[${i}]`, expected + cureFor(value), value);
    floats[i] = Number(value);
  }
  return floats;
}

/**
 * The first `count` numbers of a list, integers from `low` to `high`: always a copy, because these say where in memory
 * the core reads and writes, and must not change after the check.
 */
export function integersOf(
  argument: string,
  list: ArrayLike<unknown>,
  count: number,
  [low, high, expected = `an integer from ${low} to ${high}`]: [low: number, high: number, expected?: string],
): Int32Array {
  const integers = new Int32Array(count);
  for (let i = 0; i < count; ++i) {
    const given = list[i];
    if (!isNumeric(given)) throw typeError(`${argument}[${i}]`, expected + cureFor(given), given);
    const value = Number(given);
    if (!(Number.isInteger(value) && value >= low && value <= high))
      throw rangeError(`${argument}[${i}]`, expected, value);
    integers[i] = value;
  }
  return integers;
}

export function fromRows(argument: string, rows: unknown, columns: number, expected: string): Float32Array {
  if (!Array.isArray(rows) || (rows.length > 0 && !isRow(rows[0]))) {
    throw typeError(argument, expected + cureFor(Array.isArray(rows) ? rows[0] : rows), rows);
  }
  const data = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; ++i) {
    const row: unknown = rows[i];
    if (!isRow(row)) throw typeError(`${argument}[${i}]`, `an array of ${columns} numbers`, row);
    if (row.length !== columns) throw rangeError(`${argument}[${i}]`, `${columns} numbers`, row);
    for (let j = 0; j < columns; ++j) {
      const value = row[j];
      if (!isNumeric(value)) throw typeError(`${argument}[${i}][${j}]`, `a number${cureFor(value)}`, value);
      const number = Number(value);
      if (!Number.isFinite(number))
        throw new RangeError(`${argument}[${i}][${j}]: expected a finite number, got ${shown(value)}`);
      data[i * columns + j] = number;
    }
  }
  return data;
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || isNumberArray(row);
}
