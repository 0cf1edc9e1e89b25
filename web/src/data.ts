/** Samples and targets: from what callers have to what the core takes, checked on the way. */
import { rangeError, shown, typeError } from './check.js';
import type { Inputs, Targets } from './types.js';
import type { TargetKind } from './wasm.js';

/** Checked samples: rows × features, row-major. */
export interface InputRows {
  data: Float32Array;
  rows: number;
}

/** Checked targets: numbers, rows × units, or one class index a row. */
export interface TargetRows {
  values?: Float32Array;
  classes?: Int32Array;
}

/** rows × features finite numbers, at least one row. A `Float32Array` is not copied. */
export function checkInputs(argument: string, x: Inputs, features: number): InputRows {
  const data =
    x instanceof Float32Array
      ? x
      : fromRows(argument, x, features, `a Float32Array (rows × ${features}) or an array of rows`);
  if (data.length === 0 || data.length % features !== 0) {
    throw rangeError(argument, `at least one row of ${features} numbers, a multiple of ${features} in all`, data);
  }
  checkValues(argument, data, features, ...VALID.any);
  return { data, rows: data.length / features };
}

/** Targets for `rows` samples of a network with `units` outputs, as the loss wants them. */
export function checkTargets(
  argument: string,
  y: Targets,
  rows: number,
  units: number,
  kind: TargetKind,
): TargetRows {
  return kind === 'classIndex'
    ? { classes: checkClasses(argument, y, rows, units) }
    : { values: checkValuesOfTargets(argument, y, rows, units, kind) };
}

/** One-hot rows made from class indices; other targets as they are. */
export function denseTargets({ values, classes }: TargetRows, units: number): Float32Array {
  if (values) return values;
  const oneHot = new Float32Array(classes!.length * units);
  classes!.forEach((label, row) => {
    oneHot[row * units + label] = 1;
  });
  return oneHot;
}

function checkClasses(argument: string, y: Targets, rows: number, units: number): Int32Array {
  const expected = `${rows} class indices, one a row`;
  if (!isNumberList(y)) {
    const hint = Array.isArray(y) && Array.isArray(y[0]) ? " (rows of numbers go with 'categoricalCrossentropy')" : '';
    throw typeError(argument, expected + hint, y);
  }
  if (y.length !== rows) {
    const hint = y.length === rows * units ? " (one-hot targets go with 'categoricalCrossentropy')" : '';
    throw rangeError(argument, expected + hint, y);
  }
  const expectedLabel = `a class index from 0 to ${units - 1}`;
  for (let row = 0; row < rows; ++row) {
    const label = y[row];
    if (typeof label !== 'number') throw typeError(`${argument}[${row}]`, expectedLabel, label);
    if (!(Number.isInteger(label) && label >= 0 && label < units)) {
      throw rangeError(`${argument}[${row}]`, expectedLabel, label);
    }
  }
  return Int32Array.from(y as ArrayLike<number>);
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
    const wrong = Array.isArray(y) ? y.findIndex((value: unknown) => typeof value !== 'number') : -1;
    if (wrong >= 0) throw typeError(`${argument}[${wrong}]`, 'a number', y[wrong]);
    values = y instanceof Float32Array ? y : Float32Array.from(y as ArrayLike<number>);
  } else {
    values = fromRows(argument, y as readonly (readonly number[])[], units, `numbers or rows of ${units} numbers`);
    if (values.length !== rows * units) {
      throw rangeError(argument, `${rows} rows, one for each row of the samples`, y);
    }
  }
  const [expected, test] = VALID[kind];
  checkValues(argument, values, units, expected, test);
  return values;
}

/** What each kind of target may be. */
const VALID: Record<Exclude<TargetKind, 'classIndex'>, [string, (value: number) => boolean]> = {
  any: ['a finite number', (value) => value - value === 0],
  probability: ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
  sign: ['-1 or 1', (value) => value === -1 || value === 1],
  nonNegative: ['a number from 0', (value) => value >= 0 && value < Infinity],
};

function checkValues(
  argument: string,
  values: Float32Array,
  columns: number,
  expected: string,
  test: (value: number) => boolean,
): void {
  for (let i = 0; i < values.length; ++i) {
    if (!test(values[i]!)) {
      throw rangeError(`${argument}: row ${Math.floor(i / columns)}, column ${i % columns}`, expected, values[i]);
    }
  }
}

function isNumberList(y: unknown): y is Float32Array | Uint8Array | Int32Array | number[] {
  return (
    y instanceof Float32Array ||
    y instanceof Uint8Array ||
    y instanceof Int32Array ||
    (Array.isArray(y) && (y.length === 0 || typeof y[0] === 'number'))
  );
}

function fromRows(argument: string, rows: readonly (readonly number[])[], columns: number, expected: string) {
  if (!Array.isArray(rows) || (rows.length > 0 && !isRow(rows[0]))) throw typeError(argument, expected, rows);
  const data = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; ++i) {
    const row: unknown = rows[i];
    if (!isRow(row)) throw typeError(`${argument}[${i}]`, `an array of ${columns} numbers`, row);
    if (row.length !== columns) throw rangeError(`${argument}[${i}]`, `${columns} numbers`, row);
    for (let j = 0; j < columns; ++j) {
      const value = row[j];
      if (typeof value !== 'number') throw typeError(`${argument}[${i}][${j}]`, 'a number', value);
      if (!Number.isFinite(value)) throw new RangeError(`${argument}[${i}][${j}]: expected a finite number, got ${shown(value)}`);
      data[i * columns + j] = value;
    }
  }
  return data;
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || row instanceof Float32Array || row instanceof Float64Array;
}
