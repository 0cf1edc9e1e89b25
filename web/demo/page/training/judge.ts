/** Finds the held-out digits that a network reads wrongly. */
import { PIXELS } from '../../shared/digit-work.js';
import type { Digits } from '../../shared/digit-work.js';

/** A held-out digit that the network read wrongly. */
export interface Mistake {
  /** 784 grey levels. */
  pixels: Uint8Array;
  label: number;
  read: number;
  /** Probability given to `read`. */
  probability: number;
}

/** How the network did on the held-out digits. */
export interface Mistakes {
  /** 10 × 10 counts: row the digit, column how it was read. */
  confusion: Uint32Array;
  /** The surest mistakes, surest first. */
  worst: Mistake[];
  wrong: number;
  total: number;
}

/** Mistakes that are shown. */
const SHOWN = 24;
const CLASSES = 10;

/** @param probabilities digits × 10, the network's reading of each */
export function judge({ pixels, labels }: Digits, probabilities: Float32Array): Mistakes {
  const confusion = new Uint32Array(CLASSES * CLASSES);
  const wrong: { row: number; read: number; probability: number }[] = [];
  labels.forEach((label, row) => {
    const ten = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    let read = 0;
    for (let digit = 1; digit < CLASSES; digit++) if (ten[digit]! > ten[read]!) read = digit;
    confusion[label * CLASSES + read]!++;
    if (read !== label) wrong.push({ row, read, probability: ten[read]! });
  });
  wrong.sort((a, b) => b.probability - a.probability);
  const worst = wrong.slice(0, SHOWN).map(({ row, read, probability }): Mistake => {
    // A copy, because a view would keep all the digits in memory.
    const image = pixels.slice(row * PIXELS, (row + 1) * PIXELS);
    return { pixels: image, label: labels[row]!, read, probability };
  });
  return { confusion, worst, wrong: wrong.length, total: labels.length };
}
