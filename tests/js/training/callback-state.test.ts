import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  csvLogger,
  dense,
  earlyStopping,
  init,
  loadCheckpoint,
  modelCheckpoint,
  readSafetensors,
  reduceLROnPlateau,
  sequential,
  writeSafetensors,
  type Callbacks,
  type FitOptions,
  type OptimizerConfig,
  type Sequential,
  type TrainedModel,
} from 'mlp-wasm';
import { bitsOf, weightBits } from '../support/bits.js';
import { wrong } from '../support/refusals.js';
import { build, IN_ORDER, X, Y } from '../support/batches.js';

// States of callbacks are kept when a training stops, and are there again when it goes on.

beforeAll(() => init());

const OPTIONS = { ...IN_ORDER, epochs: 12, validationData: [X, Y] as const };

/** The validation's loss as each epoch is made to have it, for callbacks that come behind. */
const shows = (figures: number[]): Callbacks => ({
  onEpochEnd(epoch, logs) {
    logs['valLoss'] = figures[epoch]!;
  },
});

const FIGURES = [9, 8, 7, 7, 7, 6, 6, 6, 6, 6, 5, 6];

/**
 * Trains in two legs, with a checkpoint at the end of epoch `stop` or by the same model, and callbacks made anew for
 * each; and in one. The model of each, and whatever `made` collects.
 */
async function legs<Log>(stop: number, make: (log: Log[]) => Callbacks, inOneModel = false) {
  const [plain, split]: [Log[], Log[]] = [[], []];
  const whole = build();
  const options = (log: Log[]): FitOptions => ({ ...OPTIONS, callbacks: [shows(FIGURES), make(log)] });
  await whole.fit(X, Y, options(plain));
  let model: Sequential = build();
  const end: Callbacks = { onEpochEnd: (epoch) => void (model.stopTraining ||= epoch === stop) };
  const first = options(split);
  await model.fit(X, Y, { ...first, callbacks: [...(first.callbacks as Callbacks[]), end] });
  if (!inOneModel) model = await loadCheckpoint(model.checkpoint());
  const rest = await model.fit(X, Y, { ...options(split), resume: true });
  return { plain, split, whole, model, last: rest.epoch.at(-1) };
}

describe.each([
  ['of a checkpoint', false],
  ['of the same model', true],
])('After a resume %s', (_what, inOneModel) => {
  it.each([0, 1, 4, 6])('modelCheckpoint saves what is better than all before epoch %i and after', async (stop) => {
    const make = (log: number[]) =>
      modelCheckpoint({ saveBestOnly: true, save: (_bytes, { epoch }) => void log.push(epoch) });
    const { plain, split } = await legs<number>(stop, make, inOneModel);
    expect(plain).toEqual([0, 1, 2, 5, 10]);
    expect(split).toEqual(plain);
  });

  it.each([0, 3, 6])('earlyStopping has as much patience as it had left after epoch %i', async (stop) => {
    const make = () => earlyStopping({ patience: 4 });
    const { whole, model, last } = await legs(stop, make, inOneModel);
    expect(last).toBe(9);
    expect(weightBits(model)).toEqual(weightBits(whole));
  });

  it.each([1, 3, 6])('reduceLROnPlateau counts on after epoch %i', async (stop) => {
    const { whole, model } = await legs(stop, () => reduceLROnPlateau({ patience: 2, cooldown: 1 }), inOneModel);
    expect(model.learningRate).toBe(whole.learningRate);
    expect(weightBits(model)).toEqual(weightBits(whole));
  });

  it('csvLogger writes its header once', async () => {
    const { plain, split } = await legs<string>(3, (log) => csvLogger((line) => void log.push(line)), inOneModel);
    expect(split).toEqual(plain);
    expect(split.filter((line) => line.startsWith('epoch'))).toHaveLength(1);
  });

  it('a callback of a program has its numbers again, to the bit, and two of a name theirs', async () => {
    class Counting implements Callbacks {
      state: unknown = { count: 0, floats: Float32Array.of(NaN, -0), odd: [-0, Infinity, NaN, 'text', null, true] };
      constructor(readonly first: number) {}
      onTrainBegin() {
        (this.state as { first?: number }).first ??= this.first;
      }
      onEpochEnd() {
        ++(this.state as { count: number }).count;
      }
      getState() {
        return this.state;
      }
      setState(state: unknown) {
        this.state = state;
      }
    }
    const model = build();
    await model.fit(X, Y, { ...IN_ORDER, epochs: 2, callbacks: [new Counting(1), new Counting(2)] });
    const again = inOneModel ? model : await loadCheckpoint(model.checkpoint());
    const callbacks = [new Counting(3), new Counting(4)];
    await again.fit(X, Y, { ...IN_ORDER, epochs: 3, resume: true, callbacks });
    callbacks.forEach(({ state }, i) => {
      expect(state).toEqual({
        count: 3,
        floats: Float32Array.of(NaN, -0),
        odd: [-0, Infinity, NaN, 'text', null, true],
        first: i + 1,
      });
    });
  });
});

it('modelCheckpoint takes the figure to be bettered', async () => {
  const saved: number[] = [];
  const save = (_bytes: Uint8Array, { epoch }: { epoch: number }) => void saved.push(epoch);
  const checkpoint = modelCheckpoint({ save, saveBestOnly: true, initialBest: 6.5 });
  await build().fit(X, Y, { ...OPTIONS, callbacks: [shows(FIGURES), checkpoint] });
  expect(saved).toEqual([5, 10]);
  expect(() => modelCheckpoint({ save, initialBest: wrong('6') })).toThrow(
    new TypeError("modelCheckpoint: initialBest: expected a finite number, got '6'"),
  );
});

it('modelCheckpoint saves what the callbacks behind it in the list know of the epoch, too: the best weights', async () => {
  const files: Uint8Array[] = [];
  const save = (bytes: Uint8Array) => void files.push(bytes);
  const stopping = () => earlyStopping({ patience: 4, restoreBestWeights: true });
  const whole = build();
  const callbacks = [shows(FIGURES), modelCheckpoint({ save }), stopping()];
  expect((await whole.fit(X, Y, { ...OPTIONS, callbacks })).epoch.at(-1)).toBe(9);
  for (const stop of [3, 4, 7]) {
    using again = await loadCheckpoint(files[stop]!);
    const rest = await again.fit(X, Y, { ...OPTIONS, resume: true, callbacks: [shows(FIGURES), stopping()] });
    expect(rest.epoch.at(-1)).toBe(9);
    expect(weightBits(again)).toEqual(weightBits(whole)); // those of epoch 5
  }
});

it('params.initialEpoch is the epoch that a resumed training goes on from', async () => {
  const model = build();
  await model.fit(X, Y, { ...IN_ORDER, epochs: 2 });
  const seen: number[] = [];
  const setParams = ({ initialEpoch }: { initialEpoch: number }) => void seen.push(initialEpoch);
  await model.fit(X, Y, { ...IN_ORDER, epochs: 4, resume: true, callbacks: { setParams } });
  await model.fitDataset([], { epochs: 5, resume: true, callbacks: { setParams } }).catch(() => undefined);
  expect(seen).toEqual([2, 4]);
});

describe('restoreBestWeights', () => {
  it('restores nothing that is not finite, keeps the history, and says so', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      using model = sequential({ layers: [dense({ units: 1, inputShape: [3] })] });
      model.compile({ optimizer: { name: 'sgd', learningRate: 1e30 }, loss: 'meanSquaredError' });
      const callbacks = earlyStopping({ monitor: 'loss', patience: 2, restoreBestWeights: true });
      const { epoch, history } = await model.fit(X, [...Y], { epochs: 4, batchSize: 5, callbacks });
      expect(epoch.length).toBeGreaterThan(0);
      expect(history['loss']!.at(-1)).toBeNaN();
      expect(warn.mock.calls.flat().join()).toContain('earlyStopping: nothing was restored, because no epoch');
    } finally {
      warn.mockRestore();
    }
  });

  it('restores the last finite best where training breaks later', async () => {
    const model = build();
    let best: ReturnType<typeof weightBits> | undefined;
    const callbacks: Callbacks[] = [
      {
        onEpochEnd(epoch) {
          if (epoch === 1) best = weightBits(model);
          if (epoch === 1) model.learningRate = 3e38;
        },
      },
      earlyStopping({ monitor: 'loss', patience: 3, restoreBestWeights: true }),
    ];
    const { history } = await model.fit(X, Y, { ...IN_ORDER, epochs: 6, callbacks });
    expect(history['loss']!.slice(2).some((loss) => !Number.isFinite(loss) || loss > history['loss']![1]!)).toBe(true);
    expect(weightBits(model)).toEqual(best);
  });
});

describe('Averaged weights', () => {
  const averaged: OptimizerConfig = { name: 'adam', learningRate: 0.05, useEma: true, emaMomentum: 0.9 };

  it('are what an epoch is validated on, what callbacks get then, and what the model ends with', async () => {
    const model = build(averaged);
    const { history } = await model.fit(X, Y, { ...OPTIONS, epochs: 5 });
    expect(model.evaluate(X, Y).loss).toBe(history['valLoss']!.at(-1));
  });

  it('are restored as the best, with the valLoss that they had', async () => {
    const model = build(averaged);
    const worse = Y.map((label) => 1 - label); // ever worse from the first epoch on
    const { history } = await model.fit(X, Y, {
      ...OPTIONS,
      validationData: [X, worse],
      callbacks: earlyStopping({ patience: 3, restoreBestWeights: true }),
    });
    expect(model.evaluate(X, worse).loss).toBe(Math.min(...history['valLoss']!));
  });

  it('change nothing in the steps', async () => {
    const [validated, plain] = [build(averaged), build(averaged)];
    await validated.fit(X, Y, { ...OPTIONS, epochs: 5 });
    await plain.fit(X, Y, { ...IN_ORDER, stepsPerEpoch: 20 });
    expect(weightBits(validated)).toEqual(weightBits(plain));
  });

  it.each<[string, (model: Sequential) => Promise<Sequential>]>([
    ['an aborted signal', async (model) => (await again(model, { signal: AbortSignal.abort() }), model)],
    [
      'an onTrainBegin that throws',
      async (model) => {
        const onTrainBegin = () => Promise.reject(new Error('no'));
        await again(model, { callbacks: { onTrainBegin } }).catch(() => undefined);
        return model;
      },
    ],
    [
      'a checkpoint before the first step, and no step after it',
      async (model) => {
        let bytes: Uint8Array | undefined;
        await again(model, { callbacks: { onTrainBegin: () => void (bytes = model.checkpoint()) } });
        const loaded = await loadCheckpoint(bytes!);
        await again(loaded, { signal: AbortSignal.abort() });
        return loaded;
      },
    ],
  ])('stay where a resumed training does no step: %s', async (_what, resume) => {
    const model = build(averaged);
    await model.fit(X, Y, { ...IN_ORDER, epochs: 3 });
    const before = bitsOf(model.predict(X));
    expect(bitsOf((await resume(model)).predict(X))).toEqual(before);
  });

  const again = (model: Sequential, options: FitOptions) =>
    model.fit(X, Y, { ...IN_ORDER, epochs: 4, resume: true, ...options });
});

describe('A callback object', () => {
  it('may keep the model, and fields and methods of its own', async () => {
    const callbacks = {
      model: undefined as TrainedModel | undefined,
      losses: [] as number[],
      seen: new Map<number, number>(),
      setModel(model: TrainedModel) {
        this.model = model;
      },
      note(epoch: number, loss: number) {
        this.seen.set(epoch, loss);
        this.losses.push(loss);
      },
      onEpochEnd(epoch: number, { loss }: { loss: number }) {
        this.note(epoch, loss);
      },
    };
    const model = build();
    for (let i = 0; i < 2; ++i) await model.fit(X, Y, { epochs: 2, callbacks });
    expect(callbacks.losses).toHaveLength(4);
    expect(callbacks.model).toBe(model);
  });

  class Misspelt {
    onepochend() {}
  }
  it.each<[unknown, string]>([
    [{ onEpochend() {} }, "got 'onEpochend'. Did you mean 'onEpochEnd'?"],
    [{ on_epoch_end() {} }, "got 'on_epoch_end'. Did you mean 'onEpochEnd'?"],
    [{ onFinished() {} }, "got 'onFinished'."],
    [{ setmodel() {} }, "got 'setmodel'. Did you mean 'setModel'?"],
    [new Misspelt(), "got 'onepochend'. Did you mean 'onEpochEnd'?"],
  ])('with a misspelt method is refused: %o', async (callbacks, message) => {
    await expect(build().fit(X, Y, { callbacks: wrong(callbacks) })).rejects.toThrow(message);
  });

  it.each([new Set([{ onEpochEnd() {} }]), new Map(), new Date(), 5, null])('is no %o', async (callbacks) => {
    await expect(build().fit(X, Y, { callbacks: wrong(callbacks) })).rejects.toThrow(TypeError);
  });
});

describe('A state of more than 100 levels', () => {
  it('is refused by checkpoint, as one that holds itself', async () => {
    const state: { self?: unknown } = {};
    state.self = state;
    const model = build();
    let thrown: unknown;
    const onBatchEnd = () => {
      try {
        model.checkpoint();
      } catch (error) {
        thrown = error;
      }
    };
    await model.fit(X, Y, { callbacks: [{ getState: () => state, onBatchEnd }] });
    expect(thrown).toEqual(new RangeError('checkpoint: a value of getState(): expected at most 100 levels, got more'));
  });

  it('is refused by loadCheckpoint', async () => {
    const model = build();
    let file: Uint8Array | undefined;
    const onBatchEnd = () => void (file ??= model.checkpoint());
    await model.fit(X, Y, { callbacks: [{ getState: () => 'here', onBatchEnd }] });
    const { tensors, metadata } = readSafetensors(file!);
    const levels = (count: number) => '['.repeat(count) + ']'.repeat(count);
    const withState = (state: string) =>
      writeSafetensors(tensors, { ...metadata, training: metadata['training']!.replace('"here"', state) });
    (await loadCheckpoint(withState(levels(50)))).dispose();
    await expect(loadCheckpoint(withState(levels(20_000)))).rejects.toThrow(
      new RangeError('loadCheckpoint: training.position.callbacks: expected at most 100 levels, got more'),
    );
  });
});
