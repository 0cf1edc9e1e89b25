/** Tensors of an ONNX file. What their numbers are is read only when it is needed. */
import { malformed } from '../../check/bytes.js';
import { shown } from '../../check/arguments.js';
import { bfloatToNumber, halfToNumber } from '../numbers.js';
import {
  BYTES,
  eachDouble,
  eachFloat,
  eachInt,
  FIXED32,
  FIXED64,
  fieldsOf,
  readPair,
  textOf,
  VARINT,
} from './protobuf.js';

/** A tensor as it stands in the file. */
export interface Tensor {
  name: string;
  shape: number[];
  dataType: number;
  /** The message, for the numbers that are fields of it. */
  message: Uint8Array;
  /** The numbers as bytes; a field of its own in most files. */
  raw?: Uint8Array;
  /** The numbers stand in another file. */
  external?: { location: string; offset: number; length?: number };
}

/** A tensor with its numbers, row-major. */
export interface Constant {
  kind: 'constant';
  shape: number[];
  data: Float32Array | Float64Array;
  /** Instead of numbers. */
  texts?: string[];
}

export const FLOAT = 1;
export const INT64 = 7;
const STRING = 8;
const FLOAT16 = 10;
const BFLOAT16 = 16;

interface DataType {
  /** Bytes of an element. */
  size: number;
  /** Field of TensorProto that holds the elements where they are not raw. */
  field: number;
  get(view: DataView, at: number): number;
  /** Of an element of such a field; default: the number itself. */
  from?(value: number): number;
}

/** By the number of TensorProto.DataType. */
const DATA_TYPES = new Map<number, DataType>([
  [FLOAT, { size: 4, field: 4, get: (view, at) => view.getFloat32(at, true) }],
  [2, { size: 1, field: 5, get: (view, at) => view.getUint8(at) }],
  [3, { size: 1, field: 5, get: (view, at) => view.getInt8(at) }],
  [4, { size: 2, field: 5, get: (view, at) => view.getUint16(at, true) }],
  [5, { size: 2, field: 5, get: (view, at) => view.getInt16(at, true) }],
  [6, { size: 4, field: 5, get: (view, at) => view.getInt32(at, true) }],
  [INT64, { size: 8, field: 7, get: (view, at) => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true) }],
  [9, { size: 1, field: 5, get: (view, at) => view.getUint8(at) }],
  [FLOAT16, { size: 2, field: 5, get: (view, at) => halfToNumber(view.getUint16(at, true)), from: halfToNumber }],
  [11, { size: 8, field: 10, get: (view, at) => view.getFloat64(at, true) }],
  [12, { size: 4, field: 11, get: (view, at) => view.getUint32(at, true) }],
  [13, { size: 8, field: 11, get: (view, at) => view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true) }],
  [BFLOAT16, { size: 2, field: 5, get: (view, at) => bfloatToNumber(view.getUint16(at, true)), from: bfloatToNumber }],
]);

export const isFloat = (dataType: number) => [FLOAT, FLOAT16, 11, BFLOAT16].includes(dataType);
export const isHalf = (dataType: number) => dataType === FLOAT16 || dataType === BFLOAT16;

/** ONNX has no limit, but a hostile file may have any number. */
const MOST_DIMENSIONS = 32;

export function readTensor(where: string, message: Uint8Array): Tensor {
  const tensor: Tensor = { name: '', shape: [], dataType: 0, message };
  const external = new Map<string, string>();
  let isExternal = false;
  for (const field of fieldsOf(where, message)) {
    if (field.number === 1) {
      eachInt(where, field, (size) => {
        if (tensor.shape.length < MOST_DIMENSIONS) tensor.shape.push(size);
        else throw malformed(where, `a tensor of at most ${MOST_DIMENSIONS} dimensions`, 'one of more');
      });
    } else if (field.number === 2) tensor.dataType = field.int;
    else if (field.number === 8) tensor.name = textOf(field.bytes);
    else if (field.number === 9) tensor.raw = field.bytes;
    else if (field.number === 13) external.set(...readPair(where, field.bytes));
    else if (field.number === 14) isExternal = field.int === 1;
  }
  if (isExternal) {
    const length = external.get('length');
    tensor.external = {
      location: external.get('location') ?? '',
      offset: Number(external.get('offset') ?? 0),
      ...(length !== undefined && { length: Number(length) }),
    };
  }
  return tensor;
}

/** Elements of a tensor; not to be trusted before it is compared with what there is. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/**
 * The numbers of a tensor.
 *
 * @param files bytes of the other files that tensors name
 * @throws {RangeError} where its shape promises other numbers than there are.
 */
export function constantOf(where: string, tensor: Tensor, files: ReadonlyMap<string, Uint8Array>): Constant {
  const { shape, dataType } = tensor;
  const name = `${where}: tensor ${shown(tensor.name)}`;
  const count = sizeOf(shape);
  if (!shape.every((size) => size >= 0) || !(count < 2 ** 53)) {
    throw malformed(name, 'sizes that can be', `[${shape.join(', ')}]`);
  }
  if (dataType === STRING) {
    const texts: string[] = [];
    for (const { number, bytes } of fieldsOf(where, tensor.message)) if (number === 6) texts.push(textOf(bytes));
    checkCount(name, shape, count, texts.length);
    return { kind: 'constant', shape, data: new Float32Array(0), texts };
  }
  const type = DATA_TYPES.get(dataType);
  if (!type) throw malformed(name, 'floats or integers', `the data type ${dataType}`);
  const raw = tensor.external ? externalBytes(name, tensor.external, files) : tensor.raw;
  if (raw && (raw.length > 0 || count === 0)) {
    checkCount(name, shape, count, raw.length / type.size);
    return { kind: 'constant', shape, data: fromBytes(raw, dataType, type, count) };
  }
  return { kind: 'constant', shape, data: fromFields(name, tensor, type, count) };
}

function checkCount(name: string, shape: readonly number[], expected: number, count: number): void {
  if (count === expected) return;
  throw malformed(name, `${expected} elements, as its sizes [${shape.join(', ')}] have it`, String(count));
}

/** Integers and doubles as doubles, all else as floats. */
const roomFor = (size: number, count: number) => (size >= 4 ? new Float64Array(count) : new Float32Array(count));

function fromBytes(raw: Uint8Array, dataType: number, type: DataType, count: number): Float32Array | Float64Array {
  if (dataType === FLOAT) return new Float32Array(raw.slice().buffer);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const data = roomFor(type.size, count);
  for (let i = 0; i < count; ++i) data[i] = type.get(view, i * type.size);
  return data;
}

/** Numbers that are fields of the message: counted first, because the sizes may promise any number. */
function fromFields(name: string, tensor: Tensor, type: DataType, count: number): Float32Array | Float64Array {
  const walk = (each: (value: number) => void) => {
    for (const field of fieldsOf(name, tensor.message)) {
      if (field.number !== type.field) continue;
      if (type.field === 4 && (field.wire === FIXED32 || field.wire === BYTES)) eachFloat(field, each);
      else if (type.field === 10 && (field.wire === FIXED64 || field.wire === BYTES)) eachDouble(field, each);
      else if (type.field !== 4 && type.field !== 10 && (field.wire === VARINT || field.wire === BYTES)) {
        eachInt(name, field, each);
      }
    }
  };
  let found = 0;
  walk(() => ++found);
  checkCount(name, tensor.shape, count, found);
  const data = type.field === 4 ? new Float32Array(count) : roomFor(type.size, count);
  let i = 0;
  walk((value) => (data[i++] = type.from ? type.from(value) : value));
  return data;
}

function externalBytes(
  name: string,
  { location, offset, length }: NonNullable<Tensor['external']>,
  files: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const file = files.get(location)!;
  const end = length === undefined ? file.length : offset + length;
  if (!Number.isInteger(offset) || !Number.isInteger(end) || offset < 0 || end < offset || end > file.length) {
    throw malformed(name, `bytes ${offset} to ${end} of ${shown(location)}`, `a file of ${file.length} bytes`);
  }
  return file.subarray(offset, end);
}
