/** The digit that the page draws by itself on an empty pad, once and softly: an invitation, and the pipeline at work. */
import { isBlank } from '../state.js';
import type { PageStore } from '../state.js';
import { beginningOf } from './strokes.js';
import type { Point, Stroke } from './strokes.js';

/** How long it takes to draw. */
const DURATION_MS = 1100;

/** A 3, of two bows. */
const THREE: Stroke = [bow(0.48, 0.3, 0.165, 0.15, -155, 95), bow(0.48, 0.6, 0.195, 0.17, -95, 150)].flat();

/** Part of an ellipse, clockwise; angles in degrees, 0 to the right. */
function bow(x: number, y: number, width: number, height: number, from: number, to: number): Point[] {
  return Array.from({ length: 24 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 23) * Math.PI) / 180;
    return { x: x + width * Math.cos(angle), y: y + height * Math.sin(angle) };
  });
}

/** Draws it, unless there is a drawing; the first stroke of the visitor's takes it away for good. */
export function mountFirstDigit(store: PageStore): void {
  if (store.state.strokes.length > 0) return;
  let gone = false;
  const show = (share: number): void => {
    if (!gone) store.set({ firstDigit: { strokes: beginningOf([THREE], share) } });
  };
  store.on(['strokes', 'found'], () => {
    if (isBlank(store.state)) return;
    gone = true;
    store.set({ firstDigit: undefined });
  });
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
    show(1);
    return;
  }
  const begin = performance.now();
  const frame = (now: number): void => {
    const share = Math.min(1, Math.max(0, now - begin) / DURATION_MS);
    show((1 - Math.cos(Math.PI * share)) / 2); // slow, fast, slow, as a hand
    if (share < 1 && !gone) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
