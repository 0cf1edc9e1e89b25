/**
 * mlp-wasm/digits: a seeded generator of handwritten-like digits, and what prepares a drawing. A small WebAssembly
 * module of its own, which is loaded by whatever needs it first.
 *
 * @packageDocumentation
 */
import { arrayName, type ByteArray } from '../check/realm.js';
import { checkInteger, checkObject, rangeError, typeError } from '../check/arguments.js';
import { checkLocation } from '../wasm/options.js';
import { SmallModule } from '../wasm/small-module.js';

/** `count` images, from a file reader or from `generateDigits` of `mlp-wasm/digits`. */
export interface DigitSet {
  /** count × features grey levels scaled to [0, 1], row-major. */
  x: Float32Array;
  /** count class indices. */
  y: Uint8Array;
  /** Rows of x. */
  count: number;
  /** Columns of x: 784 for 28×28. */
  features: number;
}

/** Rows and columns of a digit image. */
export const DIGIT_SIZE = 28;

const DIGIT_PIXELS = DIGIT_SIZE * DIGIT_SIZE;

/** Options of {@link loadDigits}. */
export interface DigitsOptions {
  /**
   * Address of the .wasm file: `digits.wasm`, or, in an engine without SIMD, `digits-scalar.wasm`. Default: beside this
   * module.
   */
  wasmUrl?: string | URL;
  /** The bytes of that file, or what `WebAssembly.compile` made of them; then nothing is fetched. */
  wasmBinary?: ArrayBuffer | Uint8Array | WebAssembly.Module;
  /** How long the file may take to arrive, in milliseconds. Default 60,000. */
  timeoutMs?: number;
}

/** Exports of `cpp/bindings/digits.cc`. Arguments lie in the memory from `__heap_base` on. */
interface DigitsModule {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global<'i32'>;
  normalizeDigit(ink: number, width: number, height: number, out: number): number;
  normalizeStrokes(points: number, count: number, out: number): number;
  generateDigits(seed: number, first: number, count: number, pixels: number, labels: number): void;
}

const digits = new SmallModule<DigitsModule>(
  ['digits.wasm', simdUrl],
  ['digits-scalar.wasm', scalarUrl],
  'generateDigits',
);

/**
 * Loads the digits' module, which {@link generateDigits} and {@link normalizeDigit} otherwise do by themselves: for
 * those who keep the file elsewhere, or want it early. Further calls, with whatever options, wait for the first one;
 * after a failure the next call tries again.
 *
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export async function loadDigits(options: DigitsOptions = {}): Promise<void> {
  checkLocation('loadDigits', checkObject('loadDigits: options', options, ['wasmUrl', 'wasmBinary', 'timeoutMs']));
  await digits.load(options);
}

/** Bundlers and file tracers find the files by these very expressions, in functions that return them. */
function simdUrl(): URL {
  return new URL('./digits.wasm', import.meta.url);
}

function scalarUrl(): URL {
  return new URL('./digits-scalar.wasm', import.meta.url);
}

/** Digits made by one call into the module: what they take of its memory stays small, however many are asked for. */
const CHUNK = 256;

/**
 * Handwritten-like digits, drawn by strokes in many writing styles: image number `first` and the `count` − 1 after
 * it of the endless sequence that belongs to `seed`. Classes are equally likely. The same arguments give the same
 * bytes everywhere.
 *
 * @param options.count images to make, ≥ 1
 * @param options.seed integer in [0, 2⁵³). Default 0
 * @param options.first number of the first one, so that a sequence can be made in parts. Default 0
 * @returns `x`: count × 784 grey levels in [0, 1]; `y`: count labels 0–9
 * @throws {TypeError | RangeError} naming the option that is wrong; {Error} as {@link loadDigits}.
 */
export async function generateDigits(options: { count: number; seed?: number; first?: number }): Promise<DigitSet> {
  const { count, seed = 0, first = 0 } = checkObject('generateDigits', options, ['count', 'seed', 'first']);
  checkInteger('generateDigits: count', count, 1);
  checkInteger('generateDigits: seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('generateDigits: first', first, 0, 2 ** 32 - count);
  const module = await digits.load();
  const bytes = count * (4 * DIGIT_PIXELS + 1);
  const [x, y] = inMemory(bytes, () => [new Float32Array(count * DIGIT_PIXELS), new Uint8Array(count)] as const);
  for (let begin = 0; begin < count; begin += CHUNK) {
    const size = Math.min(CHUNK, count - begin);
    const pixels = reserve(module, size * (DIGIT_PIXELS + 1));
    const labels = pixels + size * DIGIT_PIXELS;
    module.generateDigits(seed, first + begin, size, pixels, labels);
    const grey = new Uint8Array(module.memory.buffer, pixels, size * DIGIT_PIXELS);
    // A plain loop: Float32Array.from with a function takes longer than drawing the digits.
    for (let i = 0, to = begin * DIGIT_PIXELS; i < grey.length; ++i, ++to) x[to] = grey[i]! / 255;
    y.set(new Uint8Array(module.memory.buffer, labels, size), begin);
  }
  return { x, y, count, features: DIGIT_PIXELS };
}

/**
 * A drawing prepared as MNIST's were: the ink's bounding box scaled into 20×20, keeping its aspect, and laid into
 * 28×28 with its centre of mass in the middle.
 *
 * @param ink width × height grey levels, row-major, 0 = paper, 255 = ink
 * @param width columns of the drawing, 1 to 16384
 * @param height rows of the drawing, 1 to 16384
 * @returns 784 grey levels, or undefined where there is no ink
 * @throws {TypeError | RangeError} naming the argument that is wrong; {Error} as {@link loadDigits}.
 */
export async function normalizeDigit(
  ink: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): Promise<ByteArray | undefined> {
  checkInteger('normalizeDigit: width', width, 1, 16384);
  checkInteger('normalizeDigit: height', height, 1, 16384);
  if (!/^Uint8(?:Clamped)?Array$/.test(arrayName(ink) ?? '')) {
    throw typeError('normalizeDigit: ink', 'a Uint8Array or Uint8ClampedArray', ink);
  }
  if (ink.length !== width * height) {
    throw rangeError('normalizeDigit: ink', `${width} × ${height} = ${width * height} grey levels`, ink);
  }
  const drawing = new Uint8Array(ink); // as it is now: the caller may draw on while the module is loaded
  const module = await digits.load();
  const out = reserve(module, DIGIT_PIXELS + drawing.length);
  const memory = new Uint8Array(module.memory.buffer);
  memory.set(drawing, out + DIGIT_PIXELS);
  return module.normalizeDigit(out + DIGIT_PIXELS, width, height, out)
    ? memory.slice(out, out + DIGIT_PIXELS)
    : undefined;
}

/** A `PenPoint` of `cpp/mlp/digits/digits.h`: x, y and width as floats, and whether it is joined to the one before. */
const PEN_POINT_BYTES = 16;

/**
 * A drawing whose strokes are known, prepared as MNIST's digits were. Its lines become as broad as MNIST's, however
 * large it is and whatever pen it was drawn with: small digits are not blots, and loops stay open.
 *
 * @param strokes each the places that the pen passed, `[x0, y0, x1, y1, …]`, y downwards, in any unit
 * @returns 784 grey levels, or undefined where there is no point
 * @throws {TypeError | RangeError} naming the stroke that is wrong; {Error} as {@link loadDigits}.
 */
export async function normalizeStrokes(strokes: readonly ArrayLike<number>[]): Promise<Uint8Array | undefined> {
  if (!Array.isArray(strokes)) throw typeError('normalizeStrokes: strokes', 'an array of strokes', strokes);
  const drawing = strokes.map((stroke: ArrayLike<number>, i) => {
    const name = `normalizeStrokes: stroke ${i}`;
    if (!Array.isArray(stroke) && !ArrayBuffer.isView(stroke)) {
      throw typeError(name, 'numbers, [x0, y0, x1, y1, …]', stroke);
    }
    if (stroke.length % 2 !== 0) throw rangeError(name, 'an x and a y of each point', stroke);
    const numbers = Float32Array.from(stroke);
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw rangeError(`${name}[${wrong}]`, 'a finite number', stroke[wrong]);
    return numbers;
  });
  const count = drawing.reduce((sum, stroke) => sum + stroke.length / 2, 0);
  const module = await digits.load();
  const out = reserve(module, DIGIT_PIXELS + count * PEN_POINT_BYTES + PEN_POINT_BYTES);
  const points = Math.ceil((out + DIGIT_PIXELS) / PEN_POINT_BYTES) * PEN_POINT_BYTES;
  const memory = new DataView(module.memory.buffer);
  let at = points;
  for (const stroke of drawing) {
    for (let i = 0; i < stroke.length; i += 2, at += PEN_POINT_BYTES) {
      memory.setFloat32(at, stroke[i]!, true);
      memory.setFloat32(at + 4, stroke[i + 1]!, true);
      memory.setFloat32(at + 8, 1, true);
      memory.setInt32(at + 12, i > 0 ? 1 : 0, true);
    }
  }
  return module.normalizeStrokes(points, count, out)
    ? new Uint8Array(module.memory.buffer).slice(out, out + DIGIT_PIXELS)
    : undefined;
}

/** Address of `bytes` free bytes, which the next call may use again. */
function reserve({ memory, __heap_base: { value: base } }: DigitsModule, bytes: number): number {
  const more = base + bytes - memory.buffer.byteLength;
  if (more > 0) inMemory(more, () => memory.grow(Math.ceil(more / 65536)));
  return base;
}

/** @throws {RangeError} when `take` could not get its `bytes` bytes. */
function inMemory<Result>(bytes: number, take: () => Result): Result {
  try {
    return take();
  } catch (cause) {
    throw new RangeError(`out of memory: expected room for ${Math.ceil(bytes / 2 ** 20)} MB more`, { cause });
  }
}
