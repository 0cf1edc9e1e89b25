import { beforeAll, describe, expect, it } from 'vitest';
import { init, type LossName, type Targets } from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { build, expectError, WITH_TARGETS, wrong } from '../support/refusals.js';

// Targets that are not for the loss they are given to.

beforeAll(() => init());

describe('Each loss refuses targets that are not for it', () => {
  const NOT_FINITE: [Targets, string] = [
    Float32Array.of(0, NaN, 0),
    'row 0, column 1: expected a finite number, got NaN',
  ];
  const table: Record<LossName, [Targets, string][]> = {
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
    squaredHinge: [[[[0, 1, -1]], 'row 0, column 0: expected -1 or 1, got 0']],
    meanAbsolutePercentageError: [NOT_FINITE],
    meanSquaredLogarithmicError: [[[[0, 1, -1]], 'row 0, column 2: expected a number from 0, got -1']],
    cosineSimilarity: [NOT_FINITE],
    poisson: [
      [[[0, 1, -1]], 'row 0, column 2: expected a number from 0, got -1'],
      [Float32Array.of(0, Infinity, 1), 'row 0, column 1: expected a number from 0, got Infinity'],
    ],
  };
  for (const [loss, rows] of Object.entries(table) as [LossName, [Targets, string][]][]) {
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
    [
      'BigInts',
      new BigInt64Array(3),
      TypeError,
      'y: expected numbers or rows of 3 numbers (BigInts are not taken: make them numbers by Number), got BigInt64Array(3)',
    ],
    ['too few numbers', [0, 1], RangeError, 'y: expected 1 × 3 = 3 numbers, got Array(2)'],
    [
      'too many rows',
      [
        [0, 1, 0],
        [0, 1, 0],
      ],
      RangeError,
      'y: expected 1 rows, one for each row of the samples, got Array(2)',
    ],
    ['a row that is too long', [[0, 1, 0, 1]], RangeError, 'y[0]: expected 3 numbers, got Array(4)'],
    ['text among the numbers', [0, '1', 0], TypeError, "y[1]: expected a number, got '1'"],
    ['text in a row', [[0, '1', 0]], TypeError, "y[0][1]: expected a number, got '1'"],
    ['a hole', [0, undefined, 0], TypeError, 'y[1]: expected a number, got undefined'],
  ])('meanSquaredError: %s', async (_name, y, error, message) => {
    const model = build('meanSquaredError');
    for (const method of WITH_TARGETS)
      await expectError(() => model[method]([[1, 2]], wrong(y)), error, `${method}: ${message}`);
  });
});
