/** A network in the memory of `predict.wasm`. */
import { isFloat32Array, type Floats } from '../check/realm.js';
import { checkInteger, checkKeys } from '../check/arguments.js';
import { PASS_ROWS, checkInputs, checkOutput, writeRow, type InputRows, type Inputs } from '../data/samples.js';
import { ACTIVATIONS } from '../model/activations.js';
import { bytesOf } from '../wasm/copying.js';
import type { Pointer } from '../wasm/native.js';
import { KINDS, type PredictingLayer } from './architecture.js';
import { Blocks } from './blocks.js';

/** The exports of `cpp/bindings/predict_only.cc`. */
export interface PredictModule {
  memory: WebAssembly.Memory;
  /** A `WebAssembly.Global`, whose type has a parameter in newer compilers only. */
  __heap_base: { readonly value: number };
  acceptsSparse(layers: Pointer): number;
  workspaceBytes(layers: Pointer, count: number, rows: number, sparse: boolean): number;
  allFinite(numbers: Pointer, count: number): number;
  /** Of `x`, or, where that is 0, of compressed sparse rows. */
  predict(
    layers: Pointer,
    count: number,
    rows: number,
    x: Pointer,
    rowStarts: Pointer,
    columns: Pointer,
    values: Pointer,
    workspace: Pointer,
    outputs: Pointer,
  ): void;
}

/** Options of a prediction. */
export interface PredictOptions<Output> {
  /** Rows a pass; changes memory, not results. Default 128. */
  batchSize?: number;
  /**
   * A `Float32Array` of rows × units numbers to fill instead of a new one. Where `x` is a `Float32Array` of one row,
   * nothing at all is then allocated: for predictions many times a second.
   */
  output?: Output;
}

/** In a list that is not made anew by every call. */
const PREDICT_OPTIONS = ['batchSize', 'output'];

const WORD = 4;

/** Words of a `LayerInference` in `cpp/mlp/layers/inference.h`. */
const LAYER_WORDS = 10;

const NONE = new Float32Array();

/** The blocks of each module: there is one, but for tests. */
const blocksOf = new WeakMap<PredictModule, Blocks>();

export class Network {
  readonly #module: PredictModule;
  readonly #blocks: Blocks;
  readonly features: number;
  readonly units: number;
  readonly #count: number;
  /** The layers, and behind them their weights. */
  readonly #layers: Pointer;
  /** The places in memory of one row and of its outputs, once they were asked for. */
  #row: [x: Pointer, outputs: Pointer, workspace: Pointer] | undefined;
  /** Views of the first two, which are empty once memory grew. */
  #input = NONE;
  #output = NONE;

  /**
   * @param numbers the bytes of all weights, one after the other, as they stand in a file
   * @throws {RangeError} when memory is used up.
   */
  constructor(module: PredictModule, layers: readonly PredictingLayer[], numbers: Uint8Array) {
    this.#module = module;
    let blocks = blocksOf.get(module);
    if (!blocks) blocksOf.set(module, (blocks = new Blocks(module.memory, module.__heap_base.value)));
    this.#blocks = blocks;
    this.features = layers[0]!.inputs;
    this.units = layers[layers.length - 1]!.units;
    this.#count = layers.length;
    const words = layers.length * LAYER_WORDS;
    const [first, weights] = blocks.allocate(WORD * words, numbers.length);
    this.#layers = first;
    const { buffer } = module.memory;
    new Uint8Array(buffer).set(numbers, weights);
    const integers = new Int32Array(buffer, first, words);
    const floats = new Float32Array(buffer, first, words);
    let next = weights;
    layers.forEach(({ className, activation, inputs, units, epsilon, weights }, i) => {
      const places = weights.map((weight) => {
        const place = next;
        if (!weight) return 0;
        next += WORD * weight.shape.reduce((product, size) => product * size);
        return place;
      });
      const [kind, activate] = [Object.keys(KINDS).indexOf(className), ACTIVATIONS.indexOf(activation.name)];
      // With zeros where there is no weight: memory may hold what was there before.
      integers.set([kind, activate, inputs, units, 0, 0, ...places, 0, 0, 0, 0].slice(0, LAYER_WORDS), i * LAYER_WORDS);
      floats.set([activation.alpha ?? 0, epsilon], i * LAYER_WORDS + 4);
    });
  }

  free(): void {
    if (this.#row) this.#blocks.free(this.#row[0]);
    this.#blocks.free(this.#layers);
  }

  /** Outputs for rows × features samples, in `output` if it is given. */
  predict<Output extends Float32Array = Floats>(x: Inputs, options: PredictOptions<Output>): Output {
    checkKeys('predict: options', options, PREDICT_OPTIONS);
    const { batchSize = PASS_ROWS, output } = options; // once
    checkInteger('predict: batchSize', batchSize, 1);
    if (isFloat32Array(x) && x.length === this.features) {
      if (output !== undefined) checkOutput('predict: output', output, 1, this.units);
      const filled = output ?? new Float32Array(this.units);
      if (this.#predictRow(x, filled)) return filled as Output;
    }
    const inputs = checkInputs('predict: x', x, this.features); // names the number that is not finite, in one row too
    if (output !== undefined) checkOutput('predict: output', output, inputs.rows, this.units);
    return this.#predictRows(inputs, Math.min(batchSize, inputs.rows), output);
  }

  /** Fills `output` with what `x` gives; false, and `output` as it was, where a number of `x` is not finite. */
  #predictRow(x: Float32Array, output: Float32Array): boolean {
    const row = (this.#row ??= this.#blocks.allocate(
      WORD * this.features,
      WORD * this.units,
      this.#module.workspaceBytes(this.#layers, this.#count, 1, false),
    ));
    if (this.#input.length === 0) {
      const { buffer } = this.#module.memory;
      this.#input = new Float32Array(buffer, row[0], this.features);
      this.#output = new Float32Array(buffer, row[1], this.units);
    }
    this.#input.set(x);
    if (!this.#module.allFinite(row[0], this.features)) return false;
    this.#module.predict(this.#layers, this.#count, 1, row[0], 0, 0, 0, row[2], row[1]);
    output.set(this.#output);
    return true;
  }

  /** Outputs for checked samples, computed `passRows` rows at a time: memory holds no more of dense ones than these. */
  #predictRows<Output extends Float32Array = Floats>(
    inputs: InputRows,
    passRows: number,
    output: Output | undefined,
  ): Output {
    const { rows, features, dense, bytes } = inputs;
    // Sparse rows are written out for a first layer that takes none.
    const sparse = this.#module.acceptsSparse(this.#layers) ? inputs.sparse : undefined;
    for (const array of [dense, bytes]) if (array) bytesOf(array, rows * features);
    if (inputs.sparse) bytesOf(inputs.sparse.values, inputs.sparse.columns.length);

    const entries = sparse?.columns.length ?? 0;
    const [workspace, outputs, x, columns, values] = this.#blocks.allocate(
      this.#module.workspaceBytes(this.#layers, this.#count, passRows, sparse !== undefined),
      WORD * rows * this.units,
      WORD * (sparse ? rows + 1 : passRows * features),
      WORD * entries,
      WORD * entries,
    );
    try {
      const { buffer } = this.#module.memory;
      if (sparse) {
        new Int32Array(buffer, x).set(sparse.rowStarts);
        new Int32Array(buffer, columns).set(sparse.columns);
        new Float32Array(buffer, values).set(sparse.values);
      }
      for (let begin = 0; begin < rows; begin += passRows) {
        const end = Math.min(begin + passRows, rows);
        if (!sparse) {
          const pass = new Float32Array(buffer, x, (end - begin) * features);
          if (dense) pass.set(dense.subarray(begin * features, end * features));
          else for (let row = begin; row < end; ++row) writeRow(inputs, row, pass, (row - begin) * features);
        }
        this.#module.predict(
          this.#layers,
          this.#count,
          end - begin,
          sparse ? 0 : x,
          x + WORD * begin,
          columns,
          values,
          workspace,
          outputs + WORD * begin * this.units,
        );
      }
      const made = new Float32Array(buffer, outputs, rows * this.units);
      if (!output) return made.slice() as Float32Array as Output;
      output.set(made);
      return output;
    } finally {
      this.#blocks.free(workspace);
    }
  }
}
