/** Random changes to image-shaped rows; the core makes them, while it trains or on their own. */
import { checkInteger, checkNumber, checkObject, rangeError, typeError } from './check.js';
import { place } from './core.js';
import { checkInputs } from './data.js';
import { copyFloats, reserve, scoped, type Scope } from './heap.js';
import type { Augmentation, Inputs } from './types.js';
import { backend, mlp, type SampleAddresses } from './wasm.js';

/** An augmentation as the core reads it: the doubles of `Augmentation` in `cpp/mlp/augment.h`. */
export type AugmentationBlock = Float64Array<ArrayBuffer>;

const OPTIONS = [
  'height',
  'width',
  'shift',
  'rotation',
  'scale',
  'shear',
  'elastic',
  'noise',
  'erasing',
  'fill',
];

/** Far more than any image is wide, and little enough for products to stay finite. */
const MANY_PIXELS = 1e6;
const LARGE = 1e30;

/** @param features those of a model, which the image must have. */
export function checkAugmentation(
  argument: string,
  given: Augmentation,
  features?: number,
): AugmentationBlock {
  checkObject(argument, given, OPTIONS);
  const { height, width, shift = 0, rotation = 0, scale = [1, 1], shear = 0, elastic, noise = 0 } = given;
  const { erasing, fill = 0 } = given;
  checkInteger(`${argument}.height`, height, 1);
  checkInteger(`${argument}.width`, width, 1);
  if (features !== undefined && height * width !== features) {
    const expected = `height × width = ${features}, the features of the model`;
    throw new RangeError(`${argument}: expected ${expected}, got ${height} × ${width} = ${height * width}`);
  }
  const number = (name: string, value: number, high: number, low = 0) =>
    checkNumber(`${argument}.${name}`, value, low, high);
  number('shift', shift, MANY_PIXELS);
  number('rotation', rotation, 360);
  number('shear', shear, 90);
  if (!Array.isArray(scale)) throw typeError(`${argument}.scale`, 'an array [smallest, largest]', scale);
  if (scale.length !== 2) throw rangeError(`${argument}.scale`, '2 numbers, [smallest, largest]', scale);
  const [low, high] = scale as [number, number];
  number('scale[0]', low, 100, 0.01);
  number('scale[1]', high, 100, low);
  number('noise', noise, LARGE);
  number('fill', fill, LARGE, -LARGE);
  let [alpha, sigma] = [0, 4];
  if (elastic !== undefined) {
    ({ alpha = 34, sigma = 4 } = checkObject(`${argument}.elastic`, elastic, ['alpha', 'sigma']));
    number('elastic.alpha', alpha, MANY_PIXELS);
    number('elastic.sigma', sigma, 1000, 0.1);
  }
  let [probability, size] = [0, 1];
  if (erasing !== undefined) {
    checkObject(`${argument}.erasing`, erasing, ['probability', 'size']);
    ({ probability = 0.5, size = Math.ceil(Math.min(height, width) / 2) } = erasing);
    if (number('erasing.probability', probability, Infinity) > 1)
      throw rangeError(`${argument}.erasing.probability`, 'a number from 0 to 1', probability);
    checkInteger(`${argument}.erasing.size`, size, 1);
  }
  return Float64Array.of(
    height,
    width,
    shift,
    rotation,
    low,
    high,
    shear,
    alpha,
    sigma,
    noise,
    probability,
    size,
    fill,
    0, // the first row, which is known later
  );
}

/** Has a `Trainer` or `Evaluator` of these samples augment them; `firstRow` is the number of the first one in its pass. */
export function placeAugmentation(
  scope: Scope,
  samples: SampleAddresses,
  augmentation: AugmentationBlock | undefined,
  firstRow = 0,
): void {
  if (!augmentation) return;
  augmentation[13] = firstRow;
  samples.augmentation = scope.copyIn(augmentation);
}

/** Bytes that augmenting `rows` rows at once may allocate in the core: the rows, taps, and each thread's scratch. */
export function augmentationBytes(augmentation: AugmentationBlock | undefined, rows: number): number {
  if (!augmentation) return 0;
  const [height, width, sigma] = [augmentation[0]!, augmentation[1]!, augmentation[8]!];
  const scratch = (height + 3) * (width + 3) + 4 * height * (width + 24);
  return 4 * (rows * height * width + backend().threads * scratch + 6 * sigma + 4);
}

/** Rows that the core holds beside those that it was given. */
const ROWS = 128;

/**
 * What training makes of images: of rows × height·width numbers `x` the rows that `fit` trains on with the same
 * options, in the pass over the data that the model's seed and the number of passes that it had begun before say.
 *
 * @param options.seed integer in [0, 2⁵³). Default 0.
 * @param options.pass of which every one is different; the first epoch of a new model is pass 0. Default 0.
 * @returns rows × height·width numbers, row-major; `x` stays as it is.
 * @throws {TypeError | RangeError} for wrong data or options.
 * @example
 * const pictures = augment(x, { height: 28, width: 28, rotation: 15, elastic: {}, pass: 3 });
 */
export function augment(
  x: Inputs,
  options: Augmentation & { seed?: number; pass?: number },
): Float32Array<ArrayBuffer> {
  const method = 'augment';
  checkObject(`${method}: options`, options, [...OPTIONS, 'seed', 'pass']);
  const { seed = 0, pass = 0, ...rest } = options;
  const augmentation = checkAugmentation(`${method}: options`, rest);
  checkInteger(`${method}: seed`, seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger(`${method}: pass`, pass, 0, 2 ** 32 - 1);
  const inputs = checkInputs(`${method}: x`, x, options.height * options.width);
  const length = inputs.rows * inputs.features;
  return scoped((scope) => {
    const outputs = scope.allocate(4 * length);
    const samples = place(scope, inputs);
    placeAugmentation(scope, samples, augmentation);
    const rows = Math.min(ROWS, inputs.rows);
    reserve(augmentationBytes(augmentation, rows));
    mlp().augment(samples, seed, pass, rows, outputs);
    return copyFloats(outputs, length);
  });
}
