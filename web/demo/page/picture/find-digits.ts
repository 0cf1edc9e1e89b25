/**
 * Finds digits in a picture: dark on light or light on dark, unevenly lit, noisy, in several lines. Ink is what stands
 * out from the paper around it (a threshold by Otsu 1979 on the difference), and connected ink is a digit or a piece of
 * one.
 */
import { growThin } from './grow.js';

/** Grey levels, row-major; 0 is black. */
export interface Picture {
  width: number;
  height: number;
  levels: Uint8Array;
}

/** A digit, or what may be one. */
export interface Found {
  left: number;
  top: number;
  width: number;
  height: number;
  /** width × height levels, 255 = ink. */
  ink: Uint8Array;
}

interface Piece {
  left: number;
  right: number;
  top: number;
  bottom: number;
  places: number[];
}

/** Tiles that the paper is looked for in, along the larger side. */
const TILES = 32;
const SMALLEST_TILE = 6;
/** Ink that differs from paper by less than this, or by less than so many deviations of the paper's noise, is none. */
const CONTRAST = 24;
const DEVIATIONS = 4;
const INK_AT_MOST = 0.45;
const PIECES_AT_MOST = 2000;

/** The digits of a picture, line by line, each from left to right. */
export function findDigits(picture: Picture): Found[][] {
  const raised = inkOf(picture);
  const ink = raised && thresholded(raised);
  if (!ink) return [];
  const pieces = joined(cleaned(piecesOf(ink.is, picture.width, picture.height), picture));
  return linesOf(pieces).map((line) => line.map((piece) => cut(piece, raised, ink, picture)));
}

/** By how much each pixel stands out from the paper around it, in the direction in which ink does. */
function inkOf(picture: Picture): Uint8Array | undefined {
  const { width, height } = picture;
  if (width < 8 || height < 8) return undefined;
  const levels = Math.max(width, height) > 100 ? smoothed(picture) : picture.levels;
  const dark = isInkDark(levels, width, height);
  const ink = dark ? levels.map((level) => 255 - level) : levels;
  const tile = Math.max(SMALLEST_TILE, Math.ceil(Math.max(width, height) / TILES));
  const [columns, rows] = [Math.ceil(width / tile), Math.ceil(height / tile)];
  const low = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const inside: number[] = [];
      for (let y = row * tile; y < Math.min(height, (row + 1) * tile); y++) {
        for (let x = column * tile; x < Math.min(width, (column + 1) * tile); x++) inside.push(ink[y * width + x]!);
      }
      inside.sort((a, b) => a - b);
      low[row * columns + column] = inside[Math.floor(inside.length / 4)]!;
    }
  }
  // A stroke may fill a tile, but not all tiles about it; the edge of a shadow stays in its place (an opening).
  const paper = overTiles(Math.max, overTiles(Math.min, low, columns, rows), columns, rows);
  const raised = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const v = Math.max(0, Math.min(rows - 1, (y + 0.5) / tile - 0.5));
    const [above, below] = [Math.floor(v) * columns, Math.min(rows - 1, Math.floor(v) + 1) * columns];
    for (let x = 0; x < width; x++) {
      const u = Math.max(0, Math.min(columns - 1, (x + 0.5) / tile - 0.5));
      const [a, b] = [Math.floor(u), Math.min(columns - 1, Math.floor(u) + 1)];
      const [s, t] = [u - a, v - Math.floor(v)];
      const here = (1 - t) * ((1 - s) * paper[above + a]! + s * paper[above + b]!);
      const there = t * ((1 - s) * paper[below + a]! + s * paper[below + b]!);
      raised[y * width + x] = Math.max(0, ink[y * width + x]! - here - there);
    }
  }
  return raised;
}

/** Means over 3 × 3 pixels. */
function smoothed({ width, height, levels }: Picture): Uint8Array {
  const out = new Uint8Array(levels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++, count++) sum += levels[v * width + u]!;
      }
      out[y * width + x] = sum / count;
    }
  }
  return out;
}

/** Ink is rare: levels are skewed towards it, once the means around them are taken away. */
function isInkDark(levels: Uint8Array, width: number, height: number): boolean {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += levels[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  const reach = Math.max(width, height) >> 2;
  let skew = 0;
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - reach) * (width + 1), Math.min(height, y + reach) * (width + 1)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach)];
      const sum = sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!;
      const mean = (sum * (width + 1)) / ((bottom - top) * (right - left));
      skew += (levels[y * width + x]! - mean) ** 3;
    }
  }
  return skew < 0;
}

/** The lowest or highest of 5 × 5 tiles. */
function overTiles(of: (...levels: number[]) => number, tiles: Float32Array, columns: number, rows: number) {
  return tiles.map((level, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    for (let v = Math.max(0, row - 2); v <= Math.min(rows - 1, row + 2); v++) {
      for (let u = Math.max(0, column - 2); u <= Math.min(columns - 1, column + 2); u++) {
        level = of(level, tiles[v * columns + u]!);
      }
    }
    return level;
  });
}

interface Ink {
  is: Uint8Array;
  /** Levels of paper and of ink. */
  from: number;
  to: number;
}

function thresholded(raised: Uint8Array): Ink | undefined {
  const histogram = new Float64Array(256);
  for (const level of raised) histogram[level]!++;
  const total = raised.length;
  const all = histogram.reduce((sum, count, level) => sum + count * level, 0);
  let best = { threshold: 0, variance: 0 };
  for (let level = 0, count = 0, sum = 0; level < 255; level++) {
    count += histogram[level]!;
    sum += histogram[level]! * level;
    if (count === 0 || count === total) continue;
    const variance = count * (total - count) * (sum / count - (all - sum) / (total - count)) ** 2;
    if (variance > best.variance) best = { threshold: level, variance };
  }
  const { threshold } = best;
  let [count, sum, squares] = [0, 0, 0];
  for (let level = 0; level <= threshold; level++) {
    count += histogram[level]!;
    sum += histogram[level]! * level;
    squares += histogram[level]! * level * level;
  }
  if (count === total || 1 - count / total > INK_AT_MOST) return undefined;
  const paper = sum / count;
  const noise = Math.sqrt(Math.max(0, squares / count - paper * paper));
  const ink = (all - sum) / (total - count);
  if (ink - paper < Math.max(CONTRAST, DEVIATIONS * noise)) return undefined;
  const above = Math.max(threshold, paper + 2 * noise);
  return { is: Uint8Array.from(raised, (level) => Number(level > above)), from: paper + noise, to: ink };
}

/** Connected ink, also over corners. */
function piecesOf(is: Uint8Array, width: number, height: number): Piece[] {
  const left = is.slice();
  const pieces: Piece[] = [];
  const stack: number[] = [];
  for (let start = 0; start < left.length; start++) {
    if (left[start] === 0) continue;
    const piece: Piece = { left: width, right: -1, top: height, bottom: -1, places: [] };
    left[start] = 0;
    stack.push(start);
    while (stack.length > 0) {
      const at = stack.pop()!;
      const [x, y] = [at % width, Math.floor(at / width)];
      piece.places.push(at);
      piece.left = Math.min(piece.left, x);
      piece.right = Math.max(piece.right, x);
      piece.top = Math.min(piece.top, y);
      piece.bottom = Math.max(piece.bottom, y);
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const next = v * width + u;
          if (left[next] === 0) continue;
          left[next] = 0;
          stack.push(next);
        }
      }
    }
    pieces.push(piece);
  }
  return pieces;
}

const widthOf = ({ left, right }: Piece): number => right - left + 1;
const heightOf = ({ top, bottom }: Piece): number => bottom - top + 1;

/** The height of digits: the median of pieces that are not much lower than the highest. */
function usualHeight(pieces: readonly Piece[]): number {
  const heights = pieces.map(heightOf).sort((a, b) => b - a);
  const tall = heights.filter((height) => height >= 0.4 * heights[0]!);
  return tall[Math.floor(tall.length / 2)] ?? 0;
}

/** Without specks, ruled lines, and the edges of a sheet. */
function cleaned(pieces: readonly Piece[], { width, height }: Picture): Piece[] {
  const large = pieces.filter(({ places }) => places.length >= 6);
  const isEdge = (piece: Piece): boolean =>
    (piece.left === 0 || piece.top === 0 || piece.right === width - 1 || piece.bottom === height - 1) &&
    (widthOf(piece) > 0.5 * width || heightOf(piece) > 0.5 * height);
  const isLine = (piece: Piece): boolean => widthOf(piece) > 0.3 * width && widthOf(piece) > 6 * heightOf(piece);
  const others = large.filter((piece) => !isEdge(piece) && !isLine(piece));
  // A digit that fills its picture looks like an edge; then there is nothing else.
  const rest = others.some((piece) => heightOf(piece) > 0.05 * height) ? others : large;
  const usual = usualHeight(rest);
  const kept = rest.filter(
    (piece) =>
      piece.places.length >= 0.004 * usual * usual && Math.max(widthOf(piece), heightOf(piece)) >= 0.15 * usual,
  );
  return kept.length > PIECES_AT_MOST ? [] : kept;
}

/** Pieces of one digit together, such as the bar of a 5; and without what is too low for a digit. */
function joined(pieces: Piece[]): Piece[] {
  const usual = usualHeight(pieces);
  const all = [...pieces];
  const belong = (a: Piece, b: Piece): boolean => {
    if (Math.min(heightOf(a), heightOf(b)) > 0.55 * usual) return false;
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left) + 1;
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) + 1;
    const height = Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top) + 1;
    if (height > 1.4 * usual) return false;
    const isAbove = across >= 0.4 * Math.min(widthOf(a), widthOf(b)) && down > -0.25 * usual;
    const isBeside = across > -0.1 * usual && down > 0.5 * Math.min(heightOf(a), heightOf(b));
    return isAbove || isBeside;
  };
  for (let again = true; again;) {
    again = false;
    for (let i = 0; i < all.length && !again; i++) {
      for (let j = i + 1; j < all.length && !again; j++) {
        const [a, b] = [all[i]!, all[j]!];
        if (!belong(a, b)) continue;
        all.splice(j, 1);
        all[i] = together(a, b);
        again = true;
      }
    }
  }
  return all.filter((piece) => heightOf(piece) >= 0.4 * usual);
}

function together(a: Piece, b: Piece): Piece {
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
    places: [...a.places, ...b.places],
  };
}

/** Lines from top to bottom, each from left to right. */
function linesOf(pieces: readonly Piece[]): Piece[][] {
  const lines: { top: number; bottom: number; pieces: Piece[] }[] = [];
  for (const piece of [...pieces].sort((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const line = lines.find(({ top, bottom }) => {
      const shared = Math.min(bottom, piece.bottom) - Math.max(top, piece.top) + 1;
      return shared >= 0.5 * Math.min(bottom - top + 1, heightOf(piece));
    });
    if (line) line.pieces.push(piece);
    else lines.push({ top: piece.top, bottom: piece.bottom, pieces: [piece] });
  }
  return lines.map((line) => line.pieces.sort((a, b) => a.left + a.right - b.left - b.right));
}

/** A piece as an image of its own, with its soft rim, and lines as broad as a pen's. */
function cut(piece: Piece, raised: Uint8Array, { from, to }: Ink, { width, height }: Picture): Found {
  const [left, top] = [Math.max(0, piece.left - 1), Math.max(0, piece.top - 1)];
  const [right, bottom] = [Math.min(width - 1, piece.right + 1), Math.min(height - 1, piece.bottom + 1)];
  const [columns, rows] = [right - left + 1, bottom - top + 1];
  const ink = new Uint8Array(columns * rows);
  for (const at of piece.places) {
    const [x, y] = [at % width, Math.floor(at / width)];
    for (let v = Math.max(top, y - 1); v <= Math.min(bottom, y + 1); v++) {
      for (let u = Math.max(left, x - 1); u <= Math.min(right, x + 1); u++) {
        const level = (255 * (raised[v * width + u]! - from)) / Math.max(1, to - from);
        ink[(v - top) * columns + u - left] = Math.max(0, Math.min(255, level));
      }
    }
  }
  return growThin({ left, top, width: columns, height: rows, ink });
}
