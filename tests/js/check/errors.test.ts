import { beforeAll, onTestFinished } from 'vitest';
import {
  ACTIVATIONS,
  dense,
  init,
  INITIALIZERS,
  LOSSES,
  METRICS,
  OPTIMIZERS,
  sequential,
  type ActivationName,
  type CompileOptions,
  type DenseOptions,
  type LossName,
  type Sequential,
  type SequentialOptions,
} from 'mlp-wasm';
import { listed, refuses, wrong } from '../support/refusals.js';

// Wrong ways to describe and compile a model.

beforeAll(() => init());

/** A layer with this option on top of good ones, built. */
const layer = (options: unknown) => () =>
  sequential({ layers: [dense({ units: 2, inputShape: [2], ...(options as Partial<DenseOptions>) })] });
const stack = (options: unknown) => () => sequential(options as SequentialOptions);
const good = () => dense({ units: 2, inputShape: [2] });

const ACTIVATION_NAMES = listed(ACTIVATIONS);
const INITIALIZER_NAMES = listed(INITIALIZERS);
const OPTIMIZER_NAMES = listed(OPTIMIZERS);
const LOSS_NAMES = listed(LOSSES);
const METRIC_NAMES = listed(METRICS);
const SGD_OPTIONS =
  "'name', 'learningRate', 'momentum', 'nesterov', 'weightDecay', 'clipNorm', 'clipValue', 'globalClipNorm', 'useEma', 'emaMomentum'";
const LAYER_OPTIONS =
  "'units', 'activation', 'useBias', 'kernelInitializer', 'biasInitializer', 'kernelRegularizer', " +
  "'biasRegularizer', 'activityRegularizer', 'kernelConstraint', 'biasConstraint', 'trainable', 'inputShape', 'name', 'className'";

refuses('dense', [
  ['no options', () => dense(wrong(undefined)), TypeError, 'dense: expected an object, got undefined'],
  ['null', () => dense(wrong(null)), TypeError, 'dense: expected an object, got null'],
  ['a number of units by itself', () => dense(wrong(8)), TypeError, 'dense: expected an object, got 8'],
  ['an array', () => dense(wrong([8])), TypeError, 'dense: expected an object, got Array(1)'],
  [
    'an unknown option',
    () => dense(wrong({ units: 1, unit: 1 })),
    RangeError,
    `dense: option: expected one of ${LAYER_OPTIONS}, got 'unit'. Did you mean 'units'?`,
  ],
  [
    'a __proto__ from JSON',
    () => dense(JSON.parse('{ "units": 1, "__proto__": { "activation": "relu" } }') as DenseOptions),
    RangeError,
    `dense: option: expected one of ${LAYER_OPTIONS}, got '__proto__'.`,
  ],
  [
    'no units',
    () => dense(wrong({})),
    TypeError,
    'dense: units: expected an integer from 1 to 2147483647, got undefined',
  ],
  [
    'units of 0',
    () => dense({ units: 0 }),
    RangeError,
    'dense: units: expected an integer from 1 to 2147483647, got 0',
  ],
  [
    'units below 0',
    () => dense({ units: -4 }),
    RangeError,
    'dense: units: expected an integer from 1 to 2147483647, got -4',
  ],
  [
    'half a unit',
    () => dense({ units: 1.5 }),
    RangeError,
    'dense: units: expected an integer from 1 to 2147483647, got 1.5',
  ],
  [
    'units of NaN',
    () => dense({ units: NaN }),
    RangeError,
    'dense: units: expected an integer from 1 to 2147483647, got NaN',
  ],
  [
    'infinitely many units',
    () => dense({ units: Infinity }),
    RangeError,
    'dense: units: expected an integer from 1 to 2147483647, got Infinity',
  ],
  [
    'more units than addresses',
    () => dense({ units: 2 ** 31 }),
    RangeError,
    'dense: units: expected an integer from 1 to 2147483647, got 2147483648',
  ],
  [
    'units as text',
    () => dense({ units: wrong('8') }),
    TypeError,
    "dense: units: expected an integer from 1 to 2147483647, got '8'",
  ],
]);

refuses('sequential', [
  ['no options', stack(undefined), TypeError, 'sequential: expected an object, got undefined'],
  ['an array of layers by itself', stack([]), TypeError, 'sequential: expected an object, got Array(0)'],
  [
    'an unknown option',
    () => stack({ layers: [good()], sead: 1 })(),
    RangeError,
    "sequential: option: expected one of 'layers', 'seed', 'name', 'classNames', 'featureNames', 'metadata', got 'sead'. Did you mean 'seed'?",
  ],
  ['no layers', stack({}), TypeError, 'sequential: layers: expected an array of layers, got undefined'],
  [
    'an empty array of layers',
    stack({ layers: [] }),
    RangeError,
    'sequential: layers: expected at least one layer, got Array(0)',
  ],
  ['a layer that is null', stack({ layers: [null] }), TypeError, 'sequential: layers[0]: expected an object, got null'],
  [
    'a layer that dense() did not make',
    stack({ layers: [{ units: 1, inputShape: [1] }] }),
    TypeError,
    'sequential: layers[0]: expected a layer made by dense(), activation(), dropout(), alphaDropout(), ' +
      'gaussianNoise(), batchNormalization(), layerNormalization(), normalization(), got Object',
  ],
  [
    'a layer with an option that dense() would refuse',
    () => stack({ layers: [{ ...good(), unit: 2 }] })(),
    RangeError,
    `sequential: layers[0]: option: expected one of ${LAYER_OPTIONS}, got 'unit'. Did you mean 'units'?`,
  ],
  [
    'no inputShape on the first layer',
    () => sequential({ layers: [dense({ units: 1 })] }),
    TypeError,
    'sequential: layers[0].inputShape: expected an array [features], got undefined',
  ],
  [
    'an inputShape that is a number',
    layer({ inputShape: 3 }),
    TypeError,
    'sequential: layers[0].inputShape: expected an array [features], got 3',
  ],
  [
    'an inputShape of two numbers',
    layer({ inputShape: [28, 28] }),
    RangeError,
    'sequential: layers[0].inputShape: expected one number [features], got Array(2)',
  ],
  [
    'an inputShape of 0 features',
    layer({ inputShape: [0] }),
    RangeError,
    'sequential: layers[0].inputShape[0]: expected an integer from 1 to 2147483647, got 0',
  ],
  [
    'an inputShape of null',
    layer({ inputShape: [null] }),
    TypeError,
    'sequential: layers[0].inputShape[0]: expected an integer from 1 to 2147483647, got null',
  ],
  [
    'an inputShape that the layer before does not feed',
    () => sequential({ layers: [good(), dense({ units: 1, inputShape: [3] })] }),
    RangeError,
    'sequential: layers[1].inputShape[0]: expected 2, the units of the layer before, got 3',
  ],
  [
    'an unknown activation',
    layer({ activation: 'rellu' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATION_NAMES}, got 'rellu'. Did you mean 'relu'?`,
  ],
  [
    'an activation under the name it has elsewhere',
    layer({ activation: 'swish' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATION_NAMES}, got 'swish'. Did you mean 'silu'?`,
  ],
  [
    'an activation in other spelling',
    layer({ activation: { name: 'LeakyReLU' } }),
    RangeError,
    `sequential: layers[0].activation.name: expected one of ${ACTIVATION_NAMES}, got 'LeakyReLU'. Did you mean 'leakyRelu'?`,
  ],
  [
    'an activation that resembles none',
    layer({ activation: 'quadratic' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATION_NAMES}, got 'quadratic'.`,
  ],
  [
    'an activation named after what every object has',
    layer({ activation: 'constructor' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATION_NAMES}, got 'constructor'.`,
  ],
  [
    'an activation that is a function',
    layer({ activation: Math.tanh }),
    TypeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATION_NAMES}, got ${String(Math.tanh)}`,
  ],
  [
    'an activation without a name',
    layer({ activation: { alpha: 1 } }),
    TypeError,
    `sequential: layers[0].activation.name: expected one of ${ACTIVATION_NAMES}, got undefined`,
  ],
  [
    'alpha for an activation that has none',
    layer({ activation: { name: 'relu', alpha: 0.1 } }),
    RangeError,
    "sequential: layers[0].activation: option: expected one of 'name', got 'alpha'.",
  ],
  [
    'alpha that is not finite',
    layer({ activation: { name: 'elu', alpha: Infinity } }),
    RangeError,
    'sequential: layers[0].activation.alpha: expected a finite number, got Infinity',
  ],
  [
    'alpha as text',
    layer({ activation: { name: 'elu', alpha: '1' } }),
    TypeError,
    "sequential: layers[0].activation.alpha: expected a finite number, got '1'",
  ],
  [
    'useBias that is not a boolean',
    layer({ useBias: 1 }),
    TypeError,
    'sequential: layers[0].useBias: expected true or false, got 1',
  ],
  [
    'an unknown kernelInitializer',
    layer({ kernelInitializer: 'xavierUniform' }),
    RangeError,
    `sequential: layers[0].kernelInitializer: expected one of ${INITIALIZER_NAMES}, got 'xavierUniform'. Did you mean 'glorotUniform'?`,
  ],
  [
    'an unknown biasInitializer',
    layer({ biasInitializer: { name: 'zero' } }),
    RangeError,
    `sequential: layers[0].biasInitializer.name: expected one of ${INITIALIZER_NAMES}, got 'zero'. Did you mean 'zeros'?`,
  ],
  [
    'an option of another initialiser',
    layer({ kernelInitializer: { name: 'constant', gain: 1 } }),
    RangeError,
    "sequential: layers[0].kernelInitializer: option: expected one of 'name', 'value', got 'gain'.",
  ],
  [
    'an initialiser option that is not finite',
    layer({ kernelInitializer: { name: 'constant', value: NaN } }),
    RangeError,
    'sequential: layers[0].kernelInitializer.value: expected a finite number, got NaN',
  ],
  [
    'minval above maxval',
    layer({ kernelInitializer: { name: 'randomUniform', minval: 1 } }),
    RangeError,
    'sequential: layers[0].kernelInitializer.minval: expected at most maxval, 0.05, got 1',
  ],
  [
    'stddev below 0',
    layer({ kernelInitializer: { name: 'randomNormal', stddev: -1 } }),
    RangeError,
    'sequential: layers[0].kernelInitializer.stddev: expected a number from 0, got -1',
  ],
  [
    'a layer name that is empty',
    layer({ name: '' }),
    RangeError,
    "sequential: layers[0].name: expected a string that is not empty, got ''",
  ],
  [
    'a layer name that is a number',
    layer({ name: 1 }),
    TypeError,
    'sequential: layers[0].name: expected a string, got 1',
  ],
  [
    'two layers of one name',
    () =>
      sequential({
        layers: [dense({ units: 1, inputShape: [1], name: 'a' }), dense({ units: 1, name: 'a' })],
      }),
    RangeError,
    "sequential: layers[1].name: expected a name that no other layer has, got 'a'",
  ],
  [
    'a seed below 0',
    () => stack({ layers: [good()], seed: -1 })(),
    RangeError,
    'sequential: seed: expected an integer from 0 to 9007199254740991, got -1',
  ],
  [
    'a seed between integers',
    () => stack({ layers: [good()], seed: 0.5 })(),
    RangeError,
    'sequential: seed: expected an integer from 0 to 9007199254740991, got 0.5',
  ],
  [
    'a seed of 2⁵³',
    () => stack({ layers: [good()], seed: 2 ** 53 })(),
    RangeError,
    'sequential: seed: expected an integer from 0 to 9007199254740991, got 9007199254740992',
  ],
  [
    'a seed that is a bigint',
    () => stack({ layers: [good()], seed: 1n })(),
    TypeError,
    'sequential: seed: expected an integer from 0 to 9007199254740991, got 1',
  ],
  [
    'a name that is a number',
    () => stack({ layers: [good()], name: 1 })(),
    TypeError,
    'sequential: name: expected a string, got 1',
  ],
]);

const compile = (options: unknown) => (model: Sequential) =>
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...(options as Partial<CompileOptions>) });

function compiledOne(activation: ActivationName, loss: LossName): void {
  const model = sequential({ layers: [dense({ units: 1, activation, inputShape: [2] })] });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'sgd', loss });
}

refuses('compile', [
  ['no options', (model) => model.compile(wrong(undefined)), TypeError, 'compile: expected an object, got undefined'],
  [
    'an unknown option',
    compile({ optimiser: 'sgd' }),
    RangeError,
    "compile: option: expected one of 'optimizer', 'loss', 'metrics', got 'optimiser'. Did you mean 'optimizer'?",
  ],
  [
    'no optimizer',
    compile({ optimizer: undefined }),
    TypeError,
    `compile: optimizer: expected one of ${OPTIMIZER_NAMES}, got undefined`,
  ],
  [
    'an unknown optimizer',
    compile({ optimizer: 'adem' }),
    RangeError,
    `compile: optimizer: expected one of ${OPTIMIZER_NAMES}, got 'adem'. Did you mean 'adam'?`,
  ],
  [
    'an optimizer with an unknown name',
    compile({ optimizer: { name: 'SGD' } }),
    RangeError,
    `compile: optimizer.name: expected one of ${OPTIMIZER_NAMES}, got 'SGD'. Did you mean 'sgd'?`,
  ],
  [
    'an option that the optimizer has not',
    compile({ optimizer: { name: 'sgd', beta1: 0.9 } }),
    RangeError,
    `compile: optimizer: option: expected one of ${SGD_OPTIONS}, got 'beta1'.`,
  ],
  [
    'an option under the name it has elsewhere',
    compile({ optimizer: { name: 'sgd', lr: 0.1 } }),
    RangeError,
    `compile: optimizer: option: expected one of ${SGD_OPTIONS}, got 'lr'. Did you mean 'learningRate'?`,
  ],
  [
    'momentum of 1',
    compile({ optimizer: { name: 'sgd', momentum: 1 } }),
    RangeError,
    'compile: optimizer.momentum: expected a number from 0 to below 1, got 1',
  ],
  [
    'momentum below 0',
    compile({ optimizer: { name: 'sgd', momentum: -0.1 } }),
    RangeError,
    'compile: optimizer.momentum: expected a number from 0 to below 1, got -0.1',
  ],
  [
    'beta1 of 1',
    compile({ optimizer: { name: 'adam', beta1: 1 } }),
    RangeError,
    'compile: optimizer.beta1: expected a number from 0 to below 1, got 1',
  ],
  [
    'beta2 as text',
    compile({ optimizer: { name: 'adam', beta2: '0.9' } }),
    TypeError,
    "compile: optimizer.beta2: expected a number from 0 to below 1, got '0.9'",
  ],
  [
    'a learningRate of null',
    compile({ optimizer: { name: 'sgd', learningRate: null } }),
    TypeError,
    'compile: optimizer.learningRate: expected a number above 0, got null',
  ],
  [
    'rho of NaN',
    compile({ optimizer: { name: 'rmsprop', rho: NaN } }),
    RangeError,
    'compile: optimizer.rho: expected a number from 0 to below 1, got NaN',
  ],
  [
    'nesterov without momentum',
    compile({ optimizer: { name: 'sgd', nesterov: true } }),
    RangeError,
    'compile: optimizer.nesterov: expected a momentum above 0 to go with it, got momentum 0',
  ],
  [
    'nesterov that is not a boolean',
    compile({ optimizer: { name: 'sgd', momentum: 0.9, nesterov: 1 } }),
    TypeError,
    'compile: optimizer.nesterov: expected true or false, got 1',
  ],
  [
    'amsgrad that is not a boolean',
    compile({ optimizer: { name: 'adam', amsgrad: 'yes' } }),
    TypeError,
    "compile: optimizer.amsgrad: expected true or false, got 'yes'",
  ],
  [
    'useEma of null',
    compile({ optimizer: { name: 'lion', useEma: null } }),
    TypeError,
    'compile: optimizer.useEma: expected true or false, got null',
  ],
  [
    'centered of 1',
    compile({ optimizer: { name: 'rmsprop', centered: 1 } }),
    TypeError,
    'compile: optimizer.centered: expected true or false, got 1',
  ],
  [
    'emaMomentum of 1',
    compile({ optimizer: { name: 'adam', useEma: true, emaMomentum: 1 } }),
    RangeError,
    'compile: optimizer.emaMomentum: expected a number from 0 to below 1, got 1',
  ],
  [
    'a negative clipNorm',
    compile({ optimizer: { name: 'adam', clipNorm: -1 } }),
    RangeError,
    'compile: optimizer.clipNorm: expected a number from 0, got -1',
  ],
  [
    'a clipValue of NaN',
    compile({ optimizer: { name: 'adam', clipValue: NaN } }),
    RangeError,
    'compile: optimizer.clipValue: expected a number from 0, got NaN',
  ],
  [
    'two ways to clip',
    compile({ optimizer: { name: 'adam', clipNorm: 1, globalClipNorm: 2 } }),
    RangeError,
    'compile: optimizer.globalClipNorm: expected 0 beside a clipNorm, got 2',
  ],
  [
    'three ways to clip',
    compile({ optimizer: { name: 'sgd', clipNorm: 1, clipValue: 0.5, globalClipNorm: 2 } }),
    RangeError,
    'compile: optimizer.clipValue: expected 0 beside a clipNorm, got 0.5',
  ],
  [
    'a negative weightDecay',
    compile({ optimizer: { name: 'adamw', weightDecay: -0.1 } }),
    RangeError,
    'compile: optimizer.weightDecay: expected a number from 0, got -0.1',
  ],
  [
    'an infinite initialAccumulatorValue',
    compile({ optimizer: { name: 'adagrad', initialAccumulatorValue: Infinity } }),
    RangeError,
    'compile: optimizer.initialAccumulatorValue: expected a number from 0, got Infinity',
  ],
  [
    'a historySize of 0',
    compile({ optimizer: { name: 'lbfgs', historySize: 0 } }),
    RangeError,
    'compile: optimizer.historySize: expected an integer from 1 to 100, got 0',
  ],
  [
    'a historySize of 101',
    compile({ optimizer: { name: 'lbfgs', historySize: 101 } }),
    RangeError,
    'compile: optimizer.historySize: expected an integer from 1 to 100, got 101',
  ],
  [
    'a historySize between integers',
    compile({ optimizer: { name: 'lbfgs', historySize: 2.5 } }),
    RangeError,
    'compile: optimizer.historySize: expected an integer from 1 to 100, got 2.5',
  ],
  [
    'maxEvaluations as text',
    compile({ optimizer: { name: 'lbfgs', maxEvaluations: '20' } }),
    TypeError,
    "compile: optimizer.maxEvaluations: expected an integer from 1 to 999999, got '20'",
  ],
  [
    'a negative tolerance',
    compile({ optimizer: { name: 'lbfgs', tolerance: -1 } }),
    RangeError,
    'compile: optimizer.tolerance: expected a number from 0, got -1',
  ],
  [
    'clipping of lbfgs',
    compile({ optimizer: { name: 'lbfgs', clipNorm: 1 } }),
    RangeError,
    "compile: optimizer: option: expected one of 'name', 'learningRate', 'historySize', 'maxEvaluations', 'tolerance', got 'clipNorm'.",
  ],
  ['no loss', compile({ loss: undefined }), TypeError, `compile: loss: expected one of ${LOSS_NAMES}, got undefined`],
  [
    'an unknown loss',
    compile({ loss: 'mse' }),
    RangeError,
    `compile: loss: expected one of ${LOSS_NAMES}, got 'mse'. Did you mean 'meanSquaredError'?`,
  ],
  [
    'a loss that is nearly one',
    compile({ loss: 'categoricalCrossEntropie' }),
    RangeError,
    `compile: loss: expected one of ${LOSS_NAMES}, got 'categoricalCrossEntropie'. Did you mean 'categoricalCrossentropy'?`,
  ],
  [
    'an option that the loss has not',
    compile({ loss: { name: 'huber', labelSmoothing: 0.1 } }),
    RangeError,
    "compile: loss: option: expected one of 'name', 'delta', got 'labelSmoothing'.",
  ],
  [
    'a delta of 0',
    compile({ loss: { name: 'huber', delta: 0 } }),
    RangeError,
    'compile: loss.delta: expected a number above 0, got 0',
  ],
  [
    'a delta that is not finite',
    compile({ loss: { name: 'huber', delta: Infinity } }),
    RangeError,
    'compile: loss.delta: expected a number above 0, got Infinity',
  ],
  [
    'labelSmoothing of 1',
    compile({ loss: { name: 'categoricalCrossentropy', labelSmoothing: 1 } }),
    RangeError,
    'compile: loss.labelSmoothing: expected a number from 0 to below 1, got 1',
  ],
  [
    'an unknown reduction',
    compile({ loss: { name: 'binaryCrossentropy', reduction: 'sums' } }),
    RangeError,
    "compile: loss.reduction: expected one of 'mean', 'sum', got 'sums'. Did you mean 'sum'?",
  ],
  [
    'fromLogits that is not a boolean',
    compile({ loss: { name: 'binaryCrossentropy', fromLogits: 'yes' } }),
    TypeError,
    "compile: loss.fromLogits: expected true or false, got 'yes'",
  ],
  [
    'fromLogits where the last layer gives probabilities',
    compile({ loss: { name: 'categoricalCrossentropy', fromLogits: true } }),
    RangeError,
    "compile: loss.fromLogits: expected a last layer that is 'linear', got 'softmax'",
  ],
  [
    'one output that is the whole',
    () => compiledOne('softmax', 'meanSquaredError'),
    RangeError,
    'compile: loss: expected several outputs for meanSquaredError after softmax, got 1, whose share of the whole is always 1. For a yes or no: sigmoid and binaryCrossentropy',
  ],
  [
    'one output that is made the whole',
    () => compiledOne('sigmoid', 'categoricalCrossentropy'),
    RangeError,
    'compile: loss: expected several outputs for categoricalCrossentropy after sigmoid, got 1, whose share of the whole is always 1. For a yes or no: sigmoid and binaryCrossentropy',
  ],
  [
    'metrics that are not an array',
    compile({ metrics: 'accuracy' }),
    TypeError,
    "compile: metrics: expected an array of names, got 'accuracy'",
  ],
  [
    'a metric that is a number',
    compile({ metrics: [5] }),
    TypeError,
    `compile: metrics[0]: expected one of ${METRIC_NAMES}, got 5`,
  ],
  [
    'a metric under what others call it',
    compile({ metrics: ['f1'] }),
    RangeError,
    `compile: metrics[0]: expected one of ${METRIC_NAMES}, got 'f1'. Did you mean 'f1Score'?`,
  ],
  [
    'a metric without a name',
    compile({ metrics: [{ k: 5 }] }),
    TypeError,
    `compile: metrics[0].name: expected one of ${METRIC_NAMES}, got undefined`,
  ],
  [
    'an option of another metric',
    compile({ metrics: ['auc', { name: 'precision', k: 5 }] }),
    RangeError,
    "compile: metrics[1]: option: expected one of 'name', 'threshold', 'average', got 'k'.",
  ],
  [
    'a k of 0',
    compile({ metrics: [{ name: 'topKAccuracy', k: 0 }] }),
    RangeError,
    'compile: metrics[0].k: expected an integer from 1 to 2147483647, got 0',
  ],
  [
    'a k that is text',
    compile({ metrics: [{ name: 'topKAccuracy', k: '3' }] }),
    TypeError,
    "compile: metrics[0].k: expected an integer from 1 to 2147483647, got '3'",
  ],
  [
    'a threshold that is not a number',
    compile({ metrics: [{ name: 'recall', threshold: NaN }] }),
    RangeError,
    'compile: metrics[0].threshold: expected a finite number, got NaN',
  ],
  [
    'a threshold of logits that is no probability',
    compile({
      loss: { name: 'binaryCrossentropy', fromLogits: true },
      metrics: [{ name: 'recall', threshold: -0.5 }],
    }),
    RangeError,
    'compile: metrics[0].threshold: expected a number from 0 to below 1, got -0.5',
  ],
  [
    'an unknown average',
    compile({ metrics: [{ name: 'f1Score', average: 'mean' }] }),
    RangeError,
    "compile: metrics[0].average: expected one of 'macro', 'micro', 'weighted', got 'mean'.",
  ],
  [
    'an unknown metric',
    compile({ metrics: ['accuracy', 'acc'] }),
    RangeError,
    `compile: metrics[1]: expected one of ${METRIC_NAMES}, got 'acc'. Did you mean 'accuracy'?`,
  ],
]);

for (const learningRate of [0, -0.1, NaN, Infinity]) {
  refuses('compile', [
    [
      `a learningRate of ${learningRate}`,
      compile({ optimizer: { name: 'adam', learningRate } }),
      RangeError,
      `compile: optimizer.learningRate: expected a number above 0, got ${learningRate}`,
    ],
  ]);
}
