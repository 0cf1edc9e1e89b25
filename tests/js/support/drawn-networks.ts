/** Networks from a seed, of every layer and activation, with weights as a training leaves them, for tests of formats. */
import {
  ACTIVATIONS,
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  normalization,
  sequential,
  type ActivationConfig,
  type ActivationName,
  type LayerConfig,
  type Sequential,
} from 'mlp-wasm';

/** mulberry32: numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface NetworkKinds {
  /** Default: all. */
  activations?: readonly ActivationName[];
  /** Kinds of layers beside dense ones. Default: all. */
  others?: readonly LayerConfig['className'][];
  /** Default: by chance. */
  useBias?: boolean;
  /** Default: by chance. */
  alpha?: number;
}

const OTHERS = [
  'activation',
  'dropout',
  'alphaDropout',
  'gaussianNoise',
  'batchNormalization',
  'layerNormalization',
  'normalization',
] as const;

/** Network number `seed`; every activation that is asked for comes once in so many of them. */
export function drawNetwork(seed: number, kinds: NetworkKinds = {}): Sequential {
  const { activations = ACTIVATIONS, others = OTHERS, useBias, alpha } = kinds;
  const random = randomFrom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const drawActivation = (place: number): ActivationConfig => {
    const name = activations[place === 0 ? seed % activations.length : below(activations.length)]!;
    const hasAlpha = name === 'leakyRelu' || name === 'elu';
    return hasAlpha && random() < 0.7 ? { name, alpha: alpha ?? 0.05 + random() } : { name };
  };
  const drawOther = (name: LayerConfig['className']): LayerConfig => {
    const options = { epsilon: 10 ** -(1 + below(6)), center: random() < 0.7, scale: random() < 0.7 };
    if (name === 'activation') return activation({ activation: drawActivation(1) });
    if (name === 'dropout') return dropout({ rate: random() * 0.9 });
    if (name === 'alphaDropout') return alphaDropout({ rate: random() * 0.9 });
    if (name === 'gaussianNoise') return gaussianNoise({ stddev: random() });
    if (name === 'batchNormalization') return batchNormalization({ ...options, momentum: random() });
    if (name === 'layerNormalization') return layerNormalization(options);
    return normalization();
  };
  const features = 1 + below(9);
  const layers: LayerConfig[] = [];
  const count = 1 + below(3);
  for (let i = 0; i < count; ++i) {
    if (others.length > 0 && random() < 0.5) layers.push(drawOther(others[below(others.length)]!));
    layers.push(
      dense({
        units: 1 + below(12),
        activation: drawActivation(i),
        ...(!(useBias ?? random() < 0.8) && { useBias: false }),
        ...(random() < 0.2 && { trainable: false, kernelRegularizer: { name: 'l2', l2: random() } }),
        ...(random() < 0.2 && { kernelInitializer: 'heNormal', kernelConstraint: { name: 'maxNorm', maxValue: 3 } }),
      }),
    );
  }
  layers[0] = { ...layers[0]!, inputShape: [features] };
  const model = sequential({ layers, seed, name: `network_${seed}` });
  const weights = model.getWeights().map(({ name, shape, data }) => {
    const isPositive = /ariance$/.test(name);
    const scale = shape.length === 2 ? 1.5 / Math.sqrt(shape[0]!) : 0.7;
    const draw = () => (isPositive ? 0.2 + 2 * random() : scale * (2 * random() - 1));
    return { name, shape, data: data.map(draw) };
  });
  model.setWeights(weights);
  return model;
}

/** So many rows of inputs between −2 and 2. */
export function drawInputs(model: Sequential, rows: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: rows * model.inputShape[0] }, () => 4 * random() - 2);
}
