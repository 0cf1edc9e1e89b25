/**
 * TensorFlow.js at its best: no layers, no tape; the gradients written out, batches cut beforehand, and every product
 * with a transposed operand done on an explicit transpose, because its wasm matMul takes ten times as long otherwise.
 */
import * as tf from '@tensorflow/tfjs-core';
import { targetRows } from './targets.mjs';
import { startBackend, weightTensors } from './tfjs-backend.mjs';

export async function start(flavour, host) {
  const about = await startBackend(flavour, host);
  return { ...about, model: (work, weights, data) => new Model(work, weights, data) };
}

const product = (a, b, bias, activation = 'linear') => tf.fused.matMul({ a, b, bias, activation });

class Model {
  #start;
  #weights = [];
  #momentum = [];
  #variance = [];
  #batches;

  constructor(work, weights, { x, y, rows }) {
    this.work = work;
    const { sizes, batchSize } = work;
    const units = sizes.at(-1);
    const targets = targetRows(work, y);
    this.#start = weightTensors(work, weights);
    if (work.kind === 'train') {
      this.#batches = Array.from({ length: Math.floor(rows / batchSize) }, (_, i) => [
        tf.tensor2d(x.slice(i * batchSize * sizes[0], (i + 1) * batchSize * sizes[0]), [batchSize, sizes[0]]),
        tf.tensor2d(targets.slice(i * batchSize * units, (i + 1) * batchSize * units), [batchSize, units]),
      ]);
    }
    this.restart();
  }

  restart() {
    const old = [...this.#weights, ...this.#momentum, ...this.#variance];
    this.#weights = this.#start.map((tensor) => tf.clone(tensor));
    this.#momentum = this.#start.map((tensor) => tf.zerosLike(tensor));
    this.#variance = this.#start.map((tensor) => tf.zerosLike(tensor));
    this.steps = 0;
    tf.dispose(old);
  }

  train(rows, epochs) {
    const batches = rows / this.work.batchSize;
    for (let epoch = 0; epoch < epochs; ++epoch) {
      for (let batch = 0; batch < batches; ++batch) this.#step(...this.#batches[batch]);
    }
    this.#weights[0].dataSync();
  }

  predict(x) {
    const rows = x.length / this.work.sizes[0];
    return tf.tidy(() =>
      this.#forward(tf.tensor2d(x, [rows, this.work.sizes[0]]))
        .at(-1)
        .dataSync(),
    );
  }

  /** Activations of every layer, the input first. */
  #forward(x) {
    const { sizes, hidden, output } = this.work;
    const activations = [x];
    for (let layer = 0; layer + 1 < sizes.length; ++layer) {
      const [kernel, bias] = this.#weights.slice(2 * layer);
      const name = layer + 2 < sizes.length ? hidden : output;
      const a = activations[layer];
      if (name === 'relu') activations.push(product(a, kernel, bias, 'relu'));
      else activations.push(tf[name](product(a, kernel, bias)));
    }
    return activations;
  }

  #step(x, y) {
    ++this.steps;
    const { sizes, hidden, batchSize } = this.work;
    const old = [...this.#weights, ...this.#momentum, ...this.#variance];
    const [weights, momentum, variance] = tf.tidy(() => {
      const activations = this.#forward(x);
      const gradients = [];
      let delta = tf.div(tf.sub(activations.at(-1), y), batchSize);
      for (let layer = sizes.length - 2; layer >= 0; --layer) {
        const a = activations[layer];
        gradients.unshift(tf.matMul(tf.transpose(a), delta), tf.sum(delta, 0));
        if (layer === 0) break;
        const before = tf.matMul(delta, tf.transpose(this.#weights[2 * layer]));
        delta = hidden === 'relu' ? tf.mul(before, tf.step(a)) : tf.mul(before, tf.sub(1, tf.mul(a, a)));
      }
      return this.#updated(gradients);
    });
    [this.#weights, this.#momentum, this.#variance] = [weights, momentum, variance];
    const kept = new Set([...weights, ...momentum, ...variance]);
    tf.dispose(old.filter((tensor) => !kept.has(tensor)));
  }

  #updated(gradients) {
    const { name, learningRate } = this.work.optimizer;
    if (name === 'sgd') {
      const weights = this.#weights.map((weight, p) => tf.sub(weight, tf.mul(gradients[p], learningRate)));
      return [weights, this.#momentum, this.#variance];
    }
    const decayed = (mean, decay, value) => tf.add(tf.mul(mean, decay), tf.mul(value, 1 - decay));
    const momentum = gradients.map((gradient, p) => decayed(this.#momentum[p], 0.9, gradient));
    const variance = gradients.map((gradient, p) => decayed(this.#variance[p], 0.999, tf.mul(gradient, gradient)));
    const rate = learningRate / (1 - 0.9 ** this.steps);
    const correct = 1 / Math.sqrt(1 - 0.999 ** this.steps);
    const weights = this.#weights.map((weight, p) => {
      const divisor = tf.add(tf.mul(tf.sqrt(variance[p]), correct), 1e-7);
      return tf.sub(weight, tf.div(tf.mul(momentum[p], rate), divisor));
    });
    return [weights, momentum, variance];
  }
}
