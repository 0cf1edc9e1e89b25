/**
 * TensorFlow.js itself opens what we write, and we open what it writes. It is installed for this by `npm install` in
 * tests/formats; without it, these tests are skipped.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACTIVATIONS, dense, init, sequential } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';
import { inputsFor, randomNetwork, worstDifference } from '../support/networks.js';

const FORMATS = new URL('../../formats/', import.meta.url);
const isInstalled = existsSync(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-layers', FORMATS)));

const COUNT = 60;

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}
interface TfModel {
  predict(x: Tensor): Tensor;
  save(handler: unknown): Promise<unknown>;
  fit(x: Tensor, y: Tensor, options: object): Promise<unknown>;
  compile(options: object): void;
  loss: unknown;
  optimizer: { getConfig(): object; getClassName(): string };
  dispose(): void;
}
interface Artifacts {
  weightSpecs: unknown[];
  weightData: ArrayBuffer;
  modelTopology: object;
  trainingConfig?: object;
  format?: string;
}
interface Tf {
  setBackend(name: string): Promise<boolean>;
  tensor2d(data: Float32Array, shape: number[]): Tensor;
  sequential(options: object): TfModel;
  loadLayersModel(handler: unknown): Promise<TfModel>;
  input(options: object): object;
  model(options: object): TfModel;
  layers: Record<string, (options?: object) => { apply(x: object): object }>;
  io: {
    fromMemory(artifacts: object): unknown;
    withSaveHandler(save: (artifacts: Artifacts) => Promise<unknown>): unknown;
  };
}

let tf: Tf;

async function opened([json, weights]: { bytes: Uint8Array }[]): Promise<TfModel> {
  const { modelTopology, weightsManifest, trainingConfig } = JSON.parse(new TextDecoder().decode(json!.bytes)) as {
    modelTopology: object;
    weightsManifest: { weights: unknown[] }[];
    trainingConfig?: object;
  };
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(weights!.bytes).buffer,
      trainingConfig,
    }),
  );
}

/** The files that TensorFlow.js downloads or writes. */
async function saved(model: TfModel, options = {}): Promise<Record<string, Uint8Array>> {
  let files: Record<string, Uint8Array> = {};
  const handler = tf.io.withSaveHandler((artifacts) => {
    const { weightSpecs, weightData, ...rest } = artifacts;
    const weightsManifest = [{ paths: ['./model.weights.bin'], weights: weightSpecs }];
    const json = JSON.stringify({ ...rest, weightsManifest });
    files = { 'model.json': new TextEncoder().encode(json), 'model.weights.bin': new Uint8Array(weightData) };
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
  });
  await (model.save as (handler: unknown, options: object) => Promise<unknown>)(handler, options);
  return files;
}

function answers(model: TfModel, x: Float32Array, features: number): Float32Array {
  const input = tf.tensor2d(x, [x.length / features, features]);
  const output = model.predict(input);
  const data = output.dataSync().slice();
  input.dispose();
  output.dispose();
  return data;
}

describe.skipIf(!isInstalled)('TensorFlow.js itself', () => {
  beforeAll(async () => {
    await init();
    const require = createRequire(fileURLToPath(new URL('package.json', FORMATS)));
    tf = { ...(require('@tensorflow/tfjs-core') as Tf), ...(require('@tensorflow/tfjs-layers') as Tf) };
    require('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
  });

  it(`computes the same from ${COUNT} networks that we write, and what it saves of them gives the same again`, async () => {
    const names = ACTIVATIONS.filter((name) => !/^(exponential|geluTanh|hardSigmoid)$/.test(name));
    const activations = names.map((name) => (name === 'leakyRelu' ? { name, alpha: 0.3 } : { name }));
    const hard = [...activations, { name: 'hardSigmoid' } as const];
    let [worst, rounded, worstBack] = [0, 0, 0];
    for (let seed = 0; seed < COUNT; ++seed) {
      // A hardSigmoid is only written as the activation of a dense layer.
      const others = seed % 3 > 0;
      const model = randomNetwork(seed, { activations: others ? activations : hard, others, halves: true });
      const [features, units] = [model.inputShape[0], model.outputShape[0]];
      const x = inputsFor(model, 9, seed);
      const ours = model.predict(x);
      const theirs = await opened(await exportModel(model, 'tfjs'));
      const difference = worstDifference(ours, answers(theirs, x, features), units);
      // One over few features divides by what rounding left of their differences, in both.
      if (model.layers.some(({ className }) => className === 'layerNormalization'))
        rounded = Math.max(rounded, difference);
      else worst = Math.max(worst, difference);
      const back = await loadAny(await saved(theirs));
      worstBack = Math.max(worstBack, worstDifference(ours, back.predict(x), units));
      for (const made of [model, back, theirs]) made.dispose();
    }
    console.log(
      `${COUNT} networks in TensorFlow.js: worst relative error ${worst}, with layerNormalization ${rounded}, and back ${worstBack}`,
    );
    expect(worst).toBeLessThan(1e-6);
    expect(rounded).toBeLessThan(1e-5);
    expect(worstBack).toBeLessThan(1e-6);
  });

  it('is compiled as ours was', async () => {
    const model = sequential({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [2] })], seed: 1 });
    model.compile({ optimizer: { name: 'rmsprop', rho: 0.8, learningRate: 0.25 }, loss: 'categoricalCrossentropy' });
    const theirs = await opened(await exportModel(model, 'tfjs'));
    expect(theirs.loss).toBe('categoricalCrossentropy');
    expect(theirs.optimizer.getClassName()).toBe('RMSProp');
    expect(theirs.optimizer.getConfig()).toMatchObject({ learningRate: 0.25, decay: 0.8 });
    for (const made of [model, theirs]) made.dispose();
  });

  it('is read with what it was trained with, and goes on from there', async () => {
    const theirs = tf.sequential({
      layers: [
        tf.layers['dense']!({ units: 4, activation: 'relu', inputShape: [2] }),
        tf.layers['batchNormalization']!(),
        tf.layers['dense']!({ units: 1, activation: 'sigmoid' }),
      ],
    });
    theirs.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const x = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
    const y = Float32Array.from({ length: 16 }, (_, i) => i % 2);
    await theirs.fit(tf.tensor2d(x, [16, 2]), tf.tensor2d(y, [16, 1]), { epochs: 2, verbose: 0 });
    const model = await loadAny(await saved(theirs, { includeOptimizer: true }));
    expect(worstDifference(answers(theirs, x, 2), model.predict(x), 1)).toBeLessThan(1e-6);
    const { history } = await model.fit(x, y, { epochs: 2 });
    expect(Object.keys(history)).toEqual(['loss', 'accuracy']);
    for (const made of [model, theirs]) made.dispose();
  });

  it('is read where its layers are called one on the other', async () => {
    const input = tf.input({ shape: [2, 3] });
    const flat = tf.layers['flatten']!().apply(input);
    const hidden = tf.layers['dense']!({ units: 4, activation: 'gelu' }).apply(flat);
    const leaky = tf.layers['leakyReLU']!().apply(hidden);
    const output = tf.layers['dense']!({ units: 3, activation: 'softmax', useBias: false }).apply(leaky);
    const theirs = tf.model({ inputs: input, outputs: output });
    const model = await loadAny(await saved(theirs));
    const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const expected = theirs.predict(
      (tf as never as { tensor(x: Float32Array, shape: number[]): Tensor }).tensor(x, [2, 2, 3]),
    );
    expect(worstDifference(expected.dataSync(), model.predict(x), 3)).toBeLessThan(1e-6);
    expect(model.layers[1]!.activation).toEqual({ name: 'leakyRelu', alpha: 0.3 });
    for (const made of [model, theirs]) made.dispose();
  });
});
