/** Predictions of one row, through a place in memory that the model keeps: nothing is allocated for one. */
import { outputsOf, reserveWorkspace, type Core } from './core.js';
import { FloatBlock } from './heap.js';
import { mlp, type Pointer } from './wasm.js';

export class RowPredictor {
  readonly #model: Pointer;
  readonly #input: FloatBlock;
  readonly #output: FloatBlock;

  constructor(core: Core) {
    const { features, native } = core;
    const outputs = outputsOf(core);
    // The place, and what the first prediction leaves in the core: a column and a value for every feature.
    reserveWorkspace(core, 1, 4 * (features + outputs) + 8 * (features + 1));
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
