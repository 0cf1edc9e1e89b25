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

/**
 * Shows and trains on augmented images, some mostly zero and some not. Self-contained, as {@link shareWork}.
 *
 * @returns how many threads it ran on, and the hashes of the images and of all weights
 */
export async function shareAugmentation(
  mlp: typeof import('mlp-wasm'),
  { init }: { init: InitOptions },
): Promise<{ threads: number; hashes: string[] }> {
  const { augment, backend, dense, sequential } = mlp;
  await mlp.init(init);
  const hashes: string[] = [];
  const hash = (data: Float32Array) => {
    let state = 0x811c9dc5; // FNV-1a
    for (const bits of new Uint32Array(data.slice().buffer)) state = Math.imul(state ^ bits, 0x01000193);
    hashes.push((state >>> 0).toString(16));
  };
  for (const zeros of [true, false]) {
    const x = Float32Array.from({ length: 200 * 21 * 18 }, (_, i) => (zeros && i % 5 ? 0 : (i * 37) % 101));
    const y = Uint8Array.from({ length: 200 }, (_, i) => i % 10);
    const augmentation = {
      height: 21,
      width: 18,
      shift: 2,
      rotation: 20,
      scale: [0.8, 1.2],
      shear: 10,
      elastic: {},
      erasing: {},
      noise: zeros ? 0 : 0.1,
    } as const;
    hash(augment(x, augmentation));
    const model = sequential({
      seed: 9,
      layers: [
        dense({ units: 30, activation: 'tanh', inputShape: [21 * 18] }),
        dense({ units: 10, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y, { epochs: 2, batchSize: 64, augmentation });
    for (const { data } of model.getWeights()) hash(data);
    model.dispose();
  }
  return { threads: backend().threads, hashes };
}
