/** Random changes to image-shaped rows; the core makes them, while it trains or on their own. */
import type { Floats } from '../check/realm.js';
import { checkArray, checkInteger, checkNumber, checkObject, rangeError } from '../check/arguments.js';
import { copyInSamples } from '../data/place.js';
import { checkInputs, type Inputs } from '../data/samples.js';
import { copyFloats, reserve, scoped } from '../wasm/heap.js';
import { mlp } from '../wasm/module.js';
import type { NativeAugmentation } from '../wasm/native.js';

/**
 * Random changes to rows that are images of one channel, row-major: a new one of each for every row in every pass, from
 * the model's seed, the number of the pass and that of the row within it. What is drawn is uniform within its limits.
 * An image is scaled, sheared and rotated about its middle and shifted, elastically deformed, all in one bilinear
 * interpolation; noise is added; and a rectangle is erased. Rows that are to be evaluated or predicted are left alone.
 * The bits are the same with all instructions and numbers of threads.
 */
export interface Augmentation {
  /** Rows of an image, and its columns: their product is the features of a sample. */
  height: number;
  width: number;
  /** Greatest shift along each axis, in pixels; fractions count. Default 0. */
  shift?: number;
  /** Greatest rotation, in degrees, either way. Default 0. */
  rotation?: number;
  /** Smallest and largest factor, 0.01 to 100, drawn for width and height each. Default `[1, 1]`. */
  scale?: readonly [number, number];
  /** Greatest angle, in degrees below 90, by which columns are slanted, either way. Default 0. */
  shear?: number;
  /**
   * Displaces each pixel by smoothed noise (Simard et al. 2003): along each axis uniform in (−alpha, alpha), convolved
   * with a Gaussian of deviation `sigma` pixels and weight 1. Defaults 34 and 4, Simard's for 29 × 29 pixels; 0 is no
   * displacement. Default: none.
   */
  elastic?: { alpha?: number; sigma?: number };
  /** Standard deviation of the normal number that is added to each pixel. Default 0. */
  noise?: number;
  /**
   * With this probability, by default 0.5, a rectangle becomes `fill` (Zhong et al. 2020); each side is 1 to `size`
   * pixels long, by default up to half of the image's shorter side. Default: none.
   */
  erasing?: { probability?: number; size?: number };
  /** Value of pixels that move in from outside of the image. Default 0. */
  fill?: number;
}

const OPTIONS = ['height', 'width', 'shift', 'rotation', 'scale', 'shear', 'elastic', 'noise', 'erasing', 'fill'];

/** Far more than any image is wide, and little enough for products to stay finite. */
const MANY_PIXELS = 1e6;

const LARGE = 1e30;

/** @param features those of a model, which the image must have. */
export function checkAugmentation(argument: string, given: Augmentation, features?: number): NativeAugmentation {
  const options = checkObject(argument, given, OPTIONS);
  const { height, width, shift = 0, rotation = 0, scale = [1, 1], shear = 0, elastic, noise = 0 } = options;
  const { erasing, fill = 0 } = options;
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
  const limits = checkArray(`${argument}.scale`, scale, 'an array [smallest, largest]');
  if (limits.length !== 2) throw rangeError(`${argument}.scale`, '2 numbers, [smallest, largest]', scale);
  const [low, high] = limits as [number, number];
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
    const given = checkObject(`${argument}.erasing`, erasing, ['probability', 'size']);
    ({ probability = 0.5, size = Math.ceil(Math.min(height, width) / 2) } = given);
    if (number('erasing.probability', probability, Infinity) > 1)
      throw rangeError(`${argument}.erasing.probability`, 'a number from 0 to 1', probability);
    checkInteger(`${argument}.erasing.size`, size, 1);
  }
  return {
    height,
    width,
    shift,
    rotation,
    scaleLow: low,
    scaleHigh: high,
    shear,
    elasticAlpha: alpha,
    elasticSigma: sigma,
    noise,
    erasingProbability: probability,
    erasingSize: size,
    fill,
  };
}

/** Rows that the core holds beside those that it was given. */
const ROWS = 128;

/**
 * Images as training changes them: of rows × height·width numbers `x`, the rows that `fit` with the same options trains
 * on if the model has this seed and has begun `pass` passes over the data before.
 *
 * @param options.seed integer in [0, 2⁵³). Default 0.
 * @param options.pass of which every one is different; the first epoch of a new model is pass 0. Default 0.
 * @returns rows × height·width numbers, row-major; `x` stays as it is.
 * @throws {TypeError | RangeError} for wrong data or options.
 * @example
 * const pictures = augment(x, { height: 28, width: 28, rotation: 15, elastic: {}, pass: 3 });
 */
export function augment(x: Inputs, options: Augmentation & { seed?: number; pass?: number }): Floats {
  const method = 'augment';
  const given = checkObject(`${method}: options`, options, [...OPTIONS, 'seed', 'pass']);
  const { seed = 0, pass = 0, ...rest } = given;
  const augmentation = checkAugmentation(`${method}: options`, rest);
  checkInteger(`${method}: seed`, seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger(`${method}: pass`, pass, 0, 2 ** 32 - 1);
  const inputs = checkInputs(`${method}: x`, x, rest.height * rest.width);
  const length = inputs.rows * inputs.features;
  return scoped((scope) => {
    const outputs = scope.allocate(4 * length);
    const samples = copyInSamples(scope, inputs);
    reserve(mlp().augmentBytes(samples, augmentation, ROWS));
    mlp().augment(samples, augmentation, seed, pass, ROWS, outputs);
    return copyFloats(outputs, length);
  });
}
