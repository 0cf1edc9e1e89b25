/** The loss, or a metric, of a training under way: a callback of `fit` that draws. */
import { checkKeys, checkName, checkString, typeError } from '../check/arguments.js';
import type { Callbacks, History, Logs, TrainingParams } from '../index.js';
import { checkElement, Frame, make, shownNumber, type Chart, type Figures } from './frame.js';
import { LineChart, type Values } from './line-chart.js';

/** Options of {@link lossChart}. */
export interface LossChartOptions {
  /** The name in the logs; its validation is drawn beside it. Default `'loss'`. */
  metric?: string;
  /** Its caption. Default: the metric's name, with a capital. */
  title?: string;
}

/** Result of {@link lossChart}: goes into `callbacks`, alone or in a list. */
export interface LossChart extends Chart<Pick<History, 'epoch' | 'history'>> {
  setParams(params: TrainingParams): void;
  onYield(epoch: number, batch: number, logs: Logs): void;
  onEpochEnd(epoch: number, logs: Logs): void;
  onTrainEnd(): void;
}

/** Metrics of which more is better and 1 is the most. */
const SCORES = /accuracy$|^(?:precision|recall|f1Score|auc|r2Score)$/i;

/** Parts of the first epoch that the line has points at. */
const FIRST_PARTS = 50;

/** Rows of the table, because a page with thousands is slow; of more the last ones. */
const MOST_ROWS = 200;

/**
 * A live chart of a metric over the epochs, in training and in validation. At the end of each epoch it shows what
 * `history` says; in between, the running mean of the present one. It is drawn at most once a frame. A training that starts
 * anew takes the place of the last one; with `resume` it goes on.
 *
 * @param element gets the chart appended, which is as wide as it is
 * @throws {TypeError | RangeError} for a wrong element or option; in `fit` for a metric that the model is not compiled with.
 * @example
 * await model.fit(x, y, { epochs: 20, validationSplit: 0.1, callbacks: [
 *   lossChart(document.querySelector('#loss')),
 *   lossChart(document.querySelector('#accuracy'), { metric: 'accuracy' }),
 * ] });
 */
export function lossChart(element: Element, options: LossChartOptions = {}): LossChart {
  const place = checkElement('lossChart', element);
  checkKeys('lossChart: options', options, ['metric', 'title']);
  const { metric = 'loss' } = options;
  checkString('lossChart: metric', metric);
  const { title = metric[0]!.toUpperCase() + metric.slice(1) } = options;
  checkString('lossChart: title', title);
  return new LiveChart(place, metric, title);
}

class LiveChart implements LossChart, Callbacks {
  readonly #metric: string;
  readonly #valMetric: string;
  readonly #title: string;
  readonly #frame: Frame;
  readonly #chart: LineChart;
  readonly #shown: HTMLElement[];
  #epochs: number[] = [];
  #training: (number | null)[] = [];
  #validation: (number | null)[] = [];
  /** The place and mean of the epoch under way, if it has begun. */
  #tip: [number, number] | undefined;
  #planned: { initialEpoch: number; epochs: number; steps?: number } = { initialEpoch: 0, epochs: 0 };
  #pointed: number | undefined;
  /** True until the training that was announced says where it is. */
  #isNew = false;

  constructor(place: HTMLElement, metric: string, title: string) {
    this.#metric = metric;
    this.#valMetric = `val${metric[0]!.toUpperCase()}${metric.slice(1)}`;
    this.#title = title;
    this.#frame = new Frame(
      place,
      title,
      () => this.#paint(),
      () => this.#figures(),
    );
    this.#shown = ['training', 'validation'].map((name) => {
      const key = make('span', `mlp-chart-key${name === 'validation' ? ' mlp-chart-key-accent' : ''}`, `${name} `);
      const value = make('b');
      key.append(value);
      this.#frame.legend.append(key);
      return value;
    });
    this.#chart = new LineChart(this.#frame.plot, (epoch) => {
      this.#pointed = epoch;
      this.#frame.due();
    });
    this.#paint();
  }

  setParams({ initialEpoch, epochs, steps, metrics }: TrainingParams): void {
    checkName('lossChart: metric', this.#metric, metrics);
    this.#planned = { initialEpoch, epochs, ...(steps !== undefined && { steps }) };
    this.#isNew = true;
    this.#frame.due();
  }

  onYield(epoch: number, batch: number, logs: Logs): void {
    const { steps } = this.#planned;
    const value = logs[this.#metric];
    if (steps === undefined || value === undefined) return; // nobody knows how long the epoch is
    const at = epoch + Math.min(1, batch / steps);
    this.#begin(epoch);
    this.#tip = [at, value];
    // Means of the first epoch run up to its figure; those of later ones would jump back at each beginning.
    const last = this.#epochs.at(-1) ?? epoch;
    if (epoch === 0 && at < 1 && at - last >= 1 / FIRST_PARTS) this.#add(at, value, null);
    this.#frame.due();
  }

  onEpochEnd(epoch: number, logs: Logs): void {
    this.#begin(epoch);
    this.#tip = undefined;
    this.#add(epoch + 1, logs[this.#metric] ?? null, logs[this.#valMetric] ?? null);
    this.#frame.due();
  }

  onTrainEnd(): void {
    this.#tip = undefined;
    this.#planned = { ...this.#planned, epochs: Math.ceil(this.#epochs.at(-1) ?? 0) };
    this.#frame.due();
  }

  update(history: Pick<History, 'epoch' | 'history'>): void {
    const { epoch, history: figures } = (history ?? {}) as Partial<History>;
    if (!Array.isArray(epoch) || typeof figures !== 'object') {
      throw typeError('lossChart: history', 'what fit gives', history);
    }
    const names = Object.keys(figures);
    if (names.length > 0) checkName('lossChart: metric', this.#metric, names);
    this.#epochs = epoch.map((number) => number + 1);
    this.#training = epoch.map((_, i) => figures[this.#metric]?.[i] ?? null);
    this.#validation = epoch.map((_, i) => figures[this.#valMetric]?.[i] ?? null);
    this.#planned = { initialEpoch: epoch[0] ?? 0, epochs: this.#epochs.at(-1) ?? 0 };
    this.#tip = undefined;
    this.#frame.due();
  }

  destroy(): void {
    this.#chart.destroy();
    this.#frame.destroy();
  }

  #add(at: number, training: number | null, validation: number | null): void {
    this.#epochs.push(at);
    this.#training.push(training);
    this.#validation.push(validation);
  }

  /** Leaves out what a training that starts anew, or goes on from an earlier epoch, had from there on. */
  #begin(epoch: number): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    while (this.#epochs.length > 0 && this.#epochs.at(-1)! > epoch) {
      for (const list of [this.#epochs, this.#training, this.#validation]) list.pop();
    }
  }

  #paint(): void {
    const tip = this.#tip;
    const epochs = tip ? [...this.#epochs, tip[0]] : this.#epochs;
    const training = tip ? [...this.#training, tip[1]] : this.#training;
    const validation = tip ? [...this.#validation, null] : this.#validation;
    this.#chart.draw({
      epochs,
      training,
      validation,
      x: this.#xEnds(epochs),
      y: this.#yEnds(epochs, [training, validation]),
    });
    this.#chart.point(this.#pointed);
    const texts = [training, validation].map((values) => {
      const value = latest(epochs, values, this.#pointed ?? Infinity);
      return value === undefined ? '–' : shownNumber(value);
    });
    texts.forEach((text, i) => (this.#shown[i]!.textContent = text));
    const wrong = epochs.findIndex((_, i) => isNotFinite(training[i]) || isNotFinite(validation[i]));
    const hasLine = [training, validation].some((values) =>
      values.some((value) => value !== null && !isNotFinite(value)),
    );
    this.#frame.empty = epochs.length === 0 ? 'Nothing yet.' : hasLine ? '' : 'No figure is finite.';
    const isStill = isNotFinite(training.at(-1)) || isNotFinite(validation.at(-1));
    this.#frame.note =
      wrong < 0
        ? ''
        : `Not finite ${isStill ? 'since' : 'at'} epoch ${Math.ceil(epochs[wrong]!)}: there the line has a gap.`;
    this.#chart.label =
      epochs.length === 0
        ? `${this.#title} over the epochs: nothing yet.`
        : `${this.#title} over ${Math.ceil(epochs.at(-1)!)} epochs, now ${texts[0]} in training, ${texts[1]} in validation. The table below has the figures.`;
  }

  /** Of a long training, so much that what there is fills half of it at least. */
  #xEnds(epochs: readonly number[]): [number, number] {
    const { initialEpoch, epochs: planned } = this.#planned;
    const last = epochs.at(-1) ?? 0;
    const first = Math.min(initialEpoch, Math.max(0, Math.ceil(epochs[0] ?? initialEpoch) - 1));
    let end = 10;
    while (first + end < last) end *= 2;
    return [first, Math.max(first + 1, Math.ceil(last), Math.min(planned || Infinity, first + end))];
  }

  /**
   * The first half epoch falls and climbs so steeply that it would flatten all the rest: later it is left out of account,
   * and that part of the line runs along the chart's edge.
   */
  #yEnds(epochs: readonly number[], values: readonly Values[]): [number, number] {
    const from = (epochs.at(-1) ?? 0) > 1.5 ? 0.5 : 0;
    let [low, high] = [Infinity, -Infinity];
    for (const series of values) {
      series.forEach((value, i) => {
        if (value === null || !Number.isFinite(value) || epochs[i]! < from) return;
        low = Math.min(low, value);
        high = Math.max(high, value);
      });
    }
    if (low > high) return [0, 1];
    if (SCORES.test(this.#metric)) return [Math.floor((low - 0.005) * 50) / 50, Math.max(1, high)];
    const room = (high - Math.min(0, low)) * 0.08 || 1;
    return [low < 0 ? low - room : 0, high + room];
  }

  #figures(): Figures {
    const ends = this.#epochs.flatMap((epoch, i) => (Number.isInteger(epoch) ? [i] : []));
    const text = (value: number | null | undefined) =>
      value === null || value === undefined ? '–' : shownNumber(value);
    const rows = ends
      .slice(-MOST_ROWS)
      .map((i) => [String(this.#epochs[i]), text(this.#training[i]), text(this.#validation[i])]);
    return {
      head: ['Epoch', 'Training', 'Validation'],
      rows,
      ...(ends.length > MOST_ROWS && { caption: `The last ${MOST_ROWS} of ${ends.length} epochs` }),
    };
  }
}

function isNotFinite(value: number | null | undefined): boolean {
  return value !== null && value !== undefined && !Number.isFinite(value);
}

/** The latest value up to an epoch. */
function latest(epochs: readonly number[], values: Values, epoch: number): number | undefined {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined && epochs[i]! <= epoch) return value;
  }
  return undefined;
}
