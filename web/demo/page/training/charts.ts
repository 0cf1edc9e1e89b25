/** Owner of the two charts, loss and accuracy over epochs, and of the table that says the same in figures. */
import { LineChart, type Drawing, type Values } from 'mlp-wasm/charts';
import { element, make, oncePerFrame } from '../dom.js';
import type { PageStore, State } from '../state.js';
import { words } from '../words/first-view.js';
import { fixed, whole } from '../words/numbers.js';
import { valueAt } from './curve.js';
import { earlierRuns } from './earlier.js';
import type { Curve } from './run.js';

export interface ChartOptions {
  id: 'loss-chart' | 'accuracy-chart';
  training: 'loss' | 'accuracy';
  validation: 'valLoss' | 'valAccuracy';
  /** The ends of the y axis for the values that matter. */
  range: (low: number, high: number) => [number, number];
}

export const CHARTS: readonly ChartOptions[] = [
  {
    id: 'loss-chart',
    training: 'loss',
    validation: 'valLoss',
    range: (_, high) => [0, high * 1.08],
  },
  {
    id: 'accuracy-chart',
    training: 'accuracy',
    validation: 'valAccuracy',
    range: (low) => [Math.max(0, Math.floor((low - 0.005) * 50) / 50), 1],
  },
];
const DIGITS = 3;
const { charts: say } = words;

function written(value: number | undefined, none: string): string {
  return value === undefined ? none : fixed(value, DIGITS);
}

export function mountCharts(store: PageStore): void {
  let pointed: number | undefined;
  const point = (epoch: number | undefined): void => {
    pointed = epoch;
    paint();
  };
  const paints = CHARTS.map((options) => mountChart(store, options, () => pointed, point));
  const paint = oncePerFrame(() => paints.forEach((one) => one()));
  store.on(['run', 'runs', 'fields'], paint);
  mountTable(store);
}

/**
 * Ends of the y axis; Infinity and −Infinity where there is nothing. The first half epoch falls and climbs so steeply
 * that it would flatten all the rest: later it is left out of account, and that part of the line runs along the chart's
 * edge.
 */
function extent(epochs: readonly number[], values: readonly Values[]): [number, number] {
  const from = (epochs.at(-1) ?? 0) > 1.5 ? 0.5 : 0;
  let [low, high] = [Infinity, -Infinity];
  for (const series of values) {
    series.forEach((value, i) => {
      if (value === null || epochs[i]! < from) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
  }
  return [low, high];
}

/** The lines of a chart: the run, and the validation of earlier ones behind it. */
export function drawingOf(
  { run, runs, fields }: Pick<State, 'run' | 'runs' | 'fields'>,
  { training, validation, range }: ChartOptions,
): Drawing {
  const { curve } = run;
  const earlier = earlierRuns(runs, run).map((one) => ({ epochs: one.curve.epoch, values: one.curve[validation] }));
  const [least, most] = extent(curve.epoch, [curve[training], curve[validation]]);
  let [low, high] = [least, most];
  for (const { epochs, values } of earlier) {
    const [itsLeast, itsMost] = extent(epochs, [values]);
    low = Math.min(low, itsLeast);
    // One that went wrong must not flatten the present one.
    high = Math.max(high, least <= most ? Math.min(itsMost, 2 * most) : itsMost);
  }
  return {
    epochs: curve.epoch,
    training: curve[training],
    validation: curve[validation],
    earlier,
    x: [0, run.settings?.epochs ?? (Number(fields.epochs) || 10)],
    y: low <= high ? range(low, high) : range(0, 1),
  };
}

function mountChart(
  store: PageStore,
  options: ChartOptions,
  pointed: () => number | undefined,
  point: (epoch: number | undefined) => void,
): () => void {
  const { id, training, validation } = options;
  const title = say.titles[id];
  const figure = element(id, HTMLElement);
  const key = make('span', 'key key-earlier', say.earlier);
  figure.querySelector('.chart-legend')!.append(key);
  const chart = new LineChart(figure.querySelector<HTMLElement>('.chart-plot')!, point);
  const [trainingText, validationText] = Array.from(figure.querySelectorAll<HTMLElement>('.chart-legend b'));
  return () => {
    const { curve } = store.state.run;
    const series = [curve[training], curve[validation]] as const;
    const drawing = drawingOf(store.state, options);
    chart.draw(drawing);
    key.hidden = drawing.earlier!.length === 0;
    chart.point(pointed());
    const texts = series.map((values) => written(valueAt(curve.epoch, values, pointed() ?? Infinity), ''));
    trainingText!.textContent = texts[0]!;
    validationText!.textContent = texts[1]!;
    figure.classList.toggle('is-empty', curve.epoch.length === 0);
    chart.label =
      curve.epoch.length === 0
        ? say.nothing(title)
        : say.now(title, whole(Math.ceil(curve.epoch.at(-1)!)), texts[0] || say.unknown, texts[1] || say.unknown);
  };
}

/** The figures after each epoch; filled in when somebody looks. */
function mountTable(store: PageStore): void {
  const details = element('figures-table', HTMLDetailsElement);
  const body = element('figures-rows', HTMLTableSectionElement);
  let filled: Curve | undefined;
  const fill = oncePerFrame(() => {
    const { curve } = store.state.run;
    const isNews = curve.valLoss.length !== filled?.valLoss.length;
    if (!details.open || !isNews) return;
    filled = curve;
    const rows = curve.epoch.flatMap((epoch, i) => {
      if (curve.valLoss[i] === null) return [];
      const row = make('tr');
      const head = make('th', '', String(Math.round(epoch)));
      head.scope = 'row';
      const values = (['loss', 'valLoss', 'accuracy', 'valAccuracy'] as const).map((name) =>
        make('td', '', written(valueAt(curve.epoch, curve[name], epoch), '–')),
      );
      row.append(head, ...values);
      return [row];
    });
    body.replaceChildren(...rows);
  });
  details.addEventListener('toggle', fill);
  store.on(['run'], fill);
}
