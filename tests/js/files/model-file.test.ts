import { beforeAll, describe, expect, it } from 'vitest';
import {
  dense,
  init,
  loadModel,
  readSafetensors,
  sequential,
  writeSafetensors,
  type NamedTensor,
} from 'mlp-wasm/internals';
import { mlp } from 'mlp-wasm/internals';
import { weightBits } from '../support/bits.js';
import { mutants } from '../support/mutate.js';

// A file given to loadModel is a model, or it is refused: nothing else may happen.

/** The file of a small model, taken apart. */
interface Parts {
  tensors: NamedTensor[];
  metadata: Record<string, string>;
  config: { layers: Record<string, unknown>[]; compile: Record<string, unknown>; [key: string]: unknown };
}

let file: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await init();
  using model = sequential({
    seed: 9,
    layers: [dense({ units: 3, activation: 'relu', inputShape: [2] }), dense({ units: 1, activation: 'sigmoid' })],
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  file = await model.save();
});

function takeApart(): Parts {
  const { tensors, metadata } = readSafetensors(file);
  return { tensors, metadata, config: JSON.parse(metadata['config']!) as Parts['config'] };
}

/** The file put together again after a change to its parts. */
function changed(change: (parts: Parts) => void): Uint8Array {
  const parts = takeApart();
  const before = JSON.stringify(parts.config);
  change(parts);
  const after = JSON.stringify(parts.config);
  if (after !== before) parts.metadata['config'] = after;
  return writeSafetensors(parts.tensors, parts.metadata);
}

const withHeader = (header: string, length = BigInt(header.length)) => {
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
};

async function refusal(bytes: unknown): Promise<{ name: string; message: string }> {
  try {
    (await loadModel(bytes as Uint8Array)).dispose();
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error('the file was not refused');
}

describe('A model file', () => {
  it('is a safetensors file with the architecture in its metadata', () => {
    const { tensors, metadata, config } = takeApart();
    expect(tensors.map(({ name }) => name)).toEqual(['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias']);
    expect(metadata).toMatchObject({ format: 'mlp-wasm', version: '1' });
    expect(config).toMatchObject({
      name: 'sequential',
      seed: 9,
      compile: { loss: { name: 'binaryCrossentropy' } },
    });
  });

  it('put together again gives the same model', async () => {
    using model = await loadModel(file);
    using again = await loadModel(changed(() => {}));
    expect(weightBits(again)).toEqual(weightBits(model));
  });

  it('may stand anywhere in a larger buffer', async () => {
    const larger = new Uint8Array(file.length + 13);
    larger.set(file, 5);
    using model = await loadModel(file);
    using again = await loadModel(larger.subarray(5, 5 + file.length));
    expect(weightBits(again)).toEqual(weightBits(model));
  });
});

describe('loadModel refuses', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['a path', 'model.safetensors', "'model.safetensors'"],
    ['an array of bytes', [1, 2, 3], 'Array(3)'],
    ['a promise of bytes', Promise.resolve(), 'Promise'],
  ])('%s', async (_name, bytes, got) => {
    const message = `loadModel: bytes: expected a Uint8Array or an ArrayBuffer, got ${got}`;
    expect(await refusal(bytes)).toEqual({ name: 'TypeError', message });
  });

  it('a file that ends early, wherever it ends', async () => {
    for (let length = 0; length < file.length; ++length) {
      expect((await refusal(file.subarray(0, length))).name).toBe('RangeError');
    }
  });

  it('a file that goes on', async () => {
    const longer = new Uint8Array(file.length + 4);
    longer.set(file);
    expect((await refusal(longer)).name).toBe('RangeError');
  });

  it.each<[string, () => Uint8Array, error: string, message: string | RegExp]>([
    ['a header of 2⁶³ bytes', () => withHeader('{}', 2n ** 63n), 'RangeError', /header of at most/],
    ['a header longer than the file', () => withHeader('{}', 10_000n), 'RangeError', /truncated/],
    [
      'text that is no safetensors file',
      () => new TextEncoder().encode('<!doctype html><html></html>'),
      'RangeError',
      /not a safetensors file: it begins with '<!doctype html>/,
    ],
    [
      'a safetensors file without metadata',
      () => withHeader('{}'),
      'RangeError',
      "loadModel: bytes: expected a file whose format is 'mlp-wasm', got undefined",
    ],
    [
      'a safetensors file from elsewhere',
      () => writeSafetensors([{ name: 'weight', shape: [1], data: new Float32Array(1) }], { format: 'pt' }),
      'RangeError',
      "loadModel: bytes: expected a file whose format is 'mlp-wasm', got 'pt'",
    ],
    [
      'a version to come',
      () => changed(({ metadata }) => (metadata['version'] = '2')),
      'RangeError',
      "loadModel: bytes: expected format version 1, got '2'",
    ],
    [
      'a file without config',
      () => changed(({ metadata }) => delete metadata['config']),
      'RangeError',
      /loadModel: config: expected JSON/,
    ],
    [
      'a config that is not JSON',
      () => changed(({ metadata }) => (metadata['config'] = '{')),
      'RangeError',
      /loadModel: config: expected JSON/,
    ],
    [
      'a config that is null',
      () => changed(({ metadata }) => (metadata['config'] = 'null')),
      'TypeError',
      'loadModel: config: expected an object, got null',
    ],
    [
      'a config that is an array',
      () => changed(({ metadata }) => (metadata['config'] = '[]')),
      'TypeError',
      'loadModel: config: expected an object, got Array(0)',
    ],
    [
      'a config with an unknown key',
      () => changed(({ config }) => (config['code'] = 'alert(1)')),
      'RangeError',
      /loadModel: config: option: expected one of .* got 'code'/,
    ],
    [
      'a config with __proto__',
      () =>
        changed(
          ({ metadata }) => (metadata['config'] = metadata['config']!.replace('{', '{"__proto__":{"polluted":1},')),
        ),
      'RangeError',
      /got '__proto__'/,
    ],
    [
      'a layer with __proto__',
      () =>
        changed(
          ({ metadata }) =>
            (metadata['config'] = metadata['config']!.replace(
              '{"className"',
              '{"__proto__":{"polluted":1},"className"',
            )),
        ),
      'RangeError',
      /got '__proto__'/,
    ],
    [
      'no layers',
      () => changed(({ config }) => (config.layers = [])),
      'RangeError',
      'loadModel: config: layers: expected at least one layer, got Array(0)',
    ],
    [
      'layers that are an object',
      () => changed(({ config }) => (config.layers = { length: 1 } as never)),
      'TypeError',
      'loadModel: config: layers: expected an array of layers, got Object',
    ],
    [
      'an unknown kind of layer',
      () => changed(({ config }) => (config.layers[0]!['className'] = 'conv2d')),
      'TypeError',
      'loadModel: config: layers[0]: expected a layer made by dense(), activation(), dropout(), alphaDropout(), ' +
        'gaussianNoise(), batchNormalization(), layerNormalization(), normalization(), got Object',
    ],
    [
      'an unknown activation',
      () => changed(({ config }) => (config.layers[1]!['activation'] = 'sigmoyd')),
      'RangeError',
      /loadModel: config: layers\[1\]\.activation: .* Did you mean 'sigmoid'\?/,
    ],
    [
      'a layer of 2³¹ − 1 units in a file of 500 bytes',
      () => changed(({ config }) => (config.layers[0]!['units'] = 2 ** 31 - 1)),
      'RangeError',
      'loadModel: bytes: expected as weight 0 dense/kernel [2,2147483647], got dense/kernel [2,3]',
    ],
    [
      'units below 1',
      () => changed(({ config }) => (config.layers[0]!['units'] = 0)),
      'RangeError',
      'loadModel: config: layers[0].units: expected an integer from 1 to 2147483647, got 0',
    ],
    [
      'units as text',
      () => changed(({ config }) => (config.layers[0]!['units'] = '3')),
      'TypeError',
      "loadModel: config: layers[0].units: expected an integer from 1 to 2147483647, got '3'",
    ],
    [
      'more features than weights',
      () => changed(({ config }) => (config.layers[0]!['inputShape'] = [1e9])),
      'RangeError',
      'loadModel: bytes: expected as weight 0 dense/kernel [1000000000,3], got dense/kernel [2,3]',
    ],
    [
      'no inputShape',
      () => changed(({ config }) => delete config.layers[0]!['inputShape']),
      'TypeError',
      'loadModel: config: layers[0].inputShape: expected an array [features], got undefined',
    ],
    [
      'a seed that is not one',
      () => changed(({ config }) => (config['seed'] = 1e300)),
      'RangeError',
      /seed: expected an integer from 0 to 9007199254740991, got 1e\+300/,
    ],
    [
      'a name that is a number',
      () => changed(({ config }) => (config['name'] = 5)),
      'TypeError',
      /name: expected a string, got 5/,
    ],
    [
      'a weight missing',
      () => changed(({ tensors }) => tensors.pop()),
      'RangeError',
      'loadModel: bytes: expected as weight 3 dense_1/bias [1], got none',
    ],
    [
      'a weight too many',
      () => changed(({ tensors }) => tensors.push({ name: 'extra', shape: [1], data: new Float32Array(1) })),
      'RangeError',
      'loadModel: bytes: expected as weight 4 none, got extra [1]',
    ],
    [
      'a weight under another name',
      () => changed(({ tensors }) => (tensors[0]!.name = 'kernel')),
      'RangeError',
      'loadModel: bytes: expected as weight 0 dense/kernel [2,3], got kernel [2,3]',
    ],
    [
      'a weight of another shape',
      () => changed(({ tensors }) => (tensors[0]!.shape = [3, 2])),
      'RangeError',
      'loadModel: bytes: expected as weight 0 dense/kernel [2,3], got dense/kernel [3,2]',
    ],
    [
      'an unknown optimizer',
      () => changed(({ config }) => (config.compile['optimizer'] = 'adafactor')),
      'RangeError',
      /compile: optimizer: .* got 'adafactor'/,
    ],
    [
      'an unknown loss',
      () => changed(({ config }) => (config.compile['loss'] = { name: 'hing' })),
      'RangeError',
      /compile: loss\.name: .* Did you mean 'hinge'\?/,
    ],
    [
      'compile that is null',
      () => changed(({ config }) => (config.compile = null as never)),
      'TypeError',
      'compile: expected an object, got null',
    ],
    [
      'metrics that are text',
      () => changed(({ config }) => (config.compile['metrics'] = 'accuracy')),
      'TypeError',
      /compile: metrics: expected an array of names/,
    ],
  ])('%s', async (_name, build, error, message) => {
    const thrown = await refusal(build());
    expect(thrown.name).toBe(error);
    expect(thrown.message).toMatch(message);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('a thousand layers that the file has no weights for, before it allocates any', async () => {
    const heap = mlp().HEAPU8.length;
    const layer = { className: 'dense', units: 100_000 };
    const bytes = changed(
      ({ config }) => (config.layers = [config.layers[0]!, ...Array.from({ length: 1000 }, () => layer)]),
    );
    const message = 'loadModel: bytes: expected as weight 2 dense_1/kernel [3,100000], got dense_1/kernel [3,1]';
    expect(await refusal(bytes)).toEqual({ name: 'RangeError', message });
    expect(mlp().HEAPU8.length).toBe(heap);
  });
});

describe('Errors of loadModel', () => {
  it.each<[string, () => Uint8Array, string]>([
    ['of the format', () => new Uint8Array(3), 'loadModel: readSafetensors: expected at least 8 bytes, got 3'],
    ['of the architecture', () => changed(({ config }) => (config['seed'] = -1)), 'loadModel: sequential: seed: '],
    ['of compile', () => changed(({ config }) => (config.compile['loss'] = 'no')), 'loadModel: compile: loss: '],
  ])('begin with its name, also those %s', async (_name, build, beginning) => {
    expect((await refusal(build())).message.slice(0, beginning.length)).toBe(beginning);
  });

  it('cut the names in the file', async () => {
    const { message } = await refusal(changed(({ tensors }) => (tensors[0]!.name = 'x'.repeat(10_000))));
    expect(message).toMatch(/expected as weight 0 dense\/kernel \[2,3\], got x+… \[2,3\]$/);
    expect(message.length).toBeLessThan(200);
  });
});

describe('Loading', () => {
  it('draws no weights, which are replaced at once: orthogonal ones would take seconds', async () => {
    const [inputShape, units] = [[700] as [number], 700];
    using zeros = sequential({ seed: 1, layers: [dense({ units, inputShape, kernelInitializer: 'zeros' })] });
    const { tensors, metadata } = readSafetensors(await zeros.save());
    const config = metadata['config']!.replace(
      '"kernelInitializer":{"name":"zeros"',
      '"kernelInitializer":{"name":"orthogonal"',
    );
    expect(config).toContain('orthogonal');
    const began = process.cpuUsage();
    using model = await loadModel(writeSafetensors(tensors, { ...metadata, config }));
    const { user } = process.cpuUsage(began);
    console.log(`loaded within ${user / 1000} ms`);
    expect(user / 1000).toBeLessThan(500);
    expect(model.layers[0]!.kernelInitializer!.name).toBe('orthogonal');
  });
});

describe('A damaged model file', () => {
  it('is refused or is a model, and leaves nothing behind', async () => {
    let refused = 0;
    let heap = 0;
    let round = 0;
    for (const bytes of mutants(file, 3000)) {
      try {
        using model = await loadModel(bytes);
        expect(model.predict([[1, 2]])).toHaveLength(model.outputShape[0]);
      } catch (error) {
        ++refused;
        expect(error).toSatisfy((e) => e instanceof TypeError || e instanceof RangeError);
        expect((error as Error).message).not.toMatch(/is not a function|Cannot read|undefined \(/);
      }
      if (++round === 100) heap = mlp().HEAPU8.length;
    }
    expect(refused).toBeGreaterThan(1000);
    expect(mlp().HEAPU8.length).toBe(heap);
  });
});
