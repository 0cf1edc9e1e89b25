import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  csvLogger,
  dense,
  earlyStopping,
  init,
  learningRateScheduler,
  loadCheckpoint,
  modelCheckpoint,
  reduceLROnPlateau,
  schedules,
  sequential,
  terminateOnNaN,
  type Callbacks,
  type EarlyStoppingOptions,
  type ReduceLROnPlateauOptions,
  type Sequential,
  type TrainingParams,
} from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { expectError, wrong } from '../support/refusals.js';
import { X, Y, twoClasses } from '../support/samples.js';

beforeAll(() => init());

function build(learningRate = 0.1): Sequential {
  return twoClasses(
    { sequential, dense },
    {
      optimizer: { name: 'sgd', learningRate },
    },
  );
}

/** Lets a callback see these figures, one an epoch, and nothing of the training. */
async function shown(callback: Callbacks, figures: number[], name = 'valLoss', model = build()) {
  const epochs: number[] = [];
  const rates: number[] = [];
  const weights: ReturnType<typeof weightBits>[] = [];
  const fake = { [name]: 0 };
  await model.fit(X, Y, {
    epochs: figures.length,
    batchSize: 7,
    validationData: [X, Y],
    callbacks: {
      setParams: (params) => callback.setParams?.(params),
      setModel: (given) => callback.setModel?.(given),
      onTrainBegin: () => callback.onTrainBegin?.(),
      onEpochBegin: (epoch) => callback.onEpochBegin?.(epoch),
      async onEpochEnd(epoch, logs) {
        epochs.push(epoch);
        weights.push(weightBits(model));
        fake[name] = figures[epoch]!;
        await callback.onEpochEnd?.(epoch, { ...logs, ...fake });
        rates.push(Number(model.learningRate.toPrecision(6)));
      },
      onTrainEnd: (logs) => callback.onTrainEnd?.(logs),
    },
  });
  return { epochs, rates, weights, model };
}

describe('Several callbacks', () => {
  it('are called in the order of the list, each awaited, each as its own `this`', async () => {
    const calls: string[] = [];
    class Named {
      constructor(readonly name: string) {}
      async onEpochBegin(epoch: number) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        calls.push(`${this.name} begin ${epoch}`);
      }
      onEpochEnd(epoch: number) {
        calls.push(`${this.name} end ${epoch}`);
      }
    }
    await build().fit(X, Y, { epochs: 2, callbacks: [new Named('a'), {}, new Named('b')] });
    expect(calls).toEqual(
      [0, 1].flatMap((epoch) => [`a begin ${epoch}`, `b begin ${epoch}`, `a end ${epoch}`, `b end ${epoch}`]),
    );
  });

  it('get the model and what is planned before anything happens', async () => {
    const model = build();
    const got: unknown[] = [];
    await model.fit(X, Y, {
      epochs: 3,
      initialEpoch: 1,
      batchSize: 6,
      validationSplit: 0.5,
      callbacks: {
        setParams: (params: TrainingParams) => void got.push(params),
        setModel: (given) => void got.push(given === model),
        onTrainBegin: () => void got.push('begin'),
      },
    });
    expect(got).toEqual([
      {
        epochs: 3,
        initialEpoch: 1,
        steps: 2,
        batchSize: 6,
        verbose: 0,
        metrics: ['loss', 'accuracy', 'valLoss', 'valAccuracy'],
      },
      true,
      'begin',
    ]);
  });

  it('may refuse the training, which then leaves the model as it was', async () => {
    const model = build();
    const before = weightBits(model);
    const refuse = new Error('not like this');
    const setParams = () => {
      throw refuse;
    };
    await expect(model.fit(X, Y, { callbacks: [{ setParams }] })).rejects.toBe(refuse);
    expect(model.isTraining).toBe(false);
    expect(weightBits(model)).toEqual(before);
  });

  it('may keep what they like where they are instances of a class', async () => {
    class Counting {
      count = 0;
      onEpochEnd() {
        this.count++;
      }
    }
    const callbacks = new Counting();
    await build().fit(X, Y, { epochs: 3, callbacks });
    expect(callbacks.count).toBe(3);
  });
});

describe('earlyStopping', () => {
  // Results of Keras for these figures: keras/callbacks/early_stopping.py, by hand.
  it.each<[EarlyStoppingOptions, number[], last: number, best: number]>([
    [{}, [5, 4, 4, 3], 2, 1],
    [{ patience: 1 }, [5, 4, 4, 3], 2, 1],
    [{ patience: 2 }, [5, 4, 4, 3, 3, 3, 3], 5, 3],
    [{ minDelta: 0.5 }, [5, 4.4, 4, 4], 2, 1],
    [{ patience: 2, baseline: 3 }, [5, 4.5, 4.4, 4.6, 2], 3, 2],
    [{ patience: 2, baseline: 3 }, [5, 2.5, 2.6, 2.7, 2], 3, 1],
    [{ startFromEpoch: 3 }, [1, 5, 5, 6, 6, 6], 4, 3],
    [{ mode: 'max' }, [1, 2, 1.5, 5], 2, 1],
    [{ monitor: 'accuracy' }, [1, 2, 1.5, 5], 2, 1],
    [{ monitor: 'valAccuracy', mode: 'min' }, [1, 2, 1.5, 5], 1, 0],
    [{ patience: 3 }, [5, 4, NaN, NaN, 3, 4, NaN, 4, 4], 7, 4],
    [{ patience: 9 }, [5, 4, 6], 2, 1],
  ])('%j after %j ends in epoch %i, with the weights of epoch %i on request', async (options, figures, last, best) => {
    const name = options.monitor;
    const plain = await shown(earlyStopping(options), figures, name);
    expect(plain.epochs.at(-1)).toBe(last);
    expect(weightBits(plain.model)).toEqual(plain.weights[last]);
    const restored = await shown(earlyStopping({ ...options, restoreBestWeights: true }), figures, name);
    expect(weightBits(restored.model)).toEqual(restored.weights[best]);
  });

  it('passes over epochs without validation', async () => {
    const { epoch, history } = await build().fit(X, Y, {
      epochs: 20,
      validationData: [X, Y],
      validationFreq: 3,
      callbacks: earlyStopping({ patience: 2, minDelta: 1e9 }),
    });
    expect(epoch.at(-1)).toBe(8);
    expect(history['valLoss']).toHaveLength(3);
  });

  it('begins anew with each training', async () => {
    const callbacks = earlyStopping({ monitor: 'loss', minDelta: 1e9, patience: 3 });
    for (let i = 0; i < 2; ++i) {
      expect((await build().fit(X, Y, { epochs: 9, callbacks })).epoch.at(-1)).toBe(3);
    }
  });

  it('says so where there is nothing to watch', async () => {
    const message = "earlyStopping: monitor: expected one of 'loss', 'accuracy', got 'valLoss'.";
    await expectError(() => build().fit(X, Y, { callbacks: earlyStopping() }), RangeError, message);
  });
});

describe('reduceLROnPlateau', () => {
  // Results of Keras: keras/callbacks/reduce_lr_on_plateau.py, by hand.
  it.each<[ReduceLROnPlateauOptions, number[], rates: number[]]>([
    [{ patience: 2 }, [5, 4, 4, 4, 4, 4], [0.1, 0.1, 0.1, 0.01, 0.01, 0.001]],
    [{ patience: 1, factor: 0.5 }, [5, 5, 4, 4, 4], [0.1, 0.05, 0.05, 0.025, 0.0125]],
    [{ patience: 1, minDelta: 1 }, [5, 4.5, 3, 2.5], [0.1, 0.01, 0.01, 0.001]],
    [{ patience: 1, cooldown: 2 }, [5, 5, 5, 5, 5, 5], [0.1, 0.01, 0.01, 0.001, 0.001, 0.0001]],
    [{ patience: 1, minLr: 0.02 }, [5, 5, 5, 5], [0.1, 0.02, 0.02, 0.02]],
    [{ patience: 1, monitor: 'accuracy' }, [1, 2, 3, 2], [0.1, 0.1, 0.1, 0.01]],
    [{ patience: 1, factor: 1e-30 }, [5, 5, 5, 5], [0.1, 0.1 * 1e-30, 0, 0]],
  ])('%j after %j: %j', async (options, figures, rates) => {
    const { rates: found } = await shown(reduceLROnPlateau(options), figures, options.monitor);
    expect(found).toEqual(rates);
  });

  it('holds what it made of the rate of a schedule', async () => {
    const model = build();
    model.learningRate = schedules.step({ initialLearningRate: 0.8, stepSize: 3, gamma: 0.5 });
    const { rates } = await shown(reduceLROnPlateau({ patience: 1 }), [5, 5, 4, 3], 'valLoss', model);
    expect(rates).toEqual([0.4, 0.02, 0.02, 0.02]);
  });
});

describe('learningRateScheduler', () => {
  it('sets the rate of each epoch, from the number of the epoch and the rate before', async () => {
    const model = build();
    const seen: [number, number][] = [];
    await model.fit(X, Y, {
      epochs: 3,
      callbacks: learningRateScheduler((epoch, rate) => {
        seen.push([epoch, rate]);
        return rate / 2;
      }),
    });
    expect(seen).toEqual([
      [0, 0.1],
      [1, 0.05],
      [2, 0.025],
    ]);
    const same = build();
    same.learningRate = (step) => [0.05, 0.025, 0.0125][step]!;
    await same.fit(X, Y, { epochs: 3 });
    expect(weightBits(same)).toEqual(weightBits(model));
  });

  it.each([NaN, -1, 'fast'])('refuses a rate of %s', async (rate) => {
    const callbacks = learningRateScheduler(async () => wrong<number>(rate));
    await expect(build().fit(X, Y, { callbacks })).rejects.toThrow(
      'learningRateScheduler: rate of epoch 0: expected a number from 0',
    );
  });
});

describe('modelCheckpoint', () => {
  it('saves every epoch, awaited, for loadCheckpoint', async () => {
    const model = build();
    const files: Uint8Array[] = [];
    const about: [number, string][] = [];
    await model.fit(X, Y, {
      epochs: 3,
      callbacks: modelCheckpoint({
        async save(bytes, { epoch, logs }) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          files.push(bytes);
          about.push([epoch, Object.keys(logs).join()]);
        },
      }),
    });
    expect(about).toEqual([0, 1, 2].map((epoch) => [epoch, 'loss,accuracy']));
    using loaded = await loadCheckpoint(files[1]!);
    await loaded.fit(X, Y, { epochs: 3, resume: true });
    expect(weightBits(loaded)).toEqual(weightBits(model));
  });

  it('saves only what is better than all before, on request', async () => {
    const saved: number[] = [];
    const save = (_bytes: Uint8Array, { epoch }: { epoch: number }) => void saved.push(epoch);
    await shown(modelCheckpoint({ save, saveBestOnly: true }), [5, 6, 4, 4, NaN, 3]);
    expect(saved).toEqual([0, 2, 5]);
  });

  it('rejects fit with what save throws', async () => {
    const full = new Error('disk full');
    const callbacks = modelCheckpoint({ save: () => Promise.reject(full) });
    await expect(build().fit(X, Y, { callbacks })).rejects.toBe(full);
  });
});

describe('terminateOnNaN', () => {
  const big = (units: number) => dense({ units, activation: 'relu' });
  const deep = (learningRate: number) => {
    const model = sequential({
      seed: 3,
      layers: [dense({ units: 8, activation: 'relu', inputShape: [3] }), big(8), dense({ units: 1, name: 'last' })],
    });
    onTestFinished(() => model.dispose());
    model.compile({ optimizer: { name: 'sgd', learningRate }, loss: 'meanSquaredError' });
    return model;
  };
  const y = Float32Array.from({ length: 20 }, (_, i) => 10 * Math.cos(i));

  it('does nothing while all is finite', async () => {
    const [watched, plain] = [deep(0.01), deep(0.01)];
    const { epoch, terminated } = await watched.fit(X, y, {
      epochs: 5,
      batchSize: 4,
      callbacks: terminateOnNaN(),
    });
    expect(epoch).toHaveLength(5);
    expect(terminated).toBeUndefined();
    await plain.fit(X, y, { epochs: 5, batchSize: 4 });
    expect(weightBits(watched)).toEqual(weightBits(plain));
  });

  it('ends a training that diverges in the very batch, and says where it began', async () => {
    const model = deep(1e6);
    let steps = 0;
    const { epoch, terminated } = await model.fit(X, y, {
      epochs: 50,
      batchSize: 4,
      callbacks: [terminateOnNaN(), { onBatchEnd: () => void ++steps }],
    });
    expect(epoch.length).toBe(terminated!.epoch);
    expect(steps).toBe(5 * terminated!.epoch + terminated!.batch + 1);
    // The same training once more, up to the step before: all is finite.
    const before = deep(1e6);
    const losses: number[] = [];
    await before.fit(X, y, {
      stepsPerEpoch: steps - 1,
      batchSize: 4,
      callbacks: { onBatchEnd: (_, { loss }) => void losses.push(loss) },
    });
    const finite = ({ data }: { data: Float32Array }) => data.every(Number.isFinite);
    expect(before.getWeights().every(finite)).toBe(true);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(terminated!.reason).toMatch(/not all finite|the loss is/);
    expect(model.layers.map(({ name }) => name)).toContain(terminated!.layer);
  });

  it.each([
    ['dense', 0],
    ['dense_1', 2],
    ['last', 4],
  ])('names layer %s where its weights are to blame', async (layer, place) => {
    const model = deep(1e-3);
    const { terminated } = await model.fit(X, y, {
      epochs: 3,
      batchSize: 4,
      callbacks: {
        onBatchBegin(batch) {
          if (batch !== 3 || model.getWeights()[place]!.data[0]! > 1e38) return;
          const weights = model.getWeights();
          weights[place]!.data.fill(3e38);
          model.setWeights(weights);
        },
        ...terminateOnNaN(),
      },
    });
    expect(terminated).toMatchObject({ layer, batch: 3, epoch: 0 });
    expect(terminated!.reason).toBe(`the activations of ${layer} are not all finite`);
  });

  it('names the weight where the step itself overflows', async () => {
    using model = sequential({
      seed: 1,
      layers: [dense({ units: 1, inputShape: [1], kernelInitializer: 'ones' })],
    });
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e38 }, loss: 'meanAbsoluteError' });
    const { terminated } = await model.fit([[100]], [0], { epochs: 2, callbacks: terminateOnNaN() });
    expect(terminated).toEqual({
      reason: 'the numbers of dense/kernel are not all finite',
      layer: 'dense',
      batch: 0,
      epoch: 0,
    });
  });

  it('goes no batch further when the training that it ended is resumed', async () => {
    const model = deep(1e6);
    const options = { epochs: 50, batchSize: 4 };
    const { terminated } = await model.fit(X, y, { ...options, callbacks: terminateOnNaN() });
    let batches = 0;
    const counting = { onBatchBegin: () => void ++batches };
    const again = await model.fit(X, y, { ...options, callbacks: [terminateOnNaN(), counting], resume: true });
    expect(batches).toBe(0);
    expect(again.terminated).toMatchObject({ batch: terminated!.batch, epoch: terminated!.epoch });
    await model.fit(X, y, { ...options, epochs: terminated!.epoch + 1, callbacks: counting, resume: true });
    expect(batches).toBeGreaterThan(0);
  });

  it('leaves the next training alone', async () => {
    using model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e38 }, loss: 'meanAbsoluteError' });
    const weights = model.getWeights();
    await model.fit([[100]], [0], { callbacks: terminateOnNaN() });
    model.setWeights(weights);
    model.learningRate = 0.01;
    expect(await model.fit([[100]], [0], { callbacks: terminateOnNaN() })).not.toHaveProperty('terminated');
  });
});

describe('csvLogger', () => {
  it('writes a line with names, then one an epoch, empty where an epoch has no figure', async () => {
    const lines: string[] = [];
    const { history } = await build().fit(X, Y, {
      epochs: 2,
      validationData: [X, Y],
      validationFreq: 2,
      callbacks: csvLogger(async (line) => void lines.push(line)),
    });
    const [loss, accuracy] = [history['loss']!, history['accuracy']!];
    expect(lines).toEqual([
      'epoch,loss,accuracy,valLoss,valAccuracy\n',
      `0,${loss[0]},${accuracy[0]},,\n`,
      `1,${loss[1]},${accuracy[1]},${history['valLoss']![0]},${history['valAccuracy']![0]}\n`,
    ]);
  });

  it('takes another separator', async () => {
    const lines: string[] = [];
    await build().fit(X, Y, { callbacks: csvLogger((line) => void lines.push(line), { separator: '\t' }) });
    expect(lines[0]).toBe('epoch\tloss\taccuracy\n');
  });
});

describe('Wrong options', () => {
  it.each<[string, () => unknown, ErrorConstructor, string]>([
    [
      'patience',
      () => earlyStopping({ patience: -1 }),
      RangeError,
      'earlyStopping: patience: expected an integer from 0 to 2147483647, got -1',
    ],
    [
      'mode',
      () => earlyStopping({ mode: wrong('less') }),
      RangeError,
      "earlyStopping: mode: expected one of 'auto', 'min', 'max', got 'less'.",
    ],
    [
      'minDelta',
      () => earlyStopping({ minDelta: NaN }),
      RangeError,
      'earlyStopping: minDelta: expected a number from 0, got NaN',
    ],
    [
      'monitor',
      () => earlyStopping({ monitor: wrong(5) }),
      TypeError,
      'earlyStopping: monitor: expected a string, got 5',
    ],
    [
      'factor',
      () => reduceLROnPlateau({ factor: 1 }),
      RangeError,
      'reduceLROnPlateau: factor: expected a number from 0 to below 1, got 1',
    ],
    [
      'an unknown one',
      () => earlyStopping(wrong({ patients: 1 })),
      RangeError,
      "earlyStopping: options: option: expected one of 'monitor', 'mode', 'patience', 'minDelta', 'baseline', 'restoreBestWeights', 'startFromEpoch', got 'patients'. Did you mean 'patience'?",
    ],
    ['save', () => modelCheckpoint(wrong({})), TypeError, 'modelCheckpoint: save: expected a function, got undefined'],
    [
      'schedule',
      () => learningRateScheduler(wrong(0.1)),
      TypeError,
      'learningRateScheduler: schedule: expected a function, got 0.1',
    ],
    ['write', () => csvLogger(wrong('file.csv')), TypeError, "csvLogger: write: expected a function, got 'file.csv'"],
  ])('%s', (_what, call, error, message) => expectError(call, error, message));
});
