/** The loss of a slice as a field of logarithms: its value anywhere in the picture, its levels, and places in it. */
import type { Surface } from '../../../shared/inside-work.js';
import { contourOf } from '../playground/surface.js';

/** Losses are not told apart below this share of the largest, which rounding alone could make. */
const LEAST_SHARE = 1e-6;
/** Levels that are the smallest or largest loss but for rounding have no line. */
const ROUNDING = 1e-5;
/** Levels with a line, at most. */
const LEVELS = 9;

export class SurfaceField {
  readonly surface: Surface;
  /** Logarithms, row by row from the top; of what is no number, the largest. */
  readonly #logs: Float32Array;
  readonly low: number;
  readonly high: number;

  constructor(surface: Surface) {
    this.surface = surface;
    const { steps, loss } = surface;
    const finite = loss.filter((value) => Number.isFinite(value));
    const most = finite.reduce((most, value) => Math.max(most, value), 0);
    const least = Math.max(LEAST_SHARE * most, 1e-12);
    this.#logs = Float32Array.from(loss, (_, i) => {
      const value = loss[(i % steps) * steps + (steps - 1 - Math.floor(i / steps))]!;
      return Math.log(Math.max(least, Number.isFinite(value) ? value : most));
    });
    this.low = this.#logs.reduce((low, value) => Math.min(low, value), Infinity);
    this.high = this.#logs.reduce((high, value) => Math.max(high, value), -Infinity);
  }

  /** The place of a loss between the smallest, 0, and the largest, 1. */
  share(loss: number): number {
    return this.#shareOf(Math.log(loss));
  }

  #shareOf(log: number): number {
    return this.high > this.low ? (log - this.low) / (this.high - this.low) : 0;
  }

  /** The same anywhere in the picture, whose width and height are 1; between the points that were computed, bilinearly. */
  shareAt(right: number, down: number): number {
    const { steps } = this.surface;
    const [x, y] = [right * (steps - 1), down * (steps - 1)];
    const [x0, y0] = [Math.min(steps - 2, Math.floor(x)), Math.min(steps - 2, Math.floor(y))];
    const at = (column: number, row: number): number => this.#logs[row * steps + column]!;
    const top = at(x0, y0) + (at(x0 + 1, y0) - at(x0, y0)) * (x - x0);
    const bottom = at(x0, y0 + 1) + (at(x0 + 1, y0 + 1) - at(x0, y0 + 1)) * (x - x0);
    return this.#shareOf(top + (bottom - top) * (y - y0));
  }

  /** The point that was computed, in column and row from the top left, and its loss. */
  lossOf(column: number, row: number): number {
    const { steps, loss } = this.surface;
    return loss[column * steps + (steps - 1 - row)]!;
  }

  /** The place in the picture of numbers in the plane, from 0 to 1, rightwards and downwards. */
  placeOf(x: number, y: number): [number, number] {
    const { middle, reach } = this.surface;
    return [(1 + (x - middle[0]) / reach) / 2, (1 - (y - middle[1]) / reach) / 2];
  }

  /** Losses of 1, 2 or 5 times a power of ten, or only such powers, so that there are about as many as one can read. */
  levels(): number[] {
    const [low, high] = [Math.exp(this.low), Math.exp(this.high)];
    const decades = Array.from(
      { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
      (_, i) => 10 ** (Math.floor(Math.log10(low)) + i),
    );
    const within = (factors: number[]): number[] =>
      decades
        .flatMap((decade) => factors.map((factor) => Number((factor * decade).toPrecision(2))))
        .filter((level) => level > low * (1 + ROUNDING) && level < high * (1 - ROUNDING));
    const all = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]].map((factors) =>
      decades.length > 0 ? within(factors) : [],
    );
    return all.find((levels) => levels.length <= LEVELS) ?? all.at(-1)!;
  }

  /** Segments, four coordinates from 0 to 1 each, along which the loss is at a level. */
  contour(level: number): number[] {
    const { steps } = this.surface;
    // Between the middles of cells there, from edge to edge here.
    return contourOf(this.#logs, 0, 1, steps, Math.log(level)).map((place) => (place * steps - 0.5) / (steps - 1));
  }
}
