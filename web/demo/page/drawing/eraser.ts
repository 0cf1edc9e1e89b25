/** Takes ink away: strokes are cut where a round eraser passes, and their pieces go on as strokes of their own. */
import type { Point, Stroke } from './strokes.js';

/** Of the pad's side. */
export const ERASER_RADIUS = 0.05;

/** The drawing after the eraser has moved from one point to another; the same array if it met nothing. */
export function erased(strokes: readonly Stroke[], from: Point, to: Point): readonly Stroke[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / (ERASER_RADIUS / 2)));
  let left = strokes;
  for (let step = 1; step <= steps; step++) left = without(left, between(from, to, step / steps));
  return left;
}

/** Without the ink in a circle. */
function without(strokes: readonly Stroke[], centre: Point): readonly Stroke[] {
  const pieces = strokes.map((stroke) => piecesOf(stroke, centre));
  return pieces.every(([first], i) => first === strokes[i]) ? strokes : pieces.flat();
}

/** Pieces of a stroke outside of a circle: the very stroke where it does not touch it. */
function piecesOf(stroke: Stroke, centre: Point): Stroke[] {
  const isOutside = (point: Point): boolean => Math.hypot(point.x - centre.x, point.y - centre.y) > ERASER_RADIUS;
  const pieces: Point[][] = [];
  let piece: Point[] = stroke.slice(0, 1).filter(isOutside);
  let isWhole = piece.length > 0;
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [from, to] = [stroke[i]!, stroke[i + 1]!];
    const [enter, leave] = passage(from, to, centre);
    if (enter >= leave) {
      piece.push(to);
      continue;
    }
    isWhole = false;
    if (enter > 0) piece.push(between(from, to, enter));
    if (piece.length > 0) pieces.push(piece);
    piece = leave < 1 ? [between(from, to, leave), to] : [];
  }
  if (isWhole) return [stroke];
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** The share of a segment at which it enters a circle, and at which it leaves it; the same where it does not meet it. */
function passage(from: Point, to: Point, centre: Point): [number, number] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [fx, fy] = [from.x - centre.x, from.y - centre.y];
  const squared = dx * dx + dy * dy;
  const outside = fx * fx + fy * fy - ERASER_RADIUS ** 2;
  if (squared === 0) return outside > 0 ? [0, 0] : [0, 1];
  // |from + t·(to − from) − centre| = radius
  const half = (fx * dx + fy * dy) / squared;
  const root = Math.sqrt(Math.max(0, half * half - outside / squared));
  if (root === 0) return [0, 0];
  return [Math.max(0, -half - root), Math.min(1, -half + root)];
}

function between(from: Point, to: Point, share: number): Point {
  const at = (a: number, b: number): number => a + share * (b - a);
  const width = at(from.width ?? 1, to.width ?? 1);
  return { x: at(from.x, to.x), y: at(from.y, to.y), ...(width !== 1 && { width }) };
}
