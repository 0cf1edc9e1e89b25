/** Weights of samples and classes, and the classes that targets stand for. */
import { checkNumber, rangeError, typeError } from './check.js';
import { compiledOf, outputsOf, targetKindOf, type Core } from './core.js';
import { isNumberList, type TargetRows } from './data.js';
import type { ClassWeight, SampleWeight } from './types.js';

/** One finite weight from 0 on for each row. */
export function checkSampleWeight(argument: string, weights: SampleWeight, rows: number): Float32Array {
  if (!isNumberList(weights)) throw typeError(argument, 'a Float32Array or an array of numbers', weights);
  if (weights.length !== rows) throw rangeError(argument, `${rows} numbers, one a row`, weights);
  if (Array.isArray(weights)) {
    weights.forEach((weight: unknown, row) => {
      if (typeof weight !== 'number') throw typeError(`${argument}[${row}]`, 'a number from 0', weight);
    });
  }
  const values = weights instanceof Float32Array ? weights : Float32Array.from(weights as number[]);
  return checkWeights(argument, values);
}

function checkWeights(argument: string, weights: Float32Array): Float32Array {
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong >= 0) throw rangeError(`${argument}[${wrong}]`, 'a number from 0', weights[wrong]);
  return weights;
}

/** The targets with the weight of each row's class in its own weight. */
export function withClassWeight(
  core: Core,
  method: string,
  classWeight: ClassWeight,
  targets: TargetRows,
): TargetRows {
  const argument = `${method}: classWeight`;
  const ofClass = checkClassWeight(argument, classWeight, classCount(core));
  const weights = Float32Array.from(
    classesOf(core, argument, targets),
    (label, row) => ofClass[label]! * (targets.weights?.[row] ?? 1),
  );
  return { ...targets, weights: checkWeights(`${method}: the weight of row`, weights) };
}

/** A weight for each class, 1 where none is given. */
function checkClassWeight(argument: string, classWeight: ClassWeight, classes: number): number[] {
  const expected = `an array of ${classes} numbers or an object of classes and their weights`;
  if (typeof classWeight !== 'object' || classWeight === null)
    throw typeError(argument, expected, classWeight);
  if (Array.isArray(classWeight) && classWeight.length !== classes)
    throw rangeError(argument, `${classes} numbers, one a class`, classWeight);
  if (ArrayBuffer.isView(classWeight)) throw typeError(argument, expected, classWeight);
  const weights = new Array<number>(classes).fill(1);
  for (const [key, weight] of Object.entries(classWeight)) {
    const label = Number(key);
    if (!(String(label) === key && Number.isInteger(label) && label >= 0 && label < classes))
      throw rangeError(argument, `classes from 0 to ${classes - 1}`, key);
    weights[label] = checkNumber(`${argument}[${key}]`, weight, 0);
  }
  return weights;
}

/** Classes that a model tells apart: one output tells 0 from 1. */
export function classCount(core: Core): number {
  return Math.max(2, outputsOf(core));
}

/**
 * The class of each row: its index; or 0 or 1, where the model has one output; or the place of its largest target.
 *
 * @throws {RangeError} when outputs are answers of their own rather than classes, or targets are no classes.
 */
export function classesOf(core: Core, argument: string, { classes, values }: TargetRows): Int32Array {
  const { loss } = compiledOf(core, argument);
  const kind = targetKindOf(core, argument);
  const units = outputsOf(core);
  if (classes) return classes;
  if (units > 1 && (loss.name === 'binaryCrossentropy' || kind === 'sign')) {
    throw new RangeError(`${argument}: expected outputs that are classes, got ${units} of '${loss.name}'`);
  }
  const found = new Int32Array(values!.length / units);
  for (let row = 0; row < found.length; ++row) {
    const target = values!.subarray(row * units, (row + 1) * units);
    // Probabilities and signs say which class is meant; of other numbers only 0 and 1 do.
    if (kind !== 'probability' && kind !== 'sign') {
      const ones = target.filter((value) => value === 1).length;
      const zeros = target.filter((value) => value === 0).length;
      if (ones + zeros !== units || (units > 1 && ones !== 1)) {
        const expected = units > 1 ? 'one-hot rows' : '0 or 1';
        throw new RangeError(
          `${argument}: expected targets that are ${expected}, got [${target}] in row ${row}`,
        );
      }
    }
    found[row] = units > 1 ? largest(target) : Number(target[0]! > 0.5);
  }
  return found;
}

/** Place of the largest number; of equal ones the first. */
export function largest(numbers: Float32Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; ++i) if (numbers[i]! > numbers[best]!) best = i;
  return best;
}
