/** Initialisers: their names, their options, and how these are checked. */
import { named, rangeError } from '../check/arguments.js';
import { catalogue } from '../wasm/module.js';
import { entryNamed, resolveOptions } from './options.js';

/**
 * Initialisers; formulas in `cpp/mlp/initializer.cc`. The normal ones are not truncated, as in PyTorch; Keras' cut the
 * tails off at two standard deviations, for `glorotNormal`, `heNormal` and `lecunNormal`.
 */
export const INITIALIZERS = [
  'zeros',
  'ones',
  'constant',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'randomUniform',
  'randomNormal',
  'orthogonal',
] as const;

export type InitializerName = (typeof INITIALIZERS)[number];

/** An initialiser with its parameters. */
export interface InitializerConfig {
  name: InitializerName;
  /** `constant`: the value. Default 0. */
  value?: number;
  /** `randomUniform`: lower bound. Default −0.05. */
  minval?: number;
  /** `randomUniform`: upper bound. Default 0.05. */
  maxval?: number;
  /** `randomNormal`: mean. Default 0. */
  mean?: number;
  /** `randomNormal`: standard deviation. Default 0.05. */
  stddev?: number;
  /** `orthogonal`: factor on the orthogonal matrix. Default 1. */
  gain?: number;
}

export function resolveInitializer(argument: string, value: InitializerName | InitializerConfig): InitializerConfig {
  const config = named<InitializerConfig>(argument, value, INITIALIZERS);
  const resolved = resolveOptions(argument, config, entryNamed(catalogue().initializers, config.name).options);
  if (resolved.minval! > resolved.maxval!) {
    throw rangeError(`${argument}.minval`, `at most maxval, ${resolved.maxval}`, resolved.minval);
  }
  return resolved;
}
