/** mlp-wasm/predict gives back the memory that it takes, and says so where there is none. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import type * as Predicting from 'mlp-wasm/predict';
import { loadModel, type Predictor } from 'mlp-wasm/predict';
import { Blocks } from '../../../web/src/predict/blocks.js';
import { DIST_PATH } from '../support/thread.js';

beforeAll(() => init());
afterEach(() => vi.restoreAllMocks());

/** A file of a model with about so many bytes of weights. */
function fileOf(kilobytes: number): Promise<Uint8Array<ArrayBuffer>> {
  using model = sequential({ seed: 1, layers: [dense({ units: 256, inputShape: [kilobytes] }), dense({ units: 1 })] });
  return model.save();
}

/** Pages that memory grew by while `work` was done. */
async function growthOf(work: () => Promise<void>): Promise<number> {
  const spy = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  await work();
  const pages = spy.mock.calls.reduce((sum, [delta]) => sum + Number(delta), 0);
  spy.mockRestore();
  return pages;
}

describe('Memory', () => {
  it('stays flat over 10,000 models that are loaded, predict and are disposed of', async () => {
    const files = await Promise.all([1, 3, 50, 7, 1500, 20].map(fileOf));
    const round = async (i: number, stays?: Predictor) => {
      const file = files[i % files.length]!;
      const model = await loadModel(file);
      const x = new Float32Array(model.inputShape[0] * (1 + (i % 3))).fill(1);
      expect(model.predict(x)).toHaveLength(1 + (i % 3));
      model.dispose();
      if (stays) expect(stays.predict([1])).toHaveLength(1);
    };
    const stays = await loadModel(files[0]!);
    const before = await growthOf(async () => {
      for (let i = 0; i < 100; ++i) await round(i, stays);
    });
    expect(before).toBeGreaterThan(0);
    const after = await growthOf(async () => {
      for (let i = 0; i < 10_000; ++i) await round(i, i % 100 === 0 ? stays : undefined);
    });
    expect(after).toBe(0);
    stays.dispose();
  });

  it('of models that are forgotten is used again', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const file = await fileOf(1000); // a megabyte: a hundred of them would be 1,600 pages
    const forget = async () => {
      for (let i = 0; i < 10; ++i) (await loadModel(file)).predict(new Float32Array(1000));
    };
    const pages = await growthOf(async () => {
      for (let i = 0; i < 10; ++i) {
        await forget();
        collect();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    expect(pages).toBeLessThan(800);
  });

  it('that is not there is refused in words, and models live on', async () => {
    const file = await fileOf(100_000);
    // A million outputs of 1,100 rows are 4.6 GB.
    using wide = sequential({
      seed: 1,
      layers: [dense({ units: 2 ** 20, inputShape: [1], kernelInitializer: 'ones' })],
    });
    using model = await loadModel(await wide.save());
    const refused = /^out of memory: expected room for \d+ MB more, got a heap of \d+ MB that can not grow so far/;
    expect(() => model.predict(new Float32Array(1100))).toThrow(refused);
    expect(() => model.predict(new Float32Array(1100))).toThrow(RangeError);
    const prediction = model.predict([3]);
    expect([prediction.length, prediction[0], prediction.at(-1)]).toEqual([2 ** 20, 3, 3]);

    // A device that gives no more.
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    });
    expect(() => model.predict(new Float32Array(400))).toThrow(refused);
    await expect(loadModel(file)).rejects.toThrow(refused);
    vi.restoreAllMocks();
    (await loadModel(file)).dispose();
    expect(model.predict([3])[7]).toBe(3);
  });

  it('may grow between two predictions of one row', async () => {
    // A module of its own, whose memory is still as small as it was made.
    const { loadModel } = (await import(/* @vite-ignore */ `${DIST_PATH}predict.js?fresh`)) as typeof Predicting;
    using model = await loadModel(await fileOf(2));
    const x = Float32Array.of(1, 2);
    const before = model.predict(x);
    const file = await fileOf(30_000);
    const pages = await growthOf(async () => (await loadModel(file)).dispose());
    expect(pages).toBeGreaterThan(0);
    expect(model.predict(x)).toEqual(before);
  });
});

describe('Blocks', () => {
  it('never overlap, begin on cache lines, and are used again', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 20 });
    const blocks = new Blocks(memory, 1000);
    const held: [begin: number, end: number][] = [];
    let state = 1;
    const draw = (below: number) => (state = (state * 48271) % 2147483647) % below;
    for (let i = 0; i < 20_000; ++i) {
      if (held.length > 20 || (held.length > 0 && draw(2) === 0)) {
        const [[begin]] = held.splice(draw(held.length), 1) as [[number, number]];
        blocks.free(begin);
      } else {
        const [a, b] = [1 + draw(20_000), draw(300)];
        const [first, second] = blocks.allocate(a, b);
        expect([first % 64, second % 64, first >= 1000, second >= first + a]).toEqual([0, 0, true, true]);
        expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(second + b);
        for (const [begin, end] of held) expect(second + b <= begin || first >= end).toBe(true);
        held.push([first, second + b]);
      }
    }
    for (const [begin] of held) blocks.free(begin);
    expect(blocks.allocate(20 * 65536 - 1024)).toEqual([1024]); // all of it, as one block
    expect(() => blocks.allocate(64)).toThrow(/^out of memory: expected room for 1 MB more, got a heap of 2 MB/);
  });
});
