/** Optimizers: from what callers write to what the core takes, every default filled in. */
import { checkBoolean, checkFloat, checkInteger, checkObject, named, rangeError } from '../check/arguments.js';
import type { LearningRate } from './schedule-options.js';
import { resolveRate } from './schedules.js';
import { catalogue } from '../wasm/module.js';
import type { OptimizerOption } from '../wasm/native.js';

/**
 * Optimizers; formulas in `cpp/mlp/optimizer.cc`, and of `lbfgs` in `cpp/mlp/lbfgs.cc`. The momentum schedule of `nadam`
 * is PyTorch's, μ = β₁(1 − ½·0.96^(t/250)).
 */
export const OPTIMIZERS = [
  'sgd',
  'rmsprop',
  'adam',
  'adamw',
  'adagrad',
  'adadelta',
  'adamax',
  'nadam',
  'lion',
  'lbfgs',
] as const;

export type OptimizerName = (typeof OPTIMIZERS)[number];

/**
 * An optimizer with its parameters. Names and defaults are Keras'; the formulas, and where epsilon stands in them,
 * are PyTorch's. Where PyTorch's defaults differ, they are named.
 *
 * `lbfgs` is for few samples: each epoch of `fit` is one iteration on all of them at once, a direction from the last
 * gradients (L-BFGS) and a line search along it (strong Wolfe conditions). `logs` are those after the iteration, and
 * `fit` ends before its last epoch when further ones would find nothing better. It is refused beside `dropout`,
 * `alphaDropout` and `gaussianNoise`: it must find the same loss again for the same weights. `fit` yields between two
 * evaluations of the loss; an iteration that is aborted between them has not happened.
 */
export interface OptimizerConfig {
  name: OptimizerName;
  /**
   * Step size η, a number above 0 or a schedule; of `lbfgs` the length that a line search tries first. PyTorch: 0.01 for `rmsprop` and `adagrad`, 1
   * for `adadelta`, 0.002 for `adamax` and `nadam`. Chen et al. recommend 0.0001 for `lion`.
   * Default 0.001; 0.01 for `sgd`; 1 for `lbfgs`.
   */
  learningRate?: LearningRate;
  /** Of `sgd`, `rmsprop`: μ, in [0, 1). Default 0. */
  momentum?: number;
  /** Of `sgd`: Nesterov's look-ahead; needs momentum. Default false. */
  nesterov?: boolean;
  /**
   * Of `rmsprop`, `adadelta`: ρ, decay of the running mean of squared gradients. PyTorch: 0.99, and 0.9 for
   * `adadelta`. Default 0.9; 0.95 for `adadelta`.
   */
  rho?: number;
  /**
   * Of `adam`, `adamw`, `adamax`, `nadam`, `lion`: decay of the running mean of gradients; of `lion` as the step
   * takes it. Default 0.9.
   */
  beta1?: number;
  /**
   * Of `adam`, `adamw`, `adamax`, `nadam`, `lion`: decay of the running mean of squared gradients; of `adamax` of
   * their largest size, of `lion` of the running mean of gradients as it is kept. Default 0.999; 0.99 for `lion`.
   */
  beta2?: number;
  /**
   * Of `rmsprop`, `adam`, `adamw`, `adagrad`, `adadelta`, `adamax`, `nadam`: keeps the denominator from 0. Added to
   * the square root; of `adadelta` below it, of `adamax` to the gradient's size. PyTorch: 1e-8, 1e-10 for `adagrad`,
   * 1e-6 for `adadelta`. With 0, a weight that never had a gradient stays where it is. Default 1e-7.
   */
  epsilon?: number;
  /** Of `rmsprop`: divides by the standard deviation of the gradients, not their size. Default false. */
  centered?: boolean;
  /** Of `adam`, `adamw`: divides by the largest mean square so far. Default false. */
  amsgrad?: boolean;
  /** Of `adagrad`: what the sum of squared gradients starts from. PyTorch: 0. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Of `lbfgs`: past steps that the direction comes from, 1 to 100. PyTorch: 100. Default 10. */
  historySize?: number;
  /** Of `lbfgs`: evaluations of the loss that a line search may take, from 1. Default 20. */
  maxEvaluations?: number;
  /** Of `lbfgs`: no entry of the gradient above this means that nothing is left to do. Default 1e-7. */
  tolerance?: number;
  /**
   * Of all but `lbfgs`: decoupled decay λ, θ ← θ − ηλθ before each step, of all weights, biases too. PyTorch: 0.01
   * for `adamw`. Default 0; 0.004 for `adamw`.
   */
  weightDecay?: number;
  /**
   * Of all but `lbfgs`: the largest Euclidean norm that the gradient of one weight (a kernel, a bias) may have: a
   * longer one is scaled down. 0 is no limit. At most one of the three ways to clip. Default 0.
   */
  clipNorm?: number;
  /** Of all but `lbfgs`: the largest size that an entry of a gradient may have. 0 is no limit. Default 0. */
  clipValue?: number;
  /** Of all but `lbfgs`: as clipNorm, for the gradients of all weights as one vector. Default 0. */
  globalClipNorm?: number;
  /**
   * Of all but `lbfgs`: keeps a running mean of the weights. It takes their place at the end of each epoch, for
   * validation and callbacks, and when `fit` ends, in whatever way; the next epoch goes on from the weights themselves.
   * Default false.
   */
  useEma?: boolean;
  /** Of all but `lbfgs`: decay of that mean, in [0, 1). Default 0.99. */
  emaMomentum?: number;
}

/** Ways to clip gradients, of which one at most is taken. */
const CLIPS = ['clipNorm', 'clipValue', 'globalClipNorm'];

export function resolveOptimizer(argument: string, value: OptimizerName | OptimizerConfig): OptimizerConfig {
  const config = named<OptimizerConfig>(argument, value, OPTIMIZERS);
  const { options } = entryOf(config);
  const keys = ['name', ...options.map(({ name }) => name)];
  const given = checkObject(argument, config, keys) as unknown as Record<string, unknown>;
  const resolved: Record<string, unknown> = { name: config.name };
  for (const option of options) {
    const { name } = option;
    resolved[name] = name in given ? checkOption(`${argument}.${name}`, given[name], option) : defaultOf(option);
  }
  if (resolved['nesterov'] && resolved['momentum'] === 0) {
    throw new RangeError(`${argument}.nesterov: expected a momentum above 0 to go with it, got momentum 0`);
  }
  const [first, second] = CLIPS.filter((name) => (resolved[name] as number) > 0);
  if (second) throw rangeError(`${argument}.${second}`, `0 beside a ${first}`, resolved[second]);
  return resolved as unknown as OptimizerConfig;
}

/**
 * Options for `optimizerOptionsOf` in `cpp/bindings/options.cc`: a rate of 0 if it varies, as each step brings its own.
 */
export function nativeOptimizer(optimizer: OptimizerConfig): object {
  const { learningRate } = optimizer;
  return { ...optimizer, learningRate: typeof learningRate === 'number' ? learningRate : 0 };
}

/** True if a step of the optimizer takes all samples at once. */
export function takesFullBatch(optimizer: OptimizerConfig): boolean {
  return entryOf(optimizer).fullBatch;
}

function entryOf(config: OptimizerConfig) {
  return catalogue().optimizers.find(({ name }) => name === config.name)!;
}

function defaultOf({ kind, default: value }: OptimizerOption): number | boolean {
  return kind === 'flag' ? value !== 0 : value;
}

function checkOption(argument: string, value: unknown, { name, kind, low, high }: OptimizerOption) {
  if (name === 'learningRate') return resolveRate(argument, value, low);
  if (kind === 'flag') return checkBoolean(argument, value);
  if (kind === 'integer') return checkInteger(argument, value, low, high - 1);
  return checkFloat(argument, value, low, Math.min(high, 1e37));
}
