/** TensorFlow.js as its users train: a layers model and model.fit. */
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { targetRows } from './targets.mjs';
import { startBackend, weightTensors } from './tfjs-backend.mjs';

export async function start(flavour, host) {
  const about = await startBackend(flavour, host);
  return { ...about, model: (work, weights, data) => new Model(work, weights, data) };
}

class Model {
  #net;
  #start;
  #parts = new Map();

  constructor(work, weights, { x, y, rows }) {
    this.work = work;
    const { sizes, hidden, output } = work;
    this.#net = layers.sequential({
      layers: sizes.slice(1).map((units, i) =>
        layers.layers.dense({
          units,
          activation: i + 2 < sizes.length ? hidden : output,
          ...(i === 0 && { inputShape: [sizes[0]] }),
        }),
      ),
    });
    this.#start = weightTensors(work, weights);
    this.x = tf.tensor2d(x, [rows, sizes[0]]);
    this.y = tf.tensor2d(targetRows(work, y), [rows, sizes.at(-1)]);
    this.restart();
  }

  restart() {
    this.#net.setWeights(this.#start);
    this.#compile();
  }

  #compile(metrics = []) {
    const { name, learningRate } = this.work.optimizer;
    this.#net.compile({
      optimizer: name === 'adam' ? tf.train.adam(learningRate, 0.9, 0.999, 1e-7) : tf.train.sgd(learningRate),
      loss: this.work.output === 'sigmoid' ? 'binaryCrossentropy' : 'categoricalCrossentropy',
      metrics,
    });
  }

  /** The first rows as tensors, made once. */
  #part(rows) {
    if (!this.#parts.has(rows)) {
      const first = (tensor) => tf.slice(tensor, [0, 0], [rows, tensor.shape[1]]);
      this.#parts.set(rows, [first(this.x), first(this.y)]);
    }
    return this.#parts.get(rows);
  }

  async train(rows, epochs) {
    const [x, y] = this.#part(rows);
    const { batchSize } = this.work;
    await this.#net.fit(x, y, { epochs, batchSize, shuffle: false, yieldEvery: 'never', verbose: 0 });
  }

  predict(x) {
    const rows = x.length / this.work.sizes[0];
    return tf.tidy(() => this.#net.predict(tf.tensor2d(x, [rows, this.work.sizes[0]]), { batchSize: rows }).dataSync());
  }

  async trainTo(test) {
    this.#compile(['accuracy']);
    const { sizes, batchSize, accuracy, maxEpochs } = this.work;
    const testX = tf.tensor2d(test.x, [test.rows, sizes[0]]);
    const testY = tf.tensor2d(targetRows(this.work, test.y), [test.rows, sizes.at(-1)]);
    const epochs = [];
    const begin = performance.now();
    await this.#net.fit(this.x, this.y, {
      epochs: maxEpochs,
      batchSize,
      shuffle: false,
      yieldEvery: 'never',
      verbose: 0,
      validationData: [testX, testY],
      callbacks: {
        onEpochEnd: (_, { val_acc: valAccuracy }) => {
          epochs.push({ seconds: (performance.now() - begin) / 1000, accuracy: valAccuracy });
          this.#net.stopTraining = valAccuracy >= accuracy;
        },
      },
    });
    return epochs;
  }
}
