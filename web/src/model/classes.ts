/** The classes that targets stand for, and their weights in the loss. */
import { checkNumber, isKind, isPlain, rangeError, typeError } from '../check/arguments.js';
import { checkWeights } from '../data/sample-weights.js';
import type { TargetRows } from '../data/targets.js';
import { compiledOf, outputsOf, targetKindOf, type Handle } from './handle.js';

/**
 * The weight of each class in the loss, finite, from 0 on: an array of all of them, or an object or a `Map` in which
 * missing ones count 1. With one output the classes are 0 and 1, or those of −1 and 1.
 */
export type ClassWeight = readonly number[] | Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/** The targets with the weight of each row's class in its own weight. */
export function withClassWeight(
  handle: Handle,
  method: string,
  classWeight: ClassWeight,
  targets: TargetRows,
): TargetRows {
  const argument = `${method}: classWeight`;
  const ofClass = checkClassWeight(argument, classWeight, classCount(handle));
  const weights = Float32Array.from(
    classesOf(handle, argument, targets),
    (label, row) => ofClass[label]! * (targets.weights?.[row] ?? 1),
  );
  return { ...targets, weights: checkWeights(`${method}: the weight of row`, weights) };
}

/** A weight for each class, 1 where none is given. */
export function checkClassWeight(argument: string, classWeight: ClassWeight, classes: number): number[] {
  const weights = new Array<number>(classes).fill(1);
  for (const [key, weight] of classWeightEntries(argument, classWeight, classes)) {
    const label = Number(key);
    const isWritten = typeof key === 'number' || String(label) === key; // and not as '01'
    if (!(isWritten && Number.isInteger(label) && label >= 0 && label < classes))
      throw rangeError(argument, `classes from 0 to ${classes - 1}`, key);
    weights[label] = checkNumber(`${argument}[${label}]`, weight, 0);
  }
  return weights;
}

/** Classes, which as keys of an object are text, and what is given for them. */
function classWeightEntries(argument: string, classWeight: ClassWeight, classes: number): Iterable<[unknown, unknown]> {
  const expected = `an array of ${classes} numbers, or an object or a Map of classes and their weights`;
  if (typeof classWeight !== 'object' || classWeight === null) throw typeError(argument, expected, classWeight);
  if (isKind(classWeight, 'Map')) return classWeight as Map<unknown, unknown>;
  if (!Array.isArray(classWeight) && !isPlain(classWeight)) throw typeError(argument, expected, classWeight);
  if (Array.isArray(classWeight) && classWeight.length !== classes)
    throw rangeError(argument, `${classes} numbers, one a class`, classWeight);
  return Object.entries(classWeight);
}

/** Classes that a model tells apart: one output tells 0 from 1. */
export function classCount(handle: Handle): number {
  return Math.max(2, outputsOf(handle));
}

/**
 * The class of each row: its index; or 0 or 1, where the model has one output; or the place of its largest target.
 *
 * @throws {RangeError} when outputs are answers of their own rather than classes, or targets are no classes.
 */
export function classesOf(handle: Handle, argument: string, { classes, values }: TargetRows): Int32Array {
  const { loss } = compiledOf(handle, argument);
  const kind = targetKindOf(handle, argument);
  const units = outputsOf(handle);
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
        throw new RangeError(`${argument}: expected targets that are ${expected}, got [${target}] in row ${row}`);
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
