import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, loadCheckpoint, loadModel, readCsv, readIdx, readSafetensors, sequential } from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { inProcess } from '../support/process.js';

beforeAll(() => init());

/** CPU time of a call in milliseconds, the least of three: what others do on the machine does not count. */
async function cpu(call: () => unknown): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 3; ++i) {
    const begin = process.cpuUsage();
    await call();
    const { user, system } = process.cpuUsage(begin);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Time for four times as much, over the time for once: about 4 if time is linear, 16 if it is quadratic. */
async function growth(prepare: (size: number) => Promise<() => unknown> | (() => unknown), size: number) {
  const [small, large] = [await prepare(size), await prepare(4 * size)];
  await cpu(small); // until it is compiled
  return (await cpu(large)) / (await cpu(small));
}

describe('Time grows as the size of a file does', () => {
  it.each<[string, (size: number) => Promise<() => unknown> | (() => unknown), number]>([
    [
      'of a model of 4,000 and 16,000 layers',
      async (count) => {
        const layer = (i: number) => dense({ units: 1, ...(i === 0 && { inputShape: [1] as [number] }) });
        const model = sequential({ seed: 1, layers: Array.from({ length: count }, (_, i) => layer(i)) });
        const file = await model.save();
        model.dispose();
        return async () => (await loadModel(file)).dispose();
      },
      4_000,
    ],
    [
      'of a model with 5,000 and 20,000 metrics',
      async (count) => {
        const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
        const metrics = Array<'meanAbsoluteError'>(count).fill('meanAbsoluteError');
        model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics });
        const file = await model.save();
        model.dispose();
        return async () => {
          const loaded = await loadModel(file);
          loaded.evaluate([[1]], [1]);
          loaded.dispose();
        };
      },
      5_000,
    ],
    [
      'of a CSV whose cell has 10,000 and 40,000 digits and is no number',
      (count) => {
        const text = `a,b\n${'1'.repeat(count)}x,1`;
        return () => expect(() => readCsv(text)).toThrow(RangeError);
      },
      10_000,
    ],
    [
      'with a name of 50,000 and 200,000 characters for an option',
      (count) => {
        const activation = 'r'.repeat(count) as 'relu';
        return () => expect(() => sequential({ layers: [dense({ units: 1, activation })] })).toThrow(RangeError);
      },
      50_000,
    ],
  ])('%s', async (_what, prepare, size) => {
    expect(await growth(prepare, size)).toBeLessThan(9);
  });
});

describe('Memory is bounded by the size of a file', () => {
  // A process of its own for its peak. Parsed as a whole, this header took some 1 GB.
  it('of a header of 30 MB with no numbers: less than 15 times that', async () => {
    const megabytes = await inProcess(
      [],
      async ({ readSafetensors }) => {
        const entry = (i: number) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`;
        const json = new TextEncoder().encode(`{${Array.from({ length: 500_000 }, (_, i) => entry(i)).join(',')}}`);
        const file = new Uint8Array(8 + json.length);
        new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
        file.set(json, 8);
        const before = process.resourceUsage().maxRSS;
        readSafetensors(file);
        return (process.resourceUsage().maxRSS - before) / 1024;
      },
      undefined,
    );
    expect(megabytes).toBeLessThan(450);
  });

  it('of a gzip of 64 MB of zeros: little more than what comes out of it', async () => {
    const megabytes = await inProcess(
      [],
      async ({ readIdx }) => {
        const { gzipSync } = process.getBuiltinModule('node:zlib');
        const plain = new Uint8Array(8 + 2 ** 26);
        plain.set([0, 0, 0x0e, 1, 0, 0x80, 0, 0]); // 2²³ doubles
        const file = gzipSync(plain);
        const before = process.resourceUsage().maxRSS;
        const { data } = await readIdx(file);
        return (process.resourceUsage().maxRSS - before - data.byteLength / 1024) / 1024;
      },
      undefined,
    );
    expect(megabytes).toBeLessThan(64);
  });

  it('of a gzip that promises more than it can hold: refused', async () => {
    const file = gzipSync(Uint8Array.of(0, 0, 0x0e, 1, 0x20, 0, 0, 0)); // 2²⁹ doubles, 4 GB
    await expect(readIdx(file)).rejects.toThrow(/within gzip: the file is truncated/);
  });
});

describe('Numbers of several bytes', () => {
  it.each([false, true])('come out of an IDX file whatever its pieces are, gzip: %s', async (zipped) => {
    const count = 50_000;
    const file = new Uint8Array(8 + 8 * count);
    const view = new DataView(file.buffer);
    file.set([0, 0, 0x0e, 1]);
    view.setUint32(4, count);
    for (let i = 0; i < count; ++i) view.setFloat64(8 + 8 * i, Math.sin(i) * 2 ** (i % 100));
    const { data, shape } = await readIdx(zipped ? gzipSync(file) : file);
    expect(shape).toEqual([count]);
    expect(data).toEqual(Float64Array.from({ length: count }, (_, i) => Math.sin(i) * 2 ** (i % 100)));
  });
});

describe('A page that a server answered with', () => {
  const page = new TextEncoder().encode('\n<!DOCTYPE html>\n<title>404 Not Found</title>');
  it.each<[string, () => unknown]>([
    ['loadModel', () => loadModel(page)],
    ['loadCheckpoint', () => loadCheckpoint(page)],
    ['readSafetensors', async () => readSafetensors(page)],
    ['readIdx', () => readIdx(page)],
  ])('is said to be one by %s', async (_name, read) => {
    await expect(read()).rejects.toThrow(
      /not an? (safetensors|IDX) file: it begins with '<!DOCTYPE html>', as a web page does: is the address right\?/,
    );
  });
});

describe('Weights that are not finite', () => {
  it('are saved and loaded to the bit, with a checkpoint too, and training says what it comes to', async () => {
    const model = sequential({ seed: 1, layers: [dense({ units: 3, inputShape: [2] }), dense({ units: 1 })] });
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e30 }, loss: 'meanSquaredError' });
    await model.fit([[1e10, -1e10]], [1], { epochs: 5 });
    expect(model.getWeights().some(({ data }) => data.some((weight) => !Number.isFinite(weight)))).toBe(true);
    const loaded = [await loadModel(await model.save()), await loadCheckpoint(model.checkpoint())];
    for (const each of loaded) {
      expect(weightBits(each)).toEqual(weightBits(model));
      each.dispose();
    }
    expect(() => model.setWeights(model.getWeights())).toThrow(/expected a finite number/);
    model.dispose();
  });
});
