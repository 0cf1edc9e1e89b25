/** Constraints: their names, their options, and how these are checked. */
import { named } from '../check/arguments.js';
import { catalogue } from '../wasm/module.js';
import { entryNamed, resolveOptions } from './options.js';

/** Constraints; formulas in `cpp/mlp/constraint.h`. */
export const CONSTRAINTS = ['maxNorm', 'nonNeg', 'unitNorm'] as const;

export type ConstraintName = (typeof CONSTRAINTS)[number];

/** A limit that weights are brought back to after every step; columns are the weights into one unit. */
export interface ConstraintConfig {
  name: ConstraintName;
  /** `maxNorm`: the greatest norm of a column. Default 2. */
  maxValue?: number;
}

export function resolveConstraint(
  argument: string,
  value: ConstraintConfig | ConstraintConfig['name'],
): ConstraintConfig {
  const config = named<ConstraintConfig>(argument, value, CONSTRAINTS);
  return resolveOptions(argument, config, entryNamed(catalogue().constraints, config.name).options);
}
