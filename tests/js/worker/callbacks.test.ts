import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as local from 'mlp-wasm';
import { connect, transfer, type RemoteMlp, type RemoteModel } from 'mlp-wasm/worker';
import { bitsOfWeights } from '../support/bits.js';
import { BATCHES, batchAt, build, IN_ORDER, X, Y } from '../support/batches.js';

// Callbacks, schedules and the like that the page makes work for a model in a worker as they do for one in the page.

let mlp: RemoteMlp;
/** However busy the machine is. */
const PATIENTLY = { timeout: 60_000 };

beforeAll(async () => {
  await local.init();
  mlp = await connect();
});
afterAll(() => mlp.terminate());

/** A model in the worker as `build()` makes one here. */
async function far(): Promise<RemoteModel> {
  const here = build();
  return mlp.loadCheckpoint(here.checkpoint());
}

const bitsOf = async (model: RemoteModel | local.Sequential) => bitsOfWeights(await model.getWeights());

const OPTIONS = { ...IN_ORDER, epochs: 8, validationData: [X, Y.map((label) => 1 - label)] as const };

describe('A callback of the package that is made on the page', () => {
  it('restores the best weights: earlyStopping', async () => {
    const make = () => local.earlyStopping({ patience: 2, restoreBestWeights: true });
    const [here, there] = [build(), await far()];
    const history = await here.fit(X, Y, { ...OPTIONS, callbacks: make() });
    expect(history.epoch.length).toBeLessThan(8);
    expect(await there.fit(X, Y, { ...OPTIONS, callbacks: make() })).toEqual(history);
    expect(await bitsOf(there)).toEqual(await bitsOf(here));
  });

  it("gets bytes, and their callbacks' state: modelCheckpoint", async () => {
    const files: Uint8Array[] = [];
    const save = (bytes: Uint8Array) => void files.push(bytes);
    const stopping = () => local.earlyStopping({ patience: 6 });
    const there = await far();
    await there.fit(X, Y, { ...OPTIONS, epochs: 4, callbacks: [local.modelCheckpoint({ save }), stopping()] });
    expect(files).toHaveLength(4);
    using again = await local.loadCheckpoint(files[3]!);
    const { epoch } = await again.fit(X, Y, { ...OPTIONS, epochs: 20, resume: true, callbacks: stopping() });
    const whole = await build().fit(X, Y, { ...OPTIONS, epochs: 20, callbacks: stopping() });
    expect(epoch.at(-1)).toBe(whole.epoch.at(-1));
  });

  it('keeps what it knows until the training goes on', async () => {
    const make = () => local.earlyStopping({ patience: 6 });
    const there = await far();
    const stop = { onEpochEnd: (epoch: number) => void (there.stopTraining = epoch === 2) };
    await there.fit(X, Y, { ...OPTIONS, epochs: 20, callbacks: [make(), stop] });
    const { epoch } = await there.fit(X, Y, { ...OPTIONS, epochs: 20, resume: true, callbacks: make() });
    const whole = await build().fit(X, Y, { ...OPTIONS, epochs: 20, callbacks: make() });
    expect(epoch.at(-1)).toBe(whole.epoch.at(-1));
  });

  it('says where numbers broke: terminateOnNaN', async () => {
    const run = async (model: RemoteModel | local.Sequential) => {
      model.learningRate = 1e38;
      return model.fit(X, Y, { ...IN_ORDER, epochs: 50, callbacks: local.terminateOnNaN() });
    };
    const here = await run(build());
    expect(here.terminated).toBeDefined();
    expect((await run(await far())).terminated).toEqual(here.terminated);
  });

  it('reduces the rate, also that of a schedule, which it sees as it is now: reduceLROnPlateau', async () => {
    const run = async (model: RemoteModel | local.Sequential) => {
      model.learningRate = local.schedules.step({ initialLearningRate: 0.8, stepSize: 3, gamma: 0.5 });
      await model.fit(X, Y, { ...OPTIONS, callbacks: local.reduceLROnPlateau({ patience: 2 }) });
      return model.learningRate;
    };
    expect(await run(await far())).toBe(await run(build()));
  });

  it('refuses what it can not watch', async () => {
    const there = await far();
    await expect(there.fit(X, Y, { callbacks: local.earlyStopping() })).rejects.toThrow(
      new RangeError("earlyStopping: monitor: expected one of 'loss', 'accuracy', got 'valLoss'."),
    );
    expect(there.isTraining).toBe(false);
  });
});

describe('A callback object of the page', () => {
  it('may keep the model, which is the very one that the page has, and what can not be sent', async () => {
    const there = await far();
    const callbacks = {
      model: undefined as unknown,
      element: Symbol('of the page'),
      epochs: 0,
      setModel(model: unknown) {
        this.model = model;
      },
      onEpochEnd() {
        ++this.epochs;
      },
    };
    for (let i = 0; i < 2; ++i) await there.fit(X, Y, { epochs: 2, callbacks });
    expect(callbacks.epochs).toBe(4);
    expect(callbacks.model).toBe(there);
  });

  it('with a misspelt method is refused', async () => {
    const there = await far();
    const callbacks = { element: Symbol('of the page'), onTrainEnd() {}, onEpochend() {} };
    await expect(there.fit(X, Y, { callbacks })).rejects.toThrow("got 'onEpochend'. Did you mean 'onEpochEnd'?");
  });
});

describe('fitDataset over a worker', () => {
  it.each<[string, () => local.Dataset]>([
    [
      'a generator function',
      () =>
        function* () {
          yield* BATCHES;
        },
    ],
    [
      'a generator',
      () =>
        (function* () {
          yield* BATCHES;
        })(),
    ],
    [
      'an iterable',
      () => ({
        *[Symbol.iterator]() {
          yield* BATCHES;
        },
      }),
    ],
    ['an array', () => BATCHES],
  ])('takes %s, as it does here', async (_what, make) => {
    const [here, there] = [build(), await far()];
    const epochs = make().constructor.name === 'GeneratorFunction' ? 3 : 1;
    const history = await here.fitDataset(make(), { epochs });
    expect(await there.fitDataset(make(), { epochs })).toEqual(history);
    expect(await bitsOf(there)).toEqual(await bitsOf(here));
  });

  it('takes an iterable again for every epoch', async () => {
    const there = await far();
    const again = {
      *[Symbol.iterator]() {
        yield* BATCHES;
      },
    };
    expect((await there.fitDataset(again, { epochs: 3 })).epoch).toEqual([0, 1, 2]);
  });

  it('ends while the function of the page has given nothing yet, and what it gives is closed', async () => {
    const there = await far();
    const controller = new AbortController();
    const events: string[] = [];
    let give!: (dataset: AsyncIterable<local.Batch>) => void;
    let isAsked!: () => void;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const dataset = () => {
      isAsked();
      return new Promise<AsyncIterable<local.Batch>>((resolve) => (give = resolve));
    };
    const training = there.fitDataset(dataset, { signal: controller.signal });
    await asked;
    controller.abort();
    await training.then(() => events.push('ended'));
    give({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: batchAt(0) }),
        return: async () => (events.push('closed'), { done: true, value: undefined }),
      }),
    });
    await expect.poll(() => events, PATIENTLY).toEqual(['ended', 'closed']);
  });

  it('is aborted with whatever reason', async () => {
    const there = await far();
    const controller = new AbortController();
    async function* stuck(): AsyncGenerator<local.Batch> {
      yield batchAt(0);
      controller.abort(Symbol('enough'));
      await new Promise(() => {});
    }
    expect((await there.fitDataset(stuck, { signal: controller.signal })).epoch).toEqual([]);
  });
});

it('Data that was moved is refused, and what a refused call was to move stays', async () => {
  const there = await far();
  const x = X.slice();
  await there.fit(transfer(x), Y);
  await expect(there.fit(transfer(x), Y)).rejects.toThrow(
    new TypeError('fit: argument 1: expected data, got an array that was moved to another thread before (transfer)'),
  );
  const other = X.slice();
  await expect(there.fit(transfer(other), transfer(x))).rejects.toThrow(TypeError);
  expect(other).toHaveLength(X.length);
});
