/** The flavours of the module: threads, and instructions that only some engines have. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { InitOptions } from 'mlp-wasm';
import { fingerprint } from '../support/fingerprint.js';
import { inProcess, RELAXED_FLAGS } from '../support/process.js';
import { deviations } from '../support/relaxed.js';
import { shareWork } from '../support/shared-work.js';
import { DIST, inThread } from '../support/thread.js';

const train = (init: InitOptions) => inThread(shareWork, { init });

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

  it('let the process end by itself, also when the thread that they work for is ended in the middle', async () => {
    const { hashes } = await inProcess([], shareWork, { init: { threads: 2 } });
    expect(hashes).toHaveLength(12);
    const ended = await inProcess(
      [],
      async (_mlp, { dist, work }) => {
        const { Worker } = process.getBuiltinModule('node:worker_threads');
        const source = `
          const { parentPort } = process.getBuiltinModule('node:worker_threads');
          import(${JSON.stringify(`${dist}index.js`)}).then(async (mlp) => {
            parentPort.postMessage((await (${work})(mlp, { init: { threads: 2 } })).backend.threads);
            for (;;) await (${work})(mlp, { init: { threads: 2 } });
          });`;
        const worker = new Worker(source, { eval: true });
        const threads = await new Promise((resolve) => worker.once('message', resolve));
        await new Promise((resolve) => setTimeout(resolve, 50));
        await worker.terminate();
        return threads;
      },
      { dist: DIST, work: shareWork.toString() },
    );
    expect(ended).toBe(2);
  });

  it.each([
    ['without shared memory', 'SharedArrayBuffer is missing'],
    ['in a page that is not isolated', 'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy'],
    ['without the script of the threads', 'its workers did not start from file:'],
  ])('that are not had %s are warned of, once', async (what, reason) => {
    const { threads, warnings } = await inThread(async ({ init, backend, sequential, dense }, what) => {
      const warnings: string[] = [];
      console.warn = (text: string) => warnings.push(text);
      if (what.includes('shared memory')) (globalThis as { SharedArrayBuffer?: unknown }).SharedArrayBuffer = undefined;
      if (what.includes('isolated')) (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated = false;
      if (what.includes('script')) {
        const threads = process.getBuiltinModule('node:worker_threads');
        const missing = class extends threads.Worker {
          constructor(url: URL) {
            super(new URL('nowhere.js', url));
          }
        };
        process.getBuiltinModule = ((get) => (name: string) =>
          name === 'node:worker_threads' ? { ...threads, Worker: missing } : get(name))(
          process.getBuiltinModule.bind(process),
        );
      }
      await init({ threads: 2 });
      await init({ threads: 2 });
      sequential({ layers: [dense({ units: 1, inputShape: [1] })] }).predict([[1]]);
      return { threads: backend().threads, warnings };
    }, what);
    expect(threads).toBe(1);
    expect(warnings).toEqual([
      expect.stringMatching(/^mlp-wasm: threads: 2 were asked for and it is 1, because /) as string,
    ]);
    expect(warnings[0]).toContain(reason);
  });

  it.each([0, 1.5, 33, '2'])('are refused when they are %j', async (threads) => {
    await expect(inThread(({ init }, threads) => init({ threads: threads as number }), threads)).rejects.toThrow(
      /^init: threads/,
    );
  });
});

describe('Instructions that depend on the processor', () => {
  const golden = readFileSync(new URL('../../golden/golden.json', import.meta.url), 'utf8');
  const simdOf = (flags: string[], options: InitOptions) =>
    inProcess(
      flags,
      async ({ backend, init }, options) => {
        await init(options);
        return backend().simd;
      },
      options,
    );

  it('are taken where the engine has them and nobody asks for the same bits everywhere', async () => {
    expect(await simdOf(RELAXED_FLAGS, {})).toBe('relaxed');
    expect(await simdOf(RELAXED_FLAGS, { threads: 2 })).toBe('relaxed');
    expect(await simdOf(RELAXED_FLAGS, { deterministic: false })).toBe('relaxed');
  });

  it('are told, and whether bits depend on them', async () => {
    const deterministic = (options: InitOptions) =>
      inProcess(
        RELAXED_FLAGS,
        async ({ backend, init }, options) => {
          await init(options);
          const later = await init({ deterministic: true }).catch((error: Error) => error.message);
          return [backend().deterministic, later ?? 'fulfilled'];
        },
        options,
      );
    expect(await deterministic({ deterministic: true })).toEqual([true, 'fulfilled']);
    expect(await deterministic({})).toEqual([
      false,
      'init: deterministic: expected what runs since the first init() (simd: relaxed, threads: 1, deterministic: false), got true',
    ]);
  });

  it("are not taken with deterministic, with another choice of simd, or for a file of the caller's", async () => {
    expect(await simdOf(RELAXED_FLAGS, { deterministic: true })).toBe(true);
    expect(await simdOf(RELAXED_FLAGS, { simd: true })).toBe(true);
    expect(await simdOf(RELAXED_FLAGS, { simd: false })).toBe(false);
    expect(await simdOf(RELAXED_FLAGS, { wasmUrl: `${DIST}mlp.wasm` })).toBe(true);
    expect(await simdOf(RELAXED_FLAGS, { wasmUrl: `${DIST}mlp-relaxed.wasm`, simd: 'relaxed' })).toBe('relaxed');
  });

  it('agree with PyTorch and with central differences as closely as the others', async () => {
    const { simd, worst } = await inProcess(RELAXED_FLAGS, deviations, { golden });
    expect(simd).toBe('relaxed');
    for (const [what, deviation] of Object.entries(worst)) expect([what, deviation < 1]).toEqual([what, true]);
  });

  it('give way to deterministic bits that are those of an engine without them', async () => {
    const run = (flags: string[], init: InitOptions) => inProcess(flags, fingerprint, { seed: 42, init });
    const [everywhere, elsewhere, relaxed] = await Promise.all([
      run(RELAXED_FLAGS, { deterministic: true }),
      run(RELAXED_FLAGS, { simd: false }),
      run(RELAXED_FLAGS, {}),
    ]);
    expect(everywhere).toEqual(elsewhere);
    expect(relaxed).not.toEqual(everywhere); // else nothing was tested
  });

  it('are refused together with deterministic', async () => {
    const both = inThread(({ init }) => init({ simd: 'relaxed', deterministic: true }), undefined);
    await expect(both).rejects.toThrow('init: simd: expected true or false with deterministic');
  });

  // Nodes that have them without a flag can not be without them.
  describe.skipIf(RELAXED_FLAGS.length === 0)('where the engine lacks them', () => {
    it('are not taken by default', async () => {
      expect(await simdOf([], {})).toBe(true);
      expect(await simdOf([], { threads: 2 })).toBe(true);
    });

    it('are refused when they are asked for', async () => {
      await expect(inThread(({ init }) => init({ simd: 'relaxed' }), undefined)).rejects.toThrow(
        "init: simd: expected true or false in an engine without relaxed SIMD, got 'relaxed'",
      );
    });
  });
});
