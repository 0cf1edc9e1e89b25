import { describe, expect, it } from 'vitest';
import { inProcess } from '../support/process.js';

// The fate of a training when a thread that shares its work dies; in a process of its own.

type Death = 'between jobs' | 'in a job';

/** Trains with two threads of the pool, of which one dies; what is said and thrown, and the losses before and after. */
const run = (when: Death) =>
  inProcess(
    [],
    async ({ init, sequential, dense, backend }, when) => {
      const threads = process.getBuiltinModule('node:worker_threads') as unknown as {
        Worker: new (...args: unknown[]) => import('node:worker_threads').Worker;
      };
      const { Worker } = threads;
      const pool: import('node:worker_threads').Worker[] = [];
      const Doomed = class extends Worker {
        constructor(url: unknown, options: { workerData: { stackTop: number } }) {
          // With a stack that ends at once, the first one's memory accesses are out of bounds when it has work to do.
          if (when === 'in a job' && pool.length === 0) options.workerData.stackTop = 16;
          super(url, options);
          pool.push(this);
        }
      };
      threads.Worker = Doomed as unknown as typeof threads.Worker;
      const warnings: string[] = [];
      console.warn = (text: string) => void warnings.push(text);
      await init({ threads: 3 });
      const before = backend().threads;
      const x = Float32Array.from({ length: 512 * 512 }, (_, i) => Math.sin(i));
      const train = async () => {
        const model = sequential({
          seed: 1,
          layers: [dense({ units: 512, activation: 'relu', inputShape: [512] }), dense({ units: 512 })],
        });
        model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
        return model.fit(x, x, { batchSize: 128 }).then(
          ({ history }) => history['loss']![0]!,
          (error: Error) => error.message,
        );
      };
      const first = await train();
      if (when === 'between jobs') await pool[0]!.terminate();
      const second = await train();
      return { before, after: backend().threads, first, second, warnings };
    },
    when,
  );

const WARNING = 'mlp-wasm: a thread of the pool has died: what follows runs on one thread';

describe('A thread of the pool that dies', () => {
  it('between jobs leaves the work to one thread, which is said', async () => {
    const { before, after, first, second, warnings } = await run('between jobs');
    expect([before, after]).toEqual([3, 1]);
    expect(second).toBe(first); // the same bits
    expect(second).toBeTypeOf('number');
    expect(warnings).toEqual([WARNING]);
  });

  it('in a job makes that reject rather than wait for ever, and the pool is not used again', async () => {
    const { before, after, first, second, warnings } = await run('in a job');
    expect([before, after]).toEqual([3, 1]);
    expect(first).toBe('mlp-wasm: a thread of the pool died while it was computing: what it was asked for is lost');
    expect(second).toBe((await run('between jobs')).first);
    expect(warnings).toEqual([WARNING]);
  });
});
