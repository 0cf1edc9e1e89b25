/** Finds the first numbers of a training that are not finite. */
import { checkInteger, typeError } from '../check/arguments.js';
import type { Handle } from '../model/handle.js';
import { weightSlots } from '../model/weights.js';

/** Looks at the last step, and notes in the handle where it left a number that is not finite; whether it left none. */
export function noteNonFinite(handle: Handle, batch: number, loss: number): boolean {
  checkInteger('checkFinite: batch', batch, 0, Number.MAX_SAFE_INTEGER);
  if (typeof loss !== 'number') throw typeError('checkFinite: loss', 'a number, finite or not', loss);
  const found = firstNonFinite(handle, loss);
  if (found) handle.terminated = { ...found, batch, epoch: handle.position?.().epoch ?? 0 };
  return !found;
}

function firstNonFinite(handle: Handle, loss: number): { layer: string; reason: string } | undefined {
  const { layer, parameter } = handle.native.firstNonFinite();
  if (layer >= 0) {
    const { name } = handle.layers[layer]!;
    return { layer: name, reason: `the activations of ${name} are not all finite` };
  }
  if (!Number.isFinite(loss)) {
    const { name } = handle.layers[handle.layers.length - 1]!;
    return { layer: name, reason: `the loss is ${loss}` };
  }
  if (parameter < 0) return undefined;
  const { name } = weightSlots(handle).find(({ trained, offset, length }) => trained && parameter < offset + length)!;
  return { layer: name.slice(0, name.lastIndexOf('/')), reason: `the numbers of ${name} are not all finite` };
}
