import { beforeAll } from 'vitest';
import { init, type Sequential, type Weight } from 'mlp-wasm';
import { generateDigits, normalizeDigit, normalizeStrokes } from 'mlp-wasm/digits';
import { refuses, WITH_TARGETS, wrong, X, Y, type Refusal, type WithTargets } from '../support/refusals.js';

// Wrong data and options for the methods of a model, and for the digits.

beforeAll(() => init());

const FIT_OPTIONS =
  "'epochs', 'initialEpoch', 'resume', 'stepsPerEpoch', 'classWeight', 'augmentation', 'validationData', 'validationFreq', 'callbacks', " +
  "'signal', " +
  "'yieldEvery', 'verbose', 'batchSize', 'validationSplit', 'shuffle', 'sampleWeight'";
const CALLBACKS =
  "'onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd', 'onYield', " +
  "'setModel', 'setParams', 'getState', 'setState'";

const SAMPLES = 'a typed array (rows × 2) or an array of rows';

/** Wrong samples, for every method that takes some. */
const BAD_X: [wrong: string, x: unknown, error: ErrorConstructor, message: string][] = [
  ['no samples', undefined, TypeError, `x: expected ${SAMPLES}, got undefined`],
  ['samples that are null', null, TypeError, `x: expected ${SAMPLES}, got null`],
  [
    'rows without their arrays',
    [0.1, 0.2, 0.3, 0.4],
    RangeError,
    `x: expected one row of 2 numbers, or ${SAMPLES}: [[…], […]], got Array(4)`,
  ],
  [
    'samples in a BigInt64Array',
    new BigInt64Array(2),
    TypeError,
    `x: expected ${SAMPLES} (BigInts are not taken: make them numbers by Number), got BigInt64Array(2)`,
  ],
  [
    'a BigInt in a row',
    [[0, 1n]],
    TypeError,
    'x[0][1]: expected a number (BigInts are not taken: make them numbers by Number), got 1',
  ],
  ['samples in an ArrayBuffer', new ArrayBuffer(8), TypeError, `x: expected ${SAMPLES}, got ArrayBuffer`],
  ['samples as text', '0.1, 0.2', TypeError, `x: expected ${SAMPLES}, got '0.1, 0.2'`],
  [
    'an empty array',
    [],
    RangeError,
    'x: expected at least one row of 2 numbers, a multiple of 2 in all, got Float32Array(0)',
  ],
  [
    'an empty Float32Array',
    new Float32Array(0),
    RangeError,
    'x: expected at least one row of 2 numbers, a multiple of 2 in all, got Float32Array(0)',
  ],
  [
    'half a row',
    new Float32Array(5),
    RangeError,
    'x: expected at least one row of 2 numbers, a multiple of 2 in all, got Float32Array(5)',
  ],
  [
    'a row that is too long',
    [
      [0, 1],
      [0, 1, 2],
      [0, 1],
    ],
    RangeError,
    'x[1]: expected 2 numbers, got Array(3)',
  ],
  ['a row that is too short', [[0, 1], [0], [0, 1]], RangeError, 'x[1]: expected 2 numbers, got Array(1)'],
  ['a row that is a number', [[0, 1], 2, [0, 1]], TypeError, 'x[1]: expected an array of 2 numbers, got 2'],
  ['a missing row', wrongHole(), TypeError, 'x[1]: expected an array of 2 numbers, got undefined'],
  [
    'text in a row',
    [
      [0, 1],
      [0, '1'],
      [0, 1],
    ],
    TypeError,
    "x[1][1]: expected a number, got '1'",
  ],
  [
    'a missing number',
    [
      [0, 1],
      [undefined, 1],
      [0, 1],
    ],
    TypeError,
    'x[1][0]: expected a number, got undefined',
  ],
  [
    'NaN in a row',
    [
      [0, 1],
      [0, NaN],
      [0, 1],
    ],
    RangeError,
    'x[1][1]: expected a finite number, got NaN',
  ],
  [
    'infinity in a row',
    [
      [0, 1],
      [0, 1],
      [-Infinity, 1],
    ],
    RangeError,
    'x[2][0]: expected a finite number, got -Infinity',
  ],
  [
    'NaN in a Float32Array',
    Float32Array.of(0, 1, 0, 1, NaN, 1),
    RangeError,
    'x: row 2, column 0: expected a finite number, got NaN',
  ],
  [
    'infinity in a Float32Array',
    Float32Array.of(0, Infinity, 0, 1, 0, 1),
    RangeError,
    'x: row 0, column 1: expected a finite number, got Infinity',
  ],
  [
    'a number beyond float32',
    [
      [0, 1],
      [0, 1e39],
      [0, 1],
    ],
    RangeError,
    'x: row 1, column 1: expected a finite number, got Infinity',
  ],
];

function wrongHole(): number[][] {
  const rows = [[0, 1], , [0, 1]];
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
  [
    'labels in a BigUint64Array',
    new BigUint64Array(3),
    TypeError,
    'y: expected 3 class indices, one a row (BigInts are not taken: make them numbers by Number), got BigUint64Array(3)',
  ],
  [
    'a label that is a BigInt',
    [0, 1n, 1],
    TypeError,
    'y[1]: expected a class index from 0 to 2 (BigInts are not taken: make them numbers by Number), got 1',
  ],
  ['true where there is no class 1 of 1', [true, 3, 0], RangeError, 'y[1]: expected a class index from 0 to 2, got 3'],
  [
    'one-hot rows',
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    TypeError,
    "y: expected 3 class indices, one a row (rows of numbers go with 'categoricalCrossentropy'), got Array(3)",
  ],
  [
    'one-hot numbers',
    new Float32Array(9),
    RangeError,
    "y: expected 3 class indices, one a row (one-hot targets go with 'categoricalCrossentropy'), got Float32Array(9)",
  ],
];

for (const method of WITH_TARGETS) {
  refuses(method, [
    ...BAD_X.map(([what, x, error, message]): Refusal => [
      what,
      (model) => model[method](wrong(x), Y),
      error,
      `${method}: ${message}`,
    ]),
    ...BAD_CLASSES.map(([what, y, error, message]): Refusal => [
      what,
      (model) => model[method](X, wrong(y)),
      error,
      `${method}: ${message}`,
    ]),
  ]);
}
for (const method of ['predict', 'forwardTrace', 'explain'] as const) {
  refuses(
    method,
    BAD_X.map(([what, x, error, message]) => [
      what,
      (model) => model[method](wrong(x)),
      error,
      `${method}: ${message}`,
    ]),
  );
}

/** Wrong options of the methods that take some. */
const OPTIONS: [
  method: WithTargets | 'predict' | 'explain',
  options: unknown,
  error: ErrorConstructor,
  message: string,
][] = [
  ['predict', 5, TypeError, 'predict: options: expected an object, got 5'],
  ['predict', null, TypeError, 'predict: options: expected an object, got null'],
  [
    'predict',
    { batchsize: 5 },
    RangeError,
    "predict: options: option: expected one of 'batchSize', 'output', 'from', 'to', got 'batchsize'. Did you mean 'batchSize'?",
  ],
  ['predict', { batchSize: 0 }, RangeError, 'predict: batchSize: expected an integer from 1 to 2147483647, got 0'],
  ['predict', { batchSize: -1 }, RangeError, 'predict: batchSize: expected an integer from 1 to 2147483647, got -1'],
  ['predict', { batchSize: 2.5 }, RangeError, 'predict: batchSize: expected an integer from 1 to 2147483647, got 2.5'],
  ['predict', { batchSize: '8' }, TypeError, "predict: batchSize: expected an integer from 1 to 2147483647, got '8'"],
  ['predict', { output: [] }, TypeError, 'predict: output: expected a Float32Array, got Array(0)'],
  ['predict', { output: null }, TypeError, 'predict: output: expected a Float32Array, got null'],
  [
    'predict',
    { output: new Float64Array(9) },
    TypeError,
    'predict: output: expected a Float32Array, got Float64Array(9)',
  ],
  [
    'predict',
    { output: new Float32Array(10) },
    RangeError,
    'predict: output: expected 3 × 3 = 9 numbers, got Float32Array(10)',
  ],
  ['evaluate', 'all', TypeError, "evaluate: options: expected an object, got 'all'"],
  [
    'evaluate',
    { batch: 5 },
    RangeError,
    "evaluate: options: option: expected one of 'batchSize', 'sampleWeight', 'classWeight', got 'batch'.",
  ],
  ['evaluate', { batchSize: 0 }, RangeError, 'evaluate: batchSize: expected an integer from 1 to 2147483647, got 0'],
  [
    'evaluate',
    { batchSize: NaN },
    RangeError,
    'evaluate: batchSize: expected an integer from 1 to 2147483647, got NaN',
  ],
  [
    'gradientCheck',
    { sample: 1 },
    RangeError,
    "gradientCheck: options: option: expected one of 'samples', got 'sample'. Did you mean 'samples'?",
  ],
  [
    'gradientCheck',
    { samples: 0 },
    RangeError,
    'gradientCheck: samples: expected an integer from 1 to 2147483647, got 0',
  ],
  ['gradientCheck', null, TypeError, 'gradientCheck: options: expected an object, got null'],
  [
    'sharpness',
    { maxIteration: 1 },
    RangeError,
    "sharpness: options: option: expected one of 'maxIterations', 'tolerance', got 'maxIteration'. Did you mean 'maxIterations'?",
  ],
  [
    'sharpness',
    { maxIterations: 0 },
    RangeError,
    'sharpness: maxIterations: expected an integer from 1 to 2147483647, got 0',
  ],
  ['sharpness', { tolerance: -1 }, RangeError, 'sharpness: tolerance: expected a number from 0, got -1'],
  ['sharpness', { tolerance: 'fine' }, TypeError, "sharpness: tolerance: expected a number from 0, got 'fine'"],
  ['lossSurface', null, TypeError, 'lossSurface: options: expected an object, got null'],
  [
    'lossSurface',
    { step: 5 },
    RangeError,
    "lossSurface: options: option: expected one of 'directions', 'seed', 'normalize', 'span', 'steps', 'signal', 'onProgress', got 'step'. Did you mean 'steps'?",
  ],
  [
    'lossSurface',
    { directions: 3 },
    RangeError,
    'lossSurface: directions: expected 1, 2 or an array of as many directions, got 3',
  ],
  [
    'lossSurface',
    { directions: [] },
    RangeError,
    'lossSurface: directions: expected 1, 2 or an array of as many directions, got Array(0)',
  ],
  [
    'lossSurface',
    { directions: 'two' },
    TypeError,
    "lossSurface: directions: expected 1, 2 or an array of as many directions, got 'two'",
  ],
  ['lossSurface', { directions: [[]] }, RangeError, 'lossSurface: directions[0]: expected 4 weights, got Array(0)'],
  [
    'lossSurface',
    { seed: -1 },
    RangeError,
    'lossSurface: seed: expected an integer from 0 to 9007199254740991, got -1',
  ],
  ['lossSurface', { normalize: 1 }, TypeError, 'lossSurface: normalize: expected true or false, got 1'],
  ['lossSurface', { span: 0 }, RangeError, 'lossSurface: span: expected a number above 0, got 0'],
  ['lossSurface', { steps: 1 }, RangeError, 'lossSurface: steps: expected an integer from 2 to 10000, got 1'],
  ['lossSurface', { signal: {} }, TypeError, 'lossSurface: signal: expected an AbortSignal, got Object'],
  ['lossSurface', { onProgress: 1 }, TypeError, 'lossSurface: onProgress: expected a function, got 1'],
  ['findLearningRate', 5, TypeError, 'findLearningRate: options: expected an object, got 5'],
  [
    'findLearningRate',
    { begin: 5 },
    RangeError,
    "findLearningRate: options: option: expected one of 'from', 'to', 'steps', 'batchSize', 'shuffle', 'smoothing', 'sharpnessRows', 'signal', 'onProgress', got 'begin'.",
  ],
  ['findLearningRate', { from: 0 }, RangeError, 'findLearningRate: from: expected a number from 1e-30, got 0'],
  ['findLearningRate', { from: 1, to: 1 }, RangeError, 'findLearningRate: to: expected a number above from, 1, got 1'],
  [
    'findLearningRate',
    { to: Infinity },
    RangeError,
    'findLearningRate: to: expected a number from 1e-30 to below 1e+30, got Infinity',
  ],
  [
    'findLearningRate',
    { steps: 1 },
    RangeError,
    'findLearningRate: steps: expected an integer from 2 to 2147483647, got 1',
  ],
  [
    'findLearningRate',
    { batchSize: 0 },
    RangeError,
    'findLearningRate: batchSize: expected an integer from 1 to 2147483647, got 0',
  ],
  ['findLearningRate', { shuffle: 0 }, TypeError, 'findLearningRate: shuffle: expected true or false, got 0'],
  [
    'findLearningRate',
    { smoothing: 1 },
    RangeError,
    'findLearningRate: smoothing: expected a number from 0 to below 1, got 1',
  ],
  [
    'findLearningRate',
    { sharpnessRows: 1.5 },
    RangeError,
    'findLearningRate: sharpnessRows: expected an integer from 0 to 2147483647, got 1.5',
  ],
  ['explain', null, TypeError, 'explain: options: expected an object, got null'],
  [
    'explain',
    { units: 0 },
    RangeError,
    "explain: options: option: expected one of 'method', 'unit', 'logits', 'baseline', 'steps', got 'units'. Did you mean 'unit'?",
  ],
  [
    'explain',
    { method: 'gradientTimesInputs' },
    RangeError,
    "explain: method: expected one of 'integratedGradients', 'gradientTimesInput', got 'gradientTimesInputs'. Did you mean 'gradientTimesInput'?",
  ],
  ['explain', { unit: 3 }, RangeError, 'explain: unit: expected an integer from 0 to 2, got 3'],
  ['explain', { logits: 'yes' }, TypeError, "explain: logits: expected true or false, got 'yes'"],
  ['explain', { steps: 0 }, RangeError, 'explain: steps: expected an integer from 1 to 10000, got 0'],
  [
    'explain',
    { method: 'gradientTimesInput', steps: 5 },
    RangeError,
    "explain: steps: expected none with 'gradientTimesInput', got 5",
  ],
  ['explain', { baseline: X }, RangeError, 'explain: baseline: expected one row, got Array(3)'],
  ['explain', { baseline: [[0, NaN]] }, RangeError, 'explain: baseline[0][1]: expected a finite number, got NaN'],
  ['fit', null, TypeError, 'fit: options: expected an object, got null'],
  ['fit', 5, TypeError, 'fit: options: expected an object, got 5'],
  [
    'fit',
    { epoch: 5 },
    RangeError,
    `fit: options: option: expected one of ${FIT_OPTIONS}, got 'epoch'. Did you mean 'epochs'?`,
  ],
  [
    'fit',
    { batchsize: 5 },
    RangeError,
    `fit: options: option: expected one of ${FIT_OPTIONS}, got 'batchsize'. Did you mean 'batchSize'?`,
  ],
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
  [
    'fit',
    { validationSplit: '10%' },
    TypeError,
    "fit: validationSplit: expected a number from 0 to below 1, got '10%'",
  ],
  [
    'fit',
    { validationSplit: 0.9 },
    RangeError,
    'fit: validationSplit: expected a share that leaves rows on both sides of 3, got 0.9',
  ],
  [
    'fit',
    { validationData: X },
    RangeError,
    'fit: validationData[1]: expected 1 class indices, one a row, got Array(2)',
  ],
  [
    'fit',
    { validationData: { x: X, y: Y } },
    TypeError,
    'fit: validationData: expected an array [x, y] or [x, y, sampleWeight], got Object',
  ],
  ['fit', { validationData: [[[1]], [0]] }, RangeError, 'fit: validationData[0][0]: expected 2 numbers, got Array(1)'],
  [
    'fit',
    { validationData: [X, [0]] },
    RangeError,
    'fit: validationData[1]: expected 3 class indices, one a row, got Array(1)',
  ],
  [
    'fit',
    { validationData: [X, [0, 1, 7]] },
    RangeError,
    'fit: validationData[1][2]: expected a class index from 0 to 2, got 7',
  ],
  ['fit', { shuffle: 'batch' }, TypeError, "fit: shuffle: expected true or false, got 'batch'"],
  ['fit', { shuffle: 1 }, TypeError, 'fit: shuffle: expected true or false, got 1'],
  ['fit', { callbacks: null }, TypeError, 'fit: callbacks: expected an object, got null'],
  ['fit', { callbacks: [{}, 5] }, TypeError, 'fit: callbacks[1]: expected an object, got 5'],
  [
    'fit',
    { callbacks: [{ onEpochStop() {} }] },
    RangeError,
    `fit: callbacks[0]: option: expected one of ${CALLBACKS}, got 'onEpochStop'.`,
  ],
  ['fit', { resume: 1 }, TypeError, 'fit: resume: expected true or false, got 1'],
  [
    'fit',
    { resume: true, initialEpoch: 0 },
    RangeError,
    'fit: initialEpoch: expected none with resume, which knows the epoch, got 0',
  ],
  ['fit', { stepsPerEpoch: 0 }, RangeError, 'fit: stepsPerEpoch: expected an integer from 1 to 2147483647, got 0'],
  ['fit', { validationFreq: 0 }, RangeError, 'fit: validationFreq: expected an integer from 1 to 2147483647, got 0'],
  [
    'fit',
    { validationFreq: [1, 'x'] },
    TypeError,
    "fit: validationFreq[1]: expected an integer from 1 to 2147483647, got 'x'",
  ],
  [
    'fit',
    { yieldEvery: 'batch' },
    TypeError,
    "fit: yieldEvery: expected milliseconds, 'epoch' or 'never', got 'batch'",
  ],
  ['fit', { yieldEvery: -1 }, RangeError, 'fit: yieldEvery: expected a number from 0, got -1'],
  ['fit', { yieldEvery: NaN }, RangeError, 'fit: yieldEvery: expected a number from 0, got NaN'],
  ['fit', { verbose: 3 }, RangeError, 'fit: verbose: expected an integer from 0 to 2, got 3'],
  ['fit', { verbose: true }, TypeError, 'fit: verbose: expected an integer from 0 to 2, got true'],
  [
    'fit',
    { callbacks: { onEpochStop() {} } },
    RangeError,
    `fit: callbacks: option: expected one of ${CALLBACKS}, got 'onEpochStop'.`,
  ],
  ['fit', { callbacks: { onEpochEnd: 'log' } }, TypeError, "fit: callbacks.onEpochEnd: expected a function, got 'log'"],
  ['fit', { signal: {} }, TypeError, 'fit: signal: expected an AbortSignal, got Object'],
  ['fit', { signal: new AbortController() }, TypeError, 'fit: signal: expected an AbortSignal, got AbortController'],
];

for (const [method, options, error, message] of OPTIONS) {
  refuses(method, [
    [
      `options of ${describeValue(options)}`,
      (model) =>
        method === 'predict'
          ? model.predict(X, wrong(options))
          : method === 'explain'
            ? model.explain(X, wrong(options))
            : model[method as 'fit'](X, Y, wrong(options)),
      error,
      message,
    ],
  ]);
}

function describeValue(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'function' ? 'a function' : inner)) ?? 'nothing'
  );
}

/** `build()`'s weights with one replaced. */
const withWeight = (model: Sequential, at: number, change: Partial<Record<keyof Weight, unknown>> | null): Weight[] =>
  model.getWeights().map((weight, i) => (i === at ? wrong(change && { ...weight, ...change }) : weight));

refuses('setWeights', [
  [
    'nothing',
    (model) => model.setWeights(wrong(undefined)),
    TypeError,
    'setWeights: weights: expected an array of weights, got undefined',
  ],
  [
    'an object',
    (model) => model.setWeights(wrong({})),
    TypeError,
    'setWeights: weights: expected an array of weights, got Object',
  ],
  [
    'too few weights',
    (model) => model.setWeights(model.getWeights().slice(1)),
    RangeError,
    'setWeights: weights: expected 4 weights, got Array(3)',
  ],
  [
    'too many weights',
    (model) => model.setWeights([...model.getWeights(), ...model.getWeights()]),
    RangeError,
    'setWeights: weights: expected 4 weights, got Array(8)',
  ],
  [
    'a weight that is null',
    (model) => model.setWeights(withWeight(model, 2, null)),
    TypeError,
    'setWeights: weights[2]: expected an object, got null',
  ],
  [
    'a weight with an unknown field',
    (model) => model.setWeights(withWeight(model, 0, wrong({ dtype: 'F32' }))),
    RangeError,
    "setWeights: weights[0]: option: expected one of 'name', 'shape', 'data', got 'dtype'.",
  ],
  [
    'another shape',
    (model) => model.setWeights(withWeight(model, 0, { shape: [4, 2] })),
    RangeError,
    'setWeights: weights[0].shape: expected [2,4] of dense/kernel, got [4,2]',
  ],
  [
    'a flat shape',
    (model) => model.setWeights(withWeight(model, 2, { shape: [12] })),
    RangeError,
    'setWeights: weights[2].shape: expected [4,3] of dense_1/kernel, got [12]',
  ],
  [
    'no shape',
    (model) => model.setWeights(withWeight(model, 0, { shape: undefined })),
    TypeError,
    'setWeights: weights[0].shape: expected an array, got undefined',
  ],
  [
    'a shape as text',
    (model) => model.setWeights(withWeight(model, 0, { shape: '2,4' })),
    TypeError,
    "setWeights: weights[0].shape: expected an array, got '2,4'",
  ],
  [
    'data that is an array',
    (model) => model.setWeights(withWeight(model, 1, { data: [0, 0, 0, 0] })),
    TypeError,
    'setWeights: weights[1].data: expected a Float32Array, got Array(4)',
  ],
  [
    'data that is too short',
    (model) => model.setWeights(withWeight(model, 3, { data: new Float32Array(2) })),
    RangeError,
    'setWeights: weights[3].data: expected 3 numbers, got Float32Array(2)',
  ],
  [
    'data that is too long',
    (model) => model.setWeights(withWeight(model, 3, { data: new Float32Array(4) })),
    RangeError,
    'setWeights: weights[3].data: expected 3 numbers, got Float32Array(4)',
  ],
  [
    'NaN, also in the last weight',
    (model) => model.setWeights(withWeight(model, 3, { data: Float32Array.of(0, 0, NaN) })),
    RangeError,
    'setWeights: weights[3].data[2]: expected a finite number, got NaN',
  ],
  [
    'infinity',
    (model) => model.setWeights(withWeight(model, 0, { data: new Float32Array(8).fill(Infinity) })),
    RangeError,
    'setWeights: weights[0].data[0]: expected a finite number, got Infinity',
  ],
]);

refuses('summary', [
  [
    'something to print with that is not a function',
    (model) => model.summary(wrong('console')),
    TypeError,
    "summary: print: expected a function, got 'console'",
  ],
]);

refuses('generateDigits', [
  [
    'no options',
    () => generateDigits(wrong(undefined)),
    TypeError,
    'generateDigits: expected an object, got undefined',
  ],
  ['a count by itself', () => generateDigits(wrong(5)), TypeError, 'generateDigits: expected an object, got 5'],
  [
    'no count',
    () => generateDigits(wrong({})),
    TypeError,
    'generateDigits: count: expected an integer from 1 to 2147483647, got undefined',
  ],
  [
    'a count of 0',
    () => generateDigits({ count: 0 }),
    RangeError,
    'generateDigits: count: expected an integer from 1 to 2147483647, got 0',
  ],
  [
    'a count between integers',
    () => generateDigits({ count: 1.5 }),
    RangeError,
    'generateDigits: count: expected an integer from 1 to 2147483647, got 1.5',
  ],
  [
    'a seed below 0',
    () => generateDigits({ count: 1, seed: -1 }),
    RangeError,
    'generateDigits: seed: expected an integer from 0 to 9007199254740991, got -1',
  ],
  [
    'a first below 0',
    () => generateDigits({ count: 1, first: -1 }),
    RangeError,
    'generateDigits: first: expected an integer from 0 to 4294967295, got -1',
  ],
  [
    'a first too near the end',
    () => generateDigits({ count: 2, first: 2 ** 32 - 1 }),
    RangeError,
    'generateDigits: first: expected an integer from 0 to 4294967294, got 4294967295',
  ],
  [
    'an unknown option',
    () => generateDigits(wrong({ count: 1, sead: 1 })),
    RangeError,
    "generateDigits: option: expected one of 'count', 'seed', 'first', got 'sead'. Did you mean 'seed'?",
  ],
]);

refuses('normalizeDigit', [
  [
    'ink in an array',
    () => normalizeDigit(wrong([0, 255]), 2, 1),
    TypeError,
    'normalizeDigit: ink: expected a Uint8Array or Uint8ClampedArray, got Array(2)',
  ],
  [
    'ink in floats',
    () => normalizeDigit(wrong(new Float32Array(4)), 2, 2),
    TypeError,
    'normalizeDigit: ink: expected a Uint8Array or Uint8ClampedArray, got Float32Array(4)',
  ],
  [
    'four numbers a pixel',
    () => normalizeDigit(new Uint8ClampedArray(16), 2, 2),
    RangeError,
    'normalizeDigit: ink: expected 2 × 2 = 4 grey levels, got Uint8ClampedArray(16)',
  ],
  [
    'no pixels',
    () => normalizeDigit(new Uint8Array(0), 0, 0),
    RangeError,
    'normalizeDigit: width: expected an integer from 1 to 16384, got 0',
  ],
  [
    'half a pixel',
    () => normalizeDigit(new Uint8Array(1), 1, 0.5),
    RangeError,
    'normalizeDigit: height: expected an integer from 1 to 16384, got 0.5',
  ],
  [
    'a width beyond all drawings',
    () => normalizeDigit(new Uint8Array(16385), 16385, 1),
    RangeError,
    'normalizeDigit: width: expected an integer from 1 to 16384, got 16385',
  ],
  [
    'a width as text',
    () => normalizeDigit(new Uint8Array(1), wrong('1'), 1),
    TypeError,
    "normalizeDigit: width: expected an integer from 1 to 16384, got '1'",
  ],
]);

refuses('normalizeStrokes', [
  [
    'no strokes at all',
    () => normalizeStrokes(wrong(undefined)),
    TypeError,
    'normalizeStrokes: strokes: expected an array of strokes, got undefined',
  ],
  [
    'one stroke by itself',
    () => normalizeStrokes(wrong([1, 2, 3, 4])),
    TypeError,
    'normalizeStrokes: stroke 0: expected numbers, [x0, y0, x1, y1, …], got 1',
  ],
  [
    'an x without a y',
    () => normalizeStrokes([[1, 2], [1, 2, 3]]), // prettier-ignore
    RangeError,
    'normalizeStrokes: stroke 1: expected an x and a y of each point, got Array(3)',
  ],
  [
    'a coordinate that is not finite',
    () => normalizeStrokes([[1, 2, NaN, 4]]),
    RangeError,
    'normalizeStrokes: stroke 0[2]: expected a finite number, got NaN',
  ],
  [
    'points as objects',
    () => normalizeStrokes(wrong([[{ x: 1, y: 2 }, { x: 1, y: 2 }]])), // prettier-ignore
    RangeError,
    'normalizeStrokes: stroke 0[0]: expected a finite number, got Object',
  ],
]);
