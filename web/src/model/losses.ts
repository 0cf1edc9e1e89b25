/** Losses: their names, their options, and how these are checked. */
import { named } from '../check/arguments.js';
import { catalogue } from '../wasm/module.js';
import { entryNamed, resolveOptions } from './options.js';

/**
 * Losses; formulas in `cpp/mlp/loss.cc`, and Keras' where it has them.
 *
 * * `categoricalCrossentropy`, `sparseCategoricalCrossentropy`: from the logits where the last layer is `softmax` or
 *   `logSoftmax`, or with `fromLogits`; such a loss is not clipped, however sure a wrong answer is (TensorFlow.js stops
 *   at 16.118). Other outputs are divided by their sum first, as in Keras and TensorFlow.js, and shares kept 10⁻⁷ away
 *   from 0 and 1. One output alone is refused: its share is always 1.
 * * `binaryCrossentropy`: from the logits where the last layer is `sigmoid`, or with `fromLogits`, and then not clipped
 *   either; other outputs are kept 10⁻⁷ away from 0 and 1.
 * * Where an output is clipped, and for `poisson` and `meanSquaredLogarithmicError` where it is below 0, the slope is
 *   that of the clipped value: 0, or 1 for `poisson`.
 * * `hinge`, `squaredHinge`: targets are −1 or 1, not 0 or 1.
 * * `meanAbsolutePercentageError`: in percent, of targets that are no nearer to 0 than 10⁻⁷ counts.
 * * `cosineSimilarity`: −1 where outputs and targets point the same way, 1 where they are opposed.
 */
export const LOSSES = [
  'meanSquaredError',
  'sumOfSquares',
  'meanAbsoluteError',
  'huber',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'hinge',
  'poisson',
  'kullbackLeiblerDivergence',
  'logCosh',
  'squaredHinge',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'cosineSimilarity',
] as const;

export type LossName = (typeof LOSSES)[number];

/** A loss with its parameters. */
export interface LossConfig {
  name: LossName;
  /** `huber`: where the parabola meets the line. Default 1. */
  delta?: number;
  /** The cross-entropies: how much of a target is spread evenly over the classes, in [0, 1). Default 0. */
  labelSmoothing?: number;
  /** `binaryCrossentropy`: mean (default) or sum over the outputs of a sample. */
  reduction?: 'mean' | 'sum';
  /** The cross-entropies: the last layer is `linear` and gives logits. Default false. */
  fromLogits?: boolean;
}

export function resolveLoss(argument: string, value: LossName | LossConfig): LossConfig {
  const config = named<LossConfig>(argument, value, LOSSES);
  return resolveOptions(argument, config, entryNamed(catalogue().losses, config.name).options);
}
