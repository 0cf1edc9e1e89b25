/** The two charts of a training, loss and accuracy or R², and the table that says the same in figures. */
import { LineChart } from 'mlp-wasm/charts';
import type { EpochFigures } from '../../../shared/table-work.js';
import { make, oncePerFrame } from '../../dom.js';
import { locale } from '../../words/language.js';
import type { Session } from './session.js';
import { words } from './words.js';

const say = words.run;
const three = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const decimal = three.format(0.5).charAt(1);
/** Rows of the table at most: of more epochs, some. */
const ROWS = 200;

export const figure = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? '–' : three.format(value).replace('-', '−');

interface Series {
  title(task: 'classes' | 'numbers'): string;
  training(epoch: EpochFigures): number;
  validation(epoch: EpochFigures): number | undefined;
  /** Ends of the y axis. */
  range(values: readonly number[]): [number, number];
}

const SERIES: readonly Series[] = [
  {
    title: () => say.lossTitle,
    training: ({ loss }) => loss,
    validation: ({ valLoss }) => valLoss,
    range: (values) => [0, 1.08 * Math.max(1e-9, ...values)],
  },
  {
    title: (task) => (task === 'classes' ? say.accuracyTitle : say.r2Title),
    training: ({ score }) => score,
    validation: ({ valScore }) => valScore,
    // R² may be far below 0 at first, which would flatten all the rest.
    range: (values) => [Math.max(0, Math.floor(20 * (Math.min(1, ...values) - 0.01)) / 20), 1],
  },
];

export function charts(session: Session): HTMLElement {
  const { store } = session;
  const box = make('div');
  const pair = make('div', 'charts');
  let pointed: number | undefined;
  const paints = SERIES.map((series) => {
    const made = chart(session, series, () => pointed, point);
    pair.append(made.figure);
    return made.paint;
  });
  const paint = oncePerFrame(() => paints.forEach((one) => one()));
  function point(epoch: number | undefined): void {
    pointed = epoch;
    paint();
  }
  box.append(pair, figures(session));
  store.on(['run', 'task'], paint);
  return box;
}

function chart(
  { store }: Session,
  { title, training, validation, range }: Series,
  pointed: () => number | undefined,
  point: (epoch: number | undefined) => void,
): { figure: HTMLElement; paint: () => void } {
  const element = make('figure', 'chart');
  const caption = make('figcaption');
  const heading = make('h3');
  const legend = make('p', 'chart-legend');
  const texts = (['training', 'validation'] as const).map((name) => {
    const key = make('span', `key key-${name}`, `${say[name]} `);
    const value = make('b');
    key.append(value);
    legend.append(key);
    return value;
  });
  caption.append(heading, legend);
  const plot = make('div', 'chart-plot');
  element.append(caption, plot);
  const line = new LineChart(plot, point);
  const localize = (): void => {
    if (decimal === '.') return;
    for (const text of plot.querySelectorAll('.mlp-chart-axes text')) {
      text.textContent = text.textContent.replace('.', decimal);
    }
  };
  // After the chart's own observer, which draws its axes anew.
  new ResizeObserver(localize).observe(plot);
  const paint = (): void => {
    const { run, task } = store.state;
    const { epochs, plan } = run;
    const of = plan?.task ?? task;
    const values = [epochs.map(training), epochs.map((epoch) => validation(epoch) ?? null)] as const;
    // The first epochs fall so steeply that they would flatten all the rest.
    const from = epochs.length > 20 ? 2 : 0;
    const counted = values.flatMap((series) => series.slice(from)).filter((value) => value !== null);
    const last = epochs.at(-1)?.epoch ?? 0;
    line.draw({
      epochs: epochs.map(({ epoch }) => epoch),
      training: values[0],
      validation: values[1],
      x: [0, Math.max(last, run.phase === 'done' || !plan ? last || 10 : Math.min(plan.epochs, 2 * last + 10))],
      y: counted.length > 0 ? range(counted) : [0, 1],
    });
    line.point(pointed());
    localize();
    const name = title(of);
    if (heading.textContent !== name) heading.textContent = name;
    const at = pointed() === undefined ? epochs.at(-1) : nearest(epochs, pointed()!);
    const shown = [at && training(at), at && validation(at)].map(figure);
    texts.forEach((text, i) => (text.textContent = shown[i]!));
    element.classList.toggle('is-empty', epochs.length === 0);
    line.label = say.chart(name, last, shown[0]!, shown[1]!);
  };
  return { figure: element, paint };
}

function nearest(epochs: readonly EpochFigures[], epoch: number): EpochFigures | undefined {
  let best: EpochFigures | undefined;
  for (const each of epochs) if (!best || Math.abs(each.epoch - epoch) < Math.abs(best.epoch - epoch)) best = each;
  return best;
}

/** The figures after each epoch; filled in when somebody looks. */
function figures({ store }: Session): HTMLElement {
  const details = make('details', 'figures-table');
  const table = make('table');
  const [head, body] = [make('thead'), make('tbody')];
  table.append(head, body);
  const box = make('div', 'scrolls');
  box.append(table);
  details.append(make('summary', '', say.table), box);
  const fill = oncePerFrame(() => {
    if (!details.open) return;
    const { run, task } = store.state;
    const isClasses = (run.plan?.task ?? task) === 'classes';
    const names = [
      say.epoch,
      say.loss,
      say.valLoss,
      ...(isClasses ? [say.accuracyOfTraining, say.valAccuracy] : [say.r2OfTraining, say.valR2]),
    ];
    const titles = make('tr');
    titles.append(
      ...names.map((name) => {
        const cell = make('th', '', name);
        cell.scope = 'col';
        return cell;
      }),
    );
    head.replaceChildren(titles);
    const every = Math.ceil(run.epochs.length / ROWS);
    const shown = run.epochs.filter((_, i) => i % every === 0 || i === run.epochs.length - 1);
    body.replaceChildren(
      ...shown.map(({ epoch, loss, valLoss, score, valScore }) => {
        const row = make('tr');
        const first = make('th', '', String(epoch));
        first.scope = 'row';
        row.append(first, ...[loss, valLoss, score, valScore].map((value) => make('td', '', figure(value))));
        return row;
      }),
    );
  });
  details.addEventListener('toggle', fill);
  store.on(['run'], fill);
  return details;
}
