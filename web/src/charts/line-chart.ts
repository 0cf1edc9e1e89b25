/** Two series over epochs as SVG: its colours are the style sheet's, its axes are drawn anew as it grows. */
import { makeSvg, textOf, tickLabel, ticksOf } from './svg.js';

/** Figures of one series; null where it has none. Numbers that are not finite leave a gap. */
export type Values = readonly (number | null)[];

/** All that a {@link LineChart} draws. */
export interface Drawing {
  /** Epochs, or parts of them, in ascending order: one for each entry of the two series. */
  epochs: readonly number[];
  training: Values;
  validation: Values;
  /** Series of other trainings, drawn behind: what is beyond the end of `x` is left out. Default: none. */
  earlier?: readonly { epochs: readonly number[]; values: Values }[];
  /** Ends of the axes, the lower one first. Values beyond them run along the edge. */
  x: readonly [number, number];
  y: readonly [number, number];
}

/** How high it is, in CSS pixels; it is as wide as its place. */
const HEIGHT = 176;
const MARGIN = { top: 8, right: 10, bottom: 26, left: 44 };

/**
 * The bare picture of {@link lossChart}, for pages that have captions, tables and style sheets of their own. Its parts have
 * the classes `mlp-chart-picture`, `mlp-chart-axes`, `mlp-chart-cursor`, `mlp-line-earlier`, `mlp-line-training`,
 * `mlp-line-validation` and `mlp-points-validation`, and no style without one of these.
 */
export class LineChart {
  readonly #svg = makeSvg('svg', { role: 'img', class: 'mlp-chart-picture', height: HEIGHT });
  readonly #axes = makeSvg('g', { class: 'mlp-chart-axes' });
  readonly #earlier = makeSvg('path', { class: 'mlp-line-earlier' });
  readonly #training = makeSvg('path', { class: 'mlp-line-training' });
  readonly #validation = makeSvg('path', { class: 'mlp-line-validation' });
  readonly #points = makeSvg('path', { class: 'mlp-points-validation' });
  readonly #cursor = makeSvg('path', { class: 'mlp-chart-cursor' });
  #width = 320;
  readonly #resized: ResizeObserver;
  #drawing: Drawing = { epochs: [], training: [], validation: [], x: [0, 1], y: [0, 1] };

  /**
   * @param place gets the picture, and tells how wide it is
   * @param onPoint hears which epoch the visitor points at, if any
   */
  constructor(place: HTMLElement, onPoint: (epoch: number | undefined) => void) {
    this.#svg.append(this.#axes, this.#cursor, this.#earlier, this.#training, this.#validation, this.#points);
    place.append(this.#svg);
    this.#resized = new ResizeObserver(() => {
      if (place.clientWidth === 0 || place.clientWidth === this.#width) return;
      this.#width = place.clientWidth;
      this.draw(this.#drawing);
    });
    this.#resized.observe(place);
    this.#svg.addEventListener('pointermove', (event) => {
      const inside = (event.offsetX - MARGIN.left) / this.#plotWidth;
      const [from, to] = this.#drawing.x;
      onPoint(from + Math.min(1, Math.max(0, inside)) * (to - from));
    });
    this.#svg.addEventListener('pointerleave', () => onPoint(undefined));
  }

  /** Description of the chart for screen readers. */
  set label(text: string) {
    this.#svg.setAttribute('aria-label', text);
  }

  /** Takes the picture away. */
  destroy(): void {
    this.#resized.disconnect();
    this.#svg.remove();
  }

  get #plotWidth(): number {
    return this.#width - MARGIN.left - MARGIN.right;
  }

  /** Draws all of it anew; at most once a frame is enough. */
  draw(drawing: Drawing): void {
    this.#drawing = drawing;
    this.#svg.setAttribute('viewBox', `0 0 ${this.#width} ${HEIGHT}`);
    const { epochs, training, validation, earlier = [], x } = drawing;
    this.#drawAxes();
    const inside = earlier.map(({ epochs, values }) =>
      this.#line(
        epochs,
        values.filter((_, i) => epochs[i]! <= x[1]),
      ),
    );
    this.#earlier.setAttribute('d', inside.join(''));
    this.#training.setAttribute('d', this.#line(epochs, training));
    this.#validation.setAttribute('d', this.#line(epochs, validation));
    this.#points.setAttribute('d', this.#dots(epochs, validation));
  }

  /** A vertical line at an epoch, or none. */
  point(epoch: number | undefined): void {
    const bottom = HEIGHT - MARGIN.bottom;
    this.#cursor.setAttribute('d', epoch === undefined ? '' : `M${this.#x(epoch)} ${MARGIN.top}V${bottom}`);
  }

  #x(epoch: number): string {
    return this.#place(epoch).toFixed(1);
  }

  #place(epoch: number): number {
    const [from, to] = this.#drawing.x;
    return MARGIN.left + ((epoch - from) / (to - from)) * this.#plotWidth;
  }

  /** Values beyond the axis run along its edge. */
  #y(value: number): string {
    const [low, high] = this.#drawing.y;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return (HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom)).toFixed(1);
  }

  /** A path through the values, with a gap where one is not finite. */
  #line(epochs: readonly number[], values: Values): string {
    const isDense = epochs.length > 2 * this.#plotWidth;
    let path = '';
    let column = NaN; // the pen's place; NaN while it is lifted
    // Of many values in a column of pixels: the least, the most and the last.
    let [low, high, last] = [Infinity, -Infinity, NaN];
    const finishColumn = () => {
      if (high > low) path += `V${this.#y(low)}V${this.#y(high)}V${this.#y(last)}`;
    };
    for (let i = 0; i < values.length; ++i) {
      const value = values[i]!;
      if (value === null) continue;
      const place = this.#place(epochs[i]!);
      const x = isDense ? Math.round(place) : place;
      if (x === column && Number.isFinite(value)) {
        if (value < low) low = value;
        if (value > high) high = value;
        last = value;
        continue;
      }
      finishColumn();
      if (Number.isFinite(value)) path += `${Number.isNaN(column) ? 'M' : 'L'}${x.toFixed(1)} ${this.#y(value)}`;
      column = Number.isFinite(value) ? x : NaN;
      low = high = last = value;
    }
    finishColumn();
    return path;
  }

  /** A point for each value, as long as they are apart: a line of no length, with round ends. */
  #dots(epochs: readonly number[], values: Values): string {
    const isThere = (value: number | null) => value !== null && Number.isFinite(value);
    const count = values.reduce<number>((sum, value) => sum + Number(isThere(value)), 0);
    if (count > this.#plotWidth / 4) return '';
    return values.map((value, i) => (isThere(value) ? `M${this.#x(epochs[i]!)} ${this.#y(value!)}h0` : '')).join('');
  }

  #drawAxes(): void {
    const { x, y } = this.#drawing;
    const right = this.#width - MARGIN.right;
    const rows = ticksOf(y[0], y[1], 4);
    const columns = ticksOf(x[0], x[1], Math.max(2, this.#plotWidth / 60), 1);
    this.#axes.replaceChildren(
      ...rows.values.map((value) => makeSvg('path', { d: `M${MARGIN.left} ${this.#y(value)}H${right}` })),
      ...rows.values.map((value) =>
        textOf(tickLabel(value, rows.digits), {
          x: MARGIN.left - 8,
          y: Number(this.#y(value)) + 4,
          'text-anchor': 'end',
        }),
      ),
      ...columns.values.map((value) =>
        textOf(String(value), { x: this.#x(value), y: HEIGHT - 8, 'text-anchor': 'middle' }),
      ),
    );
  }
}
