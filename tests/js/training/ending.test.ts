import { beforeAll, describe, expect, it } from 'vitest';
import { init, loadCheckpoint, type Batch, type Sequential } from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { inProcess } from '../support/process.js';
import { BATCHES, batchAt, build, IN_ORDER, X, Y } from '../support/batches.js';

// How a training ends while it waits for its data, and from where it goes on. What counts is the order of events: the
// machine may be slow.

beforeAll(() => init());

const never = new Promise<never>(() => {});

/** Lets everything happen that waits for nothing but its turn. */
const settle = async () => {
  for (let i = 0; i < 5; ++i) await new Promise((resolve) => setTimeout(resolve));
};

const ways: [string, (model: Sequential, controller: AbortController) => void][] = [
  ['a signal', (_, controller) => controller.abort()],
  ['stopTraining', (model) => void (model.stopTraining = true)],
  ['dispose()', (model) => model.dispose()],
];

describe('While a batch is awaited that never comes', () => {
  it.each(ways)('%s ends fitDataset', async (_way, end) => {
    const model = build();
    const controller = new AbortController();
    async function* stuck(): AsyncGenerator<Batch> {
      yield batchAt(0);
      await never;
    }
    let steps = 0;
    const training = model.fitDataset(stuck, {
      signal: controller.signal,
      callbacks: { onBatchEnd: () => void ++steps },
    });
    while (steps === 0) await settle();
    end(model, controller);
    expect((await training).epoch).toEqual([]);
    expect(model.isTraining).toBe(false);
  });

  it.each(ways)(
    '%s ends fitDataset before the function has given what it iterates over, which is closed',
    async (_way, end) => {
      const model = build();
      const controller = new AbortController();
      const events: string[] = [];
      let give!: (dataset: AsyncIterable<Batch>) => void;
      const training = model.fitDataset(() => new Promise((resolve) => (give = resolve)), {
        signal: controller.signal,
      });
      await settle();
      end(model, controller);
      await training.then(() => events.push('ended'));
      give({
        [Symbol.asyncIterator]() {
          events.push('opened');
          return {
            next: async () => (events.push('asked'), { done: true, value: undefined }),
            return: async () => (events.push('closed'), { done: true, value: undefined }),
          };
        },
      });
      await settle();
      expect(events).toEqual(['ended', 'opened', 'closed']);
    },
  );
});

it('An iterator whose return() never resolves holds up nobody', async () => {
  const model = build();
  const dataset = () => {
    let i = 0;
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: batchAt(i++ % 4) }),
        return: () => never,
      }),
    };
  };
  const { epoch } = await model.fitDataset(dataset, { stepsPerEpoch: 2, epochs: 2 });
  expect(epoch).toEqual([0, 1]);
});

it.each(['setModel', 'setParams'])(
  'A rejecting %s refuses the training, and nothing else hears of it',
  async (name) => {
    const model = build();
    const before = weightBits(model);
    const refuse = new Error('not like this');
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    try {
      await expect(model.fit(X, Y, { callbacks: { [name]: () => Promise.reject(refuse) } })).rejects.toBe(refuse);
      model.steps(X, Y, { callbacks: { [name]: () => Promise.reject(refuse) } });
      await settle();
    } finally {
      process.off('unhandledRejection', listen);
    }
    expect(unhandled).toEqual([]);
    expect(weightBits(model)).toEqual(before);
  },
);

it('Batches of a training with a signal are let go as soon as they are trained on', async () => {
  const kept = await inProcess(
    ['--expose-gc'],
    async ({ init, sequential, dense }) => {
      await init();
      const features = 2048;
      const model = sequential({ layers: [dense({ units: 1, inputShape: [features] })] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const rows = 1024; // of 8 MB together
      const { gc } = globalThis as unknown as { gc(): void };
      const used = async () => {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 50)); // buffers are freed beside the program
        gc();
        return process.memoryUsage().arrayBuffers;
      };
      let [first, last] = [0, 0];
      await model.fitDataset(
        async function* () {
          for (let i = 0; i < 100; ++i) {
            await new Promise((resolve) => setTimeout(resolve));
            if (i === 10) first = await used();
            if (i === 99) last = await used();
            yield { x: new Float32Array(rows * features), y: new Float32Array(rows) };
          }
        },
        { signal: new AbortController().signal },
      );
      return last - first;
    },
    null,
  );
  expect(kept).toBeLessThan(30e6);
});

describe('fitDataset goes on exactly where it stopped', () => {
  const whole = async () => {
    const model = build();
    await model.fit(X, Y, { ...IN_ORDER, epochs: 3 });
    return weightBits(model);
  };
  /** Data that depend on the pass: one that is skipped changes the weights. */
  const dataset = (pass: number) => (pass % 2 ? [...BATCHES].reverse() : BATCHES);
  const wholeByPass = async () => {
    const model = build();
    await model.fitDataset(dataset, { epochs: 3 });
    return weightBits(model);
  };

  it.each([0, 4, 8])('after a throw in onBatchBegin of batch %i', async (stop) => {
    const model = build();
    let begun = 0;
    const onBatchBegin = () => {
      if (begun++ === stop) throw new Error('no');
    };
    await expect(model.fitDataset(dataset, { epochs: 3, callbacks: { onBatchBegin } })).rejects.toThrow('no');
    await model.fitDataset(dataset, { epochs: 3, resume: true });
    expect(weightBits(model)).toEqual(await wholeByPass());
  });

  it.each([0, 4, 8])('from a checkpoint in onBatchBegin of batch %i', async (stop) => {
    const model = build();
    let begun = 0;
    let bytes: Uint8Array | undefined;
    const onBatchBegin = () => void (begun++ === stop && (bytes = model.checkpoint()));
    await model.fitDataset(dataset, { epochs: 3, callbacks: { onBatchBegin } });
    using again = await loadCheckpoint(bytes!);
    await again.fitDataset(dataset, { epochs: 3, resume: true });
    expect(weightBits(again)).toEqual(await wholeByPass());
  });

  it.each<[string, (model: Sequential) => Promise<unknown>]>([
    ['a dataset that is none', (model) => model.fitDataset(() => undefined as never)],
    [
      'a throw in onTrainBegin',
      (model) => model.fit(X, Y, { callbacks: { onTrainBegin: () => Promise.reject(new Error()) } }),
    ],
    [
      'a throw in the first onBatchBegin',
      (model) => model.fit(X, Y, { callbacks: { onBatchBegin: () => Promise.reject(new Error()) } }),
    ],
  ])('although it was asked for another training, refused before its first step: %s', async (_what, other) => {
    const model = build();
    let steps = 0;
    const callbacks = { onBatchEnd: () => void (model.stopTraining = ++steps === 6) };
    await model.fit(X, Y, { ...IN_ORDER, epochs: 3, callbacks });
    await expect(other(model)).rejects.toThrow();
    expect((await model.fit(X, Y, { ...IN_ORDER, epochs: 3, resume: true })).epoch).toEqual([1, 2]);
    expect(weightBits(model)).toEqual(await whole());
  });
});
