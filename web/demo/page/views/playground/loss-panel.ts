/** Over the epochs: the losses, as a table for those who do not see the chart, and the learning rate beside its bound. */
import { make } from '../../dom.js';
import { lossText, rateText, wholeText } from './figures.js';
import type { LossHistory } from './history.js';
import { LineFigure } from './line-figure.js';
import { isPlainDescent } from './settings.js';
import type { Settings } from './settings.js';
import { words } from './words.js';

/** Epochs that the charts are wide from their beginning. */
const EPOCHS_AT_LEAST = 20;
/** Rows of the table: the last ones. */
const ROWS = 50;
/** Runs whose lines are left behind the present one's. */
const EARLIER_AT_MOST = 3;
/** A bound beyond so many times the rate runs along the edge of the chart, because the rate would lie on the ground. */
const BOUND_AT_MOST = 4;

export class LossPanel {
  readonly element = make('section', 'loss-panel');
  readonly #losses = new LineFigure(
    words.losses.title,
    [
      { style: 'training', name: words.losses.training, textOf: lossText },
      { style: 'validation', name: words.losses.validation, textOf: lossText },
    ],
    words.losses.earlier,
  );
  readonly #rates = new LineFigure(words.rates.title, [
    { style: 'training', name: words.rates.rate, textOf: rateText },
    { style: 'validation', name: words.rates.bound, textOf: rateText },
  ]);
  readonly #rateNote = make('p', 'note', words.rates.note);
  readonly #details = make('details', 'figures-table');
  readonly #rows = make('tbody');
  #earlier: readonly LossHistory[] = [];
  #history: LossHistory | undefined;
  #filled = '';

  constructor() {
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
    this.#losses.element.classList.add('losses');
    this.#rates.element.classList.add('rates');
    this.element.append(this.#losses.element, this.#details, this.#rates.element, this.#rateNote);
  }

  /** Leaves the line of a run that is over behind those to come, on the same points. */
  keep(history: LossHistory): void {
    if (history.epochs.length < 2) return;
    this.#earlier = [...this.#earlier, history].slice(-EARLIER_AT_MOST);
  }

  /** Takes the lines of earlier runs away. */
  forget(): void {
    this.#earlier = [];
  }

  show(history: LossHistory, settings: Settings): void {
    this.#history = history;
    const last = history.epochs.at(-1) ?? 0;
    const x = [0, Math.max(EPOCHS_AT_LEAST, last)] as const;
    this.#showLosses(history, x);
    this.#rates.element.hidden = this.#rateNote.hidden = !isPlainDescent(settings);
    if (isPlainDescent(settings)) this.#showRates(history, x);
    this.#fill();
  }

  #showLosses({ epochs, training, validation }: LossHistory, x: readonly [number, number]): void {
    const high = largest([...training, ...validation]);
    // A run before that went wrong must not flatten the present one.
    const before = largest(this.#earlier.flatMap((one) => one.training));
    const top = high === 0 ? before : Math.max(high, Math.min(before, 2 * high));
    const texts = [training, validation].map((values) => lossText(values.at(-1) ?? undefined));
    this.#losses.show(
      {
        epochs,
        training,
        validation,
        earlier: this.#earlier.map((one) => ({ epochs: one.epochs, values: one.training })),
        x,
        y: [0, Math.min(top, 1e6) * 1.08 || 1],
      },
      words.losses.chart(wholeText(epochs.at(-1) ?? 0), texts[0]!, texts[1]!),
    );
  }

  #showRates({ epochs, rates, bounds }: LossHistory, x: readonly [number, number]): void {
    const rate = largest(rates);
    const y = [0, 1.15 * Math.max(rate, Math.min(largest(bounds), BOUND_AT_MOST * rate)) || 1] as const;
    const bound = bounds.filter((value) => value !== null).at(-1);
    // The last bound holds up to the last epoch.
    const drawn = bounds.map((value, i) => (i === bounds.length - 1 ? (value ?? bound ?? null) : value));
    this.#rates.show(
      { epochs, training: rates, validation: drawn, x, y },
      words.rates.chart(rateText(rates.at(-1)), rateText(bound)),
    );
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

/** The largest of the values that are finite; 0 of none. */
function largest(values: readonly (number | null)[]): number {
  return values.reduce<number>(
    (most, value) => (value !== null && Number.isFinite(value) && value > most ? value : most),
    0,
  );
}
