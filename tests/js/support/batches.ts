/** The samples of samples.ts in batches, and a model that is trained on them with plain gradient descent. */
import * as mlp from 'mlp-wasm';
import { twoClasses, X, Y } from './samples.js';

export { X, Y };

/** Rows of a batch. */
export const SIZE = 5;

export const batchAt = (i: number): { x: Float32Array; y: Uint8Array } => ({
  x: X.subarray(3 * SIZE * i, 3 * SIZE * (i + 1)),
  y: Y.subarray(SIZE * i, SIZE * (i + 1)),
});

export const BATCHES = [0, 1, 2, 3].map(batchAt);

/** With these options `fit` makes the same batches. */
export const IN_ORDER = { batchSize: SIZE, shuffle: false } as const;

/** Disposed of when the test is over. */
export const build = (optimizer: mlp.OptimizerConfig = { name: 'sgd', learningRate: 0.1 }): mlp.Sequential =>
  twoClasses(mlp, { optimizer });
