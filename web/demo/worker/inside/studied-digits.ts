/** Digits that a network is looked at with, out of the set of its run. */
import { generateDigits } from 'mlp-wasm/digits';
import { PIXELS } from '../../shared/digit-work.js';
import type { DataSource, Digits } from '../../shared/digit-work.js';
import { HELD_OUT_FIRST } from '../../shared/held-out.js';
import { EMBEDDED, SURVEYED } from '../../shared/inside-work.js';
import type { Studied } from '../../shared/inside-work.js';
import { loadDigits } from '../digit-sets.js';

/** Digits that a run left out, and some of those that it learns from. */
interface OfRun {
  heldOut: Digits;
  training: Digits;
}

/** The set that was asked for last. */
let kept: { key: string; digits: Promise<OfRun> } | undefined;

export async function studiedDigits(studied: Studied): Promise<Digits> {
  return studied.kind === 'mine' ? studied.digits : (await digitsOf(studied)).heldOut;
}

export async function trainingDigits(source: DataSource): Promise<Digits> {
  return (await digitsOf(source)).training;
}

function digitsOf(source: DataSource): Promise<OfRun> {
  if (kept?.key !== source.key) {
    kept = { key: source.key, digits: make(source) };
    kept.digits.catch(() => (kept = undefined));
  }
  return kept.digits;
}

async function make(source: DataSource): Promise<OfRun> {
  if (source.kind === 'digits') {
    const heldOut = await generated(source.seed, HELD_OUT_FIRST, EMBEDDED);
    return { heldOut, training: await generated(source.seed, 0, Math.min(SURVEYED, source.count)) };
  }
  const { heldOut, training } = await loadDigits(source, () => Promise.resolve());
  return { heldOut: first(heldOut, EMBEDDED), training: first(training, SURVEYED) };
}

async function generated(seed: number, from: number, count: number): Promise<Digits> {
  const { x, y } = await generateDigits({ count, seed, first: from });
  return { pixels: Uint8Array.from(x, (level) => Math.round(255 * level)), labels: Uint8Array.from(y) };
}

function first({ pixels, labels }: Digits, count: number): Digits {
  return { pixels: pixels.slice(0, count * PIXELS), labels: labels.slice(0, count) };
}
