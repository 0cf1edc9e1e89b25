/** Lists within lists where a number belongs: their text would exhaust the stack of who puts it into a sentence. */
import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';

beforeAll(() => init());

const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);

/** A JSON text within a file, and the file with another in its place. */
interface Within {
  json: string;
  with: (text: string) => Parameters<typeof loadAny>[0];
}

async function exported(format: 'numpy' | 'pytorch'): Promise<Uint8Array> {
  const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
  const files = await exportModel(model, format);
  model.dispose();
  return files.find(({ name }) => /\.(npz|safetensors)$/.test(name))!.bytes;
}

/** The layers in our own NumPy archive. */
async function ownNumpy(): Promise<Within> {
  const files = unzipSync(await exported('numpy'));
  const npy = Buffer.from(files['architecture.npy']!).toString('latin1');
  const replaced = (text: string): Buffer => {
    // Its own header tells its length, in digits that leave room.
    const told = npy.slice(0, 128).replace(/\((\d+),\)/, `(${text.length},)`);
    return Buffer.from(told.replace(/ *\n$/, '').padEnd(127) + '\n' + text, 'latin1');
  };
  return {
    json: npy.slice(128),
    with: (text) => zipSync({ ...files, 'architecture.npy': replaced(text) }, { level: 0 }),
  };
}

/** The layers in our own file for PyTorch. */
async function ownPytorch(): Promise<Within> {
  const bytes = await exported('pytorch');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as {
    __metadata__: Record<string, string>;
  };
  const size = Buffer.alloc(8);
  return {
    json: header.__metadata__['mlp-wasm']!,
    with: (text) => {
      const changed = Buffer.from(
        JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, 'mlp-wasm': text } }),
      );
      size.writeBigUInt64LE(BigInt(changed.length));
      return Buffer.concat([size, changed, bytes.subarray(8 + length)]);
    },
  };
}

/** The texts of a JSON value with DEEP in the place of each value in it, and that place. */
function withDeepAt(json: unknown): [place: string, text: string][] {
  const places: string[][] = [];
  const visit = (value: unknown, place: string[]): void => {
    places.push(place);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, [...place, key]);
  };
  visit(json, []);
  return places.slice(1).map((place) => {
    const copy = structuredClone(json) as Record<string, unknown>;
    const holder = place.slice(0, -1).reduce((value, key) => value[key] as Record<string, unknown>, copy);
    holder[place.at(-1)!] = 'deep';
    return [place.join('.'), JSON.stringify(copy).replace('"deep"', DEEP)];
  });
}

const CORPUS = new URL('../../formats/corpus/', import.meta.url);
const corpus = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, CORPUS)));

function archived(name: string, entry: string): Within {
  const files = unzipSync(corpus(name));
  return {
    json: Buffer.from(files[entry]!).toString(),
    with: (text: string) => zipSync({ ...files, [entry]: Buffer.from(text) }, { level: 0 }),
  };
}

/** A model.json with weights beside it. */
function besides(json: string, weights: string, bytes: Uint8Array): Within {
  return { json, with: (text: string) => ({ 'model.json': Buffer.from(text), [weights]: bytes }) };
}

const layersModel = Buffer.from(corpus('tfjs-functional.json')).toString();
const layersWeights = corpus('tfjs-functional.bin');

const attr = (name: string, value: unknown) => ({ [name]: value });
const graphModel = JSON.stringify({
  format: 'graph-model',
  modelTopology: {
    node: [
      { name: 'w', op: 'Const', attr: {} },
      { name: 'b', op: 'Const', attr: {} },
      { name: 'x', op: 'Placeholder', attr: attr('shape', { shape: { dim: [{ size: '-1' }, { size: '2' }] } }) },
      { name: 'f', op: '_FusedMatMul', input: ['x', 'w', 'b'], attr: attr('fused_ops', { list: { s: ['UmVsdQ=='] } }) },
      { name: 'o', op: 'Softmax', input: ['f'] },
    ],
  },
  signature: { outputs: { o: { name: 'o:0' } } },
  weightsManifest: [
    {
      paths: ['g.bin'],
      weights: [
        { name: 'w', shape: [2, 3], dtype: 'float32' },
        { name: 'b', shape: [3], dtype: 'float32' },
      ],
    },
  ],
});

describe('A list of 20,000 lists anywhere in', () => {
  it.each([
    ['Keras’ config.json', () => archived('keras-3.keras', 'config.json')],
    ['skops’ schema.json', () => archived('sklearn-regressor.skops', 'schema.json')],
    ['a model.json of TensorFlow.js', () => besides(layersModel, 'tfjs-functional.bin', layersWeights)],
    [
      'a model.json of ml5',
      () => besides(layersModel.replace(/"format":\s*"[^"]*",/, ''), 'tfjs-functional.bin', layersWeights),
    ],
    ['a graph of TensorFlow.js', () => besides(graphModel, 'g.bin', new Uint8Array(36))],
    ['the layers of our own NumPy archive', ownNumpy],
    ['the layers of our own file for PyTorch', ownPytorch],
  ])('%s, is left out or refused in a sentence', async (_, within) => {
    const { json, with: given } = await within();
    const cases = withDeepAt(JSON.parse(json));
    expect(cases.length).toBeGreaterThan(10);
    const slips: string[] = [];
    for (const [place, text] of cases) {
      await loadAny(given(text)).then(
        (read) => read.dispose(),
        ({ message }: Error) => message.startsWith('loadAny: ') || slips.push(`${place}: ${message.slice(0, 80)}`),
      );
    }
    expect(slips).toEqual([]);
  });
});
