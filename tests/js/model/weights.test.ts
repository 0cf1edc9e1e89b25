import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  dense,
  init,
  sequential,
  type ActivationName,
  type ClassWeight,
  type LossConfig,
  type Targets,
} from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { build, refuses, wrong, X, Y, type Refusal } from '../support/refusals.js';

/** Results of PyTorch in float64; tests/golden/README.md describes the fields. */
interface WeightedCase {
  name: string;
  loss: LossConfig;
  activation: ActivationName;
  units: number;
  x: number[][];
  y: number[][] | number[];
  weights: { shape: number[]; data: number[] }[];
  sampleWeight?: number[];
  classWeight?: number[];
  lossValue: number;
  runs: { batchSize: number; weightsAfter: number[][] }[];
}

const CASES = (
  JSON.parse(readFileSync(new URL('../../golden/metrics.json', import.meta.url), 'utf8')) as {
    weighted: WeightedCase[];
  }
).weighted;
const STEPS = 5;

function modelOf({ loss, activation, units, weights }: WeightedCase) {
  const model = sequential({
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [3] }), dense({ units, activation })],
    seed: 1,
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: { name: 'sgd', learningRate: 0.1 }, loss });
  model.setWeights(weights.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) })));
  return model;
}

beforeAll(() => init());

describe.each(CASES)('Weights of $name', (golden) => {
  const { x, y, sampleWeight, classWeight, lossValue, runs } = golden;
  const options = { ...(sampleWeight && { sampleWeight }), ...(classWeight && { classWeight }) };

  it('give the loss of PyTorch', () => {
    const model = modelOf(golden);
    expect(Math.abs(model.evaluate(x, y, options).loss / lossValue - 1)).toBeLessThan(1e-5);
    expect(model.evaluate(x, y, { ...options, batchSize: 5 })).toEqual(model.evaluate(x, y, options));
  });

  it.each(runs)('give the trained weights of PyTorch in batches of $batchSize', async ({ batchSize, weightsAfter }) => {
    const model = modelOf(golden);
    await model.fit(x, y, { ...options, batchSize, epochs: STEPS, shuffle: false });
    model.getWeights().forEach(({ name, data }, i) => {
      const largest = Math.max(...weightsAfter[i]!.map(Math.abs));
      data.forEach((value, j) => {
        expect(Math.abs(value - weightsAfter[i]![j]!), `${name}[${j}]`).toBeLessThan(1e-5 * Math.max(largest, 0.1));
      });
    });
  });
});

describe('Weights', () => {
  const train = async (options: object, y: Targets = Y, loss?: LossConfig) => {
    const model = build(loss);
    const { history } = await model.fit(X, y, { epochs: 3, batchSize: 2, ...options });
    return { bits: weightBits(model), history };
  };

  it('of one are none', async () => {
    const plain = await train({});
    expect(await train({ sampleWeight: [1, 1, 1] })).toEqual(plain);
    expect(await train({ sampleWeight: Float32Array.of(1, 1, 1), classWeight: {} })).toEqual(plain);
    expect(await train({ classWeight: [1, 1, 1] })).toEqual(plain);
  });

  it('of classes are those of their samples, and multiply', async () => {
    const bySample = await train({ sampleWeight: [0.5, 1, 2] }); // classes 0, 2, 1
    expect(await train({ classWeight: { 0: 0.5, 1: 2 } })).toEqual(bySample);
    expect(await train({ classWeight: [0.5, 2, 1] })).toEqual(bySample);
    expect(await train({ classWeight: { 1: 4 }, sampleWeight: [0.5, 1, 0.5] })).toEqual(bySample);
    const map = new Map([
      [0, 0.5],
      [1, 2],
    ]);
    expect(await train({ classWeight: map })).toEqual(bySample);
    expect(await train({ classWeight: new Map(Object.entries({ 0: 0.5, 1: 2 })) as never })).toEqual(bySample);
    expect(bySample).not.toEqual(await train({}));
  });

  it('that are all zero leave the model as it is', async () => {
    const model = build();
    const before = weightBits(model);
    const { history } = await model.fit(X, Y, { sampleWeight: [0, 0, 0] });
    expect(history['loss']).toEqual([0]);
    expect(weightBits(model)).toEqual(before);
    expect(history['accuracy']).toEqual([model.evaluate(X, Y)['accuracy']]); // metrics know no weights
  });

  it('of zero leave samples out of the sum, and the mean divides by all', () => {
    const model = build();
    const { loss } = model.evaluate(X.slice(0, 2), Y.slice(0, 2));
    const weighted = model.evaluate(X, Y, { sampleWeight: [1, 1, 0] });
    expect(weighted.loss).toBeCloseTo((loss * 2) / 3, 12);
    expect(weighted['accuracy']).toBe(model.evaluate(X, Y)['accuracy']);
  });

  it('split with their samples; those of classes are for training only', async () => {
    const model = build();
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e-30 }, loss: 'sparseCategoricalCrossentropy' });
    const validation = (options: object) => model.fit(X, Y, { validationSplit: 0.3, ...options });
    const { loss } = model.evaluate(X.slice(2), Y.slice(2));
    const sampled = await validation({ sampleWeight: [1, 1, 0.5] });
    expect(sampled.history['valLoss']).toEqual([loss / 2]);
    const classed = await validation({ classWeight: [0, 0, 0] });
    expect(classed.history).toEqual({ loss: [0], valLoss: [loss] });
    const given = await model.fit(X, Y, { validationData: [X.slice(2), Y.slice(2), [0.25]] });
    expect(given.history['valLoss']).toEqual([loss / 4]);
  });

  it('are read before fit returns its promise, and are not written to', async () => {
    const sampleWeight = Float32Array.of(0.5, 1, 2);
    const model = build();
    const training = model.fit(X, Y, { epochs: 3, batchSize: 2, sampleWeight, classWeight: [1, 1, 1] });
    sampleWeight.fill(NaN);
    await training;
    const expected = await train({ sampleWeight: [0.5, 1, 2] });
    expect(weightBits(model)).toEqual(expected.bits);
    expect([...sampleWeight]).toEqual([NaN, NaN, NaN]);
  });
});

const options = (method: 'fit' | 'evaluate', given: object): Refusal[1] => {
  return (model) => model[method](X, Y, given);
};
for (const method of ['fit', 'evaluate'] as const) {
  const weight = (what: string, sampleWeight: unknown, error: ErrorConstructor, ending: string): Refusal => [
    what,
    options(method, { sampleWeight }),
    error,
    `${method}: sampleWeight${ending}`,
  ];
  const classes = (what: string, classWeight: unknown, error: ErrorConstructor, ending: string): Refusal => [
    what,
    options(method, { classWeight }),
    error,
    `${method}: classWeight${ending}`,
  ];
  refuses(method, [
    weight(
      'sample weights that are text',
      'abc',
      TypeError,
      ": expected a typed array or an array of numbers, got 'abc'",
    ),
    weight('no sample weights', null, TypeError, ': expected a typed array or an array of numbers, got null'),
    weight(
      '64-bit integers',
      new BigInt64Array(3),
      TypeError,
      ': expected a typed array or an array of numbers (BigInts are not taken: make them numbers by Number), got BigInt64Array(3)',
    ),
    weight('too few', [1, 1], RangeError, ': expected 3 numbers, one a row, got Array(2)'),
    weight('too many', new Float32Array(4), RangeError, ': expected 3 numbers, one a row, got Float32Array(4)'),
    weight('none', [], RangeError, ': expected 3 numbers, one a row, got Array(0)'),
    weight('a negative one', [1, -0.5, 1], RangeError, '[1]: expected a number from 0, got -0.5'),
    weight(
      'one that is not a number',
      Float32Array.of(1, 1, NaN),
      RangeError,
      '[2]: expected a number from 0, got NaN',
    ),
    weight('an infinite one', [Infinity, 1, 1], RangeError, '[0]: expected a number from 0, got Infinity'),
    weight('one beyond float32', [1, 1e39, 1], RangeError, '[1]: expected a number from 0, got Infinity'),
    weight('text among them', [1, '1', 1], TypeError, "[1]: expected a number from 0, got '1'"),
    classes(
      'class weights that are a number',
      2,
      TypeError,
      ': expected an array of 3 numbers, or an object or a Map of classes and their weights, got 2',
    ),
    classes(
      'class weights that are null',
      null,
      TypeError,
      ': expected an array of 3 numbers, or an object or a Map of classes and their weights, got null',
    ),
    classes(
      'typed class weights',
      Float32Array.of(1, 1, 1),
      TypeError,
      ': expected an array of 3 numbers, or an object or a Map of classes and their weights, got Float32Array(3)',
    ),
    classes('too few class weights', [1, 2], RangeError, ': expected 3 numbers, one a class, got Array(2)'),
    classes('a class that there is not', { 3: 1 }, RangeError, ": expected classes from 0 to 2, got '3'"),
    classes(
      'a class that there is not, in a Map',
      new Map([[3, 1]]),
      RangeError,
      ': expected classes from 0 to 2, got 3',
    ),
    classes(
      'a Set',
      new Set([1, 2, 3]),
      TypeError,
      ': expected an array of 3 numbers, or an object or a Map of classes and their weights, got Set',
    ),
    classes('a class by name', { cat: 1 }, RangeError, ": expected classes from 0 to 2, got 'cat'"),
    classes('a class written otherwise', { '01': 1 }, RangeError, ": expected classes from 0 to 2, got '01'"),
    classes('a negative class weight', { 1: -1 }, RangeError, '[1]: expected a number from 0, got -1'),
    classes('a class weight that is not a number', [1, NaN, 1], RangeError, '[1]: expected a number from 0, got NaN'),
    classes('a class weight that is text', [1, '2', 1], TypeError, "[1]: expected a number from 0, got '2'"),
    [
      'weights whose product is beyond float32',
      options(method, { sampleWeight: [1, 1e30, 1], classWeight: { 2: 1e30 } }),
      RangeError,
      `${method}: the weight of row[1]: expected a number from 0, got Infinity`,
    ],
  ]);
}

refuses('fit', [
  [
    'validation weights of another length',
    (model) => model.fit(X, Y, { validationData: [X, Y, [1]] }),
    RangeError,
    'fit: validationData[2]: expected 3 numbers, one a row, got Array(1)',
  ],
  [
    'four things to validate on',
    (model) => model.fit(X, Y, { validationData: wrong([X, Y, [1, 1, 1], 1]) }),
    TypeError,
    'fit: validationData: expected an array [x, y] or [x, y, sampleWeight], got Array(4)',
  ],
]);

describe('classWeight is refused where there are no classes', () => {
  it.each<[string, LossConfig['name'], Targets, string]>([
    [
      'independent answers',
      'binaryCrossentropy',
      [[1, 0, 1]],
      "expected outputs that are classes, got 3 of 'binaryCrossentropy'",
    ],
    ['signs', 'hinge', [[1, -1, 1]], "expected outputs that are classes, got 3 of 'hinge'"],
    ['numbers', 'meanSquaredError', [[1, 0.5, 0]], 'expected targets that are one-hot rows, got [1,0.5,0] in row 0'],
    ['two ones', 'huber', [[1, 0, 1]], 'expected targets that are one-hot rows, got [1,0,1] in row 0'],
  ])('%s', async (_, loss, y, ending) => {
    const classWeight: ClassWeight = [1, 2, 3];
    const model = build(loss, 'sigmoid');
    await expect(model.fit([[1, 2]], y, { classWeight })).rejects.toThrow(`fit: classWeight: ${ending}`);
    expect(() => model.evaluate([[1, 2]], y, { classWeight })).toThrow(`evaluate: classWeight: ${ending}`);
  });
});
