/** Questions to a trained model: the features that it needs, and the way its answer goes with one of them. */
import { checkInteger, checkName, checkObject, checkString, typeError } from '../check/arguments.js';
import { momentsOf } from './cross-validation.js';
import { Draws, STREAMS, checkSeed } from './random.js';
import { targetNames, type Feature } from './schema.js';
import { checkTable, type Table } from './table.js';
import { isClassifierModel, isTableModel, type ClassifierModel, type RegressorModel } from './table-model.js';

type Model = ClassifierModel | RegressorModel;

/** Options of {@link permutationImportance}. */
export interface ImportanceOptions {
  /** Shuffles of each feature. Default 5. */
  repeats?: number;
  /** Default `'accuracy'` of classes, `'r2'` of numbers. */
  metric?: 'accuracy' | 'logLoss' | 'f1' | 'r2' | 'mae' | 'rmse';
  /** Default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/** A feature in the result of {@link permutationImportance}. */
export interface Importance {
  feature: string;
  /** By how much the metric gets worse, on average, when the cells of the feature are shuffled; around 0: not needed. */
  importance: number;
  /** Standard deviation over the shuffles. */
  deviation: number;
}

/**
 * The features by how much a model needs them: the cells of one are shuffled among the rows, and the score is compared
 * with that before (Breiman 2001, "Random Forests", §10). Of features that tell the same, each seems to be of little use.
 *
 * @param table rows with the target, better such as the model was not trained on
 * @returns the most important one first
 * @throws {TypeError | RangeError} naming the argument that is wrong; what `signal` was aborted with.
 * @example
 * for (const { feature, importance } of await permutationImportance(model, test)) console.log(feature, importance);
 */
export async function permutationImportance(
  model: Model,
  table: Table,
  options: ImportanceOptions = {},
): Promise<Importance[]> {
  const method = 'permutationImportance';
  checkModel(`${method}: model`, model);
  checkTable(`${method}: table`, table);
  const isClassifier = isClassifierModel(model);
  const given = checkObject(`${method}: options`, options, ['repeats', 'metric', 'seed', 'signal']);
  const { repeats = 5, metric = isClassifier ? 'accuracy' : 'r2', seed = 0, signal } = given;
  checkInteger(`${method}: repeats`, repeats, 1);
  checkName(`${method}: metric`, metric, isClassifier ? ['accuracy', 'logLoss', 'f1'] : ['r2', 'mae', 'rmse']);
  checkSeed(`${method}: seed`, seed);
  const { x, rows, scoreOf } = model.examined(`${method}: table`, table);
  const width = x.length / rows;
  const score = () => (scoreOf(model.network.predict(x)) as unknown as Record<string, number>)[metric]!;
  const before = score();
  const sign = ['logLoss', 'mae', 'rmse'].includes(metric) ? -1 : 1;

  const found: Importance[] = [];
  for (const [index, { feature, first, count }] of places(model.features).entries()) {
    const kept = block(x, width, first, count);
    const losses: number[] = [];
    for (let repeat = 0; repeat < repeats; ++repeat) {
      await nextTask();
      signal?.throwIfAborted();
      const order = Int32Array.from({ length: rows }, (_, row) => row);
      new Draws(seed, STREAMS.importance, index * repeats + repeat).shuffle(order);
      for (let row = 0; row < rows; ++row) {
        const from = order[row]! * count;
        x.set(kept.subarray(from, from + count), row * width + first);
      }
      losses.push(sign * (before - score()));
    }
    for (let row = 0; row < rows; ++row) x.set(kept.subarray(row * count, (row + 1) * count), row * width + first);
    const { mean, deviation } = momentsOf(losses);
    found.push({ feature: feature.name, importance: mean, deviation });
  }
  return found.sort((a, b) => b.importance - a.importance);
}

/** Result of {@link partialDependence}. */
export interface PartialDependence {
  feature: string;
  /** Values that the feature was set to in all rows: numbers, true and false, or categories. */
  values: (number | boolean | string)[];
  /** By label the mean probability, or by target the mean number in its unit, at each value. */
  averages: Record<string, number[]>;
}

/**
 * The mean answer of a model as one feature takes one value after the other in all rows of a table, the other cells
 * being as they are (Friedman 2001, "Greedy Function Approximation", §8.2).
 *
 * @param feature name of the column
 * @param options.points values of a numeric feature, evenly spaced from its 5th to its 95th percentile, at least 2;
 *   default 20
 * @throws {TypeError | RangeError} naming the argument that is wrong; if the model has no such feature.
 * @example
 * const { values, averages } = await partialDependence(model, table, 'area');
 * // averages.price[i] is the mean price if every house had the area values[i]
 */
export async function partialDependence(
  model: Model,
  table: Table,
  feature: string,
  options: { points?: number; signal?: AbortSignal } = {},
): Promise<PartialDependence> {
  const method = 'partialDependence';
  checkModel(`${method}: model`, model);
  checkTable(`${method}: table`, table);
  const { points = 20, signal } = checkObject(`${method}: options`, options, ['points', 'signal']);
  checkInteger(`${method}: points`, points, 2, 10_000);
  const names = model.features.map(({ name }) => name);
  checkName(`${method}: feature`, checkString(`${method}: feature`, feature), names);
  const place = places(model.features)[names.indexOf(feature)]!;
  const x = model.encoded(`${method}: table`, table);
  const width = x.length / table.rows;
  const { values, inputs } = grid(place.feature, table, points);
  const outputs = isClassifierModel(model) ? model.labels : targetNames(model.schema.target);
  const averages = outputs.map(() => new Array<number>(values.length).fill(0));
  for (const [i, input] of inputs.entries()) {
    await nextTask();
    signal?.throwIfAborted();
    for (let row = 0; row < table.rows; ++row) x.set(input, row * width + place.first);
    const answers = model.inUnits(model.network.predict(x));
    for (let at = 0; at < answers.length; ++at) averages[at % outputs.length]![i]! += answers[at]! / table.rows;
  }
  return { feature, values, averages: Object.fromEntries(outputs.map((name, j) => [name, averages[j]!])) };
}

/** The values that a feature is set to, and as inputs of the network. */
function grid(feature: Feature, table: Table, points: number) {
  if (feature.kind === 'category') {
    const inputs = feature.categories.map((_, i) => feature.categories.map((_, j) => Number(i === j)));
    return { values: feature.categories, inputs };
  }
  const scaled = (value: number) => [(value - feature.mean) / feature.deviation];
  if (feature.kind === 'boolean') return { values: [false, true], inputs: [scaled(0), scaled(1)] };
  const { numbers } = table.column(feature.name);
  const sorted = (numbers ?? Float64Array.of(feature.median)).filter((number) => !Number.isNaN(number)).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? feature.median;
  const [low, high] = [at(0.05), at(0.95)];
  const values = Array.from({ length: low === high ? 1 : points }, (_, i) => low + ((high - low) * i) / (points - 1));
  return { values, inputs: values.map(scaled) };
}

/** The inputs of each feature: the first one and how many there are. */
function places(features: readonly Feature[]): { feature: Feature; first: number; count: number }[] {
  let next = 0;
  return features.map((feature) => {
    const count = feature.kind === 'category' ? feature.categories.length : 1;
    const first = next;
    next += count;
    return { feature, first, count };
  });
}

/** A copy of some columns. */
function block(x: Float32Array, width: number, first: number, count: number): Float32Array {
  const copy = new Float32Array((x.length / width) * count);
  for (let row = 0; row < x.length / width; ++row) {
    copy.set(x.subarray(row * width + first, row * width + first + count), row * count);
  }
  return copy;
}

/** Lets the event loop have a turn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

export function checkModel(argument: string, value: unknown): void {
  if (isTableModel(value)) return;
  throw typeError(argument, 'a model that classifier() or regressor() has fitted', value);
}
