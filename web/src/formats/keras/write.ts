/** For Keras: the weights as .npz, and a program that makes the network of them, and of that a .keras file. */
import type {
  ActivationConfig,
  ConstraintConfig,
  LayerDescription,
  RegularizerConfig,
  Sequential,
} from '../../index.js';
import { exampleOf, type DescribedWeight, type ModelDescription } from '../description.js';
import { writeNpy } from '../numpy/write-npy.js';
import type { ExportedFile } from '../options.js';
import { zip } from '../write-zip.js';
import program from './model.py';

/** Activations as Python has them: names that Keras 2 and 3 share, or functions of the program. */
const ACTIVATIONS: Partial<Record<string, string>> = {
  silu: '"swish"',
  hardSigmoid: 'hard_sigmoid',
  geluTanh: 'gelu_tanh',
  logSoftmax: 'log_softmax',
};

export function write(_: string, { layers }: ModelDescription, model: Sequential): Promise<ExportedFile[]> {
  const { rows, inputs, outputs } = exampleOf(model);
  const arrays: { name: string; shape: number[]; data: Float32Array }[] = [
    ...layers.flatMap(({ layer, weights }) => (layer.className === 'normalization' ? weights.map(varying) : weights)),
    { name: 'example_inputs', shape: [rows, inputs.length / rows], data: inputs },
    { name: 'example_outputs', shape: [rows, outputs.length / rows], data: outputs },
  ];
  const files = arrays.map(({ name, shape, data }) => ({ name: `${name}.npy`, bytes: writeNpy(shape, data) }));
  const lines = [
    `model.add(keras.Input(shape=(${model.inputShape[0]},)))`,
    ...layers.flatMap(({ layer, weights }) =>
      linesOf(
        layer,
        weights.map(({ name }) => name),
      ),
    ),
  ];
  const text = program.replace(/^( *)# LAYERS\n/m, (_all, indent: string) =>
    lines.map((line) => `${indent}${line}\n`).join(''),
  );
  return Promise.resolve([
    { name: 'model.weights.npz', bytes: zip(files) },
    { name: 'model.py', bytes: new TextEncoder().encode(text) },
  ]);
}

/** Keras divides a feature that never varied by 10⁻⁷, and ours by 1, so that its variance is written as 1. */
function varying({ name, shape, data }: DescribedWeight & { name: string }) {
  return { name, shape, data: name.endsWith('/variance') ? data.map((value) => (value === 0 ? 1 : value)) : data };
}

/** The lines that add a layer, and its activation where that is a layer of its own. */
function linesOf(layer: LayerDescription, weights: string[]): string[] {
  const { className, name, trainable, activation } = layer;
  // Keras 3 takes no name with a slash; others are kept.
  const common = [...(/^[\w.-]+$/.test(name) ? [`name=${text(name)}`] : []), ...(trainable ? [] : ['trainable=False'])];
  const add = (kind: string, options: string[], names: string[] = []) =>
    `add(${[`layers.${kind}(${[...options, ...common].join(', ')})`, ...names.map(text)].join(', ')})`;
  switch (className) {
    case 'dense': {
      const apart = layerOf(activation);
      const options = [
        String(layer.units),
        ...(apart || activation.name === 'linear' ? [] : [`activation=${functionOf(activation)}`]),
        ...(layer.useBias === false ? ['use_bias=False'] : []),
        ...regularizer('kernel_regularizer', layer.kernelRegularizer),
        ...regularizer('bias_regularizer', layer.biasRegularizer),
        ...(apart ? [] : regularizer('activity_regularizer', layer.activityRegularizer)),
        ...constraint('kernel_constraint', layer.kernelConstraint),
        ...constraint('bias_constraint', layer.biasConstraint),
      ];
      const after = apart && [apart, ...regularizer('activity_regularizer', layer.activityRegularizer)].join(', ');
      return [add('Dense', options, weights), ...(after ? [`add(layers.${after}))`] : [])];
    }
    case 'activation': {
      const apart = layerOf(activation);
      return [apart ? `add(layers.${apart}))` : add('Activation', [functionOf(activation)])];
    }
    case 'dropout':
      return [add('Dropout', [String(layer.rate)])];
    case 'alphaDropout':
      return [add('AlphaDropout', [String(layer.rate)])];
    case 'gaussianNoise':
      return [add('GaussianNoise', [String(layer.stddev)])];
    case 'batchNormalization':
      return [add('BatchNormalization', [`momentum=${layer.momentum}`, ...normOptions(layer)], weights)];
    case 'layerNormalization':
      return [add('LayerNormalization', normOptions(layer), weights)];
    case 'normalization': {
      const [mean, variance] = weights.map((weight) => `weights[${text(weight)}]`);
      return [add('Normalization', [`mean=${mean}`, `variance=${variance}`])];
    }
  }
}

/** A literal of Python. */
const text = (value: string) => JSON.stringify(value);

const functionOf = ({ name }: ActivationConfig) => ACTIVATIONS[name] ?? text(name);

/**
 * The call that makes a layer of an activation with a number, yet to be closed; the number stands without its name, which
 * is another in Keras 3.
 */
function layerOf({ name, alpha }: ActivationConfig): string | undefined {
  if (name === 'leakyRelu') return `LeakyReLU(${alpha}`;
  return name === 'elu' && alpha !== 1 ? `ELU(${alpha}` : undefined;
}

const python = (value: boolean | undefined) => (value === false ? 'False' : 'True');

const normOptions = ({ epsilon, center, scale }: LayerDescription) => [
  `epsilon=${epsilon}`,
  `center=${python(center)}`,
  `scale=${python(scale)}`,
];

function regularizer(option: string, config: RegularizerConfig | undefined): string[] {
  if (!config) return [];
  const { l1 = 0, l2 = 0 } = config;
  return [`${option}=keras.regularizers.L1L2(l1=${l1}, l2=${l2})`];
}

function constraint(option: string, config: ConstraintConfig | undefined): string[] {
  if (!config) return [];
  const kinds = { maxNorm: `MaxNorm(${config.maxValue})`, nonNeg: 'NonNeg()', unitNorm: 'UnitNorm()' };
  return [`${option}=keras.constraints.${kinds[config.name]}`];
}
