/** Cross-validation: every row is asked about once by a model that has not seen it. */
import { checkArray, checkFunction, checkInteger, checkObject, rangeError, typeError } from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import { quoted } from './cells.js';
import { isEstimator, type Classifier, type Regressor } from './estimator.js';
import type { WorkerLibrary } from './estimator-options.js';
import { Draws, STREAMS, checkSeed } from './random.js';
import type { ClassifierScore, RegressorScore } from './score.js';
import { allRows, groupsOf } from './split.js';
import { checkTable, type Table } from './table.js';

/** Options of {@link crossValidate}. */
export interface CrossValidationOptions {
  /** Parts that the rows are dealt into, each tested on once. Default 5. */
  folds?: number;
  /** How often all of it is done, each time with other folds. Default 1. */
  repeats?: number;
  /**
   * Column of classes whose shares are to be the same in all folds; false: none. Default: the target of a classifier of
   * one class a row.
   */
  stratify?: string | false;
  /** Integer from which the folds are drawn. Default 0. */
  seed?: number;
  /** Ends it: the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Workers, as `connect()` of `mlp-wasm/worker` gives, in which folds are trained side by side. Default: none. */
  workers?: readonly WorkerLibrary[];
  /** Called after each fold. */
  onFold?: (fold: number, score: ClassifierScore | RegressorScore) => void;
}

/** Figures that are numbers, of all of a kind's. */
export type Figures<Score> = { [Name in keyof Score as Score[Name] extends number ? Name : never]: number };

/** Result of {@link crossValidate}. */
export interface CrossValidation<Score extends ClassifierScore | RegressorScore> {
  /** Of each fold, repetition after repetition. */
  scores: Score[];
  /** Means of the figures over the folds: `accuracy`, `logLoss`, `f1`, or `r2`, `mae`, `rmse`; and `rows`. */
  mean: Figures<Score>;
  /** Their standard deviations (of a sample: over n − 1). */
  deviation: Figures<Score>;
  /** Sentences on classes with too few rows. */
  notes: string[];
}

const KEYS = ['folds', 'repeats', 'stratify', 'seed', 'signal', 'workers', 'onFold'];

type ScoreOf<Model> = Model extends Classifier ? ClassifierScore : RegressorScore;

/**
 * Trains as many models as there are folds, each on all rows but those of its fold, and scores it on these. The
 * estimator's seed is that of each model. Models are disposed of.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong, or what the estimator's `fit` throws.
 * @throws what `signal` was aborted with.
 * @example
 * const { mean, deviation } = await crossValidate(classifier({ target: 'species' }), table, { folds: 10, seed: 1 });
 * console.log(`${mean.accuracy} ± ${deviation.accuracy}`);
 */
export async function crossValidate<Kind extends Classifier | Regressor>(
  estimator: Kind,
  table: Table,
  options: CrossValidationOptions = {},
): Promise<CrossValidation<ScoreOf<Kind>>> {
  const method = 'crossValidate';
  checkEstimator(`${method}: estimator`, estimator);
  checkTable(`${method}: table`, table);
  const given = checkObject(`${method}: options`, options, KEYS);
  const { folds = 5, repeats = 1, seed = 0, signal, onFold } = given;
  checkInteger(`${method}: folds`, folds, 2);
  checkInteger(`${method}: repeats`, repeats, 1);
  checkSeed(`${method}: seed`, seed);
  if (onFold !== undefined) checkFunction(`${method}: onFold`, onFold);
  const workers = checkWorkers(`${method}: workers`, given.workers);
  if (folds > table.rows) throw rangeError(`${method}: folds`, `at most the ${table.rows} rows of the table`, folds);
  const stratify = given.stratify ?? targetClass(estimator);
  const notes: string[] = [];
  const groups = stratify ? groupsOf(method, table.storeOf(`${method}: stratify`, stratify)) : undefined;
  groups?.forEach((rows, label) => {
    if (rows.length >= folds) return;
    notes.push(`class ${quoted(label)} has ${rows.length} rows for ${folds} folds: some of these have none of it`);
  });
  const lists = groups ? [...groups.values()] : [allRows(table.rows)];
  const tests = Array.from({ length: repeats }, (_, repeat) =>
    dealt(lists, folds, new Draws(seed, STREAMS.folds, repeat)),
  ).flat();

  const scores = new Array<ScoreOf<Kind>>(tests.length);
  await inLanes(tests, workers, async (rows, worker, fold) => {
    signal?.throwIfAborted();
    const isTested = new Uint8Array(table.rows);
    for (const row of rows) isTested[row] = 1;
    const train = table.taken(allRows(table.rows).filter((row) => isTested[row] === 0));
    const model = await estimator.fit(train, { ...(signal && { signal }), ...(worker && { worker }) });
    try {
      signal?.throwIfAborted(); // because training that was ended early tells nothing
      scores[fold] = model.score(table.taken(rows)) as ScoreOf<Kind>;
    } finally {
      model.dispose();
    }
    onFold?.(fold, scores[fold]);
  });
  return { scores, ...summary(scores), notes };
}

/** Mean and standard deviation of each figure. */
function summary<Score extends ClassifierScore | RegressorScore>(scores: Score[]) {
  const names = Object.entries(scores[0]!).flatMap(([name, value]) => (typeof value === 'number' ? [name] : []));
  const valuesOf = (name: string) => scores.map((score) => score[name as keyof Score] as number);
  const mean = Object.fromEntries(names.map((name) => [name, momentsOf(valuesOf(name)).mean]));
  const deviation = Object.fromEntries(names.map((name) => [name, momentsOf(valuesOf(name)).deviation]));
  return { mean, deviation } as { mean: Figures<Score>; deviation: Figures<Score> };
}

/** Mean, and standard deviation of a sample. */
export function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** Rows of each fold. The lists are dealt one after the other, so that each fold gets as many of each as the others. */
function dealt(lists: readonly number[][], folds: number, draws: Draws): Int32Array[] {
  const hands: number[][] = Array.from({ length: folds }, () => []);
  let next = 0;
  for (const list of lists) for (const row of draws.shuffle(list.slice())) hands[next++ % folds]!.push(row);
  return hands.map((rows) => Int32Array.from(rows).sort());
}

/** Does the work on each item, in as many lanes as there are workers, or in one without; ends with the first error. */
export async function inLanes<Item>(
  items: readonly Item[],
  workers: readonly WorkerLibrary[],
  work: (item: Item, worker: WorkerLibrary | undefined, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (worker: WorkerLibrary | undefined) => {
    try {
      while (next < items.length && !failed) {
        const index = next++;
        await work(items[index]!, worker, index);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const lanes = await Promise.allSettled(workers.length > 0 ? workers.map(lane) : [lane(undefined)]);
  for (const outcome of lanes) if (outcome.status === 'rejected') throw outcome.reason as Error;
}

/** The column of a classifier's target, where it is one class a row. */
export function targetClass(estimator: Classifier | Regressor): string | undefined {
  const { target } = estimator.options;
  if (estimator.method === 'regressor') return undefined;
  return typeof target === 'string' ? target : target.length === 1 ? target[0] : undefined;
}

export function checkEstimator(argument: string, value: unknown): void {
  if (isEstimator(value)) return;
  throw typeError(argument, 'what classifier() or regressor() gives', value);
}

export function checkWorkers(argument: string, value: readonly WorkerLibrary[] | undefined): WorkerLibrary[] {
  const workers = checkArray(argument, value ?? [], 'an array of what connect() gives') as WorkerLibrary[];
  workers.forEach((worker, i) => {
    if (typeof worker?.sequential === 'function') return;
    throw malformed(`${argument}[${i}]`, 'what connect() gives', 'something else');
  });
  return workers;
}
