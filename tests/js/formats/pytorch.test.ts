/** PyTorch: what is written comes back to the bit, and answers in PyTorch as it did here; hostile pickles are refused. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { PYTHON } from '../support/torchrun.js';

beforeAll(() => init());

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
    const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-pytorch-'));
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
    const printed = execFileSync(PYTHON!, ['-c', checks.join('\n')], { cwd: folder, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const differences = printed.trim().split('\n').map(Number);
    expect(differences).toHaveLength(SEEDS.length);
    // A normalization divides by deviations that may be small, by which it multiplies what both round differently.
    expect(differences.filter((difference) => difference > 1e-6).length).toBeLessThanOrEqual(3);
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it('is refused with a normalization that PyTorch has not', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [2] }), batchNormalization({ center: false })] });
    await expect(exportModel(model, 'pytorch')).rejects.toThrow(
      /^exportModel: batchNormalization_1: expected scale and center both/,
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
    'm/data.pkl': Uint8Array.from(pickle.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part))),
  });

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
  ])('%s is refused', async (_, bytes, message) => {
    await expect(loadAny(bytes)).rejects.toThrow(message);
  });
});
