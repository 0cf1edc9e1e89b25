/** A small network learns XOR. */
import { backend, dense, init, sequential } from 'mlp-wasm';

export const X = [0, 0, 0, 1, 1, 0, 1, 1];
export const Y = [0, 1, 1, 0];

/** The layers, of which `mlp` makes what it makes: here of the package itself, in `worker.mjs` of a worker's. */
export const layers = (mlp) => [
  mlp.dense({ units: 8, activation: 'tanh', inputShape: [2] }),
  mlp.dense({ units: 1, activation: 'sigmoid' }),
];

export const TRAINING = { optimizer: { name: 'adam', learningRate: 0.05 }, loss: 'binaryCrossentropy' };

/** @param options of `init` */
export async function small(options) {
  await init(options);
  const model = sequential({ seed: 42, layers: layers({ dense }) });
  model.compile(TRAINING);
  await model.fit(new Float32Array(X), Y, { epochs: 60, batchSize: 4 });
  const { loss } = model.evaluate(new Float32Array(X), Y);
  model.dispose();
  return { result: loss, threads: backend().threads };
}
