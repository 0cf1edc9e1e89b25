/** Lines of a found digit as broad as a pen's, and a digit cut in two. */
import type { Found } from './find-digits.js';

/** Lines are this broad at least, of a digit that is 20 pixels large: networks learned from pens, not from hairlines. */
const THIN = 1.7;
const PEN = 2.2;
const LARGEST = 20;
const INK = 128;

/** The digit with its lines made broader, where they are thin. */
export function growThin(found: Found): Found {
  const { width, height, ink } = found;
  const is = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && ink[y * width + x]! >= INK;
  let [area, rim] = [0, 0];
  const places: [number, number][] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!is(x, y)) continue;
      area++;
      places.push([x, y]);
      if (!(is(x - 1, y) && is(x + 1, y) && is(x, y - 1) && is(x, y + 1))) rim++;
    }
  }
  if (area === 0) return found;
  const scale = LARGEST / Math.max(width, height);
  const breadth = Math.max(1, (2 * area) / rim - 1) * scale;
  if (breadth >= THIN) return found;
  const radius = (PEN - breadth) / 2 / scale;
  const reach = Math.ceil(radius);
  const [wide, high] = [width + 2 * reach, height + 2 * reach];
  const grown = new Uint8Array(wide * high);
  for (const [x, y] of places) {
    for (let v = -reach; v <= reach; v++) {
      for (let u = -reach; u <= reach; u++) {
        const at = (y + v + reach) * wide + x + u + reach;
        const level = 255 * Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(u, v)));
        grown[at] = Math.max(grown[at]!, level);
      }
    }
  }
  return { left: found.left - reach, top: found.top - reach, width: wide, height: high, ink: grown };
}

/** Two digits that touch, cut where there is the least ink; none of what is too narrow to be two. */
export function halves({ left, top, width, height, ink }: Found): [Found, Found] | undefined {
  if (width < 0.9 * height) return undefined;
  let [at, least] = [-1, Infinity];
  for (let x = Math.ceil(0.3 * width); x <= 0.7 * width; x++) {
    let sum = 0;
    for (let y = 0; y < height; y++) sum += ink[y * width + x]!;
    sum += (height * 255 * Math.abs(x / width - 0.5)) / 10; // the middle, where there is no telling
    if (sum < least) [at, least] = [x, sum];
  }
  const part = (from: number, to: number): Found => {
    const columns = to - from;
    const piece = new Uint8Array(columns * height);
    for (let y = 0; y < height; y++) piece.set(ink.subarray(y * width + from, y * width + to), y * columns);
    return { left: left + from, top, width: columns, height, ink: piece };
  };
  return [part(0, at), part(at, width)];
}
