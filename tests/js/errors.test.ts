import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  dense,
  generateDigits,
  init,
  normalizeDigit,
  sequential,
  type ActivationName,
  type CompileOptions,
  type DenseOptions,
  type FitOptions,
  type Inputs,
  type LossConfig,
  type SequentialOptions,
  type Sequential,
  type Targets,
  type Weight,
} from 'mlp-wasm';
import { bitsOf, weightBits } from './bits.js';

// One row for every way of calling the public functions wrongly: what is wrong, the call, the class of the error and
// its message, which names the argument, what was expected and what came.

type Row<Subject> = [wrong: string, call: (subject: Subject) => unknown, error: ErrorConstructor, message: string];

/** Whatever a caller without a type checker may pass. */
const wrong = <T>(value: unknown): T => value as T;

beforeAll(() => init());

const X = [
  [0.1, 0.2],
  [0.3, -0.4],
  [-0.5, 0.6],
];
const Y = [0, 2, 1];

/** 2 → 4 → 3, compiled for class indices. */
function build(loss: CompileOptions['loss'] = 'sparseCategoricalCrossentropy', activation: ActivationName = 'softmax') {
  const model = sequential({
    seed: 11,
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [2] }), dense({ units: 3, activation })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
  return model;
}

/** Weights, predictions, and what training and evaluation will do: all that a call might spoil. */
async function stateOf(model: Sequential) {
  const before = { weights: weightBits(model), predictions: bitsOf(model.predict(X)), logs: model.evaluate(X, Y) };
  return before;
}

async function expectError(call: () => unknown, error: ErrorConstructor, message: string) {
  let thrown: unknown;
  try {
    await call();
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown, 'what was thrown').toBeInstanceOf(Error);
  expect({ name: (thrown as Error).name, message: (thrown as Error).message }).toEqual({ name: error.name, message });
}

/** The rows refuse, and the compiled model they are given is afterwards as it was. */
function refuses(what: string, rows: Row<Sequential>[]) {
  describe(`${what} refuses`, () => {
    it.each(rows)('%s', async (_wrong, call, error, message) => {
      const model = build();
      const before = await stateOf(model);
      await expectError(() => call(model), error, message);
      expect(await stateOf(model)).toEqual(before);
      // The optimizer is as it was, too: the next epoch is that of a model that saw no error.
      const other = build();
      await Promise.all([model.fit(X, Y), other.fit(X, Y)]);
      expect(weightBits(model)).toEqual(weightBits(other));
    });
  });
}

/** A layer with this option on top of good ones, built. */
const layer = (options: unknown) => () =>
  sequential({ layers: [dense({ units: 2, inputShape: [2], ...(options as Partial<DenseOptions>) })] });
const stack = (options: unknown) => () => sequential(options as SequentialOptions);
const good = () => dense({ units: 2, inputShape: [2] });

const ACTIVATIONS =
  "'linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'elu', 'selu', 'gelu', 'geluTanh', 'silu', 'softplus', " +
  "'softsign', 'hardSigmoid', 'softmax', 'logSoftmax'";
const INITIALIZERS =
  "'zeros', 'ones', 'constant', 'glorotUniform', 'glorotNormal', 'heUniform', 'heNormal', 'lecunUniform', " +
  "'lecunNormal', 'randomUniform', 'randomNormal', 'orthogonal'";
const OPTIMIZERS = "'sgd', 'rmsprop', 'adam'";
const LOSSES =
  "'meanSquaredError', 'sumOfSquares', 'meanAbsoluteError', 'huber', 'binaryCrossentropy', " +
  "'categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'hinge', 'poisson', " +
  "'kullbackLeiblerDivergence', 'logCosh'";
const METRICS = "'accuracy', 'binaryAccuracy', 'categoricalAccuracy', 'meanSquaredError', 'meanAbsoluteError'";
const LAYER_OPTIONS =
  "'units', 'activation', 'inputShape', 'useBias', 'kernelInitializer', 'biasInitializer', 'name', 'className'";
const FIT_OPTIONS =
  "'epochs', 'initialEpoch', 'batchSize', 'validationSplit', 'validationData', 'shuffle', 'callbacks', 'signal'";
const CALLBACKS =
  "'onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd', 'onYield'";

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
  ['no units', () => dense(wrong({})), TypeError, 'dense: units: expected an integer from 1 to 2147483647, got undefined'],
  ['units of 0', () => dense({ units: 0 }), RangeError, 'dense: units: expected an integer from 1 to 2147483647, got 0'],
  ['units below 0', () => dense({ units: -4 }), RangeError, 'dense: units: expected an integer from 1 to 2147483647, got -4'],
  ['half a unit', () => dense({ units: 1.5 }), RangeError, 'dense: units: expected an integer from 1 to 2147483647, got 1.5'],
  ['units of NaN', () => dense({ units: NaN }), RangeError, 'dense: units: expected an integer from 1 to 2147483647, got NaN'],
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
    "sequential: option: expected one of 'layers', 'seed', 'name', got 'sead'. Did you mean 'seed'?",
  ],
  ['no layers', stack({}), TypeError, 'sequential: layers: expected an array of layers, got undefined'],
  ['an empty array of layers', stack({ layers: [] }), RangeError, 'sequential: layers: expected at least one layer, got Array(0)'],
  ['a layer that is null', stack({ layers: [null] }), TypeError, 'sequential: layers[0]: expected an object, got null'],
  [
    'a layer that dense() did not make',
    stack({ layers: [{ units: 1, inputShape: [1] }] }),
    TypeError,
    'sequential: layers[0]: expected a layer made by dense(), got Object',
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
    'sequential: layers[1].inputShape: expected [2], the units of the layer before, got [3]',
  ],
  [
    'an unknown activation',
    layer({ activation: 'rellu' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATIONS}, got 'rellu'. Did you mean 'relu'?`,
  ],
  [
    'an activation under the name it has elsewhere',
    layer({ activation: 'swish' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATIONS}, got 'swish'. Did you mean 'silu'?`,
  ],
  [
    'an activation in other spelling',
    layer({ activation: { name: 'LeakyReLU' } }),
    RangeError,
    `sequential: layers[0].activation.name: expected one of ${ACTIVATIONS}, got 'LeakyReLU'. Did you mean 'leakyRelu'?`,
  ],
  [
    'an activation that resembles none',
    layer({ activation: 'quadratic' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATIONS}, got 'quadratic'.`,
  ],
  [
    'an activation named after what every object has',
    layer({ activation: 'constructor' }),
    RangeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATIONS}, got 'constructor'.`,
  ],
  [
    'an activation that is a function',
    layer({ activation: Math.tanh }),
    TypeError,
    `sequential: layers[0].activation: expected one of ${ACTIVATIONS}, got ${String(Math.tanh)}`,
  ],
  [
    'an activation without a name',
    layer({ activation: { alpha: 1 } }),
    TypeError,
    `sequential: layers[0].activation.name: expected one of ${ACTIVATIONS}, got undefined`,
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
  ['useBias that is not a boolean', layer({ useBias: 1 }), TypeError, 'sequential: layers[0].useBias: expected true or false, got 1'],
  [
    'an unknown kernelInitializer',
    layer({ kernelInitializer: 'xavierUniform' }),
    RangeError,
    `sequential: layers[0].kernelInitializer: expected one of ${INITIALIZERS}, got 'xavierUniform'. Did you mean 'glorotUniform'?`,
  ],
  [
    'an unknown biasInitializer',
    layer({ biasInitializer: { name: 'zero' } }),
    RangeError,
    `sequential: layers[0].biasInitializer.name: expected one of ${INITIALIZERS}, got 'zero'. Did you mean 'zeros'?`,
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
  ['a layer name that is empty', layer({ name: '' }), RangeError, "sequential: layers[0].name: expected a string that is not empty, got ''"],
  ['a layer name that is a number', layer({ name: 1 }), TypeError, 'sequential: layers[0].name: expected a string, got 1'],
  [
    'two layers of one name',
    () => sequential({ layers: [dense({ units: 1, inputShape: [1], name: 'a' }), dense({ units: 1, name: 'a' })] }),
    RangeError,
    "sequential: layers[1].name: expected a name that no other layer has, got 'a'",
  ],
  ['a seed below 0', () => stack({ layers: [good()], seed: -1 })(), RangeError, 'sequential: seed: expected an integer from 0 to 9007199254740991, got -1'],
  ['a seed between integers', () => stack({ layers: [good()], seed: 0.5 })(), RangeError, 'sequential: seed: expected an integer from 0 to 9007199254740991, got 0.5'],
  ['a seed of 2⁵³', () => stack({ layers: [good()], seed: 2 ** 53 })(), RangeError, 'sequential: seed: expected an integer from 0 to 9007199254740991, got 9007199254740992'],
  ['a seed that is a bigint', () => stack({ layers: [good()], seed: 1n })(), TypeError, 'sequential: seed: expected an integer from 0 to 9007199254740991, got 1'],
  ['a name that is a number', () => stack({ layers: [good()], name: 1 })(), TypeError, 'sequential: name: expected a string, got 1'],
]);

const compile = (options: unknown) => (model: Sequential) =>
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...(options as Partial<CompileOptions>) });

refuses('compile', [
  ['no options', (model) => model.compile(wrong(undefined)), TypeError, 'compile: expected an object, got undefined'],
  [
    'an unknown option',
    compile({ optimiser: 'sgd' }),
    RangeError,
    "compile: option: expected one of 'optimizer', 'loss', 'metrics', got 'optimiser'. Did you mean 'optimizer'?",
  ],
  ['no optimizer', compile({ optimizer: undefined }), TypeError, `compile: optimizer: expected one of ${OPTIMIZERS}, got undefined`],
  ['an unknown optimizer', compile({ optimizer: 'adem' }), RangeError, `compile: optimizer: expected one of ${OPTIMIZERS}, got 'adem'. Did you mean 'adam'?`],
  ['an optimizer with an unknown name', compile({ optimizer: { name: 'SGD' } }), RangeError, `compile: optimizer.name: expected one of ${OPTIMIZERS}, got 'SGD'. Did you mean 'sgd'?`],
  [
    'an option that the optimizer has not',
    compile({ optimizer: { name: 'sgd', beta1: 0.9 } }),
    RangeError,
    "compile: optimizer: option: expected one of 'name', 'learningRate', 'momentum', 'nesterov', got 'beta1'.",
  ],
  [
    'an option under the name it has elsewhere',
    compile({ optimizer: { name: 'sgd', lr: 0.1 } }),
    RangeError,
    "compile: optimizer: option: expected one of 'name', 'learningRate', 'momentum', 'nesterov', got 'lr'. Did you mean 'learningRate'?",
  ],
  ['momentum of 1', compile({ optimizer: { name: 'sgd', momentum: 1 } }), RangeError, 'compile: optimizer.momentum: expected a number from 0 to below 1, got 1'],
  ['momentum below 0', compile({ optimizer: { name: 'sgd', momentum: -0.1 } }), RangeError, 'compile: optimizer.momentum: expected a number from 0 to below 1, got -0.1'],
  ['beta1 of 1', compile({ optimizer: { name: 'adam', beta1: 1 } }), RangeError, 'compile: optimizer.beta1: expected a number from 0 to below 1, got 1'],
  ['beta2 as text', compile({ optimizer: { name: 'adam', beta2: '0.9' } }), TypeError, "compile: optimizer.beta2: expected a number from 0 to below 1, got '0.9'"],
  ['a learningRate of null', compile({ optimizer: { name: 'sgd', learningRate: null } }), TypeError, 'compile: optimizer.learningRate: expected a number above 0, got null'],
  ['rho of NaN', compile({ optimizer: { name: 'rmsprop', rho: NaN } }), RangeError, 'compile: optimizer.rho: expected a number from 0 to below 1, got NaN'],
  ['nesterov without momentum', compile({ optimizer: { name: 'sgd', nesterov: true } }), RangeError, "compile: optimizer.nesterov: expected a momentum above 0 to go with it, got momentum 0"],
  ['nesterov that is not a boolean', compile({ optimizer: { name: 'sgd', momentum: 0.9, nesterov: 1 } }), TypeError, 'compile: optimizer.nesterov: expected true or false, got 1'],
  ['no loss', compile({ loss: undefined }), TypeError, `compile: loss: expected one of ${LOSSES}, got undefined`],
  ['an unknown loss', compile({ loss: 'mse' }), RangeError, `compile: loss: expected one of ${LOSSES}, got 'mse'. Did you mean 'meanSquaredError'?`],
  [
    'a loss that is nearly one',
    compile({ loss: 'categoricalCrossEntropie' }),
    RangeError,
    `compile: loss: expected one of ${LOSSES}, got 'categoricalCrossEntropie'. Did you mean 'categoricalCrossentropy'?`,
  ],
  [
    'an option that the loss has not',
    compile({ loss: { name: 'huber', labelSmoothing: 0.1 } }),
    RangeError,
    "compile: loss: option: expected one of 'name', 'delta', got 'labelSmoothing'.",
  ],
  ['a delta of 0', compile({ loss: { name: 'huber', delta: 0 } }), RangeError, 'compile: loss.delta: expected a number above 0, got 0'],
  ['a delta that is not finite', compile({ loss: { name: 'huber', delta: Infinity } }), RangeError, 'compile: loss.delta: expected a number above 0, got Infinity'],
  ['labelSmoothing of 1', compile({ loss: { name: 'categoricalCrossentropy', labelSmoothing: 1 } }), RangeError, 'compile: loss.labelSmoothing: expected a number from 0 to below 1, got 1'],
  ['an unknown reduction', compile({ loss: { name: 'binaryCrossentropy', reduction: 'sums' } }), RangeError, "compile: loss.reduction: expected one of 'mean', 'sum', got 'sums'. Did you mean 'sum'?"],
  ['fromLogits that is not a boolean', compile({ loss: { name: 'binaryCrossentropy', fromLogits: 'yes' } }), TypeError, "compile: loss.fromLogits: expected true or false, got 'yes'"],
  [
    'fromLogits where the last layer gives probabilities',
    compile({ loss: { name: 'categoricalCrossentropy', fromLogits: true } }),
    RangeError,
    "compile: loss.fromLogits: expected a last layer that is 'linear', got 'softmax'",
  ],
  ['metrics that are not an array', compile({ metrics: 'accuracy' }), TypeError, "compile: metrics: expected an array of names, got 'accuracy'"],
  ['an unknown metric', compile({ metrics: ['accuracy', 'acc'] }), RangeError, `compile: metrics[1]: expected one of ${METRICS}, got 'acc'. Did you mean 'accuracy'?`],
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

const SAMPLES = 'a Float32Array (rows × 2) or an array of rows';

/** Wrong samples, for every method that takes some. */
const BAD_X: [wrong: string, x: unknown, error: ErrorConstructor, message: string][] = [
  ['no samples', undefined, TypeError, `x: expected ${SAMPLES}, got undefined`],
  ['samples that are null', null, TypeError, `x: expected ${SAMPLES}, got null`],
  ['one sample without its array', [0.1, 0.2], TypeError, `x: expected ${SAMPLES}, got Array(2)`],
  ['samples in a Float64Array', new Float64Array(2), TypeError, `x: expected ${SAMPLES}, got Float64Array(2)`],
  ['samples in an ArrayBuffer', new ArrayBuffer(8), TypeError, `x: expected ${SAMPLES}, got ArrayBuffer`],
  ['samples as text', '0.1, 0.2', TypeError, `x: expected ${SAMPLES}, got '0.1, 0.2'`],
  ['an empty array', [], RangeError, 'x: expected at least one row of 2 numbers, a multiple of 2 in all, got Float32Array(0)'],
  ['an empty Float32Array', new Float32Array(0), RangeError, 'x: expected at least one row of 2 numbers, a multiple of 2 in all, got Float32Array(0)'],
  ['half a row', new Float32Array(5), RangeError, 'x: expected at least one row of 2 numbers, a multiple of 2 in all, got Float32Array(5)'],
  ['a row that is too long', [[0, 1], [0, 1, 2], [0, 1]], RangeError, 'x[1]: expected 2 numbers, got Array(3)'],
  ['a row that is too short', [[0, 1], [0], [0, 1]], RangeError, 'x[1]: expected 2 numbers, got Array(1)'],
  ['a row that is a number', [[0, 1], 2, [0, 1]], TypeError, 'x[1]: expected an array of 2 numbers, got 2'],
  ['a missing row', wrongHole(), TypeError, 'x[1]: expected an array of 2 numbers, got undefined'],
  ['text in a row', [[0, 1], [0, '1'], [0, 1]], TypeError, "x[1][1]: expected a number, got '1'"],
  ['a missing number', [[0, 1], [undefined, 1], [0, 1]], TypeError, 'x[1][0]: expected a number, got undefined'],
  ['NaN in a row', [[0, 1], [0, NaN], [0, 1]], RangeError, 'x[1][1]: expected a finite number, got NaN'],
  ['infinity in a row', [[0, 1], [0, 1], [-Infinity, 1]], RangeError, 'x[2][0]: expected a finite number, got -Infinity'],
  ['NaN in a Float32Array', Float32Array.of(0, 1, 0, 1, NaN, 1), RangeError, 'x: row 2, column 0: expected a finite number, got NaN'],
  ['infinity in a Float32Array', Float32Array.of(0, Infinity, 0, 1, 0, 1), RangeError, 'x: row 0, column 1: expected a finite number, got Infinity'],
  ['a number beyond float32', [[0, 1], [0, 1e39], [0, 1]], RangeError, 'x: row 1, column 1: expected a finite number, got Infinity'],
];

function wrongHole(): number[][] {
  const rows = [[0, 1], , [0, 1]]; // eslint-disable-line no-sparse-arrays
  return rows as number[][];
}

/** Wrong class indices for three rows and three classes. */
const BAD_CLASSES: [wrong: string, y: unknown, error: ErrorConstructor, message: string][] = [
  ['no targets', undefined, TypeError, 'y: expected 3 class indices, one a row, got undefined'],
  ['a label that is a class too high', [0, 1, 3], RangeError, 'y[2]: expected a class index from 0 to 2, got 3'],
  ['a label below 0', Int32Array.of(0, -1, 1), RangeError, 'y[1]: expected a class index from 0 to 2, got -1'],
  ['half a label', [0, 0.5, 1], RangeError, 'y[1]: expected a class index from 0 to 2, got 0.5'],
  ['a label of NaN', [NaN, 0, 1], RangeError, 'y[0]: expected a class index from 0 to 2, got NaN'],
  ['a label that is text', [0, '1', 1], TypeError, "y[1]: expected a class index from 0 to 2, got '1'"],
  ['a missing label', [0, undefined, 1], TypeError, 'y[1]: expected a class index from 0 to 2, got undefined'],
  ['too few labels', Uint8Array.of(0, 1), RangeError, 'y: expected 3 class indices, one a row, got Uint8Array(2)'],
  ['too many labels', [0, 1, 2, 0], RangeError, 'y: expected 3 class indices, one a row, got Array(4)'],
  ['no labels at all', [], RangeError, 'y: expected 3 class indices, one a row, got Array(0)'],
  ['labels in a Uint16Array', new Uint16Array(3), TypeError, 'y: expected 3 class indices, one a row, got Uint16Array(3)'],
  ['one-hot rows', [[1, 0, 0], [0, 1, 0], [0, 0, 1]], TypeError, "y: expected 3 class indices, one a row (rows of numbers go with 'categoricalCrossentropy'), got Array(3)"],
  ['one-hot numbers', new Float32Array(9), RangeError, "y: expected 3 class indices, one a row (one-hot targets go with 'categoricalCrossentropy'), got Float32Array(9)"],
];

type WithData = 'fit' | 'evaluate' | 'gradients' | 'backpropTrace' | 'gradientCheck' | 'gradientNorms' | 'sharpness';
const WITH_TARGETS: WithData[] = ['fit', 'evaluate', 'gradients', 'backpropTrace', 'gradientCheck', 'gradientNorms', 'sharpness'];

for (const method of WITH_TARGETS) {
  refuses(method, [
    ...BAD_X.map(([what, x, error, message]): Row<Sequential> => [what, (model) => model[method](wrong(x), Y), error, `${method}: ${message}`]),
    ...BAD_CLASSES.map(([what, y, error, message]): Row<Sequential> => [what, (model) => model[method](X, wrong(y)), error, `${method}: ${message}`]),
  ]);
}
for (const method of ['predict', 'forwardTrace'] as const) {
  refuses(
    method,
    BAD_X.map(([what, x, error, message]) => [what, (model) => model[method](wrong(x)), error, `${method}: ${message}`]),
  );
}

/** Wrong options of the methods that take some. */
const OPTIONS: [WithData | 'predict', options: unknown, error: ErrorConstructor, message: string][] = [
  ['predict', 5, TypeError, 'predict: options: expected an object, got 5'],
  ['predict', null, TypeError, 'predict: options: expected an object, got null'],
  ['predict', { batchsize: 5 }, RangeError, "predict: options: option: expected one of 'batchSize', got 'batchsize'. Did you mean 'batchSize'?"],
  ['predict', { batchSize: 0 }, RangeError, 'predict: batchSize: expected an integer from 1 to 2147483647, got 0'],
  ['predict', { batchSize: -1 }, RangeError, 'predict: batchSize: expected an integer from 1 to 2147483647, got -1'],
  ['predict', { batchSize: 2.5 }, RangeError, 'predict: batchSize: expected an integer from 1 to 2147483647, got 2.5'],
  ['predict', { batchSize: '8' }, TypeError, "predict: batchSize: expected an integer from 1 to 2147483647, got '8'"],
  ['evaluate', 'all', TypeError, "evaluate: options: expected an object, got 'all'"],
  ['evaluate', { batch: 5 }, RangeError, "evaluate: options: option: expected one of 'batchSize', got 'batch'."],
  ['evaluate', { batchSize: 0 }, RangeError, 'evaluate: batchSize: expected an integer from 1 to 2147483647, got 0'],
  ['evaluate', { batchSize: NaN }, RangeError, 'evaluate: batchSize: expected an integer from 1 to 2147483647, got NaN'],
  ['gradientCheck', { sample: 1 }, RangeError, "gradientCheck: options: option: expected one of 'samples', got 'sample'. Did you mean 'samples'?"],
  ['gradientCheck', { samples: 0 }, RangeError, 'gradientCheck: samples: expected an integer from 1 to 2147483647, got 0'],
  ['gradientCheck', null, TypeError, 'gradientCheck: options: expected an object, got null'],
  ['sharpness', { maxIteration: 1 }, RangeError, "sharpness: options: option: expected one of 'maxIterations', 'tolerance', got 'maxIteration'. Did you mean 'maxIterations'?"],
  ['sharpness', { maxIterations: 0 }, RangeError, 'sharpness: maxIterations: expected an integer from 1 to 2147483647, got 0'],
  ['sharpness', { tolerance: -1 }, RangeError, 'sharpness: tolerance: expected a number from 0, got -1'],
  ['sharpness', { tolerance: 'fine' }, TypeError, "sharpness: tolerance: expected a number from 0, got 'fine'"],
  ['fit', null, TypeError, 'fit: options: expected an object, got null'],
  ['fit', 5, TypeError, 'fit: options: expected an object, got 5'],
  ['fit', { epoch: 5 }, RangeError, `fit: options: option: expected one of ${FIT_OPTIONS}, got 'epoch'. Did you mean 'epochs'?`],
  ['fit', { batchsize: 5 }, RangeError, `fit: options: option: expected one of ${FIT_OPTIONS}, got 'batchsize'. Did you mean 'batchSize'?`],
  ['fit', { epochs: 0 }, RangeError, 'fit: epochs: expected an integer from 1 to 2147483647, got 0'],
  ['fit', { epochs: -1 }, RangeError, 'fit: epochs: expected an integer from 1 to 2147483647, got -1'],
  ['fit', { epochs: 1.5 }, RangeError, 'fit: epochs: expected an integer from 1 to 2147483647, got 1.5'],
  ['fit', { epochs: Infinity }, RangeError, 'fit: epochs: expected an integer from 1 to 2147483647, got Infinity'],
  ['fit', { epochs: '5' }, TypeError, "fit: epochs: expected an integer from 1 to 2147483647, got '5'"],
  ['fit', { epochs: 5, initialEpoch: 5 }, RangeError, 'fit: epochs: expected an integer from 6 to 2147483647, got 5'],
  ['fit', { initialEpoch: -1 }, RangeError, 'fit: initialEpoch: expected an integer from 0 to 2147483647, got -1'],
  ['fit', { batchSize: 0 }, RangeError, 'fit: batchSize: expected an integer from 1 to 2147483647, got 0'],
  ['fit', { batchSize: -32 }, RangeError, 'fit: batchSize: expected an integer from 1 to 2147483647, got -32'],
  ['fit', { batchSize: 0.5 }, RangeError, 'fit: batchSize: expected an integer from 1 to 2147483647, got 0.5'],
  ['fit', { batchSize: null }, TypeError, 'fit: batchSize: expected an integer from 1 to 2147483647, got null'],
  ['fit', { validationSplit: 1 }, RangeError, 'fit: validationSplit: expected a number from 0 to below 1, got 1'],
  ['fit', { validationSplit: -0.1 }, RangeError, 'fit: validationSplit: expected a number from 0 to below 1, got -0.1'],
  ['fit', { validationSplit: '10%' }, TypeError, "fit: validationSplit: expected a number from 0 to below 1, got '10%'"],
  ['fit', { validationSplit: 0.9 }, RangeError, 'fit: validationSplit: expected a share that leaves rows on both sides of 3, got 0.9'],
  ['fit', { validationData: X }, TypeError, 'fit: validationData: expected an array [x, y], got Array(3)'],
  ['fit', { validationData: { x: X, y: Y } }, TypeError, 'fit: validationData: expected an array [x, y], got Object'],
  ['fit', { validationData: [[[1]], [0]] }, RangeError, 'fit: validationData[0][0]: expected 2 numbers, got Array(1)'],
  ['fit', { validationData: [X, [0]] }, RangeError, 'fit: validationData[1]: expected 3 class indices, one a row, got Array(1)'],
  ['fit', { validationData: [X, [0, 1, 7]] }, RangeError, 'fit: validationData[1][2]: expected a class index from 0 to 2, got 7'],
  ['fit', { shuffle: 'batch' }, TypeError, "fit: shuffle: expected true or false, got 'batch'"],
  ['fit', { shuffle: 1 }, TypeError, 'fit: shuffle: expected true or false, got 1'],
  ['fit', { callbacks: null }, TypeError, 'fit: callbacks: expected an object, got null'],
  ['fit', { callbacks: [] }, TypeError, 'fit: callbacks: expected an object, got Array(0)'],
  ['fit', { callbacks: { onEpochStop() {} } }, RangeError, `fit: callbacks: option: expected one of ${CALLBACKS}, got 'onEpochStop'.`],
  ['fit', { callbacks: { onEpochEnd: 'log' } }, TypeError, "fit: callbacks.onEpochEnd: expected a function, got 'log'"],
  ['fit', { signal: {} }, TypeError, 'fit: signal: expected an AbortSignal, got Object'],
  ['fit', { signal: new AbortController() }, TypeError, 'fit: signal: expected an AbortSignal, got AbortController'],
];

for (const [method, options, error, message] of OPTIONS) {
  refuses(method, [
    [
      `options of ${describeValue(options)}`,
      (model) => (method === 'predict' ? model.predict(X, wrong(options)) : model[method as 'fit'](X, Y, wrong(options))),
      error,
      message,
    ],
  ]);
}

function describeValue(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'function' ? 'a function' : inner)) ?? 'nothing';
}

/** `build()`'s weights with one replaced. */
const withWeight = (model: Sequential, at: number, change: Partial<Record<keyof Weight, unknown>> | null): Weight[] =>
  model.getWeights().map((weight, i) => (i === at ? wrong(change && { ...weight, ...change }) : weight));

refuses('setWeights', [
  ['nothing', (model) => model.setWeights(wrong(undefined)), TypeError, 'setWeights: weights: expected an array of weights, got undefined'],
  ['an object', (model) => model.setWeights(wrong({})), TypeError, 'setWeights: weights: expected an array of weights, got Object'],
  ['too few weights', (model) => model.setWeights(model.getWeights().slice(1)), RangeError, 'setWeights: weights: expected 4 weights, got Array(3)'],
  ['too many weights', (model) => model.setWeights([...model.getWeights(), ...model.getWeights()]), RangeError, 'setWeights: weights: expected 4 weights, got Array(8)'],
  ['a weight that is null', (model) => model.setWeights(withWeight(model, 2, null)), TypeError, 'setWeights: weights[2]: expected an object, got null'],
  ['a weight with an unknown field', (model) => model.setWeights(withWeight(model, 0, wrong({ dtype: 'F32' }))), RangeError, "setWeights: weights[0]: option: expected one of 'name', 'shape', 'data', got 'dtype'."],
  ['another shape', (model) => model.setWeights(withWeight(model, 0, { shape: [4, 2] })), RangeError, "setWeights: weights[0].shape: expected [2,4] of dense/kernel, got [4,2]"],
  ['a flat shape', (model) => model.setWeights(withWeight(model, 2, { shape: [12] })), RangeError, "setWeights: weights[2].shape: expected [4,3] of dense_1/kernel, got [12]"],
  ['no shape', (model) => model.setWeights(withWeight(model, 0, { shape: undefined })), TypeError, 'setWeights: weights[0].shape: expected an array, got undefined'],
  ['a shape as text', (model) => model.setWeights(withWeight(model, 0, { shape: '2,4' })), TypeError, "setWeights: weights[0].shape: expected an array, got '2,4'"],
  ['data that is an array', (model) => model.setWeights(withWeight(model, 1, { data: [0, 0, 0, 0] })), TypeError, 'setWeights: weights[1].data: expected a Float32Array, got Array(4)'],
  ['data that is too short', (model) => model.setWeights(withWeight(model, 3, { data: new Float32Array(2) })), RangeError, 'setWeights: weights[3].data: expected 3 numbers, got Float32Array(2)'],
  ['data that is too long', (model) => model.setWeights(withWeight(model, 3, { data: new Float32Array(4) })), RangeError, 'setWeights: weights[3].data: expected 3 numbers, got Float32Array(4)'],
  ['NaN, also in the last weight', (model) => model.setWeights(withWeight(model, 3, { data: Float32Array.of(0, 0, NaN) })), RangeError, 'setWeights: weights[3].data[2]: expected a finite number, got NaN'],
  ['infinity', (model) => model.setWeights(withWeight(model, 0, { data: new Float32Array(8).fill(Infinity) })), RangeError, 'setWeights: weights[0].data[0]: expected a finite number, got Infinity'],
]);

refuses('summary', [
  ['something to print with that is not a function', (model) => model.summary(wrong('console')), TypeError, "summary: print: expected a function, got 'console'"],
]);

refuses('generateDigits', [
  ['no options', () => generateDigits(wrong(undefined)), TypeError, 'generateDigits: expected an object, got undefined'],
  ['a count by itself', () => generateDigits(wrong(5)), TypeError, 'generateDigits: expected an object, got 5'],
  ['no count', () => generateDigits(wrong({})), TypeError, 'generateDigits: count: expected an integer from 1 to 2147483647, got undefined'],
  ['a count of 0', () => generateDigits({ count: 0 }), RangeError, 'generateDigits: count: expected an integer from 1 to 2147483647, got 0'],
  ['a count between integers', () => generateDigits({ count: 1.5 }), RangeError, 'generateDigits: count: expected an integer from 1 to 2147483647, got 1.5'],
  ['a seed below 0', () => generateDigits({ count: 1, seed: -1 }), RangeError, 'generateDigits: seed: expected an integer from 0 to 9007199254740991, got -1'],
  ['a first below 0', () => generateDigits({ count: 1, first: -1 }), RangeError, 'generateDigits: first: expected an integer from 0 to 4294967295, got -1'],
  ['a first too near the end', () => generateDigits({ count: 2, first: 2 ** 32 - 1 }), RangeError, 'generateDigits: first: expected an integer from 0 to 4294967294, got 4294967295'],
  ['an unknown option', () => generateDigits(wrong({ count: 1, sead: 1 })), RangeError, "generateDigits: option: expected one of 'count', 'seed', 'first', got 'sead'. Did you mean 'seed'?"],
  ['a count beyond memory', () => generateDigits({ count: 2 ** 31 - 1 }), RangeError, 'out of memory: expected room for 1605632 MB more, got a heap of 1 MB that can not grow so far (WebAssembly ends at 4096 MB)'],
]);

refuses('normalizeDigit', [
  ['ink in an array', () => normalizeDigit(wrong([0, 255]), 2, 1), TypeError, 'normalizeDigit: ink: expected a Uint8Array or Uint8ClampedArray, got Array(2)'],
  ['ink in floats', () => normalizeDigit(wrong(new Float32Array(4)), 2, 2), TypeError, 'normalizeDigit: ink: expected a Uint8Array or Uint8ClampedArray, got Float32Array(4)'],
  ['four numbers a pixel', () => normalizeDigit(new Uint8ClampedArray(16), 2, 2), RangeError, 'normalizeDigit: ink: expected 2 × 2 = 4 grey levels, got Uint8ClampedArray(16)'],
  ['no pixels', () => normalizeDigit(new Uint8Array(0), 0, 0), RangeError, 'normalizeDigit: width: expected an integer from 1 to 16384, got 0'],
  ['half a pixel', () => normalizeDigit(new Uint8Array(1), 1, 0.5), RangeError, 'normalizeDigit: height: expected an integer from 1 to 16384, got 0.5'],
  ['a width beyond all drawings', () => normalizeDigit(new Uint8Array(16385), 16385, 1), RangeError, 'normalizeDigit: width: expected an integer from 1 to 16384, got 16385'],
  ['a width as text', () => normalizeDigit(new Uint8Array(1), wrong('1'), 1), TypeError, "normalizeDigit: width: expected an integer from 1 to 16384, got '1'"],
]);

describe('Each loss refuses targets that are not for it', () => {
  const NOT_FINITE: [Targets, string] = [Float32Array.of(0, NaN, 0), 'row 0, column 1: expected a finite number, got NaN'];
  const table: Record<LossConfig['name'], [Targets, string][]> = {
    meanSquaredError: [NOT_FINITE],
    sumOfSquares: [NOT_FINITE, [[[0, 1, Infinity]], 'y[0][2]: expected a finite number, got Infinity']],
    meanAbsoluteError: [NOT_FINITE],
    huber: [NOT_FINITE],
    logCosh: [NOT_FINITE],
    binaryCrossentropy: [
      [[[0, 1, 2]], 'row 0, column 2: expected a number from 0 to 1, got 2'],
      [[[0, -1, 1]], 'row 0, column 1: expected a number from 0 to 1, got -1'],
    ],
    categoricalCrossentropy: [
      [[[0, 1.5, 0]], 'row 0, column 1: expected a number from 0 to 1, got 1.5'],
      [[2], "y: expected 1 × 3 = 3 numbers (class indices go with 'sparseCategoricalCrossentropy'), got Array(1)"],
    ],
    sparseCategoricalCrossentropy: [[[3], 'y[0]: expected a class index from 0 to 2, got 3']],
    kullbackLeiblerDivergence: [[[[0, -0.5, 1]], 'row 0, column 1: expected a number from 0 to 1, got -0.5']],
    hinge: [
      [[[0, 1, -1]], 'row 0, column 0: expected -1 or 1, got 0'],
      [[[1, 0.5, -1]], 'row 0, column 1: expected -1 or 1, got 0.5'],
    ],
    poisson: [
      [[[0, 1, -1]], 'row 0, column 2: expected a number from 0, got -1'],
      [Float32Array.of(0, Infinity, 1), 'row 0, column 1: expected a number from 0, got Infinity'],
    ],
  };
  for (const [loss, rows] of Object.entries(table) as [LossConfig['name'], [Targets, string][]][]) {
    it.each(rows)(`${loss}: %j`, async (y, ending) => {
      const model = build(loss, loss === 'poisson' ? 'softplus' : 'sigmoid');
      const weights = weightBits(model);
      for (const method of WITH_TARGETS) {
        const message = ending.startsWith('y') ? `${method}: ${ending}` : `${method}: y: ${ending}`;
        await expectError(() => model[method]([[1, 2]], y), RangeError, message);
      }
      expect(weightBits(model)).toEqual(weights);
    });
  }

  it.each<[string, unknown, ErrorConstructor, string]>([
    ['nothing', undefined, TypeError, 'y: expected numbers or rows of 3 numbers, got undefined'],
    ['text', 'abc', TypeError, "y: expected numbers or rows of 3 numbers, got 'abc'"],
    ['doubles', new Float64Array(3), TypeError, 'y: expected numbers or rows of 3 numbers, got Float64Array(3)'],
    ['too few numbers', [0, 1], RangeError, 'y: expected 1 × 3 = 3 numbers, got Array(2)'],
    ['too many rows', [[0, 1, 0], [0, 1, 0]], RangeError, 'y: expected 1 rows, one for each row of the samples, got Array(2)'],
    ['a row that is too long', [[0, 1, 0, 1]], RangeError, 'y[0]: expected 3 numbers, got Array(4)'],
    ['text among the numbers', [0, '1', 0], TypeError, "y[1]: expected a number, got '1'"],
    ['text in a row', [[0, '1', 0]], TypeError, "y[0][1]: expected a number, got '1'"],
    ['a hole', [0, undefined, 0], TypeError, 'y[1]: expected a number, got undefined'],
  ])('meanSquaredError: %s', async (_name, y, error, message) => {
    const model = build('meanSquaredError');
    for (const method of WITH_TARGETS) await expectError(() => model[method]([[1, 2]], wrong(y)), error, `${method}: ${message}`);
  });
});

describe('Before compile', () => {
  it.each(WITH_TARGETS)('%s says to call it first', async (method) => {
    using model = sequential({ layers: [good()] });
    const message = `${method}: expected a compiled model: call model.compile() first`;
    await expectError(() => model[method]([[1, 2]], [[1, 2]]), Error, message);
  });

  it('predict, forwardTrace, getWeights, setWeights, save and summary work', async () => {
    using model = sequential({ layers: [good()] });
    expect(model.predict([[1, 2]])).toHaveLength(2);
    expect(model.forwardTrace([[1, 2]])).toHaveLength(1);
    model.setWeights(model.getWeights());
    expect(await model.save()).toBeInstanceOf(Uint8Array);
    expect(model.summary(() => {})).toContain('6 parameters');
  });

  it('a compile that failed leaves the one before in force', () => {
    const model = build();
    const logs = model.evaluate(X, Y);
    expect(() => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: [wrong('f1')] })).toThrow(RangeError);
    expect(() => model.compile({ optimizer: { name: 'sgd', momentum: 2 }, loss: 'hinge' })).toThrow(RangeError);
    expect(model.evaluate(X, Y)).toEqual(logs);
  });
});

describe('After dispose', () => {
  const methods: Record<string, (model: Sequential) => unknown> = {
    compile: (model) => model.compile({ optimizer: 'sgd', loss: 'hinge' }),
    fit: (model) => model.fit(X, Y),
    evaluate: (model) => model.evaluate(X, Y),
    predict: (model) => model.predict(X),
    getWeights: (model) => model.getWeights(),
    setWeights: (model) => model.setWeights([]),
    countParams: (model) => model.countParams(),
    summary: (model) => model.summary(),
    save: (model) => model.save(),
    gradients: (model) => model.gradients(X, Y),
    forwardTrace: (model) => model.forwardTrace(X),
    backpropTrace: (model) => model.backpropTrace(X, Y),
    gradientCheck: (model) => model.gradientCheck(X, Y),
    gradientNorms: (model) => model.gradientNorms(X, Y),
    sharpness: (model) => model.sharpness(X, Y),
  };

  it.each(Object.keys(methods))('%s says that the model was disposed', async (method) => {
    const model = build();
    model.dispose();
    await expectError(() => methods[method]!(model), Error, `${method}: expected a live model, got one that was disposed`);
  });

  it('every method was tried', () => {
    const model = build();
    const all = Object.getOwnPropertyNames(Object.getPrototypeOf(model) as object).filter(
      (name) => typeof Object.getOwnPropertyDescriptor(Object.getPrototypeOf(model) as object, name)!.value === 'function',
    );
    expect(all.filter((name) => name !== 'constructor' && name !== 'dispose').sort()).toEqual(Object.keys(methods).sort());
  });

  it('name, seed, shapes and layers can still be read', () => {
    const model = build();
    model.dispose();
    expect(model).toMatchObject({ name: 'sequential', seed: 11, inputShape: [2], outputShape: [3] });
    expect(model.layers).toHaveLength(2);
  });
});

describe('An option that is undefined', () => {
  it('counts as not given, in layers, loss and optimizer', async () => {
    const layers = (options: object) => ({
      seed: 1,
      layers: [dense({ units: 3, inputShape: [2], ...options } as DenseOptions)],
    });
    const absent = { activation: undefined, useBias: undefined, kernelInitializer: undefined, biasInitializer: undefined, name: undefined };
    using plain = sequential(layers({}));
    using withUndefined = sequential(layers(absent));
    expect(weightBits(withUndefined)).toEqual(weightBits(plain));
    using initialized = sequential(
      layers({ kernelInitializer: { name: 'randomNormal', mean: undefined, stddev: undefined }, activation: { name: 'elu', alpha: undefined } }),
    );
    using named = sequential(layers({ kernelInitializer: 'randomNormal', activation: 'elu' }));
    expect(weightBits(initialized)).toEqual(weightBits(named));
    expect(initialized.layers).toEqual(named.layers);

    for (const loss of [
      { name: 'huber', delta: undefined },
      { name: 'binaryCrossentropy', labelSmoothing: undefined, reduction: undefined, fromLogits: undefined },
    ] as LossConfig[]) {
      plain.compile({ optimizer: 'adam', loss: loss.name });
      withUndefined.compile({
        optimizer: { name: 'adam', learningRate: undefined, beta1: undefined },
        loss,
        metrics: undefined,
      } as CompileOptions);
      const data = [X, [[0, 1, 0], [1, 0, 0], [0, 0, 1]]] as [Inputs, Targets];
      expect(withUndefined.evaluate(...data)).toEqual(plain.evaluate(...data));
      await plain.fit(...data);
      await withUndefined.fit(...data, { epochs: undefined, callbacks: undefined, signal: undefined } as FitOptions);
      expect(weightBits(withUndefined)).toEqual(weightBits(plain));
    }
  });
});
