/**
 * The IDX format of the MNIST files: two zero bytes, a type code, the number of dimensions, each dimension as
 * a 32-bit integer, then the elements, last dimension fastest; all big-endian. Source: Y. LeCun, C. Cortes,
 * C. J. C. Burges, “The MNIST database of handwritten digits”, section “The IDX file format”.
 */
import { isError, isUint8Array } from '../check/realm.js';
import { checkInteger, checkObject, typeError } from '../check/arguments.js';
import { asBytes, beginningOf, malformed, type Bytes } from '../check/bytes.js';
import type { DigitSet } from './digits.js';

/** Elements of an IDX file; the array type follows the file's type code. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Result of {@link readIdx}. */
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
  array: { new (buffer: ArrayBuffer, offset: number, length: number): IdxData; BYTES_PER_ELEMENT: number };
}

interface IdxHeader {
  type: ElementType;
  shape: number[];
  /** Product of `shape`. */
  count: number;
  /** Position of the first element, in bytes. */
  start: number;
  /** Size of the whole file, inflated, in bytes. */
  end: number;
}

const DEFAULT_MAX_ELEMENTS = 2 ** 30;

/** Compressed bytes handed to the inflater at a time: it may inflate them all, to 1000 times their size. */
const INFLATE_STEP = 8 * 1024;

/** No byte of gzip becomes more of them: a repetition of 258 takes 2 bits (RFC 1951). */
const MOST_INFLATED = 1032;

/**
 * A file is believed to hold this many bytes for each of its own: MNIST's images are 4.8. More is counted first, so that a
 * small file that lies takes no memory.
 */
const TRUSTED = 5;

const LEFT_OVER = 'bytes are left after the last element';

const TRUNCATED = 'the file is truncated';

/** The type codes of the format, which leaves out 0x0a. */
const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, { name: 'uint8', array: Uint8Array }],
  [0x09, { name: 'int8', array: Int8Array }],
  [0x0b, { name: 'int16', array: Int16Array }],
  [0x0c, { name: 'int32', array: Int32Array }],
  [0x0d, { name: 'float32', array: Float32Array }],
  [0x0e, { name: 'float64', array: Float64Array }],
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
  if (!isUint8Array(pixels) || (shape.length !== 2 && shape.length !== 3)) {
    throw malformed('readMnist: images', 'uint8 of 2 or 3 dimensions', describe(images));
  }
  const y = labels.data;
  if (!isUint8Array(y) || labels.shape.length !== 1) {
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
  const { header, body } = gzip ? await inflateIdx(where, file, maxElements) : split(where, file, maxElements);
  const { type, shape, count } = header;
  const size = type.array.BYTES_PER_ELEMENT;
  if (size > 1 && !BIG_ENDIAN) for (let at = 0; at < body.length; at += size) body.subarray(at, at + size).reverse();
  return { shape, data: new type.array(body.buffer, 0, count) };
}

/** True if this machine stores numbers as the format does, highest byte first. */
const BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** The header of a plain file, and a copy of its elements. */
function split(
  where: string,
  file: Uint8Array,
  maxElements: number,
): { header: IdxHeader; body: Uint8Array<ArrayBuffer> } {
  const header = parseHeader(where, file, maxElements);
  if (header === undefined) throw headless(where, file.length);
  if (file.length !== header.end) {
    const verdict = file.length < header.end ? TRUNCATED : LEFT_OVER;
    throw malformed(where, promise(header), `${file.length} bytes: ${verdict}`);
  }
  return { header, body: new Uint8Array(file.subarray(header.start)) };
}

/** The header at the start of `bytes`, or undefined where `bytes` end before it does. */
function parseHeader(where: string, bytes: Uint8Array, maxElements: number): IdxHeader | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0) !== 0) {
    const beginning = beginningOf(bytes);
    if (beginning) throw new RangeError(`${where}: not an IDX file: it begins with ${beginning}`);
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

/**
 * The same from within a gzip file; stops at the first sign that it is none, or longer than it says. Its elements go
 * where they will stay: no memory is taken but theirs, and no more than the file can be inflated to.
 */
async function inflateIdx(
  where: string,
  file: Uint8Array,
  maxElements: number,
): Promise<{ header: IdxHeader; body: Uint8Array<ArrayBuffer> }> {
  let head = new Uint8Array(0); // until the header is whole
  let length = 0;
  let header: IdxHeader | undefined;
  let body = new Uint8Array(0);
  for await (const chunk of inflate(where, file)) {
    const before = length;
    length += chunk.length;
    if (header === undefined) {
      head = joined(head, chunk);
      header = parseHeader(where, head, maxElements);
      if (header === undefined) continue;
      const most = MOST_INFLATED * file.length;
      if (header.end > most) throw malformed(where, promise(header), `at most ${most} within gzip: ${TRUNCATED}`);
      if (header.end > TRUSTED * file.length) await count(where, file, header);
      body = new Uint8Array(header.end - header.start);
      if (length > header.end) throw malformed(where, promise(header), `more: ${LEFT_OVER}`);
      body.set(head.subarray(header.start));
    } else {
      if (length > header.end) throw malformed(where, promise(header), `more: ${LEFT_OVER}`);
      body.set(chunk, before - header.start);
    }
  }
  if (header === undefined) throw headless(where, length);
  if (length < header.end) throw malformed(where, promise(header), `${length} bytes: ${TRUNCATED}`);
  return { header, body };
}

/** Unpacks a file once before there is room for what its header promises. @throws if it does not hold that. */
async function count(where: string, file: Uint8Array, header: IdxHeader): Promise<void> {
  let length = 0;
  for await (const chunk of inflate(where, file)) {
    length += chunk.length;
    if (length > header.end) throw malformed(where, promise(header), `more: ${LEFT_OVER}`);
  }
  if (length < header.end) throw malformed(where, promise(header), `${length} bytes: ${TRUNCATED}`);
}

function headless(where: string, length: number): RangeError {
  return malformed(where, 'an IDX header', `a file of ${length} bytes: it is truncated`);
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
        const reason = isError(cause) && cause.message !== '' ? ` (${cause.message})` : '';
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
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
