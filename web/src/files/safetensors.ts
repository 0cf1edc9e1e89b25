/**
 * The safetensors format: the length of the header as a little-endian 64-bit integer; the header, a JSON
 * object `{ name: { dtype, shape, data_offsets: [begin, end] }, …, __metadata__: { key: text, … } }`; then
 * the numbers of all tensors, little-endian, row-major, without a gap. Source:
 * https://github.com/huggingface/safetensors, whose rules against hostile files (a limit on the header, no
 * overlap, no hole) hold here too.
 */
import { messageOf, type ByteArray } from '../check/realm.js';
import { typeError } from '../check/arguments.js';
import { asBytes, beginningOf, malformed, quote, type Bytes } from '../check/bytes.js';

/** A tensor of a safetensors file. */
export interface NamedTensor {
  /** Any text but `__metadata__` and `__proto__`; unique within the file. */
  name: string;
  /** Size of each dimension, slowest first; `[]` for a single number. */
  shape: number[];
  /** As many numbers as the product of `shape`, row-major. */
  data: Float32Array;
}

/** Result of {@link readSafetensors}. */
export interface SafetensorsFile {
  /** In the order in which their numbers stand in the file. */
  tensors: NamedTensor[];
  /** The file's remarks; empty where it has none. */
  metadata: Record<string, string>;
}

/** The place of a tensor in a file. */
export interface TensorInfo {
  name: string;
  shape: number[];
  /** First byte of the numbers, counted from the end of the header. */
  begin: number;
  /** One past their last byte. */
  end: number;
}

/** Size of the integer that holds the length of the header. */
const LENGTH_BYTES = 8;

/** The reference implementation takes no longer header: parsed, JSON takes many times its size in memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** The numbers start at a multiple of this, so that readers can use them in place. */
const ALIGNMENT = 8;

const FLOAT_BYTES = 4;

const METADATA = '__metadata__';

/**
 * Writes tensors as a safetensors file of dtype F32, bit for bit, in the order given.
 *
 * @param tensors none, one or many
 * @param metadata remarks to keep with them. Default: none
 * @returns the whole file; the numbers start at a multiple of 8 bytes
 * @throws TypeError if an argument is of the wrong type
 * @throws RangeError if a tensor has not as many numbers as its shape says, a name comes twice, a name or a
 *   key is `__proto__` or not valid Unicode, a name is `__metadata__`, or the header grows beyond 100 MB
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): ByteArray {
  const entries: string[] = [];
  checkMetadata('writeSafetensors: metadata', metadata, typeError);
  if (Object.keys(metadata).length > 0) entries.push(`"${METADATA}":${JSON.stringify(metadata)}`);

  // Entry by entry: an object would move names like "0" to the front.
  if (!Array.isArray(tensors)) throw typeError('writeSafetensors: tensors', 'an array', tensors);
  const names = new Set<string>();
  let dataBytes = 0;
  tensors.forEach((tensor: unknown, index) => {
    const { name, shape, data } = checkTensor(`writeSafetensors: tensors[${index}]`, tensor);
    if (names.has(name)) throw malformed('writeSafetensors', 'each name once', `${quote(name)} twice`);
    names.add(name);
    const info = { dtype: 'F32', shape, data_offsets: [dataBytes, dataBytes + data.byteLength] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
    dataBytes += data.byteLength;
  });

  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw malformed('writeSafetensors', `a header of at most ${MAX_HEADER_BYTES} bytes`, `${headerBytes}`);
  }

  const dataStart = LENGTH_BYTES + headerBytes;
  const file = new Uint8Array(dataStart + dataBytes);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  file.fill(' '.charCodeAt(0), LENGTH_BYTES, dataStart);
  file.set(json, LENGTH_BYTES);
  let at = dataStart;
  for (const { data } of tensors) {
    // As integers: a conversion from and to float may change the bits of a NaN.
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    for (let i = 0; i < bits.length; i++, at += FLOAT_BYTES) view.setUint32(at, bits[i]!, true);
  }
  return file;
}

/**
 * Reads a safetensors file whose tensors are all of dtype F32, bit for bit.
 *
 * @param bytes the whole file; nothing in it is trusted
 * @returns the tensors, with memory of their own, in the order in which their numbers stand in the file (the
 *   header may name them in another), and the metadata
 * @throws TypeError if `bytes` is of the wrong type
 * @throws RangeError if the file is truncated or too long; its header is longer than the file or than 100 MB,
 *   is not a JSON object, or has a name twice; a dtype is not F32; a shape is not of integers ≥ 0 or does not
 *   fit its offsets; offsets overlap, leave a hole or reach beyond the file; a name or a key is `__proto__`
 */
export function readSafetensors(bytes: Bytes): SafetensorsFile {
  const { file, dataStart, infos, metadata } = readLayout(bytes);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const tensors = infos.map(({ name, shape, begin, end }) => {
    const data = new Float32Array((end - begin) / FLOAT_BYTES);
    const bits = new Uint32Array(data.buffer);
    let at = dataStart + begin;
    for (let i = 0; i < bits.length; i++, at += FLOAT_BYTES) bits[i] = view.getUint32(at, true);
    return { name, shape, data };
  });
  return { tensors, metadata };
}

/** A file's account of its tensors, checked. */
export interface SafetensorsLayout {
  /** The whole file. */
  file: Uint8Array;
  /** First byte of the numbers. */
  dataStart: number;
  /** In the order of their numbers, between which there is no gap. */
  infos: TensorInfo[];
  metadata: Record<string, string>;
}

/** As {@link readSafetensors}, but leaves the numbers where they are. */
export function readLayout(bytes: Bytes): SafetensorsLayout {
  const file = asBytes('readSafetensors: bytes', bytes);
  const { json, dataStart } = readHeader(file);
  const { infos, metadata } = parseHeader(json);
  checkLayout(infos, file.length - dataStart);
  return { file, dataStart, infos, metadata };
}

/** The text of the header, and where the numbers start. */
function readHeader(file: Uint8Array): { json: string; dataStart: number } {
  if (file.length < LENGTH_BYTES) {
    throw malformed('readSafetensors', 'at least 8 bytes', `${file.length}: the file is truncated`);
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    const beginning = beginningOf(file);
    if (beginning) throw new RangeError(`readSafetensors: not a safetensors file: it begins with ${beginning}`);
    throw malformed('readSafetensors', `a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`);
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > file.length) {
    const got = `${file.length - LENGTH_BYTES}: the file is truncated`;
    throw malformed('readSafetensors', `a header of ${length} bytes`, got);
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { json: decoder.decode(file.slice(LENGTH_BYTES, dataStart)), dataStart };
  } catch (cause) {
    throw malformed('readSafetensors', 'a header in UTF-8', 'bytes that are not', cause);
  }
}

/** The entries of the header, each checked by itself, in the order of their offsets. */
function parseHeader(json: string): { infos: TensorInfo[]; metadata: Record<string, string> } {
  if (!json.startsWith('{')) {
    throw malformed('readSafetensors', 'a header that starts with {', quote(json.slice(0, 8)));
  }
  const infos: TensorInfo[] = [];
  let metadata: Record<string, string> = {};
  for (const { key: name, value: text, keys } of entriesOf(json)) {
    const value = parsed(text);
    if (isObject(value) && Object.keys(value).length !== keys) Array.from(entriesOf(text)); // says which comes twice
    if (name === METADATA) {
      checkMetadata(`readSafetensors: ${METADATA}`, value, (where, expected, wrong) =>
        malformed(where, expected, quote(wrong)),
      );
      metadata = value;
    } else {
      checkKey('readSafetensors: name', name);
      infos.push(parseInfo(name, value));
    }
  }
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { infos, metadata };
}

/** An entry of an object in JSON. */
interface Entry {
  key: string;
  /** The JSON of the value. */
  value: string;
  /** Number of keys if the value is an object; one that comes twice counts twice. */
  keys: number;
}

const [QUOTE, COMMA, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = Array.from('",:[\\]{}', (char) =>
  char.charCodeAt(0),
) as [number, number, number, number, number, number, number, number];

/**
 * The entries of an object in JSON, in the order of the text, which `JSON.parse` does not keep for names like "0". A key
 * that comes twice is an error; `JSON.parse` lets it pass. One entry at a time, because a header that is parsed as a
 * whole takes thirty times its size in memory.
 */
function* entriesOf(json: string): Generator<Entry> {
  const seen = new Set<string>();
  let at = skip(json, 0, OPEN);
  while (json.charCodeAt(at) !== CLOSE || seen.size > 0) {
    const keyEnd = stringEnd(json, at);
    const key = parsed(json.slice(at, keyEnd)) as string;
    if (seen.has(key)) throw malformed('readSafetensors', 'each name once', `${quote(key)} twice`);
    seen.add(key);
    const begin = skip(json, keyEnd, COLON);
    let depth = 0;
    let keys = 0;
    for (at = begin; ;) {
      const char = json.charCodeAt(at);
      if (depth === 0 && (char === COMMA || char === CLOSE)) break;
      if (char === QUOTE) {
        at = stringEnd(json, at);
        continue;
      }
      if (char === OPEN || char === OPEN_LIST) ++depth;
      else if (char === CLOSE || char === CLOSE_LIST) --depth;
      else if (char === COLON && depth === 1) ++keys;
      if (++at > json.length) throw broken(json, at);
    }
    yield { key, value: json.slice(begin, at), keys };
    if (json.charCodeAt(at) === CLOSE) break;
    at = skip(json, at, COMMA);
  }
  if (skip(json, at, CLOSE) < json.length) throw broken(json, at + 1);
}

/** Past this character, and past the white space on both sides of it. */
function skip(json: string, at: number, char: number): number {
  const pastSpace = (from: number) => {
    while (SPACE.has(json.charCodeAt(from))) ++from;
    return from;
  };
  const found = pastSpace(at);
  if (json.charCodeAt(found) !== char) throw broken(json, found);
  return pastSpace(found + 1);
}

const SPACE = new Set(Array.from(' \t\n\r', (char) => char.charCodeAt(0)));

/** Past the string that begins here. */
function stringEnd(json: string, begin: number): number {
  if (json.charCodeAt(begin) !== QUOTE) throw broken(json, begin);
  for (let at = begin + 1; at < json.length; ++at) {
    const char = json.charCodeAt(at);
    if (char === QUOTE) return at + 1;
    if (char === BACKSLASH) ++at;
  }
  throw broken(json, json.length);
}

function broken(json: string, at: number): RangeError {
  const got = at < json.length ? `${quote(json[at])} at character ${at}` : 'the end';
  return malformed('readSafetensors', 'a header in JSON', `text that is not: ${got}`);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const reason = messageOf(cause);
    throw malformed('readSafetensors', 'a header in JSON', `text that is not: ${reason}`, cause);
  }
}

function parseInfo(name: string, info: unknown): TensorInfo {
  const where = `readSafetensors: tensor ${quote(name)}`;
  if (!isObject(info)) throw malformed(where, 'an object', quote(info));
  const { dtype, shape, data_offsets: offsets } = info;
  if (dtype !== 'F32') throw malformed(where, 'dtype "F32", the only one read here', quote(dtype));
  if (!Array.isArray(shape)) throw malformed(where, 'a shape', quote(shape));
  const bytes = FLOAT_BYTES * countElements(where, shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw malformed(where, 'data_offsets of two integers ≥ 0', quote(offsets));
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) throw malformed(where, 'data_offsets in order', quote(offsets));
  if (end - begin !== bytes) {
    const got = `${end - begin} between data_offsets ${quote(offsets)}`;
    throw malformed(where, `${bytes} bytes for shape ${quote(shape)}`, got);
  }
  return { name, shape: shape as number[], begin, end };
}

/** Tensors, in the order of their offsets, must fill the bytes after the header from first to last. */
function checkLayout(infos: readonly TensorInfo[], dataBytes: number): void {
  let filled = 0;
  for (const { name, begin, end } of infos) {
    const where = `readSafetensors: tensor ${quote(name)}`;
    if (end > dataBytes) {
      throw malformed(where, `data_offsets within the ${dataBytes} bytes of data`, `[${begin},${end}]`);
    }
    if (begin !== filled) {
      const verdict = begin < filled ? 'it overlaps the tensor before it' : 'there is a hole before it';
      throw malformed(where, `data_offsets that begin at ${filled}`, `${begin}: ${verdict}`);
    }
    filled = end;
  }
  if (filled !== dataBytes) {
    const got = `${dataBytes}: bytes are left after the last tensor`;
    throw malformed('readSafetensors', `${filled} bytes of data`, got);
  }
}

/** `tensor` as an argument of {@link writeSafetensors}. */
function checkTensor(where: string, tensor: unknown): NamedTensor {
  if (!isObject(tensor)) throw typeError(where, '{ name, shape, data }', tensor);
  const { name, shape, data } = tensor;
  if (typeof name !== 'string') throw typeError(`${where}.name`, 'a string', name);
  checkKey(`${where}.name`, name);
  if (name === METADATA) throw malformed(`${where}.name`, 'a name that is not reserved', quote(name));
  if (!Array.isArray(shape)) throw typeError(`${where}.shape`, 'an array', shape);
  if (!isFloat32Array(data)) throw typeError(`${where}.data`, 'a Float32Array', data);
  const count = countElements(`${where}.shape`, shape);
  if (data.length !== count) {
    throw malformed(`${where}.data`, `${count} numbers for shape ${quote(shape)}`, String(data.length));
  }
  return { name, shape: shape as number[], data };
}

/** Throws what `wrongKind` makes where `metadata` is not a map from text to text. */
function checkMetadata(
  where: string,
  metadata: unknown,
  wrongKind: (where: string, expected: string, value: unknown) => Error,
): asserts metadata is Record<string, string> {
  if (!isObject(metadata)) throw wrongKind(where, 'an object', metadata);
  for (const [key, value] of Object.entries(metadata)) {
    checkKey(`${where}: key`, key);
    if (typeof value !== 'string') throw wrongKind(`${where}: ${quote(key)}`, 'a string', value);
    checkUnicode(`${where}: ${quote(key)}`, value);
  }
}

/** Elements of a tensor of this shape. */
function countElements(where: string, shape: readonly unknown[]): number {
  let count = 1;
  for (const size of shape) {
    if (!isSize(size)) throw malformed(where, 'sizes that are integers ≥ 0', quote(shape));
    count *= size;
    if (FLOAT_BYTES * count > Number.MAX_SAFE_INTEGER) {
      throw malformed(where, 'less than 2⁵³ bytes', `shape ${quote(shape)}`);
    }
  }
  return count;
}

/** A key must not be one that, set on an object, changes its prototype. */
function checkKey(where: string, key: string): void {
  if (key === '__proto__') throw malformed(where, 'a harmless name', quote(key));
  checkUnicode(where, key);
}

/** The reference implementation takes no half of a surrogate pair. */
function checkUnicode(where: string, text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw malformed(where, 'valid Unicode', quote(text));
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** By the type's name, as in {@link asBytes}. */
function isFloat32Array(value: unknown): value is Float32Array {
  return Object.prototype.toString.call(value) === '[object Float32Array]';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
