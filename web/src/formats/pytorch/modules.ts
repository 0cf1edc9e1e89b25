/** A model's layers as modules of PyTorch. */
import { rangeError } from '../../check/arguments.js';
import type { ActivationConfig, LayerDescription, NamedTensor, Weight } from '../../index.js';
import type { ModelDescription } from '../description.js';
import { transposed } from './state-dict.js';

type Activations = Record<ActivationConfig['name'], (alpha: number) => string | undefined>;

/** By activation, the expression that makes the module; undefined where none is needed. */
const ACTIVATIONS: Activations = {
  linear: () => undefined,
  sigmoid: () => 'nn.Sigmoid()',
  tanh: () => 'nn.Tanh()',
  relu: () => 'nn.ReLU()',
  leakyRelu: (alpha) => `nn.LeakyReLU(${alpha})`,
  elu: (alpha) => `nn.ELU(${alpha})`,
  selu: () => 'nn.SELU()',
  gelu: () => 'nn.GELU()',
  geluTanh: () => 'nn.GELU(approximate="tanh")',
  silu: () => 'nn.SiLU()',
  softplus: () => 'nn.Softplus()',
  softsign: () => 'nn.Softsign()',
  hardSigmoid: () => 'nn.Hardsigmoid()',
  exponential: () => 'Exponential()',
  softmax: () => 'nn.Softmax(dim=1)',
  logSoftmax: () => 'nn.LogSoftmax(dim=1)',
};

const python = (value: boolean) => (value ? 'True' : 'False');

/** The expression that makes the module of a layer. */
const MODULES: Record<LayerDescription['className'], (layer: LayerDescription, inputs: number) => string | undefined> =
  {
    dense: ({ units, useBias }, inputs) => `nn.Linear(${inputs}, ${units}, bias=${python(useBias!)})`,
    activation: () => undefined,
    dropout: ({ rate }) => `nn.Dropout(${rate})`,
    alphaDropout: ({ rate }) => `nn.AlphaDropout(${rate})`,
    gaussianNoise: ({ stddev }) => `GaussianNoise(${stddev})`,
    batchNormalization: ({ units, epsilon, momentum, scale }) => {
      const share = Number((1 - momentum!).toPrecision(12));
      return `nn.BatchNorm1d(${units}, eps=${epsilon}, momentum=${share}, affine=${python(scale!)})`;
    },
    layerNormalization: ({ units, epsilon, scale }) =>
      `nn.LayerNorm(${units}, eps=${epsilon}, elementwise_affine=${python(scale!)})`,
    normalization: ({ units }) => `Normalization(${units})`,
  };

/** The names that PyTorch has for our weights. */
export const WEIGHT_NAMES: Record<string, string> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
  mean: 'mean',
  variance: 'variance',
};

/** The weights that layers may have, in the order of `getWeights()`. */
export const WEIGHTS: Partial<Record<LayerDescription['className'], string[]>> = {
  dense: ['kernel', 'bias'],
  batchNormalization: ['gamma', 'beta', 'movingMean', 'movingVariance'],
  layerNormalization: ['gamma', 'beta'],
  normalization: ['mean', 'variance'],
};

/** The key in the metadata of our files under which the configuration stands, so that reading them leaves nothing to guess. */
export const CONFIG_KEY = 'mlp-wasm';

/** The keys of names and notes, as JSON, as a model's own files have them. */
export const NAME_KEYS = ['classNames', 'featureNames', 'metadata'] as const;

/** A name for the module of each layer: PyTorch takes no dots in them. */
export function moduleNames(layers: readonly string[]): string[] {
  const names = new Set<string>();
  for (const layer of layers) {
    const plain = layer.replace(/[^\w]/g, '_') || 'layer';
    let name = plain;
    for (let i = 2; names.has(name); ++i) name = `${plain}_${i}`;
    names.add(name);
  }
  return [...names];
}

/** The lines of Python that make the modules, each a pair of its name and itself. */
export function moduleLines(description: ModelDescription): string[] {
  const names = moduleNames(description.layers.map(({ layer }) => layer.name));
  let inputs = description.inputShape[0]!;
  return description.layers.flatMap(({ layer }, i) => {
    const own = MODULES[layer.className](layer, inputs);
    inputs = layer.units;
    const { name, alpha = 0 } = layer.activation;
    const after = ACTIVATIONS[name](alpha);
    const lines = own ? [`("${names[i]}", ${own}),`] : [];
    if (after) lines.push(`("${own ? `${names[i]}_activation` : names[i]}", ${after}),`);
    return lines;
  });
}

/**
 * The weights under the names that PyTorch's modules have for them.
 *
 * @throws {RangeError} naming a normalization that has a scale or an offset alone, which PyTorch's have together.
 */
export function stateDict(method: string, description: ModelDescription): NamedTensor[] {
  const names = moduleNames(description.layers.map(({ layer }) => layer.name));
  return description.layers.flatMap(({ layer, weights }, i) => {
    if (layer.scale !== undefined && layer.scale !== layer.center) {
      const expected = 'scale and center both, or neither, as PyTorch has them';
      throw rangeError(`${method}: ${layer.name}`, expected, layer.scale ? 'scale alone' : 'center alone');
    }
    return weights.map((weight) => tensorOf(`${names[i]}.${WEIGHT_NAMES[partOf(weight)]}`, weight));
  });
}

/** The part of a weight's name that follows the layer's. */
export const partOf = ({ name }: Weight) => name.slice(name.lastIndexOf('/') + 1);

function tensorOf(name: string, { shape, data }: Weight): NamedTensor {
  if (shape.length < 2) return { name, shape: [...shape], data };
  const [inputs, units] = shape as [number, number];
  return { name, shape: [units, inputs], data: transposed(data, inputs, units) };
}
