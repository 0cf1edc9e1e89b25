/** jax-js: one jitted step of loss, gradient and update. Its result is read every step, or its queue would grow. */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { splitWeights } from '../works/index.mjs';
import { targetRows } from './targets.mjs';

export async function start(flavour, host, job) {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error(`jax-js has no wasm here, only ${devices}`);
  defaultDevice('wasm');
  const threads =
    typeof SharedArrayBuffer !== 'undefined' && typeof Worker !== 'undefined' ? navigator.hardwareConcurrency : 1;
  return {
    version: job.versions['@jax-js/jax'],
    details: { device: 'wasm', threads },
    model: (work, weights, data) => new Model(work, weights, data),
  };
}

class Model {
  #start;
  #weights;
  #momentum;
  #variance;
  #batches;
  #step;
  #forward;

  constructor(work, weights, { x, y, rows }) {
    this.work = work;
    const { sizes, batchSize } = work;
    const units = sizes.at(-1);
    this.#start = splitWeights(work, weights);
    if (work.kind === 'train') {
      const targets = targetRows(work, y);
      this.#batches = Array.from({ length: Math.floor(rows / batchSize) }, (_, i) => [
        np.array(x.slice(i * batchSize * sizes[0], (i + 1) * batchSize * sizes[0])).reshape([batchSize, sizes[0]]),
        np.array(targets.slice(i * batchSize * units, (i + 1) * batchSize * units)).reshape([batchSize, units]),
      ]);
    }
    this.#step = jit(work.optimizer.name === 'sgd' ? sgdStep(work) : adamStep(work));
    const activateOutput = work.output === 'softmax' ? nn.softmax : nn.sigmoid;
    this.#forward = jit((parameters, input) => activateOutput(logits(work, parameters, input)));
    this.restart();
  }

  restart() {
    if (this.#weights) tree.dispose([this.#weights, this.#momentum, this.#variance]);
    this.#weights = this.#start.map(({ shape, data }) => np.array(data.slice()).reshape(shape));
    this.#momentum = this.#start.map(({ shape }) => np.zeros(shape));
    this.#variance = this.#start.map(({ shape }) => np.zeros(shape));
    this.steps = 0;
  }

  train(rows, epochs) {
    const batches = rows / this.work.batchSize;
    for (let epoch = 0; epoch < epochs; ++epoch) {
      for (let batch = 0; batch < batches; ++batch) {
        const [x, y] = this.#batches[batch];
        const loss = this.work.optimizer.name === 'sgd' ? this.#sgd(x.ref, y.ref) : this.#adam(x.ref, y.ref);
        loss.dataSync();
      }
    }
  }

  #sgd(x, y) {
    const [weights, loss] = this.#step(this.#weights, x, y);
    this.#weights = weights;
    return loss;
  }

  #adam(x, y) {
    ++this.steps;
    const rate = np.array(Float32Array.of(this.work.optimizer.learningRate / (1 - 0.9 ** this.steps)));
    const correct = np.array(Float32Array.of(1 / Math.sqrt(1 - 0.999 ** this.steps)));
    const [weights, momentum, variance, loss] = this.#step(
      this.#weights,
      this.#momentum,
      this.#variance,
      x,
      y,
      rate,
      correct,
    );
    [this.#weights, this.#momentum, this.#variance] = [weights, momentum, variance];
    return loss;
  }

  predict(x) {
    const features = this.work.sizes[0];
    const input = np.array(x.slice()).reshape([x.length / features, features]);
    return this.#forward(tree.ref(this.#weights), input).dataSync();
  }
}

function logits({ sizes, hidden }, parameters, x) {
  let a = x;
  for (let layer = 0; layer + 1 < sizes.length; ++layer) {
    const [kernel, bias] = parameters.slice(2 * layer);
    const z = np.matmul(a, kernel).add(bias);
    if (layer + 2 === sizes.length) return z;
    a = hidden === 'relu' ? nn.relu(z) : np.tanh(z);
  }
}

const lossFunction = (work) => (parameters, x, y) => {
  const z = logits(work, parameters, x);
  if (work.output === 'softmax') return np.sum(nn.logSoftmax(z).mul(y)).mul(-1 / work.batchSize);
  // max(z, 0) − z·y + log(1 + e^−|z|)
  const softplus = np.log(np.exp(np.absolute(z.ref).mul(-1)).add(1));
  return np.sum(nn.relu(z.ref).sub(z.mul(y)).add(softplus)).mul(1 / work.batchSize);
};

const sgdStep = (work) => (weights, x, y) => {
  const [loss, gradients] = valueAndGrad(lossFunction(work))(tree.ref(weights), x, y);
  const { learningRate } = work.optimizer;
  return [weights.map((weight, p) => weight.sub(gradients[p].mul(learningRate))), loss];
};

const adamStep = (work) => (weights, momentum, variance, x, y, rate, correct) => {
  const [loss, gradients] = valueAndGrad(lossFunction(work))(tree.ref(weights), x, y);
  const m = momentum.map((mean, p) => mean.mul(0.9).add(gradients[p].ref.mul(0.1)));
  const v = variance.map((mean, p) => mean.mul(0.999).add(np.square(gradients[p]).mul(0.001)));
  const next = weights.map((weight, p) => {
    const divisor = np.sqrt(v[p].ref).mul(correct.ref).add(1e-7);
    return weight.sub(m[p].ref.mul(rate.ref).div(divisor));
  });
  rate.dispose();
  correct.dispose();
  return [next, m, v, loss];
};
