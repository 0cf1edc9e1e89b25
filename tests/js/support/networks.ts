/** Networks of every kind from a seed, for the formats of other tools: weights and statistics are those of no new model. */
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
  activations?: readonly ActivationConfig[];
  /** True for dropout, noise and normalizations between dense layers. */
  others?: boolean;
  /** True for normalizations that may have a scale or an offset alone. */
  halves?: boolean;
}

const ALL: ActivationConfig[] = mlp.ACTIVATIONS.filter((name) => !/oftmax/.test(name)).map((name) =>
  name === 'leakyRelu' || name === 'elu' ? { name, alpha: 0.3 } : { name },
);

const LAST: ActivationConfig[] = ['linear', 'sigmoid', 'softmax', 'logSoftmax', 'tanh'].map((name) => ({
  name: name as ActivationConfig['name'],
}));

/** A network of 1 to 4 dense layers and what may stand between them. */
export function randomNetwork(
  seed: number,
  { activations = ALL, others = true, halves = false }: Kinds = {},
): Sequential {
  const random = randomOf(seed);
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const oneOf = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
  const layers: LayerConfig[] = [];
  const normalization = () => {
    const [scale, center] = halves ? [random() < 0.5, random() < 0.5] : random() < 0.8 ? [true, true] : [false, false];
    const epsilon = oneOf([1e-3, 1e-5]);
    return oneOf([
      mlp.batchNormalization({ scale, center, epsilon }),
      mlp.layerNormalization({ scale, center, epsilon }),
    ]);
  };
  if (others && random() < 0.3) layers.push(mlp.normalization());
  const dense = whole(1, 4);
  for (let i = 1; i <= dense; ++i) {
    const activation = i < dense ? oneOf(activations) : activations === ALL ? oneOf(LAST) : oneOf(activations);
    const apart = others && random() < 0.3;
    layers.push(mlp.dense({ units: whole(1, 9), activation: apart ? 'linear' : activation, useBias: random() < 0.8 }));
    if (others && random() < 0.4) layers.push(normalization());
    if (apart) layers.push(mlp.activation({ activation }));
    if (others && i < dense && random() < 0.3) {
      layers.push(
        oneOf([mlp.dropout({ rate: 0.25 }), mlp.gaussianNoise({ stddev: 0.1 }), mlp.alphaDropout({ rate: 0.1 })]),
      );
    }
  }
  layers[0]!.inputShape = [whole(1, 8)];
  const model = mlp.sequential({ layers, seed });
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
