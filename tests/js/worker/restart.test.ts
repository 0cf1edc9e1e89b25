import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as local from 'mlp-wasm';
import { readSafetensors } from 'mlp-wasm';
import { connect, type RemoteModel } from 'mlp-wasm/worker';
import { bitsOfWeights, weightBits } from '../support/bits.js';
import { build, X, Y } from '../support/batches.js';

// A worker that dies is replaced. What it did is compared with a training that nobody disturbed.

/** However busy the machine is. */
const PATIENTLY = { timeout: 60_000 };

beforeAll(() => local.init());

/** The threads that were sent something, the last one last. */
const threads = new Set<Worker>();
const { postMessage } = Worker.prototype;
/** A worker is killed before it gets the next call of this method. */
let killBefore: string | undefined;
Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<typeof postMessage>) {
  if (killBefore !== undefined && (args[0] as { method?: string }).method === killBefore) {
    killBefore = undefined;
    void this.terminate();
  }
  threads.delete(this);
  threads.add(this);
  return postMessage.apply(this, args);
};

const kill = () => [...threads].at(-1)!.terminate();

async function restarting() {
  const restarts: { reason: string; models: RemoteModel[] }[] = [];
  const mlp = await connect({ onRestart: (restart) => restarts.push(restart) });
  onTestFinished(() => mlp.terminate());
  return { mlp, restarts };
}

const OPTIONS = { batchSize: 2, epochs: 300 };

/** Bits of the weights that the training comes to. */
async function undisturbed(seed: number) {
  const model = make(seed);
  await model.fit(X, Y, OPTIONS);
  return weightBits(model);
}

function make(seed: number): local.Sequential {
  return build({ name: 'adam', learningRate: 0.01 + seed / 1000 });
}

const bits = async (model: RemoteModel) => bitsOfWeights(await model.getWeights());

describe('A worker that dies', () => {
  it('at any moment: every call settles, and training goes on to the same bits', async () => {
    const { mlp, restarts } = await restarting();
    const model = await mlp.loadCheckpoint(make(1).checkpoint());
    await model.setWeights(await model.getWeights()); // after which it is kept
    let deaths = 0;
    let history: local.History | undefined;
    while (!history) {
      const isTraining = model.fit(X, Y, { ...OPTIONS, resume: true });
      // Another moment each time: as the clock and the epochs run.
      if (deaths < 6) setTimeout(() => void kill(), 10 + 23 * deaths);
      try {
        history = await isTraining;
        if (deaths < 6) {
          history = undefined;
          await expect.poll(() => restarts.length, PATIENTLY).toBe(deaths + 1);
          ++deaths;
        }
      } catch (error) {
        expect((error as Error).message).toMatch(/^mlp-wasm: the worker ended: /);
        ++deaths;
        await mlp.restarted;
      }
      expect(restarts).toHaveLength(deaths);
      expect(restarts.at(-1)?.models ?? [model]).toEqual([model]);
      if (deaths >= 6 && history) break;
    }
    expect(await bits(model)).toEqual(await undisturbed(1));
  });

  it('rejects what waits, and answers what is asked meanwhile when there is another one', async () => {
    const { mlp } = await restarting();
    const model = await mlp.loadCheckpoint(make(2).checkpoint());
    await model.setWeights(await model.getWeights());
    const before = await bits(model);
    let epochs = 0;
    const callbacks = { onEpochEnd: () => void ++epochs };
    const training = model.fit(X, Y, { ...OPTIONS, epochs: 1_000_000, callbacks }).then(
      () => 'trained',
      (error: Error) => error.message,
    );
    await expect.poll(() => epochs, PATIENTLY).toBeGreaterThan(2);
    await kill();
    const [name, parameters] = await Promise.all([mlp.backend(), model.countParams()]);
    expect(await training).toMatch(/^mlp-wasm: the worker ended: its thread ended/);
    expect(name).toHaveProperty('threads');
    expect(parameters).toBe(26);
    expect(model.isTraining).toBe(false);
    expect(await bits(model)).not.toEqual(before); // some epochs were kept
  });

  it('rejects what changed a model that could not be kept any more: compile, setWeights, fit', async () => {
    const { mlp } = await restarting();
    const model = await mlp.sequential({ seed: 3, layers: [mlp.dense({ units: 2, inputShape: [3] })] });
    const compile = () => model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await model.setWeights(await model.getWeights());
    killBefore = 'checkpoint';
    await expect(compile()).rejects.toThrow('mlp-wasm: the worker ended');
    await expect(model.fit([[1, 2, 3]], [[1, 2]])).rejects.toThrow('expected a compiled model');
    await compile();
    const before = await bits(model);
    killBefore = 'checkpoint';
    const ones = (await model.getWeights()).map((weight) => ({ ...weight, data: weight.data.fill(1) }));
    await expect(model.setWeights(ones)).rejects.toThrow('mlp-wasm: the worker ended');
    expect(await bits(model)).toEqual(before);
    await model.setWeights(ones);
    expect(await bits(model)).toEqual(bitsOfWeights(ones));
  });

  it('keeps several models, compiled or not, but not those that were disposed of', async () => {
    const { mlp, restarts } = await restarting();
    const plain = await mlp.sequential({ seed: 3, layers: [mlp.dense({ units: 2, inputShape: [3] })] });
    const compiled = await mlp.sequential({ seed: 4, layers: [mlp.dense({ units: 2, inputShape: [3] })] });
    await compiled.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const gone = await mlp.sequential({ seed: 5, layers: [mlp.dense({ units: 2, inputShape: [3] })] });
    await gone.dispose();
    await plain.setWeights((await plain.getWeights()).map(({ shape, data }) => ({ shape, data: data.fill(0.25) })));
    const before = [await bits(plain), await bits(compiled)];
    await kill();
    await expect.poll(() => restarts.length, PATIENTLY).toBe(1);
    expect(restarts[0]!.models).toEqual([plain, compiled]);
    expect([await bits(plain), await bits(compiled)]).toEqual(before);
    await expect(plain.fit([[1, 2, 3]], [[1, 2]])).rejects.toThrow('compile');
    expect((await compiled.fit([[1, 2, 3]], [[1, 2]])).epoch).toEqual([0]);
  });

  it('keeps the names that a model was given since', async () => {
    const { mlp, restarts } = await restarting();
    const model = await mlp.sequential({ seed: 3, layers: [mlp.dense({ units: 2, inputShape: [3] })] });
    await model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    model.classNames = ['a', 'b'];
    model.metadata = { by: 'Ada' };
    await model.countParams(); // behind which it is kept
    await kill();
    await expect.poll(() => restarts.length, PATIENTLY).toBe(1);
    expect(model).toMatchObject({ classNames: ['a', 'b'], featureNames: undefined, metadata: { by: 'Ada' } });
    expect(readSafetensors(await model.save()).metadata['classNames']).toBe('["a","b"]');
  });

  it('without onRestart rejects every call', async () => {
    const mlp = await connect();
    const model = await mlp.loadCheckpoint(make(1).checkpoint());
    await kill();
    await expect(model.predict(X)).rejects.toThrow('mlp-wasm: the worker ended');
    await expect(mlp.backend()).rejects.toThrow('mlp-wasm: the worker ended');
    await mlp.restarted;
  });
});
