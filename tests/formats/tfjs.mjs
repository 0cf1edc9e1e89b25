// Writes corpus/tfjs-*: models that TensorFlow.js itself saves, and what it computes from them.
// Run: cd tests/formats && npm install && node tfjs.mjs
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';

const CORPUS = new URL('corpus/', import.meta.url);

/** Numbers that are no new model's: statistics and scales, too. */
function stir(model) {
  const weights = model.getWeights();
  model.setWeights(
    weights.map((weight, k) => {
      const data = Float32Array.from({ length: weight.size }, (_, i) => 0.9 * Math.sin(7 * k + i + 1));
      const isVariance = /variance/.test(model.weights[k].name);
      return tf.tensor(isVariance ? data.map((value) => 0.3 + Math.abs(value)) : data, weight.shape);
    }),
  );
}

async function save(name, model, { includeOptimizer = false, quantize, change = (json) => json } = {}) {
  stir(model);
  const file = `tfjs-${name}`;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const { weightSpecs, weightData, ...rest } = artifacts;
      const { specs, bytes } = quantize
        ? quantized(model, weightSpecs, new Float32Array(weightData), quantize)
        : { specs: weightSpecs, bytes: new Uint8Array(weightData) };
      const json = change({ ...rest, weightsManifest: [{ paths: [`${file}.bin`], weights: specs }] });
      writeFileSync(new URL(`${file}.json`, CORPUS), JSON.stringify(json) + '\n');
      writeFileSync(new URL(`${file}.bin`, CORPUS), bytes);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
    { includeOptimizer },
  );
  const shape = model.inputs[0].shape.slice(1);
  const features = shape.reduce((product, size) => product * size, 1);
  const inputs = Float32Array.from({ length: 3 * features }, (_, i) => Math.sin(i + 1));
  const outputs = model.predict(tf.tensor(inputs, [3, ...shape])).dataSync();
  const rows = (numbers) =>
    [0, 1, 2].map((row) => Array.from(numbers.subarray((row * numbers.length) / 3, ((row + 1) * numbers.length) / 3)));
  const expected = {
    beside: [`${file}.bin`],
    inputs: rows(inputs),
    outputs: rows(outputs),
    method: `@tensorflow/tfjs-layers ${tfl.version_layers}, cpu`,
  };
  writeFileSync(new URL(`${file}.json.expected.json`, CORPUS), JSON.stringify(expected) + '\n');
}

/** As the converter quantizes: 256 or 65,536 steps from the least to the largest; the model gets what they stand for. */
function quantized(model, specs, floats, dtype) {
  const [steps, Steps] = dtype === 'uint8' ? [255, Uint8Array] : [65_535, Uint16Array];
  const parts = [];
  const values = [];
  let at = 0;
  const told = specs.map((spec) => {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    const numbers = floats.subarray(at, (at += count));
    const min = Math.min(...numbers);
    const scale = (Math.max(...numbers) - min) / steps || 1;
    const stored = Steps.from(numbers, (value) => Math.round((value - min) / scale));
    parts.push(new Uint8Array(stored.buffer));
    values.push(
      tf.tensor(
        Float32Array.from(stored, (step) => step * scale + min),
        spec.shape,
      ),
    );
    return { ...spec, quantization: { dtype, min, scale, original_dtype: 'float32' } };
  });
  model.setWeights(values);
  return { specs: told, bytes: Buffer.concat(parts) };
}

const { dense, batchNormalization, layerNormalization, leakyReLU, reLU, elu, softmax, dropout, flatten, activation } =
  tfl.layers;
const { sequential, model: functional, input } = tfl;

await tf.setBackend('cpu');

const deep = sequential({
  layers: [
    dense({ units: 6, activation: 'relu', inputShape: [4] }),
    batchNormalization({ momentum: 0.9, epsilon: 0.01 }),
    dense({ units: 5, useBias: false, kernelRegularizer: 'l1l2' }),
    leakyReLU(),
    layerNormalization(),
    dropout({ rate: 0.3 }),
    dense({ units: 4, activation: 'hardSigmoid' }),
    dense({ units: 3, activation: 'softmax' }),
  ],
});
deep.compile({ optimizer: 'rmsprop', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
await save('sequential', deep, { includeOptimizer: true });

const image = input({ shape: [2, 3, 1] });
const flat = flatten().apply(image);
const hidden = dense({ units: 5, activation: 'gelu' }).apply(flat);
const bent = elu().apply(hidden);
const more = reLU().apply(dense({ units: 4, activation: 'swish' }).apply(bent));
await save('functional', functional({ inputs: image, outputs: softmax().apply(dense({ units: 2 }).apply(more)) }));

const inner = sequential({ layers: [dense({ units: 3, activation: 'tanh', inputShape: [2] })] });
await save('nested', sequential({ layers: [inner, dense({ units: 2 }), activation({ activation: 'softsign' })] }));

for (const dtype of ['uint8', 'uint16']) {
  const model = sequential({ layers: [dense({ units: 4, activation: 'selu', inputShape: [3] }), dense({ units: 2 })] });
  await save(`quantized-${dtype}`, model, { quantize: dtype });
}

/** A model as the first versions wrote it: the layers as the configuration itself. */
const old = sequential({ layers: [dense({ units: 3, activation: 'sigmoid', inputShape: [2] })] });
await save('old', old, {
  change({ format, generatedBy, convertedBy, ...json }) {
    const { config, ...topology } = json.modelTopology;
    return { ...json, modelTopology: { ...topology, config: config.layers } };
  },
});
