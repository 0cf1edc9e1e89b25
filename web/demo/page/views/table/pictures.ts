/** Small pictures as SVG, whose colours are the style sheet's: distributions, and predicted against true numbers. */
import type { ColumnProfile } from '../../../shared/table-work.js';
import { locale } from '../../words/language.js';
import { number } from '../parts/numbers.js';
import { svg } from '../parts/svg.js';

const WIDTH = 160;
const HEIGHT = 34;

/** Bars of a column: of numbers how often each interval comes, of categories the most frequent ones. */
export function distribution({ numbers, categories }: ColumnProfile, label: string): SVGSVGElement {
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'table-bars', role: 'img' });
  picture.setAttribute('aria-label', label);
  const shown = numbers?.bins ?? categories?.top.map(({ count }) => count) ?? [];
  const others = categories?.others ?? 0;
  const counts = others > 0 ? [...shown, others] : shown;
  const largest = Math.max(1, ...counts);
  // Of few categories the bars are not broader than those of many.
  const step = Math.min(WIDTH / Math.max(1, counts.length), numbers ? WIDTH : 26);
  const gap = numbers ? (counts.length > 12 ? 1 : 2) : 4;
  counts.forEach((count, i) => {
    if (count === 0) return;
    const height = Math.max(1.5, (HEIGHT - 1) * (count / largest));
    const isRest = i === shown.length;
    picture.append(
      svg('rect', {
        x: (i * step).toFixed(2),
        y: (HEIGHT - 1 - height).toFixed(2),
        width: Math.max(1, step - gap).toFixed(2),
        height: height.toFixed(2),
        ...(isRest && { class: 'is-rest' }),
      }),
    );
  });
  picture.append(svg('path', { d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }));
  return picture;
}

/** A few round numbers from `low` to `high`. */
export function ticks(low: number, high: number, most: number): number[] {
  const raw = (high - low) / most;
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const compact = new Intl.NumberFormat(locale, { notation: 'compact' });
const tickText = (value: number): string => (Math.abs(value) >= 10_000 ? compact.format(value) : number(value));

const SIZE = 360;
const MARGIN = { left: 54, right: 12, top: 10, bottom: 44 };

/** Points of true (across) and predicted (upwards) numbers, and the line on which they are equal. */
export function scatter(
  { actual, predicted }: { actual: readonly number[]; predicted: readonly number[] },
  names: { label: string; actual: string; predicted: string },
): SVGSVGElement {
  const picture = svg('svg', { viewBox: `0 0 ${SIZE} ${SIZE}`, class: 'table-scatter', role: 'img' });
  picture.setAttribute('aria-label', names.label);
  const all = [...actual, ...predicted];
  let [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || Math.abs(high) || 1) * 0.04;
  [low, high] = [low - room, high + room];
  const x = (value: number): number =>
    MARGIN.left + ((value - low) / (high - low)) * (SIZE - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    SIZE - MARGIN.bottom - ((value - low) / (high - low)) * (SIZE - MARGIN.top - MARGIN.bottom);
  const text = (content: string, attributes: Record<string, string | number>): SVGTextElement => {
    const made = svg('text', attributes);
    made.textContent = content;
    return made;
  };
  const marks = ticks(low, high, 4);
  picture.append(
    ...marks.flatMap((value) => [
      svg('path', { class: 'table-grid', d: `M${MARGIN.left} ${y(value)}H${SIZE - MARGIN.right}` }),
      svg('path', { class: 'table-grid', d: `M${x(value)} ${MARGIN.top}V${SIZE - MARGIN.bottom}` }),
      text(tickText(value), { x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }),
      text(tickText(value), { x: x(value), y: SIZE - MARGIN.bottom + 18, 'text-anchor': 'middle' }),
    ]),
    svg('path', { class: 'table-equal', d: `M${x(low)} ${y(low)}L${x(high)} ${y(high)}` }),
    ...actual.map((value, i) => svg('circle', { cx: x(value).toFixed(1), cy: y(predicted[i]!).toFixed(1), r: 3.2 })),
    text(names.actual, { x: SIZE - MARGIN.right, y: SIZE - 6, 'text-anchor': 'end' }),
    text(names.predicted, { x: MARGIN.left + 6, y: MARGIN.top + 12 }),
  );
  return picture;
}
