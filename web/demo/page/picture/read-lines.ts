/** Reads the digits of a picture one by one; two that touch are told apart by how they are read. */
import { normalizeDigit } from 'mlp-wasm/digits';
import { bestOf } from '../reading/confidence.js';
import type { Reading } from '../reading/look-inside.js';
import { findDigits } from './find-digits.js';
import type { Found, Picture } from './find-digits.js';
import { halves } from './grow.js';

export interface ReadDigit {
  found: Found;
  /** As the network read it: 784 grey levels. */
  pixels: Uint8Array;
  reading: Reading;
  /** None where it is no digit that the network knows. */
  digit: number | undefined;
}

type Read = (pixels: Uint8Array) => Promise<Reading | undefined>;

export async function readLines(picture: Picture, read: Read): Promise<ReadDigit[][]> {
  const lines: ReadDigit[][] = [];
  for (const line of findDigits(picture)) {
    const digits: ReadDigit[] = [];
    for (const found of line) digits.push(...(await readOne(found, read)));
    if (digits.length > 0) lines.push(digits);
  }
  return lines;
}

async function readOne(found: Found, read: Read): Promise<ReadDigit[]> {
  const whole = await readingOf(found, read);
  const parts = halves(found);
  if (!whole) return [];
  if (!parts || (sureness(whole) > 0.9 && found.width < 1.3 * found.height)) return [whole];
  const two = [await readingOf(parts[0], read), await readingOf(parts[1], read)].filter((part) => part !== undefined);
  return two.length === 2 && Math.min(...two.map(sureness)) > sureness(whole) ? two : [whole];
}

async function readingOf(found: Found, read: Read): Promise<ReadDigit | undefined> {
  const pixels = await normalizeDigit(found.ink, found.width, found.height);
  const reading = pixels && (await read(pixels));
  return pixels && reading && { found, pixels, reading, digit: bestOf(reading) };
}

/** The probability of what it is read as; 0 where it is no digit. */
function sureness({ reading, digit }: ReadDigit): number {
  return digit === undefined ? 0 : reading.probabilities[digit]!;
}
