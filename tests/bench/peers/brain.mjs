/**
 * brain.js. It trains one sample a step on the squared error of sigmoids: another work than ours, which the harness
 * finds out by itself and refuses. It predicts the same when told how: one activation serves all its layers, so the
 * last bias is raised until ReLU lets every logit pass, and the softmax, which does not mind the shift, is done here.
 */
import brain from 'brain.js';
import { splitWeights } from '../works/index.mjs';
import { targetRows } from './targets.mjs';

const SHIFT = 1000;

export async function start(flavour, host, job) {
  return { version: job.versions['brain.js'], model: (work, weights, data) => new Model(work, weights, data) };
}

class Model {
  constructor(work, weights, { x, y }) {
    this.work = work;
    this.start = splitWeights(work, weights);
    this.predicts = work.kind !== 'train';
    if (!this.predicts) {
      const [features, units] = [work.sizes[0], work.sizes.at(-1)];
      const targets = targetRows(work, y);
      this.samples = Array.from(y, (_, row) => ({
        // Plain arrays: it looks every number of anything else up by its key, as in an object.
        input: Array.from(x.subarray(row * features, (row + 1) * features)),
        output: Array.from(targets.subarray(row * units, (row + 1) * units)),
      }));
    }
    this.restart();
  }

  restart() {
    const { sizes, optimizer } = this.work;
    const praxis = optimizer.name === 'adam' ? 'adam' : null;
    this.net = new brain.NeuralNetwork({ activation: this.predicts ? 'relu' : 'sigmoid', praxis });
    this.net.sizes = sizes;
    this.net.initialize();
    for (let layer = 1; layer < sizes.length; ++layer) {
      const [kernel, bias] = this.start.slice(2 * (layer - 1)).map(({ data }) => data);
      const shift = this.predicts && layer === sizes.length - 1 ? SHIFT : 0;
      for (let j = 0; j < sizes[layer]; ++j) {
        this.net.biases[layer][j] = bias[j] + shift;
        for (let i = 0; i < sizes[layer - 1]; ++i) this.net.weights[layer][j][i] = kernel[i * sizes[layer] + j];
      }
    }
  }

  train(rows, epochs) {
    const { learningRate } = this.work.optimizer;
    const options = { iterations: epochs, learningRate, errorThresh: 1e-9, momentum: 1e-9 }; // both have to be above 0
    this.net.train(this.samples.slice(0, rows), options);
  }

  predict(x) {
    const [features, units] = [this.work.sizes[0], this.work.sizes.at(-1)];
    const rows = x.length / features;
    const outputs = new Float32Array(rows * units);
    for (let row = 0; row < rows; ++row) {
      const answer = this.net.run(x.subarray(row * features, (row + 1) * features));
      outputs.set(this.predicts ? softmax(answer) : answer, row * units);
    }
    return outputs;
  }
}

function softmax(logits) {
  const top = Math.max(...logits);
  const powers = Array.from(logits, (z) => Math.exp(z - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
