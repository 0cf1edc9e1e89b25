import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  dense,
  init,
  sequential,
  type Callbacks,
  type FitOptions,
  type LossConfig,
  type Sequential,
  type Targets,
} from 'mlp-wasm/internals';
import { generateDigits } from 'mlp-wasm/digits';
import { mlp } from 'mlp-wasm/internals';
import { weightBits } from '../support/bits.js';
import { X, Y, twoClasses } from '../support/samples.js';

beforeAll(() => init());

function build(loss: LossConfig['name'] = 'sparseCategoricalCrossentropy', seed = 5): Sequential {
  return twoClasses(
    { sequential, dense },
    {
      optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.5 },
      loss,
    },
    seed,
  );
}

/** A model whose epoch takes long enough to be interrupted, and its data. */
async function buildSlow() {
  const model = sequential({
    seed: 5,
    layers: [dense({ units: 128, activation: 'relu', inputShape: [784] }), dense({ units: 10, activation: 'softmax' })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const { x, y } = await generateDigits({ count: 3000 });
  return { model, x, y };
}

/** Weights of a fresh model after training, as bits. */
async function trained(
  options: FitOptions = {},
  y: Targets = Y,
  loss?: LossConfig['name'],
  x: number[][] | Float32Array = X,
) {
  const model = build(loss);
  await model.fit(x, y, { epochs: 2, batchSize: 6, ...options });
  return weightBits(model);
}

const rowsOf = (x: Float32Array, columns: number) =>
  Array.from({ length: x.length / columns }, (_, row) => [...x.subarray(row * columns, (row + 1) * columns)]);

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Callbacks that write down their names, numbers and the names in their logs, each a while after being called. */
function recorder() {
  const calls: string[] = [];
  const record =
    (name: string) =>
    async (...args: unknown[]) => {
      await sleep(1);
      calls.push(
        [name, ...args.map((arg) => (typeof arg === 'object' ? Object.keys(arg!).join() : String(arg)))].join(' '),
      );
    };
  const names = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'] as const;
  const callbacks: Callbacks = Object.fromEntries(names.map((name) => [name, record(name)]));
  return { calls, callbacks };
}

describe('Callbacks of fit', () => {
  it('come in order, each awaited before training goes on', async () => {
    const { calls, callbacks } = recorder();
    await build().fit(X, Y, { epochs: 2, batchSize: 12, validationData: [X, Y], callbacks });
    const epoch = (number: number) => [
      `onEpochBegin ${number}`,
      'onBatchBegin 0',
      'onBatchEnd 0 loss,accuracy,size',
      'onBatchBegin 1',
      'onBatchEnd 1 loss,accuracy,size',
      `onEpochEnd ${number} loss,accuracy,valLoss,valAccuracy`,
    ];
    expect(calls).toEqual(['onTrainBegin', ...epoch(0), ...epoch(1), 'onTrainEnd loss,accuracy,valLoss,valAccuracy']);
  });

  it('see running means and the size of each batch', async () => {
    const model = build();
    const sizes: number[] = [];
    const losses: number[] = [];
    const { history } = await model.fit(X, Y, {
      batchSize: 8,
      callbacks: {
        onBatchEnd(_batch, { size, loss }) {
          sizes.push(size!);
          losses.push(loss);
        },
      },
    });
    expect(sizes).toEqual([8, 8, 4]);
    expect(losses.at(-1)).toBe(history['loss']![0]);
  });

  it('may be synchronous or not, and any subset of them', async () => {
    for (const callbacks of [
      {},
      { onTrainEnd: () => {} },
      { onEpochBegin: () => sleep(1) },
      { onBatchEnd: undefined },
    ]) {
      const { epoch } = await build().fit(X, Y, { callbacks });
      expect(epoch).toEqual([0]);
    }
  });

  it('keep their `this`', async () => {
    class Best {
      #losses: number[] = [];
      get best() {
        return Math.min(...this.#losses);
      }
      onEpochEnd(_epoch: number, logs: { loss: number }) {
        this.#losses.push(logs.loss);
      }
    }
    const callbacks = new Best();
    const { history } = await build().fit(X, Y, { epochs: 3, callbacks });
    expect(callbacks.best).toBe(Math.min(...history['loss']!));
  });

  it('per batch change no bit of the result', async () => {
    const plain = await trained();
    expect(await trained({ callbacks: { onBatchBegin() {} } })).toEqual(plain);
    expect(await trained({ callbacks: { onBatchEnd() {} } })).toEqual(plain);
    expect(await trained({ callbacks: recorder().callbacks })).toEqual(plain);
  });

  it('include onYield, about every 10 ms, with the batches done and their means', async () => {
    const { model, x, y } = await buildSlow();
    const yields: [number, number, string][] = [];
    const { epoch } = await model.fit(x, y, {
      epochs: 4,
      callbacks: {
        onYield(number, batch, logs) {
          yields.push([number, batch, Object.keys(logs).join()]);
        },
      },
    });
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(yields.length).toBeGreaterThan(2);
    for (const [number, batch, names] of yields) {
      expect(number).toBeOneOf([0, 1, 2, 3]);
      expect(batch).toBeGreaterThanOrEqual(1);
      expect(batch).toBeLessThanOrEqual(Math.ceil(3000 / 32));
      expect(names).toBe('loss,accuracy');
    }
  });

  it('may use the model: predict, evaluate, getWeights and gradients change nothing in the training', async () => {
    const plain = await trained();
    const model = build();
    await model.fit(X, Y, {
      epochs: 2,
      batchSize: 6,
      callbacks: {
        onBatchBegin() {
          model.predict(X);
          model.evaluate(X, Y);
          model.getWeights();
          model.gradients(X, Y);
          model.backpropTrace(X.subarray(0, 3), Y.subarray(0, 1));
        },
      },
    });
    expect(weightBits(model)).toEqual(plain);
  });

  it.each(['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'] as const)(
    'reject fit with what %s throws, leave the model usable and leak nothing',
    async (name) => {
      const model = build();
      const thrown = new Error('no more');
      const failing = () =>
        expect(model.fit(X, Y, { callbacks: { [name]: () => Promise.reject(thrown) } })).rejects.toBe(thrown);
      for (let i = 0; i < 10; ++i) await failing();
      const heap = mlp().HEAPU8.length;
      for (let i = 0; i < 500; ++i) await failing();
      expect(mlp().HEAPU8.length).toBe(heap);
      expect(model.isTraining).toBe(false);
      const { epoch } = await model.fit(X, Y);
      expect(epoch).toEqual([0]);
      expect(model.predict(X)).toSatisfy((outputs: Float32Array) => outputs.every(Number.isFinite));
    },
  );
});

describe('Validation in fit', () => {
  it('takes validationSplit from the end, before any shuffling', async () => {
    const split = build();
    const { history } = await split.fit(X, Y, { epochs: 2, validationSplit: 0.25 });
    const data = build();
    const rest = await data.fit(X.subarray(0, 45), Y.subarray(0, 15), {
      epochs: 2,
      validationData: [X.subarray(45), Y.subarray(15)],
    });
    expect(history).toEqual(rest.history);
    expect(weightBits(split)).toEqual(weightBits(data));
  });

  it('prefers validationData to validationSplit', async () => {
    const both = build();
    const { history } = await both.fit(X, Y, { validationSplit: 0.5, validationData: [X, Y] });
    const { loss, accuracy } = both.evaluate(X, Y);
    expect(history['valLoss']![0]).toBeCloseTo(loss, 6);
    expect(history['valAccuracy']![0]).toBe(accuracy);
    expect(weightBits(both)).toEqual(await trained({ epochs: 1, batchSize: 32 }));
  });

  it('changes nothing in the training', async () => {
    expect(await trained({ validationData: [X, Y] })).toEqual(await trained());
  });

  it('comes after every n-th epoch with validationFreq, or after those that are listed, from 1', async () => {
    const validated = async (validationFreq: number | number[]) => {
      const epochs: number[] = [];
      const { history } = await build().fit(X, Y, {
        epochs: 7,
        validationData: [X, Y],
        validationFreq,
        callbacks: { onEpochEnd: (epoch, logs) => void ('valLoss' in logs && epochs.push(epoch)) },
      });
      expect(history['loss']).toHaveLength(7);
      expect(history['valLoss']).toHaveLength(epochs.length);
      return epochs;
    };
    expect(await validated(1)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await validated(3)).toEqual([2, 5]);
    expect(await validated([1, 2, 7, 9])).toEqual([0, 1, 6]);
    expect(await trained({ validationData: [X, Y], validationFreq: 2 })).toEqual(await trained());
  });

  it('adds up to the same bits however the time is cut, and to those of evaluate', async () => {
    const x = Float32Array.from({ length: 3 * 5001 }, (_, i) => Math.sin(i * i));
    const y = Uint8Array.from({ length: 5001 }, (_, row) => row % 2);
    const losses = await Promise.all(
      ([0, 1, 'never'] as const).map(async (yieldEvery) => {
        const model = build();
        // A metric that is no sum of a few floats, which doubles add without rounding.
        const loss = 'sparseCategoricalCrossentropy';
        model.compile({ optimizer: 'sgd', loss, metrics: ['meanSquaredError'] });
        const { history } = await model.fit(X, Y, { validationData: [x, y], yieldEvery });
        expect(history['valMeanSquaredError']![0]).toBe(model.evaluate(x, y)['meanSquaredError']);
        return history['valMeanSquaredError']![0];
      }),
    );
    expect(new Set(losses).size).toBe(1);
  });

  it('has no figures in the logs without it', async () => {
    const { history } = await build().fit(X, Y);
    expect(Object.keys(history)).toEqual(['loss', 'accuracy']);
  });
});

describe('The order of samples in fit', () => {
  it('is that of the data with shuffle: false, a new one each epoch by default', async () => {
    const reversed = {
      x: Float32Array.from(rowsOf(X, 3).reverse().flat()),
      y: Y.slice().reverse(),
    };
    const inOrder = await trained({ shuffle: false });
    expect(await trained({ shuffle: false })).toEqual(inOrder);
    expect(await trained()).not.toEqual(inOrder);
    expect(await trained({ shuffle: false }, reversed.y, undefined, reversed.x)).not.toEqual(inOrder);
  });

  it('is another one in the next epoch, also when that epoch comes with another call', async () => {
    const together = build();
    await together.fit(X, Y, { epochs: 3, batchSize: 6 });
    const apart = build();
    const epochs: number[] = [];
    for (const initialEpoch of [0, 1, 2]) {
      const { epoch } = await apart.fit(X, Y, { initialEpoch, epochs: initialEpoch + 1, batchSize: 6 });
      epochs.push(...epoch);
    }
    expect(epochs).toEqual([0, 1, 2]);
    expect(weightBits(apart)).toEqual(weightBits(together));
  });
});

describe('Data of fit', () => {
  it('gives the same bits as Float32Array and as number[][]', async () => {
    expect(await trained({}, Y, undefined, rowsOf(X, 3))).toEqual(await trained());
  });

  it.each<[string, Targets]>([
    ['Int32Array', Int32Array.from(Y)],
    ['number[]', [...Y]],
    ['Float32Array', Float32Array.from(Y)],
  ])('gives the same bits for class indices in %s and in Uint8Array', async (_name, y) => {
    expect(await trained({}, y)).toEqual(await trained());
  });

  it('gives the same bits for class indices and for one-hot rows', async () => {
    const oneHot = [...Y].map((label) => [1 - label, label]);
    const expected = await trained();
    expect(await trained({}, oneHot, 'categoricalCrossentropy')).toEqual(expected);
    expect(await trained({}, Float32Array.from(oneHot.flat()), 'categoricalCrossentropy')).toEqual(expected);
    expect(await trained({}, oneHot.flat(), 'categoricalCrossentropy')).toEqual(expected);
  });

  it('takes targets of one output as a plain list', async () => {
    const run = async (y: Targets) => {
      using model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [3] })] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await model.fit(X, y, { epochs: 2 });
      return weightBits(model);
    };
    const list = [...Y].map((label) => label / 2);
    const expected = await run(list);
    expect(await run(list.map((value) => [value]))).toEqual(expected);
    expect(await run(Float32Array.from(list))).toEqual(expected);
  });

  it('takes a batch larger than the data as all of the data', async () => {
    expect(await trained({ batchSize: 1_000_000_000 })).toEqual(await trained({ batchSize: 20 }));
  });

  it('takes a batch of 1, and a single sample', async () => {
    const model = build();
    const { history } = await model.fit(X, Y, { batchSize: 1 });
    expect(history['loss']![0]).toSatisfy(Number.isFinite);
    await model.fit(X.subarray(0, 3), Y.subarray(0, 1));
  });

  it('is copied at the start: what happens to the arrays later changes nothing', async () => {
    const model = build();
    const x = X.slice();
    const y = Y.slice();
    const training = model.fit(x, y, { epochs: 2, batchSize: 6 });
    x.fill(NaN);
    y.fill(200);
    await training;
    expect(weightBits(model)).toEqual(await trained());
  });

  it('is left alone', async () => {
    const x = X.slice();
    const y = Y.slice();
    await build().fit(x, y, { epochs: 3, validationSplit: 0.2 });
    expect(x).toEqual(X);
    expect(y).toEqual(Y);
  });

  it('may be a view into a larger buffer, or shared memory', async () => {
    const padded = new Float32Array(64);
    padded.set(X, 2);
    const shared = new Float32Array(new SharedArrayBuffer(240));
    shared.set(X);
    const expected = await trained();
    expect(await trained({}, Y, undefined, padded.subarray(2, 62))).toEqual(expected);
    expect(await trained({}, Y, undefined, shared)).toEqual(expected);
  });
});

describe('The numbers of epochs in fit', () => {
  it('run from initialEpoch to epochs, one less than which is the last', async () => {
    const numbers: number[] = [];
    const { epoch, history } = await build().fit(X, Y, {
      initialEpoch: 3,
      epochs: 6,
      callbacks: { onEpochEnd: (number) => void numbers.push(number) },
    });
    expect(epoch).toEqual([3, 4, 5]);
    expect(numbers).toEqual([3, 4, 5]);
    expect(history['loss']).toHaveLength(3);
  });

  it('are one by default', async () => {
    expect((await build().fit(X, Y)).epoch).toEqual([0]);
  });

  it('are of stepsPerEpoch batches, cut from the same passes over the data', async () => {
    const sizes: number[] = [];
    const model = build();
    const { history } = await model.fit(X, Y, {
      epochs: 4,
      batchSize: 8, // 8, 8, 4
      stepsPerEpoch: 2,
      callbacks: { onBatchEnd: (_, { size }) => void sizes.push(size!) },
    });
    expect(sizes).toEqual([8, 8, 4, 8, 8, 4, 8, 8]);
    expect(history['loss']).toHaveLength(4);
    const passes = build();
    await passes.fit(X, Y, { epochs: 2, batchSize: 8 });
    await passes.fit(X, Y, { epochs: 1, batchSize: 8, stepsPerEpoch: 2 });
    expect(weightBits(model)).toEqual(weightBits(passes));
    expect(await trained({ epochs: 1, stepsPerEpoch: 8 })).toEqual(await trained({ epochs: 2 }));
  });
});

describe('Stopping fit', () => {
  it('is done by an AbortSignal, with the history so far and a usable model', async () => {
    const { model, x, y } = await buildSlow();
    const controller = new AbortController();
    const { epoch, history } = await model.fit(x, y, {
      epochs: 1_000_000,
      signal: controller.signal,
      callbacks: { onEpochEnd: (number) => void (number === 1 && controller.abort()) },
    });
    expect(epoch).toEqual([0, 1]);
    expect(history['loss']).toHaveLength(2);
    expect(model.isTraining).toBe(false);
    expect(model.evaluate(x, y).loss).toBeLessThan(history['loss']![0]!);
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  it('happens in the middle of an epoch, which then is not in the history', async () => {
    const { model, x, y } = await buildSlow();
    const before = weightBits(model);
    const controller = new AbortController();
    const { epoch, history } = await model.fit(x, y, {
      epochs: 3,
      batchSize: 1,
      signal: controller.signal,
      callbacks: { onYield: () => controller.abort() },
    });
    expect({ epoch, history }).toEqual({ epoch: [], history: {} });
    expect(weightBits(model)).not.toEqual(before);
  });

  it.each<[string, { stepsPerEpoch?: number; validate?: boolean }]>([
    ['training', {}],
    ['validation', { stepsPerEpoch: 1, validate: true }],
    ['tiny epochs', { stepsPerEpoch: 1 }],
  ])('happens within 50 ms of the abort, in %s', async (_what, { validate = false, ...options }) => {
    const { model, x, y } = await buildSlow();
    let best = Infinity; // other programs may take the processor meanwhile
    for (let i = 0; i < 5; ++i) {
      const controller = new AbortController();
      let aborted = 0;
      const due = performance.now() + 30;
      setTimeout(() => {
        aborted = performance.now();
        controller.abort();
      }, 30);
      const { epoch, history } = await model.fit(x, y, {
        epochs: 1_000_000,
        ...options,
        ...(validate && { validationData: [x, y] as const }),
        signal: controller.signal,
      });
      expect(history['loss'] ?? []).toHaveLength(epoch.length);
      best = Math.min(best, performance.now() - due);
      expect(aborted).toBeGreaterThan(0);
    }
    expect(best).toBeLessThan(50);
  });

  it('happens from outside, by a timer', async () => {
    const { model, x, y } = await buildSlow();
    const { epoch } = await model.fit(x, y, { epochs: 1_000_000, signal: AbortSignal.timeout(50) });
    expect(epoch.length).toBeLessThan(10_000);
  });

  it('happens before the first step where the signal was aborted before', async () => {
    const model = build();
    const before = weightBits(model);
    const { calls, callbacks } = recorder();
    const { epoch } = await model.fit(X, Y, { signal: AbortSignal.abort(), callbacks });
    expect(epoch).toEqual([]);
    expect(calls).toEqual(['onTrainBegin', 'onTrainEnd undefined']);
    expect(weightBits(model)).toEqual(before);
  });

  it('is done by stopTraining, too', async () => {
    const model = build();
    const { epoch } = await model.fit(X, Y, {
      epochs: 100,
      callbacks: { onEpochEnd: (number) => void (model.stopTraining = number === 4) },
    });
    expect(epoch).toEqual([0, 1, 2, 3, 4]);
    expect((await model.fit(X, Y, { epochs: 2 })).epoch).toEqual([0, 1]);
  });
});

describe('While fit runs', () => {
  it('the event loop lives: timers tick', async () => {
    const { model, x, y } = await buildSlow();
    const controller = new AbortController();
    let ticks = 0;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      if (++ticks === 10) controller.abort();
    }, 1);
    await model.fit(x, y, { epochs: 1_000_000, signal: controller.signal });
    clearInterval(timer);
    expect(ticks).toBe(10);
    expect(longest).toBeLessThan(1000);
  });

  it('yieldEvery says how often the event loop gets a turn', async () => {
    const turns = async (yieldEvery: FitOptions['yieldEvery']) => {
      const { model, x, y } = await buildSlow();
      let count = 0;
      let training = true;
      const tick = () => {
        ++count;
        if (training) setImmediate(tick);
      };
      setImmediate(tick);
      const yields: number[] = [];
      const callbacks = { onYield: (_: number, batch: number) => void yields.push(batch) };
      await model.fit(x, y, { epochs: 3, ...(yieldEvery !== undefined && { yieldEvery }), callbacks });
      training = false;
      return { count, yields: yields.length };
    };
    const batches = Math.ceil(3000 / 32);
    expect(await turns('never')).toEqual({ count: 0, yields: 0 });
    expect(await turns('epoch')).toEqual({ count: 3, yields: 0 });
    expect((await turns(0)).yields).toBe(3 * batches);
    expect((await turns(5)).yields).toBeLessThan(3 * batches);
    const weights = await trained();
    for (const yieldEvery of [0, 1, 'epoch', 'never'] as const) {
      expect(await trained({ yieldEvery })).toEqual(weights);
    }
  });

  it('the model says so', async () => {
    const model = build();
    const training = model.fit(X, Y);
    expect(model.isTraining).toBe(true);
    await training;
    expect(model.isTraining).toBe(false);
  });

  it.each<[string, (model: Sequential) => unknown]>([
    ['fit', (model) => model.fit(X, Y)],
    ['compile', async (model) => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })],
    ['gradientCheck', async (model) => model.gradientCheck(X, Y)],
    ['sharpness', async (model) => model.sharpness(X, Y)],
    ['lossSurface', (model) => model.lossSurface(X, Y)],
    ['findLearningRate', (model) => model.findLearningRate(X, Y)],
  ])('%s is refused and changes nothing', async (method, call) => {
    const model = build();
    const training = model.fit(X, Y, { epochs: 2, batchSize: 6 });
    await expect(call(model)).rejects.toThrow(
      new Error(`${method}: expected an idle model, got one that fit() is training`),
    );
    await training;
    expect(weightBits(model)).toEqual(await trained());
  });

  it('dispose ends it', async () => {
    const { model, x, y } = await buildSlow();
    const training = model.fit(x, y, { epochs: 1_000_000 });
    await sleep(20);
    model.dispose();
    expect(model.isDisposed).toBe(true);
    expect(() => model.predict(x)).toThrow('disposed');
    await training;
    expect(model.isDisposed).toBe(true);
    model.dispose();
  });

  it('dispose in a callback ends it', async () => {
    const model = build();
    const { epoch } = await model.fit(X, Y, {
      epochs: 100,
      callbacks: { onEpochEnd: (number) => void (number === 2 && model.dispose()) },
    });
    expect(epoch).toEqual([0, 1, 2]);
    expect(() => model.getWeights()).toThrow('disposed');
  });

  it('another model trains, without either feeling it', async () => {
    const expected = [await trained({ epochs: 20 }), await trained({ epochs: 20 }, [...Y].reverse())];
    const models = [build(), build()];
    await Promise.all([
      models[0]!.fit(X, Y, { epochs: 20, batchSize: 6, callbacks: { onBatchEnd: () => sleep(0) } }),
      models[1]!.fit(X, [...Y].reverse(), {
        epochs: 20,
        batchSize: 6,
        callbacks: { onEpochEnd: () => sleep(1) },
      }),
    ]);
    expect(models.map(weightBits)).toEqual(expected);
  });
});
