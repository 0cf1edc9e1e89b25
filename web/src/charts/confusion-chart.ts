/** The confusion matrix as a table whose cells are the darker, the more of their row is in them. */
import { checkKeys, checkString, rangeError, typeError } from '../check/arguments.js';
import type { ConfusionMatrix } from '../index.js';
import { checkClassNames, checkElement, Frame, make, scrolling, type Chart } from './frame.js';

/** Options of {@link confusionChart}. */
export interface ConfusionChartOptions {
  /** Names of the classes, in their order. Default: their numbers. */
  classNames?: readonly string[];
  /** Its caption. Default `'Confusion matrix'`. */
  title?: string;
}

/** A table of more is slow, and nobody can read it. */
const MOST_CLASSES = 200;

/**
 * How often each class was taken for each: a row for each true class, a column for each answer. It is a table already, so
 * there is none beside it; where it is wider than its place it scrolls.
 *
 * @param element gets the chart appended
 * @param confusion what `confusionMatrix` of `mlp-wasm` gives
 * @throws {TypeError | RangeError} for a wrong element, matrix or option, and for more than 200 classes.
 * @example
 * confusionChart(element, confusionMatrix(model, xTest, yTest), { classNames: ['cat', 'dog'] });
 */
export function confusionChart(
  element: Element,
  confusion: ConfusionMatrix,
  options: ConfusionChartOptions = {},
): Chart<ConfusionMatrix> {
  const method = 'confusionChart';
  const place = checkElement(method, element);
  checkKeys(`${method}: options`, options, ['classNames', 'title']);
  const { classNames, title = 'Confusion matrix' } = options;
  checkString(`${method}: title`, title);
  let matrix = checkMatrix(confusion);
  checkClassNames(method, classNames, matrix.length);

  const frame = new Frame(place, title, () => paint());
  const table = make('table', 'mlp-chart-matrix');
  table.setAttribute('aria-label', title);
  const scroll = scrolling(title);
  scroll.append(table);
  frame.plot.append(scroll);

  const paint = () => {
    const names = checkClassNames(method, classNames, matrix.length);
    const total = matrix.flat().reduce((sum, count) => sum + count, 0);
    const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    frame.empty = total === 0 ? 'No samples yet.' : '';
    scroll.hidden = frame.isEmpty;
    const head = make('thead');
    const heads = make('tr');
    heads.append(make('td'), ...names.map((name) => headOf(name, 'col')));
    head.append(heads);
    const body = make('tbody');
    matrix.forEach((counts, i) => {
      const row = make('tr');
      const ofRow = counts.reduce((sum, count) => sum + count, 0);
      row.append(headOf(names[i]!, 'row'));
      counts.forEach((count, j) => {
        const cell = make('td', i === j ? 'mlp-chart-right' : '', count === 0 ? '' : String(count));
        cell.style.setProperty('--mlp-share', String(ofRow === 0 ? 0 : count / ofRow));
        row.append(cell);
      });
      body.append(row);
    });
    const share = total === 0 ? '' : ` ${right} of ${total} are right, ${((100 * right) / total).toFixed(1)} %.`;
    table.replaceChildren(head, body);
    frame.note = total === 0 ? '' : `Rows: the class. Columns: what it was taken for.${share}`;
  };
  paint();
  return {
    update(confusion) {
      const next = checkMatrix(confusion);
      checkClassNames(method, classNames, next.length);
      matrix = next;
      frame.due();
    },
    destroy: () => frame.destroy(),
  };
}

function headOf(name: string, scope: 'row' | 'col'): HTMLTableCellElement {
  const cell = make('th', '', name);
  cell.scope = scope;
  return cell;
}

/** A copy of the counts. */
function checkMatrix(confusion: ConfusionMatrix): number[][] {
  const argument = 'confusionChart: confusion';
  const rows: unknown = (confusion as Partial<ConfusionMatrix> | undefined | null)?.matrix;
  if (!Array.isArray(rows)) throw typeError(argument, 'what confusionMatrix gives', confusion);
  if (rows.length < 1 || rows.length > MOST_CLASSES) {
    throw rangeError(argument, `1 to ${MOST_CLASSES} classes`, rows.length);
  }
  return rows.map((row: unknown, i) => {
    const counts = Array.from((row ?? []) as ArrayLike<number>);
    if (counts.length !== rows.length) {
      throw rangeError(`${argument}.matrix[${i}]`, `${rows.length} counts`, counts);
    }
    const wrong = counts.findIndex((count) => !(Number.isFinite(count) && count >= 0));
    if (wrong >= 0) throw rangeError(`${argument}.matrix[${i}][${wrong}]`, 'a count', counts[wrong]);
    return counts;
  });
}
