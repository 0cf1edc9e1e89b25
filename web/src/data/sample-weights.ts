/** The weight of each sample in the loss. */
import type { NumberArray } from '../check/realm.js';
import { rangeError, typeError } from '../check/arguments.js';
import { cureFor, floatsOf, isNumberList } from './values.js';

/** The weight of each sample in the loss: a finite number from 0 on for each row. */
export type SampleWeight = NumberArray | readonly number[];

/** One finite weight from 0 on for each row. */
export function checkSampleWeight(argument: string, weights: SampleWeight, rows: number): Float32Array {
  if (!isNumberList(weights)) {
    throw typeError(argument, `a typed array or an array of numbers${cureFor(weights)}`, weights);
  }
  if (weights.length !== rows) throw rangeError(argument, `${rows} numbers, one a row`, weights);
  return checkWeights(argument, floatsOf(argument, weights, rows, 'a number from 0'));
}

export function checkWeights(argument: string, weights: Float32Array): Float32Array {
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong >= 0) throw rangeError(`${argument}[${wrong}]`, 'a number from 0', weights[wrong]);
  return weights;
}
