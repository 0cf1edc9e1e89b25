import { beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import { wrong } from '../support/refusals.js';
import { build, X, Y } from '../support/batches.js';

// Options of a Map, a Set or a Date are no properties: where they have no meaning, nobody may think that they count.

beforeAll(() => mlp.init());

const { dense, sequential } = mlp;

const layersOf = (options: object) => sequential({ layers: [dense({ units: 1, inputShape: [1], ...options })] });

const model = () => build();

/** Everything that takes an object of options, with such a one in its place. */
const CALLS: [string, (given: never) => unknown][] = [
  ['sequential', (given) => sequential(given)],
  ['dense', (given) => dense(given)],
  ['dropout', (given) => mlp.dropout(given)],
  ['a layer', (given) => sequential({ layers: [given] })],
  ['compile', (given) => model().compile(given)],
  ['an optimizer', (given) => model().compile({ optimizer: given, loss: 'meanSquaredError' })],
  ['a learning rate', (given) => (model().learningRate = given)],
  ['a loss', (given) => model().compile({ optimizer: 'sgd', loss: given })],
  ['a metric', (given) => model().compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: [given] })],
  ['metrics', (given) => model().compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: given })],
  ['an activation', (given) => layersOf({ activation: given })],
  ['an initializer', (given) => layersOf({ kernelInitializer: given })],
  ['a regularizer', (given) => layersOf({ kernelRegularizer: given })],
  ['a constraint', (given) => layersOf({ kernelConstraint: given })],
  ['schedules.exponentialDecay', (given) => mlp.schedules.exponentialDecay(given)],
  ['schedules.constant', (given) => mlp.schedules.constant(given)],
  ['warmup', (given) => mlp.warmup(0.1, given)],
  ['fit', (given) => model().fit(X, Y, given)],
  ['steps', (given) => model().steps(X, Y, given)],
  ['fitDataset', (given) => model().fitDataset([[X, Y]], given)],
  ['a batch', (given) => model().fitDataset([given])],
  ['x', (given) => model().fit(given, Y)],
  ['y', (given) => model().fit(X, given)],
  ['callbacks', (given) => model().fit(X, Y, { callbacks: given })],
  ['a callback', (given) => model().fit(X, Y, { callbacks: [given] })],
  ['sampleWeight', (given) => model().fit(X, Y, { sampleWeight: given })],
  ['validationData', (given) => model().fit(X, Y, { validationData: given })],
  ['validationFreq', (given) => model().fit(X, Y, { validationData: [X, Y], validationFreq: given })],
  ['augmentation', (given) => model().fit(X, Y, { augmentation: given })],
  ['evaluate', (given) => model().evaluate(X, Y, given)],
  ['predict', (given) => model().predict(X, given)],
  ['setWeights', (given) => model().setWeights(given)],
  ['gradientCheck', (given) => model().gradientCheck(X, Y, given)],
  ['sharpness', (given) => model().sharpness(X, Y, given)],
  ['lossSurface', (given) => model().lossSurface(X, Y, given)],
  ['findLearningRate', (given) => model().findLearningRate(X, Y, given)],
  ['explain', (given) => model().explain(X, given)],
  ['augment', (given) => mlp.augment(X, given)],
  ['earlyStopping', (given) => mlp.earlyStopping(given)],
  ['reduceLROnPlateau', (given) => mlp.reduceLROnPlateau(given)],
  ['modelCheckpoint', (given) => mlp.modelCheckpoint(given)],
  ['csvLogger', (given) => mlp.csvLogger(() => {}, given)],
  ['readCsv', (given) => mlp.readCsv('a,b\n1,2\n', given)],
  ['readIdx', (given) => mlp.readIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 5]), given)],
  ['init', (given) => mlp.init(given)],
];

describe.each<[string, () => unknown]>([
  ['a Map', () => new Map()],
  ['a Set', () => new Set()],
  ['a Date', () => new Date(0)],
])('%s is refused', (_what, make) => {
  it.each(CALLS)('for %s', async (_where, call) => {
    let thrown: unknown;
    try {
      await call(make() as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TypeError);
    expect((thrown as Error).message).toContain('expected');
  });
});

it('A module of options is taken, and an instance of a class', async () => {
  class Options {
    epochs = 2;
  }
  expect((await model().fit(X, Y, new Options())).epoch).toEqual([0, 1]);
  const options = Object.defineProperty({ epochs: 2 }, Symbol.toStringTag, { value: 'Module' });
  expect((await model().fit(X, Y, options)).epoch).toEqual([0, 1]);
  await expect(model().fit(X, Y, wrong([]))).rejects.toThrow(TypeError);
});
