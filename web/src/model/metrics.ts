/** Metrics: their names, their options, and how these are checked. */
import { checkNumber, named } from '../check/arguments.js';
import { catalogue } from '../wasm/module.js';
import type { LossConfig } from './losses.js';
import { entryNamed, resolveOptions } from './options.js';

/** Metrics; formulas in `cpp/mlp/metric.cc`. `'accuracy'` picks the kind of accuracy that suits the loss. */
export const METRICS = [
  'accuracy',
  'binaryAccuracy',
  'categoricalAccuracy',
  'sparseCategoricalAccuracy',
  'topKAccuracy',
  'precision',
  'recall',
  'f1Score',
  'auc',
  'logLoss',
  'meanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'cosineSimilarity',
  'rootMeanSquaredError',
  'r2Score',
] as const;

export type MetricName = (typeof METRICS)[number];

/**
 * A metric with its parameters.
 *
 * Every metric is that of all samples of the epoch or evaluation, whatever the size of batches, and counts each sample
 * once, whatever its weight. With one output, `binaryCrossentropy` or `hinge` each output is a yes or no of its own;
 * otherwise outputs are classes, and the largest is the answer.
 *
 * * `precision`, `recall`, `f1Score`: 0 where there is nothing to divide by.
 * * `auc`: area under the ROC curve; of several outputs each one or class against the rest, and the mean over those
 *   that occur and do not only occur, NaN where there is none. Exact, by sorting, for scores of every size; where
 *   outputs are `sigmoid` or `softmax`, of their logits, which do not round to 0 and 1. 8 bytes for each sample and
 *   output, which checkpoints within an epoch hold too. From more than 2²⁰ samples, or 2²² numbers with several outputs,
 *   it is that of a sample of at least half as many, drawn in the same way every time: its standard error is at most
 *   ½/√(the positives or the negatives in the sample, whichever are fewer).
 * * `logLoss`: the cross-entropy of the outputs, without label smoothing; from logits where the loss would have them, and
 *   then not clipped. Refused beside `hinge` and `squaredHinge`, whose outputs are no probabilities.
 * * `meanAbsolutePercentageError`, `meanSquaredLogarithmicError`: as the losses. `cosineSimilarity`: 1 where outputs and
 *   targets point the same way, the loss with its sign turned, as in Keras.
 * * `topKAccuracy`: of equal outputs the first counts as larger.
 * * `r2Score`: the mean over the outputs; where targets are all the same, 1 if there is no error, else 0.
 */
export interface MetricConfig {
  name: MetricName;
  /**
   * `binaryAccuracy`, `precision`, `recall`, `f1Score`: the output above which the answer is yes, where each output is
   * one of its own; a probability, also where outputs are logits. Default 0.5, or 0 where targets are ±1.
   */
  threshold?: number;
  /** `topKAccuracy`: how many outputs may be the right one. Default 5. */
  k?: number;
  /**
   * `precision`, `recall`, `f1Score`, with several outputs: their mean (`'macro'`, default), in which a class that
   * neither occurs nor is predicted does not count; one figure of the counts of all (`'micro'`); or their mean, each
   * as often as it occurs (`'weighted'`). As in scikit-learn.
   */
  average?: 'macro' | 'micro' | 'weighted';
}

export function resolveMetric(argument: string, value: MetricName | MetricConfig, loss: LossConfig): MetricConfig {
  const config = named<MetricConfig>(argument, value, METRICS);
  const resolved = resolveOptions(argument, config, entryNamed(catalogue().metrics, config.name).options);
  // A probability there, whose logit must be finite.
  if (resolved.threshold !== undefined && loss.fromLogits)
    checkNumber(`${argument}.threshold`, resolved.threshold, 0, 1);
  return resolved;
}
