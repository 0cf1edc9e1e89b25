import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dense, dropout, init, loadModel, OPTIMIZERS, sequential, type OptimizerConfig } from 'mlp-wasm';

// Optimizers in training. Their formulas are tested by golden.test.ts.

beforeAll(() => init());

const ROWS = 60;
const X = Float32Array.from({ length: 3 * ROWS }, (_, i) => Math.sin(1.7 * i));
const Y = Float32Array.from({ length: ROWS }, (_, i) => Math.tanh(X[3 * i]! - 2 * X[3 * i + 1]! * X[3 * i + 2]!));

function build(optimizer: OptimizerConfig) {
  const model = sequential({
    seed: 5,
    layers: [dense({ units: 6, activation: 'tanh', inputShape: [3] }), dense({ units: 1 })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
  return model;
}
const weightsOf = (model: ReturnType<typeof build>) => model.getWeights().map(({ data }) => [...data]);

describe('Averaged weights', () => {
  const averaged: OptimizerConfig = { name: 'adam', learningRate: 0.05, useEma: true, emaMomentum: 0.9 };

  it('take the place of the others when fit ends, and before onTrainEnd', async () => {
    const model = build(averaged);
    const raw: number[][][] = [];
    let atEnd: number[][] = [];
    await model.fit(X, Y, {
      batchSize: ROWS,
      epochs: 7,
      callbacks: {
        onBatchEnd: () => void raw.push(weightsOf(model)),
        onTrainEnd: () => void (atEnd = weightsOf(model)),
      },
    });
    const mean = raw.reduce((sum, step) =>
      sum.map((weight, i) => weight.map((value, j) => 0.9 * value + 0.1 * step[i]![j]!)),
    );
    const found = weightsOf(model);
    expect(atEnd).toEqual(found);
    expect(found).not.toEqual(raw.at(-1));
    found.forEach((weight, i) =>
      weight.forEach((value, j) => expect(Math.abs(value - mean[i]![j]!)).toBeLessThan(1e-6)),
    );
  });

  it.each(['a signal', 'stopTraining', 'a callback that throws'])('do so too after %s', async (way) => {
    const model = build(averaged);
    const controller = new AbortController();
    let last: number[][] = [];
    const fit = model.fit(X, Y, {
      batchSize: 10,
      epochs: 50,
      signal: controller.signal,
      callbacks: {
        onBatchEnd: () => void (last = weightsOf(model)),
        onEpochEnd(epoch) {
          if (epoch < 3) return;
          if (way === 'a signal') controller.abort();
          else if (way === 'stopTraining') model.stopTraining = true;
          else throw new Error('enough');
        },
      },
    });
    if (way === 'a callback that throws') await expect(fit).rejects.toThrow('enough');
    else await fit;
    expect(last).not.toEqual([]);
    expect(weightsOf(model)).not.toEqual(last);
  });

  it('do not undo what onTrainEnd sets', async () => {
    const model = build(averaged);
    const weights = model.getWeights();
    await model.fit(X, Y, { epochs: 2, callbacks: { onTrainEnd: () => model.setWeights(weights) } });
    expect(weightsOf(model)).toEqual(weights.map(({ data }) => [...data]));
  });
});

describe('lbfgs', () => {
  it('yields between two evaluations, and an iteration that is aborted there has not happened', async () => {
    // Its line searches begin far too far away, and so take several evaluations.
    const optimizer: OptimizerConfig = { name: 'lbfgs', learningRate: 1000 };
    const model = build(optimizer);
    const before = weightsOf(model);
    const controller = new AbortController();
    let turns = 0;
    const turn = () => {
      if (++turns === 2) controller.abort();
      else setImmediate(turn);
    };
    setImmediate(turn);
    const seen: string[] = [];
    const callbacks = { onBatchBegin: () => void seen.push('begin'), onBatchEnd: () => void seen.push('end') };
    const { history } = await model.fit(X, Y, { yieldEvery: 0, signal: controller.signal, callbacks });
    expect(history['loss']).toBeUndefined();
    expect(seen).toEqual(['begin']);
    expect(weightsOf(model)).toEqual(before);
    await model.fit(X, Y, { epochs: 3, yieldEvery: 0, resume: true });
    const whole = build(optimizer);
    await whole.fit(X, Y, { epochs: 3 });
    expect(weightsOf(model)).toEqual(weightsOf(whole));
  });

  it('is refused beside layers that draw', () => {
    const model = sequential({
      layers: [dense({ units: 2, inputShape: [2] }), dropout({ rate: 0.5 }), dense({ units: 1 })],
    });
    onTestFinished(() => model.dispose());
    expect(() => model.compile({ optimizer: 'lbfgs', loss: 'meanSquaredError' })).toThrow(
      new RangeError(
        'compile: optimizer: expected no layer that draws in training beside lbfgs, which must find the same loss for the same weights, got one at layers[1]',
      ),
    );
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  });

  it('takes all rows at once: one iteration an epoch, the loss after it in its logs', async () => {
    const model = build({ name: 'lbfgs' });
    const sizes: number[] = [];
    const losses: number[] = [];
    const { history } = await model.fit(X, Y, {
      epochs: 25,
      validationSplit: 0.25,
      callbacks: {
        onBatchEnd: (_, logs) => void sizes.push(logs['size']!),
        onEpochEnd: () => void losses.push(model.evaluate(X.subarray(0, 135), Y.subarray(0, 45)).loss),
      },
    });
    expect(new Set(sizes)).toEqual(new Set([45]));
    expect(sizes).toHaveLength(25);
    history['loss']!.forEach((loss, i) => {
      expect(Math.abs(loss - losses[i]!)).toBeLessThan(1e-6 * losses[0]!);
      if (i > 0) expect(loss).toBeLessThan(history['loss']![i - 1]!);
    });
    expect(history['valLoss']).toHaveLength(25);
  });

  it('takes batchSize where it is all rows, and no less', async () => {
    const model = build({ name: 'lbfgs' });
    const before = weightsOf(model);
    await expect(model.fit(X, Y, { batchSize: 32 })).rejects.toThrow(
      new RangeError('fit: batchSize: expected all 60 rows, which lbfgs takes at once, or none, got 32'),
    );
    await expect(model.fit(X, Y, { batchSize: 0 })).rejects.toThrow(RangeError);
    expect(weightsOf(model)).toEqual(before);
    await model.fit(X, Y, { batchSize: 60 });
    await model.fit(X, Y, { batchSize: 1000 });
    await model.fit(X, Y, { batchSize: 48, validationSplit: 0.2 });
  });

  it('ends fit when nothing is left to do', async () => {
    const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
    onTestFinished(() => model.dispose());
    model.compile({ optimizer: 'lbfgs', loss: 'meanSquaredError' });
    const x = [[0], [1], [2], [3]];
    const { epoch, history } = await model.fit(x, [1, 3, 5, 7], { epochs: 1000 });
    expect(epoch.length).toBeLessThan(20);
    expect(history['loss']!.at(-1)).toBeLessThan(1e-10);
    expect((await model.fit(x, [1, 3, 5, 7], { epochs: 1000 })).epoch.length).toBeLessThan(10);
  });

  it('does the same in one fit as in many, and whatever is done between', async () => {
    const [atOnce, oneByOne] = [build({ name: 'lbfgs' }), build({ name: 'lbfgs' })];
    await atOnce.fit(X, Y, { epochs: 12 });
    for (let i = 0; i < 12; ++i) {
      await oneByOne.fit(X, Y);
      oneByOne.predict(X);
      oneByOne.gradients(X.subarray(0, 30), Y.subarray(0, 10));
    }
    expect(weightsOf(oneByOne)).toEqual(weightsOf(atOnce));
  });

  it('goes on from weights that a callback sets', async () => {
    const model = build({ name: 'lbfgs' });
    const start = model.getWeights();
    const { history } = await model.fit(X, Y, {
      epochs: 8,
      callbacks: { onEpochEnd: (epoch) => (epoch === 3 ? model.setWeights(start) : undefined) },
    });
    const [first, , , , afterReset] = history['loss']!;
    expect(afterReset).toBeGreaterThan(history['loss']![3]!);
    expect(afterReset).toBeLessThan(2 * first!);
  });

  it('stops between iterations by a signal', async () => {
    const model = build({ name: 'lbfgs' });
    const controller = new AbortController();
    const { epoch } = await model.fit(X, Y, {
      epochs: 100,
      signal: controller.signal,
      callbacks: { onEpochEnd: (epoch) => (epoch === 4 ? controller.abort() : undefined) },
    });
    expect(epoch).toEqual([0, 1, 2, 3, 4]);
  });
});

describe.each(OPTIMIZERS)('%s', (name) => {
  it('comes back from a file with its options', async () => {
    const options: OptimizerConfig =
      name === 'lbfgs'
        ? { name, historySize: 3, tolerance: 1e-3 }
        : { name, learningRate: 0.02, weightDecay: 0.5, clipNorm: 0.25, useEma: true, emaMomentum: 0.5 };
    const model = build(options);
    const copy = await loadModel(await model.save());
    onTestFinished(() => copy.dispose());
    await model.fit(X, Y, { epochs: 5, shuffle: false });
    await copy.fit(X, Y, { epochs: 5, shuffle: false });
    expect(weightsOf(copy)).toEqual(weightsOf(model));
  });
});
