/** ONNX: what is written is what is read; graphs that are no chains, and files that are none, are refused. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchNormalization, dense, dropout, init, layerNormalization, normalization, sequential } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { bitsOf } from '../support/bits.js';
import { EVERY_ACTIVATION, inputsFor, randomNetwork, worstDifference } from '../support/networks.js';

beforeAll(() => init());

const networkOf = (seed: number) => randomNetwork(seed, { activations: EVERY_ACTIVATION, halves: true });

const OPSETS = [9, 10, 11, 13, 15, 17, 18, 20, 23];

describe('ONNX', () => {
  it.each(OPSETS)('gives back networks of every layer and activation, with operators of version %i', async (opset) => {
    for (let seed = 0; seed < 50; ++seed) {
      const model = networkOf(seed);
      const [file] = await exportModel(model, 'onnx', { opset });
      const again = await loadAny(file!.bytes);
      const x = inputsFor(model, 20, seed);
      expect(again.inputShape).toEqual(model.inputShape);
      expect(again.name).toBe(model.name);
      const worst = worstDifference(model.predict(x), again.predict(x), model.outputShape[0]);
      expect(worst, `network ${seed}`).toBeLessThan(1e-6);
      for (const made of [model, again]) made.dispose();
    }
  });

  it.each(OPSETS)('keeps every bit of the weights, with operators of version %i', async (opset) => {
    const model = sequential({
      layers: [
        normalization({ inputShape: [4] }),
        dense({ units: 5, activation: 'gelu', name: 'first' }),
        batchNormalization({ epsilon: 1e-3, momentum: 0.9 }),
        dense({ units: 6, useBias: false }),
        layerNormalization({ scale: false }),
        dense({ units: 6 }),
        layerNormalization({ epsilon: 1e-5 }),
        dense({ units: 3, activation: 'softmax' }),
      ],
      seed: 5,
    });
    model.setWeights(
      model.getWeights().map(({ name, shape, data }) => ({
        name,
        shape,
        data: data.map((w, i) =>
          /ariance/.test(name) ? 0.3 + Math.abs(Math.sin(i + 1)) : w + Math.sin(7 * i + 1) / 3,
        ),
      })),
    );
    const [file] = await exportModel(model, 'onnx', { opset });
    const again = await loadAny(file!.bytes);
    const weightsOf = (of: typeof model) => of.getWeights().map(({ shape, data }) => [shape, bitsOf(data)]);
    expect(weightsOf(again)).toEqual(weightsOf(model));
    const kinds = (of: typeof model) =>
      of.layers.map(({ className, activation, epsilon }) => [className, activation, epsilon]);
    expect(kinds(again)).toEqual(kinds(model));
    expect(again.layers[1]!.name).toBe('first');
    for (const made of [model, again]) made.dispose();
  });

  it('leaves out what works in training alone', async () => {
    const layers = [
      dense({ units: 3, activation: 'relu', inputShape: [2] }),
      dropout({ rate: 0.5 }),
      dense({ units: 1 }),
    ];
    const model = sequential({ layers });
    const [file] = await exportModel(model, 'onnx');
    const again = await loadAny(file!.bytes);
    expect(again.layers.map(({ className }) => className)).toEqual(['dense', 'dense']);
    for (const made of [model, again]) made.dispose();
  });

  it('keeps names and notes', async () => {
    const names = {
      classNames: ['iris', 'ünïcode "rose"'],
      featureNames: ['a', 'b', 'c'],
      metadata: { author: 'Ada' },
    };
    const model = sequential({ layers: [dense({ units: 2, activation: 'softmax', inputShape: [3] })], ...names });
    const [file] = await exportModel(model, 'onnx');
    const again = await loadAny(file!.bytes);
    const { classNames, featureNames, metadata } = again;
    expect({ classNames, featureNames, metadata }).toEqual(names);
    for (const made of [model, again]) made.dispose();
  });

  it('examines a file by the examples in it', async () => {
    const model = sequential({ layers: [dense({ units: 3, activation: 'tanh', inputShape: [2] })], seed: 4 });
    const [file] = await exportModel(model, 'onnx');
    const changed = file!.bytes.slice();
    // The kernel stands in the file as it stands in memory: its first number is made another one.
    const kernel = Buffer.from(model.getWeights()[0]!.data.buffer);
    changed.set(new Uint8Array(Float32Array.of(3).buffer), Buffer.from(changed).indexOf(kernel));
    await expect(loadAny(changed)).rejects.toThrow(/^loadAny: ONNX \(mlp-wasm\): expected .* as output 0 of example 0/);
    model.dispose();
  });

  it.each<[string, object, RegExp]>([
    ['an option that it has not', { opsets: 13 }, /Did you mean 'opset'/],
    ['operators that are too old', { opset: 8 }, /opset: expected an integer from 9 to 23, got 8/],
    ['operators that are yet to come', { opset: 24 }, /opset: expected an integer from 9 to 23, got 24/],
  ])('is not written with %s', async (_, options, message) => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    await expect(exportModel(model, 'onnx', options)).rejects.toThrow(message);
    model.dispose();
  });

  it.each([
    ['skl-three.onnx', ['0', '1', '2']],
    ['skl-names.onnx', ['setosa', 'versicolor', 'virginica']],
    ['skl-two.onnx', ['0', '1']],
    ['skl-yes-no.onnx', ['no', 'yes']],
    ['made-labels.onnx', ['zero', 'one', 'two', 'three']],
  ])('takes the names of classes of %s', async (name, expected) => {
    const model = await loadAny(new Uint8Array(readFileSync(new URL(`../../formats/corpus/${name}`, import.meta.url))));
    expect(model.classNames).toEqual(expected);
    model.dispose();
  });

  it('needs the file that holds its numbers, and none from elsewhere', async () => {
    const bytes = new Uint8Array(readFileSync(new URL('../../formats/corpus/made-external.onnx', import.meta.url)));
    await expect(loadAny({ 'a.onnx': bytes })).rejects.toThrow(/expected the file 'made-external.onnx.data', too/);
    const text = Buffer.from(bytes).toString('latin1').replaceAll('made-external.onnx.data', '../externalXX.onnx.data');
    const elsewhere = new Uint8Array(Buffer.from(text, 'latin1'));
    await expect(loadAny(elsewhere)).rejects.toThrow(
      /expected numbers in a file beside the model, got '\.\.\/external/,
    );
  });

  it('is refused where it is cut', async () => {
    const model = networkOf(3);
    const [file] = await exportModel(model, 'onnx');
    for (let length = 3; length < file!.bytes.length; length += 11) {
      // Metadata and operators stand last: a file without all of them may still be whole.
      const cut = await loadAny(file!.bytes.slice(0, length)).catch((error: Error) => error);
      if (cut instanceof Error) expect(cut.message).toMatch(/^loadAny: ONNX/);
      else cut.dispose();
    }
    await expect(loadAny(file!.bytes.slice(0, 200))).rejects.toThrow(/the file is cut or broken/);
    model.dispose();
  });
});
