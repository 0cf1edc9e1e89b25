/** My digits as a file: JSON, of which nothing is believed when it is read. */
import { PIXELS } from '../../shared/digit-work.js';
import type { Point, Stroke } from '../drawing/strokes.js';
import { strokesToText } from '../drawing/strokes.js';
import type { MyDigit } from './my-digit.js';

/** The first thing that such a file says of itself. */
export const FORMAT = 'mlp-wasm my digits';
const VERSION = 1;
/** A digit takes about 3 kB. */
export const BYTES_AT_MOST = 64_000_000;
const DIGITS_AT_MOST = 10_000;
const STROKES_AT_MOST = 1000;
const POINTS_AT_MOST = 20_000;
/** Coordinates are of a unit square; a pen may leave it. */
const FAR = 10;

/** Faults of a file, for the sentence that tells of them. */
export type FileFault =
  | { fault: 'large' | 'no-json' | 'other' | 'many' }
  | { fault: 'digit'; number: number; field: 'label' | 'time' | 'strokes' | 'pixels' };

export class BadFile extends Error {
  constructor(readonly reason: FileFault) {
    super(JSON.stringify(reason));
  }
}

export function toFile(mine: readonly MyDigit[]): string {
  const digits = mine.map(({ label, time, strokes, pixels }) => ({
    label,
    time: new Date(time).toISOString(),
    strokes: JSON.parse(strokesToText(strokes)) as number[][][],
    pixels: btoa(String.fromCharCode(...pixels)),
  }));
  return `{"format":"${FORMAT}","version":${VERSION},"digits":[\n${digits.map((digit) => JSON.stringify(digit)).join(',\n')}\n]}\n`;
}

/** @throws {BadFile} where it is none of `toFile`, or says what cannot be. */
export function fromFile(text: string): Omit<MyDigit, 'id'>[] {
  if (text.length > BYTES_AT_MOST) throw new BadFile({ fault: 'large' });
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new BadFile({ fault: 'no-json' });
  }
  const { format, version, digits } = (file ?? {}) as Record<string, unknown>;
  if (format !== FORMAT || version !== VERSION || !Array.isArray(digits)) throw new BadFile({ fault: 'other' });
  if (digits.length > DIGITS_AT_MOST) throw new BadFile({ fault: 'many' });
  return digits.map((each: unknown, i) => {
    const { label, time, strokes, pixels } = (each ?? {}) as Record<string, unknown>;
    const wrong = (field: 'label' | 'time' | 'strokes' | 'pixels'): BadFile =>
      new BadFile({ fault: 'digit', number: i + 1, field });
    if (!Number.isInteger(label) || (label as number) < 0 || (label as number) > 9) throw wrong('label');
    const milliseconds = typeof time === 'string' ? Date.parse(time) : NaN;
    if (!Number.isFinite(milliseconds)) throw wrong('time');
    const read = strokesOf(strokes);
    if (!read) throw wrong('strokes');
    const image = imageOf(pixels);
    if (!image) throw wrong('pixels');
    return { label: label as number, time: milliseconds, strokes: read, pixels: image };
  });
}

function strokesOf(value: unknown): Stroke[] | undefined {
  if (!Array.isArray(value) || value.length > STROKES_AT_MOST) return undefined;
  let count = 0;
  const strokes: Stroke[] = [];
  for (const stroke of value as unknown[]) {
    if (!Array.isArray(stroke) || (count += stroke.length) > POINTS_AT_MOST) return undefined;
    const points: Point[] = [];
    for (const point of stroke as unknown[]) {
      if (!Array.isArray(point) || point.length < 2 || point.length > 3) return undefined;
      const [x, y, width] = point as unknown[];
      if (!isWithin(x, -FAR, FAR) || !isWithin(y, -FAR, FAR)) return undefined;
      if (width !== undefined && !isWithin(width, 0, FAR)) return undefined;
      points.push({ x, y, ...(width !== undefined && { width }) });
    }
    strokes.push(points);
  }
  return strokes;
}

function isWithin(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && value >= low && value <= high;
}

function imageOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length !== 4 * Math.ceil(PIXELS / 3)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
    return bytes.length === PIXELS && bytes.some((level) => level > 0) ? bytes : undefined;
  } catch {
    return undefined;
  }
}
