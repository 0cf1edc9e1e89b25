/** A drawing: strokes of points in a unit square, and how they become ink. */

export interface Point {
  /** Both in [0, 1]; y grows downwards. */
  readonly x: number;
  readonly y: number;
  /** Of the pen's width, where the pen knows how hard it is pressed. Default 1. */
  readonly width?: number;
}
export type Stroke = readonly Point[];

type Context = CanvasRenderingContext2D;

/** Width of the pen on the pad. */
export const PEN_WIDTH = 0.075;

/** Pen widths that the pressure of a pen, in [0, 1], stands for: half pressed is the plain width. */
export function widthOf(pressure: number): number {
  return 0.5 + pressure;
}

/** Paints `strokes` on a square of `size` device pixels, in the current stroke style. */
export function paintStrokes(context: Context, strokes: readonly Stroke[], size: number): void {
  const pen = PEN_WIDTH * size;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    const points = stroke.map(({ x, y, width = 1 }) => ({ x: size * x, y: size * y, width }));
    if (points.every(({ width }) => width === points[0]!.width)) paintEven(context, points, pen);
    else paintUneven(context, points, pen);
  }
}

/** One line as wide as the pen. */
function paintEven(context: Context, points: readonly Required<Point>[], pen: number): void {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return;
  context.lineWidth = pen * first.width;
  context.beginPath();
  context.moveTo(first.x, first.y);
  // A quadratic from the middle of each segment to the middle of the next: smooth where hands are fast.
  for (let i = 1; i + 1 < points.length; i++) {
    const [here, next] = [points[i]!, points[i + 1]!];
    context.quadraticCurveTo(here.x, here.y, (here.x + next.x) / 2, (here.y + next.y) / 2);
  }
  // The hundredth of a pixel makes a dot of a stroke that has one point.
  context.lineTo(last.x + 0.01, last.y);
  context.stroke();
}

/** A piece for each segment, as wide as the pen was pressed there. */
function paintUneven(context: Context, points: readonly Required<Point>[], pen: number): void {
  const middle = (i: number): Point => ({
    x: (points[i]!.x + points[i + 1]!.x) / 2,
    y: (points[i]!.y + points[i + 1]!.y) / 2,
  });
  for (let i = 0; i < points.length; i++) {
    const from = i === 0 ? points[0]! : middle(i - 1);
    const to = i + 1 === points.length ? points[i]! : middle(i);
    context.lineWidth = pen * points[i]!.width;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.quadraticCurveTo(points[i]!.x, points[i]!.y, to.x + 0.01, to.y);
    context.stroke();
  }
}

/** The first points of a drawing, `share` of its length. */
export function beginningOf(strokes: readonly Stroke[], share: number): Stroke[] {
  let left = Math.ceil(share * strokes.reduce((sum, stroke) => sum + stroke.length, 0));
  return strokes.flatMap((stroke) => {
    const part = stroke.slice(0, left);
    left -= part.length;
    return part.length > 0 ? [part] : [];
  });
}

/** A drawing smaller than this, in pads, is a dot, and is not made larger. */
const SMALLEST = 0.04;

/** The drawing as the package takes it: x0, y0, x1, y1, … of each stroke. How hard the pen was pressed is left out. */
export function coordinatesOf(strokes: readonly Stroke[]): number[][] {
  const points = strokes.flat();
  const first = points[0];
  // All within half of it of the first point.
  const isDot = points.every(({ x, y }) => Math.max(Math.abs(x - first!.x), Math.abs(y - first!.y)) < SMALLEST / 2);
  if (first && isDot) return [[first.x, first.y]];
  return strokes.map((stroke) => stroke.flatMap(({ x, y }) => [x, y]));
}

/** Strokes as text for storage: a millionth of the pad is precise enough for any screen. */
export function strokesToText(strokes: readonly Stroke[]): string {
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  const numbers = ({ x, y, width }: Point): number[] => [x, y, ...(width === undefined ? [] : [width])].map(round);
  return JSON.stringify(strokes.map((stroke) => stroke.map(numbers)));
}

/** The strokes of a text that `strokesToText` made; none from any other text. */
export function strokesFromText(text: string | null): Stroke[] {
  try {
    // A text that is none of ours throws below, because only arrays that come out of JSON have this method.
    const parsed = JSON.parse(text ?? '[]') as unknown[][];
    return parsed.map((stroke) =>
      stroke.map((point) => {
        const [x, y, width] = point as [unknown, unknown, unknown];
        if (typeof x !== 'number' || typeof y !== 'number') throw new TypeError('no point');
        return { x, y, ...(typeof width === 'number' && { width }) };
      }),
    );
  } catch {
    return [];
  }
}
