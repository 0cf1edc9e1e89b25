/**
 * The safetensors files of other tools, whose numbers may be of any kind; `readSafetensors` of `mlp-wasm` takes those of
 * float32 alone, which all of ours are.
 */
import { isPlain } from '../../check/arguments.js';
import { excerpt, malformed, quote } from '../../check/bytes.js';
import { NUMBER_BYTES, type NumberKind } from '../numbers.js';
import { elementsOf, type StateDict } from './tensors.js';

const KINDS: Record<string, NumberKind> = {
  BOOL: 'bool',
  I8: 'int8',
  U8: 'uint8',
  I16: 'int16',
  U16: 'uint16',
  I32: 'int32',
  U32: 'uint32',
  I64: 'int64',
  U64: 'uint64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
};

/** The bytes before the header, which hold its length. */
const LENGTH_BYTES = 8;

/** The header of a file, as JSON; undefined where it has none. */
export function headerOf(file: Uint8Array): Record<string, unknown> | undefined {
  if (file.length < LENGTH_BYTES + 2 || file[LENGTH_BYTES] !== 0x7b) return undefined;
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > file.length - LENGTH_BYTES) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      file.slice(LENGTH_BYTES, LENGTH_BYTES + Number(length)),
    );
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} naming the tensor that is of another kind, or reaches beyond the file. */
export function readTensors(
  argument: string,
  file: Uint8Array,
): { tensors: StateDict; metadata: Record<string, unknown> } {
  const header = headerOf(file);
  if (!header) throw malformed(argument, 'a safetensors file', 'one whose header is broken or truncated');
  const dataStart = LENGTH_BYTES + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata, ...infos } = header;
  const tensors: StateDict = new Map();
  for (const [name, info] of Object.entries(infos)) {
    const where = `${argument}: tensor ${excerpt(name)}`;
    const { dtype, shape, data_offsets: offsets } = (info ?? {}) as Record<string, unknown>;
    const kind = typeof dtype === 'string' && Object.hasOwn(KINDS, dtype) ? KINDS[dtype] : undefined;
    if (!kind) throw malformed(where, `a dtype of ${Object.keys(KINDS).join(', ')}`, quote(dtype));
    if (!areSizes(shape) || !areSizes(offsets)) throw malformed(where, 'a shape and data_offsets', quote(info));
    const bytes = file.subarray(dataStart + offsets[0]!, dataStart + offsets[1]!);
    const expected = elementsOf(shape) * NUMBER_BYTES[kind];
    if (bytes.length !== expected || offsets[1]! - offsets[0]! !== expected) {
      throw malformed(where, `${expected} bytes within the file`, `${bytes.length} at ${quote(offsets)}`);
    }
    tensors.set(name, { shape, kind, bytes, little: true });
  }
  return { tensors, metadata: isObject(metadata) ? metadata : {} };
}

const areSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 16 && value.every((size) => Number.isSafeInteger(size) && size >= 0);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && isPlain(value);
