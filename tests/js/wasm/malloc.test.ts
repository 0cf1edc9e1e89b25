import { describe, expect, it } from 'vitest';
import { inThread } from '../support/thread.js';

// Each test has a heap of its own. Functions given to inThread see only their arguments.

describe('Memory that is not there', () => {
  it('is not granted: of 3,000 requests of up to 4 GB none is longer than memory, and no other model changes', async () => {
    const { beyond, refused, granted, same } = await inThread(
      async ({ init, sequential, dense }, requests, { mlp }) => {
        await init();
        const models = Array.from({ length: 8 }, (_, seed) =>
          sequential({ seed, layers: [dense({ units: 100, inputShape: [100 + 50 * seed] }), dense({ units: 1 })] }),
        );
        const bits = () =>
          models.map((model) => model.getWeights().map(({ data }) => Buffer.from(data.buffer).toString('base64')));
        // Free blocks of many sizes between them, which the old allocator took for larger ones than they were.
        const { _malloc: take, _free: give } = mlp();
        const blocks = Array.from({ length: 64 }, (_, i) => take(2 ** (4 + (i % 17))));
        blocks.forEach((block, i) => i % 2 && give(block));
        models[3]!.dispose();
        models.splice(3, 1);
        const before = JSON.stringify(bits());
        let state = 1;
        const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
        const outcome = { beyond: 0, refused: 0, granted: 0, same: true };
        for (let i = 0; i < requests; ++i) {
          const bytes = Math.min(2 ** 32 - 1, Math.floor(2 ** (24 + 8.1 * random())));
          const pointer = take(bytes) >>> 0;
          if (!pointer) ++outcome.refused;
          else if (pointer + bytes > mlp().HEAPU8.length) ++outcome.beyond;
          else ++outcome.granted;
          give(pointer);
        }
        outcome.same = JSON.stringify(bits()) === before;
        return outcome;
      },
      3_000,
    );
    expect(beyond).toBe(0);
    expect(same).toBe(true);
    expect(refused).toBeGreaterThan(0);
    expect(granted).toBeGreaterThan(0);
  });

  // The address space is taken, but for some free blocks: then what is asked for is refused before a page is touched.
  it('is refused by every method, of random sizes up to 8 GB, beside live models whose bits stay', async () => {
    const { wrong, refused, changed } = await inThread(
      async ({ init, sequential, dense, augment }, rounds, { mlp }) => {
        await init();
        const units = 65_536;
        const wide = (optimizer: 'sgd' | 'lbfgs') => {
          const model = sequential({ seed: 1, layers: [dense({ units, inputShape: [1], activation: 'softmax' })] });
          model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
          return model;
        };
        const [model, slow] = [wide('sgd'), wide('lbfgs')];
        // Blocks in turn with models: given back, they lie free between them, all over the 4 GB.
        const bystanders: (typeof model)[] = [];
        const between: number[] = [];
        const { _malloc: take, _free: give } = mlp();
        for (let i = 0; i < 15; ++i) {
          between.push(take(2 ** 22));
          bystanders.push(sequential({ seed: i, layers: [dense({ units: 64, inputShape: [64] })] }));
          take(2 ** 28 - 2 ** 23);
        }
        for (let bytes = 2 ** 27; bytes >= 2 ** 23; bytes /= 2) while (take(bytes));
        between.forEach((block) => give(block));
        const bits = () =>
          [model, slow, ...bystanders]
            .flatMap((each) => each.getWeights().map(({ data }) => Buffer.from(data.buffer).toString('base64')))
            .join();
        const before = bits();
        let state = 7;
        const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
        const outcome = { wrong: [] as string[], refused: 0, changed: [] as string[] };
        for (let round = 0; round < rounds; ++round) {
          const rows = Math.floor(2 ** (10.5 + 4.5 * random())); // 4 · units · rows: 0.4 to 8 GB
          const x = new Float32Array(rows).fill(0.5);
          const y = new Uint8Array(rows);
          const calls: Record<string, () => unknown> = {
            predict: () => model.predict(x),
            'predict in one pass': () => model.predict(x, { batchSize: rows }),
            forwardTrace: () => model.forwardTrace(x),
            gradients: () => model.gradients(x, y),
            fit: () => model.fit(x, y, { batchSize: rows }),
            lbfgs: () => slow.fit(x, y),
            sequential: () => sequential({ layers: [dense({ units, inputShape: [rows] })] }),
            augment: () => augment(new Uint8Array(rows * 2 ** 14), { height: 128, width: 128 }), // 64 kB a row
          };
          for (const [name, call] of Object.entries(calls)) {
            if (name === 'augment' && round % 8 > 0) continue; // rarely, because its samples are large and slow
            try {
              await call();
              outcome.wrong.push(`${name}: ${rows} rows were not refused`);
            } catch (error) {
              if (error instanceof RangeError && error.message.startsWith('out of memory')) ++outcome.refused;
              else outcome.wrong.push(`${name}: ${rows} rows: ${(error as Error).message}`);
            }
            if (bits() !== before) outcome.changed.push(`${name}: ${rows} rows`);
          }
        }
        return outcome;
      },
      24,
    );
    expect(wrong).toEqual([]);
    expect(changed).toEqual([]);
    expect(refused).toBe(24 * 7 + 3);
  });
});
