/** The flavours of the module: threads, and instructions that only some engines have. */
import { describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { inThread } from './thread.js';

/** The bits of a network large enough for threads to share its work, trained on half zeros and on none. */
const train = (options: Parameters<typeof init>[0]) =>
  inThread(async ({ backend, dense, init, sequential }, options) => {
    await init(options);
    const hashes: string[] = [];
    for (const zeros of [true, false]) {
      const x = Float32Array.from({ length: 300 * 200 }, (_, i) => (zeros && i % 5 ? 0 : Math.sin(i)));
      const y = Uint8Array.from({ length: 300 }, (_, i) => i % 10);
      const model = sequential({
        seed: 9,
        layers: [
          dense({ units: 300, activation: 'tanh', inputShape: [200] }),
          dense({ units: 250, activation: 'relu' }),
          dense({ units: 10, activation: 'softmax' }),
        ],
      });
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, y, { epochs: 2, batchSize: 100 });
      for (const { data } of model.getWeights()) {
        const bits = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
        hashes.push(Buffer.from(await crypto.subtle.digest('SHA-256', bits)).toString('hex'));
      }
      model.dispose();
    }
    return { backend: backend(), hashes };
  }, options);

describe('Threads', () => {
  it('share the work and give the same bits as one', async () => {
    const [one, two, five] = [await train({}), await train({ threads: 2 }), await train({ threads: 5 })];
    expect([one.backend.threads, two.backend.threads, five.backend.threads]).toEqual([1, 2, 5]);
    expect(two.hashes).toEqual(one.hashes);
    expect(five.hashes).toEqual(one.hashes);
  });

  it("are as many as the processors with 'auto'", async () => {
    const { availableParallelism } = await import('node:os');
    expect((await train({ threads: 'auto' })).backend.threads).toBe(availableParallelism());
  });

  it.each([0, 1.5, 33, '2'])('are refused when they are %j', async (threads) => {
    await expect(
      inThread(({ init }, threads) => init({ threads: threads as number }), threads),
    ).rejects.toThrow(/^init: threads/);
  });
});

describe('Instructions', () => {
  it('that depend on the processor are never used unless asked for', async () => {
    const { backend } = await train({});
    expect(backend).toEqual({ simd: true, threads: 1 });
  });

  it('that depend on the processor are refused together with deterministic', async () => {
    const both = inThread(({ init }) => init({ simd: 'relaxed', deterministic: true }), undefined);
    await expect(both).rejects.toThrow('init: simd: expected true or false with deterministic');
  });

  it('are named in the error of an engine that lacks them', async () => {
    const relaxed = await train({ simd: 'relaxed' }).catch((error: Error) => error);
    if (relaxed instanceof Error) expect(relaxed.message).toContain('mlp-relaxed.wasm');
    else expect(relaxed.backend.simd).toBe('relaxed');
  });
});
