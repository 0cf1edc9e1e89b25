/**
 * The points that a network learns: shapes of a generator of our own, or those that the visitor places. The same settings
 * give the same points, to the bit, in every browser.
 */
import { REACH } from './inputs.js';
import type { Place } from './inputs.js';
import { cosine, sine } from './sine.js';

/** The first four and `own` have two classes; `plane` and `hills` have values from −1 to 1. */
export const DATA_KINDS = ['circle', 'xor', 'gaussian', 'spiral', 'plane', 'hills', 'own'] as const;
export type DataKind = (typeof DATA_KINDS)[number];

export interface Point extends Place {
  /** Class 0 or 1; of a regression, the value. */
  value: number;
  /** True if it is kept for validation. */
  isHeldOut: boolean;
}

/** A point that the visitor placed. */
export type OwnPoint = Pick<Point, 'x' | 'y' | 'value'>;

export interface DataSettings {
  data: DataKind;
  /** Percent. */
  noise: number;
  points: number;
  /** Percent of the points, of each class. */
  validation: number;
  seed: number;
  own: readonly OwnPoint[];
}

export function isRegression(kind: DataKind): boolean {
  return kind === 'plane' || kind === 'hills';
}

/** Coordinates are multiples of this, so that no rounding of the last bit is left in them. */
const GRAIN = 1 / 256;
/** Radius of what the shapes fill. */
const RADIUS = 5;

/** Numbers in [0, 1), the same for the same seed: a counter whose bits are mixed. */
export function uniform(seed: number): () => number {
  let counter = Math.imul(seed ^ 0x5bd1e995, 0x2545f491);
  return () => {
    counter = (counter + 0x6d2b79f5) | 0;
    let bits = counter;
    for (const factor of [0x7feb352d, 0x846ca68b]) bits = Math.imul(bits ^ (bits >>> 16), factor);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
}

type Draw = () => number;

const between = (draw: Draw, low: number, high: number): number => low + (high - low) * draw();

/** About normally distributed, with variance 1: a sum of twelve, which needs no logarithm. */
function normal(draw: Draw): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += draw();
  return sum;
}

/** Makes the i-th of n points; `noise` is from 0 to 1. */
type Shape = (i: number, n: number, noise: number, draw: Draw) => OwnPoint;

const SHAPES: Readonly<Record<Exclude<DataKind, 'own'>, Shape>> = {
  // A disc in a ring; noise moves the points over the gap between them.
  circle: (i, _, noise, draw) => {
    const value = (i + 1) % 2;
    const radius = RADIUS * (value === 1 ? between(draw, 0, 0.5) : between(draw, 0.7, 1));
    const angle = between(draw, 0, 2 * Math.PI);
    const shift = (): number => between(draw, -RADIUS, RADIUS) * noise * 0.6;
    return { x: radius * sine(angle) + shift(), y: radius * cosine(angle) + shift(), value };
  },
  // Four squares, two of each class; noise moves the points over their edges.
  xor: (_, __, noise, draw) => {
    const apart = (): number => {
      const at = between(draw, -RADIUS, RADIUS);
      return at + (at > 0 ? 0.3 : -0.3);
    };
    const [x, y] = [apart(), apart()];
    const shift = (): number => between(draw, -RADIUS, RADIUS) * noise * 0.6;
    return { x: x + shift(), y: y + shift(), value: x * y > 0 ? 1 : 0 };
  },
  // Two heaps, which noise makes wider.
  gaussian: (i, _, noise, draw) => {
    const value = (i + 1) % 2;
    const [middle, spread] = [value === 1 ? 2 : -2, 0.7 + 2.6 * noise];
    return { x: middle + spread * normal(draw), y: middle + spread * normal(draw), value };
  },
  // Two arms that wind around each other.
  spiral: (i, n, noise, draw) => {
    const value = (i + 1) % 2;
    // Not from the very middle, where the two classes would be in one place.
    const share = 0.04 + (0.96 * (i >> 1)) / Math.max(1, n / 2);
    const angle = 1.75 * share * 2 * Math.PI + (value === 1 ? 0 : Math.PI);
    const shift = (): number => between(draw, -1, 1) * noise * 2;
    return { x: RADIUS * share * sine(angle) + shift(), y: RADIUS * share * cosine(angle) + shift(), value };
  },
  plane: (_, __, noise, draw) => {
    const [x, y] = [between(draw, -RADIUS, RADIUS), between(draw, -RADIUS, RADIUS)];
    return { x, y, value: (x + y) / (2 * RADIUS) + noise * between(draw, -1, 1) };
  },
  // Six hills and hollows, as high as they are near.
  hills: (_, __, noise, draw) => {
    const [x, y] = [between(draw, -RADIUS, RADIUS), between(draw, -RADIUS, RADIUS)];
    let value = 0;
    for (const [cx, cy, sign] of HILLS) {
      const height = Math.max(0, 1 - Math.sqrt((x - cx) ** 2 + (y - cy) ** 2) / 2.2);
      if (height > Math.abs(value)) value = sign * height;
    }
    return { x, y, value: value + noise * between(draw, -1, 1) };
  },
};

const HILLS = [
  [-4, 2.5, 1],
  [0, 2.5, -1],
  [4, 2.5, 1],
  [-4, -2.5, -1],
  [0, -2.5, 1],
  [4, -2.5, -1],
] as const;

/** Held inside the plane, so that every point is seen. */
function settled(at: number): number {
  const inside = Math.min(REACH - 0.1, Math.max(GRAIN - REACH + 0.1, at));
  return Math.round(inside / GRAIN) * GRAIN;
}

/** All points, training and validation, in the order in which they are made or placed. */
export function makePoints({ data, noise, points, validation, seed, own }: DataSettings): Point[] {
  const draw = uniform(seed);
  const made: readonly OwnPoint[] =
    data === 'own'
      ? own
      : Array.from({ length: points }, (_, i) => {
          const { x, y, value } = SHAPES[data](i, points, noise / 100, draw);
          return { x: settled(x), y: settled(y), value };
        });
  // Of each class the same share, spread evenly over its points: one that is placed changes nothing before it.
  const seen = new Map<number, number>();
  return made.map((point) => {
    const kind = isRegression(data) ? 0 : point.value;
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    const upTo = (count: number): number => Math.floor((count * validation) / 100);
    return { ...point, isHeldOut: upTo(before + 1) > upTo(before) };
  });
}

/** Places that the visitor can choose are this far apart. */
export const OWN_STEP = 0.05;
const OWN_LINES = Math.round((2 * REACH) / OWN_STEP);
/** Points that the visitor may place; more make the address too long. */
export const OWN_AT_MOST = 300;

/** The nearest place that the visitor can choose. */
export function ownPlace({ x, y }: Place): Place {
  const line = (at: number): number => Math.min(OWN_LINES, Math.max(0, Math.round((at + REACH) / OWN_STEP)));
  const at = (i: number): number => (i - OWN_LINES / 2) / (1 / OWN_STEP);
  return { x: at(line(x)), y: at(line(y)) };
}

/** Five characters a point: `a` or `b`, and two digits of base 36 for each coordinate. */
export function ownToText(points: readonly OwnPoint[]): string {
  const line = (at: number): string =>
    Math.round((at + REACH) / OWN_STEP)
      .toString(36)
      .padStart(2, '0');
  return points.map(({ x, y, value }) => `${value === 1 ? 'a' : 'b'}${line(x)}${line(y)}`).join('');
}

/** The points that a text holds; undefined if it is not of {@link ownToText}. */
export function ownFromText(text: string): OwnPoint[] | undefined {
  if (!/^([ab][0-9a-z]{4})*$/.test(text) || text.length > 5 * OWN_AT_MOST) return undefined;
  const points = Array.from(text.matchAll(/(.)(..)(..)/g), ([, kind, x, y]) => ({
    lines: [parseInt(x!, 36), parseInt(y!, 36)] as const,
    value: kind === 'a' ? 1 : 0,
  }));
  if (points.some(({ lines }) => Math.max(...lines) > OWN_LINES)) return undefined;
  return points.map(({ lines: [x, y], value }) => ({
    ...ownPlace({ x: x * OWN_STEP - REACH, y: y * OWN_STEP - REACH }),
    value,
  }));
}
