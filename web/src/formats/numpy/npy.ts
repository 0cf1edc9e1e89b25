/**
 * The `.npy` format of NumPy: eight bytes, the length of a header, the header as a Python dictionary of the type, the
 * order and the shape, then the numbers. Source: NumPy's documentation, `numpy.lib.format`, versions 1.0 to 3.0.
 */
import { excerpt } from '../../check/bytes.js';
import { eachStrided, halfToNumber } from '../numbers.js';
import { MAGIC } from './marks.js';

/** Elements of an array of NumPy's. */
export type NumpyData =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** An array of NumPy's. */
export interface NumpyArray {
  /** Size of each dimension, slowest first; `[]` for a single number. */
  shape: number[];
  /**
   * As many elements as the product of `shape`, row-major whatever the order in the file. Numbers of 16 bits are
   * floats here, bool is 0 or 1, and integers of 64 bits are doubles, which hold them exactly up to ±2⁵³.
   */
  data: NumpyData;
}

type Get = (view: DataView, at: number, isLittle: boolean) => number;

interface Type {
  bytes: number;
  make(count: number): NumpyData;
  get: Get;
}

const type = (bytes: number, make: Type['make'], get: Get): Type => ({ bytes, make, get });

/** By the kind and the bytes of a `descr`. */
const TYPES: Record<string, Type> = {
  b1: type(
    1,
    (n) => new Uint8Array(n),
    (view, at) => Number(view.getUint8(at) !== 0),
  ),
  i1: type(
    1,
    (n) => new Int8Array(n),
    (view, at) => view.getInt8(at),
  ),
  u1: type(
    1,
    (n) => new Uint8Array(n),
    (view, at) => view.getUint8(at),
  ),
  i2: type(
    2,
    (n) => new Int16Array(n),
    (view, at, isLittle) => view.getInt16(at, isLittle),
  ),
  u2: type(
    2,
    (n) => new Uint16Array(n),
    (view, at, isLittle) => view.getUint16(at, isLittle),
  ),
  i4: type(
    4,
    (n) => new Int32Array(n),
    (view, at, isLittle) => view.getInt32(at, isLittle),
  ),
  u4: type(
    4,
    (n) => new Uint32Array(n),
    (view, at, isLittle) => view.getUint32(at, isLittle),
  ),
  i8: type(
    8,
    (n) => new Float64Array(n),
    (view, at, isLittle) => exact(view.getBigInt64(at, isLittle)),
  ),
  u8: type(
    8,
    (n) => new Float64Array(n),
    (view, at, isLittle) => exact(view.getBigUint64(at, isLittle)),
  ),
  f2: type(
    2,
    (n) => new Float32Array(n),
    (view, at, isLittle) => halfToNumber(view.getUint16(at, isLittle)),
  ),
  f4: type(
    4,
    (n) => new Float32Array(n),
    (view, at, isLittle) => view.getFloat32(at, isLittle),
  ),
  f8: type(
    8,
    (n) => new Float64Array(n),
    (view, at, isLittle) => view.getFloat64(at, isLittle),
  ),
};

/** NaN for what a double does not hold exactly: an integer is never one. */
const exact = (value: bigint): number => (BigInt(Number(value)) === value ? Number(value) : NaN);

/** True for a file that begins as `.npy` does. */
export const isNpy = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(0, 6)) === MAGIC;

/**
 * @param argument opens the errors
 * @throws {RangeError} where it is no such file, is cut, has bytes too many, or elements that are no numbers.
 */
export function readNpy(argument: string, bytes: Uint8Array): NumpyArray {
  const refuse = (expected: string, got: string) => new RangeError(`${argument}: expected ${expected}, got ${got}`);
  if (!isNpy(bytes))
    throw refuse('a .npy file, which begins with \\x93NUMPY', `${bytes.length} bytes of something else`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = bytes[6]!;
  const isLong = version >= 2;
  const begin = isLong ? 12 : 10;
  if (!(version >= 1 && version <= 3)) throw refuse('version 1, 2 or 3 of .npy', String(version));
  if (bytes.length < begin) throw refuse('a header', 'a file that is cut');
  const start = begin + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) throw refuse(`a header of ${start - begin} bytes`, `${bytes.length - begin}`);
  const header = new TextDecoder().decode(bytes.slice(begin, start));
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(header)?.[1];
  const sizes = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined) {
    const kind = /'descr': *\[/.test(header) ? 'a table of several columns' : excerpt(header);
    throw refuse("a header of 'descr', 'fortran_order' and 'shape'", kind);
  }
  const key = /^[<>|=]/.test(descr) ? descr.slice(1) : descr;
  const kind = Object.hasOwn(TYPES, key) ? TYPES[key]! : undefined;
  if (!kind) {
    const objects = key.startsWith('O') ? ', Python objects, which only Python may open' : '';
    throw refuse(`numbers of ${Object.keys(TYPES).join(', ')}`, `'${excerpt(descr)}'${objects}`);
  }
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (shape.length > 32) throw refuse('at most 32 dimensions', String(shape.length));
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count) || start + count * kind.bytes !== bytes.length) {
    throw refuse(`${count * kind.bytes} bytes for [${shape}] of '${descr}'`, String(bytes.length - start));
  }
  const data = kind.make(count);
  const isLittle = !descr.startsWith('>');
  for (let i = 0, at = start; i < count; ++i, at += kind.bytes) data[i] = kind.get(view, at, isLittle);
  if (/^[iu]8$/.test(key) && data.some(Number.isNaN)) {
    throw refuse('integers that a double holds exactly', `one beyond ±2⁵³ of '${descr}'`);
  }
  return { shape, data: order === 'True' ? rowMajor(kind.make(count), data, shape) : data };
}

/** Elements whose first dimension is the fastest, put so that the last one is. */
function rowMajor(sorted: NumpyData, data: NumpyData, shape: readonly number[]): NumpyData {
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((product, size) => product * size, 1));
  eachStrided(shape, strides, (i, place) => (sorted[i] = data[place]!));
  return sorted;
}
