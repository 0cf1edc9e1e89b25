/** A vector as a picture: a grid of cells, of which one is chosen, by pointer or by arrow keys. */
import { colour, inkRamp, signedRamp } from '../../colour.js';
import { context2d, fitCanvas, make, oncePerFrame } from '../../dom.js';

export interface PictureSpec {
  title: string;
  values: ArrayLike<number>;
  /** Ink from 0 to 1, or colours for negative and positive up to the largest. */
  kind: 'ink' | 'signed';
  /** Value that has the full colour. Default: the largest by size. */
  largest?: number;
  /** Ink below the colours, faint, from 0 to 1. */
  under?: ArrayLike<number>;
  selected?: number | undefined;
  /** A cell's name and its value. */
  describe(i: number): string;
  /** A name for each cell, written below it; for a few cells. */
  labels?: readonly string[];
  /** Called with the cell that was chosen. */
  select?(i: number): void;
}

/** Columns of a grid of this many cells: those of an image, one row of a few, else about a square. */
export function columnsOf(cells: number): number {
  if (cells === 784) return 28;
  if (cells <= 16) return cells;
  const side = Math.ceil(Math.sqrt(cells));
  for (let columns = side; columns <= 2 * side; columns++) if (cells % columns === 0) return columns;
  return side;
}

/** Height of a label, in cells. */
const LABEL = 0.75;

export class Picture {
  readonly figure = make('figure', 'picture');
  readonly #canvas = make('canvas');
  readonly #title = make('span', 'picture-title');
  readonly #value = make('span', 'picture-value');
  readonly #paint: () => void;
  #spec: PictureSpec | undefined;
  #hovered: number | undefined;

  constructor() {
    const caption = make('figcaption');
    caption.append(this.#title, this.#value);
    this.figure.append(this.#canvas, caption);
    this.#paint = oncePerFrame(() => this.#paintNow());
    fitCanvas(this.#canvas, this.#paint);
    this.#canvas.addEventListener('pointermove', (event) => this.#hover(this.#cellAt(event)));
    this.#canvas.addEventListener('pointerleave', () => this.#hover(undefined));
    this.#canvas.addEventListener('click', (event) => this.#choose(this.#cellAt(event)));
    this.#canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Shows another vector, or the same one with other values. */
  show(spec: PictureSpec | undefined): void {
    this.#spec = spec;
    this.figure.hidden = spec === undefined;
    if (!spec) return;
    const { title, values, select, labels } = spec;
    const columns = columnsOf(values.length);
    const rows = Math.ceil(values.length / columns) + (labels ? LABEL : 0);
    this.#title.textContent = title;
    this.figure.classList.toggle('is-row', columns === values.length);
    this.#canvas.style.aspectRatio = `${columns} / ${rows}`;
    this.#canvas.setAttribute('aria-label', title);
    if (select) {
      this.#canvas.tabIndex = 0;
      this.#canvas.setAttribute('role', 'slider');
      this.#canvas.setAttribute('aria-valuemin', '1');
      this.#canvas.setAttribute('aria-valuemax', String(values.length));
      this.#canvas.setAttribute('aria-valuenow', String((spec.selected ?? 0) + 1));
      this.#canvas.setAttribute('aria-valuetext', spec.describe(spec.selected ?? 0));
    } else {
      this.#canvas.removeAttribute('tabindex');
      this.#canvas.setAttribute('role', 'img');
      for (const name of ['min', 'max', 'now', 'text']) this.#canvas.removeAttribute(`aria-value${name}`);
    }
    this.#tell();
    this.#paint();
  }

  /** Paints once more, in the colours of another theme. */
  repaint(): void {
    this.#paint();
  }

  #tell(): void {
    const at = this.#hovered ?? this.#spec?.selected;
    this.#value.textContent =
      this.#spec && at !== undefined && at < this.#spec.values.length ? this.#spec.describe(at) : '';
  }

  #hover(cell: number | undefined): void {
    if (cell === this.#hovered) return;
    this.#hovered = cell;
    this.#tell();
  }

  #choose(cell: number | undefined): void {
    if (cell !== undefined) this.#spec?.select?.(cell);
  }

  #key(event: KeyboardEvent): void {
    const spec = this.#spec;
    if (!spec?.select || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = columnsOf(spec.values.length);
    const at = spec.selected ?? 0;
    const last = spec.values.length - 1;
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - columns,
      ArrowDown: at + columns,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to >= 0 && to <= last) spec.select(to);
  }

  #cellAt({ offsetX, offsetY }: PointerEvent | MouseEvent): number | undefined {
    if (!this.#spec) return undefined;
    const { length } = this.#spec.values;
    const columns = columnsOf(length);
    const size = this.#canvas.clientWidth / columns;
    const column = Math.min(columns - 1, Math.max(0, Math.floor(offsetX / size)));
    const row = Math.min(Math.ceil(length / columns) - 1, Math.max(0, Math.floor(offsetY / size)));
    const cell = row * columns + column;
    return cell < length ? cell : undefined;
  }

  #paintNow(): void {
    const { width, height } = this.#canvas;
    if (!this.#spec || width === 0 || height === 0) return;
    const { values, kind, selected, labels } = this.#spec;
    const context = context2d(this.#canvas);
    context.clearRect(0, 0, width, height);
    const columns = columnsOf(values.length);
    const rows = Math.ceil(values.length / columns);
    const colours = coloursOf(this.#spec);
    const cell = width / columns;
    if (kind === 'ink' || values.length > 400) {
      // As an image, because so many rectangles are slow.
      const image = new ImageData(columns, rows);
      new Uint32Array(image.data.buffer).set(colours);
      const small = new OffscreenCanvas(columns, rows);
      small.getContext('2d')!.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, width, cell * rows);
    } else {
      const gap = cell > 8 ? Math.max(1, Math.round(cell / 16)) : 0;
      for (let i = 0; i < values.length; i++) {
        const [left, right] = [i % columns, (i % columns) + 1].map((at) => Math.round(at * cell)) as [number, number];
        const [top, bottom] = [Math.floor(i / columns), Math.floor(i / columns) + 1].map((at) =>
          Math.round(at * cell),
        ) as [number, number];
        context.fillStyle = `#${cssOf(colours[i]!)}`;
        context.fillRect(left, top, right - left - gap, bottom - top - gap);
      }
    }
    if (labels) {
      context.font = `${Math.round(Math.min(0.62 * cell, 14 * (window.devicePixelRatio || 1)))}px system-ui, sans-serif`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      labels.forEach((label, i) => {
        context.fillStyle = colour(i === selected ? 'ink' : 'muted');
        context.fillText(label, (i + 0.47) * cell, cell * (1 + LABEL / 2));
      });
    }
    if (selected !== undefined)
      frame(context, (selected % columns) * cell, Math.floor(selected / columns) * cell, cell);
  }
}

function frame(context: CanvasRenderingContext2D, left: number, top: number, cell: number): void {
  const line = Math.max(2, Math.round(1.5 * (window.devicePixelRatio || 1)));
  context.lineWidth = line;
  context.strokeStyle = colour('accent');
  const [x, y, size] = [Math.max(left, line / 2), Math.max(top, line / 2), Math.max(cell - line / 2, 3 * line)];
  context.strokeRect(x, y, size, size);
}

/** A colour for each cell, as in an ImageData; of cells that fill up the last row, nothing. */
function coloursOf({ values, kind, largest, under }: PictureSpec): Uint32Array {
  const columns = columnsOf(values.length);
  const colours = new Uint32Array(columns * Math.ceil(values.length / columns));
  const ink = inkRamp();
  const ramp = kind === 'ink' ? ink : signedRamp();
  const most =
    largest ??
    Math.max(
      1e-30,
      Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    );
  for (let i = 0; i < values.length; i++) {
    const share = Math.max(-1, Math.min(1, values[i]! / most));
    colours[i] = ramp[kind === 'ink' ? Math.round(255 * Math.max(0, share)) : Math.round(128 + 127 * share)]!;
    if (under) colours[i] = mixed(colours[i]!, ink[Math.round(255 * under[i]!)]!, 0.3 * (1 - Math.abs(share)));
  }
  return colours;
}

/** `share` of the other colour in the one, channel by channel. */
function mixed(one: number, other: number, share: number): number {
  let colour = 0;
  for (const shift of [0, 8, 16, 24]) {
    const [a, b] = [(one >>> shift) & 255, (other >>> shift) & 255];
    colour |= Math.round(a + (b - a) * share) << shift;
  }
  return colour >>> 0;
}

/** Of a little-endian RGBA, as all engines of WebAssembly have it. */
function cssOf(rgba: number): string {
  return [rgba & 255, (rgba >> 8) & 255, (rgba >> 16) & 255]
    .map((level) => level.toString(16).padStart(2, '0'))
    .join('');
}
