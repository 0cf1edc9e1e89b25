/** The eraser cuts strokes where it passes, and leaves the rest as it is. */
import { describe, expect, it } from 'vitest';
import { erased, ERASER_RADIUS } from '../../../web/demo/page/drawing/eraser.js';
import type { Stroke } from '../../../web/demo/page/drawing/strokes.js';

const LINE: Stroke = [
  { x: 0.1, y: 0.5 },
  { x: 0.9, y: 0.5 },
];
const DOT: Stroke = [{ x: 0.3, y: 0.3 }];

describe('The eraser', () => {
  it('leaves the very drawing where it meets no ink', () => {
    const strokes = [LINE, DOT];
    expect(erased(strokes, { x: 0.1, y: 0.9 }, { x: 0.9, y: 0.9 })).toBe(strokes);
  });

  it('cuts a line in two, exactly at its rim', () => {
    const [left, right, ...none] = erased([LINE], { x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 });
    expect(none).toEqual([]);
    expect(left).toEqual([LINE[0], { x: expect.closeTo(0.5 - ERASER_RADIUS, 9), y: 0.5 }]);
    expect(right).toEqual([{ x: expect.closeTo(0.5 + ERASER_RADIUS, 9), y: 0.5 }, LINE[1]]);
  });

  it('misses nothing on a fast way across, and takes dots whole', () => {
    const bars = Array.from({ length: 9 }, (_, i): Stroke => [
      { x: 0.1 * (i + 1), y: 0.1 },
      { x: 0.1 * (i + 1), y: 0.9 },
    ]);
    const cut = erased([...bars, DOT], { x: 0, y: 0.3 }, { x: 1, y: 0.3 });
    expect(cut).toHaveLength(18);
    for (const stroke of cut) expect(stroke.every(({ y }) => Math.abs(y - 0.3) > 0.7 * ERASER_RADIUS)).toBe(true);
  });

  it('shortens an end, and keeps widths', () => {
    const pressed: Stroke = [
      { x: 0.1, y: 0.5, width: 0.5 },
      { x: 0.5, y: 0.5, width: 1.5 },
    ];
    const [left] = erased([pressed], { x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 });
    expect(left!.at(-1)!.x).toBeCloseTo(0.5 - ERASER_RADIUS);
    expect(left!.at(-1)!.width).toBeCloseTo(1.375);
  });
});
