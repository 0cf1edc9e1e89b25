/** The losses over the epochs as a chart, and the same as a table for those who do not see it. */
import { LineChart } from 'mlp-wasm/charts';
import { make } from '../../dom.js';
import { lossText, wholeText } from './figures.js';
import type { LossHistory } from './history.js';
import { words } from './words.js';

/** Epochs that the chart is wide from its beginning. */
const EPOCHS_AT_LEAST = 20;
/** Rows of the table: the last ones. */
const ROWS = 50;

export class LossPanel {
  readonly element = make('section', 'loss-panel');
  readonly #chart: LineChart;
  readonly #values: HTMLElement[];
  readonly #details = make('details', 'figures-table');
  readonly #rows = make('tbody');
  #history: LossHistory | undefined;
  #pointed: number | undefined;
  #filled = '';

  constructor() {
    const figure = make('figure', 'chart');
    const caption = make('figcaption');
    const legend = make('p', 'chart-legend');
    this.#values = (['training', 'validation'] as const).map((name) => {
      const key = make('span', `key key-${name}`, `${words.losses[name]} `);
      const value = make('b');
      key.append(value);
      legend.append(key);
      return value;
    });
    caption.append(make('h2', '', words.losses.title), legend);
    const plot = make('div', 'chart-plot');
    figure.append(caption, plot);
    this.#chart = new LineChart(plot, (epoch) => {
      this.#pointed = epoch;
      this.#draw();
    });
    const table = make('table');
    const head = make('tr');
    for (const text of [words.figures.epoch, words.losses.training, words.losses.validation]) {
      const cell = make('th', '', text);
      cell.scope = 'col';
      head.append(cell);
    }
    const top = make('thead');
    top.append(head);
    table.append(top, this.#rows);
    this.#details.append(make('summary', '', words.losses.table), table);
    this.#details.addEventListener('toggle', () => this.#fill());
    this.element.append(figure, this.#details);
  }

  show(history: LossHistory): void {
    this.#history = history;
    this.#draw();
    this.#fill();
  }

  #draw(): void {
    if (!this.#history) return;
    const { epochs, training, validation } = this.#history;
    const finite = [...training, ...validation].filter((value) => value !== null && Number.isFinite(value)) as number[];
    const high = finite.length > 0 ? finite.reduce((most, value) => Math.max(most, value)) : 1;
    const last = epochs.at(-1) ?? 0;
    this.#chart.draw({
      epochs,
      training,
      validation,
      x: [0, Math.max(EPOCHS_AT_LEAST, last)],
      y: [0, Math.min(high, 1e6) * 1.08 || 1],
    });
    this.#chart.point(this.#pointed);
    const pointed = this.#pointed ?? Infinity;
    const at = epochs.filter((epoch) => epoch <= pointed).length - 1;
    const texts = [training, validation].map((values) => (at < 0 ? '–' : lossText(values[at] ?? undefined)));
    texts.forEach((text, i) => (this.#values[i]!.textContent = text));
    const now = [training, validation].map((values) => lossText(values.at(-1) ?? undefined));
    this.#chart.label = words.losses.chart(wholeText(last), now[0]!, now[1]!);
  }

  #fill(): void {
    if (!this.#details.open || !this.#history) return;
    const { epochs, training, validation } = this.#history;
    const filled = `${epochs.length} ${epochs.at(-1)}`;
    if (filled === this.#filled) return;
    this.#filled = filled;
    const first = Math.max(0, epochs.length - ROWS);
    this.#rows.replaceChildren(
      ...epochs.slice(first).map((epoch, i) => {
        const row = make('tr');
        const head = make('th', '', wholeText(epoch));
        head.scope = 'row';
        const cells = [training, validation].map((values) => make('td', '', lossText(values[first + i] ?? undefined)));
        row.append(head, ...cells);
        return row;
      }),
    );
  }
}
