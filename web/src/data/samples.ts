/** Samples: from what callers have to what the core takes, checked on the way. */
import { arrayName, isFloat32Array, isUint8Array, type NumberArray } from '../check/realm.js';
import { checkArray, checkInteger, checkFloat, checkObject, rangeError, typeError } from '../check/arguments.js';
import {
  FINITE,
  checkValues,
  cureFor,
  firstNotFinite,
  floatsOf,
  fromRows,
  integersOf,
  isNumberList,
} from './values.js';

/** Samples as bytes, which stay bytes in memory until a batch is made of them. */
export interface ByteInputs {
  /** rows × features, row-major. */
  data: Uint8Array | Uint8ClampedArray;
  /** Each number is its byte × scale. Default 1; images often want 1/255. */
  scale?: number;
}

/** Samples as compressed sparse rows (CSR): for data too wide to write out its zeros. */
export interface SparseInputs {
  /** `[rows, features]`. */
  shape: readonly [number, number];
  /** rows + 1 numbers: the entries of row i are number `indptr[i]` to below `indptr[i + 1]`. */
  indptr: NumberArray | readonly number[];
  /** Column of each entry, ascending within a row. */
  indices: NumberArray | readonly number[];
  /** Value of each entry. */
  values: NumberArray | readonly number[];
}

/**
 * Samples: rows × features numbers, row-major, in a typed array; or an array of rows; bytes; or sparse rows. A plain
 * array of numbers is one row, or where there is one feature, a row each. Numbers are rounded to float32, true and
 * false are 1 and 0; BigInts are refused. Where most numbers are zero, in whatever form, the first layer skips them.
 */
export type Inputs =
  NumberArray | ByteInputs | SparseInputs | readonly number[] | readonly (readonly number[] | NumberArray)[];

/** Default rows a pass, where nothing is trained. */
export const PASS_ROWS = 128;

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

/**
 * rows × features finite numbers, at least one row. Typed arrays are not copied, but for the indices of sparse ones:
 * {@link copyInSamples} refuses those whose length changed since.
 */
export function checkInputs(argument: string, x: Inputs, features: number): InputRows {
  if (isObject(x) && 'indptr' in x) return { features, ...checkSparse(argument, x, features) };
  if (isBytes(x)) return checkBytes(argument, { data: x }, features);
  if (isObject(x) && 'data' in x) return checkBytes(argument, x, features);
  const dense = toDense(argument, x, features);
  const rows = checkRows(argument, dense, features);
  checkValues(argument, dense, features, ...FINITE);
  return { rows, features, dense };
}

function toDense(argument: string, x: Inputs, features: number): Float32Array {
  const expected = `a typed array (rows × ${features}) or an array of rows`;
  if (!isNumberList(x)) return fromRows(argument, x, features, expected);
  const count = x.length;
  if (Array.isArray(x) && count > 0 && features !== 1 && count !== features) {
    throw rangeError(argument, `one row of ${features} numbers, or ${expected}: [[…], […]]`, x);
  }
  return floatsOf(argument, x, count);
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
  const to = new Float32Array(rows.length * inputs.features);
  rows.forEach((row, i) => writeRow(inputs, row, to, i * inputs.features));
  return to;
}

/** A row as numbers written out, from `start` on. */
export function writeRow(inputs: InputRows, row: number, to: Float32Array, start: number): void {
  const { features, dense, bytes, scale = 1, sparse } = inputs;
  const first = row * features;
  if (dense) to.set(dense.subarray(first, first + features), start);
  if (bytes) {
    const factor = Math.fround(scale);
    for (let j = 0; j < features; ++j) to[start + j] = bytes[first + j]! * factor;
  }
  if (sparse) {
    const { rowStarts, columns, values } = sparse;
    to.fill(0, start, start + features);
    for (let e = rowStarts[row]!; e < rowStarts[row + 1]!; ++e) to[start + columns[e]!] = values[e]!;
  }
}

function checkRows(argument: string, data: ArrayLike<number>, features: number): number {
  if (data.length === 0 || data.length % features !== 0) {
    throw rangeError(argument, `at least one row of ${features} numbers, a multiple of ${features} in all`, data);
  }
  return data.length / features;
}

function checkBytes(argument: string, x: ByteInputs, features: number): InputRows {
  const { data, scale = 1 } = checkObject(argument, x, ['data', 'scale']);
  if (!isBytes(data)) throw typeError(`${argument}.data`, 'a Uint8Array or a Uint8ClampedArray', data);
  return {
    rows: checkRows(`${argument}.data`, data, features),
    features,
    bytes: isUint8Array(data) ? data : new Uint8Array(data.buffer, data.byteOffset, data.length),
    scale: checkFloat(`${argument}.scale`, scale, -1e36, 1e36), // 255 times that is finite, too
  };
}

function checkSparse(argument: string, x: SparseInputs, features: number): Pick<InputRows, 'rows' | 'sparse'> {
  const { shape, indptr, indices, values } = checkObject(argument, x, ['shape', 'indptr', 'indices', 'values']);
  const size = checkArray(`${argument}.shape`, shape, 'an array [rows, features]');
  if (size.length !== 2) throw typeError(`${argument}.shape`, 'an array [rows, features]', shape);
  const rows = checkInteger(`${argument}.shape[0]`, size[0], 1);
  if (size[1] !== features) throw rangeError(`${argument}.shape[1]`, `${features}, the features of the model`, size[1]);

  for (const [name, list] of Object.entries({ indptr, indices, values })) {
    if (isNumberList(list) || Array.isArray(list)) continue;
    throw typeError(`${argument}.${name}`, `a typed array or an array of numbers${cureFor(list)}`, list);
  }
  if (indptr.length !== rows + 1) throw rangeError(`${argument}.indptr`, `${rows + 1} numbers, rows + 1`, indptr);
  const entries = values.length;
  if (indices.length !== entries)
    throw rangeError(`${argument}.indices`, `${entries} numbers, as many as values`, indices);
  const rowStarts = integersOf(`${argument}.indptr`, indptr, rows + 1, [0, 2 ** 31 - 1]);
  const columns = integersOf(`${argument}.indices`, indices, entries, [0, features - 1]);
  const numbers = floatsOf(`${argument}.values`, values, entries);
  if (rowStarts[0] !== 0) throw rangeError(`${argument}.indptr[0]`, '0', rowStarts[0]);
  for (let row = 0; row < rows; ++row) {
    const [begin, end] = [rowStarts[row]!, rowStarts[row + 1]!];
    if (end < begin || end > entries) {
      throw rangeError(`${argument}.indptr[${row + 1}]`, `a number from ${begin} to ${entries}`, end);
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
  if (rowStarts[rows] !== entries)
    throw rangeError(`${argument}.indptr[${rows}]`, `${entries}, the number of values`, rowStarts[rows]);
  const bad = firstNotFinite(numbers);
  if (bad >= 0) throw rangeError(`${argument}.values[${bad}]`, 'a finite number', numbers[bad]);
  return { rows, sparse: { rowStarts, columns, values: numbers } };
}

function isBytes(x: unknown): x is Uint8Array | Uint8ClampedArray {
  return isUint8Array(x) || arrayName(x) === 'Uint8ClampedArray';
}

function isObject(x: unknown): x is object {
  return typeof x === 'object' && x !== null && !Array.isArray(x) && !ArrayBuffer.isView(x);
}

/** A place for `rows` predictions of a network with `units` outputs. */
export function checkOutput(argument: string, output: Float32Array, rows: number, units: number): void {
  if (!isFloat32Array(output)) throw typeError(argument, 'a Float32Array', output);
  if (output.length !== rows * units)
    throw rangeError(argument, `${rows} × ${units} = ${rows * units} numbers`, output);
}
