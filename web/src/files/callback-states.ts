/**
 * States of callbacks in a checkpoint: JSON in the metadata, but arrays of floats are tensors, and numbers that JSON
 * does not have are text.
 */
import { isFloat32Array } from '../check/realm.js';
import { checkInteger, checkObject, rangeError, typeError } from '../check/arguments.js';
import type { CallbackState } from '../model/handle.js';
import type { NamedTensor } from './safetensors.js';

/** Stands in the JSON for a value of another kind, recognised by its one key. */
type Packed = { tensor: number } | { number: string } | { object: Record<string, unknown> };

/** Levels that a state may have. Beyond are only those of broken files, and states that hold themselves. */
const DEEPEST = 100;

/** The states as JSON holds them; their arrays are added to `tensors`. */
export function packStates(states: readonly CallbackState[], tensors: NamedTensor[]): unknown[] {
  const pack = (value: unknown, depth = 0): unknown => {
    if (depth > DEEPEST) {
      throw new RangeError(`checkpoint: a value of getState(): expected at most ${DEEPEST} levels, got more`);
    }
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : number(value);
    if (isFloat32Array(value)) {
      const tensor = tensors.length;
      tensors.push({ name: `callbacks/${tensor}`, shape: [value.length], data: value });
      return { tensor } satisfies Packed;
    }
    if (Array.isArray(value)) return value.map((element) => pack(element, depth + 1));
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (value === undefined) return null;
    if (typeof value !== 'object') throw typeError('checkpoint: a value of getState()', 'plain data', value);
    if (Object.prototype.toString.call(value) !== '[object Object]')
      throw typeError('checkpoint: a value of getState()', 'plain data or a Float32Array', value);
    const entries = Object.entries(value).filter(([, content]) => content !== undefined);
    return {
      object: Object.fromEntries(entries.map(([key, content]) => [key, pack(content, depth + 1)])),
    } satisfies Packed;
  };
  const number = (value: number): Packed => ({ number: Object.is(value, -0) ? '-0' : String(value) });
  return states.map(({ name, state }) => ({ name, state: pack(state) }));
}

/** The states that {@link packStates} packed, from a file that may come from anywhere. */
export function unpackStates(argument: string, packed: unknown, tensors: readonly NamedTensor[]): CallbackState[] {
  const used = new Set<number>();
  const unpack = (value: unknown, depth = 0): unknown => {
    if (depth > DEEPEST) throw new RangeError(`${argument}: expected at most ${DEEPEST} levels, got more`);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((element) => unpack(element, depth + 1));
    const { tensor, number, object } = checkObject(argument, value as Record<string, unknown>, [
      'tensor',
      'number',
      'object',
    ]);
    if (tensor !== undefined) {
      const place = checkInteger(`${argument}.tensor`, tensor, 0, tensors.length - 1);
      used.add(place);
      return tensors[place]!.data;
    }
    if (typeof number === 'string') return Number(number);
    if (typeof object !== 'object' || object === null) throw typeError(argument, 'a state', value);
    return Object.fromEntries(Object.entries(object).map(([key, content]) => [key, unpack(content, depth + 1)]));
  };
  if (!Array.isArray(packed)) throw typeError(argument, 'an array', packed);
  const states = packed.map((entry: CallbackState, i) => {
    const { name, state } = checkObject(`${argument}[${i}]`, entry, ['name', 'state']);
    if (typeof name !== 'string') throw typeError(`${argument}[${i}].name`, 'a string', name);
    return { name, state: unpack(state) };
  });
  if (used.size < tensors.length) throw rangeError(argument, `states with ${tensors.length} arrays`, `${used.size}`);
  return states;
}
