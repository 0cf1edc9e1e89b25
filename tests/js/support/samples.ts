/** Samples and a model that many tests train: small enough for an epoch to take no time. */
import { onTestFinished } from 'vitest';
import type { CompileOptions, Sequential } from 'mlp-wasm';

/** 20 samples of 3 features. */
export const X = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * 1.7));

/** Their classes, 0 or 1. */
export const Y = Uint8Array.from({ length: 20 }, (_, row) => (X[row * 3]! > 0 ? 1 : 0));

/**
 * 3 → 4 → 2 for {@link X} and {@link Y}, disposed of when the test is over.
 *
 * @param library the package to build it with: `mlp-wasm`, or `mlp-wasm/internals` where a test looks into memory
 */
export function twoClasses(
  { sequential, dense }: Pick<typeof import('mlp-wasm'), 'sequential' | 'dense'>,
  options: Partial<CompileOptions> = {},
  seed = 5,
): Sequential {
  const model = sequential({
    seed,
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [3] }), dense({ units: 2, activation: 'softmax' })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], ...options });
  return model;
}
