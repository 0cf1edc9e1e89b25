/** TensorFlow.js: what is written is what is read; the spellings of Keras 2 and 3, of old files and of ml5; refusals. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ACTIVATIONS, activation, dense, dropout, init, normalization, sequential, type LayerConfig } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { bitsOf, weightBits } from '../support/bits.js';
import { inputsFor, randomNetwork } from '../support/networks.js';

beforeAll(() => init());

type Json = Record<string, unknown>;

const utf8 = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

/** A layers-model of these layers, all of whose weights are drawn by their shapes. */
function fileOf(layers: Json[], weights: Record<string, number[]>, more: Json = {}): Record<string, Uint8Array> {
  const specs = Object.entries(weights).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  const count = specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const numbers = Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1));
  const model = { class_name: 'Sequential', config: { name: 'net', layers } };
  const json = {
    modelTopology: { ...model, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' },
    weightsManifest: [{ paths: ['w.bin'], weights: specs }],
    ...more,
  };
  return { 'model.json': utf8(json), 'w.bin': new Uint8Array(numbers.buffer) };
}

const denseConfig = (units: number, more: Json = {}): Json => ({
  class_name: 'Dense',
  config: { name: `d${units}`, units, activation: 'linear', use_bias: true, ...more },
});

const FIRST = denseConfig(3, { batch_input_shape: [null, 2] });
const WEIGHTS = { 'd3/kernel': [2, 3], 'd3/bias': [3] };

describe('TensorFlow.js, out and in', () => {
  it('gives back 60 networks, to the bit', async () => {
    const activations = ACTIVATIONS.filter((name) => !/^(exponential|geluTanh|hardSigmoid)$/.test(name)).map((name) =>
      name === 'leakyRelu' ? { name, alpha: 0.3 } : { name },
    );
    for (let seed = 0; seed < 60; ++seed) {
      const model = randomNetwork(seed, { activations, halves: true });
      const again = await loadAny(Object.fromEntries((await exportModel(model, 'tfjs')).map((f) => [f.name, f.bytes])));
      expect(weightBits(again)).toEqual(weightBits(model));
      const without = (layers: typeof model.layers) =>
        layers.map(({ name, className, activation, epsilon, useBias, rate }) => ({
          name,
          className,
          activation,
          epsilon,
          useBias,
          rate,
        }));
      expect(without(again.layers)).toEqual(without(model.layers));
      const x = inputsFor(model, 5);
      expect(bitsOf(again.predict(x))).toBe(bitsOf(model.predict(x)));
      for (const made of [model, again]) made.dispose();
    }
  });

  it('keeps names, notes, penalties, limits and what it was compiled with', async () => {
    const model = sequential({
      layers: [
        dense({
          units: 2,
          activation: 'softmax',
          inputShape: [3],
          kernelRegularizer: { name: 'l2', l2: 0.25 },
          kernelConstraint: { name: 'maxNorm', maxValue: 3 },
          kernelInitializer: 'heNormal',
          trainable: false,
        }),
      ],
      seed: 1,
      name: 'net',
      classNames: ['yes', 'no'],
      featureNames: ['a', 'b', 'c'],
      metadata: { author: 'Ada' },
    });
    model.compile({ optimizer: { name: 'adam', learningRate: 0.25 }, loss: 'categoricalCrossentropy' });
    const again = await loadAny(Object.fromEntries((await exportModel(model, 'tfjs')).map((f) => [f.name, f.bytes])));
    expect(again.name).toBe('net');
    expect(again.classNames).toEqual(['yes', 'no']);
    expect(again.featureNames).toEqual(['a', 'b', 'c']);
    expect(again.metadata).toEqual({ author: 'Ada' });
    expect(again.learningRate).toBe(0.25);
    expect(again.layers[0]).toMatchObject({
      trainable: false,
      kernelRegularizer: { l2: 0.25 },
      kernelConstraint: { maxValue: 3 },
    });
    for (const made of [model, again]) made.dispose();
  });

  it('carries a hardSigmoid in the weights, because that of TensorFlow.js is steeper', async () => {
    const model = sequential({ layers: [dense({ units: 3, activation: 'hardSigmoid', inputShape: [2] })], seed: 4 });
    const again = await loadAny(Object.fromEntries((await exportModel(model, 'tfjs')).map((f) => [f.name, f.bytes])));
    const [ours, theirs] = [model, again].map((made) => made.predict(inputsFor(model, 4)));
    ours!.forEach((value, i) => expect(theirs![i]).toBeCloseTo(value, 6));
    for (const made of [model, again]) made.dispose();
  });

  it.each<[string, LayerConfig, RegExp]>([
    [
      'exponential',
      dense({ units: 2, activation: 'exponential' }),
      /dense: expected an activation of TensorFlow.js: linear, .*got 'exponential'/,
    ],
    ['geluTanh', dense({ units: 2, activation: 'geluTanh' }), /got 'geluTanh'/],
    [
      'an elu of another α',
      dense({ units: 2, activation: { name: 'elu', alpha: 0.5 } }),
      /expected elu with alpha 1, .*got 0.5/,
    ],
    [
      'hardSigmoid alone',
      activation({ activation: 'hardSigmoid' }),
      /activation: expected hardSigmoid as the activation of a dense layer/,
    ],
  ])('refuses %s', async (_, layer, message) => {
    const model = sequential({ layers: [{ ...layer, inputShape: [3] }, dense({ units: 1 })], seed: 1 });
    await expect(exportModel(model, 'tfjs')).rejects.toThrow(message);
    model.dispose();
  });

  it('tells when a file was changed since', async () => {
    const model = sequential({
      layers: [normalization({ inputShape: [2] }), dense({ units: 2 }), dropout({ rate: 0.5 })],
      seed: 1,
    });
    const [json, weights] = await exportModel(model, 'tfjs');
    const changed = weights!.bytes.slice();
    changed[changed.length - 9]! ^= 0x80; // the sign of the last number of the kernel
    await expect(loadAny({ 'model.json': json!.bytes, 'weights.bin': changed })).rejects.toThrow(
      /^loadAny: TensorFlow.js layers-model: expected .* as output 1 of example 0, as the file says/,
    );
    model.dispose();
  });
});

describe('TensorFlow.js, in', () => {
  it('takes the spelling of Keras 3', async () => {
    const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };
    const layer = (name: string, config: Json) => ({
      module: 'keras.layers',
      class_name: name,
      config: { dtype: policy, ...config },
      registered_name: null,
    });
    const relu = { module: 'builtins', class_name: 'function', config: 'relu', registered_name: 'function' };
    const files = fileOf(
      [
        layer('InputLayer', { batch_shape: [null, 2], name: 'input' }),
        layer('Dense', { units: 3, activation: relu, name: 'dense' }),
        layer('LeakyReLU', { negative_slope: 0.25, name: 'leaky' }),
        layer('Dense', { units: 1, activation: 'hard_sigmoid', use_bias: false, name: 'dense_1' }),
      ],
      { 'sequential/dense/kernel': [2, 3], 'sequential/dense/bias': [3], 'sequential/dense_1/kernel': [3, 1] },
    );
    const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as { modelTopology: Json };
    const { class_name, config } = json.modelTopology;
    json.modelTopology = { keras_version: '3.7.0', backend: 'tensorflow', model_config: { class_name, config } };
    const model = await loadAny({ ...files, 'model.json': utf8(json) });
    expect(model.layers.map((one) => one.activation)).toEqual([
      { name: 'relu' },
      { name: 'leakyRelu', alpha: 0.25 },
      { name: 'hardSigmoid' },
    ]);
    expect(Array.from(model.getWeights()[2]!.data, Math.fround)).toEqual(
      [10, 11, 12].map((i) => Math.fround(Math.sin(i))),
    );
    model.dispose();
  });

  it.each<[string, Json, number[], (i: number) => number]>([
    ['uint8', { dtype: 'uint8', scale: 0.5, min: -1 }, [0, 1, 2, 3, 4, 5, 200, 254, 255], (byte) => byte * 0.5 - 1],
    [
      'uint16',
      { dtype: 'uint16', scale: 0.25, min: 2 },
      [0, 1, 2, 3, 4, 5, 300, 65534, 65535],
      (step) => step * 0.25 + 2,
    ],
    [
      'float16',
      { dtype: 'float16' },
      [0, 0x3c00, 0xbc00, 0x3800, 0x0001, 0x8400, 0x7bff, 0x4248, 0x2e66],
      (bits) => HALVES[bits]!,
    ],
  ])('takes weights that are quantized to %s', async (dtype, quantization, stored, value) => {
    const files = fileOf([FIRST], WEIGHTS);
    const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
      weightsManifest: { weights: Json[] }[];
    };
    json.weightsManifest[0]!.weights.forEach((weight) => (weight['quantization'] = quantization));
    const bytes = new Uint8Array((dtype === 'uint8' ? Uint8Array : Uint16Array).from(stored).buffer);
    const model = await loadAny({ 'model.json': utf8(json), 'w.bin': bytes });
    const read = model.getWeights().flatMap(({ data }) => Array.from(data));
    expect(read).toEqual(stored.map((number) => Math.fround(value(number))));
    model.dispose();
  });

  it('takes names that do not fit by their order, and says so', async () => {
    const model = await loadAny(fileOf([FIRST], { 'x/kernel': [2, 3], 'x/bias': [3] }));
    expect(model.getWeights()[1]!.data[0]).toBe(Math.fround(Math.sin(7)));
    model.dispose();
  });

  it('takes shards, and files of an object by the paths in the manifest', async () => {
    const files = fileOf([FIRST], WEIGHTS);
    const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as { weightsManifest: Json[] };
    json.weightsManifest[0]!['paths'] = ['a/w1.bin', 'a/w2.bin'];
    const bytes = files['w.bin']!;
    const shards = { 'w2.bin': bytes.subarray(10), 'model.json': utf8(json), 'w1.bin': bytes.subarray(0, 10) };
    const model = await loadAny(shards);
    expect(model.getWeights()[0]!.data[2]).toBe(Math.fround(Math.sin(3)));
    model.dispose();
  });

  it.each([
    ['new', { inputs: { a: { dtype: 'number', min: 0, max: 5 }, b: { dtype: 'number' } }, isNormalized: true }],
    ['old', { inputs: { a: { dtype: 'number' }, b: { dtype: 'number' } }, isNormalized: true }],
  ])("takes names out of ml5's model_meta.json in its %s layout", async (layout, told) => {
    const legend = { rock: [0, 1, 0], paper: [1, 0, 0], scissors: [0, 0, 1] };
    const meta = { ...told, outputs: { label: { dtype: 'string', legend } } };
    const file = layout === 'old' ? { data: { inputMin: [0, 0] }, meta } : meta;
    const model = await loadAny({ 'model_meta.json': utf8(file), ...fileOf([FIRST], WEIGHTS) });
    expect(model.classNames).toEqual(['paper', 'rock', 'scissors']);
    expect(model.featureNames).toEqual(['a', 'b']);
    expect(model.metadata).toEqual({ ml5: file });
    model.dispose();
  });

  it.each<[string, Json[], Record<string, number[]>, RegExp]>([
    [
      'a convolution',
      [FIRST, { class_name: 'Conv2D', config: { name: 'c' } }],
      WEIGHTS,
      /c: expected a layer .*got "Conv2D"/,
    ],
    ['a missing weight', [FIRST], { 'd3/kernel': [2, 3] }, /d3: bias: expected a weight of shape \[3\], got none/],
    [
      'a weight of another shape',
      [FIRST],
      { 'd3/kernel': [3, 2], 'd3/bias': [3] },
      /d3: kernel: expected shape \[2,3\], got \[3,2\]/,
    ],
    [
      'more units than numbers',
      [denseConfig(1e9, { batch_input_shape: [null, 1e9] })],
      {},
      /expected a weight of shape/,
    ],
    ['a recurrent shape', [denseConfig(3, { batch_input_shape: [null, null, 2] })], WEIGHTS, /sequences of any length/],
  ])('refuses %s', async (_, layers, weights, message) => {
    await expect(loadAny(fileOf(layers, weights))).rejects.toThrow(message);
  });

  it('refuses weights that are cut, named twice, or not given', async () => {
    const files = fileOf([FIRST], WEIGHTS);
    await expect(loadAny({ ...files, 'w.bin': files['w.bin']!.subarray(0, 35) })).rejects.toThrow(
      /weight 'd3\/bias': expected 12 bytes of float32, got 11: a file is cut or missing/,
    );
    await expect(loadAny(files['model.json']!)).rejects.toThrow(/source: expected the file 'w.bin', too/);
    const twice = fileOf([FIRST], WEIGHTS, { weightsManifest: [{ paths: ['w.bin', 'w.bin'], weights: [] }] });
    await expect(loadAny(twice)).rejects.toThrow(/expected each file once, got 'w.bin'/);
  });
});

/** Numbers by their bits in half precision, by the tables of IEEE 754. */
const HALVES: Record<number, number> = {
  0: 0,
  0x3c00: 1,
  0xbc00: -1,
  0x3800: 0.5,
  0x0001: 2 ** -24,
  0x8400: -(2 ** -14),
  0x7bff: 65504,
  0x4248: 3.140625,
  0x2e66: 0.0999755859375,
};

describe('Graphs of TensorFlow', () => {
  const input = {
    name: 'x',
    op: 'Placeholder',
    attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } },
  };
  const constant = (name: string) => ({ name, op: 'Const', attr: {} });

  function graphOf(nodes: Json[], weights: Record<string, number[]>) {
    const files = fileOf([], weights, { format: 'graph-model' });
    const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as Json;
    const names = Object.keys(weights).map(constant);
    json['modelTopology'] = { node: [...names, input, ...nodes], versions: {} };
    return { ...files, 'model.json': utf8(json) };
  }

  it('are read where they are a chain', async () => {
    const files = graphOf(
      [
        { name: 'scaled', op: 'Mul', input: ['x', 's'] },
        { name: 'product', op: 'MatMul', input: ['scaled', 'w'], attr: { transpose_b: { b: true } } },
        { name: 'sum', op: 'AddV2', input: ['product', 'b'] },
        { name: 'leaky', op: 'LeakyRelu', input: ['sum'], attr: { alpha: { f: 0.5 } } },
        { name: 'out', op: 'Identity', input: ['leaky', '^sum'] },
      ],
      { s: [2], w: [3, 2], b: [3] },
    );
    const model = await loadAny(files);
    const x = [0.5, -2];
    const [s, w, b] = [
      [1, 2],
      [3, 4, 5, 6, 7, 8],
      [9, 10, 11],
    ].map((list) => list.map((i) => Math.sin(i))) as [number[], number[], number[]];
    const expected = [0, 1, 2].map((unit) => {
      const z = x.reduce((sum, value, i) => sum + value * s[i]! * w[2 * unit + i]!, b[unit]!);
      return z < 0 ? 0.5 * z : z;
    });
    model.predict(Float32Array.from(x)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    expect(model.layers.map(({ className }) => className)).toEqual(['batchNormalization', 'dense']);
    model.dispose();
  });

  it.each<[string, Json[], RegExp]>([
    ['another operator', [{ name: 'c', op: 'Conv2D', input: ['x', 'w'] }], /'c': expected one of MatMul, .*got Conv2D/],
    [
      'a branch',
      [
        { name: 'r', op: 'Relu', input: ['x'] },
        { name: 's', op: 'AddV2', input: ['r', 'x'] },
      ],
      /'s': expected a chain of nodes, got AddV2 of 2 nodes/,
    ],
    [
      'a circle',
      [
        { name: 'a', op: 'Relu', input: ['b'] },
        { name: 'b', op: 'Relu', input: ['a'] },
        { name: 'c', op: 'Relu', input: ['a'] },
      ],
      /expected a chain, got 'a circle'/,
    ],
    [
      'no numbers',
      [{ name: 'm', op: 'MatMul', input: ['x', 'v'] }, constant('v')],
      /'m': expected the numbers of 'v' in weightsManifest/,
    ],
  ])('are refused with %s', async (_, nodes, message) => {
    await expect(loadAny(graphOf(nodes, { w: [2, 3] }))).rejects.toThrow(message);
  });
});
