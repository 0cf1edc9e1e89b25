/**
 * Activations, told from a few operators that are one together: tools spell gelu, silu or a layer normalisation in many ways, so that
 * they are told by what they compute for the numbers of a few rows, not by how they stand in the file.
 */
import type { ActivationConfig } from '../../index.js';

/** Numbers that operators give for {@link PROBES}. */
export type Rows = readonly (readonly number[])[];

/** Most of them where activations differ; the last row only where they grow without bounds. */
export const PROBES: Rows = [
  [-12, -3.5, -1, -0.3, 0.1],
  [0.5, 1, 2.2, 4, 9],
  [-6.5, -2.9, 2.9, 3.1, 6],
  [0, -0.75, 0.25, 15, -15],
  [-0.002, -0.001, 0.0005, 0.001, 0.002],
  [50, -50, 1e4, -1e4, 22],
];

/** Rows without the last one, whose softmax some spellings cannot compute. */
const WITHOUT_LARGE = PROBES.length - 1;

/** Constants in files are 32-bit floats. */
const TOLERANCE = 1e-6;

/** Beyond this a 32-bit float may be infinite. */
const INFINITE = 1e38;

const isClose = (a: number, b: number) =>
  Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b)) ||
  (a > INFINITE && b > INFINITE) ||
  (a < -INFINITE && b < -INFINITE);

const equals = (rows: Rows, others: Rows, count = PROBES.length) =>
  rows.slice(0, count).every((row, r) => row.every((value, i) => isClose(value, others[r]![i]!)));

export const eachOf = (rows: Rows, f: (x: number) => number): Rows => rows.map((row) => row.map((x) => f(x)));

export const bothOf = (a: Rows, b: Rows, f: (x: number, y: number) => number): Rows =>
  a.map((row, r) => row.map((x, i) => f(x, b[r]![i]!)));

/** 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!!, whose terms are all of one sign; beyond 6 it is ±1 in doubles. */
export function erf(x: number): number {
  if (!(Math.abs(x) <= 6)) return Math.sign(x); // NaN, too
  let [sum, term] = [0, x];
  for (let n = 1; sum + term !== sum; ++n) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const gelu = (x: number) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
export const geluTanh = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
export const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

export function logSoftmax(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const sum = row.reduce((total, x) => total + Math.exp(x - top), 0);
  return row.map((x) => x - top - Math.log(sum));
}

const ELEMENTWISE: [ActivationConfig['name'], (x: number) => number][] = [
  ['linear', (x) => x],
  ['sigmoid', sigmoid],
  ['tanh', Math.tanh],
  ['relu', (x) => Math.max(0, x)],
  ['selu', (x) => SELU.scale * (x > 0 ? x : SELU.alpha * Math.expm1(x))],
  ['gelu', gelu],
  ['geluTanh', geluTanh],
  ['silu', (x) => x * sigmoid(x)],
  ['softplus', softplus],
  ['softsign', (x) => x / (1 + Math.abs(x))],
  ['hardSigmoid', (x) => Math.min(1, Math.max(0, x / 6 + 0.5))],
  ['exponential', Math.exp],
];

const KNOWN: { name: ActivationConfig['name']; rows: Rows; count: number }[] = [
  ...ELEMENTWISE.map(([name, f]) => ({ name, rows: eachOf(PROBES, f), count: PROBES.length })),
  { name: 'softmax', rows: PROBES.map((row) => logSoftmax(row).map(Math.exp)), count: WITHOUT_LARGE },
  { name: 'logSoftmax', rows: PROBES.map(logSoftmax), count: WITHOUT_LARGE },
];

/** The activation that gives these rows; undefined where there is none. */
export function activationOf(rows: Rows): ActivationConfig | undefined {
  const known = KNOWN.find(({ rows: expected, count }) => equals(rows, expected, count));
  if (known) return { name: known.name };
  const slope = rows[0]![0]! / PROBES[0]![0]!;
  const leaky = eachOf(PROBES, (x) => (x > 0 ? x : slope * x));
  if (equals(rows, leaky)) return { name: 'leakyRelu', alpha: Math.fround(slope) };
  const limit = rows[0]![0]! / Math.expm1(PROBES[0]![0]!);
  const elu = eachOf(PROBES, (x) => (x > 0 ? x : limit * Math.expm1(x)));
  return equals(rows, elu) ? { name: 'elu', alpha: Math.fround(limit) } : undefined;
}

/** The ε of the layer normalisation that gives these rows; undefined where they come of something else. */
export function layerNormalizationOf(rows: Rows): number | undefined {
  // The row of small numbers tells ε best: out = d/√(variance + ε).
  const small = 4;
  const { deviations, variance } = momentsOf(PROBES[small]!);
  const epsilon = (deviations[0]! / rows[small]![0]!) ** 2 - variance;
  if (!(epsilon > 0) || !Number.isFinite(epsilon)) return undefined;
  const expected = PROBES.map((row) => {
    const { deviations, variance } = momentsOf(row);
    return deviations.map((d) => d / Math.sqrt(variance + epsilon));
  });
  return equals(rows, expected) ? Number(epsilon.toPrecision(7)) : undefined;
}

function momentsOf(row: readonly number[]) {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const deviations = row.map((x) => x - mean);
  return { deviations, variance: deviations.reduce((sum, d) => sum + d * d, 0) / row.length };
}

/** Factor and shift of a line that gives these rows; undefined where they are none. */
export function lineOf(rows: Rows): { scale: number; shift: number } | undefined {
  const shift = rows[3]![0]!; // of the probe 0
  const scale = rows[1]![1]! - shift; // of the probe 1
  return equals(
    rows,
    eachOf(PROBES, (x) => scale * x + shift),
  )
    ? { scale, shift }
    : undefined;
}
