/** The weights of a model: where each lies in memory, and how they are read and checked. */
import { isFloat32Array } from '../check/realm.js';
import { checkArray, checkObject, rangeError, typeError } from '../check/arguments.js';
import { firstNotFinite } from '../data/values.js';
import type { Handle, SetAside } from './handle.js';
import { weightsOf, type ResolvedLayers, type WeightShape } from './stack.js';
import { copyFloats, overwrite } from '../wasm/heap.js';
import type { Pointer } from '../wasm/native.js';

/** A named block of numbers, row-major. */
export interface Weight {
  /** `dense/kernel`, `dense/bias`, `dense_1/kernel` … */
  name: string;
  /** `[inputs, units]` for a kernel, `[units]` for a bias. */
  shape: number[];
  data: Float32Array;
}

/** A weight of the model: where it starts, counted in numbers, in the buffer of parameters or in that of states. */
export interface WeightSlot extends WeightShape {
  offset: number;
  length: number;
}

/** Every weight of the model, layer by layer. */
export function weightSlots({ features, layers }: ResolvedLayers): WeightSlot[] {
  const places: WeightSlot[] = [];
  const ends = { parameters: 0, state: 0 };
  let inputs = features;
  for (const layer of layers) {
    for (const { name, shape, trained } of weightsOf(layer, inputs)) {
      const buffer = trained ? 'parameters' : 'state';
      const length = shape.reduce((product, size) => product * size, 1);
      places.push({ name: `${layer.name}/${name}`, shape, trained, offset: ends[buffer], length });
      ends[buffer] += length;
    }
    inputs = layer.units;
  }
  return places;
}

/** Address of a weight. */
export function weightPointer({ native }: Handle, { trained, offset }: WeightSlot): Pointer {
  return (trained ? native.parameters() : native.state()) + 4 * offset;
}

/** Number of weights that have gradients, frozen or not. */
export function countTrained(handle: ResolvedLayers): number {
  return weightSlots(handle).reduce((sum, { trained, length }) => sum + (trained ? length : 0), 0);
}

/** Number of weights. */
export function countParams(handle: ResolvedLayers): number {
  return weightSlots(handle).reduce((sum, { length }) => sum + length, 0);
}

/** The numbers of as many weights as there are places, of their shapes, in their order; names do not matter. */
export function checkWeightList(argument: string, weights: unknown, places: WeightSlot[]): Float32Array[] {
  const list = checkArray(argument, weights, 'an array of weights');
  if (list.length !== places.length) throw rangeError(argument, `${places.length} weights`, weights);
  return places.map(({ name, shape, length }, i) => {
    const each = `${argument}[${i}]`;
    const weight = checkObject(each, list[i] as Weight, ['name', 'shape', 'data']);
    if (!isFloat32Array(weight.data)) throw typeError(`${each}.data`, 'a Float32Array', weight.data);
    const sizes = checkArray(`${each}.shape`, weight.shape, 'an array');
    if (String(sizes) !== String(shape))
      throw new RangeError(`${each}.shape: expected [${shape}] of ${name}, got [${String(sizes)}]`);
    if (weight.data.length !== length) throw rangeError(`${each}.data`, `${length} numbers`, weight.data);
    checkFinite(`${each}.data`, weight.data);
    return weight.data;
  });
}

/** @throws {RangeError} when any weight is not finite. */
export function checkFinite(argument: string, data: Float32Array): void {
  const bad = firstNotFinite(data);
  if (bad >= 0) throw rangeError(`${argument}[${bad}]`, 'a finite number', data[bad]);
}

export function readWeights(handle: Handle): Weight[] {
  return weightSlots(handle).map((slot) => ({
    name: slot.name,
    shape: slot.shape,
    data: copyFloats(weightPointer(handle, slot), slot.length),
  }));
}

/** Replaces all weights, once they are all known to fit. */
export function replaceWeights(handle: Handle, weights: readonly Pick<Weight, 'shape' | 'data'>[]): void {
  putWeights(handle, checkWeightList('setWeights: weights', weights, weightSlots(handle)));
}

/** The same with the numbers of each, known to fit; they need not be finite. */
export function putWeights(handle: Handle, numbers: readonly Float32Array[]): void {
  // A callback that restores the best weights when training ends does not mean that it shall go on from them.
  handle.setAside = handle.isEnding ? (handle.setAside ?? presentWeights(handle)) : undefined;
  if (!handle.isEnding) handle.isConverged = false;
  weightSlots(handle).forEach((slot, i) => overwrite(weightPointer(handle, slot), numbers[i]!, slot.length));
  handle.native.setAverage('unchanged'); // because the weights from before a kept average must not come back over the new ones
}

/** All weights with the state of their average, which {@link bringBack} puts into the model again. */
export function presentWeights(handle: Handle): SetAside {
  return { weights: readWeights(handle).map(({ data }) => data), average: handle.native.average() };
}

export function bringBack(handle: Handle, { weights, average }: SetAside): void {
  putWeights(handle, weights);
  handle.native.setAverage(average);
}
