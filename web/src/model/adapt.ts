/** Layers that learn from data by themselves, before training. */
import { copyInSamples } from '../data/place.js';
import { PASS_ROWS, checkInputs, type Inputs } from '../data/samples.js';
import { warnOnce } from '../check/warn.js';
import { copyFloats, reserve, scoped } from '../wasm/heap.js';
import type { Handle } from './handle.js';
import { weightPointer, weightSlots } from './weights.js';

/** Sets mean and variance of every normalization layer to those of what reaches it from the samples. */
export function adapt(handle: Handle, x: Inputs): void {
  const inputs = checkInputs('adapt: x', x, handle.features);
  const passRows = Math.min(PASS_ROWS, inputs.rows);
  scoped((scope) => {
    const samples = copyInSamples(scope, inputs);
    reserve(handle.native.adaptBytes(samples, passRows));
    handle.native.adapt(samples, passRows);
    handle.setAside = undefined; // because it has the statistics from before
    handle.isConverged = false;
  });
}

/** Says so where a normalization layer still has the mean 0 and the variance 1 that it was made with. */
export function warnOfUnadapted(handle: Handle, method: string): void {
  const slots = weightSlots(handle);
  for (const { name, className } of handle.layers) {
    if (className !== 'normalization') continue;
    const isAll = (weight: string, value: number) => {
      const slot = slots.find((each) => each.name === `${name}/${weight}`)!;
      return copyFloats(weightPointer(handle, slot), slot.length).every((number) => number === value);
    };
    if (!isAll('mean', 0) || !isAll('variance', 1)) continue;
    warnOnce(`${method}: layer '${name}' was never adapted and changes nothing: call model.adapt(x) before training`);
  }
}
