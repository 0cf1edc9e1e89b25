/** PyTorch: what is written comes back to the bit, and answers in PyTorch as it did here; hostile pickles are refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  batchNormalization,
  dense,
  init,
  readSafetensors,
  sequential,
  writeSafetensors,
  type Sequential,
} from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { weightBits } from '../support/bits.js';
import { randomNetwork } from '../support/networks.js';
import { findPython, inFolder, runPython } from '../support/python.js';

beforeAll(() => init());

const PYTHON = findPython('torch');
const SEEDS = Array.from({ length: 48 }, (_, i) => i + 1);

describe('A model for PyTorch', () => {
  it.each(SEEDS)('comes back to the bit, layer by layer, from seed %i', async (seed) => {
    const model = randomNetwork(seed);
    const [file] = await exportModel(model, 'pytorch');
    const again = await loadAny(file!.bytes);
    expect(weightBits(again)).toEqual(weightBits(model));
    expect(again.layers).toEqual(model.layers);
    for (const made of [model, again]) made.dispose();
  });

  it('keeps what it was compiled with, and its names', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
    model.compile({ optimizer: { name: 'sgd', momentum: 0.9 }, loss: 'meanSquaredError' });
    Object.assign(model, { classNames: ['up', 'down'], featureNames: ['x', 'y', 'z'], metadata: { made: 'today' } });
    const again = await loadAny((await exportModel(model, 'pytorch'))[0]!.bytes);
    expect(again.learningRate).toBe(model.learningRate);
    const names = ({ classNames, featureNames, metadata }: Sequential) => ({ classNames, featureNames, metadata });
    expect(names(again)).toEqual(names(model));
    for (const made of [model, again]) made.dispose();
  });

  it.skipIf(!PYTHON)('answers there as it did here', { timeout: 300_000 }, async () => {
    await inFolder(async (folder) => {
      const checks = ['import importlib.util, sys'];
      for (const seed of SEEDS) {
        const model = randomNetwork(seed);
        for (const { name, bytes } of await exportModel(model, 'pytorch'))
          writeFileSync(join(folder, `${seed}-${name}`), bytes);
        model.dispose();
        checks.push(
          `spec = importlib.util.spec_from_file_location('m', '${seed}-model.py')`,
          'm = importlib.util.module_from_spec(spec)',
          'spec.loader.exec_module(m)',
          `print(m.check('${seed}-model.safetensors'))`,
        );
      }
      const differences = runPython(PYTHON!, ['-c', checks.join('\n')], { cwd: folder }).map(Number);
      expect(differences).toHaveLength(SEEDS.length);
      // A normalization divides by deviations that may be small, by which it multiplies what both round differently.
      expect(differences.filter((difference) => difference > 1e-6).length).toBeLessThanOrEqual(3);
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    });
  });

  it('is refused with a normalization that PyTorch has not', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [2] }), batchNormalization({ center: false })] });
    await expect(exportModel(model, 'pytorch')).rejects.toThrow(
      /^exportModel: batchNormalization_1: expected scale and center both/,
    );
    model.dispose();
  });

  it('is refused with a shape that is none', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [2] })], seed: 1 });
    const { tensors, metadata } = readSafetensors((await exportModel(model, 'pytorch'))[0]!.bytes);
    const config = metadata['mlp-wasm']!.replace('"inputShape":[2]', '"inputShape":255');
    await expect(loadAny(writeSafetensors(tensors, { ...metadata, 'mlp-wasm': config }))).rejects.toThrow(
      /^loadAny: source: mlp-wasm.layers\[0\].inputShape: expected an array of one size, got 255$/,
    );
    model.dispose();
  });

  it('examines itself when it is loaded', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [2] })], seed: 1 });
    const { tensors, metadata } = readSafetensors((await exportModel(model, 'pytorch'))[0]!.bytes);
    tensors[0]!.data[0]! += 0.01;
    await expect(loadAny(writeSafetensors(tensors, metadata))).rejects.toThrow(
      /as output 0 of example 0, as the file says/,
    );
    model.dispose();
  });
});

/** An archive as torch.save writes it, around this pickle. */
const archive = (...pickle: (number | string)[]) =>
  zipSync({
    'm/data.pkl': Uint8Array.from(
      pickle.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)),
    ),
  });

/** Opcodes, as text: a text, the tensor of one number in storage 0, and the number that old files begin with. */
const text = (words: string) => `\x8c${String.fromCharCode(words.length)}${words}`;
const STORAGE = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}K\x01tQ`;
const TENSOR = `ctorch._utils\n_rebuild_tensor_v2\n(${STORAGE}K\0K\x01K\x01\x86K\x01K\x01\x86\x89}tR`;
const MAGIC = '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19';

/** Opcodes that make a dictionary of 200 keys, each of which has the dictionary on top of the stack. */
const ALL_OF_IT = 'q\0' + '0}' + Array.from({ length: 200 }, (_, key) => `K${String.fromCharCode(key)}h\0s`).join('');

describe('A pickle', () => {
  it.each<[string, Uint8Array, RegExp]>([
    [
      'that calls',
      archive(0x80, 2, 'cos\nsystem\n', 0x58, 4, 0, 0, 0, 'ls -', 0x85, 'R.'),
      /got os\.system, which would run code/,
    ],
    ['that calls by protocol 4', archive(0x80, 4, 0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, ')R.'), /got os\.system/],
    ['that is truncated', archive(0x80, 2, 0x58, 255, 255, 0, 0), /expected 65535 bytes more, got 0: it is truncated/],
    ['with an unknown opcode', archive(0x80, 2, 0xff), /an opcode that puts values together, got 0xff/],
    ['with nothing to stop at', archive(0x80, 2, ')'), /it is truncated/],
    ['that takes from an empty stack', archive(0x80, 2, 'R.'), /expected a value on the stack, got none/],
    [
      'that asks for what was never kept',
      archive(0x80, 2, 'h', 7, '.'),
      /expected a value that was kept, got number 7/,
    ],
    ['of a list', archive(0x80, 2, '].'), /expected a dictionary of tensors/],
    ['of deep lists', archive(0x80, 2, ']'.repeat(100_000) + 'a'.repeat(99_999) + '.'), /expected a dictionary/],
    [
      'with a storage that is none',
      archive(0x80, 2, '}X', 1, 0, 0, 0, 'aK', 1, 'Qs.'),
      /expected \('storage', type, key, device, count\)/,
    ],
    [
      'of pairs of pairs of pairs, which would be endless to show',
      archive(0x80, 2, ']', ...Array<string>(60).fill('2\x86'), 'Q.'),
      /expected \('storage', type, key, device, count\), got a list of 2, a list of 2$/,
    ],
    [
      'that calls such pairs',
      archive(0x80, 2, ']', ...Array<string>(60).fill('2\x86'), ')R.'),
      /got a list of 2, which would run code/,
    ],
    [
      'with a list for a name',
      archive(0x80, 4, ...Array<string>(50_000).fill(')\x85'), ')\x93.'),
      /expected the name of a class or a function, got a list of 1, a list of 0$/,
    ],
    [
      'with a name of a tensor that is a list',
      archive(0x80, 2, '}]', ...Array<string>(60).fill('2\x86'), TENSOR, 's.'),
      /expected names of tensors, got a list of 2$/,
    ],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(loadAny(bytes)).rejects.toThrow(message);
  });

  it.each<[string, string, string, RegExp]>([
    ['a count below 0', `}${text('a.weight')}${TENSOR}s`, `]${text('0')}a`, /expected the count of storage 0, got -1$/],
    ['a list of a list', `}${text('a.weight')}${TENSOR}s`, ']]a', /expected the list of storages, got another value$/],
    [
      'dictionaries that hold each other, which would be endless to look through',
      `}${text('a.weight')}${TENSOR}s${text('b')}}${ALL_OF_IT.repeat(5)}s`,
      `]${text('0')}a`,
      /expected the count of storage 0, got -1$/,
    ],
  ])('of an old file with %s is refused', async (_, value, keys, message) => {
    const pickles = [MAGIC, 'M\xe9\x03', '}', value, keys].map((pickle) => `\x80\x02${pickle}.`);
    const file = Buffer.from(pickles.join('') + '\xff'.repeat(8), 'latin1');
    await expect(loadAny(file)).rejects.toThrow(message);
  });
});
