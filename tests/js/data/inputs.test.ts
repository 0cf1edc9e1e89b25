/** The forms that samples may have. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential, type Inputs, type SparseInputs } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { weightBits } from '../support/bits.js';

const FEATURES = 784;
const COUNT = 300;

/** Rows of numbers as compressed sparse rows. */
function sparseFrom(x: Float32Array, features: number): SparseInputs {
  const rows = x.length / features;
  const indptr = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < rows; ++row) {
    for (let column = 0; column < features; ++column) {
      const value = x[row * features + column]!;
      if (value === 0) continue;
      indices.push(column);
      values.push(value);
    }
    indptr.push(values.length);
  }
  return { shape: [rows, features], indptr, indices, values };
}

function network(features = FEATURES) {
  const model = sequential({
    seed: 5,
    layers: [
      dense({ units: 24, activation: 'relu', inputShape: [features] }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

describe('Samples', () => {
  let numbers: Float32Array;
  let labels: Uint8Array;
  const forms: Record<string, Inputs> = {};

  beforeAll(async () => {
    await init();
    const digits = await generateDigits({ count: COUNT, seed: 3 });
    const data = Uint8Array.from(digits.x, (grey) => Math.round(grey * 255));
    numbers = Float32Array.from(data, (byte) => Math.fround(byte * Math.fround(1 / 255)));
    labels = digits.y;
    forms['bytes with a scale'] = { data, scale: 1 / 255 };
    forms['sparse rows'] = sparseFrom(numbers, FEATURES);
    forms['rows of numbers'] = Array.from({ length: COUNT }, (_, row) =>
      Array.from(numbers.subarray(row * FEATURES, (row + 1) * FEATURES)),
    );
  });

  it.each(['bytes with a scale', 'sparse rows', 'rows of numbers'])(
    'as %s train, predict and evaluate to the same bits as a Float32Array',
    async (form) => {
      const x = forms[form]!;
      using expected = network();
      using model = network();
      const options = { epochs: 2, batchSize: 32, validationSplit: 0.2 };
      const wanted = await expected.fit(numbers, labels, options);
      const history = await model.fit(x, labels, options);
      expect(history).toEqual(wanted);
      expect(weightBits(model)).toEqual(weightBits(expected));
      expect(model.predict(x)).toEqual(expected.predict(numbers));
      expect(model.evaluate(x, labels)).toEqual(expected.evaluate(numbers, labels));
      expect(model.gradients(x, labels)).toEqual(expected.gradients(numbers, labels));
      expect(model.forwardTrace(x)).toEqual(expected.forwardTrace(numbers));
    },
  );

  it('as plain bytes are worth what they say', () => {
    using model = network(3);
    expect(model.predict(new Uint8Array([0, 7, 255]))).toEqual(model.predict(new Float32Array([0, 7, 255])));
  });

  it('too wide to be dense are learnt from their entries', async () => {
    // Bags of words: each class has ten words of its own among 100,000, and every text some that mean nothing.
    const features = 100_000;
    const rows = 400;
    const indptr = [0];
    const indices: number[] = [];
    const y: number[] = [];
    for (let row = 0; row < rows; ++row) {
      const label = row % 4;
      const words = new Set([0, 1, 2].map((i) => label * 25_000 + ((row * 7 + i * 3) % 10)));
      for (let i = 0; i < 12; ++i) words.add((row * 7919 + i * 104_729) % features);
      indices.push(...[...words].sort((a, b) => a - b));
      indptr.push(indices.length);
      y.push(label);
    }
    const x: SparseInputs = { shape: [rows, features], indptr, indices, values: indices.map(() => 1) };
    using model = sequential({
      seed: 1,
      layers: [
        dense({ units: 8, activation: 'relu', inputShape: [features] }),
        dense({ units: 4, activation: 'softmax' }),
      ],
    });
    model.compile({
      optimizer: { name: 'adam', learningRate: 0.01 },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    const { history } = await model.fit(x, y, { epochs: 5, batchSize: 40, validationSplit: 0.25 });
    expect(history['valAccuracy']!.at(-1)).toBe(1);
  });
});

describe('Samples as people have them', () => {
  beforeAll(() => init());

  it.each<[string, Inputs]>([
    ['a Float64Array', Float64Array.of(1, 2, 3, 4)],
    ['an Int8Array', Int8Array.of(1, 2, 3, 4)],
    ['an Int16Array', Int16Array.of(1, 2, 3, 4)],
    ['a Uint16Array', Uint16Array.of(1, 2, 3, 4)],
    ['an Int32Array', Int32Array.of(1, 2, 3, 4)],
    ['a Uint32Array', Uint32Array.of(1, 2, 3, 4)],
    ['a Uint8ClampedArray, as images are', Uint8ClampedArray.of(1, 2, 3, 4)],
    ['such bytes with a scale', { data: Uint8ClampedArray.of(2, 4, 6, 8), scale: 0.5 }],
    ['rows in typed arrays', [Float64Array.of(1, 2), Int16Array.of(3, 4)]],
    ['rows with booleans', [[true, 2] as unknown as number[], [3, 4]]],
  ])('may be %s', (_, x) => {
    using model = network(2);
    expect(model.predict(x)).toEqual(model.predict(Float32Array.of(1, 2, 3, 4)));
    expect(model.evaluate(x, [1, 2])).toEqual(model.evaluate(Float32Array.of(1, 2, 3, 4), [1, 2]));
  });

  it('may be one row in a flat array, and where there is one feature a row for each number', () => {
    using two = network(2);
    expect(two.predict([1, 2])).toEqual(two.predict([[1, 2]]));
    using one = network(1);
    expect(one.predict([1, 2, 3])).toEqual(one.predict([[1], [2], [3]]));
    expect(one.predict([true, false] as unknown as number[])).toEqual(one.predict([[1], [0]]));
  });

  it.each<[string, unknown]>([
    ['a column', [[1], [0]]],
    ['booleans', [true, false]],
    ['a column of booleans', [[true], [false]]],
    ['a Float64Array', Float64Array.of(1, 0)],
    ['a Uint16Array', Uint16Array.of(1, 0)],
    ['an Int8Array', Int8Array.of(1, 0)],
  ])('have labels that may be %s', (_, y) => {
    using model = network(2);
    const x = [
      [1, 2],
      [3, 4],
    ];
    expect(model.evaluate(x, y as number[])).toEqual(model.evaluate(x, [1, 0]));
    using numbers = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [2] })] });
    numbers.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const options = { sampleWeight: Float64Array.of(1, 2) };
    expect(numbers.evaluate(x, y as number[], options)).toEqual(numbers.evaluate(x, [1, 0], { sampleWeight: [1, 2] }));
  });
});

const wrong = (value: unknown) => value as Inputs;

describe('Samples are refused', () => {
  beforeAll(() => init());
  const sparse = { shape: [2, 3], indptr: [0, 1, 2], indices: [0, 2], values: [1, 2] };
  it.each<[string, unknown, string]>([
    ['bytes that are no whole rows', { data: new Uint8Array(4) }, 'x.data: expected at least one row of 3 numbers'],
    ['bytes that are none', { data: [1, 2, 3] }, 'x.data: expected a Uint8Array or a Uint8ClampedArray, got Array(3)'],
    ['a scale that is not finite', { data: new Uint8Array(3), scale: NaN }, 'x.scale: expected a finite number'],
    ['an option nobody knows', { data: new Uint8Array(3), scales: 1 }, "Did you mean 'scale'?"],
    ['another width', { ...sparse, shape: [2, 4] }, 'x.shape[1]: expected 3, the features of the model, got 4'],
    ['no shape', { ...sparse, shape: undefined }, 'x.shape: expected an array [rows, features]'],
    ['no rows', { ...sparse, shape: [0, 3] }, 'x.shape[0]: expected an integer from 1'],
    ['too few row starts', { ...sparse, indptr: [0, 2] }, 'x.indptr: expected 3 numbers, rows + 1'],
    ['a first row that starts late', { ...sparse, indptr: [1, 1, 2] }, 'x.indptr[0]: expected 0, got 1'],
    ['rows that run backwards', { ...sparse, indptr: [0, 2, 1] }, 'x.indptr[2]: expected a number from 2 to 2, got 1'],
    ['entries that no row has', { ...sparse, indptr: [0, 1, 1] }, 'x.indptr[2]: expected 2, the number of values'],
    [
      'a column beyond the last',
      { ...sparse, indices: [0, 3] },
      'x.indices[1]: expected an integer from 0 to 2, got 3',
    ],
    ['a column twice', { ...sparse, indptr: [0, 2, 2], indices: [1, 1] }, 'x.indices[1]: expected more than 1'],
    ['fewer columns than values', { ...sparse, indices: [0] }, 'x.indices: expected 2 numbers, as many as values'],
    ['a value that is not finite', { ...sparse, values: [1, Infinity] }, 'x.values[1]: expected a finite number'],
  ])('with %s', (_, x, message) => {
    using model = network(3);
    expect(() => model.predict(wrong(x))).toThrow(message);
    expect(() => model.predict(wrong(x))).toThrow(/^predict: /);
  });
});
