/** Samples and targets: from what callers have to what the core takes, checked on the way. */
import { checkInteger, checkNumber, checkObject, rangeError, shown, typeError } from './check.js';
import type { ByteInputs, Inputs, SparseInputs, Targets } from './types.js';
import type { TargetKind } from './wasm.js';

/** Checked samples, in one of three forms. */
export interface InputRows {
  rows: number;
  features: number;
  /** rows × features numbers. */
  dense?: Float32Array;
  /** rows × features bytes, each worth byte × scale. */
  bytes?: Uint8Array;
  scale?: number;
  /** Compressed sparse rows. */
  sparse?: { rowStarts: Int32Array; columns: Int32Array; values: Float32Array };
}

/** Checked targets: numbers, rows × units, or one class index a row; and perhaps a weight for each row. */
export interface TargetRows {
  values?: Float32Array;
  classes?: Int32Array;
  weights?: Float32Array;
}

/** rows × features finite numbers, at least one row. Typed arrays are not copied. */
export function checkInputs(argument: string, x: Inputs, features: number): InputRows {
  if (isObject(x) && 'indptr' in x)
    return { features, ...checkSparse(argument, x as SparseInputs, features) };
  if (x instanceof Uint8Array) return checkBytes(argument, { data: x }, features);
  if (isObject(x) && 'data' in x) return checkBytes(argument, x as ByteInputs, features);
  const dense =
    x instanceof Float32Array
      ? x
      : fromRows(
          argument,
          x as number[][],
          features,
          `a Float32Array (rows × ${features}) or an array of rows`,
        );
  const rows = checkRows(argument, dense, features);
  checkValues(argument, dense, features, ...VALID.any);
  return { rows, features, dense };
}

/** Rows `begin` to below `end`. Nothing is copied but the starts of sparse rows. */
export function sliceInputs(inputs: InputRows, begin: number, end: number): InputRows {
  const { features, dense, bytes, sparse } = inputs;
  const cut = <T extends Float32Array | Uint8Array>(array: T | undefined) =>
    array?.subarray(begin * features, end * features) as T;
  const part: InputRows = { ...inputs, rows: end - begin };
  if (dense) part.dense = cut(dense);
  if (bytes) part.bytes = cut(bytes);
  if (sparse) {
    const [first, last] = [sparse.rowStarts[begin]!, sparse.rowStarts[end]!];
    part.sparse = {
      rowStarts: sparse.rowStarts.slice(begin, end + 1).map((start) => start - first),
      columns: sparse.columns.subarray(first, last),
      values: sparse.values.subarray(first, last),
    };
  }
  return part;
}

/** The given rows as numbers written out: rows × features. */
export function denseRows(inputs: InputRows, rows: number[]): Float32Array {
  const { features, dense, bytes, scale = 1, sparse } = inputs;
  const to = new Float32Array(rows.length * features);
  rows.forEach((row, i) => {
    const [first, place] = [row * features, i * features];
    if (dense) to.set(dense.subarray(first, first + features), place);
    if (bytes) for (let j = 0; j < features; ++j) to[place + j] = bytes[first + j]! * Math.fround(scale);
    if (sparse) {
      const { rowStarts, columns, values } = sparse;
      for (let e = rowStarts[row]!; e < rowStarts[row + 1]!; ++e) to[place + columns[e]!] = values[e]!;
    }
  });
  return to;
}

function checkRows(argument: string, data: ArrayLike<number>, features: number): number {
  if (data.length === 0 || data.length % features !== 0) {
    throw rangeError(
      argument,
      `at least one row of ${features} numbers, a multiple of ${features} in all`,
      data,
    );
  }
  return data.length / features;
}

function checkBytes(argument: string, x: ByteInputs, features: number): InputRows {
  const { data, scale = 1 } = checkObject(argument, x, ['data', 'scale']);
  if (!(data instanceof Uint8Array)) throw typeError(`${argument}.data`, 'a Uint8Array', data);
  return {
    rows: checkRows(`${argument}.data`, data, features),
    features,
    bytes: data,
    scale: checkNumber(`${argument}.scale`, scale),
  };
}

function checkSparse(
  argument: string,
  x: SparseInputs,
  features: number,
): Pick<InputRows, 'rows' | 'sparse'> {
  const { shape, indptr, indices, values } = checkObject(argument, x, [
    'shape',
    'indptr',
    'indices',
    'values',
  ]);
  if (!Array.isArray(shape) || shape.length !== 2)
    throw typeError(`${argument}.shape`, 'an array [rows, features]', shape);
  const rows = checkInteger(`${argument}.shape[0]`, shape[0], 1);
  if (shape[1] !== features)
    throw rangeError(`${argument}.shape[1]`, `${features}, the features of the model`, shape[1]);

  const rowStarts = integers(`${argument}.indptr`, indptr, 0, 2 ** 31 - 1);
  const columns = integers(`${argument}.indices`, indices, 0, features - 1);
  if (!(values instanceof Float32Array || isNumberList(values))) {
    throw typeError(`${argument}.values`, 'a Float32Array or an array of numbers', values);
  }
  const numbers = values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
  if (rowStarts.length !== rows + 1)
    throw rangeError(`${argument}.indptr`, `${rows + 1} numbers, rows + 1`, indptr);
  if (columns.length !== numbers.length)
    throw rangeError(`${argument}.indices`, `${numbers.length} numbers, as many as values`, indices);
  if (rowStarts[0] !== 0) throw rangeError(`${argument}.indptr[0]`, '0', rowStarts[0]);
  for (let row = 0; row < rows; ++row) {
    const [begin, end] = [rowStarts[row]!, rowStarts[row + 1]!];
    if (end < begin || end > numbers.length) {
      throw rangeError(`${argument}.indptr[${row + 1}]`, `a number from ${begin} to ${numbers.length}`, end);
    }
    for (let entry = begin + 1; entry < end; ++entry) {
      if (columns[entry]! <= columns[entry - 1]!) {
        throw rangeError(
          `${argument}.indices[${entry}]`,
          `more than ${columns[entry - 1]}, ascending in row ${row}`,
          columns[entry],
        );
      }
    }
  }
  if (rowStarts[rows] !== numbers.length)
    throw rangeError(
      `${argument}.indptr[${rows}]`,
      `${numbers.length}, the number of values`,
      rowStarts[rows],
    );
  const bad = firstNotFinite(numbers);
  if (bad >= 0) throw rangeError(`${argument}.values[${bad}]`, 'a finite number', numbers[bad]);
  return { rows, sparse: { rowStarts, columns, values: numbers } };
}

function integers(argument: string, list: unknown, low: number, high: number): Int32Array {
  if (!(list instanceof Int32Array || Array.isArray(list)))
    throw typeError(argument, 'an Int32Array or an array of integers', list);
  for (let i = 0; i < list.length; ++i) {
    const value: unknown = list[i];
    if (!(Number.isInteger(value) && (value as number) >= low && (value as number) <= high)) {
      throw rangeError(`${argument}[${i}]`, `an integer from ${low} to ${high}`, value);
    }
  }
  return list instanceof Int32Array ? list : Int32Array.from(list as number[]);
}

function isObject(x: unknown): x is object {
  return typeof x === 'object' && x !== null && !Array.isArray(x) && !ArrayBuffer.isView(x);
}

/** A place for `rows` predictions of a network with `units` outputs. */
export function checkOutput(argument: string, output: Float32Array, rows: number, units: number): void {
  if (!(output instanceof Float32Array)) throw typeError(argument, 'a Float32Array', output);
  if (output.length !== rows * units)
    throw rangeError(argument, `${rows} × ${units} = ${rows * units} numbers`, output);
}

/** Targets for `rows` samples of a network with `units` outputs, as the loss wants them. */
export function checkTargets(
  argument: string,
  y: Targets,
  rows: number,
  units: number,
  kind: TargetKind,
): TargetRows {
  return kind === 'classIndex'
    ? { classes: checkClasses(argument, y, rows, units) }
    : { values: checkValuesOfTargets(argument, y, rows, units, kind) };
}

function checkClasses(argument: string, y: Targets, rows: number, units: number): Int32Array {
  const expected = `${rows} class indices, one a row`;
  if (!isNumberList(y)) {
    const hint =
      Array.isArray(y) && Array.isArray(y[0]) ? " (rows of numbers go with 'categoricalCrossentropy')" : '';
    throw typeError(argument, expected + hint, y);
  }
  if (y.length !== rows) {
    const hint = y.length === rows * units ? " (one-hot targets go with 'categoricalCrossentropy')" : '';
    throw rangeError(argument, expected + hint, y);
  }
  const expectedLabel = `a class index from 0 to ${units - 1}`;
  for (let row = 0; row < rows; ++row) {
    const label = y[row];
    if (typeof label !== 'number') throw typeError(`${argument}[${row}]`, expectedLabel, label);
    if (!(Number.isInteger(label) && label >= 0 && label < units)) {
      throw rangeError(`${argument}[${row}]`, expectedLabel, label);
    }
  }
  return Int32Array.from(y as ArrayLike<number>);
}

function checkValuesOfTargets(
  argument: string,
  y: Targets,
  rows: number,
  units: number,
  kind: Exclude<TargetKind, 'classIndex'>,
): Float32Array {
  let values: Float32Array;
  if (isNumberList(y)) {
    if (y.length !== rows * units) {
      const hint = y.length === rows ? " (class indices go with 'sparseCategoricalCrossentropy')" : '';
      throw rangeError(argument, `${rows} × ${units} = ${rows * units} numbers${hint}`, y);
    }
    const wrong = Array.isArray(y) ? y.findIndex((value: unknown) => typeof value !== 'number') : -1;
    if (wrong >= 0) throw typeError(`${argument}[${wrong}]`, 'a number', y[wrong]);
    values = y instanceof Float32Array ? y : Float32Array.from(y as ArrayLike<number>);
  } else {
    values = fromRows(
      argument,
      y as readonly (readonly number[])[],
      units,
      `numbers or rows of ${units} numbers`,
    );
    if (values.length !== rows * units) {
      throw rangeError(argument, `${rows} rows, one for each row of the samples`, y);
    }
  }
  checkValues(argument, values, units, ...VALID[kind]);
  return values;
}

/**
 * Where the first number is that is not finite, or −1. Looks at sums of a block at first: engines compile that early, and
 * it takes half the time of asking of each number.
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

/** Where the first number is that does not pass the test, or −1. */
const firstNot =
  (test: (value: number) => boolean) =>
  (values: Float32Array): number => {
    for (let i = 0; i < values.length; ++i) if (!test(values[i]!)) return i;
    return -1;
  };

/** What each kind of target may be, and how to find the first that is not. */
const VALID: Record<Exclude<TargetKind, 'classIndex'>, [string, (values: Float32Array) => number]> = {
  any: ['a finite number', firstNotFinite],
  probability: ['a number from 0 to 1', firstNot((value) => value >= 0 && value <= 1)],
  sign: ['-1 or 1', firstNot((value) => value === -1 || value === 1)],
  nonNegative: ['a number from 0', firstNot((value) => value >= 0 && value < Infinity)],
};

function checkValues(
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

export function isNumberList(y: unknown): y is Float32Array | Uint8Array | Int32Array | number[] {
  return (
    y instanceof Float32Array ||
    y instanceof Uint8Array ||
    y instanceof Int32Array ||
    (Array.isArray(y) && (y.length === 0 || typeof y[0] === 'number'))
  );
}

function fromRows(argument: string, rows: readonly (readonly number[])[], columns: number, expected: string) {
  if (!Array.isArray(rows) || (rows.length > 0 && !isRow(rows[0]))) throw typeError(argument, expected, rows);
  const data = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; ++i) {
    const row: unknown = rows[i];
    if (!isRow(row)) throw typeError(`${argument}[${i}]`, `an array of ${columns} numbers`, row);
    if (row.length !== columns) throw rangeError(`${argument}[${i}]`, `${columns} numbers`, row);
    for (let j = 0; j < columns; ++j) {
      const value = row[j];
      if (typeof value !== 'number') throw typeError(`${argument}[${i}][${j}]`, 'a number', value);
      if (!Number.isFinite(value))
        throw new RangeError(`${argument}[${i}][${j}]: expected a finite number, got ${shown(value)}`);
      data[i * columns + j] = value;
    }
  }
  return data;
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || row instanceof Float32Array || row instanceof Float64Array;
}
