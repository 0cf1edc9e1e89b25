/** The activations that a caller gives for a file of weights alone. */
import { checkArray, checkName, rangeError } from '../check/arguments.js';
import { ACTIVATIONS, type ActivationName } from '../index.js';
import type { ReadOptions } from './options.js';

/**
 * One for each of `count` layers with a kernel.
 *
 * @throws {TypeError | RangeError} where there are more or fewer, or one is unknown.
 */
export function activationList(
  method: string,
  activations: NonNullable<ReadOptions['activations']>,
  count: number,
): ActivationName[] {
  const argument = `${method}: activations`;
  if (typeof activations === 'string') {
    const name = checkName(argument, activations, ACTIVATIONS) as ActivationName;
    return Array.from({ length: count }, (_, i) => (i < count - 1 ? name : 'linear'));
  }
  const list = checkArray(argument, activations, 'the name of an activation or an array of them');
  if (list.length !== count)
    throw rangeError(argument, `${count} names, one for each layer with a kernel`, activations);
  return list.map((name, i) => checkName(`${argument}[${i}]`, name, ACTIVATIONS) as ActivationName);
}
