/** A trained model in figures: beside the simplest answer there is, class by class or point by point. */
import type { ClassFigures, ImportanceBar, NumberFigures, Results } from '../../../shared/table-work.js';
import { make } from '../../dom.js';
import { number, percent } from '../parts/numbers.js';
import { rough } from './figures.js';
import { scatter } from './pictures.js';
import type { Session } from './session.js';
import { words } from './words.js';

const say = words.results;

/** Rows tested on below which chance moves the figures much. */
const FEW = 30;
/** Columns that are shown by importance, the most important ones. */
const COLUMNS = 20;

export function figuresPanel({ store }: Session): HTMLElement {
  const box = make('div', 'table-figures');
  store.on(['model'], () => {
    const { model } = store.state;
    if (!model) return;
    const { figures } = model.results;
    box.replaceChildren(...compared(model.results), figures.task === 'classes' ? confusion(figures) : points(figures));
  });
  return box;
}

/** The figure of the network and that of the baseline, as bars of one scale. */
function compared({ figures, rows, useless, layers, parameters, target }: Results): HTMLElement[] {
  const box = make('div', 'table-compared');
  const few = rows.test < FEW ? ` – ${say.few}` : '';
  const heading = make('h3', '', `${target}: ${figures.task === 'classes' ? say.accuracy : say.mae}`);
  const list = make('dl', 'table-bars-list');
  const [own, base] =
    figures.task === 'classes' ? [figures.accuracy, figures.baseline.accuracy] : [figures.mae, figures.baseline.mae];
  const scale = figures.task === 'classes' ? 1 : Math.max(own, base, 1e-300);
  const shown = (value: number): string => (figures.task === 'classes' ? percent(value) : number(value));
  const without =
    figures.task === 'classes'
      ? say.baselineClasses(figures.baseline.label)
      : say.baselineNumbers(number(figures.baseline.mean));
  list.append(
    ...bar(say.network, '', shown(own), own / scale, 'is-own'),
    ...bar(say.baseline, without, shown(base), base / scale, ''),
  );
  const isBetter = figures.task === 'classes' ? own > base : own < base;
  const verdict = make(
    'p',
    isBetter ? 'table-verdict' : 'table-verdict is-error',
    !isBetter
      ? say.notBetter
      : figures.task === 'numbers'
        ? say.better(percent(own / base))
        : base < 1
          ? say.better(percent((1 - own) / (1 - base)))
          : '',
  );
  const more = make('dl', 'table-more');
  const pair = (name: string, value: string): void => {
    const each = make('div');
    each.append(make('dt', '', name), make('dd', '', value));
    more.append(each);
  };
  if (figures.task === 'classes') pair(say.f1, rough(figures.f1));
  else {
    pair(say.r2, rough(figures.r2));
    pair(say.rmse, number(figures.rmse));
  }
  const notes = [
    say.inputs(layers, parameters, rows.train),
    ...(useless.length > 0 ? [say.useless(useless)] : []),
    ...(rows.withoutTarget > 0 ? [say.without(rows.withoutTarget)] : []),
  ];
  box.append(
    heading,
    make('p', 'note', `${say.of(rows.test)}${few}`),
    list,
    verdict,
    more,
    ...notes.map((text) => make('p', 'note', text)),
  );
  return [box];
}

function bar(name: string, detail: string, value: string, share: number, className: string): HTMLElement[] {
  const title = make('dt', className, name);
  if (detail) title.append(' ', make('span', 'note', detail));
  const told = make('dd', className);
  const line = make('span', 'table-bar');
  line.style.setProperty('--share', String(Math.min(1, Math.max(0, share))));
  told.append(line, ' ', make('span', 'table-bar-value', value));
  return [title, told];
}

function confusion({ labels, counts }: ClassFigures): HTMLElement {
  const box = make('div', 'table-matrix');
  const scroll = make('div', 'scrolls');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', say.confusionTitle);
  const table = make('table', 'confusion');
  table.append(make('caption', '', say.confusion));
  const [head, body] = [make('thead'), make('tbody')];
  const names = make('tr');
  names.append(
    make('td'),
    ...labels.map((label) => {
      const cell = make('th', '', label);
      cell.scope = 'col';
      return cell;
    }),
  );
  head.append(names);
  counts.forEach((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const line = make('tr');
    const name = make('th', '', labels[i]);
    name.scope = 'row';
    line.append(name);
    row.forEach((count, j) => {
      const cell = make('td', i === j ? 'is-same' : '', count === 0 ? '' : String(count));
      cell.style.setProperty('--share', String(total === 0 ? 0 : count / total));
      if (count > 0) cell.title = say.cell(count, labels[i]!, labels[j]!);
      line.append(cell);
    });
    body.append(line);
  });
  table.append(head, body);
  scroll.append(table);
  box.append(make('h3', '', say.confusionTitle), scroll);
  return box;
}

function points({ points, r2 }: NumberFigures): HTMLElement {
  const box = make('figure', 'table-matrix');
  const text = say.scatter(points.actual.length, rough(r2));
  box.append(
    make('h3', '', say.scatterTitle),
    scatter(points, { label: text, actual: say.actual, predicted: say.predicted }),
    make('figcaption', 'note', text),
  );
  return box;
}

/** Columns by how much the model needs them. */
export function importancePanel({ store }: Session): HTMLElement {
  const box = make('div', 'table-importance');
  const lede = make('p', 'note');
  const list = make('dl', 'table-bars-list');
  box.append(make('h3', '', say.importanceTitle), lede, list);
  store.on(['model', 'importance'], () => {
    const { model, importance } = store.state;
    if (!model) return;
    const { task } = model.results.figures;
    lede.textContent = importance ? say.importance(task) : say.measuring;
    // The list has the height that it will have.
    const all =
      importance ??
      model.results.features.map(({ name }): ImportanceBar => ({ feature: name, importance: 0, deviation: 0 }));
    const shown = all.slice(0, COLUMNS);
    const largest = Math.max(1e-9, ...shown.map((each) => each.importance));
    list.replaceChildren(
      ...shown.flatMap((each) => {
        const value = task === 'classes' ? say.points(each.importance) : rough(each.importance);
        return bar(each.feature, '', importance ? value : '', each.importance / largest, 'is-own');
      }),
    );
  });
  return box;
}
