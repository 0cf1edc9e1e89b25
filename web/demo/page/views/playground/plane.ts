/** The plane, large: a surface, the line at its middle, the points, and the cursor that places some by keyboard. */
import { colour } from '../../colour.js';
import { context2d, fitCanvas, make, oncePerFrame } from '../../dom.js';
import { ownPlace } from './data.js';
import type { Point } from './data.js';
import { REACH } from './inputs.js';
import type { Place } from './inputs.js';
import { paintMark } from './marks.js';
import type { MarkColours } from './marks.js';
import { contourOf, SurfacePainter } from './surface.js';
import type { Scale } from './surface.js';
import { words } from './words.js';

/** Cells along a side of the large surface. */
export const PLANE_SIDE = 60;
/** Distances that an arrow key moves the cursor by, plain and with Shift. */
const STEP = 0.5;
const FINE_STEP = 0.05;
const ARROWS: Partial<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export interface PlaneScene {
  /** For those who do not see it. */
  label: string;
  /** PLANE_SIDE² rows × columns; undefined where there is no network. */
  surface: { values: Float32Array; column: number; columns: number; scale: Scale } | undefined;
  points: readonly Point[];
  isRegression: boolean;
  /** True if the visitor places the points. */
  isOwn: boolean;
  /** The class of the next one. */
  placing: number;
}

export interface PlaneEvents {
  /** False if there are as many points as may be. */
  place(place: Place, value: number): boolean;
  choose(value: number): void;
  undo(): void;
}

export class Plane {
  readonly element = make('div', 'plane');
  readonly #canvas = make('canvas', 'plane-canvas');
  readonly #empty = make('p', 'plane-empty');
  readonly #spoken = make('p', 'sr-only');
  readonly #painter = new SurfacePainter(PLANE_SIDE);
  readonly #small = new OffscreenCanvas(PLANE_SIDE, PLANE_SIDE);
  readonly #paint = oncePerFrame(() => this.#paintNow());
  readonly #on: PlaneEvents;
  #scene: PlaneScene | undefined;
  #cursor: Place = { x: 0, y: 0 };
  #hasCursor = false;

  constructor(on: PlaneEvents) {
    this.#on = on;
    this.#canvas.id = 'plane';
    this.#spoken.setAttribute('aria-live', 'polite');
    this.element.append(this.#canvas, this.#empty, this.#spoken);
    fitCanvas(this.#canvas, this.#paint);
    this.#canvas.addEventListener('click', (event) => {
      if (!this.#scene?.isOwn) return;
      this.#hasCursor = false;
      const x = (2 * event.offsetX) / this.#canvas.clientWidth - 1;
      const y = 1 - (2 * event.offsetY) / this.#canvas.clientHeight;
      this.#on.place(ownPlace({ x: REACH * x, y: REACH * y }), this.#scene.placing);
    });
    this.#canvas.addEventListener('keydown', (event) => this.#key(event));
    this.#canvas.addEventListener('focus', () => {
      this.#hasCursor = this.#canvas.matches(':focus-visible');
      this.#paint();
    });
    this.#canvas.addEventListener('blur', () => {
      this.#hasCursor = false;
      this.#paint();
    });
  }

  show(scene: PlaneScene): void {
    this.#scene = scene;
    const { isOwn, label, points } = scene;
    this.#canvas.setAttribute('role', isOwn ? 'application' : 'img');
    this.#canvas.setAttribute('aria-label', label);
    this.#canvas.classList.toggle('is-own', isOwn);
    if (isOwn) this.#canvas.tabIndex = 0;
    else this.#canvas.removeAttribute('tabindex');
    this.#empty.hidden = !isOwn || points.length > 0;
    this.#empty.textContent = words.own.empty;
    this.#paint();
  }

  /** Takes the colours of another theme. */
  renew(): void {
    this.#painter.renew();
    this.#paint();
  }

  /** The class of the next point, before the next frame brings it, because a press may come sooner. */
  set placing(placing: number) {
    if (this.#scene) this.#scene = { ...this.#scene, placing };
  }

  focus(): void {
    this.#canvas.focus();
  }

  #key(event: KeyboardEvent): void {
    const scene = this.#scene;
    if (!scene?.isOwn) return;
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
    if ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo) return;
    const arrow = ARROWS[event.key];
    const key = event.key.toLowerCase();
    if (arrow) {
      const step = event.shiftKey ? FINE_STEP : STEP;
      const { x, y } = this.#cursor;
      this.#cursor = ownPlace({ x: x + step * arrow[0], y: y + step * arrow[1] });
      this.#spoken.textContent = words.own.at(this.#cursor);
    } else if (key === ' ' || key === 'enter') {
      const isPlaced = this.#on.place(this.#cursor, scene.placing);
      this.#spoken.textContent = isPlaced ? words.own.placed(scene.placing, this.#cursor) : words.own.full;
    } else if (key === 'a' || key === 'b') {
      const placing = key === 'a' ? 1 : 0;
      this.#on.choose(placing);
      this.#spoken.textContent = words.own.chosen(placing);
    } else if (isUndo || key === 'backspace' || key === 'delete') {
      this.#on.undo();
      this.#spoken.textContent = words.own.undone;
    } else {
      return;
    }
    // The pad has keys of its own for all of the page.
    event.stopPropagation();
    event.preventDefault();
    this.#hasCursor = true;
    this.#paint();
  }

  #paintNow(): void {
    const { width, height } = this.#canvas;
    const scene = this.#scene;
    if (!scene || width === 0) return;
    const context = context2d(this.#canvas);
    context.clearRect(0, 0, width, height);
    if (scene.surface) this.#paintSurface(context, width, scene.surface);
    this.#paintAxes(context, width);
    this.#paintPoints(context, width, scene);
    if (this.#hasCursor && scene.isOwn) this.#paintCursor(context, width, scene.placing);
  }

  #paintSurface(
    context: CanvasRenderingContext2D,
    width: number,
    { values, column, columns, scale }: NonNullable<PlaneScene['surface']>,
  ): void {
    this.#painter.paint(this.#small.getContext('2d')!, values, column, columns, scale);
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.#small, 0, 0, width, width);
    const line = contourOf(values, column, columns, PLANE_SIDE, scale.middle);
    context.beginPath();
    for (let i = 0; i < line.length; i += 4) {
      context.moveTo(line[i]! * width, line[i + 1]! * width);
      context.lineTo(line[i + 2]! * width, line[i + 3]! * width);
    }
    context.lineWidth = 1.25 * unit();
    context.lineCap = 'round';
    context.strokeStyle = colour('ink');
    context.stroke();
  }

  #paintAxes(context: CanvasRenderingContext2D, width: number): void {
    context.globalAlpha = 0.22;
    context.strokeStyle = colour('ink');
    context.lineWidth = unit();
    context.beginPath();
    const middle = Math.round(width / 2) + (unit() % 2) / 2;
    context.moveTo(middle, 0);
    context.lineTo(middle, width);
    context.moveTo(0, middle);
    context.lineTo(width, middle);
    context.stroke();
    context.globalAlpha = 1;
  }

  #paintPoints(context: CanvasRenderingContext2D, width: number, { points, isRegression }: PlaneScene): void {
    const colours = markColours();
    const radius = 3.4 * unit();
    for (const point of points) {
      const fill = isRegression ? this.#painter.colourOf(point.value, { middle: 0, reach: 0.8 }) : undefined;
      paintMark(context, point, ...this.#pixelOf(point, width), radius, colours, fill);
    }
  }

  #paintCursor(context: CanvasRenderingContext2D, width: number, placing: number): void {
    const [x, y] = this.#pixelOf(this.#cursor, width);
    const arm = 13 * unit();
    context.strokeStyle = colour('ink');
    context.lineWidth = 1.5 * unit();
    context.beginPath();
    for (const [dx, dy] of Object.values(ARROWS) as (readonly [number, number])[]) {
      context.moveTo(x + 0.5 * arm * dx, y + 0.5 * arm * dy);
      context.lineTo(x + arm * dx, y + arm * dy);
    }
    context.stroke();
    context.globalAlpha = 0.6;
    paintMark(context, { value: placing, isHeldOut: false }, x, y, 3.4 * unit(), markColours());
    context.globalAlpha = 1;
  }

  #pixelOf({ x, y }: Place, width: number): [number, number] {
    return [(0.5 + x / (2 * REACH)) * width, (0.5 - y / (2 * REACH)) * width];
  }
}

/** A CSS pixel in the canvas' pixels. */
const unit = (): number => window.devicePixelRatio || 1;

function markColours(): MarkColours {
  return { one: colour('positive'), zero: colour('negative'), paper: colour('surface'), ink: colour('ink') };
}
