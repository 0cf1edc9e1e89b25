/** Modules of plain JavaScript: they predict as the model does, by what Node itself makes of their text. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ACTIVATIONS,
  activation,
  batchNormalization,
  dense,
  dropout,
  init,
  sequential,
  type LayerConfig,
  type Sequential,
} from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { exportModel } from 'mlp-wasm/files';
import { inputsFor, randomNetwork } from '../support/networks.js';

beforeAll(() => init());

interface Module {
  predict(x: ArrayLike<number>): Float32Array;
  check(): number;
  classNames?: string[];
  featureNames?: string[];
}

async function textOf(model: Sequential, options = {}): Promise<string> {
  const [{ name, bytes }] = (await exportModel(model, 'javascript', options)) as [{ name: string; bytes: Uint8Array }];
  expect(name).toBe('model.js');
  return new TextDecoder().decode(bytes);
}

const moduleOf = async (text: string): Promise<Module> =>
  (await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as Module;

/** Largest difference from the model's predictions for rows, relative to each row's largest number, at least 1. */
function differenceOf({ predict }: Module, model: Sequential, rows = 20): number {
  const [features] = model.inputShape;
  const [units] = model.outputShape;
  const x = inputsFor(model, rows);
  const expected = model.predict(x);
  let worst = 0;
  for (let row = 0; row < rows; ++row) {
    const wanted = expected.subarray(row * units, (row + 1) * units);
    const scale = Math.max(1, ...wanted.map(Math.abs));
    const got = predict(x.subarray(row * features, (row + 1) * features));
    expect(got).toHaveLength(units);
    got.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - wanted[i]!) / scale)));
  }
  return worst;
}

const SEEDS = Array.from({ length: 96 }, (_, i) => i + 1);

/** A copy of a model of dense layers, each unit's weights rounded to integers of at most 127 times a scale. */
function roundedOf(model: Sequential): Sequential {
  const layers = model.layers.map(({ units, activation, useBias }): LayerConfig => {
    return dense({ units, activation, useBias: useBias! });
  });
  layers[0]!.inputShape = model.inputShape;
  const copy = sequential({ layers });
  copy.setWeights(
    model.getWeights().map(({ name, shape, data }) => {
      if (!name.endsWith('/kernel')) return { shape, data };
      const units = shape[1]!;
      const most = new Float32Array(units);
      data.forEach((value, i) => (most[i % units] = Math.max(most[i % units]!, Math.abs(value))));
      const scale = most.map((value) => value / 127);
      return { shape, data: data.map((value, i) => Math.round(value / scale[i % units]!) * scale[i % units]!) };
    }),
  );
  return copy;
}

describe('A module of JavaScript', () => {
  it('predicts as the model does, and finds its own examples right', async () => {
    const differences: number[] = [];
    for (const seed of SEEDS) {
      const model = randomNetwork(seed, { halves: seed % 2 === 0 });
      const module = await moduleOf(await textOf(model));
      differences.push(differenceOf(module, model));
      expect(module.check(), `seed ${seed}`).toBeLessThan(1e-5);
      model.dispose();
    }
    // A normalization divides by deviations that may be small, by which it multiplies what the core rounds.
    expect(differences.filter((difference) => difference > 1e-6).length).toBeLessThanOrEqual(5);
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it('of int8 predicts as weights do that are rounded to steps of a scale for each unit', async () => {
    const differences: number[] = [];
    const moved: number[] = [];
    for (const seed of SEEDS) {
      const model = randomNetwork(seed, { others: false });
      const rounded = roundedOf(model);
      const module = await moduleOf(await textOf(model, { quantize: 'int8' }));
      differences.push(differenceOf(module, rounded));
      moved.push(differenceOf(module, model));
      expect(module.check(), `seed ${seed}`).toBeLessThan(1e-5);
      for (const made of [model, rounded]) made.dispose();
    }
    expect(Math.max(...differences)).toBeLessThan(1e-6);
    // The rounding moves outputs this far, of networks of a few units, in which nothing averages out.
    expect(Math.max(...moved)).toBeLessThan(0.03);
    expect(moved.sort((a, b) => a - b)[moved.length / 2]).toBeLessThan(0.004);
  });

  it.each(ACTIVATIONS)('computes %s as the core does, near and far', async (name) => {
    const model = sequential({ layers: [activation({ activation: name, inputShape: [9] })] });
    const { predict } = await moduleOf(await textOf(model));
    for (const factor of [1e-3, 1, 1, 7, 90, 1e4, 1e6]) {
      const x = Float32Array.from({ length: 9 }, (_, i) => factor * Math.sin(3 * i + factor));
      const expected = model.predict(x);
      predict(x).forEach((value, i) => {
        const difference = Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
        expect(difference, `${x[i]}: ${value}, not ${expected[i]}`).toBeLessThan(1e-6);
      });
    }
    model.dispose();
  });

  it('is at most 1.5 kB beside its weights, and reads digits as well with kernels of int8', async () => {
    const layers = [
      dense({ units: 32, activation: 'relu', inputShape: [784] }),
      dropout({ rate: 0.1 }),
      dense({ units: 10, activation: 'softmax' }),
    ];
    const model = sequential({ layers, seed: 1 });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const [train, test] = await Promise.all([
      generateDigits({ count: 4000, seed: 1 }),
      generateDigits({ count: 1000, seed: 2 }),
    ]);
    await model.fit(train.x, train.y, { epochs: 4, batchSize: 64 });
    const right: number[] = [];
    for (const [options, weights] of [[{}, 4 * 25_450] as const, [{ quantize: 'int8' }, 25_408 + 84 * 4] as const]) {
      const text = await textOf(model, options);
      const [, data] = /atob\('([^']*)'/.exec(text)!;
      expect(data).toHaveLength(Math.ceil((weights + 3 * 10 * 4) / 3) * 4); // with three rows of outputs for check()
      expect(Buffer.byteLength(text) - data!.length).toBeLessThanOrEqual(1500);
      const { predict } = await moduleOf(text);
      const rows = Array.from({ length: test.count }, (_, i) => predict(test.x.subarray(i * 784, (i + 1) * 784)));
      right.push(rows.filter((row, i) => row.indexOf(Math.max(...row)) === test.y[i]).length);
    }
    expect(right[0]).toBeGreaterThan(500);
    expect(Math.abs(right[1]! - right[0]!)).toBeLessThanOrEqual(10);
    model.dispose();
  });

  it('has the names of classes and features, and only the functions that it uses', async () => {
    const layers = [dense({ units: 2, inputShape: [3] }), batchNormalization()];
    const model = sequential({ layers, name: '*/ throw 1' });
    const names = { classNames: ['</script>', "it's"], featureNames: ['a\n', 'b', '\\'] };
    Object.assign(model, names);
    const text = await textOf(model);
    expect(await moduleOf(text)).toMatchObject(names);
    expect(text).not.toContain('</script>');
    expect(text.match(/^const \w+/gm)).toEqual(['const data', 'const floats', 'const dense', 'const layers']);
    model.dispose();
  });

  it('refuses rows of another length, and check() finds changed weights', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [3] })], seed: 1 });
    const text = await textOf(model);
    const { predict } = await moduleOf(text);
    expect(() => predict([1, 2])).toThrow(new RangeError('predict: x: expected 3 numbers, got 2'));
    expect(() => predict(undefined as never)).toThrow(/expected 3 numbers, got undefined/);
    expect(predict([1, 2, 3])).toEqual(predict(Float32Array.of(1, 2, 3)));
    expect((await moduleOf(text.replace('+ b;', '+ b + 0.01;'))).check()).toBeGreaterThan(1e-3);
    model.dispose();
  });

  it.each<[string, object, RegExp, ErrorConstructor]>([
    ['an unknown option', { quantise: 'int8' }, /^exportModel: options: .*Did you mean 'quantize'/, RangeError],
    ['another kind of weights', { quantize: 'int4' }, /^exportModel: quantize: expected one of 'int8'/, RangeError],
    ['a number', { quantize: 8 }, /^exportModel: quantize: expected one of 'int8', got 8/, TypeError],
    ['no object', 'int8' as never, /^exportModel: options: expected an object/, TypeError],
  ])('is refused with %s', async (_, options, message, kind) => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
    const error = await exportModel(model, 'javascript', options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    model.dispose();
  });

  it('is refused for weights that are not finite', async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: { name: 'sgd', learningRate: 1e30 }, loss: 'meanSquaredError' });
    await model.fit(Float32Array.of(1, 2), Float32Array.of(3, 1), { epochs: 5 }).catch(() => undefined);
    await expect(exportModel(model, 'javascript')).rejects.toThrow(
      /^exportModel: dense\/kernel: expected finite numbers, got (-?Infinity|NaN)$/,
    );
    model.dispose();
  });
});
