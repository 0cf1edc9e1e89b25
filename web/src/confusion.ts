import { checkInteger, checkNumber, checkObject, typeError } from './check.js';
import { compiledOf, outputsOf, predictRows, targetKindOf } from './core.js';
import { checkInputs, checkTargets } from './data.js';
import { coreOf, Sequential } from './model.js';
import type { ConfusionMatrix, Inputs, Targets } from './types.js';
import { classCount, classesOf, largest } from './weights.js';

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
  model: Sequential,
  x: Inputs,
  y: Targets,
  options: { threshold?: number; batchSize?: number } = {},
): ConfusionMatrix {
  const method = 'confusionMatrix';
  if (!(model instanceof Sequential))
    throw typeError(`${method}: model`, 'a model made by sequential()', model);
  const core = coreOf(model, method);
  const { loss } = compiledOf(core, method);
  const kind = targetKindOf(core, method);
  checkObject(`${method}: options`, options, ['threshold', 'batchSize']);
  const { threshold = kind === 'sign' ? 0 : 0.5, batchSize = 128 } = options;
  checkInteger(`${method}: batchSize`, batchSize, 1);
  checkNumber(`${method}: threshold`, threshold, ...(loss.fromLogits ? [0, 1] : []));
  const limit = Math.fround(loss.fromLogits ? Math.log(threshold / (1 - threshold)) : threshold);

  const inputs = checkInputs(`${method}: x`, x, core.features);
  const units = outputsOf(core);
  const targets = checkTargets(`${method}: y`, y, inputs.rows, units, kind);
  const actual = classesOf(core, `${method}: y`, targets);
  const outputs = predictRows(core, inputs, batchSize);
  const labels = Array.from({ length: classCount(core) }, (_, label) => label);
  const matrix = labels.map(() => labels.map(() => 0));
  actual.forEach((label, row) => {
    const output = outputs.subarray(row * units, (row + 1) * units);
    ++matrix[label]![units > 1 ? largest(output) : Number(output[0]! > limit)]!;
  });
  return { labels, matrix };
}
