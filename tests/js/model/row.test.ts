/** Predictions of one row, and into an array of the caller's. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dense, init, sequential, type Sequential } from 'mlp-wasm';
import { bitsOf, weightBits } from '../support/bits.js';
import { inProcess } from '../support/process.js';
import { inThread } from '../support/thread.js';

const FEATURES = 70;
const ROWS = 40;

/** Half of them zero. */
const X = Float32Array.from({ length: ROWS * FEATURES }, (_, i) => (i % 2 ? Math.sin(i) : 0));
const Y = Uint8Array.from({ length: ROWS }, (_, i) => i % 3);
const rowOf = (i: number) => X.slice(i * FEATURES, (i + 1) * FEATURES);

function build(): Sequential {
  const model = sequential({
    seed: 5,
    layers: [
      dense({ units: 21, activation: 'relu', inputShape: [FEATURES] }),
      dense({ units: 3, activation: 'softmax' }),
    ],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}

beforeAll(() => init());

describe('predict into an output', () => {
  it('fills and returns it, for one row and for many', () => {
    const model = build();
    const expected = model.predict(X);
    const all = new Float32Array(ROWS * 3);
    expect(model.predict(X, { output: all, batchSize: 7 })).toBe(all);
    expect(bitsOf(all)).toBe(bitsOf(expected));
    const one = new Float32Array(3);
    for (let i = 0; i < ROWS; ++i) {
      expect(model.predict(rowOf(i), { output: one })).toBe(one);
      expect(bitsOf(one)).toBe(bitsOf(expected.slice(3 * i, 3 * i + 3)));
    }
  });

  it('leaves what lies around it alone', () => {
    const model = build();
    const around = new Float32Array(5).fill(7);
    model.predict(rowOf(1), { output: around.subarray(1, 4) });
    expect([around[0], around[4]]).toEqual([7, 7]);
    expect(bitsOf(around.slice(1, 4))).toBe(bitsOf(model.predict(rowOf(1))));
  });

  it('is refused, and nothing filled, where it does not fit one row', () => {
    const model = build();
    const output = new Float32Array(4).fill(7);
    expect(() => model.predict(rowOf(0), { output })).toThrow(
      new RangeError('predict: output: expected 1 × 3 = 3 numbers, got Float32Array(4)'),
    );
    expect(() => model.predict(rowOf(0), { output: [1, 2, 3] as unknown as Float32Array })).toThrow(
      new TypeError('predict: output: expected a Float32Array, got Array(3)'),
    );
    expect([...output]).toEqual([7, 7, 7, 7]);
  });
});

describe('predict of one row', () => {
  it.each([NaN, Infinity, -Infinity])('refuses %f wherever it is, and fills nothing', (bad) => {
    const model = build();
    for (let column = 0; column < FEATURES; ++column) {
      const x = rowOf(0);
      x[column] = bad;
      const output = new Float32Array(3).fill(7);
      expect(() => model.predict(x, { output })).toThrow(
        new RangeError(`predict: x: row 0, column ${column}: expected a finite number, got ${bad}`),
      );
      expect([...output]).toEqual([7, 7, 7]);
    }
  });

  it('sees new weights, and is each model its own', () => {
    const [model, other] = [build(), build()];
    const before = bitsOf(model.predict(rowOf(3)));
    other.setWeights(other.getWeights().map((weight) => ({ ...weight, data: weight.data.map((w) => 2 * w) })));
    const doubled = bitsOf(other.predict(rowOf(3)));
    expect(doubled).not.toBe(before);
    expect(bitsOf(model.predict(rowOf(3)))).toBe(before);
    model.setWeights(other.getWeights());
    expect(bitsOf(model.predict(rowOf(3)))).toBe(doubled);
  });

  it('while fit runs is right, and does not disturb it', async () => {
    const [alone, disturbed] = [build(), build()];
    const options = { epochs: 3, batchSize: 7, validationSplit: 0.25 };
    await alone.fit(X, Y, options);
    let calls = 0;
    const output = new Float32Array(3);
    const predict = () => {
      ++calls;
      const all = disturbed.predict(X);
      for (const row of [0, 17]) {
        disturbed.predict(rowOf(row), { output });
        expect(bitsOf(output)).toBe(bitsOf(all.slice(3 * row, 3 * row + 3)));
      }
    };
    await disturbed.fit(X, Y, {
      ...options,
      callbacks: { onBatchBegin: predict, onBatchEnd: predict, onEpochEnd: predict },
    });
    expect(calls).toBe(3 * (5 + 5 + 1));
    expect(weightBits(disturbed)).toEqual(weightBits(alone));
  });

  it('is right after memory grew', async () => {
    const [before, ...after] = await inThread(async ({ init, sequential, dense }, _data, { mlp }) => {
      await init();
      const model = sequential({
        seed: 1,
        layers: [dense({ units: 9, activation: 'tanh', inputShape: [20] }), dense({ units: 4 })],
      });
      const x = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i));
      const output = new Float32Array(4);
      const answers: number[][] = [];
      for (let i = 0; i < 4; ++i) {
        const heap = mlp().HEAPU8.length;
        if (i > 0) mlp()._malloc(heap);
        if (i > 0 && mlp().HEAPU8.length <= heap) throw new Error('memory did not grow');
        answers.push([...model.predict(x, { output })], [...model.predict(x)]);
      }
      return answers;
    }, undefined);
    expect(before!.every((value) => value !== 0)).toBe(true);
    for (const answer of after) expect(answer).toEqual(before);
  });

  it('into an output allocates nothing: neither garbage nor memory of the module', async () => {
    const { garbage, mallocs, heap } = await inProcess(
      ['--expose-gc'],
      async ({ init, sequential, dense }, calls, { mlp }) => {
        await init();
        const model = sequential({
          seed: 1,
          layers: [
            dense({ units: 32, activation: 'relu', inputShape: [784] }),
            dense({ units: 10, activation: 'softmax' }),
          ],
        });
        const x = Float32Array.from({ length: 784 }, (_, i) => Math.sin(i));
        const options = { output: new Float32Array(10) };
        const predict = () => {
          for (let i = 0; i < calls; ++i) model.predict(x, options);
        };
        predict(); // until it is compiled
        const module = mlp();
        const { _malloc, HEAPU8 } = module;
        let mallocs = 0;
        module._malloc = (bytes) => (++mallocs, _malloc(bytes));
        /** Addresses of small blocks: others than before if the core took or freed some. */
        const probe = () => {
          const pointers = [16, 256, 4096, 65_536].map((bytes) => _malloc(bytes));
          pointers.forEach((pointer) => module._free(pointer));
          return String(pointers);
        };
        const place = probe();
        // The engine itself, which still compiles, makes garbage: of several rounds one is without.
        let garbage = Infinity;
        for (let round = 0; round < 5; ++round) {
          globalThis.gc!();
          const before = process.memoryUsage().heapUsed;
          predict();
          garbage = Math.min(garbage, process.memoryUsage().heapUsed - before);
        }
        return { garbage, mallocs, heap: module.HEAPU8 === HEAPU8 && probe() === place };
      },
      100_000,
    );
    console.log(`100,000 predictions of one row: ${garbage} bytes of garbage`);
    // An object a call would be 1.6 MB at least; the engine by itself makes up to 0.1 on a busy machine.
    expect(garbage).toBeLessThan(400_000);
    expect(mallocs).toBe(0);
    expect(heap).toBe(true);
  });
});
