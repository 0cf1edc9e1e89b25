/** Owner of the two charts: loss and accuracy over epochs, each with a training and a validation series. */
import uPlot from 'uplot';
import { colour } from './colour.js';
import { element, oncePerFrame } from './dom.js';
import type { Curve, PageStore } from './state.js';

type Values = readonly (number | null)[];

interface ChartOptions {
  id: string;
  training: (curve: Curve) => Values;
  validation: (curve: Curve) => Values;
  /** The ends of the y axis for the values that matter. */
  range: (low: number, high: number) => [number, number];
  digits: number;
}

const HEIGHT = 176;

export function mountCharts(store: PageStore): void {
  mountChart(store, {
    id: 'loss-chart',
    training: (curve) => curve.loss,
    validation: (curve) => curve.valLoss,
    range: (_, high) => [0, high * 1.08],
    digits: 3,
  });
  mountChart(store, {
    id: 'accuracy-chart',
    training: (curve) => curve.accuracy,
    validation: (curve) => curve.valAccuracy,
    range: (low) => [Math.max(0, Math.floor((low - 0.005) * 50) / 50), 1],
    digits: 3,
  });
}

/**
 * Where the y axis has to reach. The first half epoch falls and climbs so steeply that it would flatten all the
 * rest; once there is a rest, that part of the line runs off the chart.
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
  return low <= high ? [low, high] : [0, 1];
}

/** The value at `index`, or the nearest one before it. */
function valueAt(values: Values, index: number): number | undefined {
  for (let i = Math.min(index, values.length - 1); i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined) return value;
  }
  return undefined;
}

function mountChart(store: PageStore, options: ChartOptions): void {
  const figure = element(options.id, HTMLElement);
  const place = figure.querySelector<HTMLElement>('.chart-plot')!;
  const [trainingText, validationText] = Array.from(figure.querySelectorAll<HTMLElement>('.chart-legend b'));
  const series = (): [Values, Values] => {
    const { curve } = store.state.run;
    return [options.training(curve), options.validation(curve)];
  };

  const axis: uPlot.Axis = {
    stroke: () => colour('muted'),
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: () => colour('line'), width: 1 },
    ticks: { show: false },
    gap: 6,
  };
  const line = (name: 'muted' | 'accent', width: number): uPlot.Series => ({
    stroke: () => colour(name),
    width,
    spanGaps: true,
    points: { show: false },
  });
  const plot = new uPlot(
    {
      width: Math.max(200, place.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 10, 0, 0],
      cursor: {
        sync: { key: 'epochs' },
        drag: { x: false, y: false, setScale: false },
        y: false,
        points: { size: 7 },
      },
      scales: {
        x: {
          time: false,
          range: () => {
            const { run, fields } = store.state;
            return [0, run.settings?.epochs ?? (Number(fields.epochs) || 10)];
          },
        },
        y: { range: () => options.range(...extent(store.state.run.curve.epoch, series())) },
      },
      axes: [
        { ...axis, size: 28, grid: { show: false }, space: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
        { ...axis, size: 44, space: 36 },
      ],
      series: [
        {},
        line('muted', 1.25),
        { ...line('accent', 2), points: { show: true, size: 6, fill: () => colour('accent') } },
      ],
      hooks: { setCursor: [() => showValues()] },
    },
    [[], [], []],
    place,
  );

  /** The legend's figures: under the cursor, else the latest. */
  const showValues = (): void => {
    const index = plot.cursor.idx ?? Infinity;
    const texts = series().map((values) => valueAt(values, index)?.toFixed(options.digits) ?? '');
    trainingText!.textContent = texts[0]!;
    validationText!.textContent = texts[1]!;
  };
  const paint = oncePerFrame(() => {
    plot.setData([store.state.run.curve.epoch, ...series().map((values) => [...values])] as uPlot.AlignedData);
    showValues();
  });
  new ResizeObserver(() => {
    if (place.clientWidth > 0 && place.clientWidth !== plot.width) {
      plot.setSize({ width: place.clientWidth, height: HEIGHT });
    }
  }).observe(place);
  store.on(['run', 'theme', 'fields'], () => {
    figure.classList.toggle('is-empty', store.state.run.curve.epoch.length === 0);
    paint();
  });
}
