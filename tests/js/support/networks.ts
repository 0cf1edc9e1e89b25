/** Networks of every kind from a seed, for the formats of other tools, with weights as a training leaves them. */
import * as mlp from 'mlp-wasm';
import type { ActivationConfig, LayerConfig, Sequential } from 'mlp-wasm';

/** Numbers from 0 to below 1, the same ones for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The parts that a network of {@link randomNetwork} may have; default: everything. */
export interface Kinds {
  /**
   * Of any layer, also the last; network number `seed` begins with one after the other. Default: all that work on single
   * numbers, and at the end those that outputs have.
   */
  activations?: readonly ActivationConfig[];
  /** True for layers other than dense ones. */
  others?: boolean;
  /** True for normalizations that may have a scale or an offset alone. */
  halves?: boolean;
}

/** Every activation, with a parameter that is not the default where it has one. */
export const EVERY_ACTIVATION: readonly ActivationConfig[] = mlp.ACTIVATIONS.map((name) =>
  name === 'leakyRelu' || name === 'elu' ? { name, alpha: 0.3 } : { name },
);

const HIDDEN = EVERY_ACTIVATION.filter(({ name }) => !/oftmax/.test(name));
const LAST = EVERY_ACTIVATION.filter(({ name }) => /^(?:linear|sigmoid|softmax|logSoftmax|tanh)$/.test(name));

/** A network of 1 to 4 dense layers and what may stand between them. */
export function randomNetwork(seed: number, { activations, others = true, halves = false }: Kinds = {}): Sequential {
  const random = randomOf(seed);
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const oneOf = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
  const rate = () => oneOf([0.1, 0.25, 0.9]);
  const normalization = () => {
    const [scale, center] = halves ? [random() < 0.5, random() < 0.5] : random() < 0.8 ? [true, true] : [false, false];
    const options = { scale, center, epsilon: oneOf([1e-3, 1e-5]) };
    return random() < 0.5
      ? mlp.batchNormalization({ ...options, momentum: oneOf([0.9, 0.99]) })
      : mlp.layerNormalization(options);
  };
  const activationOf = (i: number, count: number) => {
    if (activations) return i === 1 ? activations[seed % activations.length]! : oneOf(activations);
    return oneOf(i < count ? HIDDEN : LAST);
  };
  const layers: LayerConfig[] = [];
  if (others && random() < 0.3) layers.push(mlp.normalization());
  const count = whole(1, 4);
  for (let i = 1; i <= count; ++i) {
    const activation = activationOf(i, count);
    const apart = others && random() < 0.3;
    layers.push(
      mlp.dense({
        units: whole(1, 9),
        activation: apart ? 'linear' : activation,
        useBias: random() < 0.8,
        // These matter in training alone, and must not be in the way.
        ...(random() < 0.2 && { trainable: false, kernelRegularizer: { name: 'l2', l2: rate() } }),
        ...(random() < 0.2 && { kernelInitializer: 'heNormal', kernelConstraint: { name: 'maxNorm', maxValue: 3 } }),
      }),
    );
    if (others && random() < 0.4) layers.push(normalization());
    if (apart) layers.push(mlp.activation({ activation }));
    if (others && i < count && random() < 0.3) {
      const stddev = rate();
      layers.push(
        oneOf([mlp.dropout({ rate: rate() }), mlp.gaussianNoise({ stddev }), mlp.alphaDropout({ rate: rate() })]),
      );
    }
    if (others && i < count && random() < 0.1) layers.push(mlp.normalization());
  }
  layers[0]!.inputShape = [whole(1, 8)];
  const model = mlp.sequential({ layers, seed, name: `network_${seed}` });
  const stirred = model.getWeights().map((weight) => ({
    ...weight,
    data: weight.data.map((value) =>
      /(?:gamma|ariance)$/.test(weight.name) ? 0.3 + random() : /kernel$/.test(weight.name) ? value : random() - 0.5,
    ),
  }));
  model.setWeights(stirred);
  return model;
}

/** Rows of inputs from -2 to 2. */
export function inputsFor(model: Sequential, rows: number, seed = 1): Float32Array {
  const random = randomOf(seed);
  return Float32Array.from({ length: rows * model.inputShape[0] }, () => 4 * random() - 2);
}

/** Largest difference of two outputs, relative to the largest number of their row, at least 1. */
export function worstDifference(expected: Float32Array, got: ArrayLike<number>, units: number): number {
  if (got.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; ++i) {
    const row = expected.subarray(i - (i % units), i - (i % units) + units);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const difference = Math.abs(expected[i]! - got[i]!) / scale;
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst;
}
