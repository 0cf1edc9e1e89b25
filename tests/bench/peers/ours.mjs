/** mlp-wasm, through its public API. A flavour is what init() is asked for. */
export async function start({ init = {} }, host, job) {
  const api = await import(/* @vite-ignore */ job.package);
  await api.init(init);
  const backend = api.backend?.(); // init falls back in silence: measured must be what was asked for
  if (backend && (backend.simd !== init.simd || backend.threads !== (init.threads ?? 1))) {
    throw new Error(`asked for ${JSON.stringify(init)}, got ${JSON.stringify(backend)}`);
  }
  return {
    version: job.packageVersion,
    details: backend,
    model: (work, weights, data) => new Model(api, work, weights, data),
  };
}

class Model {
  #start;
  #row;
  #model;

  constructor(api, work, weights, { x, y }) {
    const { sizes, hidden, output, optimizer } = work;
    const binary = output === 'sigmoid';
    this.work = work;
    this.x = x;
    this.y = binary ? Float32Array.from(y) : y;
    this.loss = binary ? 'binaryCrossentropy' : 'sparseCategoricalCrossentropy';
    this.optimizer = optimizer.name === 'adam' ? { ...optimizer, epsilon: 1e-7 } : optimizer;
    this.#row = { features: sizes[0], output: new Float32Array(sizes.at(-1)) };
    this.#model = api.sequential({
      seed: 1,
      layers: sizes.slice(1).map((units, i) =>
        api.dense({
          units,
          activation: i + 2 < sizes.length ? hidden : output,
          ...(i === 0 && { inputShape: [sizes[0]] }),
        }),
      ),
    });
    let offset = 0;
    this.#start = this.#model.getWeights().map(({ shape, data: { length } }) => {
      offset += length;
      return { shape, data: weights.slice(offset - length, offset) };
    });
    this.restart();
  }

  restart() {
    this.#model.setWeights(this.#start);
    this.compile();
  }

  compile(metrics = []) {
    this.#model.compile({ optimizer: this.optimizer, loss: this.loss, metrics });
  }

  async train(rows, epochs) {
    const { sizes, batchSize } = this.work;
    await this.#model.fit(this.x.subarray(0, rows * sizes[0]), this.y.subarray(0, rows), {
      epochs,
      batchSize,
      shuffle: false,
    });
  }

  predict(x) {
    // Into an array of the caller's where there is one row: what a page does that predicts at every move of a finger.
    return x.length === this.#row.features
      ? this.#model.predict(x, { output: this.#row.output })
      : this.#model.predict(x);
  }

  async trainTo(test) {
    this.compile(['accuracy']);
    const { batchSize, accuracy, maxEpochs } = this.work;
    const epochs = [];
    const begin = performance.now();
    await this.#model.fit(this.x, this.y, {
      epochs: maxEpochs,
      batchSize,
      shuffle: false,
      validationData: [test.x, test.y],
      callbacks: {
        onEpochEnd: (_, { valAccuracy }) => {
          epochs.push({ seconds: (performance.now() - begin) / 1000, accuracy: valAccuracy });
          this.#model.stopTraining = valAccuracy >= accuracy;
        },
      },
    });
    return epochs;
  }
}
