/** Activations: their names, their options, and how these are checked. */
import { checkFloat, checkObject, named } from '../check/arguments.js';

/**
 * Activation functions; formulas in `cpp/mlp/activation.cc`. Where libraries differ: `hardSigmoid` is x/6 + ½ held in
 * [0, 1], as in Keras 3 and PyTorch (TensorFlow.js: 0.2·x + ½); `leakyRelu` has the slope 0.01 below zero, as in PyTorch
 * (Keras 3: 0.2, TensorFlow.js: 0.3); `exponential` ends at e⁸⁸, because a 32-bit float holds no more.
 */
export const ACTIVATIONS = [
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
  'softmax',
  'logSoftmax',
] as const;

export type ActivationName = (typeof ACTIVATIONS)[number];

/** An activation with its parameter. */
export interface ActivationConfig {
  name: ActivationName;
  /** Slope below zero of `leakyRelu` (default 0.01), or the −limit of `elu` (default 1). */
  alpha?: number;
}

/** The activation with its α filled in; `defaultAlpha` is 0 for those that have none. */
export function resolveActivation(
  argument: string,
  value: ActivationName | ActivationConfig,
  defaultAlpha: (name: ActivationName) => number,
): ActivationConfig {
  const config = named<ActivationConfig>(argument, value, ACTIVATIONS);
  const fallback = defaultAlpha(config.name);
  if (fallback === 0) return checkObject(argument, config, ['name']);
  const { name, alpha = fallback } = checkObject(argument, config, ['name', 'alpha']);
  return { name, alpha: checkFloat(`${argument}.alpha`, alpha) };
}
