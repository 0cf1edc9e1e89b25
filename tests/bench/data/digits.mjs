/**
 * Images with MNIST's statistics where they matter for speed: 28 × 28, strokes within the middle 20 × 20, 81 % of
 * the pixels zero, ten classes that can be learnt.
 */
const SIDE = 28;
const CLASSES = 10;
const STROKES = 3;
const HALF_WIDTH = 2.45; // gives 81 % zeros

/** @returns {{ x: Float32Array, y: Uint8Array }} `count` rows of 784 grey levels in [0, 1], and classes. */
export function strokeDigits(random, count) {
  const coordinate = () => random.uniform(5, 23);
  const prototypes = Array.from({ length: CLASSES }, () =>
    Array.from({ length: STROKES }, () => Array.from({ length: 4 }, coordinate)),
  );
  const x = new Float32Array(count * SIDE * SIDE);
  const y = new Uint8Array(count);
  for (let i = 0; i < count; ++i) {
    y[i] = random.integer(CLASSES);
    const strokes = prototypes[y[i]].map((ends) => ends.map((end) => end + random.uniform(-1.5, 1.5)));
    draw(strokes, x.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
  }
  return { x, y };
}

function draw(strokes, pixels) {
  for (let row = 4; row < SIDE - 4; ++row) {
    for (let column = 4; column < SIDE - 4; ++column) {
      const distance = Math.min(...strokes.map((ends) => distanceToSegment(column, row, ends)));
      const ink = Math.min(1, 1.5 * (1 - distance / HALF_WIDTH));
      if (ink > 0) pixels[row * SIDE + column] = Math.ceil(255 * ink) / 255;
    }
  }
}

function distanceToSegment(px, py, [ax, ay, bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
}

/** A tenth of the labels at random: a loss that falls to zero would measure arithmetic on denormal numbers. */
export function spoilLabels(random, y, classes = CLASSES) {
  for (let i = 0; i < y.length; ++i) if (random.uniform() < 0.1) y[i] = random.integer(classes);
}

/** The same images with every zero replaced by a little noise. */
export function withoutZeros(random, x) {
  return x.map((value) => (value === 0 ? random.uniform(0.01, 0.1) : value));
}
