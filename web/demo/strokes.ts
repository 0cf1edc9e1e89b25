/** A drawing: strokes of points in a unit square, and how they become ink. */

export interface Point {
  /** Both in [0, 1]; y grows downwards. */
  readonly x: number;
  readonly y: number;
}
export type Stroke = readonly Point[];

/** Width of the pen. A digit that fills most of the pad then has lines about as thick as MNIST's. */
const PEN_WIDTH = 0.075;

/** Paints `strokes` on a square of `size` device pixels, in the current fill and stroke style. */
export function paintStrokes(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strokes: readonly Stroke[],
  size: number,
): void {
  context.lineWidth = PEN_WIDTH * size;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    const first = stroke[0];
    const last = stroke.at(-1);
    if (!first || !last) continue;
    context.beginPath();
    context.moveTo(first.x * size, first.y * size);
    // A quadratic from the middle of each segment to the middle of the next: smooth where hands are fast.
    for (let i = 1; i + 1 < stroke.length; i++) {
      const here = stroke[i]!;
      const next = stroke[i + 1]!;
      context.quadraticCurveTo(
        here.x * size,
        here.y * size,
        ((here.x + next.x) / 2) * size,
        ((here.y + next.y) / 2) * size,
      );
    }
    // The hundredth of a pixel makes a dot of a stroke that has one point.
    context.lineTo(last.x * size + 0.01, last.y * size);
    context.stroke();
  }
}

/** Side of the raster that is handed on to be recognised: ten times the network's, on any screen. */
const INK_SIZE = 280;
let inkContext: OffscreenCanvasRenderingContext2D | undefined;

/** The drawing as grey levels, 0 = paper, 255 = ink; the same on every screen. */
export function inkOf(strokes: readonly Stroke[]): { ink: Uint8ClampedArray; width: number; height: number } {
  inkContext ??= new OffscreenCanvas(INK_SIZE, INK_SIZE).getContext('2d', { willReadFrequently: true })!;
  inkContext.clearRect(0, 0, INK_SIZE, INK_SIZE);
  paintStrokes(inkContext, strokes, INK_SIZE);
  const rgba = inkContext.getImageData(0, 0, INK_SIZE, INK_SIZE).data;
  const ink = new Uint8ClampedArray(INK_SIZE * INK_SIZE);
  for (let i = 0; i < ink.length; i++) ink[i] = rgba[4 * i + 3]!;
  return { ink, width: INK_SIZE, height: INK_SIZE };
}

/** Strokes as text for storage: a millionth of the pad is precise enough for any screen. */
export function strokesToText(strokes: readonly Stroke[]): string {
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  return JSON.stringify(strokes.map((stroke) => stroke.map(({ x, y }) => [round(x), round(y)])));
}

/** The strokes of a text that `strokesToText` made; none from any other text. */
export function strokesFromText(text: string | null): Stroke[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(parsed)) return [];
    return parsed.map((stroke: unknown) => {
      if (!Array.isArray(stroke)) throw new TypeError('a stroke is a list of points');
      return stroke.map((point: unknown) => {
        const [x, y] = point as [unknown, unknown];
        if (typeof x !== 'number' || typeof y !== 'number') throw new TypeError('a point is two numbers');
        return { x, y };
      });
    });
  } catch {
    return [];
  }
}
