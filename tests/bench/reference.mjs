/**
 * The yardstick for results, not for speed: the works in plain double-precision JavaScript, one sample after another.
 * What a tool computes is accepted when the loss that the harness takes from its outputs agrees with this one's.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readBytes, readFloats } from './data/prepare.mjs';
import { splitWeights, weightShapes } from './works/index.mjs';

/** Number of samples that losses are taken from. */
export const LOSS_ROWS = 1000;

/** Mean cross-entropy of outputs (rows × units) against classes. */
export function lossOf(work, outputs, y) {
  const units = work.sizes.at(-1);
  const rows = outputs.length / units;
  let sum = 0;
  for (let row = 0; row < rows; ++row) {
    const p = units === 1 ? (y[row] ? outputs[row] : 1 - outputs[row]) : outputs[row * units + y[row]];
    sum -= Math.log(Math.max(p, 1e-7));
  }
  return sum / rows;
}

/**
 * Trains one epoch over the work's verifyRows and keeps the weights as `<id>.trained` beside the data; done once for
 * each folder of data.
 *
 * @returns {{ start: number, trained: number, predict: Function }} the losses before and after, and what the trained
 *   network answers.
 */
export function reference(folder, work) {
  const x = readFloats(folder, `${work.data}.x`);
  const y = readBytes(folder, `${work.data}.y`);
  const network = new Network(work, readFloats(folder, `${work.id}.weights`));
  const loss = () => lossOf(work, network.predict(x, LOSS_ROWS), y);
  const start = loss();
  const kept = path.join(folder, `${work.id}.trained`);
  if (!existsSync(kept)) {
    for (let row = 0; row < work.verifyRows; row += work.batchSize) network.step(x, y, row, work.batchSize);
    writeFileSync(kept, Float32Array.from(network.flat()));
  }
  network.load(readFloats(folder, `${work.id}.trained`));
  return { start, trained: loss(), predict: (rows) => network.predict(x, rows) };
}

class Network {
  constructor(work, weights) {
    this.work = work;
    this.load(weights);
    this.momentum = weightShapes(work).map((shape) => new Float64Array(shape.reduce((a, b) => a * b)));
    this.variance = this.momentum.map((array) => array.slice());
    this.steps = 0;
  }

  load(flat) {
    this.weights = splitWeights(this.work, flat).map(({ data }) => Float64Array.from(data));
  }

  flat() {
    return this.weights.flatMap((array) => Array.from(array));
  }

  /** Activations of every layer for one sample, its input first. */
  forward(input) {
    const { sizes, hidden, output } = this.work;
    const activations = [input];
    for (let layer = 0; layer + 1 < sizes.length; ++layer) {
      const [inputs, units] = [sizes[layer], sizes[layer + 1]];
      const [kernel, bias] = [this.weights[2 * layer], this.weights[2 * layer + 1]];
      const z = Float64Array.from(bias);
      for (let i = 0; i < inputs; ++i) {
        const a = activations[layer][i];
        if (a !== 0) for (let j = 0; j < units; ++j) z[j] += a * kernel[i * units + j];
      }
      activate(layer + 2 < sizes.length ? hidden : output, z);
      activations.push(z);
    }
    return activations;
  }

  predict(x, rows) {
    const [features, units] = [this.work.sizes[0], this.work.sizes.at(-1)];
    const outputs = new Float64Array(rows * units);
    for (let row = 0; row < rows; ++row) {
      outputs.set(this.forward(x.subarray(row * features, (row + 1) * features)).at(-1), row * units);
    }
    return outputs;
  }

  step(x, y, first, batchSize) {
    const { sizes, hidden, optimizer } = this.work;
    const gradients = this.weights.map((array) => new Float64Array(array.length));
    for (let row = first; row < first + batchSize; ++row) {
      const activations = this.forward(x.subarray(row * sizes[0], (row + 1) * sizes[0]));
      let delta = activations.at(-1).slice();
      if (delta.length === 1) delta[0] -= y[row];
      else delta[y[row]] -= 1;
      for (let layer = sizes.length - 2; layer >= 0; --layer) {
        const [inputs, units] = [sizes[layer], sizes[layer + 1]];
        const [kernel, kernelGrad, biasGrad] = [this.weights[2 * layer], ...gradients.slice(2 * layer)];
        const a = activations[layer];
        const before = new Float64Array(inputs);
        for (let j = 0; j < units; ++j) biasGrad[j] += delta[j] / batchSize;
        for (let i = 0; i < inputs; ++i) {
          if (layer === 0 && a[i] === 0) continue;
          let sum = 0;
          for (let j = 0; j < units; ++j) {
            kernelGrad[i * units + j] += (a[i] * delta[j]) / batchSize;
            sum += kernel[i * units + j] * delta[j];
          }
          before[i] = sum * (hidden === 'relu' ? Number(a[i] > 0) : 1 - a[i] * a[i]);
        }
        delta = before;
      }
    }
    ++this.steps;
    this.weights.forEach((weight, p) =>
      this.update(weight, gradients[p], this.momentum[p], this.variance[p], optimizer),
    );
  }

  update(weight, gradient, m, v, { name, learningRate }) {
    const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];
    const [correct1, correct2] = [1 - beta1 ** this.steps, 1 - beta2 ** this.steps];
    for (let i = 0; i < weight.length; ++i) {
      if (name === 'sgd') {
        weight[i] -= learningRate * gradient[i];
        continue;
      }
      m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
      v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] * gradient[i];
      weight[i] -= (learningRate * (m[i] / correct1)) / (Math.sqrt(v[i] / correct2) + epsilon);
    }
  }
}

function activate(name, z) {
  if (name === 'softmax') {
    const top = Math.max(...z);
    let sum = 0;
    for (let j = 0; j < z.length; ++j) sum += z[j] = Math.exp(z[j] - top);
    for (let j = 0; j < z.length; ++j) z[j] /= sum;
    return;
  }
  for (let j = 0; j < z.length; ++j) {
    if (name === 'relu') z[j] = Math.max(0, z[j]);
    else if (name === 'tanh') z[j] = Math.tanh(z[j]);
    else z[j] = 1 / (1 + Math.exp(-z[j]));
  }
}
