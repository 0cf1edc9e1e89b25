/**
 * The IDX format of the MNIST files: two zero bytes, a type code, the number of dimensions, each dimension as
 * a 32-bit integer, then the elements, last dimension fastest; all big-endian. Source: Y. LeCun, C. Cortes,
 * C. J. C. Burges, “The MNIST database of handwritten digits”, section “The IDX file format”.
 */
import { checkInteger, checkObject, typeError } from '../check.js';
import type { DigitSet } from '../types.js';
import { asBytes, malformed, type Bytes } from './input.js';

/** Elements of an IDX file; the array type follows the file's type code. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What {@link readIdx} resolves to. */
export interface IdxArray {
  /** Size of each dimension, slowest first: `[60000, 28, 28]`. At least one, each ≥ 1. */
  shape: number[];
  /** As many elements as the product of `shape`, row-major, in memory of their own. */
  data: IdxData;
}

/** Options of {@link readIdx}. */
export interface IdxOptions {
  /** Most elements that a file may hold. Default 2³⁰. */
  maxElements?: number;
}

/** Files of {@link readMnist}, plain or gzip. */
export interface MnistFiles {
  /** `train-images-idx3-ubyte.gz`: uint8, count × rows × columns (or count × features). */
  images: Bytes;
  /** `train-labels-idx1-ubyte.gz`: uint8, count. */
  labels: Bytes;
}

interface ElementType {
  name: string;
  array: { new (length: number): IdxData; BYTES_PER_ELEMENT: number };
  /** The element at a byte offset. */
  get(view: DataView, at: number): number;
}

interface IdxHeader {
  type: ElementType;
  shape: number[];
  /** Product of `shape`. */
  count: number;
  /** Where the elements start, in bytes. */
  start: number;
  /** Size of the whole file, inflated, in bytes. */
  end: number;
}

const DEFAULT_MAX_ELEMENTS = 2 ** 30;

/** Compressed bytes handed to the inflater at a time: it may inflate them all, to 1000 times their size. */
const INFLATE_STEP = 8 * 1024;

const LEFT_OVER = 'bytes are left after the last element';

/** The type codes of the format, which leaves out 0x0a. */
const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, { name: 'uint8', array: Uint8Array, get: (view, at) => view.getUint8(at) }],
  [0x09, { name: 'int8', array: Int8Array, get: (view, at) => view.getInt8(at) }],
  [0x0b, { name: 'int16', array: Int16Array, get: (view, at) => view.getInt16(at) }],
  [0x0c, { name: 'int32', array: Int32Array, get: (view, at) => view.getInt32(at) }],
  [0x0d, { name: 'float32', array: Float32Array, get: (view, at) => view.getFloat32(at) }],
  [0x0e, { name: 'float64', array: Float64Array, get: (view, at) => view.getFloat64(at) }],
]);

/**
 * Reads an IDX file, plain or gzip (told by its first bytes, 1f 8b).
 *
 * @param bytes the whole file
 * @returns the shape, and the elements as stored (nothing is scaled) in the machine's own byte order
 * @throws TypeError if an argument is of the wrong type
 * @throws RangeError if the file is not IDX, is truncated, has bytes after its last element, has no dimension
 *   or one of size zero, promises more than `maxElements` elements, or does not inflate. Inflating stops as
 *   soon as more has come out than the header promises.
 */
export async function readIdx(bytes: Bytes, options: IdxOptions = {}): Promise<IdxArray> {
  const { maxElements = DEFAULT_MAX_ELEMENTS } = checkObject('readIdx: options', options, ['maxElements']);
  checkInteger('readIdx: maxElements', maxElements, 1, Number.MAX_SAFE_INTEGER);
  return read('readIdx', asBytes('readIdx: bytes', bytes), maxElements);
}

/**
 * Reads a pair of MNIST files (or Fashion-MNIST, EMNIST …: any images and labels in IDX).
 *
 * @returns `x`: count × features grey levels divided by 255, so that 0 … 255 becomes 0 … 1, with features
 *   784 for images of 28×28; `y`: the count labels as they are
 * @throws TypeError if a file is not given as bytes
 * @throws RangeError if a file cannot be read as IDX (see {@link readIdx}), if the images are not uint8 of
 *   two or three dimensions or the labels not uint8 of one, or if there are more or fewer labels than images
 */
export async function readMnist(files: MnistFiles): Promise<DigitSet> {
  if (typeof files !== 'object' || files === null) throw typeError('readMnist', '{ images, labels }', files);
  const imageBytes = asBytes('readMnist: images', files.images);
  const labelBytes = asBytes('readMnist: labels', files.labels);
  const images = await read('readMnist: images', imageBytes, DEFAULT_MAX_ELEMENTS);
  const labels = await read('readMnist: labels', labelBytes, DEFAULT_MAX_ELEMENTS);

  const { data: pixels, shape } = images;
  if (!(pixels instanceof Uint8Array) || (shape.length !== 2 && shape.length !== 3)) {
    throw malformed('readMnist: images', 'uint8 of 2 or 3 dimensions', describe(images));
  }
  const y = labels.data;
  if (!(y instanceof Uint8Array) || labels.shape.length !== 1) {
    throw malformed('readMnist: labels', 'uint8 of 1 dimension', describe(labels));
  }
  const count = shape[0]!;
  if (y.length !== count) {
    throw malformed('readMnist: labels', `${count}, as many as images`, String(y.length));
  }

  const x = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) x[i] = pixels[i]! / 255;
  return { x, y, count, features: pixels.length / count };
}

/** {@link readIdx} after its arguments are checked; `where` opens the errors. */
async function read(where: string, file: Uint8Array, maxElements: number): Promise<IdxArray> {
  const gzip = file[0] === 0x1f && file[1] === 0x8b;
  const bytes = gzip ? await inflateIdx(where, file, maxElements) : file;

  const header = parseHeader(where, bytes, maxElements);
  if (header === undefined) {
    throw malformed(where, 'an IDX header', `a file of ${bytes.length} bytes: it is truncated`);
  }
  const { type, shape, count, start, end } = header;
  if (bytes.length !== end) {
    const verdict = bytes.length < end ? 'the file is truncated' : LEFT_OVER;
    throw malformed(where, promise(header), `${bytes.length} bytes: ${verdict}`);
  }
  const body = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const data = new type.array(count);
  for (let i = 0; i < count; i++) data[i] = type.get(body, i * type.array.BYTES_PER_ELEMENT);
  return { shape, data };
}

/** The header at the start of `bytes`, or undefined where `bytes` end before it does. */
function parseHeader(where: string, bytes: Uint8Array, maxElements: number): IdxHeader | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0) !== 0) {
    throw malformed(where, 'an IDX file, which starts with 00 00', hex(bytes.subarray(0, 2)));
  }
  const code = view.getUint8(2);
  const type = ELEMENT_TYPES.get(code);
  if (type === undefined) {
    const known = Array.from(ELEMENT_TYPES, ([code, { name }]) => `${hex([code])} (${name})`);
    throw malformed(where, `a type code among ${known.join(', ')}`, hex([code]));
  }
  const rank = view.getUint8(3);
  if (rank === 0) throw malformed(where, 'at least 1 dimension', '0');

  const start = 4 + 4 * rank;
  if (bytes.length < start) return undefined;
  const shape: number[] = [];
  let count = 1;
  for (let d = 0; d < rank; d++) {
    const size = view.getUint32(4 + 4 * d);
    if (size === 0) throw malformed(where, 'dimensions ≥ 1', `0 as dimension ${d + 1} of ${rank}`);
    count *= size;
    if (count > maxElements) {
      throw malformed(where, `at most ${maxElements} elements`, `a header that promises ${count} or more`);
    }
    shape.push(size);
  }
  return { type, shape, count, start, end: start + count * type.array.BYTES_PER_ELEMENT };
}

/** The IDX file within a gzip file; stops at the first sign that it is none, or longer than it says. */
async function inflateIdx(where: string, file: Uint8Array, maxElements: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let header: IdxHeader | undefined;
  for await (const chunk of inflate(where, file)) {
    chunks.push(chunk);
    length += chunk.length;
    header ??= parseHeader(where, join(chunks, length), maxElements);
    if (header !== undefined && length > header.end) {
      throw malformed(where, promise(header), `more: ${LEFT_OVER}`);
    }
  }
  return join(chunks, length);
}

/** The contents of a gzip file, piece by piece. */
async function* inflate(where: string, file: Uint8Array): AsyncGenerator<Uint8Array> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= file.length) return controller.close();
      controller.enqueue(file.slice(at, at + INFLATE_STEP));
      at += INFLATE_STEP;
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        // Some engines give no reason.
        const reason = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
        throw malformed(where, 'a whole gzip file', `one that is truncated or broken${reason}`, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Nobody waits for the rest: what goes wrong while it is dropped is no news.
    void reader.cancel().catch(() => undefined);
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** `47040016 bytes (uint8, shape [60000, 28, 28])`. */
function promise({ type, shape, end }: IdxHeader): string {
  return `${end} bytes (${type.name}, shape [${shape.join(', ')}])`;
}

/** `Float32Array of shape [3, 2]`. */
function describe({ data, shape }: IdxArray): string {
  return `${data.constructor.name} of shape [${shape.join(', ')}]`;
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
