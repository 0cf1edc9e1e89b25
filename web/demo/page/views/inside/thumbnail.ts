/** A picture of 28 × 28 numbers, as small as they are. */
import { context2d, make } from '../../dom.js';

const SIDE = 28;

/** @param level the place of a number in the ramp, 0 to 255 */
export function thumbnail(
  values: Float32Array,
  ramp: Uint32Array,
  level: (value: number) => number,
): HTMLCanvasElement {
  const canvas = make('canvas');
  paint(canvas, values, ramp, level);
  return canvas;
}

/** The same on a canvas that there is. */
export function paint(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  ramp: Uint32Array,
  level: (value: number) => number,
): void {
  canvas.width = canvas.height = SIDE;
  const image = new ImageData(SIDE, SIDE);
  const rgba = new Uint32Array(image.data.buffer);
  values.forEach((value, i) => (rgba[i] = ramp[Math.round(Math.max(0, Math.min(255, level(value))))]!));
  context2d(canvas).putImageData(image, 0, 0);
}
