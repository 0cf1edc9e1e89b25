/** Points as marks: classes by shape and colour, what is held out by an outline. */
import type { Point } from './data.js';

export interface MarkColours {
  /** Of class 1, of class 0, and of what is behind. */
  one: string;
  zero: string;
  paper: string;
  ink: string;
}

/**
 * A disc for class 1, a square on its corner for class 0; filled if it is learned from, else outlined. Coordinates and
 * size in the canvas' pixels. With `fill`, the colour of a regression's value, a disc with a rim of ink.
 */
export function paintMark(
  context: CanvasRenderingContext2D,
  { value, isHeldOut }: Pick<Point, 'value' | 'isHeldOut'>,
  x: number,
  y: number,
  radius: number,
  colours: MarkColours,
  fill?: string,
): void {
  const own = fill ?? (value === 1 ? colours.one : colours.zero);
  context.beginPath();
  if (fill !== undefined || value === 1) {
    context.arc(x, y, radius, 0, 2 * Math.PI);
  } else {
    const reach = radius * 1.25;
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
  }
  if (isHeldOut) {
    context.lineWidth = radius * 0.95;
    context.strokeStyle = colours.paper;
    context.stroke();
    context.fillStyle = colours.paper;
    context.fill();
    context.lineWidth = radius * 0.5;
    context.strokeStyle = fill === undefined ? own : colours.ink;
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
      context.setLineDash([radius * 0.7, radius * 0.5]);
    }
    context.stroke();
    context.setLineDash([]);
    return;
  }
  context.lineWidth = radius * 0.5;
  context.strokeStyle = fill === undefined ? colours.paper : colours.ink;
  context.stroke();
  context.fillStyle = own;
  context.fill();
}
