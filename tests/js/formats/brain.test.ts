/** brain.js: what is written is what is read, and both layouts; what is no such file is refused. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dense, dropout, init, sequential, type ActivationConfig } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { weightBits } from '../support/bits.js';

beforeAll(() => init());

const bytesOf = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

/** The XOR network of brain.js 1.6, trained a little; its numbers are shortened. */
const OLD = {
  sizes: [2, 2, 1],
  layers: [
    { 0: {}, 1: {} },
    { 0: { bias: 1.5, weights: { 0: -2, 1: 3 } }, 1: { bias: -0.5, weights: { 0: 4, 1: 0.25 } } },
    { 0: { bias: 0.75, weights: { 0: -1, 1: 2 } } },
  ],
  outputLookup: { yes: 0 },
  inputLookup: { b: 1, a: 0 },
  activation: 'sigmoid',
};

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('brain.js', () => {
  it.each<ActivationConfig>([
    { name: 'sigmoid' },
    { name: 'tanh' },
    { name: 'relu' },
    { name: 'leakyRelu', alpha: 0.25 },
  ])('gives back a network of %s, to the bit', async (activation) => {
    const layers = [dense({ units: 5, activation, inputShape: [3] }), dense({ units: 2, activation })];
    const model = sequential({ layers, seed: 3 });
    const [file] = await exportModel(model, 'brain');
    const again = await loadAny(file!.bytes);
    expect(weightBits(again)).toEqual(weightBits(model));
    expect(again.layers.map((layer) => layer.activation)).toEqual(model.layers.map((layer) => layer.activation));
    for (const made of [model, again]) made.dispose();
  });

  it('computes as it says', async () => {
    const model = await loadAny(bytesOf(OLD));
    const hidden = [sigmoid(1.5 - 2 * 0.5 + 3), sigmoid(-0.5 + 4 * 0.5 + 0.25)];
    const expected = sigmoid(0.75 - hidden[0]! + 2 * hidden[1]!);
    expect(model.predict(Float32Array.of(0.5, 1))[0]).toBeCloseTo(expected, 6);
    expect([model.classNames, model.featureNames]).toEqual([['yes'], ['a', 'b']]);
    model.dispose();
  });

  it('is parsed once, though several formats look at it', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const model = await loadAny(bytesOf(OLD));
    const parsed = parse.mock.calls.filter(([text]) => text === JSON.stringify(OLD));
    parse.mockRestore();
    expect(parsed).toHaveLength(1);
    model.dispose();
  });

  it('is found among other files, and missed where it is asked for', async () => {
    const beside = { 'notes.json': bytesOf({ author: 'Ada' }), 'network.json': bytesOf(OLD) };
    const model = await loadAny(beside);
    expect(model.classNames).toEqual(['yes']);
    model.dispose();
    await expect(loadAny(bytesOf({}), { format: 'brain' })).rejects.toThrow(/expected JSON with sizes and layers/);
  });

  it.each<[string, (json: typeof OLD) => unknown, RegExp]>([
    [
      'a missing weight',
      (json) => delete (json.layers[1] as { 0: { weights: { 0?: number } } })[0].weights[0],
      /layers\[0\]: weights of unit 0: expected 2, got 1/,
    ],
    [
      'a bias that is no number',
      (json) => (json.layers[2]![0] = { bias: 'x' as never, weights: { 0: 1, 1: 1 } }),
      /bias of unit 0/,
    ],
    [
      'another activation',
      (json) => (json.activation = 'softmax'),
      /activation: expected one of 'sigmoid', 'relu', 'leaky-relu', 'tanh'/,
    ],
    ['more units than weights', (json) => (json.sizes = [2, 1e9, 1]), /layers\[0\]: units: expected 1000000000, got 2/],
    ['too few layers', (json) => json.layers.splice(0, 2), /layers: expected 3 layers/],
    ['a name beyond the outputs', (json) => (json.outputLookup.yes = 4), /outputLookup.yes/],
  ])('is refused with %s', async (_, change, message) => {
    const json = structuredClone(OLD);
    change(json);
    await expect(loadAny(bytesOf(json))).rejects.toThrow(message);
  });

  it('has dense layers of one activation alone', async () => {
    const mixed = sequential({
      layers: [dense({ units: 2, activation: 'relu', inputShape: [2] }), dense({ units: 1 })],
    });
    await expect(exportModel(mixed, 'brain')).rejects.toThrow(/dense_1: expected one activation for all layers/);
    const dropping = sequential({
      layers: [dense({ units: 2, activation: 'relu', inputShape: [2] }), dropout({ rate: 0.5 })],
    });
    await expect(exportModel(dropping, 'brain')).rejects.toThrow(/dropout_1: expected a dense layer/);
    for (const made of [mixed, dropping]) made.dispose();
  });
});

describe('loadAny', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'bytes of nothing known',
      new Uint8Array(3),
      /^loadAny: source: expected a file of .*, got 3 bytes that begin with 00 00 00$/,
    ],
    ['no files', {}, /^loadAny: source: expected at least one file/],
    ['an address of no scheme that it knows', 'ftp://a/b', /^loadAny: source: expected an address like/],
    [
      'an address where nobody answers',
      'http://127.0.0.1:9/model.json',
      /^loadAny: http:\/\/127\.0\.0\.1:9\/model\.json: no answer/,
    ],
    ['a number', 3, /^loadAny: source: expected an address, the bytes of a file/],
    ['a number as a file', [3], /^loadAny: source\[0\]: expected a File/],
  ])('refuses %s', async (_, source, message) => {
    await expect(loadAny(source as never)).rejects.toThrow(message);
  });

  it('loads our own files and checkpoints, which train on', async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const [x, y] = [Float32Array.from({ length: 20 }, (_, i) => Math.sin(i)), new Float32Array(10)];
    await model.fit(x, y, { epochs: 2 });
    const [saved, checkpoint] = [await loadAny(await model.save()), await loadAny(model.checkpoint())];
    expect(weightBits(saved)).toEqual(weightBits(model));
    await checkpoint.fit(x, y, { epochs: 3, resume: true });
    await model.fit(x, y, { epochs: 3, resume: true });
    expect(weightBits(checkpoint)).toEqual(weightBits(model));
    for (const made of [model, saved, checkpoint]) made.dispose();
  });

  it('refuses options that it has not', async () => {
    await expect(loadAny(bytesOf(OLD), { format: 'brains' as never })).rejects.toThrow(/Did you mean 'brain'/);
    await expect(loadAny(bytesOf(OLD), { formats: 'brain' } as never)).rejects.toThrow(/Did you mean 'format'/);
  });
});
