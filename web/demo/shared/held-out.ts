/** The generated digits that a run is validated on. */

/** Held-out digits are generated from here on: far behind any that are trained on. */
export const HELD_OUT_FIRST = 1_000_000_000;

/** Number of digits that a run on `count` generated ones is validated on. */
export function heldOutCount(count: number): number {
  return Math.min(10_000, Math.max(500, Math.round(count / 10)));
}
