/** Regularisers: their names, their options, and how these are checked. */
import { named } from '../check/arguments.js';
import { catalogue } from '../wasm/module.js';
import { entryNamed, resolveOptions } from './options.js';

/** Penalties; formulas in `cpp/mlp/regularizer.h`. */
export const REGULARIZERS = ['l1', 'l2', 'l1l2'] as const;

export type RegularizerName = (typeof REGULARIZERS)[number];

/** A penalty on numbers v, added to the loss: l1·Σ|v| + l2·Σv². */
export interface RegularizerConfig {
  name: RegularizerName;
  /** Default 0.01 for `l1` and `l1l2`. */
  l1?: number;
  /** Default 0.01 for `l2` and `l1l2`. */
  l2?: number;
}

export function resolveRegularizer(
  argument: string,
  value: RegularizerConfig | RegularizerConfig['name'],
): RegularizerConfig {
  const config = named<RegularizerConfig>(argument, value, REGULARIZERS);
  return resolveOptions(argument, config, entryNamed(catalogue().regularizers, config.name).options);
}
