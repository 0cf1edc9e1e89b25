/** Targets: from what callers have to what the core takes, checked on the way. */
import type { NumberArray } from '../check/realm.js';
import { rangeError, typeError } from '../check/arguments.js';
import { VALID, checkValues, cureFor, floatsOf, fromRows, integersOf, isNumberList } from './values.js';
import type { TargetKind } from '../wasm/native.js';

/**
 * Targets: rows × units numbers (row-major in a typed array, or a row each; `number[]` too where there is one
 * output), or one class index a row for `sparseCategoricalCrossentropy`, which may be a row of its own: `[[0], [2]]`.
 * True and false are 1 and 0; BigInts are refused.
 */
export type Targets = NumberArray | readonly number[] | readonly (readonly number[] | NumberArray)[];

/** Checked targets: numbers, rows × units, or one class index a row; and perhaps a weight for each row. */
export interface TargetRows {
  units: number;
  values?: Float32Array;
  classes?: Int32Array;
  weights?: Float32Array;
}

/** Targets for `rows` samples of a network with `units` outputs, as the loss wants them. */
export function checkTargets(argument: string, y: Targets, rows: number, units: number, kind: TargetKind): TargetRows {
  return kind === 'classIndex'
    ? { units, classes: checkClasses(argument, y, rows, units) }
    : { units, values: checkValuesOfTargets(argument, y, rows, units, kind) };
}

function checkClasses(argument: string, y: Targets, rows: number, units: number): Int32Array {
  const expected = `${rows} class indices, one a row`;
  y = fromColumn(y);
  if (!isNumberList(y)) {
    const [first]: unknown[] = Array.isArray(y) ? y : [y];
    const hint = Array.isArray(first) ? " (rows of numbers go with 'categoricalCrossentropy')" : cureFor(first);
    throw typeError(argument, expected + hint, y);
  }
  if (y.length !== rows) {
    const hint = y.length === rows * units ? " (one-hot targets go with 'categoricalCrossentropy')" : '';
    throw rangeError(argument, expected + hint, y);
  }
  return integersOf(argument, y, rows, [0, units - 1, `a class index from 0 to ${units - 1}`]);
}

/** The numbers of a column, `[[0], [2]]`; all else as it is. */
function fromColumn(y: Targets): Targets {
  const isColumn =
    Array.isArray(y) && y.length > 0 && y.every((row: unknown) => Array.isArray(row) && row.length === 1);
  return isColumn ? (y as readonly number[][]).map(([label]) => label!) : y;
}

function checkValuesOfTargets(
  argument: string,
  y: Targets,
  rows: number,
  units: number,
  kind: Exclude<TargetKind, 'classIndex'>,
): Float32Array {
  let values: Float32Array;
  if (isNumberList(y)) {
    if (y.length !== rows * units) {
      const hint = y.length === rows ? " (class indices go with 'sparseCategoricalCrossentropy')" : '';
      throw rangeError(argument, `${rows} × ${units} = ${rows * units} numbers${hint}`, y);
    }
    values = floatsOf(argument, y, rows * units);
  } else {
    values = fromRows(argument, y, units, `numbers or rows of ${units} numbers`);
    if (values.length !== rows * units) {
      throw rangeError(argument, `${rows} rows, one for each row of the samples`, y);
    }
  }
  checkValues(argument, values, units, ...VALID[kind]);
  return values;
}
