/** onnxruntime-web on its wasm backend, one thread: it predicts, and that is what it is asked to do. */
const FOLDER = 'onnxruntime-web/dist';

export async function start(flavour, host, job) {
  const ort = host.kind === 'node' ? await import('onnxruntime-web') : await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  if (host.kind !== 'node') ort.env.wasm.wasmPaths = { wasm: host.asset(`${FOLDER}/ort-wasm-simd-threaded.wasm`) };
  // The wasm is loaded with the first session: ready means that there is one.
  const session = await ort.InferenceSession.create(await host.data('W1.onnx'), { executionProviders: ['wasm'] });
  return {
    version: job.versions['onnxruntime-web'],
    details: { threads: ort.env.wasm.numThreads },
    model: (work) => ({
      async predict(x) {
        const input = new ort.Tensor('float32', x, [x.length / work.sizes[0], work.sizes[0]]);
        const { y } = await session.run({ x: input });
        return y.data;
      },
    }),
  };
}
