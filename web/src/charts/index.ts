/**
 * mlp-wasm/charts: pictures of a training and of a model, as SVG and HTML, in any page. Each is appended to an element, has
 * a table of its figures and a description for screen readers, is drawn at most once a frame, and takes the colours of the
 * page around it, dark or light. The variables `--mlp-chart-ink`, `--mlp-chart-muted`, `--mlp-chart-line` and
 * `--mlp-chart-accent` change them.
 *
 * @packageDocumentation
 */
export { activationHistogram, type ActivationHistogramOptions } from './activation-histogram.js';
export { calibrationChart, type CalibrationChartOptions, type CalibrationData } from './calibration-chart.js';
export { confusionChart, type ConfusionChartOptions } from './confusion-chart.js';
export type { Chart } from './frame.js';
export { LineChart, type Drawing, type Values } from './line-chart.js';
export { lossChart, type LossChart, type LossChartOptions } from './loss-chart.js';
