/** The same network, in a worker. */
import { connect } from 'mlp-wasm/worker';
import { layers, TRAINING, X, Y } from './small.mjs';

/** @param options of `connect` */
export async function worker(options) {
  const mlp = await connect(options);
  try {
    const model = await mlp.sequential({ seed: 42, layers: layers(mlp) });
    await model.compile(TRAINING);
    await model.fit(new Float32Array(X), Y, { epochs: 60, batchSize: 4 });
    const { loss } = await model.evaluate(new Float32Array(X), Y);
    return { result: loss };
  } finally {
    mlp.terminate();
  }
}
