/**
 * Digits that people drew with a pen, for tests alone: nothing is trained, tuned or chosen on them, and the project
 * does not hold them. Files `*.json.gz` of `{ samples: [label, writer, strokes][] }`, a stroke `[x0, y0, x1, y1, …]`,
 * are looked for in the folder that the environment names as PENS_DIR, then in `../shared/pens`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Stroke } from '../../../web/demo/page/drawing/strokes.js';

export interface PenDigit {
  label: number;
  /** As the page's pad holds them: in the unit square. */
  strokes: Stroke[];
}

/** The files of the collections; none where the folder is absent. */
export function findPens(): string[] {
  const beside = fileURLToPath(new URL('../../../../shared/pens', import.meta.url));
  const folder = [process.env['PENS_DIR'], beside].find((path) => path && existsSync(path));
  if (!folder) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => join(folder, name));
}

export function loadPens(file: string): PenDigit[] {
  const { samples } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    samples: [number, string, number[][]][];
  };
  return samples.map(([label, , strokes]) => ({ label, strokes: onPad(strokes) }));
}

/** In the middle of the pad, `size` of its side. */
export function onPad(strokes: readonly (readonly number[])[], size = 0.7): Stroke[] {
  const axis = (from: number): number[] => strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === from));
  const [xs, ys] = [axis(0), axis(1)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = size / Math.max(right - left, bottom - top, 1e-9);
  const place = (value: number, low: number, high: number): number => 0.5 + scale * (value - (low + high) / 2);
  return strokes.map((stroke) =>
    Array.from({ length: stroke.length / 2 }, (_, i) => ({
      x: place(stroke[2 * i]!, left, right),
      y: place(stroke[2 * i + 1]!, top, bottom),
    })),
  );
}
