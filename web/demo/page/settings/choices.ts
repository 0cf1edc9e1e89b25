/**
 * The names among which the settings choose. Written out, because the page reads drawings without the module that
 * trains, which would have to be loaded for them; `tests/js/demo/choices.test.ts` compares them with it.
 */
import type { ActivationName, InitializerName, OptimizerName } from 'mlp-wasm';

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

export const AUGMENTATION_NAMES = ['slight', 'strong'] as const;
export type AugmentationName = (typeof AUGMENTATION_NAMES)[number];

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
