/** Numbers over the plane as pixels, and the line along which they have a certain value. */
import type { ActivationName } from 'mlp-wasm';
import { signedRamp } from '../../colour.js';

/** The number that is drawn in paper colour, and how far from there one has the full colour. */
export interface Scale {
  middle: number;
  reach: number;
}

/** The value between a unit's two colours: of activations from 0 to 1 it is the half. */
export function middleOf(activation: ActivationName): number {
  return activation === 'sigmoid' || activation === 'hardSigmoid' ? 0.5 : 0;
}

/** The scale of one column of rows × columns numbers: its farthest number has the full colour. */
export function scaleOf(values: Float32Array, column: number, columns: number, middle: number): Scale {
  let reach = 1e-6;
  for (let i = column; i < values.length; i += columns) reach = Math.max(reach, Math.abs(values[i]! - middle));
  return { middle, reach: Number.isFinite(reach) ? reach : 1 };
}

/** Paints surfaces of side × side numbers, always with the same memory. */
export class SurfacePainter {
  readonly side: number;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  #ramp = signedRamp();

  constructor(side: number) {
    this.side = side;
    this.#image = new ImageData(side, side);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Takes the colours of the theme that has come. */
  renew(): void {
    this.#ramp = signedRamp();
  }

  /** One column of the numbers, on a canvas of side × side pixels. */
  paint(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    values: Float32Array,
    column: number,
    columns: number,
    { middle, reach }: Scale,
  ): void {
    for (let pixel = 0, i = column; pixel < this.#pixels.length; pixel++, i += columns) {
      this.#pixels[pixel] = this.#ramp[levelOf(values[i]!, middle, reach)]!;
    }
    context.putImageData(this.#image, 0, 0);
  }

  /** The colour of a number, as CSS. */
  colourOf(value: number, { middle, reach }: Scale): string {
    const rgba = this.#ramp[levelOf(value, middle, reach)]!;
    return `rgb(${rgba & 255} ${(rgba >> 8) & 255} ${(rgba >> 16) & 255})`;
  }
}

/** Place in the ramp, 0 to 255; of what is no number, that of the middle. Full colours would hide the points. */
function levelOf(value: number, middle: number, reach: number): number {
  const share = Math.max(-1, Math.min(1, (value - middle) / reach));
  return Math.round(128 + 127 * 0.72 * (Number.isNaN(share) ? 0 : share));
}

/**
 * Lines along which side × side numbers pass a level, by marching squares: four coordinates a segment, from 0 to 1 of the
 * plane's width and height.
 */
export function contourOf(
  values: Float32Array,
  column: number,
  columns: number,
  side: number,
  level: number,
): number[] {
  const segments: number[] = [];
  const at = (x: number, y: number): number => values[(y * side + x) * columns + column]! - level;
  const place = (i: number): number => (i + 0.5) / side;
  for (let y = 0; y < side - 1; y++) {
    for (let x = 0; x < side - 1; x++) {
      const corners = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)] as const;
      const crossings: number[] = [];
      for (let edge = 0; edge < 4; edge++) {
        const [from, to] = [corners[edge]!, corners[(edge + 1) % 4]!];
        if (from > 0 === to > 0) continue;
        const share = from / (from - to);
        const [x0, y0] = CORNERS[edge]!;
        const [x1, y1] = CORNERS[(edge + 1) % 4]!;
        crossings.push(place(x + x0 + (x1 - x0) * share), place(y + y0 + (y1 - y0) * share));
      }
      // Of a saddle the four crossings make two lines.
      segments.push(...crossings);
    }
  }
  return segments;
}

const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;
