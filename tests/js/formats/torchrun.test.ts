/** A training goes on under PyTorch's distributed engine, and comes back. */
import { rmSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import type { CompileOptions, OptimizerConfig, Sequential } from 'mlp-wasm';
import { exportTraining, loadAny, zipFiles } from 'mlp-wasm/files';
import { randomOf } from '../support/networks.js';
import { checkpointIn, folderOf, PYTHON, torchrun, trainEach } from '../support/torchrun.js';

beforeAll(() => mlp.init());

const ROWS = 60;
const BATCH = 12;
const random = randomOf(5);
const X = Float32Array.from({ length: ROWS * 6 }, () => 2 * random() - 1);
const CLASSES = Int32Array.from({ length: ROWS }, (_, i) => Math.floor(1.5 * (1 + X[6 * i]!)));

function build(
  compile: CompileOptions,
  last: Parameters<typeof mlp.dense>[0] = { units: 3, activation: 'softmax' },
): Sequential {
  const model = mlp.sequential({
    seed: 3,
    layers: [
      mlp.dense({ units: 8, activation: 'tanh', inputShape: [6], kernelRegularizer: { name: 'l2', l2: 1e-3 } }),
      mlp.layerNormalization(),
      mlp.dense({ units: 5, activation: { name: 'leakyRelu', alpha: 0.2 }, useBias: false }),
      mlp.dense(last),
    ],
  });
  model.compile(compile);
  return model;
}

/** Largest difference of two models' weights, relative to the largest of the same weight. */
function worst(a: Sequential, b: Sequential): number {
  const others = b.getWeights();
  return Math.max(
    ...a.getWeights().map(({ data }, i) => {
      const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
      return data.reduce((most, value, j) => Math.max(most, Math.abs(value - others[i]!.data[j]!) / scale), 0);
    }),
  );
}

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const OPTIMIZERS: Record<string, OptimizerConfig> = {
  sgd: { name: 'sgd', learningRate: 0.1 },
  momentum: { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true, clipNorm: 1 },
  adam: { name: 'adam', learningRate: mlp.schedules.cosineDecay({ initialLearningRate: 0.01, decaySteps: 60 }) },
  adamw: { name: 'adamw', learningRate: 0.01, amsgrad: true },
  rmsprop: { name: 'rmsprop', learningRate: 0.002, centered: true, momentum: 0.5, globalClipNorm: 2 },
};

describe.skipIf(!PYTHON)('Under PyTorch', { timeout: 300_000 }, () => {
  const options = { batchSize: BATCH, shuffle: false };

  /** A training of two epochs, so that the optimizer has a state, and the folder for the next ten. */
  async function begun(name: string): Promise<[model: Sequential, folder: string]> {
    const model = build({ optimizer: OPTIMIZERS[name]!, loss: 'sparseCategoricalCrossentropy' });
    await model.fit(X, CLASSES, { ...options, epochs: 2 });
    const files = await exportTraining(model, { x: X, y: CLASSES }, { ...options, target: 'pytorch', epochs: 12 });
    const folder = folderOf(files);
    folders.push(folder);
    return [model, folder];
  }

  /** Trains on here, compares, and then goes on with both in the tab. */
  async function expectSame(model: Sequential, folder: string): Promise<void> {
    const there = await mlp.loadCheckpoint(checkpointIn(folder));
    await model.fit(X, CLASSES, { ...options, epochs: 12, resume: true });
    expect(worst(model, there)).toBeLessThan(1e-5);
    for (const one of [model, there]) await one.fit(X, CLASSES, { ...options, epochs: 14, resume: true });
    expect(worst(model, there)).toBeLessThan(1e-4);
    for (const one of [model, there]) one.dispose();
  }

  it('each optimizer goes on for 50 steps to the same weights, and back in the tab from there', async () => {
    const all = await Promise.all(Object.keys(OPTIMIZERS).map(begun));
    trainEach(all.map(([, folder]) => folder));
    for (const [model, folder] of all) await expectSame(model, folder);
  });

  it('two processes come to what one comes to', async () => {
    const [model, folder] = await begun('adam');
    expect(torchrun(folder, 2)).toMatch(/epoch 3\/12: loss/);
    await expectSame(model, folder);
  });

  it('every loss gives the same weights', async () => {
    const numbers = Float32Array.from({ length: ROWS * 2 }, (_, i) => Math.sin(i));
    const positive = numbers.map((value) => 0.5 + 0.4 * value);
    const signs = numbers.map((value) => (value < 0 ? -1 : 1));
    const cases: [CompileOptions['loss'], 'linear' | 'sigmoid' | 'softmax' | 'softplus', Float32Array][] = [
      ['meanSquaredError', 'linear', numbers],
      ['sumOfSquares', 'linear', numbers],
      ['meanAbsoluteError', 'linear', numbers],
      [{ name: 'huber', delta: 0.4 }, 'linear', numbers],
      ['logCosh', 'linear', numbers],
      ['hinge', 'linear', signs],
      ['squaredHinge', 'linear', signs],
      ['poisson', 'softplus', positive],
      ['binaryCrossentropy', 'sigmoid', positive],
      [{ name: 'categoricalCrossentropy', labelSmoothing: 0.1 }, 'softmax', positive],
    ];
    const uneven = { batchSize: 25, shuffle: false }; // the last batch is smaller
    const models = cases.map(([loss, activation]) =>
      build({ optimizer: { name: 'sgd', learningRate: 0.05 }, loss }, { units: 2, activation }),
    );
    for (const [i, model] of models.entries()) {
      const data = { x: X, y: cases[i]![2] };
      folders.push(folderOf(await exportTraining(model, data, { ...uneven, target: 'pytorch', epochs: 2 })));
    }
    trainEach(folders);
    for (const [i, model] of models.entries()) {
      await model.fit(X, cases[i]![2], { ...uneven, epochs: 2 });
      const there = await mlp.loadCheckpoint(checkpointIn(folders[i]!));
      expect(worst(model, there), JSON.stringify(cases[i]![0])).toBeLessThan(1e-5);
      for (const one of [model, there]) one.dispose();
    }
  });

  it('stopped in the middle of an epoch and started again, it comes to the same', async () => {
    const model = build({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const files = await exportTraining(model, { x: X, y: CLASSES }, { target: 'pytorch', epochs: 4, batchSize: 7 });
    const [whole, parts] = [folderOf(files), folderOf(files)];
    folders.push(whole, parts);
    torchrun(whole, 1);
    expect(torchrun(parts, 1, '--steps', '13')).toMatch(/stopped in epoch 2 after 13 steps/);
    torchrun(parts, 1);
    expect(Buffer.compare(checkpointIn(whole), checkpointIn(parts))).toBe(0);
    model.dispose();
  });
});

describe('exportTraining', () => {
  it('makes a folder, or one archive of it', async () => {
    const model = build({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const files = await exportTraining(model, { x: X, y: CLASSES }, { target: 'pytorch' });
    expect(files.map(({ name }) => name)).toEqual([
      ...['README.md', 'train.py', 'model.py', 'training.json', 'checkpoint.safetensors'],
      'data/00000.safetensors',
    ]);
    const archive = await zipFiles(files);
    expect(String.fromCharCode(...archive.subarray(0, 2))).toBe('PK');
    expect(await zipFiles(files)).toEqual(archive);
    const checkpoint = await loadAny(files[4]!.bytes);
    for (const one of [model, checkpoint]) one.dispose();
  });

  it.each<[string, CompileOptions, object, RegExp]>([
    [
      'an optimizer that the program has not',
      { optimizer: 'lbfgs', loss: 'meanSquaredError' },
      {},
      /^exportTraining: optimizer: expected one that train\.py has: sgd, .*got 'lbfgs'/,
    ],
    [
      'a loss that it has not',
      { optimizer: 'sgd', loss: 'cosineSimilarity' },
      {},
      /^exportTraining: loss: .*got 'cosineSimilarity'/,
    ],
    [
      'averaged weights',
      { optimizer: { name: 'sgd', useEma: true }, loss: 'meanSquaredError' },
      {},
      /useEma: expected false/,
    ],
    [
      'another target',
      { optimizer: 'sgd', loss: 'meanSquaredError' },
      { target: 'jax' },
      /target: expected one of 'pytorch'/,
    ],
    ['no rows', { optimizer: 'sgd', loss: 'meanSquaredError' }, { epochs: 0 }, /epochs: expected an integer from 1/],
  ])('refuses %s', async (_, compile, options, message) => {
    const model = build(compile);
    const y = new Float32Array(3 * ROWS);
    await expect(exportTraining(model, { x: X, y }, { target: 'pytorch', ...options } as never)).rejects.toThrow(
      message,
    );
    await expect(
      exportTraining(model, { x: X.map((value, i) => (i === 3 ? NaN : value)), y }, { target: 'pytorch' }),
    ).rejects.toThrow(/data\.x|optimizer|loss|useEma/);
    model.dispose();
  });

  it('refuses a model that is not compiled', async () => {
    const model = mlp.sequential({ layers: [mlp.dense({ units: 1, inputShape: [6] })] });
    await expect(exportTraining(model, { x: X, y: new Float32Array(ROWS) }, { target: 'pytorch' })).rejects.toThrow(
      /compile/,
    );
    model.dispose();
  });
});
