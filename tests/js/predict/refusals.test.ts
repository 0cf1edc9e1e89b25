/** mlp-wasm/predict refuses what mlp-wasm refuses, in the same words. */
import { beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import * as predicting from 'mlp-wasm/predict';
import { bitsOf } from '../support/bits.js';
import { mutants } from '../support/mutate.js';

const { dense } = mlp;

let file: Uint8Array<ArrayBuffer>;
let model: mlp.Sequential;
let same: predicting.Predictor;

beforeAll(async () => {
  await mlp.init({ simd: true });
  model = mlp.sequential({
    seed: 9,
    layers: [
      dense({ units: 3, activation: { name: 'elu', alpha: 0.5 }, inputShape: [2] }),
      mlp.batchNormalization(),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  file = await model.save();
  same = await predicting.loadModel(file);
});

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

type Config = { layers: Record<string, unknown>[]; [key: string]: unknown };

function changed(change: (config: Config, tensors: mlp.NamedTensor[], metadata: Record<string, string>) => void) {
  const { tensors, metadata } = mlp.readSafetensors(file);
  const config = JSON.parse(metadata['config']!) as Config;
  change(config, tensors, metadata);
  return mlp.writeSafetensors(
    tensors,
    'config' in metadata ? { ...metadata, config: JSON.stringify(config) } : metadata,
  );
}

/** A prediction with a file, or its refusal, in one of the packages. */
const loadedBy = (load: (bytes: Uint8Array) => Promise<mlp.Sequential | predicting.Predictor>, bytes: unknown) =>
  outcomeOf(async () => {
    const model = await load(bytes as Uint8Array);
    try {
      return await outcomeOf(() =>
        bitsOf(model.predict(Float32Array.from({ length: 2 * model.inputShape[0] }, (_, i) => Math.sin(i)))),
      );
    } finally {
      model.dispose();
    }
  });

describe('A file', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a path', 'model.safetensors'],
    ['a response', {}],
    ['an array of bytes', [1, 2, 3]],
    ['text', new TextEncoder().encode('<!doctype html><html></html>')],
    ['no bytes', new Uint8Array()],
  ])('is refused that is %s', async (_name, bytes) => {
    const refusal = await loadedBy(predicting.loadModel, bytes);
    expect(refusal).toMatch(/^(Type|Range)Error: /);
    expect(refusal).toBe(await loadedBy(mlp.loadModel, bytes));
  });

  it.each<[string, Parameters<typeof changed>[0]]>([
    ['another format', (_config, _tensors, metadata) => (metadata['format'] = 'pt')],
    ['no format', (_config, _tensors, metadata) => delete metadata['format']],
    ['a version to come', (_config, _tensors, metadata) => (metadata['version'] = '2')],
    ['no config', (_config, _tensors, metadata) => delete metadata['config']],
    ['an unknown key', (config) => (config['code'] = 'alert(1)')],
    ['no layers', (config) => (config.layers = [])],
    ['layers that are an object', (config) => (config.layers = { length: 1 } as never)],
    ['a layer that is null', (config) => (config.layers[1] = null as never)],
    ['a layer that is a list', (config) => (config.layers[1] = [] as never)],
    ['an unknown kind of layer', (config) => (config.layers[0]!['className'] = 'conv2d')],
    ['a kind that every object has', (config) => (config.layers[0]!['className'] = 'toString')],
    ['an unknown option', (config) => (config.layers[0]!['unit'] = 3)],
    ['an option of another kind', (config) => (config.layers[1]!['units'] = 3)],
    ['an unknown activation', (config) => (config.layers[2]!['activation'] = 'sigmoyd')],
    ['an unknown name of an activation', (config) => (config.layers[2]!['activation'] = { name: 'swish' })],
    ['an α that is text', (config) => (config.layers[0]!['activation'] = { name: 'elu', alpha: '1' })],
    ['an α beyond floats', (config) => (config.layers[0]!['activation'] = { name: 'elu', alpha: 1e39 })],
    ['an α where there is none', (config) => (config.layers[0]!['activation'] = { name: 'relu', alpha: 1 })],
    ['an activation layer without one', (config) => (config.layers[2] = { className: 'activation' })],
    ['a flag that is a number', (config) => (config.layers[0]!['useBias'] = 1)],
    ['a bias that is said not to be there', (config) => (config.layers[0]!['useBias'] = false)],
    ['an ε of 0', (config) => (config.layers[1]!['epsilon'] = 0)],
    ['units below 1', (config) => (config.layers[0]!['units'] = 0)],
    ['units as text', (config) => (config.layers[0]!['units'] = '3')],
    ['no units', (config) => delete config.layers[0]!['units']],
    ['2³¹ − 1 units', (config) => (config.layers[0]!['units'] = 2 ** 31 - 1)],
    ['2³¹ − 1 features', (config) => (config.layers[0]!['inputShape'] = [2 ** 31 - 1])],
    ['2³¹ features', (config) => (config.layers[0]!['inputShape'] = [2 ** 31])],
    ['no inputShape', (config) => delete config.layers[0]!['inputShape']],
    ['two dimensions', (config) => (config.layers[0]!['inputShape'] = [1, 2])],
    ['an inputShape that is a number', (config) => (config.layers[0]!['inputShape'] = 2)],
    ['an inputShape that does not fit', (config) => (config.layers[1]!['inputShape'] = [4])],
    ['a name that is a number', (config) => (config.layers[1]!['name'] = 5)],
    ['an empty name', (config) => (config.layers[1]!['name'] = '')],
    ['a name twice', (config) => (config.layers[1]!['name'] = 'dense')],
    ['a weight missing', (_config, tensors) => tensors.pop()],
    ['a weight too many', (_config, tensors) => tensors.push({ name: 'extra', shape: [1], data: new Float32Array(1) })],
    ['a weight under another name', (_config, tensors) => (tensors[0]!.name = 'kernel')],
    ['a weight of another shape', (_config, tensors) => (tensors[0]!.shape = [3, 2])],
    ['weights in another order', (_config, tensors) => tensors.reverse()],
    ['no weights', (_config, tensors) => tensors.splice(0)],
    [
      'a thousand layers that the file has no weights for',
      (config) => config.layers.push(...Array.from({ length: 1000 }, () => ({ className: 'dense', units: 100_000 }))),
    ],
  ])('is refused with %s', async (_name, change) => {
    const bytes = changed(change);
    const refusal = await loadedBy(predicting.loadModel, bytes);
    expect(refusal).toMatch(/^(Type|Range)Error: /);
    expect(refusal).toBe(await loadedBy(mlp.loadModel, bytes));
  });

  it.each<[string, Parameters<typeof changed>[0]]>([
    ['nothing changed', () => {}],
    ['defaults left out', (config) => delete config.layers[0]!['useBias']],
    ['an ε that is null', (config) => (config.layers[1]!['epsilon'] = null)],
    ['an ε left out', (config) => delete config.layers[1]!['epsilon']],
    ['an α left out', (config) => (config.layers[0]!['activation'] = 'leakyRelu')],
    ['an activation left out', (config) => delete config.layers[2]!['activation']],
    ['names of layers left out', (config) => config.layers.forEach((layer) => delete layer['name'])],
    ['an inputShape that fits', (config) => (config.layers[1]!['inputShape'] = [3])],
    ['no loss', (config) => delete config['compile']],
    ['no name', (config) => delete config['name']],
  ])('is taken with %s, as mlp-wasm takes it', async (_name, change) => {
    const bytes = changed(change);
    const outcome = await loadedBy(predicting.loadModel, bytes);
    expect(outcome).toMatch(/^[\da-f]{16}$/);
    expect(outcome).toBe(await loadedBy(mlp.loadModel, bytes));
  });

  it('is taken whatever it says of training, which mlp-wasm refuses', async () => {
    const bytes = changed((config) => {
      config['compile'] = { loss: 'none' };
      config['seed'] = -1;
      config.layers[0]!['kernelInitializer'] = 'none';
    });
    expect(await loadedBy(mlp.loadModel, bytes)).toMatch(/^RangeError: /);
    expect(await loadedBy(predicting.loadModel, bytes)).toBe(await loadedBy(mlp.loadModel, file));
  });

  it('is refused wherever it ends early', async () => {
    for (let length = 0; length < file.length; ++length) {
      expect(await loadedBy(predicting.loadModel, file.subarray(0, length))).toMatch(/^RangeError: /);
    }
    expect(await loadedBy(predicting.loadModel, Uint8Array.of(...file, 0))).toMatch(/^RangeError: /);
  });

  it('that is damaged is refused, or predicts what it predicts in mlp-wasm', async () => {
    let taken = 0;
    for (const bytes of mutants(file, 3000)) {
      const [outcome, whole] = [await loadedBy(predicting.loadModel, bytes), await loadedBy(mlp.loadModel, bytes)];
      if (/^[\da-f]+$/.test(String(outcome))) ++taken;
      else expect(outcome).toMatch(/^(Type|Range)Error: /);
      // Damage to what is said of training is not looked at here.
      if (/^[\da-f]+$/.test(String(whole))) expect(outcome).toBe(whole);
    }
    expect(taken).toBeGreaterThan(10);
    expect(await outcomeOf(() => bitsOf(same.predict([1, 2])))).toBe(bitsOf(model.predict([1, 2])));
  });

  it('may stand anywhere in a larger buffer, and be written over once it was given', async () => {
    const larger = new Uint8Array(file.length + 13);
    larger.set(file, 5);
    const loading = predicting.loadModel(larger.subarray(5, 5 + file.length));
    larger.fill(0xff);
    using again = await loading;
    expect(bitsOf(again.predict([1, 2]))).toBe(bitsOf(model.predict([1, 2])));
    using buffer = await predicting.loadModel(file.slice().buffer);
    expect(bitsOf(buffer.predict([1, 2]))).toBe(bitsOf(model.predict([1, 2])));
  });
});

describe('predict', () => {
  it.each<[string, unknown, unknown?]>([
    ['nothing', undefined],
    ['text', 'text'],
    ['no rows', []],
    ['a number too many', [1, 2, 3]],
    ['a row too short', [[1, 2], [1]]],
    ['a row of text', [['1', '2']]],
    ['half a row', new Float32Array(3)],
    ['NaN in one row', Float32Array.of(1, NaN)],
    ['infinity in many', Float32Array.of(1, 2, 3, -Infinity)],
    ['infinity in rows', [[1, Infinity]]],
    ['BigInts', new BigInt64Array(2)],
    ['bytes with a scale beyond floats', { data: new Uint8Array(2), scale: 1e39 }],
    ['bytes with an unknown option', { data: new Uint8Array(2), scales: 1 }],
    ['bytes that are none', { data: [1, 2] }],
    ['sparse rows of another width', { shape: [1, 3], indptr: [0, 0], indices: [], values: [] }],
    ['sparse rows out of order', { shape: [1, 2], indptr: [0, 2], indices: [1, 0], values: [1, 1] }],
    ['sparse rows with a column too many', { shape: [1, 2], indptr: [0, 1], indices: [2], values: [1] }],
    ['a batchSize of 0', [1, 2], { batchSize: 0 }],
    ['a batchSize of text', [1, 2], { batchSize: '8' }],
    ['an unknown option', [1, 2], { batchsize: 8 }],
    ['options that are a number', [1, 2], 8],
    ['options that are null', [1, 2], null],
    ['an output that is too short', Float32Array.of(1, 2), { output: new Float32Array(0) }],
    ['an output that is too long', [[1, 2]], { output: new Float32Array(2) }],
    ['an output of doubles', [1, 2], { output: new Float64Array(1) }],
  ])('refuses %s in the words of mlp-wasm', async (_name, x, options) => {
    const args = [x, options] as unknown as [mlp.Inputs];
    const refusal = await outcomeOf(() => same.predict(...args));
    expect(refusal).toMatch(/^(Type|Range)Error: /);
    // The options that only models that train have are left out.
    expect(refusal).toBe(String(await outcomeOf(() => model.predict(...args))).replace(", 'from', 'to'", ''));
    expect(await outcomeOf(() => predicting.predict(same, ...args))).toBe(refusal);
  });

  it('fills an output, which may be where the samples are, and leaves it alone where they are wrong', () => {
    const output = new Float32Array(3);
    const x = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(same.predict(x, { output })).toBe(output);
    expect(bitsOf(output)).toBe(bitsOf(model.predict(x)));
    const expected = bitsOf(model.predict(x));
    const place = x.subarray(1, 4);
    same.predict(x, { output: place, batchSize: 1 });
    expect(bitsOf(place)).toBe(expected);
    output.fill(7);
    expect(() =>
      same.predict(
        [
          [1, 2],
          [3, 4],
          [5, NaN],
        ],
        { output },
      ),
    ).toThrow(RangeError);
    expect(output).toEqual(Float32Array.of(7, 7, 7));
    const one = new Float32Array(1).fill(7);
    expect(() => same.predict(Float32Array.of(1, NaN), { output: one })).toThrow(RangeError);
    expect(one[0]).toBe(7);
  });

  it('refuses values whose buffer was transferred after they were checked', () => {
    const values = Float32Array.of(1, 2);
    const indptr = [0, 1, 2];
    Object.defineProperty(indptr, 1, {
      get() {
        structuredClone(values, { transfer: [values.buffer] });
        return 1;
      },
    });
    expect(() => same.predict({ shape: [2, 2], indptr, indices: [0, 1], values })).toThrow(/transferred or resized/);
  });

  it('refuses what is no model, and one that was disposed of', async () => {
    expect(() => predicting.predict(model as never, [1, 2])).toThrow(
      /^predict: model: expected a model made by loadModel\(\), got /,
    );
    expect(() => predicting.predict(undefined as never, [1, 2])).toThrow(TypeError);
    const gone = await predicting.loadModel(file);
    expect(gone.isDisposed).toBe(false);
    gone.dispose();
    gone.dispose();
    gone[Symbol.dispose]();
    expect(gone.isDisposed).toBe(true);
    expect(gone.outputShape).toEqual([1]);
    const disposed = mlp.sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    disposed.dispose();
    const words = await outcomeOf(() => disposed.predict([1, 2]));
    expect(await outcomeOf(() => gone.predict([1, 2]))).toBe(words);
    expect(await outcomeOf(() => predicting.predict(gone, [1, 2]))).toBe(words);
  });
});

describe('init', () => {
  it.each<[string, unknown, RegExp]>([
    ['a number as wasmUrl', { wasmUrl: 5 }, /^TypeError: init: wasmUrl: expected a string or a URL, got 5/],
    ['text as wasmBinary', { wasmBinary: 'text' }, /^TypeError: init: wasmBinary: expected/],
    ['a timeout of 0', { timeoutMs: 0 }, /^RangeError: init: timeoutMs: expected/],
    [
      'what the package that trains has',
      { threads: 2 },
      /^RangeError: init: options: option: expected one of .* got 'threads'/,
    ],
  ])('refuses %s', async (_name, options, message) => {
    expect(await outcomeOf(() => predicting.init(options as predicting.InitOptions))).toMatch(message);
  });
});
