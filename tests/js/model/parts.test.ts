/** Predictions of a part of the layers: codes, and what they stand for. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as mlp from 'mlp-wasm';
import { dense, init, sequential, type LayerConfig, type PredictOptions, type Sequential } from 'mlp-wasm';
import { bitsOf } from '../support/bits.js';
import { rowsOf, stacks } from '../support/predicting.js';

beforeAll(() => init());

/** The names of the table: what it holds is made in the tests, when the module that makes it is there. */
const NAMES = Object.keys(
  stacks(new Proxy(mlp, { get: (real, name) => (name === 'ACTIVATIONS' ? real.ACTIVATIONS : () => ({})) })),
);

/** A model with weights that nobody would choose, statistics too. */
function make(layers: LayerConfig[]): Sequential {
  const model = sequential({ seed: 5, layers });
  onTestFinished(() => model.dispose());
  model.setWeights(
    model.getWeights().map(({ name, shape, data }, k) => ({
      shape,
      data: data.map((_, i) => {
        const value = Math.sin(17 * i + 3 * k) / Math.sqrt(shape[0]!);
        return /variance/i.test(name) ? 0.1 + value * value : value;
      }),
    })),
  );
  return model;
}

/** Wide enough for codes that would go the sparse way if they were samples. */
const autoencoder = () =>
  make([
    dense({ units: 90, activation: 'relu', inputShape: [100], name: 'wide' }),
    dense({ units: 70, activation: 'relu', name: 'code' }),
    mlp.dropout({ rate: 0.5 }),
    dense({ units: 100, activation: 'sigmoid', name: 'picture' }),
  ]);

describe('A part of the layers, and the rest on what it gives: the bits of the whole', () => {
  it.each(NAMES)('%s', (name) => {
    const model = make(stacks(mlp)[name]!);
    const [features] = model.inputShape;
    for (const rows of [1, 2, 17, 130]) {
      for (const zeros of [0, 0.8]) {
        const x = rowsOf(rows, features, zeros);
        const whole = bitsOf(model.predict(x));
        for (let cut = 0; cut + 1 < model.layers.length; ++cut) {
          const code = model.predict(x, { to: cut });
          if (!code.every(Number.isFinite)) continue; // `exponential` and its kind: no input
          expect(bitsOf(model.predict(code, { from: cut + 1 })), `${rows} rows, cut behind ${cut}`).toBe(whole);
        }
      }
    }
  });

  it('whatever form the samples have, however many rows a pass', () => {
    const model = autoencoder();
    const bytes = Uint8Array.from(rowsOf(40, 100, 0.7), (value) => Math.abs(20 * value));
    const numbers = Float32Array.from(bytes, (byte) => byte * Math.fround(1 / 255));
    const entries = Array.from(numbers.entries()).filter(([, value]) => value !== 0);
    const indptr = Array.from({ length: 41 }, (_, row) => entries.filter(([i]) => i < 100 * row).length);
    const [indices, values] = [entries.map(([i]) => i % 100), entries.map(([, value]) => value)];
    const forms = [numbers, { data: bytes, scale: 1 / 255 }, { shape: [40, 100], indptr, indices, values }] as const;
    const whole = bitsOf(model.predict(numbers));
    for (const x of forms) {
      for (const batchSize of [1, 7, 128]) {
        const code = model.predict(x, { to: 'code', batchSize });
        expect(code).toHaveLength(40 * 70);
        expect(code.filter((value) => value === 0).length).toBeGreaterThan(1000);
        expect(bitsOf(model.predict(code, { from: 2, batchSize }))).toBe(whole);
      }
    }
    // Sparse codes, too.
    const code = model.predict(numbers, { to: 1 });
    const kept = Array.from(code.entries()).filter(([, value]) => value !== 0);
    const sparse = {
      shape: [40, 70] as const,
      indptr: Array.from({ length: 41 }, (_, row) => kept.filter(([i]) => i < 70 * row).length),
      indices: kept.map(([i]) => i % 70),
      values: kept.map(([, value]) => value),
    };
    expect(bitsOf(model.predict(sparse, { from: 'dropout_2' }))).toBe(whole);
  });

  it('is that of forwardTrace', () => {
    const model = autoencoder();
    const x = rowsOf(5, 100);
    model.forwardTrace(x).forEach(({ a }, to) => expect(bitsOf(model.predict(x, { to }))).toBe(bitsOf(a.data)));
  });

  it('goes into an output of its size', () => {
    const model = autoencoder();
    const output = new Float32Array(2 * 70);
    expect(model.predict(rowsOf(2, 100), { to: 'code', output })).toBe(output);
    expect(bitsOf(output)).toBe(bitsOf(model.predict(rowsOf(2, 100), { to: 1 })));
    const short = new Float32Array(2 * 100);
    expect(() => model.predict(rowsOf(2, 100), { to: 'code', output: short })).toThrow(
      new RangeError('predict: output: expected 2 × 70 = 140 numbers, got Float32Array(200)'),
    );
  });

  it('does not disturb a training, nor what it is told of numbers that are not finite', async () => {
    const train = async (callbacks: (model: Sequential) => mlp.Callbacks[]) => {
      const model = autoencoder();
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      const x = rowsOf(40, 100).map((value) => Math.abs(Math.sin(value)));
      const history = await model.fit(x, x, { epochs: 2, batchSize: 8, callbacks: callbacks(model) });
      expect(history.terminated).toBeUndefined();
      return bitsOf(model.predict(x));
    };
    const code = rowsOf(300, 70);
    const looking = (model: Sequential): mlp.Callbacks[] => [
      { onBatchEnd: () => void model.predict(code, { from: 3 }) },
      mlp.terminateOnNaN(),
    ];
    expect(await train(looking)).toBe(await train(() => []));
  });
});

describe('predict refuses', () => {
  it.each<[string, PredictOptions, string]>([
    ['a layer behind the last', { to: 4 }, 'RangeError: predict: to: expected an integer from 0 to 3, got 4'],
    ['one before the first', { from: -1 }, 'RangeError: predict: from: expected an integer from 0 to 3, got -1'],
    ['half a layer', { to: 0.5 }, 'RangeError: predict: to: expected an integer from 0 to 3, got 0.5'],
    ['what is no layer', { to: [] as never }, 'TypeError: predict: to: expected an integer from 0 to 3, got Array(0)'],
    [
      'a name that none has',
      { to: 'codes' },
      "RangeError: predict: to: expected one of 'wide', 'code', 'dropout_2', 'picture', got 'codes'. Did you mean 'code'?",
    ],
    [
      'an end before the beginning',
      { from: 'dropout_2', to: 'code' },
      "RangeError: predict: to: expected layer 2 or one behind it, got 'code'",
    ],
    [
      'samples of another width',
      { from: 'dropout_2' },
      'RangeError: predict: x: expected at least one row of 70 numbers, a multiple of 70 in all, got Float32Array(200)',
    ],
  ])('%s', (_name, options, message) => {
    const model = autoencoder();
    let error: unknown;
    try {
      model.predict(rowsOf(2, 100), options);
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toBe(message);
  });
});
