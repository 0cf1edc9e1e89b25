/** Numbers and texts of HDF5: what a type and a shape say of bytes. */
import { bfloatToNumber, halfToNumber } from '../numbers.js';
import { excerpt } from '../../check/bytes.js';
import type { FileBytes } from './bytes.js';

/** A type: what an element is, and its bytes. */
export interface Datatype {
  kind: 'integer' | 'float' | 'brain' | 'text' | 'texts' | 'opaque';
  size: number;
  isSigned: boolean;
  isBigEndian: boolean;
}

const CLASSES = ['integer', 'float', 'time', 'text', 'bits', 'opaque', 'compound', 'reference', 'enumeration'];
const MOST_AXES = 32;

export function readDatatype(file: FileBytes, at: number): Datatype {
  const kind = file.uint(at, 1, 'a datatype') & 15;
  const bits = file.uint(at + 1, 1, 'a datatype');
  const size = file.uint(at + 4, 4, 'a datatype');
  const common = { size, isBigEndian: (bits & 1) === 1, isSigned: (bits & 8) > 0 };
  if (kind === 0 && [1, 2, 4, 8].includes(size)) return { ...common, kind: 'integer' };
  if (kind === 1 && [2, 4, 8].includes(size)) {
    // bfloat16 has as many bits for exponents as float32.
    const exponents = file.uint(at + 13, 1, 'a datatype');
    const isBrain = size === 2 && exponents === 8;
    if (isBrain || exponents === { 2: 5, 4: 8, 8: 11 }[size]) return { ...common, kind: isBrain ? 'brain' : 'float' };
  }
  if (kind === 3 && size > 0) return { ...common, kind: 'text' };
  if (kind === 5) return { ...common, kind: 'opaque' };
  if (kind === 9 && (bits & 15) === 1) return { ...common, kind: 'texts' };
  throw file.refused('numbers or texts', `a type of ${size} bytes, ${CLASSES[kind] ?? `class ${kind}`}`);
}

/** The size of each axis; none for one value. */
export function readDataspace(file: FileBytes, at: number): number[] {
  const version = file.uint(at, 1, 'a shape');
  const axes = file.uint(at + 1, 1, 'a shape');
  if (axes > MOST_AXES) throw file.refused(`at most ${MOST_AXES} axes`, String(axes));
  if (version === 2 && file.uint(at + 3, 1, 'a shape') === 2) return [0]; // a shape of nothing
  const begin = at + (version === 2 ? 4 : 8);
  return Array.from({ length: axes }, (_, i) => file.length(begin + i * file.lengthSize, 'a shape'));
}

export const countOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Numbers of `type` in `bytes`, as 32-bit floats. */
export function numbersIn(file: FileBytes, type: Datatype, bytes: Uint8Array): Float32Array {
  const { kind, size, isBigEndian, isSigned } = type;
  if (kind === 'text' || kind === 'texts' || kind === 'opaque') throw file.refused('numbers', `elements of ${kind}`);
  if (kind === 'float' && size === 4 && !isBigEndian) return new Float32Array(bytes.slice().buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = new Float32Array(bytes.length / size);
  const isLittle = !isBigEndian;
  for (let i = 0, place = 0; i < numbers.length; ++i, place += size) {
    if (kind === 'brain') numbers[i] = bfloatToNumber(view.getUint16(place, isLittle));
    else if (kind === 'float') {
      if (size === 2) numbers[i] = halfToNumber(view.getUint16(place, isLittle));
      else numbers[i] = size === 4 ? view.getFloat32(place, isLittle) : view.getFloat64(place, isLittle);
    } else if (size === 8) {
      numbers[i] = Number(isSigned ? view.getBigInt64(place, isLittle) : view.getBigUint64(place, isLittle));
    } else if (size === 4) numbers[i] = isSigned ? view.getInt32(place, isLittle) : view.getUint32(place, isLittle);
    else if (size === 2) numbers[i] = isSigned ? view.getInt16(place, isLittle) : view.getUint16(place, isLittle);
    else numbers[i] = isSigned ? view.getInt8(place) : view.getUint8(place);
  }
  return numbers;
}

/** Reads texts, which may lie in heaps: places of the elements of each heap, kept because many stand in one. */
export class Texts {
  readonly #heaps = new Map<number, Map<number, [number, number]>>();

  constructor(private readonly file: FileBytes) {}

  read(type: Datatype, at: number, count: number): string[] {
    const { file } = this;
    file.spend(at, count * type.size, 'texts');
    if (type.kind === 'text') {
      return Array.from({ length: count }, (_, i) => file.text(at + i * type.size, type.size, 'a text'));
    }
    if (type.kind !== 'texts' || type.size !== 8 + file.offsetSize)
      throw file.refused('texts', `elements of ${type.kind}`);
    return Array.from({ length: count }, (_, i) => {
      const place = at + i * type.size;
      const length = file.uint(place, 4, 'a text');
      const heap = file.address(place + 4, 'a text');
      const index = file.uint(place + 4 + file.offsetSize, 4, 'a text');
      if (length === 0 || heap < 0) return '';
      const [begin, size] = this.#heap(heap).get(index) ?? [0, -1];
      if (size < length) throw file.refused(`${length} bytes of a text in the heap at ${heap}`, excerpt(String(size)));
      return file.text(begin, length, 'a text');
    });
  }

  #heap(at: number): Map<number, [number, number]> {
    const known = this.#heaps.get(at);
    if (known) return known;
    const { file } = this;
    file.signature(at, 'GCOL', 'a heap of texts');
    const objects = new Map<number, [number, number]>();
    const end = at + file.length(at + 8, 'a heap of texts');
    file.spend(at, end - at, 'a heap of texts');
    const prefix = 8 + file.lengthSize;
    for (let place = at + 8 + file.lengthSize; place + prefix <= end;) {
      const index = file.uint(place, 2, 'a heap of texts');
      const size = file.length(place + 8, 'a heap of texts');
      if (index === 0) break; // the free rest of it
      objects.set(index, [place + prefix, size]);
      place += prefix + Math.ceil(size / 8) * 8;
    }
    this.#heaps.set(at, objects);
    return objects;
  }
}
