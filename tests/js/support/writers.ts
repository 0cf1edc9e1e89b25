/**
 * Writers whose hands the generator of digits does not know: each has one way to write each digit, taken from the
 * generator's styles and bent, slanted and stretched in the writer's own manner, beyond what generated digits are. The
 * drawings are strokes, as the page's pad takes them, each a little different from the one before.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { normalizeStrokes } from 'mlp-wasm/digits';
import type { Digits } from '../../../web/demo/shared/digit-work.js';

const STYLES = fileURLToPath(new URL('../../../cpp/mlp/digits/digit_styles.cc', import.meta.url));
const PIXELS = 784;

/** A place that the pen passes, −1 to 1 to the right and down; sharp where it turns there. */
interface Place {
  u: number;
  v: number;
  sharp: boolean;
}
type Form = Place[][];

/** Numbers in [0, 1): mulberry32. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** About normal, of deviation 1, never beyond 3. */
const spread = (roll: () => number): number => 2 * (roll() + roll() + roll() - 1.5);

/** The generator's styles, by digit. */
function styles(): Form[][] {
  const found: Form[][] = Array.from({ length: 10 }, () => []);
  for (const [, digit, path] of readFileSync(STYLES, 'utf8').matchAll(/\{(\d), \d+, "([^"]+)"\}/g)) {
    const form = path!.split('/').map((stroke) =>
      Array.from(stroke.matchAll(/(\d\d)(\d\d)(!?)/g), ([, x, y, mark]) => ({
        u: Number(x) / 50 - 1,
        v: Number(y) / 50 - 1,
        sharp: mark === '!',
      })),
    );
    found[Number(digit)]!.push(form);
  }
  return found;
}

/** A writer's form of each digit. */
export function formsOf(writer: number): Form[] {
  const roll = dice(writer + 77);
  const between = (low: number, high: number): number => low + (high - low) * roll();
  const sign = (): number => (roll() < 0.5 ? -1 : 1);
  const [slant, turn] = [between(0.2, 0.6) * sign(), between(0.05, 0.3) * sign()];
  const [wave, phase, squeeze] = [between(0.05, 0.2), between(0, 6.28), between(-0.35, 0.35)];
  return styles().map((forms) =>
    forms[Math.floor(roll() * forms.length)]!.map((stroke) =>
      stroke.map(({ u, v, sharp }) => {
        const [x, y] = [u + between(-0.17, 0.17), v + between(-0.17, 0.17)];
        const bent = x * (1 + squeeze * y) - slant * y + wave * Math.sin(phase + 3 * y);
        return { u: bent, v: y + turn * bent, sharp };
      }),
    ),
  );
}

/** Points of a smooth line through these places, x0, y0, x1, …: a Catmull–Rom spline between sharp turns. */
function lineThrough(places: readonly Place[]): number[] {
  const line = [places[0]!.u, places[0]!.v];
  for (let i = 0; i + 1 < places.length; i++) {
    const [from, to] = [places[i]!, places[i + 1]!];
    const before = from.sharp ? from : (places[i - 1] ?? from);
    const after = to.sharp ? to : (places[i + 2] ?? to);
    for (let k = 1; k <= 6; k++) {
      const t = k / 6;
      const at = (a: number, b: number, c: number, d: number): number =>
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t ** 3);
      line.push(at(before.u, from.u, to.u, after.u), at(before.v, from.v, to.v, after.v));
    }
  }
  return line;
}

/** The same form once more: places stray, the hand slants and stretches a little differently. */
function strokesOf(form: Form, roll: () => number): number[][] {
  const [slant, turn, wide] = [0.09 * spread(roll), 0.06 * spread(roll), 1 + 0.1 * spread(roll)];
  return form.map((stroke) => {
    const [left, down] = [0.04 * spread(roll), 0.04 * spread(roll)];
    const places = stroke.map(({ u, v, sharp }) => {
      const [x, y] = [wide * u + left + 0.08 * spread(roll), v + down + 0.08 * spread(roll)];
      const leaning = x - slant * y;
      return { u: leaning, v: y + turn * leaning, sharp };
    });
    return lineThrough(places);
  });
}

/** `each` drawings of every digit by a writer, digit by digit; `first` is the number of the first of each. */
export async function drawingsOf(writer: number, each: number, first = 0): Promise<Digits> {
  const pixels = new Uint8Array(10 * each * PIXELS);
  const labels = new Uint8Array(10 * each);
  for (const [digit, form] of formsOf(writer).entries()) {
    for (let i = 0; i < each; i++) {
      const roll = dice(100_003 * writer + 1009 * digit + 11 * (first + i));
      pixels.set((await normalizeStrokes(strokesOf(form, roll)))!, (digit * each + i) * PIXELS);
      labels[digit * each + i] = digit;
    }
  }
  return { pixels, labels };
}
