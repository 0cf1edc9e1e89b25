/**
 * Models in Keras' words, as `.keras`, `.h5` and TensorFlow.js' model.json hold them, in the spelling of Keras 1 to 3: from
 * their JSON to our layers, and to what weights belong to each. What is no chain of layers that a multilayer perceptron has
 * is refused by its name.
 */
import { rangeError } from '../check/arguments.js';
import { excerpt } from '../check/bytes.js';
import type { LayerConfig } from '../index.js';
import type { DescribedLayer, DescribedWeight } from './description.js';
import { chainOf } from './keras-chain.js';
import { readLayer, type Fixed } from './keras-kinds.js';

/** A layer of Keras'. */
export interface KerasLayer {
  /** Its own name, by which legacy files and model.json name its weights. */
  name: string;
  /** `Dense`, `BatchNormalization` … */
  className: string;
  /** The models that it is nested in and itself: kind, and how many of that kind with weights stand before it there. */
  place: { kind: string; index: number }[];
  /** As ours; undefined where nothing is left of it, as of Flatten. */
  layer?: LayerConfig;
  /** Its weights in the file, in Keras' order: `kernel`, `bias`; `gamma`, `beta`, `moving_mean` … */
  weights: { name: string; shape: number[]; isOptional?: boolean }[];
  /** Makes of these what `Sequential.getWeights()` has of it. Default: as they are. */
  convert?(weights: DescribedWeight[]): DescribedWeight[];
  /** Weights that are no one's but the config's, a number for each feature. */
  fixed?: Fixed;
}

export interface KerasNetwork {
  name?: string;
  /** Shape of one sample, `[28, 28, 1]`. */
  inputShape: number[];
  layers: KerasLayer[];
  remarks: string[];
}

/** Layers of the config's own numbers that a file may have: each takes memory that the file does not. */
const MOST_FIXED = 8;

/**
 * The layers of `{ class_name: 'Sequential', config: … }`, or of a functional model that is a chain.
 *
 * @param argument opens the errors: `loadAny: config.json`
 * @param model its JSON
 * @param version of Keras, `'2.15.0'`; where TensorFlow.js itself wrote the file, anything that does not begin with 3
 * @throws {TypeError | RangeError} naming the layer or option that ours have not.
 */
export function networkOf(argument: string, model: unknown, version: string): KerasNetwork {
  const { name, inputShape, layers: given } = chainOf(argument, model);
  const remarks: string[] = [];
  const layers: KerasLayer[] = [];
  const counts = new Map<string, number>();
  let shape = inputShape;
  for (const { within, ...one } of given) {
    const where = `${argument}: ${excerpt(one.name)}`;
    const { shape: after, remark, ...read } = readLayer(where, one, shape, version);
    if (remark) remarks.push(`${excerpt(one.name)}: ${remark}`);
    shape = after;
    const kind = snakeCase(one.className);
    const scope = JSON.stringify([within, kind]);
    const index = counts.get(scope) ?? 0;
    if (read.weights.length > 0) counts.set(scope, index + 1);
    layers.push({ name: one.name, className: one.className, ...read, place: [...within, { kind, index }] });
  }
  if (!layers.some(({ weights }) => weights.length > 0)) {
    throw rangeError(argument, 'at least one layer with weights', `${layers.length} without`);
  }
  const most = layers.filter(({ fixed }) => fixed).length;
  if (most > MOST_FIXED) throw rangeError(argument, `at most ${MOST_FIXED} layers that scale inputs`, most);
  return { ...(name !== undefined && { name }), inputShape, layers, remarks };
}

/**
 * The layers with their weights.
 *
 * @param find the weights of a layer, in the order of its `weights`; further ones are left aside
 * @throws {RangeError} naming the layer whose weights are missing or of another shape.
 */
export function withWeights(
  argument: string,
  network: KerasNetwork,
  find: (layer: KerasLayer) => readonly DescribedWeight[],
): DescribedLayer[] {
  const found = network.layers.map((layer) => {
    if (layer.weights.length === 0) return [];
    const weights = find(layer);
    return layer.weights.flatMap(({ name, shape, isOptional }, i) => {
      const weight = weights[i];
      if (!weight && isOptional) return [];
      const where = `${argument}: ${excerpt(layer.name)}: ${name}`;
      if (!weight) throw new RangeError(`${where}: expected a weight of shape [${shape}], got none`);
      const { shape: given } = weight;
      if (String(given) !== String(shape)) throw new RangeError(`${where}: expected shape [${shape}], got [${given}]`);
      return [weight];
    });
  });
  // Only now is there room made for what the file does not hold, because the weights show that inputs are as many as it says.
  return network.layers.flatMap(({ layer, convert, fixed }, i) => {
    if (!layer) return [];
    if (fixed) return [{ layer, weights: filled(fixed) }];
    return [{ layer, weights: convert ? convert(found[i]!) : found[i]! }];
  });
}

/** Mean and variance for each feature, out of one for each channel. */
function filled({ features, mean, variance }: Fixed): DescribedWeight[] {
  return [mean, variance].map((numbers) => ({
    shape: [features],
    data: Float32Array.from({ length: features }, (_, i) => numbers[i % numbers.length]!),
  }));
}

/** As Keras makes names of weights' groups of its classes' names: `BatchNormalization` → `batch_normalization`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
