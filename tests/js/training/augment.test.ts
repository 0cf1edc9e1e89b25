/** Augmentation: what it draws is tested in tests/cpp/augment_test.cc; here is how it joins training. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as mlp from 'mlp-wasm';
import { augment, dense, init, sequential, type Augmentation, type Inputs, type Sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { bitsOf, weightBits } from '../support/bits.js';
import { build, expectError, refuses, wrong, X, Y } from '../support/refusals.js';
import { shareAugmentation } from '../support/shared-work.js';
import { inThread } from '../support/thread.js';

const DIGIT: Augmentation = {
  height: 28,
  width: 28,
  shift: 2,
  rotation: 15,
  scale: [0.85, 1.15],
  shear: 10,
  elastic: {},
};
/** All there is. */
const ALL: Augmentation = { ...DIGIT, noise: 0.1, erasing: {}, fill: 0.25 };
const ROWS = 60;

let x: Float32Array;
let y: Uint8Array;

beforeAll(async () => {
  await init({ deterministic: true });
  ({ x, y } = await generateDigits({ count: ROWS, seed: 3 }));
});

function digitModel(seed = 5): Sequential {
  const model = sequential({
    seed,
    layers: [dense({ units: 9, activation: 'tanh', inputShape: [784] }), dense({ units: 10, activation: 'softmax' })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}

describe('augment', () => {
  it('gives the rows themselves where nothing is asked for', () => {
    expect(bitsOf(augment(x, { height: 28, width: 28 }))).toEqual(bitsOf(x));
    expect(bitsOf(augment(x, { height: 14, width: 56, elastic: { alpha: 0 }, shift: 0 }))).toEqual(bitsOf(x));
  });

  it('draws from the seed and the pass, each row its own, and leaves its input alone', () => {
    const before = bitsOf(x);
    expect(augment(x, ALL)).toHaveLength(x.length);
    const pictures = bitsOf(augment(x, ALL));
    expect(bitsOf(augment(x, { ...ALL, seed: 0, pass: 0 }))).toEqual(pictures);
    expect(bitsOf(augment(x, { ...ALL, pass: 1 }))).not.toEqual(pictures);
    expect(bitsOf(augment(x, { ...ALL, seed: 1 }))).not.toEqual(pictures);
    expect(bitsOf(augment(x, { ...ALL, seed: 2 ** 32 }))).not.toEqual(pictures);
    expect(bitsOf(x)).toEqual(before);
    const twins = augment(Float32Array.of(...x.subarray(0, 784), ...x.subarray(0, 784)), ALL);
    expect(bitsOf(twins.subarray(0, 784))).not.toEqual(bitsOf(twins.subarray(784)));
  });

  it.each<[string, Augmentation]>([
    ['shift', { height: 28, width: 28, shift: 2 }],
    ['rotation', { height: 28, width: 28, rotation: 10 }],
    ['scale', { height: 28, width: 28, scale: [0.8, 0.9] }],
    ['shear', { height: 28, width: 28, shear: 10 }],
    ['elastic', { height: 28, width: 28, elastic: {} }],
    ['noise', { height: 28, width: 28, noise: 0.1 }],
    ['erasing', { height: 28, width: 28, erasing: { probability: 1 } }],
  ])('changes every image by %s', (_name, options) => {
    const pictures = augment(x, options);
    for (let row = 0; row < ROWS; ++row) {
      const [from, to] = [784 * row, 784 * (row + 1)];
      // Erased may be where nothing was.
      if (!options.erasing) expect(bitsOf(pictures.subarray(from, to))).not.toEqual(bitsOf(x.subarray(from, to)));
    }
    expect(bitsOf(pictures)).not.toEqual(bitsOf(x));
    expect(pictures.every(Number.isFinite)).toBe(true);
  });

  it('does what each option says', () => {
    const ramp = Float32Array.from({ length: 21 * 21 }, (_, i) => i % 21);
    const wide = augment(ramp, { height: 21, width: 21, scale: [2, 2] });
    for (let i = 0; i < 21 * 21; ++i) expect(wide[i]).toBe(5 + (i % 21) / 2);
    const line = Float32Array.of(1, 2, 4, 8, 16);
    const of = (options: Partial<Augmentation>) => augment(line, { height: 1, width: 5, ...options });
    expect(of({ shear: 60 })).toEqual(line); // about its only row
    for (const option of ['shift', 'rotation'] as const) expect(of({ [option]: 60 })).not.toEqual(line);
    expect(augment(line, { height: 5, width: 1, shear: 60 })).not.toEqual(line);
    const erased = of({ erasing: { probability: 1, size: 1 }, fill: -3 });
    expect(erased.filter((value, i) => value !== line[i])).toEqual(Float32Array.of(-3));
    const square = Math.sqrt(
      augment(new Float32Array(4000), { height: 40, width: 100, noise: 0.3 }).reduce((sum, z) => sum + z * z, 0) / 4000,
    );
    expect(square).toBeCloseTo(0.3, 1);
  });

  it('takes samples in every form', () => {
    const bytes = Uint8Array.from(x, (value) => Math.round(255 * value));
    const floats = Float32Array.from(bytes, (byte) => byte * Math.fround(1 / 255));
    const rows = Array.from({ length: ROWS }, (_, row) => Array.from(floats.subarray(784 * row, 784 * (row + 1))));
    const indptr = [0];
    const [indices, values]: [number[], number[]] = [[], []];
    for (const row of rows) {
      row.forEach((value, column) => value !== 0 && (indices.push(column), values.push(value)));
      indptr.push(indices.length);
    }
    const expected = bitsOf(augment(floats, ALL));
    expect(bitsOf(augment({ data: bytes, scale: 1 / 255 }, ALL))).toEqual(expected);
    expect(bitsOf(augment(rows, ALL))).toEqual(expected);
    expect(bitsOf(augment({ shape: [ROWS, 784], indptr, indices, values }, ALL))).toEqual(expected);
  });

  it('makes as many rows as it is given, whatever their number', () => {
    const many = new Float32Array(300 * 6).map((_, i) => Math.sin(i));
    const options: Augmentation = { height: 2, width: 3, shift: 1 };
    const whole = augment(many, options);
    expect(bitsOf(augment(many.subarray(0, 6), options))).toEqual(bitsOf(whole.subarray(0, 6)));
    expect(whole).toHaveLength(1800);
  });
});

describe('fit with augmentation', () => {
  it('trains on what augment shows, pass after pass', async () => {
    const options = { batchSize: 7, shuffle: false };
    const [one, other] = [digitModel(), digitModel()];
    const { history } = await one.fit(x, y, { ...options, epochs: 3, augmentation: ALL });
    const losses: number[] = [];
    for (let pass = 0; pass < 3; ++pass) {
      const { history } = await other.fit(augment(x, { ...ALL, seed: 5, pass }), y, options);
      losses.push(...history['loss']!);
    }
    expect(history['loss']).toEqual(losses);
    expect(weightBits(one)).toEqual(weightBits(other));
  });

  it('gives an image its own changes wherever it comes in the order', async () => {
    // One step on all rows: their order only changes how sums are rounded.
    const step = async (shuffle: boolean) => {
      const model = digitModel();
      const { history } = await model.fit(x, y, { batchSize: ROWS, shuffle, augmentation: ALL });
      return history['loss']![0]!;
    };
    expect(await step(true)).toBeCloseTo(await step(false), 5);
  });

  it('is the same in steps and, without shuffling, in fitDataset', async () => {
    const options = { epochs: 2, augmentation: DIGIT };
    const [one, other, third] = [digitModel(), digitModel(), digitModel()];
    await one.fit(x, y, { ...options, batchSize: 25, shuffle: false });
    for await (const _ of other.steps(x, y, { ...options, batchSize: 25, shuffle: false, every: 2 }));
    const batches = [0, 25, 50].map((row) => ({
      x: x.subarray(784 * row, 784 * Math.min(ROWS, row + 25)),
      y: y.subarray(row, row + 25),
    }));
    await third.fitDataset(batches, options);
    expect(weightBits(other)).toEqual(weightBits(one));
    expect(weightBits(third)).toEqual(weightBits(one));
  });

  it('goes on where fitDataset stopped, in the middle of a pass', async () => {
    const batches = [0, 10, 25, 30, 50].map((row, i, rows) => ({
      x: x.subarray(784 * row, 784 * (rows[i + 1] ?? ROWS)),
      y: y.subarray(row, rows[i + 1] ?? ROWS),
    }));
    const options = { epochs: 3, augmentation: ALL };
    const whole = digitModel();
    await whole.fitDataset(batches, options);
    for (const stop of [1, 3, 7, 12]) {
      let model = digitModel();
      let done = 0;
      await model.fitDataset(batches, {
        ...options,
        callbacks: { onBatchEnd: () => void (model.stopTraining = ++done === stop) },
      });
      model = await mlp.loadCheckpoint(model.checkpoint());
      onTestFinished(() => model.dispose());
      await model.fitDataset(batches, { ...options, resume: true });
      expect(weightBits(model)).toEqual(weightBits(whole));
    }
  });

  it('leaves validation and the samples alone', async () => {
    const before = bitsOf(x);
    const model = digitModel();
    const { history } = await model.fit(x, y, { validationData: [x, y], augmentation: ALL });
    expect(history['valLoss']).toEqual([model.evaluate(x, y).loss]);
    expect(bitsOf(x)).toEqual(before);
  });

  it('draws other images in every epoch', async () => {
    const model = digitModel();
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e-30 }, loss: 'sparseCategoricalCrossentropy' });
    const { history } = await model.fit(x, y, { epochs: 4, augmentation: DIGIT });
    expect(new Set(history['loss']).size).toBe(4);
  });

  it('makes a network read images that it would not read without', async () => {
    const { x, y } = await generateDigits({ count: 1500, seed: 8 });
    const turned = augment(x, { height: 28, width: 28, rotation: 40, seed: 99 });
    const accuracy = async (augmentation?: Augmentation) => {
      const model = sequential({
        seed: 1,
        layers: [
          dense({ units: 64, activation: 'relu', inputShape: [784] }),
          dense({ units: 10, activation: 'softmax' }),
        ],
      });
      onTestFinished(() => model.dispose());
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
      await model.fit(x, y, { epochs: 12, ...(augmentation && { augmentation }) });
      return model.evaluate(turned, y)['accuracy']!;
    };
    const [plain, augmented] = [await accuracy(), await accuracy({ height: 28, width: 28, rotation: 40 })];
    console.log(`turned by up to 40°: ${plain.toFixed(3)} without augmentation, ${augmented.toFixed(3)} with it`);
    expect(augmented).toBeGreaterThan(plain + 0.02);
  });
});

describe('Augmentation gives the same bits', () => {
  it('with any number of threads', async () => {
    const share = (init: mlp.InitOptions) => inThread(shareAugmentation, { init });
    const [one, two, five] = [await share({}), await share({ threads: 2 }), await share({ threads: 5 })];
    expect([one.threads, two.threads, five.threads]).toEqual([1, 2, 5]);
    expect(two.hashes).toEqual(one.hashes);
    expect(five.hashes).toEqual(one.hashes);
  });

  it('with and without SIMD', async () => {
    const share = (init: mlp.InitOptions) => inThread(shareAugmentation, { init });
    const [simd, plain] = [await share({ simd: true }), await share({ simd: false })];
    expect(plain.hashes).toEqual(simd.hashes);
  });
});

const IMAGE = { height: 1, width: 2 };
const fitted = (augmentation: unknown) => (model: Sequential) =>
  model.fit(X, Y, { augmentation: wrong<Augmentation>(augmentation) });

refuses('fit: augmentation', [
  ['what is no object', fitted(28), TypeError, 'fit: augmentation: expected an object, got 28'],
  [
    'an option that there is none of',
    fitted({ ...IMAGE, rotatoin: 3 }),
    RangeError,
    "fit: augmentation: option: expected one of 'height', 'width', 'shift', 'rotation', 'scale', 'shear', 'elastic', 'noise', 'erasing', 'fill', got 'rotatoin'. Did you mean 'rotation'?",
  ],
  [
    'an image without a height',
    fitted({ width: 2 }),
    TypeError,
    'fit: augmentation.height: expected an integer from 1 to 2147483647, got undefined',
  ],
  [
    'half a pixel',
    fitted({ height: 4, width: 0.5 }),
    RangeError,
    'fit: augmentation.width: expected an integer from 1 to 2147483647, got 0.5',
  ],
  [
    'an image that the samples are not',
    fitted({ height: 28, width: 28 }),
    RangeError,
    'fit: augmentation: expected height × width = 2, the features of the model, got 28 × 28 = 784',
  ],
  [
    'a shift to the left only',
    fitted({ ...IMAGE, shift: -1 }),
    RangeError,
    'fit: augmentation.shift: expected a number from 0 to below 1000000, got -1',
  ],
  [
    'a rotation that is a text',
    fitted({ ...IMAGE, rotation: '10' }),
    TypeError,
    "fit: augmentation.rotation: expected a number from 0 to below 360, got '10'",
  ],
  [
    'a shear that leaves nothing',
    fitted({ ...IMAGE, shear: 90 }),
    RangeError,
    'fit: augmentation.shear: expected a number from 0 to below 90, got 90',
  ],
  [
    'one factor',
    fitted({ ...IMAGE, scale: 0.9 }),
    TypeError,
    'fit: augmentation.scale: expected an array [smallest, largest], got 0.9',
  ],
  [
    'three factors',
    fitted({ ...IMAGE, scale: [1, 2, 3] }),
    RangeError,
    'fit: augmentation.scale: expected 2 numbers, [smallest, largest], got Array(3)',
  ],
  [
    'a factor of 0',
    fitted({ ...IMAGE, scale: [0, 1] }),
    RangeError,
    'fit: augmentation.scale[0]: expected a number from 0.01 to below 100, got 0',
  ],
  [
    'factors the wrong way round',
    fitted({ ...IMAGE, scale: [1.2, 0.8] }),
    RangeError,
    'fit: augmentation.scale[1]: expected a number from 1.2 to below 100, got 0.8',
  ],
  [
    'elastic as a switch',
    fitted({ ...IMAGE, elastic: true }),
    TypeError,
    'fit: augmentation.elastic: expected an object, got true',
  ],
  [
    'no sigma',
    fitted({ ...IMAGE, elastic: { sigma: 0 } }),
    RangeError,
    'fit: augmentation.elastic.sigma: expected a number from 0.1 to below 1000, got 0',
  ],
  [
    'an alpha that is not a number',
    fitted({ ...IMAGE, elastic: { alpha: NaN } }),
    RangeError,
    'fit: augmentation.elastic.alpha: expected a number from 0 to below 1000000, got NaN',
  ],
  [
    'noise without end',
    fitted({ ...IMAGE, noise: Infinity }),
    RangeError,
    'fit: augmentation.noise: expected a number from 0 to below 1e+30, got Infinity',
  ],
  [
    'a probability above 1',
    fitted({ ...IMAGE, erasing: { probability: 1.5 } }),
    RangeError,
    'fit: augmentation.erasing.probability: expected a number from 0 to 1, got 1.5',
  ],
  [
    'a rectangle of no size',
    fitted({ ...IMAGE, erasing: { size: 0 } }),
    RangeError,
    'fit: augmentation.erasing.size: expected an integer from 1 to 2147483647, got 0',
  ],
  [
    'a fill that is not finite',
    fitted({ ...IMAGE, fill: NaN }),
    RangeError,
    'fit: augmentation.fill: expected a number from -1e+30 to below 1e+30, got NaN',
  ],
  [
    'what the dataset does not hold either',
    (model) => model.fitDataset([[X, Y]], { augmentation: { height: 3, width: 3 } }),
    RangeError,
    'fitDataset: augmentation: expected height × width = 2, the features of the model, got 3 × 3 = 9',
  ],
]);

describe('Augmentation is refused', () => {
  it('by lbfgs', async () => {
    const model = build();
    model.compile({ optimizer: 'lbfgs', loss: 'sparseCategoricalCrossentropy' });
    await expectError(
      () => model.fit(X, Y, { augmentation: IMAGE }),
      RangeError,
      'fit: augmentation: expected none with lbfgs, which compares steps on the same samples, got Object',
    );
  });

  it.each<[string, () => unknown, ErrorConstructor, string]>([
    [
      'rows that are no such images',
      () => augment(new Float32Array(10), { height: 3, width: 3 }),
      RangeError,
      'augment: x: expected',
    ],
    [
      'wrong options',
      () => augment(X, { ...IMAGE, shift: NaN }),
      RangeError,
      'augment: options.shift: expected a number from 0 to below 1000000, got NaN',
    ],
    ['a wrong seed', () => augment(X, { ...IMAGE, seed: -1 }), RangeError, 'augment: seed: expected an integer'],
    ['a wrong pass', () => augment(X, { ...IMAGE, pass: 0.5 }), RangeError, 'augment: pass: expected an integer'],
    ['no options', () => augment(X, wrong(undefined)), TypeError, 'augment: options: expected an object'],
    ['no samples', () => augment(wrong<Inputs>(null), IMAGE), TypeError, 'augment: x: expected'],
  ])('by augment with %s', (_what, call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});
