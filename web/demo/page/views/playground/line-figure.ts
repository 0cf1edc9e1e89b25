/** A chart of two lines over the epochs, with its title and a legend that has the figures at the pointer. */
import { LineChart } from 'mlp-wasm/charts';
import type { Drawing } from 'mlp-wasm/charts';
import { make } from '../../dom.js';
import { valueAt } from '../../training/curve.js';

export interface Line {
  /** Its look: that of the chart's training line, or of its validation line. */
  style: 'training' | 'validation';
  name: string;
  textOf(value: number | undefined): string;
}

export class LineFigure {
  readonly element = make('figure', 'chart');
  readonly #chart: LineChart;
  readonly #lines: readonly [Line, Line];
  readonly #figures: HTMLElement[];
  readonly #earlier: HTMLElement;
  #drawing: Drawing | undefined;
  #pointed: number | undefined;

  constructor(title: string, lines: readonly [Line, Line], earlier = '') {
    this.#lines = lines;
    const legend = make('p', 'chart-legend');
    this.#figures = lines.map(({ style, name }) => {
      const key = make('span', `key key-${style}`, `${name} `);
      const figure = make('b');
      key.append(figure);
      legend.append(key);
      return figure;
    });
    this.#earlier = make('span', 'key key-earlier', earlier);
    legend.append(this.#earlier);
    const caption = make('figcaption');
    caption.append(make('h2', '', title), legend);
    const plot = make('div', 'chart-plot');
    this.element.append(caption, plot);
    this.#chart = new LineChart(plot, (epoch) => {
      this.#pointed = epoch;
      this.#draw();
    });
  }

  show(drawing: Drawing, label: string): void {
    this.#drawing = drawing;
    this.#chart.label = label;
    this.#draw();
  }

  #draw(): void {
    const drawing = this.#drawing;
    if (!drawing) return;
    this.#chart.draw(drawing);
    this.#chart.point(this.#pointed);
    this.#earlier.hidden = !drawing.earlier?.length;
    const pointed = this.#pointed ?? Infinity;
    this.#lines.forEach(({ style, textOf }, i) => {
      this.#figures[i]!.textContent = textOf(valueAt(drawing.epochs, drawing[style], pointed));
    });
  }
}
