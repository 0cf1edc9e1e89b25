/** Finding elements of index.html, with their type, and fitting canvases to the screen. */

/** The element with this id; a missing one is a mistake in index.html. */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with id "${id}"`);
  return found;
}

/** A new element with a class and text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  text = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/**
 * Keeps a canvas' raster at one pixel per device pixel and calls `paint` after each change of size. Widths and
 * heights are in device pixels.
 */
export function fitCanvas(canvas: HTMLCanvasElement, paint: () => void): void {
  new ResizeObserver(() => {
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (width === canvas.width && height === canvas.height) return;
    canvas.width = width;
    canvas.height = height;
    paint();
  }).observe(canvas);
}

/** Painting that waits for the next frame. */
const due = new Set<() => void>();

/** `paint`, at most once a frame however often the result is called. */
export function oncePerFrame(paint: () => void): () => void {
  const run = (): void => {
    if (due.delete(run)) paint();
  };
  return () => {
    if (due.has(run)) return;
    due.add(run);
    requestAnimationFrame(run);
  };
}

/** Painting that asks for more painting, as a view does of its pictures, goes no deeper than this. */
const DEPTH = 3;

/** Paints at once what waits for the next frame, which a page that is being printed does not come to. */
export function paintNow(): void {
  for (let i = 0; i < DEPTH; i++) [...due].forEach((run) => run());
}

/** A 2D context; every browser that can run the network has one. */
export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser gives no 2D canvas');
  return context;
}
