/** Digits to draw, in shares of the pad's width and height. */

function bow(x, y, width, height, from, to) {
  return Array.from({ length: 13 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 12) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

export const ZERO = bow(0.5, 0.5, 0.24, 0.34, -90, 270);
export const ONE = [
  [0.52, 0.15],
  [0.5, 0.5],
  [0.48, 0.85],
];
export const SEVEN = [
  [0.25, 0.2],
  [0.72, 0.2],
  [0.42, 0.85],
];
