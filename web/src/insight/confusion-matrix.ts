/** The confusion matrix: how often each class is taken for each. */
import { checkInteger, checkNumber, checkObject } from '../check/arguments.js';
import { checkInputs, type Inputs } from '../data/samples.js';
import { checkTargets, type Targets } from '../data/targets.js';
import { classCount, classesOf, largest } from '../model/classes.js';
import { compiledOf, outputsOf, targetKindOf, handleOf } from '../model/handle.js';
import { predictRows } from '../model/predict.js';

/** Result of {@link confusionMatrix}. */
export interface ConfusionMatrix {
  /** The classes, 0 to below the units of the model; 0 and 1 with one output. */
  labels: number[];
  /** `matrix[i][j]`: how many samples of class i were taken for class j. */
  matrix: number[][];
}

/**
 * How often samples of each class are taken for each class: rows × features samples `x` and their targets, as the
 * model's loss wants them. The answer is the largest output, or with one output 1 where it is above `threshold`.
 *
 * @param options.threshold with one output: default 0.5, or 0 where targets are ±1; a probability, also where outputs
 *   are logits.
 * @param options.batchSize rows a pass; changes memory, not results. Default 128.
 * @throws {TypeError | RangeError} for wrong data or options, and where outputs are not classes but answers of their own.
 * @throws {Error} when the model is not compiled or disposed.
 */
export function confusionMatrix(
  model: object,
  x: Inputs,
  y: Targets,
  options: { threshold?: number; batchSize?: number } = {},
): ConfusionMatrix {
  const method = 'confusionMatrix';
  const handle = handleOf(method, model);
  const { loss } = compiledOf(handle, method);
  const kind = targetKindOf(handle, method);
  const given = checkObject(`${method}: options`, options, ['threshold', 'batchSize']);
  const { threshold = kind === 'sign' ? 0 : 0.5, batchSize = 128 } = given;
  checkInteger(`${method}: batchSize`, batchSize, 1);
  checkNumber(`${method}: threshold`, threshold, ...(loss.fromLogits ? [0, 1] : []));
  const limit = Math.fround(loss.fromLogits ? Math.log(threshold / (1 - threshold)) : threshold);

  const inputs = checkInputs(`${method}: x`, x, handle.features);
  const units = outputsOf(handle);
  const targets = checkTargets(`${method}: y`, y, inputs.rows, units, kind);
  const actual = classesOf(handle, `${method}: y`, targets);
  const outputs = predictRows(handle, inputs, batchSize);
  const labels = Array.from({ length: classCount(handle) }, (_, label) => label);
  const matrix = labels.map(() => labels.map(() => 0));
  actual.forEach((label, row) => {
    const output = outputs.subarray(row * units, (row + 1) * units);
    ++matrix[label]![units > 1 ? largest(output) : Number(output[0]! > limit)]!;
  });
  return { labels, matrix };
}
