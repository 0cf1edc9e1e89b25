/** TensorFlow.js: what model.fit and the hand-written loop share. */
import * as tf from '@tensorflow/tfjs-core';
import { splitWeights } from '../works/index.mjs';

const FOLDER = '@tensorflow/tfjs-backend-wasm/dist';
const BINARIES = ['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);

/** Makes 'cpu' or 'wasm' the backend and waits until it is ready. */
export async function startBackend({ backend }, host) {
  if (backend === 'wasm') {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const paths = {};
    for (const name of BINARIES) paths[name] = host.asset(`${FOLDER}/${name}`);
    if (host.kind === 'node') {
      // Its own loader calls fetch on a file name, which Node refuses; a data: URL is one that both understand.
      const bytes = await host.read(paths[BINARIES[1]]);
      paths[BINARIES[1]] = `data:application/wasm;base64,${bytes.toString('base64')}`;
    }
    wasm.setWasmPaths(paths, true);
    await tf.setBackend('wasm');
  } else {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
  }
  await tf.ready();
  if (tf.getBackend() !== backend) throw new Error(`asked for ${backend}, got ${tf.getBackend()}`);
  return { version: tf.version_core, details: { backend, ...(await flags(backend)) } };
}

async function flags(backend) {
  if (backend !== 'wasm') return {};
  const { getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
  return { simd, threads: threaded ? getThreadsCount() : 1 };
}

export const weightTensors = (work, weights) =>
  splitWeights(work, weights).map(({ shape, data }) => tf.tensor(data, shape));
