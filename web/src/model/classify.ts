/** Predictions in words: the classes of each row, the likeliest first. */
import { checkInteger, checkObject, rangeError } from '../check/arguments.js';
import { PASS_ROWS, checkInputs, type Inputs } from '../data/samples.js';
import { outputsOf, type Handle } from './handle.js';
import { predictRows } from './predict.js';

/** A class, and how likely it is. */
export interface Classification {
  /** Its name in {@link Sequential.classNames}, or its number where there are none. */
  label: string | number;
  /** From 0 to 1; NaN where the model's output is. */
  probability: number;
}

/** Options of {@link Sequential.classify}. */
export interface ClassifyOptions {
  /** Classes of each row that are told, from 1 to all. Default: all. */
  topK?: number;
  /** Rows a pass; changes memory, not results. Default 128. */
  batchSize?: number;
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/**
 * The way from a row's outputs to the probabilities of its classes, which the last activation and, where that leaves it
 * open, the loss decide.
 *
 * @param isPair true where one output is the probability of the second of two classes
 * @throws {RangeError} where outputs are no probabilities, saying what to end the model with.
 */
function readingOf({ layers, compiled }: Handle, isPair: boolean): (outputs: Float32Array) => number[] {
  const { units, activation } = layers[layers.length - 1]!;
  const { name = '', fromLogits = false } = compiled?.loss ?? {}; // fromLogits only after 'linear'
  if (!fromLogits && !/sigmoid$/i.test(activation.name) && !(units > 1 && /softmax$/i.test(activation.name))) {
    const expected = "'softmax' of several outputs, 'sigmoid', or 'linear' with a loss of fromLogits";
    throw rangeError('classify: the last activation', expected, activation.name);
  }
  const isLogarithm = activation.name === 'logSoftmax'; // softmax makes probabilities of their logarithms, too
  const isLogits = fromLogits || isLogarithm;
  // Shares of their sum, which are all that the categorical cross-entropies see of outputs.
  const isShared = isLogarithm || (activation.name !== 'softmax' && /ategoricalC/.test(name));
  return (outputs) => {
    let numbers = Array.from(outputs);
    const [first] = numbers as [number];
    if (isPair) numbers = [isLogits ? -first : 1 - first, first];
    if (!isShared) return isLogits ? numbers.map(logistic) : numbers;
    if (isLogits) {
      const most = numbers.reduce((most, z) => Math.max(most, z));
      numbers = numbers.map((z) => Math.exp(z - most));
    }
    const sum = numbers.reduce((sum, each) => sum + each);
    return numbers.map((each) => (sum === 0 ? 1 / units : each / sum));
  };
}

export function classify(handle: Handle, x: Inputs, options: ClassifyOptions): Classification[][] {
  const given = checkObject('classify: options', options, ['topK', 'batchSize']);
  const { classNames } = handle;
  const units = outputsOf(handle);
  const isPair = units === 1 && classNames?.length !== 1; // one with one name is like one of several
  const reading = readingOf(handle, isPair);
  const classes = isPair ? 2 : units;
  const { topK = classes, batchSize = PASS_ROWS } = given;
  checkInteger('classify: topK', topK, 1, classes);
  checkInteger('classify: batchSize', batchSize, 1);
  const inputs = checkInputs('classify: x', x, handle.features);
  const outputs = predictRows(handle, inputs, batchSize);
  return Array.from({ length: inputs.rows }, (_, row) =>
    reading(outputs.subarray(row * units, (row + 1) * units))
      .map((probability, i): Classification => ({ label: classNames?.[i] ?? i, probability }))
      .sort((a, b) => rankOf(b) - rankOf(a)) // keeps the order of equals
      .slice(0, topK),
  );
}

/** NaN comes last, because a comparison with it has no order. */
const rankOf = ({ probability }: Classification) => (probability >= 0 ? probability : -1);
