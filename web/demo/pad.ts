/** Owner of the drawing pad: `#draw`, `#undo`, `#clear`, and the pen that the keyboard moves. */
import { colour } from './colour.js';
import { context2d, element, fitCanvas, oncePerFrame } from './dom.js';
import { keep, kept } from './keep.js';
import type { PageStore } from './state.js';
import { paintStrokes, strokesFromText, strokesToText } from './strokes.js';
import type { Point, Stroke } from './strokes.js';

const KEY = 'mlp-wasm:drawing';
/** Points closer together than this, in pads, add nothing. */
const CLOSEST = 0.003;
/** Share of the pad that an arrow key moves the pen by, plain and with Shift. */
const STEP = 0.04;
const FINE_STEP = 0.01;
/** Drawings that can be gone back to. */
const UNDO_AT_MOST = 200;

const ARROWS: Partial<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The drawing that an earlier view of the page in this tab left behind. */
export function keptDrawing(): Stroke[] {
  return strokesFromText(kept('sessionStorage', KEY));
}

export function mountPad(store: PageStore): void {
  const canvas = element('draw', HTMLCanvasElement);
  const penState = element('pen-state', HTMLElement);
  const context = context2d(canvas);

  /** Drawings before each stroke and each clearing, latest last. */
  const past: (readonly Stroke[])[] = [];
  if (store.state.strokes.length > 0) past.push([]);
  /** The stroke being drawn. */
  let stroke: Point[] | undefined;
  let pointer: number | undefined;
  /** Where the keyboard's pen is. */
  let pen: Point = { x: 0.5, y: 0.2 };
  let penIsDown = false;
  /** Whether the visitor is at the keyboard, so that the pen is to be seen. */
  let penIsShown = false;

  const begin = (point: Point): void => {
    past.push(store.state.strokes);
    if (past.length > UNDO_AT_MOST) past.shift();
    stroke = [point];
    publish();
  };
  const extend = (point: Point): void => {
    const last = stroke?.at(-1);
    if (!stroke || !last || Math.hypot(point.x - last.x, point.y - last.y) < CLOSEST) return;
    stroke.push(point);
    publish();
  };
  /** The drawing with the stroke in hand goes to the store once a frame, however fast the pen reports. */
  const publish = oncePerFrame(() => {
    if (stroke) store.set({ strokes: [...past.at(-1)!, [...stroke]] });
  });
  const end = (): void => {
    if (!stroke) return;
    store.set({ strokes: [...past.at(-1)!, stroke] });
    stroke = undefined;
  };
  const liftPen = (): void => {
    end();
    if (penIsDown) penState.textContent = 'Pen up';
    penIsDown = false;
    paint();
  };
  const undo = (): void => {
    liftPen();
    const before = past.pop();
    if (before) store.set({ strokes: before });
  };
  const clear = (): void => {
    liftPen();
    if (store.state.strokes.length === 0) return;
    past.push(store.state.strokes);
    store.set({ strokes: [] });
  };

  const pointOf = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    const border = canvas.clientLeft;
    return {
      x: (event.clientX - box.left - border) / canvas.clientWidth,
      y: (event.clientY - box.top - border) / canvas.clientHeight,
    };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (pointer !== undefined || event.button !== 0) return;
    penIsShown = false;
    liftPen();
    pointer = event.pointerId;
    begin(pointOf(event));
    // A pointer that a script made up cannot be captured, and need not be.
    if (event.isTrusted) canvas.setPointerCapture(pointer);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId !== pointer) return;
    const points = event.getCoalescedEvents?.() ?? [];
    for (const each of points.length > 0 ? points : [event]) extend(pointOf(each));
  });
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
    canvas.addEventListener(type, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = undefined;
      end();
    });
  }

  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || pointer !== undefined) return;
    const direction = ARROWS[event.key];
    penIsShown = true;
    if (direction) {
      const step = event.shiftKey ? FINE_STEP : STEP;
      const inside = (value: number): number => Math.min(1, Math.max(0, value));
      pen = { x: inside(pen.x + direction.x * step), y: inside(pen.y + direction.y * step) };
      if (penIsDown) extend(pen);
      paint();
    } else if (event.key === ' ') {
      if (event.repeat) return;
      if (penIsDown) {
        liftPen();
      } else {
        penIsDown = true;
        penState.textContent = 'Pen down';
        begin(pen);
      }
    } else if (event.key === 'Escape') {
      liftPen();
    } else {
      return;
    }
    event.preventDefault();
  });
  canvas.addEventListener('focus', () => {
    penIsShown = canvas.matches(':focus-visible');
    paint();
  });
  canvas.addEventListener('blur', () => {
    penIsShown = false;
    liftPen();
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type !== 'radio';
    if (typing || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    undo();
  });
  element('undo', HTMLButtonElement).addEventListener('click', undo);
  element('clear', HTMLButtonElement).addEventListener('click', clear);

  const paint = (): void => {
    const size = canvas.width;
    context.clearRect(0, 0, size, size);
    context.strokeStyle = colour('ink');
    paintStrokes(context, store.state.strokes, size);
    if (penIsShown) paintPen(size);
  };
  const paintPen = (size: number): void => {
    context.beginPath();
    context.arc(pen.x * size, pen.y * size, size * 0.0375, 0, 2 * Math.PI);
    context.lineWidth = size * 0.007;
    context.strokeStyle = context.fillStyle = colour('accent');
    if (penIsDown) context.fill();
    context.stroke();
  };
  fitCanvas(canvas, paint);
  store.on(['strokes', 'theme'], paint);
  store.on(['strokes'], () => {
    canvas.classList.toggle('is-empty', store.state.strokes.length === 0);
    keep('sessionStorage', KEY, strokesToText(store.state.strokes));
  });
}
