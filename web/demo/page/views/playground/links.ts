/** The weights between the columns of the diagram as lines: width and colour say their size, dashes that they are negative. */
import { colour } from '../../colour.js';
import type { WeightPlace } from './network.js';

/** A line from one unit to another, in CSS pixels of the diagram. */
export interface Link {
  place: WeightPlace;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Distance within which a pointer hits a line, in CSS pixels. */
const NEAR = 9;
const WIDEST = 7;
/** Parts of a line that are looked at to find the nearest place. */
const PARTS = 24;

/** A weight of this size has half of the widest line. */
const HALF = 1.2;

export function paintLinks(
  context: CanvasRenderingContext2D,
  links: readonly Link[],
  weightOf: (place: WeightPlace) => number,
  marked: WeightPlace | undefined,
): void {
  const [positive, negative, accent] = [colour('positive'), colour('negative'), colour('accent')];
  context.lineCap = 'butt';
  for (const { place, x0, y0, x1, y1 } of links) {
    const weight = weightOf(place);
    const share = Number.isFinite(weight) ? Math.abs(weight) / (Math.abs(weight) + HALF) : 1;
    const isMarked = marked !== undefined && isSamePlace(marked, place);
    context.lineWidth = Math.max(isMarked ? 2.5 : 0.6, WIDEST * share);
    context.globalAlpha = isMarked ? 1 : 0.3 + 0.6 * share;
    context.strokeStyle = isMarked ? accent : weight < 0 ? negative : positive;
    context.setLineDash(weight < 0 ? [4, 3] : []);
    const middle = (x0 + x1) / 2;
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** The link nearest to a place, if one is near. */
export function linkAt(links: readonly Link[], x: number, y: number): Link | undefined {
  let [found, least]: [Link | undefined, number] = [undefined, NEAR];
  for (const link of links) {
    if (x < link.x0 || x > link.x1) continue;
    for (let part = 0; part <= PARTS; part++) {
      const t = part / PARTS;
      const [px, py] = pointOf(link, t);
      const distance = Math.hypot(px - x, py - y);
      if (distance < least) [found, least] = [link, distance];
    }
  }
  return found;
}

/** The place at t, from 0 to 1, of the line's curve. */
function pointOf({ x0, y0, x1, y1 }: Link, t: number): [number, number] {
  const middle = (x0 + x1) / 2;
  const s = 1 - t;
  const [a, b, c, d] = [s ** 3, 3 * s * s * t, 3 * s * t * t, t ** 3];
  return [a * x0 + (b + c) * middle + d * x1, (a + b) * y0 + (c + d) * y1];
}

export function isSamePlace(one: WeightPlace, other: WeightPlace): boolean {
  return one.layer === other.layer && one.k === other.k && one.j === other.j;
}
