/** Digits that a network is looked at with, out of the set of its run. */
import { generateDigits } from 'mlp-wasm/digits';
import { PIXELS } from '../../shared/digit-work.js';
import type { Digits } from '../../shared/digit-work.js';
import { HELD_OUT_FIRST } from '../../shared/held-out.js';
import { EMBEDDED } from '../../shared/inside-work.js';
import type { Studied } from '../../shared/inside-work.js';
import { loadDigits } from '../digit-sets.js';

/** The set that was asked for last. */
let kept: { key: string; digits: Promise<Digits> } | undefined;

export function studiedDigits(studied: Studied): Promise<Digits> {
  if (studied.kind === 'mine') return Promise.resolve(studied.digits);
  if (kept?.key !== studied.key) {
    kept = { key: studied.key, digits: make(studied) };
    kept.digits.catch(() => (kept = undefined));
  }
  return kept.digits;
}

async function make(source: Exclude<Studied, { kind: 'mine' }>): Promise<Digits> {
  if (source.kind === 'digits') return generated(source.seed, HELD_OUT_FIRST, EMBEDDED);
  return first((await loadDigits(source, () => Promise.resolve())).heldOut, EMBEDDED);
}

async function generated(seed: number, from: number, count: number): Promise<Digits> {
  const { x, y } = await generateDigits({ count, seed, first: from });
  return { pixels: Uint8Array.from(x, (level) => Math.round(255 * level)), labels: Uint8Array.from(y) };
}

function first({ pixels, labels }: Digits, count: number): Digits {
  return { pixels: pixels.slice(0, count * PIXELS), labels: labels.slice(0, count) };
}
