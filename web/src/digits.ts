/**
 * mlp-wasm/digits: a seeded generator of handwritten-like digits, and what prepares a drawing. A small WebAssembly
 * module of its own, which is loaded by whatever needs it first.
 *
 * @packageDocumentation
 */
import { checkInteger, checkObject, rangeError, typeError } from './check.js';
import { checkSource, loadWasm, supportsSimd } from './load.js';
import type { DigitSet } from './types.js';

export type { DigitSet };

/** Rows and columns of a digit image. */
export const DIGIT_SIZE = 28;
const DIGIT_PIXELS = DIGIT_SIZE * DIGIT_SIZE;

/** Options of {@link loadDigits}. */
export interface DigitsOptions {
  /**
   * Where the .wasm file is: `digits.wasm`, or, in an engine without SIMD, `digits-scalar.wasm`. Default: beside this
   * module.
   */
  wasmUrl?: string | URL;
  /** The bytes of that file; then nothing is fetched. */
  wasmBinary?: ArrayBuffer | Uint8Array;
}

/** What `cpp/digits_module.cc` exports. Arguments lie in the memory from `__heap_base` on. */
interface DigitsModule {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global<'i32'>;
  normalizeDigit(ink: number, width: number, height: number, out: number): number;
  generateDigits(seed: number, first: number, count: number, pixels: number, labels: number): void;
}

let pending: Promise<DigitsModule> | undefined;

/**
 * Loads the digits' module, which {@link generateDigits} and {@link normalizeDigit} otherwise do by themselves: for
 * those who keep the file elsewhere, or want it early. Further calls, with whatever options, wait for the first one;
 * after a failure the next call tries again.
 *
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export async function loadDigits(options: DigitsOptions = {}): Promise<void> {
  checkSource('loadDigits', checkObject('loadDigits: options', options, ['wasmUrl', 'wasmBinary']));
  await loaded(options);
}

async function loaded(options: DigitsOptions = {}): Promise<DigitsModule> {
  pending ??= loadWasm(options, moduleUrl(), async (compiled) => {
    const { exports } = await WebAssembly.instantiate(compiled);
    if (!('generateDigits' in exports)) throw new Error('it is another module');
    return exports as unknown as DigitsModule;
  });
  try {
    return await pending;
  } catch (error) {
    pending = undefined;
    throw error;
  }
}

/** Bundlers find the files by these very expressions. */
function moduleUrl(): URL {
  return supportsSimd()
    ? new URL('./digits.wasm', import.meta.url)
    : new URL('./digits-scalar.wasm', import.meta.url);
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
export async function generateDigits(options: {
  count: number;
  seed?: number;
  first?: number;
}): Promise<DigitSet> {
  const { count, seed = 0, first = 0 } = checkObject('generateDigits', options, ['count', 'seed', 'first']);
  checkInteger('generateDigits: count', count, 1);
  checkInteger('generateDigits: seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('generateDigits: first', first, 0, 2 ** 32 - count);
  const module = await loaded();
  const bytes = count * (4 * DIGIT_PIXELS + 1);
  const [x, y] = inMemory(
    bytes,
    () => [new Float32Array(count * DIGIT_PIXELS), new Uint8Array(count)] as const,
  );
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
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  checkInteger('normalizeDigit: width', width, 1, 16384);
  checkInteger('normalizeDigit: height', height, 1, 16384);
  if (!(ink instanceof Uint8Array || ink instanceof Uint8ClampedArray)) {
    throw typeError('normalizeDigit: ink', 'a Uint8Array or Uint8ClampedArray', ink);
  }
  if (ink.length !== width * height) {
    throw rangeError('normalizeDigit: ink', `${width} × ${height} = ${width * height} grey levels`, ink);
  }
  const drawing = new Uint8Array(ink); // as it is now: the caller may draw on while the module is loaded
  const module = await loaded();
  const out = reserve(module, DIGIT_PIXELS + drawing.length);
  const memory = new Uint8Array(module.memory.buffer);
  memory.set(drawing, out + DIGIT_PIXELS);
  return module.normalizeDigit(out + DIGIT_PIXELS, width, height, out)
    ? memory.slice(out, out + DIGIT_PIXELS)
    : undefined;
}

/** Where there is room for `bytes` bytes, until the next call. */
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
