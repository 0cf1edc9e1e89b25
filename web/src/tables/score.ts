/** Figures of how well predictions fit. */

/** Figures of one class. */
export interface ClassReport {
  label: string;
  /** Of the rows that were said to be of it, the share that is; 0 where there are none. */
  precision: number;
  /** Of the rows that are of it, the share that was found; 0 where there are none. */
  recall: number;
  /** Harmonic mean of both. */
  f1: number;
  /** Rows that are of it. */
  support: number;
}

/** Result of {@link ClassifierModel.score}. */
export interface ClassifierScore {
  /** Share of the rows whose likeliest class is right; of several classes a row, of those with all of them right. */
  accuracy: number;
  /** Mean of −ln of the probability of what is right, at least 1e-7; of several classes a row, the mean over them, too. */
  logLoss: number;
  /** Mean of the classes' f1, of those that rows are of or were said to be of. */
  f1: number;
  perClass: ClassReport[];
  /** `counts[i][j]`: rows of class `labels[i]` that were said to be of `labels[j]`. Absent with several classes a row. */
  confusionMatrix?: { labels: string[]; counts: number[][] };
  /** Rows that were scored: those in which the target is not missing. */
  rows: number;
}

/** Figures of one target. */
export interface NumberReport {
  name: string;
  r2: number;
  mae: number;
  rmse: number;
}

/** Result of {@link RegressorModel.score}. With several targets `r2`, `mae` and `rmse` are means over them. */
export interface RegressorScore {
  /** Share of the variance that is explained, 1 at best; NaN where all rows have the same number. */
  r2: number;
  /** Mean absolute error, in the target's unit. */
  mae: number;
  /** Root of the mean squared error, in the target's unit. */
  rmse: number;
  perTarget: NumberReport[];
  rows: number;
}

/** The least probability that a logarithm is taken of. */
const LEAST = 1e-7;

function reportOf(label: string, right: number, said: number, support: number): ClassReport {
  const precision = said > 0 ? right / said : 0;
  const recall = support > 0 ? right / support : 0;
  return { label, precision, recall, f1: right > 0 ? (2 * right) / (said + support) : 0, support };
}

function meanF1(reports: ClassReport[], said: number[]): number {
  const counted = reports.filter(({ support }, i) => support > 0 || said[i]! > 0);
  return meanOf(counted.map(({ f1 }) => f1));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Index of the largest of `count` numbers from `at` on, the first one of equals. */
export function argmax(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; ++i) if (values[at + i]! > values[at + best]!) best = i;
  return best;
}

/** `classes`: one index a row, −1 for a class that the model does not know, which is always wrong. */
export function scoreClasses(probabilities: Float32Array, classes: Int32Array, labels: string[]): ClassifierScore {
  const count = labels.length;
  const counts = labels.map(() => new Array<number>(count).fill(0));
  const said = new Array<number>(count).fill(0);
  let [right, logs] = [0, 0];
  classes.forEach((actual, row) => {
    const best = argmax(probabilities, row * count, count);
    ++said[best]!;
    logs -= Math.log(Math.max(LEAST, actual < 0 ? 0 : probabilities[row * count + actual]!));
    if (actual < 0) return;
    ++counts[actual]![best]!;
    if (best === actual) ++right;
  });
  const perClass = labels.map((label, i) =>
    reportOf(
      label,
      counts[i]![i]!,
      said[i]!,
      counts[i]!.reduce((sum, n) => sum + n, 0),
    ),
  );
  return {
    accuracy: right / classes.length,
    logLoss: logs / classes.length,
    f1: meanF1(perClass, said),
    perClass,
    confusionMatrix: { labels, counts },
    rows: classes.length,
  };
}

/** `values`: 1 or 0, rows × names. */
export function scoreSeveral(probabilities: Float32Array, values: Float64Array, names: string[]): ClassifierScore {
  const count = names.length;
  const rows = values.length / count;
  const [right, said, support] = [0, 0, 0].map(() => new Array<number>(count).fill(0)) as [
    number[],
    number[],
    number[],
  ];
  let [allRight, logs] = [0, 0];
  for (let row = 0; row < rows; ++row) {
    let isRight = true;
    for (let j = 0; j < count; ++j) {
      const [p, is] = [probabilities[row * count + j]!, values[row * count + j] === 1];
      const isSaid = p > 0.5;
      logs -= Math.log(Math.max(LEAST, is ? p : 1 - p));
      if (isSaid) ++said[j]!;
      if (is) ++support[j]!;
      if (is && isSaid) ++right[j]!;
      isRight &&= is === isSaid;
    }
    if (isRight) ++allRight;
  }
  const perClass = names.map((name, j) => reportOf(name, right[j]!, said[j]!, support[j]!));
  return { accuracy: allRight / rows, logLoss: logs / values.length, f1: meanF1(perClass, said), perClass, rows };
}

/** Predictions and values in their own units, rows × names. */
export function scoreNumbers(predicted: Float64Array, values: Float64Array, names: string[]): RegressorScore {
  const count = names.length;
  const rows = values.length / count;
  const perTarget = names.map((name, j) => {
    let mean = 0;
    for (let at = j; at < values.length; at += count) mean += values[at]! / rows;
    let [squares, absolutes, variance] = [0, 0, 0];
    for (let at = j; at < values.length; at += count) {
      const error = predicted[at]! - values[at]!;
      squares += error ** 2;
      absolutes += Math.abs(error);
      variance += (values[at]! - mean) ** 2;
    }
    const r2 = variance > 0 ? 1 - squares / variance : NaN;
    return { name, r2, mae: absolutes / rows, rmse: Math.sqrt(squares / rows) };
  });
  const mean = (key: 'r2' | 'mae' | 'rmse') => meanOf(perTarget.map((report) => report[key]));
  return { r2: mean('r2'), mae: mean('mae'), rmse: mean('rmse'), perTarget, rows };
}
