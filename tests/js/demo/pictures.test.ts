/** Digits in pictures, which are made here: paper, light, noise, and strokes of ink. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { generateDigits, normalizeDigit } from 'mlp-wasm/digits';
import { findDigits } from '../../../web/demo/page/picture/find-digits.js';
import type { Picture } from '../../../web/demo/page/picture/find-digits.js';
import { readLines } from '../../../web/demo/page/picture/read-lines.js';
import { Pretrained } from '../../../web/demo/page/reading/pretrained.js';
import { readWeightsFile } from '../../../web/demo/page/reading/weights-file.js';
import { TEN } from '../support/ten-digits.js';
import { dice } from '../support/writers.js';

const FILE = fileURLToPath(new URL('../../../web/demo/public/pretrained.safetensors', import.meta.url));

/** The five whose bar does not touch its stem: in pictures it is two pieces of ink. */
const FIVE = [[30, 14, 27, 30, 25, 46, 50, 42, 70, 52, 76, 70, 62, 90, 40, 95, 20, 88], [38, 8, 55, 7, 78, 6]]; // prettier-ignore
const DRAWN = TEN.map((strokes, digit) => (digit === 5 ? FIVE : strokes));

interface Paper {
  width: number;
  height: number;
  /** Share of ink of each pixel. */
  ink: Float32Array;
}
const blank = (width: number, height: number): Paper => ({ width, height, ink: new Float32Array(width * height) });

/** A digit of `size` pixels with its corner at (left, top), by a pen so broad. */
function draw({ width, height, ink }: Paper, digit: number, left: number, top: number, size: number, pen: number) {
  for (const stroke of DRAWN[digit]!) {
    for (let i = 0; i + 3 < stroke.length; i += 2) {
      const [ax, ay, bx, by] = [0, 1, 2, 3].map((k) => (k % 2 ? top : left) + (stroke[i + k]! * size) / 100) as [
        number,
        number,
        number,
        number,
      ];
      for (let y = Math.floor(Math.min(ay, by) - pen); y <= Math.max(ay, by) + pen; y++) {
        for (let x = Math.floor(Math.min(ax, bx) - pen); x <= Math.max(ax, bx) + pen; x++) {
          if (x < 0 || y < 0 || x >= width || y >= height) continue;
          const [dx, dy] = [bx - ax, by - ay];
          const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
          const level = Math.max(0, Math.min(1, pen / 2 + 0.5 - Math.hypot(x - ax - t * dx, y - ay - t * dy)));
          ink[y * width + x] = Math.max(ink[y * width + x]!, level);
        }
      }
    }
  }
}

/** The paper as a camera sees it. */
function photo(paper: Paper, { light = () => 235, ink = 30, noise = 0 }: Light = {}): Picture {
  const roll = dice(5);
  const levels = Uint8Array.from(paper.ink, (share, i) => {
    const lit = light((i % paper.width) / paper.width, Math.floor(i / paper.width) / paper.height);
    const level = lit + share * (ink - lit) + noise * 2 * (roll() + roll() + roll() - 1.5);
    return Math.max(0, Math.min(255, Math.round(level)));
  });
  return { width: paper.width, height: paper.height, levels };
}
interface Light {
  light?: (u: number, v: number) => number;
  ink?: number;
  noise?: number;
}

/** A row of digits. */
function row(digits: number[], { size = 60, pen = 6, gap = 24, width = 0, height = 120 } = {}): Paper {
  const paper = blank(width || 60 + digits.length * (size + gap), height);
  digits.forEach((digit, i) => draw(paper, digit, 30 + i * (size + gap), 30, size, pen));
  return paper;
}

let network: Pretrained;
beforeAll(async () => {
  await init();
  network = await Pretrained.of(readWeightsFile(new Uint8Array(readFileSync(FILE)).buffer));
});
const read = async (picture: Picture): Promise<string[]> =>
  (await readLines(picture, (pixels) => Promise.resolve(network.read(pixels)))).map((line) =>
    line.map(({ digit }) => digit ?? '?').join(''),
  );
const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('A picture of digits is read', () => {
  it.each<[string, Light]>([
    ['dark on light', {}],
    ['light on dark', { light: () => 25, ink: 230 }],
    ['pale on grey', { light: () => 180, ink: 120 }],
    ['noisy', { noise: 14 }],
    ['in light that fades from one side to the other', { light: (u) => 240 - 150 * u, ink: 20 }],
    ['with a shadow over half of it', { light: (u) => 150 + 80 / (1 + Math.exp(-12 * (u - 0.5))), ink: 40 }],
  ])('%s', async (_, light) => {
    expect(await read(photo(row(ALL), light))).toEqual(['0123456789']);
  });

  it.each([
    ['hairlines', { size: 80, pen: 1.2, height: 150 }],
    ['a broad pen', { size: 60, pen: 10 }],
    ['large digits', { size: 300, pen: 26, height: 400, gap: 60 }],
    ['small digits', { size: 22, pen: 2.4, gap: 10 }],
  ])('of %s', async (_, how) => {
    expect(await read(photo(row(ALL, how)))).toEqual(['0123456789']);
  });

  it('in lines, from left to right and from top to bottom, though they slope', async () => {
    const paper = blank(420, 330);
    [2, 7, 4].forEach((digit, i) => draw(paper, digit, 40 + 110 * i, 30 + 8 * i, 60, 6));
    [9, 0].forEach((digit, i) => draw(paper, digit, 120 + 110 * i, 130 + 8 * i, 56, 6));
    [1, 5, 3].forEach((digit, i) => draw(paper, digit, 40 + 100 * i, 230 + 8 * i, 66, 6));
    expect(await read(photo(paper, { noise: 6 }))).toEqual(['274', '90', '153']);
  });

  it('among specks, ruled lines and the edge of a desk', async () => {
    const paper = row([3, 5, 8], { width: 400, height: 200 });
    const roll = dice(3);
    for (let i = 0; i < 60; i++) paper.ink[Math.floor(roll() * paper.ink.length)] = 1;
    for (const y of [18, 19, 110, 111, 160]) paper.ink.fill(0.8, y * 400 + 5, y * 400 + 395);
    for (let y = 0; y < 200; y++) paper.ink.fill(1, y * 400 + 376, y * 400 + 400);
    expect(await read(photo(paper))).toEqual(['358']);
  });

  it('though two of them touch', async () => {
    const paper = blank(260, 120);
    draw(paper, 2, 30, 30, 60, 6);
    draw(paper, 7, 76, 30, 60, 6);
    draw(paper, 0, 170, 30, 60, 6);
    expect(await read(photo(paper))).toEqual(['270']);
  });

  it('of one digit that fills it, as it comes from a data set', async () => {
    const { x } = await generateDigits({ count: 200, seed: 12 });
    let [same, found] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const ink = Uint8Array.from(x.subarray(784 * i, 784 * (i + 1)), (level) => Math.round(255 * level));
      const direct = network.read((await normalizeDigit(ink, 28, 28))!);
      const [line, ...others] = await readLines(
        { width: 28, height: 28, levels: ink.map((level) => 255 - level) },
        (pixels) => Promise.resolve(network.read(pixels)),
      );
      if (others.length > 0 || line?.length !== 1) continue;
      found++;
      same += Number(
        line[0]!.reading.probabilities.indexOf(Math.max(...line[0]!.reading.probabilities)) ===
          direct.probabilities.indexOf(Math.max(...direct.probabilities)),
      );
    }
    console.log(`${found} of 200 found as one digit, ${same} read as when nothing had to be found`);
    expect(found).toBeGreaterThanOrEqual(190);
    expect(same).toBeGreaterThanOrEqual(0.95 * found);
  });
});

describe('A picture without digits', () => {
  it.each<[string, Picture]>([
    ['empty', photo(blank(200, 100))],
    ['of noise', photo(blank(200, 100), { noise: 20 })],
    ['of light that fades', photo(blank(300, 200), { light: (u, v) => 40 + 180 * u * v })],
    ['all black', { width: 50, height: 50, levels: new Uint8Array(2500) }],
    ['of one pixel', { width: 1, height: 1, levels: new Uint8Array(1) }],
  ])('has none: %s', (_, picture) => {
    expect(findDigits(picture)).toEqual([]);
  });
});
