/**
 * The names among which the settings choose. Written out, because the page reads drawings without the module that
 * trains, which would have to be loaded for them; `tests/js/demo/choices.test.ts` compares them with it.
 */
import type { ActivationName, Augmentation, InitializerName, OptimizerName } from 'mlp-wasm';

/** Hidden layers may use any activation that looks at one unit at a time. */
export const HIDDEN_ACTIVATIONS = [
  'linear',
  'sigmoid',
  'tanh',
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'geluTanh',
  'silu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'exponential',
] as const satisfies readonly ActivationName[];

/** Ways in which each image is changed before a pass learns from it, by the names of the settings. */
export const AUGMENTATIONS = {
  slight: { height: 28, width: 28, shift: 1, rotation: 8, scale: [0.92, 1.08] },
  strong: { height: 28, width: 28, shift: 2, rotation: 15, scale: [0.85, 1.15], shear: 10, elastic: {} },
} as const satisfies Record<string, Augmentation>;
export type AugmentationName = keyof typeof AUGMENTATIONS;

/** Optimizers that take batches. */
export const BATCH_OPTIMIZERS = [
  'sgd',
  'rmsprop',
  'adam',
  'adamw',
  'adagrad',
  'adadelta',
  'adamax',
  'nadam',
  'lion',
] as const satisfies readonly OptimizerName[];

/** Initialisers of kernels that draw each weight. */
export const INITIALIZERS = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'randomUniform',
  'randomNormal',
  'orthogonal',
] as const satisfies readonly InitializerName[];
