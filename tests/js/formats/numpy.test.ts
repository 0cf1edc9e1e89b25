/** NumPy: what numpy wrote as data and as weights, what we write to the bit, and what is refused. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { exportModel, loadAny, readNumpy } from 'mlp-wasm/files';
import { bitsOf, weightBits } from '../support/bits.js';
import { inputsFor, randomNetwork, worstDifference } from '../support/networks.js';
import { findPython, FORMATS, inFolder, runPython } from '../support/python.js';

const corpus = async (name: string) => new Uint8Array(await readFile(join(FORMATS, 'corpus', name)));
const PYTHON = findPython('numpy');

beforeAll(() => init());

/** A `.npy` file with this header. */
function npy(header: string, bytes: number): Uint8Array {
  const file = new Uint8Array(10 + header.length + bytes);
  file.set(Array.from('\x93NUMPY', (char) => char.charCodeAt(0)));
  file[6] = 1;
  new DataView(file.buffer).setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  return file;
}

describe('readNumpy', () => {
  it('reads every type, both byte orders and both orders of memory', async () => {
    const arrays = await readNumpy(await corpus('numpy-types.npz'), { archive: true });
    const json = new TextDecoder().decode(await corpus('numpy-types.json'));
    const expected = JSON.parse(json) as Record<string, { shape: number[]; data: number[] }>;
    expect([...arrays.keys()]).toEqual(Object.keys(expected));
    for (const [name, { shape, data }] of arrays) {
      expect({ name, shape, data: Array.from(data) }).toEqual({ name, ...expected[name]! });
    }
    expect(arrays.get('i8_be_F')!.data).toBeInstanceOf(Float64Array);
    expect(arrays.get('u2_le_C')!.data).toBeInstanceOf(Uint16Array);
    expect(arrays.get('f2_be_C')!.data).toBeInstanceOf(Float32Array);
  });

  it.each<[string, RegExp]>([
    ['numpy-text.npy', /^readNumpy: bytes: expected numbers of .*, got '<U1'$/],
    ['numpy-complex.npy', /got '<c16'$/],
    ['numpy-objects.npy', /got '\|O', Python objects, which only Python may open$/],
    ['numpy-table.npy', /got a table of several columns$/],
    ['numpy-large.npy', /expected integers that a double holds exactly, got one beyond ±2⁵³ of '<i8'$/],
    ['numpy-types.npz', /expected a .npy file, or the option archive: true, got an archive of b1_le_C.npy/],
  ])('refuses %s', async (name, message) => {
    await expect(readNumpy(await corpus(name))).rejects.toThrow(message);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'a cut file',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 11),
      /expected 12 bytes for \[3\] of '<f4', got 11/,
    ],
    [
      'a promise of much',
      npy("{'descr': '<f8', 'fortran_order': True, 'shape': (99999999, 99999999), }", 8),
      /expected \d+ bytes for/,
    ],
    [
      'no shape',
      npy("{'descr': '<f4', 'fortran_order': False}", 0),
      /expected a header of 'descr', 'fortran_order' and 'shape'/,
    ],
    ['another version', npy('', 0).fill(9, 6, 7), /expected version 1, 2 or 3 of .npy, got 9/],
    ['bytes of nothing', new Uint8Array(5), /expected a .npy file/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(readNumpy(bytes)).rejects.toThrow(message);
  });

  it('refuses an option that it has not, and a .npy as an archive', async () => {
    await expect(readNumpy(new Uint8Array(9), { archives: true } as never)).rejects.toThrow(/Did you mean 'archive'/);
    await expect(readNumpy(npy('', 0), { archive: true })).rejects.toThrow(/expected an .npz archive/);
  });
});

describe('NumPy, out and in', () => {
  it('gives back 60 networks of every kind, to the bit', async () => {
    for (let seed = 0; seed < 60; ++seed) {
      const model = randomNetwork(seed, { halves: true });
      const [file] = await exportModel(model, 'numpy');
      const again = await loadAny(file!.bytes);
      expect(weightBits(again)).toEqual(weightBits(model));
      expect(again.layers).toEqual(model.layers);
      const x = inputsFor(model, 4);
      expect(bitsOf(again.predict(x))).toBe(bitsOf(model.predict(x)));
      for (const made of [model, again]) made.dispose();
    }
  });

  it('keeps names and notes', async () => {
    const model = sequential({
      layers: [dense({ units: 1, inputShape: [2] })],
      seed: 1,
      name: 'net',
      classNames: ['yes'],
      featureNames: ['a', 'b'],
      metadata: { author: 'Ada' },
    });
    const again = await loadAny((await exportModel(model, 'numpy'))[0]!.bytes);
    expect([again.name, again.classNames, again.featureNames, again.metadata]).toEqual([
      'net',
      ['yes'],
      ['a', 'b'],
      { author: 'Ada' },
    ]);
    for (const made of [model, again]) made.dispose();
  });

  it.skipIf(!PYTHON)('opens in numpy, which computes the same', async () => {
    await inFolder(async (folder) => {
      for (let seed = 0; seed < 4; ++seed) {
        const names = ['relu', 'tanh', 'sigmoid', 'linear', 'softmax'] as const;
        const layers = names.map((activation, i) =>
          dense({ units: 3 + i, activation, ...(i === 0 && { inputShape: [4] }) }),
        );
        const model = sequential({ layers, seed });
        const path = join(folder, 'model.npz');
        await writeFile(path, (await exportModel(model, 'numpy'))[0]!.bytes);
        const [printed] = runPython(PYTHON!, [join(FORMATS, 'numpy_files.py'), '--check', path]);
        const { outputs, examples } = JSON.parse(printed!) as Record<string, number[][]>;
        expect(worstDifference(Float32Array.from(examples!.flat()), outputs!.flat(), 7)).toBeLessThan(1e-6);
        model.dispose();
      }
    });
  });

  it('wants activations for weights alone, takes one .npy as a kernel, and says what does not fit', async () => {
    const file = await corpus('numpy_half.npz');
    await expect(loadAny(file)).rejects.toThrow(
      /^loadAny: activations: expected those of 2 layers, because the file holds/,
    );
    await expect(loadAny(file, { activations: ['relu'] })).rejects.toThrow(/expected 2 names/);
    const kernel = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24);
    const model = await loadAny({ 'w.npy': kernel }, { activations: 'linear' });
    expect([model.inputShape, model.outputShape, model.layers[0]!.useBias]).toEqual([[2], [3], false]);
    model.dispose();
    await expect(loadAny({ 'w1.npy': kernel, 'w2.npy': kernel }, { activations: 'relu' })).rejects.toThrow(
      /source: expected kernels of which each has as many inputs .*, got w1 \[2,3\], w2 \[2,3\]/,
    );
  });

  it('makes no room for what an architecture only promises', async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
    const [file] = await exportModel(model, 'numpy');
    const files = unzipSync(file!.bytes);
    const text = Buffer.from(files['architecture.npy']!).toString('latin1').replace('"units":1,', '"units":9,');
    const promising = zipSync({ ...files, 'architecture.npy': Buffer.from(text, 'latin1') });
    await expect(loadAny(promising)).rejects.toThrow(/kernel: expected shape \[2,9\], got \[2,1\]/);
    model.dispose();
  });
});
