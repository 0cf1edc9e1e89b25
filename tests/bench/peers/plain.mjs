/** Plain JavaScript loops over Float32Arrays: what one writes by hand, with the loops in the order that caches like. */
import { splitWeights } from '../works/index.mjs';

export async function start() {
  return { version: 'this file', model: (work, weights, data) => new Model(work, weights, data) };
}

class Model {
  constructor(work, weights, { x, y }) {
    Object.assign(this, { work, x, y, start: splitWeights(work, weights) });
    const { sizes, batchSize } = work;
    const buffers = () => sizes.slice(1).map((units) => new Float32Array(batchSize * units));
    this.activations = buffers();
    this.deltas = buffers();
    this.restart();
  }

  restart() {
    this.weights = this.start.map(({ data }) => data.slice());
    this.gradients = this.weights.map(({ length }) => new Float32Array(length));
    this.momentum = this.weights.map(({ length }) => new Float32Array(length));
    this.variance = this.weights.map(({ length }) => new Float32Array(length));
    this.steps = 0;
  }

  train(rows, epochs) {
    const { sizes, batchSize } = this.work;
    for (let epoch = 0; epoch < epochs; ++epoch) {
      for (let row = 0; row < rows; row += batchSize) {
        this.step(this.x.subarray(row * sizes[0], (row + batchSize) * sizes[0]), this.y.subarray(row, row + batchSize));
      }
    }
  }

  predict(x) {
    const { sizes, batchSize } = this.work;
    const rows = x.length / sizes[0];
    const units = sizes.at(-1);
    const outputs = new Float32Array(rows * units);
    for (let row = 0; row < rows; row += batchSize) {
      const count = Math.min(batchSize, rows - row);
      this.forward(x.subarray(row * sizes[0], (row + count) * sizes[0]), count);
      outputs.set(this.activations.at(-1).subarray(0, count * units), row * units);
    }
    return outputs;
  }

  forward(x, rows) {
    const { sizes, hidden, output } = this.work;
    for (let layer = 0; layer + 1 < sizes.length; ++layer) {
      const [inputs, units] = [sizes[layer], sizes[layer + 1]];
      const a = layer === 0 ? x : this.activations[layer - 1];
      const z = this.activations[layer];
      affine(a, this.weights[2 * layer], this.weights[2 * layer + 1], z, rows, inputs, units);
      ACTIVATE[layer + 2 < sizes.length ? hidden : output](z, rows, units);
    }
  }

  step(x, y) {
    const { sizes, batchSize, hidden, optimizer } = this.work;
    this.forward(x, batchSize);
    const last = sizes.length - 2;
    outputDelta(this.activations[last], y, this.deltas[last], batchSize, sizes.at(-1));
    for (let layer = last; layer >= 0; --layer) {
      const [inputs, units] = [sizes[layer], sizes[layer + 1]];
      const a = layer === 0 ? x : this.activations[layer - 1];
      const [kernelGrad, biasGrad] = [this.gradients[2 * layer], this.gradients[2 * layer + 1]];
      kernelGradient(a, this.deltas[layer], kernelGrad, biasGrad, batchSize, inputs, units);
      if (layer > 0) {
        inputDelta(this.deltas[layer], this.weights[2 * layer], this.deltas[layer - 1], batchSize, inputs, units);
        DERIVATIVE[hidden](a, this.deltas[layer - 1], batchSize * inputs);
      }
    }
    ++this.steps;
    for (let p = 0; p < this.weights.length; ++p) {
      if (optimizer.name === 'sgd') descend(this.weights[p], this.gradients[p], optimizer.learningRate);
      else
        adam(
          this.weights[p],
          this.gradients[p],
          this.momentum[p],
          this.variance[p],
          optimizer.learningRate,
          this.steps,
        );
    }
  }
}

function affine(a, kernel, bias, z, rows, inputs, units) {
  for (let r = 0; r < rows; ++r) {
    const to = r * units;
    for (let j = 0; j < units; ++j) z[to + j] = bias[j];
    for (let i = 0; i < inputs; ++i) {
      const value = a[r * inputs + i];
      const from = i * units;
      for (let j = 0; j < units; ++j) z[to + j] += value * kernel[from + j];
    }
  }
}

function kernelGradient(a, delta, kernelGrad, biasGrad, rows, inputs, units) {
  kernelGrad.fill(0);
  biasGrad.fill(0);
  for (let r = 0; r < rows; ++r) {
    const from = r * units;
    for (let j = 0; j < units; ++j) biasGrad[j] += delta[from + j];
    for (let i = 0; i < inputs; ++i) {
      const value = a[r * inputs + i];
      const to = i * units;
      for (let j = 0; j < units; ++j) kernelGrad[to + j] += value * delta[from + j];
    }
  }
}

function inputDelta(delta, kernel, before, rows, inputs, units) {
  for (let r = 0; r < rows; ++r) {
    for (let i = 0; i < inputs; ++i) {
      let sum = 0;
      for (let j = 0; j < units; ++j) sum += delta[r * units + j] * kernel[i * units + j];
      before[r * inputs + i] = sum;
    }
  }
}

/** Of softmax with cross-entropy and of sigmoid with binary cross-entropy: (a − y) / rows. */
function outputDelta(a, y, delta, rows, units) {
  for (let r = 0; r < rows; ++r) {
    for (let j = 0; j < units; ++j) {
      delta[r * units + j] = (a[r * units + j] - (units === 1 ? y[r] : Number(y[r] === j))) / rows;
    }
  }
}

const ACTIVATE = {
  relu(z, rows, units) {
    for (let i = 0; i < rows * units; ++i) if (z[i] < 0) z[i] = 0;
  },
  tanh(z, rows, units) {
    for (let i = 0; i < rows * units; ++i) z[i] = Math.tanh(z[i]);
  },
  sigmoid(z, rows, units) {
    for (let i = 0; i < rows * units; ++i) z[i] = 1 / (1 + Math.exp(-z[i]));
  },
  softmax(z, rows, units) {
    for (let r = 0; r < rows; ++r) {
      const from = r * units;
      let top = -Infinity;
      for (let j = from; j < from + units; ++j) if (z[j] > top) top = z[j];
      let sum = 0;
      for (let j = from; j < from + units; ++j) sum += z[j] = Math.exp(z[j] - top);
      for (let j = from; j < from + units; ++j) z[j] /= sum;
    }
  },
};

const DERIVATIVE = {
  relu(a, delta, count) {
    for (let i = 0; i < count; ++i) if (!(a[i] > 0)) delta[i] = 0;
  },
  tanh(a, delta, count) {
    for (let i = 0; i < count; ++i) delta[i] *= 1 - a[i] * a[i];
  },
};

function descend(weights, gradients, rate) {
  for (let i = 0; i < weights.length; ++i) weights[i] -= rate * gradients[i];
}

function adam(weights, gradients, m, v, rate, steps) {
  const correct1 = rate / (1 - 0.9 ** steps);
  const correct2 = 1 / (1 - 0.999 ** steps);
  for (let i = 0; i < weights.length; ++i) {
    const g = gradients[i];
    m[i] = 0.9 * m[i] + 0.1 * g;
    v[i] = 0.999 * v[i] + 0.001 * g * g;
    weights[i] -= (correct1 * m[i]) / (Math.sqrt(v[i] * correct2) + 1e-7);
  }
}
