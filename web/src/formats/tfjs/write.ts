/** TensorFlow.js out: a layers-model, for `tf.loadLayersModel`. */
import { rangeError } from '../../check/arguments.js';
import {
  readSafetensors,
  type ActivationConfig,
  type ActivationName,
  type CompileOptions,
  type InitializerConfig,
  type LayerDescription,
  type Sequential,
} from '../../index.js';
import { exampleOf, examplesToJson, type DescribedWeight, type ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import { ACTIVATION_OF, NO_EPSILON, OWN } from './own.js';

/** Version of TensorFlow.js whose spelling this is. */
const VERSION = 'tfjs-layers 4.22.0';

/** TensorFlow.js' names; it cannot open its own `gelu_new`, has no `exponential`, `leakyRelu` is a layer there, and `elu` has α = 1 alone. */
const ACTIVATIONS: Partial<Record<ActivationName, string>> = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  selu: 'selu',
  gelu: 'gelu',
  silu: 'swish',
  softplus: 'softplus',
  softsign: 'softsign',
  hardSigmoid: 'hardSigmoid',
  softmax: 'softmax',
  logSoftmax: 'logSoftmax',
};

/** Ours is held(z/6 + ½), theirs held(z/5 + ½). */
const HARD_SIGMOID = 5 / 6;

type Json = Record<string, unknown>;

interface WrittenLayer {
  className: string;
  config: Json & { name: string };
  /** Under TensorFlow.js' names. */
  weights: (DescribedWeight & { name: string })[];
}

/** `model.json` and `weights.bin`. */
export async function write(method: string, description: ModelDescription, model: Sequential): Promise<ExportedFile[]> {
  const { inputShape, name, layers, classNames, featureNames, metadata } = description;
  const written = layers.flatMap(({ layer, weights }) => writtenLayers(`${method}: ${layer.name}`, layer, weights));
  written[0]!.config['batch_input_shape'] = [null, ...inputShape];
  const weights = written.flatMap(({ config, weights }) =>
    weights.map((weight) => ({ ...weight, name: `${config.name}/${weight.name}` })),
  );
  const compiled = await compiledWith(model);
  const trainingConfig = compiled && trainingOf(compiled);
  const own = {
    ...(classNames && { classNames }),
    ...(featureNames && { featureNames }),
    ...(metadata && { metadata }),
    examples: examplesToJson(exampleOf(model)),
  };
  const json = {
    format: 'layers-model',
    generatedBy: 'mlp-wasm',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name, layers: written.map(({ className, config }) => ({ class_name: className, config })) },
      keras_version: VERSION,
      backend: 'tensor_flow.js',
    },
    ...(trainingConfig && { trainingConfig }),
    userDefinedMetadata: { [OWN]: own },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { name: 'weights.bin', bytes: numbersOf(weights) },
  ];
}

/** All numbers, one after the other, little-endian on every machine. */
function numbersOf(weights: readonly DescribedWeight[]): Uint8Array {
  const bytes = new Uint8Array(4 * weights.reduce((sum, { data }) => sum + data.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { data } of weights) for (let i = 0; i < data.length; ++i, at += 4) view.setFloat32(at, data[i]!, true);
  return bytes;
}

function writtenLayers(where: string, layer: LayerDescription, weights: DescribedWeight[]): WrittenLayer[] {
  const { className, name, trainable, rate, stddev } = layer;
  const plain = (theirs: string, options: Json): WrittenLayer[] => [
    { className: theirs, config: { ...options, name, trainable }, weights: [] },
  ];
  switch (className) {
    case 'dense':
      return denseLayers(where, layer, weights);
    case 'activation':
      return [activationLayer(where, layer.activation, name)];
    case 'dropout':
      return plain('Dropout', { rate });
    case 'alphaDropout':
      return plain('AlphaDropout', { rate });
    case 'gaussianNoise':
      return plain('GaussianNoise', { stddev });
    case 'batchNormalization':
    case 'layerNormalization':
      return [normLayer(layer, weights)];
    case 'normalization':
      return [normalizationLayer(name, weights)];
  }
}

function denseLayers(where: string, layer: LayerDescription, weights: DescribedWeight[]): WrittenLayer[] {
  const { name, units, trainable, activation, useBias = true } = layer;
  const [kernel, bias] = weights;
  const factor = activation.name === 'hardSigmoid' ? HARD_SIGMOID : 1;
  const scaled = (weight: DescribedWeight) => ({
    shape: weight.shape,
    data: factor === 1 ? weight.data : weight.data.map((value) => value * factor),
  });
  const inner = innerActivation(activation);
  const config = {
    units,
    activation: inner ?? 'linear',
    use_bias: useBias,
    kernel_initializer: initializer(layer.kernelInitializer!),
    bias_initializer: initializer(layer.biasInitializer!),
    kernel_regularizer: regularizer(layer.kernelRegularizer),
    bias_regularizer: regularizer(layer.biasRegularizer),
    activity_regularizer: regularizer(layer.activityRegularizer),
    kernel_constraint: constraint(layer.kernelConstraint),
    bias_constraint: constraint(layer.biasConstraint),
    name,
    trainable,
  };
  const dense: WrittenLayer = {
    className: 'Dense',
    config,
    weights: [{ name: 'kernel', ...scaled(kernel!) }, ...(bias ? [{ name: 'bias', ...scaled(bias) }] : [])],
  };
  return inner === undefined ? [dense, activationLayer(where, activation, name + ACTIVATION_OF)] : [dense];
}

/** The name of an activation that needs no layer of its own. */
function innerActivation({ name, alpha }: ActivationConfig): string | undefined {
  return name === 'elu' && alpha === 1 ? 'elu' : ACTIVATIONS[name];
}

function activationLayer(where: string, activation: ActivationConfig, name: string): WrittenLayer {
  const { name: ours, alpha } = activation;
  if (ours === 'hardSigmoid') {
    throw rangeError(where, 'hardSigmoid as the activation of a dense layer, because theirs is steeper', 'it alone');
  }
  if (ours === 'leakyRelu') return { className: 'LeakyReLU', config: { alpha, name }, weights: [] };
  if (ours === 'elu') {
    if (alpha !== 1) throw rangeError(where, 'elu with alpha 1, because TensorFlow.js has no other', alpha);
    return { className: 'ELU', config: { alpha, name }, weights: [] };
  }
  const theirs = ACTIVATIONS[ours];
  if (theirs === undefined) {
    const known = [...Object.keys(ACTIVATIONS), 'leakyRelu', 'elu'].join(', ');
    throw rangeError(where, `an activation of TensorFlow.js: ${known}`, ours);
  }
  return { className: 'Activation', config: { activation: theirs, name }, weights: [] };
}

function normLayer(layer: LayerDescription, weights: DescribedWeight[]): WrittenLayer {
  const { className, name, trainable, epsilon, center, scale, momentum } = layer;
  const isBatch = className === 'batchNormalization';
  const names = [
    ...(scale ? ['gamma'] : []),
    ...(center ? ['beta'] : []),
    ...(isBatch ? ['moving_mean', 'moving_variance'] : []),
  ];
  return {
    className: isBatch ? 'BatchNormalization' : 'LayerNormalization',
    config: { axis: -1, epsilon, center, scale, ...(isBatch && { momentum }), name, trainable },
    weights: weights.map((weight, i) => ({ ...weight, name: names[i]! })),
  };
}

/** TensorFlow.js has no such layer, but a batch normalization whose averages stay is one. */
function normalizationLayer(name: string, [mean, variance]: DescribedWeight[]): WrittenLayer {
  return {
    className: 'BatchNormalization',
    config: { axis: -1, epsilon: NO_EPSILON, center: false, scale: false, name, trainable: false },
    weights: [
      { ...mean!, name: 'moving_mean' },
      // A feature that never varied has the scale 1 in ours.
      { shape: variance!.shape, data: variance!.data.map((value) => value || 1), name: 'moving_variance' },
    ],
  };
}

/** A family of initialisers, for TensorFlow.js' VarianceScaling. */
const SCALINGS: Record<string, [scale: number, mode: string]> = {
  glorot: [1, 'fan_avg'],
  he: [2, 'fan_in'],
  lecun: [1, 'fan_in'],
};

function initializer({ name, ...options }: InitializerConfig): Json {
  const [, family, distribution] = /^(glorot|he|lecun)(Uniform|Normal)$/.exec(name) ?? [];
  if (family) {
    const [scale, mode] = SCALINGS[family]!;
    const config = { scale, mode, distribution: distribution!.toLowerCase(), seed: null };
    return { class_name: 'VarianceScaling', config };
  }
  return { class_name: name[0]!.toUpperCase() + name.slice(1), config: options };
}

const regularizer = (given: LayerDescription['kernelRegularizer']) =>
  given ? { class_name: 'L1L2', config: { l1: given.l1 ?? 0, l2: given.l2 ?? 0 } } : null;

function constraint(given: LayerDescription['kernelConstraint']) {
  if (!given) return null;
  const { name, maxValue } = given;
  const config = name === 'maxNorm' ? { max_value: maxValue, axis: 0 } : name === 'unitNorm' ? { axis: 0 } : {};
  return { class_name: name[0]!.toUpperCase() + name.slice(1), config };
}

/** The options that a model is compiled with, undefined where it is not. */
async function compiledWith(model: Sequential): Promise<CompileOptions | undefined> {
  const config = JSON.parse(readSafetensors(await model.save()).metadata['config']!) as { compile?: CompileOptions };
  return config.compile;
}

/** Losses that have another name there; `huber` and `sumOfSquares` are not there. */
const LOSSES: Record<string, string | undefined> = {
  logCosh: 'logcosh',
  cosineSimilarity: 'cosineProximity',
  huber: undefined,
  sumOfSquares: undefined,
};

const OPTIMIZERS: Record<string, (options: Json) => Json> = {
  sgd: () => ({ class_name: 'SGD', config: {} }),
  adam: ({ beta1, beta2, epsilon }) => ({ class_name: 'Adam', config: { beta1, beta2, epsilon } }),
  adamax: ({ beta1, beta2, epsilon }) => ({ class_name: 'Adamax', config: { beta1, beta2, epsilon, decay: 0 } }),
  rmsprop: ({ rho, momentum, epsilon, centered }) => ({
    class_name: 'RMSProp',
    config: { decay: rho, momentum, epsilon, centered },
  }),
  adagrad: ({ initialAccumulatorValue }) => ({ class_name: 'Adagrad', config: { initialAccumulatorValue } }),
  adadelta: ({ rho, epsilon }) => ({ class_name: 'Adadelta', config: { rho, epsilon } }),
};

/** Loss and optimizer as TensorFlow.js has them; undefined where it has no such, because a model predicts without. */
function trainingOf({ loss, optimizer }: CompileOptions): Json | undefined {
  const { name: lossName, ...lossOptions } = loss as { name: string } & Json;
  const theirs = lossName in LOSSES ? LOSSES[lossName] : lossName;
  const { name, ...options } = optimizer as { name: string } & Json;
  let made = OPTIMIZERS[name]?.(options);
  if (name === 'sgd' && options['momentum']) {
    made = { class_name: 'Momentum', config: { momentum: options['momentum'], useNesterov: options['nesterov'] } };
  }
  const isPlain = !lossOptions['fromLogits'] && !lossOptions['labelSmoothing'] && lossOptions['reduction'] !== 'sum';
  if (theirs === undefined || !made || !isPlain || typeof options['learningRate'] !== 'number') return undefined;
  const config = { learningRate: options['learningRate'], ...(made['config'] as Json) };
  return { loss: theirs, metrics: [], optimizer_config: { ...made, config } };
}
