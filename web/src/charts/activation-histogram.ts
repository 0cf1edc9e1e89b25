/** How the activations of each layer are spread: a small histogram for each, over a range of its own. */
import { checkInteger, checkKeys, checkName, checkString, typeError } from '../check/arguments.js';
import type { LayerForward, NetworkStatistics } from '../index.js';
import { checkElement, Frame, make, shownNumber, type Chart, type Figures } from './frame.js';
import { makeSvg, textOf, tickLabel } from './svg.js';

/** Options of {@link activationHistogram}. */
export interface ActivationHistogramOptions {
  /** Activations `a` or pre-activations `z`. Default `'a'`. */
  of?: 'a' | 'z';
  /** Bars of equal width, 2 to 200. Default 30. */
  bins?: number;
  /** The result of `layerStatistics` for the same rows: its shares of dead and saturated units and its advice are shown. */
  statistics?: NetworkStatistics;
  /** Its caption. Default `'Activations'` or `'Pre-activations'`. */
  title?: string;
}

interface Spread {
  name: string;
  counts: number[];
  low: number;
  high: number;
  mean: number;
  deviation: number;
  /** Numbers that are finite, and those that are not. */
  finite: number;
  others: number;
}

const SIZE = { width: 280, height: 104 };
const BOTTOM = 18;

/**
 * Histograms of the activations of every layer.
 *
 * @param element gets the chart appended
 * @param trace what `model.forwardTrace(x)` gives
 * @throws {TypeError | RangeError} for a wrong element, trace or option. Numbers that are not finite are left out, and the
 *   chart says how many.
 * @example
 * activationHistogram(element, model.forwardTrace(x), { statistics: model.layerStatistics(x, y) });
 */
export function activationHistogram(
  element: Element,
  trace: readonly Pick<LayerForward, 'name' | 'a' | 'z'>[],
  options: ActivationHistogramOptions = {},
): Chart<readonly Pick<LayerForward, 'name' | 'a' | 'z'>[]> {
  const method = 'activationHistogram';
  const place = checkElement(method, element);
  checkKeys(`${method}: options`, options, ['of', 'bins', 'statistics', 'title']);
  const { of: kind = 'a', bins = 30, statistics } = options;
  checkName(`${method}: of`, kind, ['a', 'z']);
  checkInteger(`${method}: bins`, bins, 2, 200);
  const { title = kind === 'a' ? 'Activations' : 'Pre-activations' } = options;
  checkString(`${method}: title`, title);
  if (statistics !== undefined && !Array.isArray((statistics as Partial<NetworkStatistics> | null)?.layers)) {
    throw typeError(`${method}: statistics`, 'what layerStatistics gives', statistics);
  }
  let spreads = spreadsOf(trace, kind, bins);

  const frame = new Frame(
    place,
    title,
    () => paint(),
    () => figuresOf(spreads),
  );
  const layers = make('div', 'mlp-chart-layers');
  frame.plot.append(layers);
  const paint = () => {
    frame.empty = spreads.length === 0 ? 'No layers yet.' : '';
    layers.replaceChildren(...spreads.map((spread) => layerOf(spread, statistics)));
    const others = spreads.filter(({ others }) => others > 0).map(({ name, others }) => `${others} of ${name}`);
    const left = others.length > 0 ? `Not finite, and left out: ${others.join(', ')}.` : '';
    frame.note = [left, statistics?.advice ?? ''].filter(Boolean).join(' ');
  };
  paint();
  return {
    update(trace) {
      spreads = spreadsOf(trace, kind, bins);
      frame.due();
    },
    destroy: () => frame.destroy(),
  };
}

function layerOf({ name, counts, low, high, mean, deviation, finite }: Spread, statistics?: NetworkStatistics) {
  const layer = make('div', 'mlp-chart-layer');
  const words = make('p');
  const { dead = 0, saturated = 0 } = statistics?.layers.find((one) => one.name === name) ?? {};
  const shares = Object.entries({ dead, saturated }).filter(([, share]) => share > 0);
  const told = shares.map(([what, share]) => `, ${(100 * share).toFixed(0)} % ${what}`).join('');
  const moments = `${shownNumber(mean)} ± ${shownNumber(deviation)}${told}`;
  words.append(make('b', '', name), finite === 0 ? ' no finite number' : ` ${moments}`);
  layer.append(words);
  if (finite === 0) return layer;
  const most = Math.max(...counts);
  const label = `${name}: ${finite} numbers from ${shownNumber(low)} to ${shownNumber(high)}, ${moments}`;
  const svg = makeSvg('svg', { role: 'img', viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, 'aria-label': label });
  svg.style.maxWidth = `${SIZE.width}px`;
  const bottom = SIZE.height - BOTTOM;
  const width = SIZE.width / counts.length;
  const bars = counts.map((count, i) =>
    // A bar that is there is a pixel high at least.
    count === 0
      ? ''
      : `M${(i * width).toFixed(1)} ${bottom}v${-Math.max(1, (count / most) * bottom).toFixed(1)}h${(width * 0.9).toFixed(1)}V${bottom}Z`,
  );
  const axis = makeSvg('g', { class: 'mlp-chart-axes' });
  const digits = Math.max(0, 2 - Math.floor(Math.log10(high - low || 1)));
  axis.append(
    makeSvg('path', { d: `M0 ${bottom}H${SIZE.width}` }),
    textOf(tickLabel(low, digits), { x: 0, y: SIZE.height - 4 }),
    textOf(tickLabel(high, digits), { x: SIZE.width, y: SIZE.height - 4, 'text-anchor': 'end' }),
  );
  svg.append(axis, makeSvg('path', { class: 'mlp-chart-bars', d: bars.join('') }));
  layer.append(svg);
  return layer;
}

function figuresOf(spreads: readonly Spread[]): Figures {
  return {
    head: ['Layer', 'Numbers', 'Least', 'Most', 'Mean', 'Deviation', 'Not finite'],
    rows: spreads.map(({ name, finite, low, high, mean, deviation, others }) => [
      name,
      String(finite),
      ...[low, high, mean, deviation].map((value) => (finite ? shownNumber(value) : '–')),
      String(others),
    ]),
  };
}

function spreadsOf(trace: unknown, kind: 'a' | 'z', bins: number): Spread[] {
  const argument = 'activationHistogram: trace';
  if (!Array.isArray(trace)) throw typeError(argument, 'what forwardTrace gives', trace);
  return trace.map((layer: Partial<LayerForward> | null | undefined, i) => {
    const data = layer?.[kind]?.data;
    if (!data || typeof data.length !== 'number')
      throw typeError(`${argument}[${i}]`, 'a layer of forwardTrace', layer);
    return spreadOf(layer.name ?? String(i), data, bins);
  });
}

function spreadOf(name: string, data: Float32Array, bins: number): Spread {
  let [low, high, sum, finite] = [Infinity, -Infinity, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    finite++;
  }
  const mean = sum / finite;
  const counts = Array.from({ length: bins }, () => 0);
  let squares = 0;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    // All the same: in the middle.
    const share = high > low ? (value - low) / (high - low) : 0.5;
    counts[Math.min(bins - 1, Math.floor(share * bins))]!++;
  }
  const deviation = Math.sqrt(squares / finite);
  return { name, counts, low, high, mean, deviation, finite, others: data.length - finite };
}
