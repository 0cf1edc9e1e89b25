/** A digit of the visitor's own hand, and what it should be read as: plain data. */
import { PIXELS } from '../../shared/digit-work.js';
import type { Digits } from '../../shared/digit-work.js';
import type { Stroke } from '../drawing/strokes.js';

export interface MyDigit {
  readonly id: string;
  /** 0 to 9. */
  readonly label: number;
  /** Milliseconds since 1970, when it was kept. */
  readonly time: number;
  /** None of a digit that was found in a picture. */
  readonly strokes: readonly Stroke[];
  /** As a network reads it: 784 grey levels. */
  readonly pixels: Uint8Array;
}

export function newDigit(given: Omit<MyDigit, 'id'>): MyDigit {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return { ...given, id: [given.time, ...random].map((part) => part.toString(36)).join('-') };
}

export function sameImage(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((level, i) => level === other[i]);
}

/** Images and labels, as networks take them. */
export function digitsOf(mine: readonly MyDigit[]): Digits {
  const pixels = new Uint8Array(mine.length * PIXELS);
  mine.forEach((digit, row) => pixels.set(digit.pixels, row * PIXELS));
  return { pixels, labels: Uint8Array.from(mine, ({ label }) => label) };
}

/** Of each label every fifth is held out, so that nothing is compared on what was learned. */
const ONE_IN = 5;

export function split(mine: readonly MyDigit[]): { learned: MyDigit[]; heldOut: MyDigit[] } {
  const seen = new Array<number>(10).fill(0);
  const learned: MyDigit[] = [];
  const heldOut: MyDigit[] = [];
  for (const digit of mine) (++seen[digit.label]! % ONE_IN === 0 ? heldOut : learned).push(digit);
  return { learned, heldOut };
}
