/** Batches of all samples at once, and the memory that the core will need for them. */
import { copyInSamples } from '../data/place.js';
import { checkInputs, type Inputs } from '../data/samples.js';
import { checkTargets, type Targets } from '../data/targets.js';
import { outputsOf, targetKindOf, type Handle } from './handle.js';
import type { Scope } from '../wasm/heap.js';
import { reserve } from '../wasm/heap.js';
import type { SampleAddresses } from '../wasm/native.js';

/**
 * Samples and targets in memory until the scope ends, for a pass over all of them at once, which will need as many bytes
 * as `bytes` says.
 */
export function wholeBatch(
  handle: Handle,
  scope: Scope,
  method: string,
  x: Inputs,
  y: Targets,
  bytes: (samples: SampleAddresses) => number = (samples) => handle.native.wholeBatchBytes(samples),
): SampleAddresses {
  const kind = targetKindOf(handle, method);
  const inputs = checkInputs(`${method}: x`, x, handle.features);
  const targets = checkTargets(`${method}: y`, y, inputs.rows, outputsOf(handle), kind);
  const samples = copyInSamples(scope, inputs, targets);
  reserve(bytes(samples));
  return samples;
}
