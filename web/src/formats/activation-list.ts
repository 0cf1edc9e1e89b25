/** The activations that a caller gives for a file of weights alone. */
import { checkArray, checkFloat, checkObject, named, rangeError } from '../check/arguments.js';
import { ACTIVATIONS, type ActivationConfig } from '../index.js';
import type { ReadOptions } from './options.js';

/**
 * One for each of `count` layers with a kernel; of a single one the last layer's is linear.
 *
 * @throws {TypeError | RangeError} where there are more or fewer, or one is unknown.
 */
export function activationList(
  method: string,
  activations: NonNullable<ReadOptions['activations']>,
  count: number,
): ActivationConfig[] {
  const argument = `${method}: activations`;
  if (!Array.isArray(activations)) {
    const hidden = checked(argument, activations);
    return Array.from({ length: count }, (_, i) => (i < count - 1 ? hidden : { name: 'linear' }));
  }
  const list = checkArray(argument, activations, 'an array');
  if (list.length !== count)
    throw rangeError(argument, `${count} names, one for each layer with a kernel`, activations);
  return list.map((activation, i) => checked(`${argument}[${i}]`, activation));
}

function checked(argument: string, activation: unknown): ActivationConfig {
  const config = named(argument, activation as ActivationConfig, ACTIVATIONS);
  const { alpha } = checkObject(argument, config, ['name', 'alpha']);
  if (alpha !== undefined) checkFloat(`${argument}.alpha`, alpha);
  return config;
}
