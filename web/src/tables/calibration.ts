/** Probabilities that mean what they say (Guo, Pleiss, Sun & Weinberger 2017, "On Calibration of Modern Neural Networks"). */
import { checkInteger, checkObject, typeError } from '../check/arguments.js';
import { argmax } from './score.js';
import { checkTable, type Table } from './table.js';
import { isClassifierModel, type ClassifierModel } from './table-model.js';

/** Rows whose probabilities lie between two limits. */
export interface CalibrationBin {
  from: number;
  to: number;
  /** Rows; with several classes a row, rows × classes. */
  count: number;
  /** Their mean probability; NaN where there are none. */
  confidence: number;
  /** The share of them that was right; NaN where there are none. */
  accuracy: number;
}

/** Result of {@link expectedCalibrationError}. */
export interface Calibration {
  /** Mean distance between how sure a model is and how often it is right, 0 at best: Σ (count / rows)·|accuracy − confidence|. */
  error: number;
  /** `bins` intervals of equal width; a probability on a limit counts below it. */
  bins: CalibrationBin[];
}

/**
 * The expected calibration error of a classifier: of the rows of which it is 80 % sure, it should be right in 80 %. Looks
 * at the likeliest class of each row; with several classes a row, at the probability of each of them.
 *
 * @param table rows with the target that the model was not trained on
 * @param options.bins intervals of probabilities, default 15
 * @throws {TypeError | RangeError} naming the argument that is wrong.
 */
export function expectedCalibrationError(
  model: ClassifierModel,
  table: Table,
  options: { bins?: number } = {},
): Calibration {
  const method = 'expectedCalibrationError';
  checkClassifier(`${method}: model`, model);
  checkTable(`${method}: table`, table);
  const { bins: count = 15 } = checkObject(`${method}: options`, options, ['bins']);
  checkInteger(`${method}: bins`, count, 1, 10_000);
  const { outputs, classes, values } = model.scored(`${method}: table`, table);
  const sums = Array.from({ length: count }, () => ({ count: 0, sure: 0, right: 0 }));
  let total = 0;
  const add = (probability: number, isRight: boolean) => {
    const bin = sums[Math.min(count - 1, Math.max(0, Math.ceil(probability * count) - 1))]!;
    ++total;
    ++bin.count;
    bin.sure += probability;
    if (isRight) ++bin.right;
  };
  const units = model.labels.length;
  if (classes) {
    classes.forEach((actual, row) => {
      const best = argmax(outputs, row * units, units);
      add(outputs[row * units + best]!, best === actual);
    });
  } else values!.forEach((value, at) => add(outputs[at]!, value === 1));
  let error = 0;
  const bins = sums.map((bin, i) => {
    if (bin.count > 0) error += Math.abs(bin.right - bin.sure) / total;
    const [confidence, accuracy] = [bin.sure / bin.count, bin.right / bin.count];
    return { from: i / count, to: (i + 1) / count, count: bin.count, confidence, accuracy };
  });
  return { error, bins };
}

/** Result of {@link calibrate}. */
export interface TemperatureScaling {
  /** The temperature: above 1 the model had been too sure, below 1 not sure enough. */
  temperature: number;
  /** Log loss on the table, before and afterwards. */
  before: number;
  after: number;
}

/** Limits of 1 / temperature; beyond them it is the table that is too small. */
const [COLDEST, HOTTEST] = [0.05, 20];

/**
 * Makes a classifier as sure as it is right, by temperature scaling: the inputs of its last activation are divided by the
 * temperature, between 1/20 and 20, at which its log loss on the table is least. The weights of the last layer are, so that
 * it is saved and loaded as it is then. The order of a row's classes stays.
 *
 * @param table rows with the target that the model was not trained on; not those that it will be tested on, either
 * @throws {TypeError | RangeError} naming the argument that is wrong.
 * @example
 * const { train: rest, test } = trainTestSplit(table, { testSize: 0.2 });
 * const { train, test: held } = trainTestSplit(rest, { testSize: 0.2 });
 * const model = await classifier({ target: 'species' }).fit(train);
 * calibrate(model, held);
 * expectedCalibrationError(model, test).error;
 */
export function calibrate(model: ClassifierModel, table: Table): TemperatureScaling {
  const method = 'calibrate';
  checkClassifier(`${method}: model`, model);
  checkTable(`${method}: table`, table);
  const { outputs, classes, values } = model.scored(`${method}: table`, table);
  const units = model.labels.length;
  const slopes = classes ? ofClasses(outputs, classes, units) : ofSeveral(outputs, values!);
  const before = slopes(1).loss;

  // The loss is convex in β = 1 / temperature: its least is where its slope, which grows, is 0.
  let [low, high] = [COLDEST, HOTTEST];
  for (let i = 0; i < 60; ++i) {
    const middle = Math.sqrt(low * high);
    if (slopes(middle).slope > 0) high = middle;
    else low = middle;
  }
  // Engines differ in the last digits of exponentials, of which none are left here.
  const beta = Number(Math.sqrt(low * high).toPrecision(4));
  const weights = model.network.getWeights();
  for (const { data } of weights.slice(-2)) data.forEach((weight, i) => (data[i] = beta * weight));
  model.network.setWeights(weights);
  return { temperature: 1 / beta, before, after: slopes(beta).loss };
}

/** The least probability that is told from 0, so that its logarithm is finite. */
const LEAST = 2 ** -149;

/** Mean log loss and its derivative with respect to β, of softmax: z = ln p, but for a number that does not matter. */
function ofClasses(outputs: Float32Array, classes: Int32Array, units: number) {
  const z = Float64Array.from(outputs, (p) => Math.log(Math.max(p, LEAST)));
  return (beta: number) => {
    let [loss, slope, rows] = [0, 0, 0];
    classes.forEach((actual, row) => {
      if (actual < 0) return; // a class that the model does not know has no probability to scale
      ++rows;
      const at = row * units;
      const largest = z[at + argmax(z, at, units)]!;
      let [sum, mean] = [0, 0];
      for (let i = 0; i < units; ++i) {
        const share = Math.exp(beta * (z[at + i]! - largest));
        sum += share;
        mean += share * z[at + i]!;
      }
      loss += Math.log(sum) + beta * (largest - z[at + actual]!);
      slope += mean / sum - z[at + actual]!;
    });
    return { loss: loss / rows, slope: slope / rows };
  };
}

/** The same of sigmoids: z = ln (p / (1 − p)). */
function ofSeveral(outputs: Float32Array, values: Float64Array) {
  const closest = 2 ** -24; // to 1, of a probability that is a float
  const z = Float64Array.from(outputs, (p) => {
    const inside = Math.min(1 - closest, Math.max(closest, p));
    return Math.log(inside / (1 - inside));
  });
  return (beta: number) => {
    let [loss, slope] = [0, 0];
    z.forEach((logit, at) => {
      const sign = values[at] === 1 ? 1 : -1;
      const against = Math.exp(-beta * sign * logit);
      loss += Number.isFinite(against) ? Math.log1p(against) : -beta * sign * logit;
      slope -= sign * logit * (Number.isFinite(against) ? against / (1 + against) : 1);
    });
    return { loss: loss / z.length, slope: slope / z.length };
  };
}

function checkClassifier(argument: string, value: unknown): void {
  if (!isClassifierModel(value)) throw typeError(argument, 'a model that classifier() has fitted', value);
}
