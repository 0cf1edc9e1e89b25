/** The built-in digits: a seeded generator of handwritten-like ones, and what prepares a drawing. */
import { checkInteger, checkObject, rangeError, typeError } from './check.js';
import { copyBytes, scoped } from './heap.js';
import type { DigitSet } from './types.js';
import { mlp } from './wasm.js';

/** Rows and columns of a digit image. */
export const DIGIT_SIZE = 28;
const DIGIT_PIXELS = DIGIT_SIZE * DIGIT_SIZE;

/**
 * Handwritten-like digits, drawn by strokes in many writing styles: image number `first` and the `count` − 1 after
 * it of the endless sequence that belongs to `seed`. Classes are equally likely. The same arguments give the same
 * bytes everywhere.
 *
 * @param options.count images to make, ≥ 1
 * @param options.seed integer in [0, 2⁵³). Default 0
 * @param options.first number of the first one, so that a sequence can be made in parts. Default 0
 * @returns `x`: count × 784 grey levels in [0, 1]; `y`: count labels 0–9
 */
export function generateDigits(options: { count: number; seed?: number; first?: number }): DigitSet {
  const { count, seed = 0, first = 0 } = checkObject('generateDigits', options, ['count', 'seed', 'first']);
  checkInteger('generateDigits: count', count, 1);
  checkInteger('generateDigits: seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('generateDigits: first', first, 0, 2 ** 32 - count);
  return scoped((scope) => {
    const pixels = scope.allocate(count * DIGIT_PIXELS);
    const labels = scope.allocate(count);
    mlp().generateDigits(seed, first, count, pixels, labels);
    const grey = copyBytes(pixels, count * DIGIT_PIXELS);
    const x = new Float32Array(grey.length);
    // A plain loop: Float32Array.from with a function takes longer than drawing the digits.
    for (let i = 0; i < x.length; ++i) x[i] = grey[i]! / 255;
    return { x, y: copyBytes(labels, count), count, features: DIGIT_PIXELS };
  });
}

/**
 * A drawing prepared as MNIST's were: the ink's bounding box scaled into 20×20, keeping its aspect, and laid into
 * 28×28 with its centre of mass in the middle.
 *
 * @param ink width × height grey levels, row-major, 0 = paper, 255 = ink
 * @returns 784 grey levels, or undefined where there is no ink
 */
export function normalizeDigit(
  ink: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> | undefined {
  checkInteger('normalizeDigit: width', width, 1, 16384);
  checkInteger('normalizeDigit: height', height, 1, 16384);
  if (!(ink instanceof Uint8Array || ink instanceof Uint8ClampedArray)) {
    throw typeError('normalizeDigit: ink', 'a Uint8Array or Uint8ClampedArray', ink);
  }
  if (ink.length !== width * height) {
    throw rangeError('normalizeDigit: ink', `${width} × ${height} = ${width * height} grey levels`, ink);
  }
  return scoped((scope) => {
    const out = scope.allocate(DIGIT_PIXELS);
    return mlp().normalizeDigit(scope.copyIn(ink), width, height, out)
      ? copyBytes(out, DIGIT_PIXELS)
      : undefined;
  });
}
