/** The points that the visitor places, and the way back from each placing and clearing. */
import { OWN_AT_MOST } from './data.js';
import type { OwnPoint } from './data.js';

/** States that can be gone back to. */
const UNDO_AT_MOST = 400;

export class OwnPoints {
  #past: (readonly OwnPoint[])[] = [];

  /** The present points with one more; undefined if there are as many as may be. */
  placed(present: readonly OwnPoint[], point: OwnPoint): readonly OwnPoint[] | undefined {
    if (present.length >= OWN_AT_MOST) return undefined;
    this.#remember(present);
    return [...present, point];
  }

  cleared(present: readonly OwnPoint[]): readonly OwnPoint[] {
    this.#remember(present);
    return [];
  }

  /** True if {@link undone} has something to go back to. */
  canUndo(present: readonly OwnPoint[]): boolean {
    return this.#past.length > 0 || present.length > 0;
  }

  /** The points before; of those that came with the address, all but the last. */
  undone(present: readonly OwnPoint[]): readonly OwnPoint[] {
    return this.#past.pop() ?? present.slice(0, -1);
  }

  #remember(points: readonly OwnPoint[]): void {
    this.#past.push(points);
    if (this.#past.length > UNDO_AT_MOST) this.#past.shift();
  }
}
