/** Predictions: of many rows, and of one row over and over, for which nothing is allocated. */
import { isFloat32Array, type Floats } from '../check/realm.js';
import { checkInteger, checkKeys, checkName, rangeError } from '../check/arguments.js';
import { copyInSamples } from '../data/place.js';
import { PASS_ROWS, checkInputs, checkOutput, type InputRows, type Inputs } from '../data/samples.js';
import { outputsOf, type Handle } from './handle.js';
import { FloatBlock, copyFloats, reserve, scoped } from '../wasm/heap.js';
import { mlp } from '../wasm/module.js';
import type { Pointer } from '../wasm/native.js';

/** Options of {@link Sequential.predict}. */
export interface PredictOptions<Output extends Float32Array = Floats> {
  /** Rows a pass; changes memory, not results. Default 128. */
  batchSize?: number;
  /**
   * A `Float32Array` of rows × units numbers to fill instead of a new one. Where `x` is a `Float32Array` of one row, and
   * neither `from` nor `to` is given, nothing at all is then allocated: for predictions many times a second.
   */
  output?: Output;
  /** The layer that `x` is given to: its index in {@link Sequential.layers}, or its name. Default: the first. */
  from?: number | string;
  /** The layer whose activations are the outputs, likewise; not before `from`. Default: the last. */
  to?: number | string;
}

/**
 * Outputs for checked samples, rows × units, computed `batchSize` rows at a time, in `output` if it is given; of layer
 * `to` where the samples are the inputs of layer `from`.
 */
export function predictRows<Output extends Float32Array = Floats>(
  handle: Handle,
  inputs: InputRows,
  batchSize: number,
  output?: Output,
  from = 0,
  to = handle.layers.length - 1,
): Output {
  const length = inputs.rows * handle.layers[to]!.units;
  const passRows = Math.min(batchSize, inputs.rows);
  return scoped((scope) => {
    const outputs = scope.allocate(4 * length);
    const samples = copyInSamples(scope, inputs);
    reserve(handle.native.predictBytes(samples, passRows, from));
    handle.native.predict(samples, passRows, outputs, from, to);
    return copyFloats(outputs, length, output);
  });
}

export class RowPredictor {
  readonly #model: Pointer;
  readonly #input: FloatBlock;
  readonly #output: FloatBlock;

  constructor(handle: Handle) {
    const { features, native } = handle;
    const outputs = outputsOf(handle);
    reserve(native.rowBytes());
    this.#model = native.address();
    const row = native.row();
    this.#input = new FloatBlock(row, features);
    this.#output = new FloatBlock(row + 4 * features, outputs);
  }

  /** Fills `output` with what `x` gives; false, and `output` as it was, where a number of `x` is not finite. */
  predict(x: Float32Array, output: Float32Array): boolean {
    this.#input.view.set(x);
    if (!mlp()._predictRow(this.#model)) return false;
    output.set(this.#output.view);
    return true;
  }
}

/** Options of `predict`, in a list that is not made anew by every call. */
const PREDICT_OPTIONS = ['batchSize', 'output', 'from', 'to'];

/** Outputs for rows × features samples, in `output` if it is given. */
export function predict<Output extends Float32Array = Floats>(
  handle: Handle,
  x: Inputs,
  options: PredictOptions<Output>,
): Output {
  checkKeys('predict: options', options, PREDICT_OPTIONS);
  const { batchSize = PASS_ROWS, output, from, to } = options; // once
  checkInteger('predict: batchSize', batchSize, 1);
  const { layers } = handle;
  const first = layerIndex('predict: from', handle, from, 0);
  const last = layerIndex('predict: to', handle, to, layers.length - 1);
  if (last < first) throw rangeError('predict: to', `layer ${first} or one behind it`, to);
  const { units } = layers[last]!;
  if (from === undefined && to === undefined && isFloat32Array(x) && x.length === handle.features) {
    if (output !== undefined) checkOutput('predict: output', output, 1, units);
    handle.row ??= new RowPredictor(handle);
    const filled = output ?? new Float32Array(units);
    if (handle.row.predict(x, filled)) return filled as Output;
  }
  const features = first === 0 ? handle.features : layers[first - 1]!.units;
  const inputs = checkInputs('predict: x', x, features); // names the number that is not finite, in one row too
  if (output !== undefined) checkOutput('predict: output', output, inputs.rows, units);
  return predictRows(handle, inputs, batchSize, output, first, last);
}

/** The place of a layer, given as such or as its name, or `fallback`. */
function layerIndex(argument: string, { layers }: Handle, layer: unknown, fallback: number): number {
  if (layer === undefined) return fallback;
  if (typeof layer !== 'string') return checkInteger(argument, layer, 0, layers.length - 1);
  const names = layers.map(({ name }) => name);
  return names.indexOf(checkName(argument, layer, names));
}
