/** scikit-learn, in and out: what it computes is what we compute, and what is refused. Most of it needs its Python. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchNormalization, dense, dropout, init, normalization, sequential, type ActivationName } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { worstError, type Expected } from '../support/models.js';
import { randomOf } from '../support/networks.js';
import { findPython, FORMATS, inFolder, runPython, writeFiles } from '../support/python.js';

beforeAll(() => init());

const PYTHON = findPython('sklearn');
const NETWORKS = 48;

/** A network that scikit-learn can have, of weights, scales and names from a seed. */
function drawn(seed: number) {
  const random = randomOf(seed);
  const of = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const hidden = of<ActivationName>(['linear', 'sigmoid', 'tanh', 'relu']);
  const last = of<ActivationName>(['linear', 'sigmoid', 'softmax']);
  const units = last === 'softmax' ? 2 + Math.floor(random() * 4) : 1 + Math.floor(random() * 3);
  const inputShape: [number] = [1 + Math.floor(random() * 6)];
  const model = sequential({
    seed,
    layers: [
      ...(random() < 0.5 ? [normalization({ inputShape })] : []),
      ...Array.from({ length: Math.floor(random() * 4) }, () =>
        dense({
          units: 1 + Math.floor(random() * 8),
          activation: hidden,
          useBias: random() < 0.7,
          inputShape: undefined,
        }),
      ),
      dense({ units, activation: last }),
    ].map((layer, i) => (i === 0 ? { ...layer, inputShape } : layer)),
  });
  const isVariance = (name: string) => name.endsWith('variance');
  model.setWeights(
    model.getWeights().map(({ name, shape, data }) => ({
      shape,
      data: data.map(() => (isVariance(name) ? (random() < 0.2 ? 0 : 0.5 + random()) : 2 * random() - 1)),
    })),
  );
  const names = ['pear', 'apple', 'Ünder', 'apples', 'Apple', '𝄞'];
  const count = last === 'softmax' ? units : 2;
  if (last !== 'linear' && (last === 'softmax' || units === 1) && random() < 0.7)
    model.classNames = names.slice(0, count);
  return model;
}

describe('A model of scikit-learn, by skops,', () => {
  it.skipIf(!PYTHON)(`answers here as there: ${NETWORKS} networks`, { timeout: 120_000 }, async () => {
    await inFolder(async (folder) => {
      runPython(PYTHON!, [join(FORMATS, 'sklearn-skops.py'), '--many', String(NETWORKS), folder]);
      const errors: [string, number][] = [];
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.skops'))) {
        const expected = JSON.parse(String(readFileSync(join(folder, `${name}.expected.json`)))) as Expected;
        const model = await loadAny(new Uint8Array(readFileSync(join(folder, name))));
        errors.push([name, worstError((x) => model.predict(x), expected)]);
        model.dispose();
      }
      expect(errors).toHaveLength(NETWORKS);
      expect(errors.filter(([, error]) => !(error < 1e-6))).toEqual([]);
    });
  });

  const corpus = (name: string) => new Uint8Array(readFileSync(join(FORMATS, 'corpus', name)));

  it('brings its classes, and what it was trained by', async () => {
    const model = await loadAny(corpus('sklearn-classes.skops'));
    expect(model.classNames).toHaveLength(3);
    expect(model.layers.map(({ className }) => className)).toEqual(['normalization', 'dense', 'dense']);
    expect(model.learningRate).toBe(0.001);
    const [answer] = model.classify(new Float32Array(3)) as unknown[];
    expect(answer).toBeDefined();
    model.dispose();
  });

  it.each<[string, string, (schema: string) => string, RegExp]>([
    [
      'of another class',
      'sklearn-regressor.skops',
      (text) => text.replace('MLPRegressor', 'SVR'),
      /got SVR of sklearn/,
    ],
    [
      'that was not fitted',
      'sklearn-regressor.skops',
      (text) => text.replace('"coefs_"', '"none"'),
      /expected a network that was fitted/,
    ],
    [
      'whose arrays are missing',
      'sklearn-regressor.skops',
      (text) => text.replace(/"file": "\d+/g, '"file": "1'),
      /coefs_\[0\]: expected an array in the archive, got '1.npy'/,
    ],
    [
      'with one array for several',
      'sklearn-regressor.skops',
      (text) => text.replace(/"file": "\d+/g, `"file": "${/"coefs_".*?"file": "(\d+)/s.exec(text)![1]}`),
      /expected an array of its own/,
    ],
    [
      'with another activation',
      'sklearn-regressor.skops',
      (text) => text.replace('\\"logistic\\"', '\\"swish\\"'),
      /activation: expected identity, logistic/,
    ],
    [
      'that clips',
      'sklearn-binary.skops',
      (text) => text.replace(/("clip": \{[^}]*?"content": ")false/s, '$1true'),
      /clip: expected false/,
    ],
    ['of no JSON', 'sklearn-binary.skops', () => '{', /schema.json: expected JSON/],
  ])('%s is refused', async (_, name, change, message) => {
    const files = unzipSync(corpus(name));
    files['schema.json'] = strToU8(change(strFromU8(files['schema.json']!)));
    await expect(loadAny(zipSync(files))).rejects.toThrow(message);
  });
});

describe('A model for scikit-learn', () => {
  it.skipIf(!PYTHON)(`answers there as here: ${NETWORKS} networks`, { timeout: 120_000 }, async () => {
    await inFolder(async (folder) => {
      for (let seed = 0; seed < NETWORKS; ++seed) {
        const model = drawn(seed);
        writeFiles(join(folder, String(seed)), await exportModel(model, 'sklearn'));
        model.dispose();
      }
      const source = [
        'import runpy, sys',
        'for seed in range(int(sys.argv[2])):',
        '    place = f"{sys.argv[1]}/{seed}"',
        '    program = runpy.run_path(f"{place}/model.py")',
        '    model = program["load"](f"{place}/weights.npz")',
        '    model.predict(program["np"].load(f"{place}/weights.npz")["example_inputs"])',
        '    print(program["check"](f"{place}/weights.npz"))',
      ].join('\n');
      const errors = runPython(PYTHON!, ['-c', source, folder, String(NETWORKS)]).map(Number);
      expect(errors).toHaveLength(NETWORKS);
      expect(Math.max(...errors)).toBeLessThan(1e-6);
    });
  });

  it('has what scikit-learn has', async () => {
    const refused = async (layers: Parameters<typeof sequential>[0]['layers'], message: RegExp) => {
      const model = sequential({ layers });
      await expect(exportModel(model, 'sklearn')).rejects.toThrow(message);
      model.dispose();
    };
    const first = dense({ units: 2, activation: 'relu', inputShape: [2] });
    await refused([first, batchNormalization(), dense({ units: 1 })], /batchNormalization_1: expected dense layers/);
    await refused([first, dense({ units: 1, activation: 'tanh' })], /dense_1: activation: expected at the end linear/);
    await refused(
      [first, dense({ units: 2, activation: 'tanh' }), dense({ units: 1 })],
      /dense_1: activation: expected one activation/,
    );
    const model = sequential({ layers: [first, dropout({ rate: 0.5 }), dense({ units: 1 })] });
    const [weights, program] = await exportModel(model, 'sklearn');
    expect([weights!.name, program!.name]).toEqual(['weights.npz', 'model.py']);
    model.dispose();
  });
});
