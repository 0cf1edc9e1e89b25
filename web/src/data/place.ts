/** Copies checked samples and targets into the module's memory. */
import type { InputRows } from './samples.js';
import type { TargetRows } from './targets.js';
import type { Scope } from '../wasm/heap.js';
import type { SampleAddresses } from '../wasm/native.js';

/**
 * Checked samples and, where there are any, targets, in memory until the scope ends.
 *
 * @throws {RangeError} where the caller's own arrays have another length than when they were checked: their buffer was
 *   transferred or resized meanwhile, by a getter for example.
 */
export function copyInSamples(
  scope: Pick<Scope, 'copyIn'>,
  inputs: InputRows,
  targets: TargetRows = { units: 0 },
): SampleAddresses {
  const { rows, features, dense, bytes, scale = 1, sparse } = inputs;
  const numbers = rows * features;
  return {
    rows,
    features,
    scale,
    dense: scope.copyIn(dense, numbers),
    bytes: scope.copyIn(bytes, numbers),
    rowStarts: scope.copyIn(sparse?.rowStarts),
    columns: scope.copyIn(sparse?.columns),
    values: scope.copyIn(sparse?.values, sparse?.columns.length),
    targets: scope.copyIn(targets.values, rows * targets.units),
    classes: scope.copyIn(targets.classes),
    weights: scope.copyIn(targets.weights, rows),
    firstRow: 0,
  };
}
