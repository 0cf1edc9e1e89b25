/** Several digits in one drawing are read as a number: strokes that stand apart, from left to right. */
import { normalizeStrokes } from 'mlp-wasm/digits';
import { coordinatesOf } from '../drawing/strokes.js';
import type { Stroke } from '../drawing/strokes.js';
import { bestOf } from './confidence.js';
import type { Reading } from './look-inside.js';

type Read = (pixels: Uint8Array) => Promise<Reading | undefined>;

const DIGITS_AT_MOST = 8;
/** Strokes belong together where they share so much of the narrower one's width, or nearly touch, in pads. */
const SHARED = 0.25;
const NEAR = 0.015;
/** A digit is at least so high, of the highest. */
const LOWEST = 0.4;
const SURE = 0.5;

interface Group {
  left: number;
  right: number;
  height: number;
  strokes: Stroke[];
}

/** Strokes by the digit that they may belong to, from left to right. */
export function groupsOf(strokes: readonly Stroke[]): Group[] {
  const groups: Group[] = [];
  for (const stroke of strokes) {
    if (stroke.length === 0) continue;
    let group = boxOf([stroke]);
    for (let i = groups.length - 1; i >= 0; i--) {
      const other = groups[i]!;
      const shared = Math.min(group.right, other.right) - Math.max(group.left, other.left);
      if (shared < -NEAR || shared < SHARED * Math.min(group.right - group.left, other.right - other.left) - NEAR)
        continue;
      groups.splice(i, 1);
      group = boxOf([...other.strokes, ...group.strokes]);
    }
    groups.push(group);
  }
  return groups.sort((a, b) => a.left - b.left);
}

function boxOf(strokes: Stroke[]): Group {
  const [xs, ys] = [strokes.flat().map(({ x }) => x), strokes.flat().map(({ y }) => y)];
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    height: Math.max(...ys) - Math.min(...ys),
    strokes,
  };
}

/** The number that is drawn; undefined where it is one digit, or where a part is none. */
export async function numberOf(
  strokes: readonly Stroke[],
  whole: Reading | undefined,
  read: Read,
): Promise<string | undefined> {
  const groups = groupsOf(strokes);
  if (groups.length < 2 || groups.length > DIGITS_AT_MOST) return undefined;
  const highest = Math.max(...groups.map(({ height }) => height));
  if (groups.some(({ height }) => height < LOWEST * highest)) return undefined;
  let number = '';
  let least = 1;
  for (const group of groups) {
    const pixels = await normalizeStrokes(coordinatesOf(group.strokes));
    const reading = pixels && (await read(pixels));
    const digit = reading && bestOf(reading);
    if (digit === undefined) return undefined;
    least = Math.min(least, reading!.probabilities[digit]!);
    number += digit;
  }
  const best = whole && bestOf(whole);
  const sureOfOne = best === undefined ? 0 : whole!.probabilities[best]!;
  return least >= Math.max(SURE, sureOfOne) ? number : undefined;
}
