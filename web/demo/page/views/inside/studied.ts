/** The digits that a network is looked at with: of the kind that it has learned from, or the visitor's own. */
import { PIXELS } from '../../../shared/digit-work.js';
import { EMBEDDED } from '../../../shared/inside-work.js';
import type { Studied } from '../../../shared/inside-work.js';
import { digitsOf } from '../../my-digits/my-digit.js';
import { mnistSource } from '../../settings/mnist-files.js';
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import type { State } from '../../state.js';
import { generatedSource } from '../../training/digit-sets.js';

export interface Choice {
  studied: Studied;
  /** MNIST is 'missing' where a network has learned from it and its files are not at hand any more. */
  kind: 'generated' | 'mnist' | 'missing' | 'mine';
}

/** Drawings of the visitor's own from which on they make a picture. */
export const MINE_AT_LEAST = 20;
/** A run's digits with a seed far from those that people train with: for the pretrained network. */
const PRETRAINED = { count: 1000, seed: 4_000_000_000 };

/** Digits of the run that the network comes from, which it has not learned from. */
export function digitsOfRun({ run, mnist }: State, by: NetworkSnapshot['by']): Choice {
  if (by === 'pretrained' || !run.settings) return { studied: generatedSource(PRETRAINED), kind: 'generated' };
  if (run.settings.data !== 'mnist') return { studied: generatedSource(run.settings), kind: 'generated' };
  const source = mnistSource(mnist);
  return source?.key === run.digits
    ? { studied: source!, kind: 'mnist' }
    : { studied: generatedSource(PRETRAINED), kind: 'missing' };
}

/** The visitor's own digits, the last ones; undefined where they are too few. */
export function ownDigits({ myDigits }: State): Choice | undefined {
  if (myDigits.length < MINE_AT_LEAST) return undefined;
  const last = myDigits.slice(-EMBEDDED);
  const digits = digitsOf(last);
  return { studied: { kind: 'mine', key: last.map(({ id, label }) => id + label).join(), digits }, kind: 'mine' };
}

/** The image of a digit, as networks take it: ink is 1. */
export function imageOf({ pixels }: { pixels: Uint8Array }, digit: number): Float32Array {
  return Float32Array.from(pixels.subarray(digit * PIXELS, (digit + 1) * PIXELS), (level) => level / 255);
}
