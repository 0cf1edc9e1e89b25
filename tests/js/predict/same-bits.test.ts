/** mlp-wasm/predict gives the bits of mlp-wasm, which saved the model. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import * as simd from 'mlp-wasm/predict';
import { bitsOf } from '../support/bits.js';
import { rowsOf, stacks } from '../support/predicting.js';
import { DIST_PATH } from '../support/thread.js';

let scalar: typeof simd;

beforeAll(async () => {
  await mlp.init({ simd: true });
  scalar = (await import(/* @vite-ignore */ `${DIST_PATH}predict.js?scalar`)) as typeof simd;
  expect(scalar.loadModel).not.toBe(simd.loadModel);
  await scalar.init({ wasmBinary: await readFile(`${DIST_PATH}predict-scalar.wasm`) });
});

/** The names of the table: what it holds is made in the tests, when the module that makes it is there. */
const NAMES = Object.keys(
  stacks(new Proxy(mlp, { get: (real, name) => (name === 'ACTIVATIONS' ? real.ACTIVATIONS : () => ({})) })),
);

/** A model with weights that nobody would choose, statistics too, and trained a little where it can be. */
function make(layers: mlp.LayerConfig[]): mlp.Sequential {
  const model = mlp.sequential({ seed: 5, layers });
  model.setWeights(
    model.getWeights().map(({ name, shape, data }, k) => ({
      shape,
      data: data.map((_, i) => {
        const value = Math.sin(17 * i + 3 * k) / Math.sqrt(shape[0]!);
        return /variance/i.test(name) ? (i % 4 === 0 ? 0 : value * value) : value;
      }),
    })),
  );
  return model;
}

describe.each(NAMES)('%s', (name) => {
  it.each(['simd', 'scalar'] as const)('%s', async (flavour) => {
    const { loadModel, predict } = flavour === 'simd' ? simd : scalar;
    using model = make(stacks(mlp)[name]!);
    const bytes = await model.save();
    using same = await loadModel(bytes);
    expect([same.inputShape, same.outputShape, same.name]).toEqual([model.inputShape, model.outputShape, model.name]);
    const [features] = model.inputShape;
    for (const rows of [1, 2, 3, 4, 5, 15, 16, 17, 64, 130]) {
      for (const zeros of [0, 0.8, 1]) {
        const x = rowsOf(rows, features, zeros);
        const expected = bitsOf(model.predict(x));
        expect(bitsOf(predict(same, x)), `${rows} rows`).toBe(expected);
        expect(bitsOf(same.predict(x, { batchSize: 3 })), `${rows} rows, three at a time`).toBe(expected);
        expect(
          bitsOf(same.predict(Array.from({ length: rows }, (_, i) => x.subarray(i * features, (i + 1) * features)))),
        ).toBe(expected);
      }
    }
  });
});

describe('A trained model', () => {
  it.each([1, 3, 64, 1000])(
    'gives the same bits as where it was trained, with batches of %i rows',
    async (batchSize) => {
      const { x, y } = await generateDigits({ count: 1000, seed: 3 });
      using model = mlp.sequential({
        seed: 1,
        layers: [
          mlp.dense({ units: 24, activation: 'relu', inputShape: [784] }),
          mlp.batchNormalization(),
          mlp.dense({ units: 10, activation: 'softmax' }),
        ],
      });
      model.compile({ optimizer: { name: 'adam', useEma: true }, loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, y, { epochs: 1, batchSize });
      const expected = bitsOf(model.predict(x));
      for (const { loadModel } of [simd, scalar]) {
        for (const bytes of [await model.save(), model.checkpoint()]) {
          using same = await loadModel(bytes);
          expect(bitsOf(same.predict(x))).toBe(expected);
          expect(bitsOf(same.predict(x, { batchSize: 1000 }))).toBe(expected);
          const one = x.slice(784, 2 * 784);
          expect(bitsOf(same.predict(one))).toBe(expected.slice(80, 160)); // four bytes of ten classes, in hexadecimal
        }
      }
    },
  );

  it('gives them where it diverged: NaN and infinities are weights like others', async () => {
    using model = mlp.sequential({ layers: [mlp.dense({ units: 3, inputShape: [4] }), mlp.dense({ units: 2 })] });
    const { tensors, metadata } = mlp.readSafetensors(await model.save());
    tensors[0]!.data.set([NaN, 1, -Infinity, 2], 0);
    const bytes = mlp.writeSafetensors(tensors, metadata);
    using whole = await mlp.loadModel(bytes);
    using same = await simd.loadModel(bytes);
    const x = Float32Array.of(1, 0, 2, 3);
    expect(same.predict(x)).toEqual(whole.predict(x));
    expect([...same.predict(x)].every(Number.isNaN)).toBe(true);
  });
});

describe('Samples in every form', () => {
  it.each([
    [
      'a dense first layer',
      (features: number) => [mlp.dense({ units: 10, inputShape: [features], activation: 'relu' })],
    ],
    [
      'another first layer',
      (features: number) => [mlp.normalization({ inputShape: [features] }), mlp.dense({ units: 3 })],
    ],
  ])('give the same bits with %s', async (_name, layers) => {
    for (const features of [5, 100]) {
      using model = make(layers(features));
      const bytes = await model.save();
      for (const { loadModel } of [simd, scalar]) {
        using same = await loadModel(bytes);
        for (const rows of [1, 7, 300]) {
          const data = Uint8Array.from({ length: rows * features }, (_, i) => ((i * i) % 3 === 0 ? i % 256 : 0));
          const entries = Array.from({ length: rows }, (_, row) =>
            Array.from({ length: features }, (_, column) => column).filter(
              (column) => data[row * features + column] !== 0,
            ),
          );
          const sparse: mlp.SparseInputs = {
            shape: [rows, features],
            indptr: entries.reduce((starts, list) => [...starts, starts.at(-1)! + list.length], [0]),
            indices: entries.flat(),
            values: entries.flatMap((list, row) => list.map((column) => data[row * features + column]!)),
          };
          const forms: mlp.Inputs[] = [
            data,
            new Uint8ClampedArray(data),
            { data, scale: 1 / 255 },
            sparse,
            Float64Array.from(data, (byte) => byte / 7),
            Array.from({ length: rows }, (_, row) => [...data.subarray(row * features, (row + 1) * features)]),
            Array.from({ length: rows }, (_, row) => data.subarray(row * features, (row + 1) * features)),
          ];
          for (const [i, x] of forms.entries()) {
            for (const batchSize of [1, 4, 128]) {
              expect(bitsOf(same.predict(x, { batchSize })), `form ${i}`).toBe(bitsOf(model.predict(x)));
            }
          }
        }
      }
    }
  });
});
