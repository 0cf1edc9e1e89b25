import { describe, expect, it } from 'vitest';
import { DIGIT_SIZE, generateDigits, normalizeDigit, normalizeStrokes } from 'mlp-wasm/digits';

const PIXELS = DIGIT_SIZE * DIGIT_SIZE;

/** Ink's centre of mass, and the box around it. */
function measure(image: ArrayLike<number>) {
  let [mass, x, y] = [0, 0, 0];
  let [left, top, right, bottom] = [DIGIT_SIZE, DIGIT_SIZE, -1, -1];
  for (let i = 0; i < PIXELS; ++i) {
    if (image[i] === 0) continue;
    const [row, column] = [Math.floor(i / DIGIT_SIZE), i % DIGIT_SIZE];
    mass += image[i]!;
    x += image[i]! * column;
    y += image[i]! * row;
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  }
  return { mass, x: x / mass, y: y / mass, width: right - left + 1, height: bottom - top + 1 };
}

describe('generateDigits', () => {
  it('gives count × 784 grey levels in [0, 1] and count labels', async () => {
    const { x, y, count, features } = await generateDigits({ count: 300 });
    expect({ count, features, pixels: x.length, labels: y.length }).toEqual({
      count: 300,
      features: 784,
      pixels: 300 * 784,
      labels: 300,
    });
    expect(x).toBeInstanceOf(Float32Array);
    expect(y).toBeInstanceOf(Uint8Array);
    expect(x.every((grey) => grey >= 0 && grey <= 1 && Number.isInteger(Math.round(grey * 255)))).toBe(true);
    expect(Math.max(...x.subarray(0, 784))).toBeGreaterThan(0.5);
    expect(y.every((label) => label <= 9)).toBe(true);
  });

  it('gives the same bytes for the same arguments', async () => {
    expect(await generateDigits({ count: 100, seed: 7 })).toEqual(await generateDigits({ count: 100, seed: 7 }));
    expect(await generateDigits({ count: 5 })).toEqual(await generateDigits({ count: 5, seed: 0, first: 0 }));
  });

  it('gives other digits for another seed', async () => {
    const one = await generateDigits({ count: 100, seed: 1 });
    const other = await generateDigits({ count: 100, seed: 2 });
    expect(one.x).not.toEqual(other.x);
    expect(one.y).not.toEqual(other.y);
  });

  it.each([2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1])('takes every bit of a seed into account: %d', async (seed) => {
    const { x } = await generateDigits({ count: 3, seed });
    expect(x).not.toEqual((await generateDigits({ count: 3, seed: seed % 2 ** 32 })).x);
    expect(x).toEqual((await generateDigits({ count: 3, seed })).x);
  });

  it('gives an endless sequence in slices', async () => {
    const all = await generateDigits({ count: 30, seed: 3 });
    for (const [first, count] of [
      [0, 10],
      [10, 1],
      [11, 19],
      [29, 1],
    ] as const) {
      const slice = await generateDigits({ count, seed: 3, first });
      expect(slice.x).toEqual(all.x.slice(first * PIXELS, (first + count) * PIXELS));
      expect(slice.y).toEqual(all.y.slice(first, first + count));
    }
    const last = await generateDigits({ count: 1, first: 2 ** 32 - 1 });
    expect(last.x).not.toEqual(all.x.slice(0, PIXELS));
  });

  it('makes every class about equally often, in an order without a pattern', async () => {
    const { y } = await generateDigits({ count: 10_000, seed: 5 });
    const counts = Array.from({ length: 10 }, (_, digit) => y.filter((label) => label === digit).length);
    // Ten standard deviations around the mean of a multinomial draw; equal counts would do, too.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(300);
    expect(y.slice(0, 20)).not.toEqual(y.slice(20, 40));
  });

  it('never makes the same image twice', async () => {
    const { x } = await generateDigits({ count: 500, seed: 5 });
    const images = Array.from({ length: 500 }, (_, i) => x.subarray(i * PIXELS, (i + 1) * PIXELS).join());
    expect(new Set(images).size).toBe(500);
  });

  it("lays each digit out as MNIST's are: within 20×20, its centre of mass in the middle", async () => {
    const { x } = await generateDigits({ count: 500, seed: 6 });
    for (let i = 0; i < 500; ++i) {
      const { x: column, y: row, width, height } = measure(x.subarray(i * PIXELS, (i + 1) * PIXELS));
      expect(Math.abs(column - 13.5)).toBeLessThan(1.01);
      expect(Math.abs(row - 13.5)).toBeLessThan(1.01);
      expect(width).toBeLessThanOrEqual(22); // 20, and a seam of grey where the centre falls between pixels
      expect(height).toBeLessThanOrEqual(22);
      expect(Math.max(width, height)).toBeGreaterThanOrEqual(18);
    }
  });
});

describe('normalizeDigit', () => {
  /** A drawing with a filled rectangle. */
  function drawing(width: number, height: number, left: number, top: number, right: number, bottom: number) {
    const ink = new Uint8Array(width * height);
    for (let row = top; row < bottom; ++row) ink.fill(255, row * width + left, row * width + right);
    return ink;
  }

  it('fits the ink into 20 × 20 and keeps its aspect', async () => {
    const tall = measure((await normalizeDigit(drawing(280, 280, 100, 20, 150, 220), 280, 280))!);
    expect(tall.height).toBeGreaterThanOrEqual(20);
    expect(tall.height).toBeLessThanOrEqual(21);
    expect(tall.width).toBeGreaterThanOrEqual(5);
    expect(tall.width).toBeLessThanOrEqual(6);
    const wide = measure((await normalizeDigit(drawing(280, 280, 10, 100, 250, 160), 280, 280))!);
    expect(wide.width).toBeGreaterThanOrEqual(20);
    expect(wide.width).toBeLessThanOrEqual(21);
    expect(wide.height).toBeGreaterThanOrEqual(5);
    expect(wide.height).toBeLessThanOrEqual(6);
  });

  it('lays the centre of mass into the middle', async () => {
    // An L, whose centre of mass is not the centre of its box.
    const ink = drawing(200, 200, 20, 20, 50, 180);
    ink.set(drawing(200, 200, 20, 150, 130, 180).subarray(150 * 200), 150 * 200);
    const { x, y } = measure((await normalizeDigit(ink, 200, 200))!);
    expect(Math.abs(x - 13.5)).toBeLessThan(1);
    expect(Math.abs(y - 13.5)).toBeLessThan(1);
  });

  it('does not care where on the paper, how large or on what paper the digit is', async () => {
    const image = (await normalizeDigit(drawing(100, 100, 10, 10, 30, 50), 100, 100))!;
    expect(await normalizeDigit(drawing(100, 100, 70, 55, 90, 95), 100, 100)).toEqual(image);
    expect(await normalizeDigit(drawing(300, 120, 200, 10, 220, 50), 300, 120)).toEqual(image);
    const larger = measure((await normalizeDigit(drawing(400, 400, 40, 40, 120, 200), 400, 400))!);
    expect(larger.mass / measure(image).mass).toBeCloseTo(1, 1);
  });

  it('takes the grey of a canvas as well', async () => {
    const ink = drawing(50, 50, 20, 10, 30, 40);
    expect(await normalizeDigit(new Uint8ClampedArray(ink), 50, 50)).toEqual(await normalizeDigit(ink, 50, 50));
  });

  it('gives 784 grey levels, for a single dot, a full sheet and a line as well', async () => {
    for (const ink of [
      drawing(100, 80, 50, 40, 51, 41),
      drawing(100, 80, 0, 0, 100, 80),
      drawing(100, 80, 0, 40, 100, 41),
    ]) {
      const image = (await normalizeDigit(ink, 100, 80))!;
      expect(image).toBeInstanceOf(Uint8Array);
      expect(image).toHaveLength(784);
      expect(measure(image).mass).toBeGreaterThan(0);
    }
  });

  it('gives undefined for an empty sheet', async () => {
    expect(await normalizeDigit(new Uint8Array(280 * 280), 280, 280)).toBeUndefined();
  });

  it('does not take faint specks and noise for ink', async () => {
    const clean = drawing(280, 280, 120, 90, 150, 190);
    const image = await normalizeDigit(clean, 280, 280);
    const speckled = clean.slice();
    speckled[280 * 279 + 279] = 1;
    expect(await normalizeDigit(speckled, 280, 280)).toEqual(image);
    const noisy = clean.map((grey, i) => Math.max(grey, (i * i) % 4));
    expect(await normalizeDigit(noisy, 280, 280)).toEqual(image);
    // Faint ink counts if there is no other.
    expect(await normalizeDigit(clean.map((grey) => Math.min(grey, 1)), 280, 280)).toEqual(image); // prettier-ignore
  });

  it('leaves the drawing alone', async () => {
    const ink = drawing(50, 50, 20, 10, 30, 40);
    const copy = ink.slice();
    await normalizeDigit(ink, 50, 50);
    expect(ink).toEqual(copy);
  });

  it('leaves a normalised digit nearly as it is', async () => {
    const { x } = await generateDigits({ count: 20, seed: 8 });
    for (let i = 0; i < 20; ++i) {
      const image = Uint8Array.from(x.subarray(i * PIXELS, (i + 1) * PIXELS), (grey) => Math.round(grey * 255));
      const again = (await normalizeDigit(image, DIGIT_SIZE, DIGIT_SIZE))!;
      const difference = again.reduce((sum, grey, at) => sum + Math.abs(grey - image[at]!), 0);
      expect(difference / measure(image).mass).toBeLessThan(0.5);
    }
  });
});

describe('normalizeStrokes', () => {
  const SEVEN = [
    [10, 10, 80, 12, 60, 50, 45, 98],
    [30, 52, 75, 50],
  ];
  const placed = (scale: number, shift: number): number[][] =>
    SEVEN.map((stroke) => stroke.map((value) => scale * value + shift));

  it('gives 784 grey levels that lie as those of MNIST do', async () => {
    const image = (await normalizeStrokes(SEVEN))!;
    expect(image).toBeInstanceOf(Uint8Array);
    const { x, y, width, height } = measure(image);
    expect(Math.max(width, height)).toBe(20);
    expect(Math.abs(x - 14)).toBeLessThan(0.55);
    expect(Math.abs(y - 14)).toBeLessThan(0.55);
    expect(Math.max(...image)).toBe(255);
  });

  it('draws with a pen as wide as the drawing needs: size, place and unit do not matter', async () => {
    const image = (await normalizeStrokes(SEVEN))!;
    for (const [scale, shift] of [
      [1 / 1024, 0.4],
      [0.1, 3],
      [40, -900],
    ] as const) {
      const other = (await normalizeStrokes(placed(scale, shift)))!;
      expect(Math.max(...other.map((grey, i) => Math.abs(grey - image[i]!)))).toBeLessThanOrEqual(3);
    }
  });

  it('takes floats as well, and leaves them alone', async () => {
    const floats = SEVEN.map((stroke) => Float32Array.from(stroke));
    expect(await normalizeStrokes(floats)).toEqual(await normalizeStrokes(SEVEN));
    expect(floats.map((stroke) => [...stroke])).toEqual(SEVEN);
  });

  it('draws a single point as a dot', async () => {
    const dot = measure((await normalizeStrokes([[3, 4]]))!);
    expect([dot.width, dot.height]).toEqual([20, 20]);
  });

  it('gives undefined where there is no point', async () => {
    expect(await normalizeStrokes([])).toBeUndefined();
    expect(await normalizeStrokes([[], []])).toBeUndefined();
  });

  it('takes a hundred thousand points', async () => {
    const long = Array.from({ length: 200_000 }, (_, i) => (i % 2 ? i : Math.abs((i % 4000) - 2000)));
    expect(await normalizeStrokes([long])).toHaveLength(784);
  });
});
