import { beforeAll, describe, expect, it } from 'vitest';
import {
  dense,
  dropout,
  init,
  sequential,
  type Inputs,
  type LossConfig,
  type Sequential,
  type Targets,
} from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { build, expectError, WITH_TARGETS, wrong, X, Y } from '../support/refusals.js';

// The life of a model: calls before compile and after dispose.

beforeAll(() => init());

describe('Before compile', () => {
  it.each(WITH_TARGETS)('%s says to call it first', async (method) => {
    using model = sequential({ layers: [dense({ units: 2, inputShape: [2] })] });
    const message = `${method}: expected a compiled model: call model.compile() first`;
    await expectError(() => model[method]([[1, 2]], [[1, 2]]), Error, message);
  });

  it('predict, forwardTrace, getWeights, setWeights, save and summary work', async () => {
    using model = sequential({ layers: [dense({ units: 2, inputShape: [2] })] });
    expect(model.predict([[1, 2]])).toHaveLength(2);
    expect(model.forwardTrace([[1, 2]])).toHaveLength(1);
    model.setWeights(model.getWeights());
    expect(await model.save()).toBeInstanceOf(Uint8Array);
    expect(model.summary(() => {})).toContain('6 parameters');
  });

  it('a compile that failed leaves the one before in force', () => {
    const model = build();
    const logs = model.evaluate(X, Y);
    expect(() => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: [wrong('f1')] })).toThrow(
      RangeError,
    );
    expect(() => model.compile({ optimizer: { name: 'sgd', momentum: 2 }, loss: 'hinge' })).toThrow(RangeError);
    expect(model.evaluate(X, Y)).toEqual(logs);
  });
});

describe('Refusals', () => {
  // A throw out of the core unwinds none of its stack: after 187 of these every call trapped.
  it.each<[string, (model: Sequential) => void]>([
    ['one output that is the whole', (model) => model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' })],
    ['lbfgs beside noise', (model) => model.compile({ optimizer: 'lbfgs', loss: 'meanSquaredError' })],
    [
      'logLoss of margins',
      (model) => model.compile({ optimizer: 'sgd', loss: 'hinge', metrics: ['accuracy', 'logLoss'] }),
    ],
  ])('of %s may come 2,000 times', (_name, call) => {
    using model = sequential({
      seed: 1,
      layers: [
        dense({ units: 3, inputShape: [2] }),
        dropout({ rate: 0.5 }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
    });
    for (let i = 0; i < 2000; ++i) expect(() => call(model)).toThrow(RangeError);
    expect(model.predict([[1, 2]])).toHaveLength(1);
  });

  it.each<[string, unknown, unknown, ErrorConstructor, string]>([
    ['a batch that is text', '1', 0, TypeError, "batch: expected an integer from 0 to 9007199254740991, got '1'"],
    ['a batch below 0', -1, 0, RangeError, 'batch: expected an integer from 0 to 9007199254740991, got -1'],
    ['a loss that is a symbol', 0, Symbol('s'), TypeError, 'loss: expected a number, finite or not, got Symbol(s)'],
    ['no loss', 0, undefined, TypeError, 'loss: expected a number, finite or not, got undefined'],
  ])('checkFinite refuses %s', async (_name, batch, loss, kind, message) => {
    const model = build();
    await expectError(() => model.checkFinite(wrong(batch), wrong(loss)), kind, `checkFinite: ${message}`);
  });

  it('fitDataset takes no typed array, whose elements are no batches', async () => {
    const message =
      'fitDataset: dataset: expected an async iterable or a function that returns one, got Float32Array(2)';
    await expectError(() => build().fitDataset(wrong(new Float32Array(2))), TypeError, message);
  });
});

describe('After dispose', () => {
  const methods: Record<string, (model: Sequential) => unknown> = {
    compile: (model) => model.compile({ optimizer: 'sgd', loss: 'hinge' }),
    fit: (model) => model.fit(X, Y),
    steps: (model) => model.steps(X, Y),
    fitDataset: (model) => model.fitDataset([[X, Y]]),
    evaluate: (model) => model.evaluate(X, Y),
    adapt: (model) => model.adapt(X),
    predict: (model) => model.predict(X),
    classify: (model) => model.classify(X),
    getWeights: (model) => model.getWeights(),
    setWeights: (model) => model.setWeights([]),
    countParams: (model) => model.countParams(),
    summary: (model) => model.summary(),
    save: (model) => model.save(),
    checkpoint: (model) => model.checkpoint(),
    checkFinite: (model) => model.checkFinite(0, 0),
    gradients: (model) => model.gradients(X, Y),
    forwardTrace: (model) => model.forwardTrace(X),
    backpropTrace: (model) => model.backpropTrace(X, Y),
    gradientCheck: (model) => model.gradientCheck(X, Y),
    gradientNorms: (model) => model.gradientNorms(X, Y),
    sharpness: (model) => model.sharpness(X, Y),
    lossSurface: (model) => model.lossSurface(X, Y),
    findLearningRate: (model) => model.findLearningRate(X, Y),
    layerStatistics: (model) => model.layerStatistics(X, Y),
    explain: (model) => model.explain(X),
  };

  it.each(Object.keys(methods))('%s says that the model was disposed', async (method) => {
    const model = build();
    model.dispose();
    await expectError(
      () => methods[method]!(model),
      Error,
      `${method}: expected a live model, got one that was disposed`,
    );
  });

  it('every method was tried', () => {
    const model = build();
    const all = Object.getOwnPropertyNames(Object.getPrototypeOf(model) as object).filter(
      (name) =>
        typeof Object.getOwnPropertyDescriptor(Object.getPrototypeOf(model) as object, name)!.value === 'function',
    );
    expect(all.filter((name) => name !== 'constructor' && name !== 'dispose').sort()).toEqual(
      Object.keys(methods).sort(),
    );
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
      layers: [dense({ units: 3, inputShape: [2], ...options })],
    });
    const absent = {
      activation: undefined,
      useBias: undefined,
      kernelInitializer: undefined,
      biasInitializer: undefined,
      name: undefined,
    };
    using plain = sequential(layers({}));
    using withUndefined = sequential(layers(absent));
    expect(weightBits(withUndefined)).toEqual(weightBits(plain));
    using initialized = sequential(
      layers({
        kernelInitializer: { name: 'randomNormal', mean: undefined, stddev: undefined },
        activation: { name: 'elu', alpha: undefined },
      }),
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
      });
      const data = [
        X,
        [
          [0, 1, 0],
          [1, 0, 0],
          [0, 0, 1],
        ],
      ] as [Inputs, Targets];
      expect(withUndefined.evaluate(...data)).toEqual(plain.evaluate(...data));
      await plain.fit(...data);
      await withUndefined.fit(...data, {
        epochs: undefined,
        callbacks: undefined,
        signal: undefined,
      });
      expect(weightBits(withUndefined)).toEqual(weightBits(plain));
    }
  });
});
