import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  dense,
  init,
  schedules,
  sequential,
  type Batch,
  type Dataset,
  type FitOptions,
  type Sequential,
} from 'mlp-wasm/internals';
import { mlp } from 'mlp-wasm/internals';
import { weightBits } from '../support/bits.js';
import { wrong } from '../support/refusals.js';
import { X, Y } from '../support/samples.js';

beforeAll(() => init());

function build(): Sequential {
  const model = sequential({
    seed: 5,
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [3] }), dense({ units: 2, activation: 'softmax' })],
  });
  onTestFinished(() => model.dispose());
  const learningRate = schedules.exponentialDecay({
    initialLearningRate: 0.05,
    decaySteps: 5,
    decayRate: 0.9,
  });
  model.compile({
    optimizer: { name: 'adam', learningRate },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

const SIZE = 6;
const batchAt = (i: number): { x: Float32Array; y: Uint8Array } => ({
  x: X.subarray(3 * SIZE * i, 3 * SIZE * (i + 1)),
  y: Y.subarray(SIZE * i, SIZE * (i + 1)),
});

async function* batches(): AsyncGenerator<Batch> {
  for (let i = 0; i < 4; ++i) {
    await new Promise((resolve) => setTimeout(resolve, i % 2));
    yield i % 2 ? batchAt(i) : [batchAt(i).x, batchAt(i).y];
  }
}

const IN_ORDER: FitOptions = { batchSize: SIZE, shuffle: false };

describe('fitDataset', () => {
  it('is fit on the same batches, to the bit: figures, callbacks, validation', async () => {
    const record = () => {
      const calls: unknown[] = [];
      const names = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'];
      const callbacks = Object.fromEntries(
        names.map((name) => [name, (...args: unknown[]) => void calls.push([name, ...args])]),
      );
      return { calls, callbacks };
    };
    const [one, other] = [record(), record()];
    const [fitted, fed] = [build(), build()];
    const options = { epochs: 3, validationData: [X, Y] as const };
    const history = await fitted.fit(X, Y, { ...IN_ORDER, ...options, callbacks: one.callbacks });
    const same = await fed.fitDataset(batches, { ...options, callbacks: other.callbacks });
    expect(same).toEqual(history);
    expect(other.calls).toEqual(one.calls);
    expect(weightBits(fed)).toEqual(weightBits(fitted));
  });

  it.each<[string, Dataset]>([
    ['an async generator', batches()],
    ['a function that returns a promise', async () => batches()],
    ['an array', [0, 1, 2, 3].map(batchAt)],
    [
      'a generator',
      (function* () {
        for (let i = 0; i < 4; ++i) yield batchAt(i);
      })(),
    ],
  ])('takes %s', async (_what, dataset) => {
    const [fitted, fed] = [build(), build()];
    await fitted.fit(X, Y, IN_ORDER);
    await fed.fitDataset(dataset);
    expect(weightBits(fed)).toEqual(weightBits(fitted));
  });

  it('takes bytes, sparse rows and lists, in batches of any size', async () => {
    const model = build();
    const sizes: number[] = [];
    const dense = (rows: number) => [...X.subarray(0, 3 * rows)].map((value) => Math.max(0, Math.round(9 * value)));
    await model.fitDataset(
      [
        { x: Uint8Array.from(dense(4)), y: Y.subarray(0, 4) },
        { x: { shape: [2, 3], indptr: [0, 1, 2], indices: [0, 2], values: [1, 2] }, y: [0, 1] },
        [[[1, 2, 3]], [1]],
        [X, Y],
      ],
      { callbacks: { onBatchEnd: (_, { size }) => void sizes.push(size!) } },
    );
    expect(sizes).toEqual([4, 2, 1, 20]);
  });

  it('asks the function for each pass by its number, and ends what it returned', async () => {
    const passes: string[] = [];
    const model = build();
    const dataset = (pass: number) => ({
      async *[Symbol.asyncIterator]() {
        passes.push(`begin ${pass}`);
        try {
          yield* batches();
        } finally {
          passes.push(`end ${pass}`);
        }
      },
    });
    await model.fitDataset(dataset, { epochs: 2 });
    await model.fitDataset(dataset, { stepsPerEpoch: 1 });
    expect(passes).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('cuts epochs of stepsPerEpoch from the stream, across passes', async () => {
    const [fitted, fed] = [build(), build()];
    const { history } = await fitted.fit(X, Y, { ...IN_ORDER, epochs: 4, stepsPerEpoch: 3 });
    const same = await fed.fitDataset(batches, { epochs: 4, stepsPerEpoch: 3 });
    expect(same.history).toEqual(history);
    expect(weightBits(fed)).toEqual(weightBits(fitted));
    async function* endless() {
      for (;;) yield* batches();
    }
    const other = build();
    expect((await other.fitDataset(endless, { epochs: 4, stepsPerEpoch: 3 })).history).toEqual(history);
  });

  it('says so when there is nothing more to iterate over', async () => {
    const message = 'fitDataset: dataset: expected at least one batch in each pass, got none';
    await expect(build().fitDataset(batches(), { epochs: 2 })).rejects.toThrow(message);
    await expect(build().fitDataset([])).rejects.toThrow(message);
    await expect(build().fitDataset(() => [], { stepsPerEpoch: 5 })).rejects.toThrow(message);
    const model = build();
    await expect(model.fitDataset(batches(), { stepsPerEpoch: 5 })).rejects.toThrow(message);
    const fitted = build();
    await fitted.fit(X, Y, IN_ORDER);
    expect(weightBits(model)).toEqual(weightBits(fitted));
  });

  it.each<[string, unknown, string]>([
    ['an error of its own', new Error('offline'), 'offline'],
    [
      'no batch',
      5,
      'fitDataset: batch 2: expected { x, y }, [x, y] or, with weights, { x, y, sampleWeight } or [x, y, sampleWeight], got 5',
    ],
    [
      'half a batch',
      [X],
      'fitDataset: batch 2: expected { x, y }, [x, y] or, with weights, { x, y, sampleWeight } or [x, y, sampleWeight], got Array(1)',
    ],
    [
      'a batch with more',
      { x: X, y: Y, z: 0 },
      "fitDataset: batch 2: option: expected one of 'x', 'y', 'sampleWeight', got 'z'.",
    ],
    ['no targets', { x: X }, 'fitDataset: batch 2: y: expected'],
    ['a number that is none', { x: [[1, NaN, 2]], y: [0] }, 'fitDataset: batch 2: x'],
    ['targets of another length', { x: X, y: [0] }, 'fitDataset: batch 2: y: expected 20 class indices'],
  ])('rejects %s, the model as after the last good batch, from where it goes on', async (_what, bad, message) => {
    const model = build();
    let broken = true;
    const ends: string[] = [];
    async function* dataset(): AsyncGenerator<Batch> {
      try {
        yield batchAt(0);
        yield batchAt(1);
        if (broken && bad instanceof Error) throw bad;
        if (broken) yield wrong<Batch>(bad);
        yield batchAt(2);
        yield batchAt(3);
      } finally {
        ends.push('end');
      }
    }
    await expect(model.fitDataset(dataset, { epochs: 2 })).rejects.toThrow(message);
    expect(ends).toEqual(['end']);
    const two = build();
    await two.fit(X, Y, { ...IN_ORDER, stepsPerEpoch: 2 });
    expect(weightBits(model)).toEqual(weightBits(two));
    broken = false;
    await model.fitDataset(dataset, { epochs: 2, resume: true });
    const whole = build();
    await whole.fit(X, Y, { ...IN_ORDER, epochs: 2 });
    expect(weightBits(model)).toEqual(weightBits(whole));
  });

  it('stops by a signal, also while the next batch is awaited, and does not wait for it', async () => {
    const model = build();
    const controller = new AbortController();
    let ended = false;
    async function* slow(): AsyncGenerator<Batch> {
      try {
        yield batchAt(0);
        setTimeout(() => controller.abort(), 5);
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield batchAt(1);
      } finally {
        ended = true;
      }
    }
    const { epoch } = await model.fitDataset(slow, { signal: controller.signal });
    expect(ended).toBe(false);
    expect(epoch).toEqual([]);
    expect(model.isTraining).toBe(false);
    await model.fitDataset(batches, { resume: true });
    const whole = build();
    await whole.fit(X, Y, IN_ORDER);
    expect(weightBits(model)).toEqual(weightBits(whole));
    await expect.poll(() => ended).toBe(true);
  });

  it('goes on from any step of any epoch', async () => {
    for (const stepsPerEpoch of [undefined, 3, 6]) {
      const options = { epochs: 3, ...(stepsPerEpoch && { stepsPerEpoch }) };
      const whole = build();
      await whole.fitDataset(batches, options);
      const model = build();
      for (let stops = 0; stops < 40; ++stops) {
        let steps = 0;
        const { epoch } = await model.fitDataset(batches, {
          ...options,
          resume: true,
          callbacks: { onBatchEnd: () => void (model.stopTraining = ++steps === 2) },
        });
        if (steps === 0 && epoch.length === 0) break;
      }
      expect(weightBits(model)).toEqual(weightBits(whole));
    }
  });

  it('does not fill the heap', async () => {
    const model = build();
    for (let i = 0; i < 10; ++i) await model.fitDataset([[X, Y]]);
    const heap = mlp().HEAPU8.length;
    for (let i = 0; i < 500; ++i) await model.fitDataset([[X, Y], batchAt(0)]);
    expect(mlp().HEAPU8.length).toBe(heap);
  });

  it.each<[unknown, string]>([
    [5, 'fitDataset: dataset: expected an async iterable or a function that returns one, got 5'],
    ['data', "fitDataset: dataset: expected an async iterable or a function that returns one, got 'data'"],
    [() => 5, 'fitDataset: dataset: expected an async iterable or a function that returns one, got 5'],
  ])('refuses %s for a dataset', async (dataset, message) => {
    const model = build();
    await expect(model.fitDataset(wrong(dataset))).rejects.toThrow(new TypeError(message));
    expect(model.isTraining).toBe(false);
  });

  it('refuses options that only fit has', async () => {
    await expect(build().fitDataset(batches, wrong({ batchSize: 5 }))).rejects.toThrow('fitDataset: options');
  });
});

describe('Weights in fitDataset', () => {
  const sampleWeight = Float32Array.from({ length: SIZE }, (_, i) => (i % 3) / 2);
  const classWeight = { 0: 0.25, 1: 3 };
  const fitted = async (options: FitOptions) => {
    const model = build();
    await model.fit(X, Y, { ...IN_ORDER, epochs: 2, ...options });
    return weightBits(model);
  };
  const all = Float32Array.from({ length: 20 }, (_, row) => sampleWeight[row % SIZE]!);

  it.each<[string, (i: number) => Batch]>([
    [
      '{ x, y, sampleWeight }',
      (i) => ({ ...batchAt(i), sampleWeight: [...sampleWeight].slice(0, batchAt(i).y.length) }),
    ],
    ['[x, y, sampleWeight]', (i) => [batchAt(i).x, batchAt(i).y, sampleWeight.subarray(0, batchAt(i).y.length)]],
  ])('are those of fit, to the bit: %s', async (_what, at) => {
    const model = build();
    await model.fitDataset(() => [0, 1, 2, 3].map(at), { epochs: 2 });
    expect(weightBits(model)).toEqual(await fitted({ sampleWeight: all }));
    const classed = build();
    await classed.fitDataset(() => [0, 1, 2, 3].map(at), {
      epochs: 2,
      classWeight: new Map([
        [0, 0.25],
        [1, 3],
      ]),
    });
    expect(weightBits(classed)).toEqual(await fitted({ sampleWeight: all, classWeight }));
  });

  it('by class alone are those of fit, to the bit', async () => {
    const model = build();
    await model.fitDataset(batches, { epochs: 2, classWeight });
    expect(weightBits(model)).toEqual(await fitted({ classWeight }));
  });

  it('are refused by their place, and at once where they are of classes', async () => {
    const wrongWeight = { ...batchAt(0), sampleWeight: [1, -1, 1, 1, 1, 1] };
    await expect(build().fitDataset([wrongWeight])).rejects.toThrow(
      'fitDataset: batch 0: sampleWeight[1]: expected a number from 0, got -1',
    );
    await expect(build().fitDataset(batches, { classWeight: [1] })).rejects.toThrow(
      'fitDataset: classWeight: expected 2 numbers, one a class, got Array(1)',
    );
  });
});
