/** Keras: networks that are drawn and laid out as versions of Keras do, which needs Python's h5py; and what is refused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { worstError, type Expected } from '../support/models.js';
import { randomNetwork } from '../support/networks.js';
import { findPython, FORMATS, inFolder, runPython, writeFiles } from '../support/python.js';

beforeAll(() => init());

const CORPUS = join(FORMATS, 'corpus');
const PYTHON = findPython('h5py', 'numpy');
const NETWORKS = 60;

const bytesOf = (folder: string, name: string) => new Uint8Array(readFileSync(join(folder, name)));

describe.skipIf(!PYTHON)('Of networks in the layouts of Keras 2.12 to 3, written by h5py', () => {
  it(`${NETWORKS} compute what numpy does`, { timeout: 60_000 }, async () => {
    await inFolder(async (folder) => {
      runPython(PYTHON!, [join(FORMATS, 'keras.py'), '--many', String(NETWORKS), folder]);
      const known = readdirSync(folder).filter((name) => name.endsWith('.expected.json'));
      expect(known).toHaveLength(NETWORKS);
      const errors: [string, number][] = [];
      for (const file of known) {
        const expected = JSON.parse(String(readFileSync(join(folder, file)))) as Expected & { beside?: string[] };
        const names = [file.slice(0, -'.expected.json'.length), ...(expected.beside ?? [])];
        const model = await loadAny(Object.fromEntries(names.map((name) => [name, bytesOf(folder, name)])));
        errors.push([file, worstError((x) => model.predict(x), expected)]);
        model.dispose();
      }
      expect(errors.filter(([, error]) => !(error < 1e-6))).toEqual([]);
    });
  });
});

describe('A Keras file', () => {
  it('brings its loss, optimizer and metrics, names and regularizers', async () => {
    const model = await loadAny(bytesOf(CORPUS, 'keras-3.keras'));
    expect(model.layers.map(({ name }) => name)).toEqual(['dense', 'batch_normalization', 'dropout', 'dense_1']);
    expect(model.layers[0]!.kernelRegularizer).toEqual({ name: 'l2', l2: 0.001 });
    expect(model.layers[1]).toMatchObject({ momentum: 0.9, epsilon: 1e-3 });
    expect(model.layers[2]!.rate).toBe(0.25);
    expect(model.learningRate).toBe(0.001);
    const { history } = await model.fit(new Float32Array(8), new Float32Array(6), { epochs: 1 });
    expect(Object.keys(history)).toEqual(['loss', 'meanAbsoluteError']);
    model.dispose();
  });

  /** The legacy file with the text of its configuration changed; lengths stay, because it lies in a heap. */
  const changed = (from: string, to: string) => {
    const bytes = bytesOf(CORPUS, 'keras-2.h5');
    const at = Buffer.from(bytes).indexOf(from);
    expect(at).toBeGreaterThan(0);
    expect(to).toHaveLength(from.length);
    bytes.set(new TextEncoder().encode(to), at);
    return bytes;
  };

  it.each<[string, string, string, RegExp]>([
    [
      'another kind of layer',
      '"class_name": "BatchNormalization"',
      '"class_name": "GroupNormalization"',
      /expected a layer of multilayer perceptrons, got "GroupNormalization"/,
    ],
    [
      'another activation',
      '"activation": "relu"',
      '"activation": "mish"',
      /dense: activation: expected one that ours have, got "mish"/,
    ],
    ['fewer units than its weights', '"units": 6', '"units": 5', /dense: kernel: expected shape \[4,5\], got \[4,6\]/],
    [
      'units beyond its weights',
      '"units": 6, ',
      '"units":9e8,',
      /dense: kernel: expected shape \[4,900000000\], got \[4,6\]/,
    ],
    ['statistics along another axis', '"axis": [1]', '"axis": [2]', /axis: expected -1, the last one, got \[2\]/],
    ['a broken configuration', '{"class_name"', '{"class_name:', /model_config: expected JSON/],
  ] as [string, string, string, RegExp][])('is refused with %s', async (_, from, to, message) => {
    await expect(loadAny(changed(from, to))).rejects.toThrow(message);
  });

  it.each<[string, (view: DataView, at: (text: string) => number) => void, RegExp]>([
    [
      'whose root leads to itself',
      (view, at) => view.setBigUint64(at('SNOD') + 16, 96n, true),
      /expected each object once, got the one at 96 again/,
    ],
    [
      'whose tree leads to itself',
      (view, at) => view.setBigUint64(at('TREE') + 32, BigInt(at('TREE')), true),
      /expected each tree of names once/,
    ],
    [
      'whose heap of names is longer than the file',
      (view, at) => view.setBigUint64(at('HEAP') + 8, 2n ** 40n, true),
      /expected 1099511627776 bytes of the names of a group/,
    ],
    ['of a newer superblock', (view) => view.setUint8(8, 7), /expected a superblock of version 0 to 3, got 7/],
  ])('%s is refused', async (_, change, message) => {
    const bytes = bytesOf(CORPUS, 'keras-2.h5');
    change(new DataView(bytes.buffer, bytes.byteOffset), (text) => Buffer.from(bytes).indexOf(text));
    await expect(loadAny(bytes)).rejects.toThrow(message);
  });

  it.each<[string, (view: DataView, tree: number, filters: number) => void, RegExp]>([
    [
      'of which one is missing',
      (view, tree) => view.setUint16(tree + 6, 3, true),
      /expected all 4 of the chunks of model_weights\/dense\/dense\/kernel:0, got 3$/,
    ],
    [
      'of which one is there twice',
      (view, tree) => view.setBigUint64(tree + 24 + 40 + 16, 0n, true),
      /expected each of the chunks of \S+ once, got 1 again$/,
    ],
    [
      'of which one is elsewhere',
      (view, tree) => view.setBigUint64(tree + 24 + 16, 5n, true),
      /expected the chunks of \S+ within \[4,6\], got one at \[0,5\]$/,
    ],
    [
      'that lead to themselves',
      (view, tree) => {
        view.setUint8(tree + 5, 1);
        view.setBigUint64(tree + 24 + 32, BigInt(tree), true);
        view.setUint16(tree + 6, 1, true);
      },
      /expected each tree of chunks once, got the one at \d+ again$/,
    ],
    ['of another level', (view, tree) => view.setUint8(tree + 5, 77), /expected a tree of chunks of level 0, got/],
    [
      'that inflate to something else',
      (view, tree) => view.setUint32(tree + 24, 12, true),
      /the chunks of \S+: expected what inflates to 48 bytes, got/,
    ],
    [
      'beyond the file',
      (view, tree) => view.setUint32(tree + 24, 2 ** 30, true),
      /expected 1073741824 bytes of the chunks of/,
    ],
    [
      'packed otherwise',
      (view, _, filters) => view.setUint16(filters, 32_000, true),
      /kernel:0 packed by deflate or shuffle, got lzf; written anew without, it can be read$/,
    ],
  ])('in chunks %s is refused', async (_, change, message) => {
    const bytes = bytesOf(CORPUS, 'keras-chunked.h5');
    const find = (text: string) => Buffer.from(bytes).indexOf(text, 0, 'latin1');
    // The tree of chunks has kind 1; the name of the filter stands behind its number and three others.
    change(new DataView(bytes.buffer, bytes.byteOffset), find('TREE\x01'), find('deflate') - 8);
    await expect(loadAny(bytes)).rejects.toThrow(message);
  });

  it('of weights alone asks for activations', async () => {
    const bytes = bytesOf(CORPUS, 'keras-alone.h5');
    await expect(loadAny(bytes)).rejects.toThrow(/expected a model, got weights alone: .* or options.activations/);
    await expect(loadAny(bytes, { activations: ['relu'] })).rejects.toThrow(/activations: expected 2 names/);
    await expect(loadAny(bytes, { activations: ['relu', 'rely'] } as never)).rejects.toThrow(/Did you mean 'relu'/);
  });
});

it('A model for Keras keeps penalties, constraints, names and what is frozen', async () => {
  const model = sequential({
    layers: [
      dense({
        units: 3,
        inputShape: [2],
        activation: { name: 'leakyRelu', alpha: 0.25 },
        activityRegularizer: { name: 'l1', l1: 0.5 },
        kernelConstraint: { name: 'maxNorm', maxValue: 3 },
        trainable: false,
      }),
      dense({ units: 1, name: 'a/b', kernelRegularizer: { name: 'l2', l2: 0.25 } }),
    ],
  });
  const program = new TextDecoder().decode((await exportModel(model, 'keras'))[1]!.bytes);
  expect(program).toContain(`
    model.add(keras.Input(shape=(2,)))
    add(layers.Dense(3, kernel_constraint=keras.constraints.MaxNorm(3), name="dense", trainable=False), "dense/kernel", "dense/bias")
    add(layers.LeakyReLU(0.25, activity_regularizer=keras.regularizers.L1L2(l1=0.5, l2=0)))
    add(layers.Dense(1, kernel_regularizer=keras.regularizers.L1L2(l1=0, l2=0.25)), "a/b/kernel", "a/b/bias")
`);
  model.dispose();
});

// Keras itself is not there: tests/formats/keras-stand-in has its names that the program calls, in numpy and in doubles.
describe.skipIf(!PYTHON)('A model for Keras', () => {
  it('answers, in a stand-in for Keras, as it did here: 48 networks', { timeout: 120_000 }, async () => {
    await inFolder(async (folder) => {
      for (let seed = 0; seed < 48; ++seed) {
        const model = randomNetwork(seed, { halves: true });
        writeFiles(join(folder, String(seed)), await exportModel(model, 'keras'));
        model.dispose();
      }
      const source = [
        'import runpy, sys',
        'sys.path.insert(0, sys.argv[1])',
        'for seed in range(48):',
        '    program = runpy.run_path(f"{sys.argv[2]}/{seed}/model.py")',
        '    path = f"{sys.argv[2]}/{seed}/model.weights.npz"',
        '    print(program["check"](program["load"](path), path))',
      ].join('\n');
      const errors = runPython(PYTHON!, ['-c', source, join(FORMATS, 'keras-stand-in'), folder]).map(Number);
      expect(errors).toHaveLength(48);
      expect(errors.filter((error) => !(error < 1e-6))).toEqual([]);
    });
  });
});
