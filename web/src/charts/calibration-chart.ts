/**
 * The reliability diagram (DeGroot & Fienberg 1983; Niculescu-Mizil & Caruana 2005): how often answers are right, over how
 * sure the model is of them. The expected calibration error is that of Guo et al. 2017: the mean of |how often − how sure|
 * over the bins, weighed by their samples.
 */
import { checkInteger, checkKeys, checkString, rangeError, typeError } from '../check/arguments.js';
import { checkElement, Frame, shownNumber, type Chart, type Figures } from './frame.js';
import { makeSvg, textOf } from './svg.js';

/** The data of {@link calibrationChart}. */
export interface CalibrationData {
  /** rows × classes probabilities, row-major, as `predict` gives them; or of one output, that of class 1. */
  probabilities: ArrayLike<number>;
  /** The class of each row, from 0. */
  labels: ArrayLike<number>;
}

/** Options of {@link calibrationChart}. */
export interface CalibrationChartOptions {
  /** Bins of equal width, 1 to 100. Default 10. */
  bins?: number;
  /** Its caption. Default `'Calibration'`. */
  title?: string;
}

interface Bin {
  count: number;
  /** Sums over its rows, of how sure the model is and of how often it is right. */
  sure: number;
  right: number;
}

const SIZE = { width: 360, height: 270 };
const MARGIN = { top: 8, right: 10, bottom: 40, left: 58 };

/**
 * A calibration diagram. With several classes it is about the class that is most probable: its probability, and whether it
 * was right. With one output it is about class 1, as scikit-learn's `calibration_curve`. On the diagonal a model is as
 * sure as it should be, below it is too sure. The bars are the share of all rows that a bin has.
 *
 * @param element gets the chart appended
 * @throws {TypeError | RangeError} for a wrong element, option, or lengths that do not fit. Of numbers that are no
 *   probabilities the chart says so, and draws nothing.
 * @example
 * calibrationChart(element, { probabilities: model.predict(xTest), labels: yTest });
 */
export function calibrationChart(
  element: Element,
  data: CalibrationData,
  options: CalibrationChartOptions = {},
): Chart<CalibrationData> {
  const method = 'calibrationChart';
  const place = checkElement(method, element);
  checkKeys(`${method}: options`, options, ['bins', 'title']);
  const { bins: count = 10, title = 'Calibration' } = options;
  checkInteger(`${method}: bins`, count, 1, 100);
  checkString(`${method}: title`, title);
  let shown = binned(data, count);

  const frame = new Frame(
    place,
    title,
    () => paint(),
    () => figuresOf(shown.bins),
  );
  const svg = makeSvg('svg', { role: 'img', viewBox: `0 0 ${SIZE.width} ${SIZE.height}` });
  svg.style.maxWidth = `${SIZE.width}px`; // larger, its text would be larger than the page's
  frame.plot.append(svg);

  const paint = () => {
    const { bins, rows, problem, binary } = shown;
    const filled = bins.filter(({ count }) => count > 0);
    frame.empty = problem ?? (rows === 0 ? 'No samples yet.' : '');
    svg.style.display = frame.isEmpty ? 'none' : '';
    const sure = binary ? 'probability of class 1' : 'how sure it is';
    const right = binary ? 'how often it is class 1' : 'how often it is right';
    svg.replaceChildren(...axes(sure, right), ...(problem ? [] : drawn(bins, rows)));
    const error = filled.reduce((sum, { sure, right }) => sum + Math.abs(right - sure), 0) / rows;
    const told =
      rows === 0 || problem
        ? ''
        : `Expected calibration error ${shownNumber(error)}, of ${rows} rows in ${filled.length} bins.`;
    frame.note = told;
    svg.setAttribute('aria-label', `${title}: ${right} over ${sure}. ${told} The table below has the figures.`);
  };
  paint();
  return {
    update(data) {
      shown = binned(data, count);
      frame.due();
    },
    destroy: () => frame.destroy(),
  };
}

const x = (share: number) => (MARGIN.left + share * (SIZE.width - MARGIN.left - MARGIN.right)).toFixed(1);
const y = (share: number) =>
  (SIZE.height - MARGIN.bottom - share * (SIZE.height - MARGIN.top - MARGIN.bottom)).toFixed(1);

function axes(sure: string, right: string): SVGElement[] {
  const lines = makeSvg('g', { class: 'mlp-chart-axes' });
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    lines.append(
      makeSvg('path', { d: `M${x(0)} ${y(tick)}H${x(1)}` }),
      textOf(String(tick), { x: MARGIN.left - 8, y: Number(y(tick)) + 4, 'text-anchor': 'end' }),
      textOf(String(tick), { x: x(tick), y: SIZE.height - MARGIN.bottom + 16, 'text-anchor': 'middle' }),
    );
  }
  const middle = Number(y(0.5));
  return [
    lines,
    textOf(sure, { x: x(0.5), y: SIZE.height - 6, 'text-anchor': 'middle' }),
    textOf(right, { x: 0, y: 0, 'text-anchor': 'middle', transform: `translate(11 ${middle}) rotate(-90)` }),
    makeSvg('path', { class: 'mlp-chart-ideal', d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}` }),
  ];
}

function drawn(bins: readonly Bin[], rows: number): SVGElement[] {
  const bars = bins.map(({ count }, i) => {
    const [from, to] = [i / bins.length, (i + 1) / bins.length];
    return count === 0 ? '' : `M${x(from)} ${y(0)}V${y(count / rows)}H${x(to)}V${y(0)}Z`;
  });
  const points = bins.flatMap(({ count, sure, right }) => (count ? [`${x(sure / count)} ${y(right / count)}`] : []));
  return [
    makeSvg('path', { class: 'mlp-chart-counts', d: bars.join('') }),
    makeSvg('path', { class: 'mlp-line-validation', d: points.map((point, i) => `${i ? 'L' : 'M'}${point}`).join('') }),
    makeSvg('path', { class: 'mlp-points-validation', d: points.map((point) => `M${point}h0`).join('') }),
  ];
}

function figuresOf(bins: readonly Bin[]): Figures {
  const percent = (share: number) => `${((100 * share) / bins.length).toFixed(0)} %`;
  return {
    head: ['Between', 'Rows', 'How sure', 'How often'],
    rows: bins.map(({ count, sure, right }, i) => [
      `${percent(i)} and ${percent(i + 1)}`,
      String(count),
      count ? shownNumber(sure / count) : '–',
      count ? shownNumber(right / count) : '–',
    ]),
  };
}

function binned({ probabilities, labels }: CalibrationData, count: number) {
  const method = 'calibrationChart';
  const isList = (value: unknown) => Array.isArray(value) || ArrayBuffer.isView(value);
  if (!isList(probabilities)) {
    throw typeError(`${method}: probabilities`, 'an array of numbers', probabilities);
  }
  if (!isList(labels)) throw typeError(`${method}: labels`, 'an array of classes', labels);
  const rows = labels.length;
  const classes = rows === 0 ? 1 : probabilities.length / rows;
  if (!Number.isInteger(classes) || (classes < 1 && rows > 0)) {
    throw rangeError(`${method}: probabilities`, `a multiple of ${rows} rows`, probabilities);
  }
  const binary = classes === 1;
  const bins: Bin[] = Array.from({ length: count }, () => ({ count: 0, sure: 0, right: 0 }));
  let problem: string | undefined;
  for (let row = 0; row < rows; ++row) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= Math.max(2, classes)) {
      throw rangeError(`${method}: labels[${row}]`, `a class from 0 to ${Math.max(2, classes) - 1}`, label);
    }
    let best = 0;
    for (let i = 0; i < classes; ++i) {
      const probability = probabilities[row * classes + i]!;
      // A softmax may be above 1 by a rounding.
      if (!(probability >= 0 && probability <= 1 + 1e-5)) {
        const what = Number.isFinite(probability) ? `is ${shownNumber(probability)}` : 'is not finite';
        problem ??= `No probabilities: one of row ${row} ${what}.`;
      }
      if (probability > probabilities[row * classes + best]!) best = i;
    }
    const sure = Math.min(1, probabilities[row * classes + best]);
    const bin = bins[Math.min(count - 1, Math.floor(sure * count))];
    if (problem !== undefined || !bin) continue;
    bin.count++;
    bin.sure += sure;
    bin.right += Number(binary ? label === 1 : label === best);
  }
  return { bins, rows, problem, binary };
}
