/** Sentences on a reading: the digit, and how sure it is. */
import { words } from '../words/first-view.js';
import type { Reading } from './look-inside.js';

const { reading: say } = words;

/** The most probable digit; none where the network refuses. */
export function bestOf({ probabilities, refused }: Reading): number | undefined {
  return refused ? undefined : probabilities.indexOf(Math.max(...probabilities));
}

/**
 * How sure it is, and what else it might be.
 *
 * @param skill how far the network is to be believed, whatever it says itself
 */
export function confidence(reading: Reading, skill: 'none' | 'some' | 'good'): string {
  const { probabilities } = reading;
  if (skill === 'none') return say.guess;
  if (reading.refused) return say.unknown;
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const [first, second] = order as [number, number];
  const sure = probabilities[first]!;
  if (sure < 0.6) return say.hesitates(second);
  if (sure < 0.95) return say.probably(second);
  return skill === 'some' ? say.beginner : say.sure;
}
