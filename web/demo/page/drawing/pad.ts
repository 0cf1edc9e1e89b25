/** Owner of the drawing pad: `#draw`, the buttons above it, and the pen that the keyboard moves. */
import { colour, inkRamp } from '../colour.js';
import { context2d, element, fitCanvas, oncePerFrame } from '../dom.js';
import { keep, kept } from '../keep.js';
import { isBlank } from '../state.js';
import type { PageStore } from '../state.js';
import { drawingWords as words } from '../words/drawing.js';
import { words as firstView } from '../words/first-view.js';
import { erased, ERASER_RADIUS } from './eraser.js';
import { paintStrokes, PEN_WIDTH, strokesFromText, strokesToText, widthOf } from './strokes.js';
import type { Point, Stroke } from './strokes.js';

const KEY = 'mlp-wasm:drawing';
/** Points closer together than this, in pads, add nothing. */
const CLOSEST = 0.003;
/** Share of the pad that an arrow key moves the pen by, plain and with Shift. */
const STEP = 0.04;
const FINE_STEP = 0.01;
/** Number of drawings that can be gone back to. */
const UNDO_AT_MOST = 200;
/** Widths of the pen to choose from, relative to the plain one. */
const PENS = [0.55, 1, 1.6] as const;
const PEN_KEY = 'mlp-wasm:pen';
/** The button of a pointer that its eraser end presses, by Pointer Events. */
const ERASER_END = 5;
/** Opacity of the digit that the page draws by itself. */
const SOFT = 0.28;

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
  /** Drawings that were undone, latest last. */
  const future: (readonly Stroke[])[] = [];
  /** The stroke being drawn. */
  let stroke: Point[] | undefined;
  let pointer: number | undefined;
  /** Points that the pen is expected to pass next: painted, so that ink keeps up with it, and never kept. */
  let expected: readonly Point[] = [];
  /** The drawing that the eraser in hand leaves, and the place that it has reached. */
  let rubbed: readonly Stroke[] | undefined;
  let rubber: Point | undefined;
  let erases = false;
  let chosen = Math.max(0, PENS.indexOf(Number(kept('localStorage', PEN_KEY) ?? 1) as 1));
  const broad = (point: Point): Point => {
    const width = PENS[chosen]! * (point.width ?? 1);
    return width === 1 ? point : { ...point, width };
  };
  /** Position of the keyboard's pen. */
  let pen: Point = { x: 0.5, y: 0.2 };
  let penIsDown = false;
  /** True while the visitor draws by keyboard, so that the pen is to be seen. */
  let penIsShown = false;

  const begin = (point: Point, rubs = erases): void => {
    remember();
    store.set({ found: undefined });
    if (rubs) {
      rubber = point;
      rubbed = erased(store.state.strokes, point, point);
    } else {
      stroke = [broad(point)];
    }
    store.set({ isDrawing: true });
    publish();
  };
  /** Adds the present drawing to those that can be gone back to. */
  const remember = (): void => {
    past.push(store.state.strokes);
    if (past.length > UNDO_AT_MOST) past.shift();
    future.length = 0;
    showSteps();
  };
  const extend = (point: Point): void => {
    if (rubbed && rubber) {
      rubbed = erased(rubbed, rubber, point);
      rubber = point;
      publish();
      return;
    }
    const last = stroke?.at(-1);
    if (!stroke || !last || Math.hypot(point.x - last.x, point.y - last.y) < CLOSEST) return;
    stroke.push(broad(point));
    publish();
  };
  /** The drawing with the stroke in hand goes to the store once a frame, however fast the pen reports. */
  const publish = oncePerFrame(() => {
    if (stroke) store.set({ strokes: [...past.at(-1)!, [...stroke]] });
    if (!rubbed) return;
    if (rubbed === store.state.strokes) paint();
    else store.set({ strokes: rubbed });
  });
  const end = (): void => {
    expected = [];
    if (rubbed) {
      // A rubbing that met no ink is no step to go back by.
      if (rubbed === past.at(-1)) past.pop();
      store.set({ strokes: rubbed, isDrawing: false });
      rubbed = rubber = undefined;
      showSteps();
      paint();
    }
    if (!stroke) return;
    store.set({ strokes: [...past.at(-1)!, stroke], isDrawing: false });
    stroke = undefined;
  };
  const liftPen = (): void => {
    end();
    if (penIsDown) penState.textContent = words.pen.up;
    penIsDown = false;
    paint();
  };
  const step = (from: (readonly Stroke[])[], to: (readonly Stroke[])[]): void => {
    liftPen();
    const strokes = from.pop();
    if (!strokes) return;
    to.push(store.state.strokes);
    store.set({ strokes, found: undefined });
    showSteps();
  };
  const undo = (): void => step(past, future);
  const redo = (): void => step(future, past);
  const clear = (): void => {
    liftPen();
    if (store.state.strokes.length > 0) remember();
    store.set({ strokes: [], found: undefined });
  };
  const undoButton = element('undo', HTMLButtonElement);
  const redoButton = element('redo', HTMLButtonElement);
  const showSteps = (): void => {
    const focused = document.activeElement;
    undoButton.disabled = past.length === 0;
    redoButton.disabled = future.length === 0;
    if (focused instanceof HTMLButtonElement && focused.disabled) {
      if (focused === redoButton) undoButton.focus();
      else if (focused === undoButton) canvas.focus();
    }
  };
  showSteps();

  const pointOf = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    const border = canvas.clientLeft;
    return {
      x: (event.clientX - box.left - border) / canvas.clientWidth,
      y: (event.clientY - box.top - border) / canvas.clientHeight,
      // Fingers and mice report a pressure that means nothing.
      ...(event.pointerType === 'pen' && event.pressure > 0 && { width: widthOf(event.pressure) }),
    };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (pointer !== undefined || (event.button !== 0 && event.button !== ERASER_END)) return;
    penIsShown = false;
    liftPen();
    pointer = event.pointerId;
    begin(pointOf(event), erases || event.button === ERASER_END);
    // A pointer that a script made up cannot be captured, and need not be.
    if (event.isTrusted) canvas.setPointerCapture(pointer);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId !== pointer) return;
    const points = event.getCoalescedEvents?.() ?? [];
    for (const each of points.length > 0 ? points : [event]) extend(pointOf(each));
    expected = stroke ? (event.getPredictedEvents?.() ?? []).map((each) => broad(pointOf(each))) : [];
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
        penState.textContent = erases ? words.pen.rubs : words.pen.down;
        begin(pen);
      }
    } else if (event.key === 'Escape') {
      liftPen();
    } else if (event.key.toLowerCase() === 'e') {
      chooseEraser(!erases);
    } else if (event.key === '[' || event.key === ']') {
      choosePen(Math.min(PENS.length - 1, Math.max(0, chosen + (event.key === '[' ? -1 : 1))));
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
    if (typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) redo();
    else undo();
  });
  const eraser = element('eraser', HTMLButtonElement);
  const chooseEraser = (on: boolean): void => {
    liftPen();
    erases = on;
    eraser.setAttribute('aria-pressed', String(on));
    canvas.classList.toggle('is-erasing', on);
    penState.textContent = on ? words.pen.eraser : words.pen.pens[chosen]!;
    paint();
  };
  eraser.addEventListener('click', () => chooseEraser(!erases));
  const penButton = element('pen-size', HTMLButtonElement);
  const choosePen = (to: number): void => {
    chosen = to;
    keep('localStorage', PEN_KEY, String(PENS[chosen]));
    chooseEraser(false);
    showPen();
  };
  const showPen = (): void => {
    penButton.dataset['size'] = String(chosen);
    penButton.title = words.pen.pens[chosen]!;
    penButton.setAttribute('aria-label', words.pen.pens[chosen]!);
  };
  showPen();
  penButton.addEventListener('click', () => choosePen((chosen + 1) % PENS.length));
  for (const [button, text] of [
    [undoButton, words.undo],
    [redoButton, words.redo],
    [eraser, words.pen.eraser],
  ] as const) {
    button.setAttribute('aria-label', text);
    button.title = text;
  }
  undoButton.addEventListener('click', undo);
  redoButton.addEventListener('click', redo);
  element('clear', HTMLButtonElement).addEventListener('click', clear);

  const paint = (): void => {
    const size = canvas.width;
    context.clearRect(0, 0, size, size);
    context.strokeStyle = colour('ink');
    const { strokes, found, firstDigit } = store.state;
    if (firstDigit && strokes.length === 0) {
      context.globalAlpha = SOFT;
      paintStrokes(context, firstDigit.strokes, size);
      context.globalAlpha = 1;
    }
    paintStrokes(context, strokes, size);
    if (stroke && expected.length > 0) paintStrokes(context, [[...stroke.slice(-2), ...expected]], size);
    if (found) paintFound(found, size);
    if (penIsShown || rubber) paintPen(size);
  };
  const paintFound = (pixels: Uint8Array, size: number): void => {
    const image = new ImageData(28, 28);
    const ramp = inkRamp();
    const rgba = new Uint32Array(image.data.buffer);
    pixels.forEach((level, i) => (rgba[i] = ramp[level]!));
    const small = new OffscreenCanvas(28, 28);
    small.getContext('2d')!.putImageData(image, 0, 0);
    context.drawImage(small, 0, 0, size, size);
  };
  const paintPen = (size: number): void => {
    context.beginPath();
    const { x, y } = rubber ?? pen;
    const radius = erases || rubber ? ERASER_RADIUS : (PEN_WIDTH / 2) * PENS[chosen]!;
    context.arc(x * size, y * size, radius * size, 0, 2 * Math.PI);
    context.lineWidth = size * 0.007;
    context.strokeStyle = context.fillStyle = colour('accent');
    if (penIsDown && !rubber) context.fill();
    context.stroke();
  };
  fitCanvas(canvas, paint);
  store.on(['strokes', 'found', 'firstDigit', 'theme'], paint);
  store.on(['found'], () => {
    if (!store.state.found || store.state.strokes.length === 0) return;
    // The drawing makes room, and Undo brings it back.
    liftPen();
    remember();
    store.set({ strokes: [] });
  });
  store.on(['strokes', 'found'], () => {
    canvas.classList.toggle('is-empty', isBlank(store.state));
    keep('sessionStorage', KEY, strokesToText(store.state.strokes));
  });
  const note = element('pad-note', HTMLElement);
  store.on(['reader'], () => {
    const { reader } = store.state;
    note.textContent = reader === 'loading' ? firstView.loading : reader === 'ready' ? firstView.draw : reader.error;
    note.classList.toggle('is-error', typeof reader === 'object');
  });
}
