import { beforeAll, describe, expect, it } from 'vitest';
import * as network from 'mlp-wasm';
import { ACTIVATIONS, dense, init, OPTIMIZERS, sequential } from 'mlp-wasm';
import type { ActivationName, OptimizerName } from 'mlp-wasm';
import * as digits from 'mlp-wasm/digits';
import { weightBits } from '../support/bits.js';
import { fingerprint } from '../support/fingerprint.js';
import { inThread } from '../support/thread.js';

/** These take their functions from the platform's own C library. */
const ASK_LIBM: ActivationName[] = ['elu', 'selu', 'gelu', 'softplus', 'logSoftmax'];

const mlp = { ...network, ...digits };
let here: Record<string, string>;

beforeAll(async () => {
  await init({ deterministic: true });
  here = await fingerprint(mlp, { seed: 42 });
});

describe('The same seed gives the same bits', () => {
  it('when training is done again', async () => {
    expect(await fingerprint(mlp, { seed: 42 })).toEqual(here);
  });

  it('in a worker thread', async () => {
    expect(await inThread(fingerprint, { seed: 42, init: { deterministic: true } })).toEqual(here);
  });

  it('in two threads at once', async () => {
    const both = await Promise.all([
      inThread(fingerprint, { seed: 42, init: { deterministic: true } }),
      inThread(fingerprint, { seed: 42, init: { deterministic: true } }),
    ]);
    expect(both).toEqual([here, here]);
  });

  // The native build compares itself with the file in tests/cpp/bits_test.cc. `vitest -u` writes it anew.
  it('in a native build', async () => {
    const rows = 50;
    const features = 23;
    const x = Float32Array.from({ length: rows * features }, (_, i) => Math.fround(((i * 37) % 101) / 101) - 0.5);
    const classes = Array.from({ length: rows }, (_, row) => row % 3);
    const train = async (activation: ActivationName, optimizer: OptimizerName) => {
      using model = sequential({
        seed: 42,
        layers: [dense({ units: 13, activation, inputShape: [features] }), dense({ units: 3, activation: 'softmax' })],
      });
      model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, classes, { epochs: 3, batchSize: 17 });
      let state = 0x811c9dc5; // FNV-1a
      for (const { data } of model.getWeights()) {
        for (const byte of new Uint8Array(data.buffer)) state = Math.imul(state ^ byte, 0x01000193);
      }
      return (state >>> 0).toString(16).padStart(8, '0');
    };
    const hashes: Record<string, string> = {};
    for (const activation of ACTIVATIONS) {
      if (!ASK_LIBM.includes(activation)) hashes[`${activation} adam`] = await train(activation, 'adam');
    }
    for (const optimizer of OPTIMIZERS) {
      if (optimizer !== 'lbfgs') hashes[`relu ${optimizer}`] = await train('relu', optimizer);
    }
    await expect(`${JSON.stringify(hashes, null, 2)}\n`).toMatchFileSnapshot('../../golden/bits.json');
  });

  it('with and without SIMD', async () => {
    expect(await inThread(fingerprint, { seed: 42, init: { simd: false } })).toEqual(here);
    expect(await inThread(fingerprint, { seed: 42, init: { simd: true } })).toEqual(here);
  });
});

describe('Another seed', () => {
  it('gives other weights, whatever the activation, optimizer and loss', async () => {
    const other = await fingerprint(mlp, { seed: 43 });
    expect(Object.keys(other)).toEqual(Object.keys(here));
    for (const name of Object.keys(here)) expect([name, other[name]]).not.toEqual([name, here[name]]);
  });

  const weightsOf = (seed?: number) => {
    using model = sequential({
      ...(seed !== undefined && { seed }),
      layers: [dense({ units: 3, inputShape: [2] })],
    });
    return { seed: model.seed, weights: weightBits(model) };
  };

  it('differs in any of its 53 bits', () => {
    const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 1];
    const all = seeds.map((seed) => JSON.stringify(weightsOf(seed).weights));
    expect(new Set(all).size).toBe(seeds.length);
  });

  it('is drawn where none is given, and can be read and given again', () => {
    const [one, other] = [weightsOf(), weightsOf()];
    expect(one.weights).not.toEqual(other.weights);
    expect(weightsOf(one.seed).weights).toEqual(one.weights);
  });
});

describe('What training gives', () => {
  it('does not depend on how the time is cut: yielding after every step or hardly ever', async () => {
    const run = async (slow: boolean) => {
      using model = sequential({
        seed: 1,
        layers: [dense({ units: 16, activation: 'relu', inputShape: [8] }), dense({ units: 1 })],
      });
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      const x = Float32Array.from({ length: 800 }, (_, i) => Math.sin(i));
      const y = Float32Array.from({ length: 100 }, (_, i) => Math.cos(i));
      const onBatchEnd = () => new Promise<void>((resolve) => setTimeout(resolve, 11));
      const { history } = await model.fit(x, y, {
        epochs: 2,
        batchSize: 25,
        callbacks: slow ? { onBatchEnd } : {},
      });
      return { history, weights: weightBits(model) };
    };
    expect(await run(true)).toEqual(await run(false));
  });
});
