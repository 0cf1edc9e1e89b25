/** Sentences on a reading: the digit, and how sure it is. */
import type { Reading } from './look-inside.js';

/** The most probable digit; none where the network refuses. */
export function bestOf({ probabilities, refused }: Reading): number | undefined {
  return refused ? undefined : probabilities.indexOf(Math.max(...probabilities));
}

/** A digit with its article: "an 8". */
export function aDigit(digit: number): string {
  return `${digit === 8 ? 'an' : 'a'} ${digit}`;
}

/**
 * How sure it is, and what else it might be.
 *
 * @param skill how far the network is to be believed, whatever it says itself
 */
export function confidence(reading: Reading, skill: 'none' | 'some' | 'good'): string {
  const { probabilities } = reading;
  if (skill === 'none') return 'A guess: this network has learned nothing yet.';
  if (reading.refused) return 'Not a digit I know.';
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const [first, second] = order as [number, number];
  const sure = probabilities[first]!;
  if (sure < 0.6) return `Hesitates: it might be ${aDigit(second)}.`;
  if (sure < 0.95) return `Probably; else ${aDigit(second)}.`;
  return skill === 'some' ? 'It thinks so, but has much to learn.' : 'Quite sure.';
}
