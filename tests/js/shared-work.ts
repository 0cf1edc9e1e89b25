/** Training large enough for threads to share its work. */
import type { Backend, InitOptions } from 'mlp-wasm';

/**
 * Trains on samples that are mostly zero and on samples that are not. Self-contained, so that its text can be sent to a
 * thread or a page.
 *
 * @returns what it ran on, and the hashes of all weights
 */
export async function shareWork(
  mlp: typeof import('mlp-wasm'),
  { init }: { init: InitOptions },
): Promise<{ backend: Backend; hashes: string[] }> {
  const { backend, dense, sequential } = mlp;
  await mlp.init(init);
  const hashes: string[] = [];
  for (const zeros of [true, false]) {
    const x = Float32Array.from({ length: 300 * 200 }, (_, i) => (zeros && i % 5 ? 0 : Math.sin(i)));
    const y = Uint8Array.from({ length: 300 }, (_, i) => i % 10);
    const model = sequential({
      seed: 9,
      layers: [
        dense({ units: 300, activation: 'tanh', inputShape: [200] }),
        dense({ units: 250, activation: 'relu' }),
        dense({ units: 10, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y, { epochs: 2, batchSize: 100 });
    for (const { data } of model.getWeights()) {
      let state = 0x811c9dc5; // FNV-1a
      for (const bits of new Uint32Array(data.slice().buffer)) state = Math.imul(state ^ bits, 0x01000193);
      hashes.push((state >>> 0).toString(16));
    }
    model.dispose();
  }
  return { backend: backend(), hashes };
}
