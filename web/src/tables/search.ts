/** Search for good options among random ones, most of which are tried on few rows only. */
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  isPlain,
  rangeError,
  typeError,
} from '../check/arguments.js';
import { quoted } from './cells.js';
import { checkEstimator, checkWorkers, crossValidate, inLanes, targetClass } from './cross-validation.js';
import type { Classifier, Regressor } from './estimator.js';
import type { EstimatorOptions, WorkerLibrary } from './estimator-options.js';
import { Draws, STREAMS, checkSeed } from './random.js';
import { allRows, groupsOf, part } from './split.js';
import { checkTable, type Table } from './table.js';

/** Numbers of an option: evenly spread, or with `log` in their logarithm; with `integer` whole ones. */
export interface Range {
  from: number;
  to: number;
  log?: boolean;
  integer?: boolean;
}

/** Of each option that is tried, its values, each as likely as the others, or a range of numbers. */
export type SearchSpace = { [Name in keyof EstimatorOptions]?: readonly EstimatorOptions[Name][] | Range };

/** Figures to search by. */
export const SEARCH_METRICS = ['accuracy', 'logLoss', 'f1', 'r2', 'mae', 'rmse'] as const;

export type SearchMetric = (typeof SEARCH_METRICS)[number];

/** Options of {@link randomSearch}. */
export interface SearchOptions {
  space: SearchSpace;
  /** Combinations that are drawn. The estimator as it is comes on top. Default 26. */
  candidates?: number;
  /** In each round the best one in `factor` goes on, to `factor` times as many rows. From 2. Default 3. */
  factor?: number;
  /** Folds that each is scored on. Default 3. */
  folds?: number;
  /** Rows of the first round at least. Default 100. */
  leastRows?: number;
  /** Default `'accuracy'` of classes, `'r2'` of numbers; of equals the one with less log loss or error is the better. */
  metric?: SearchMetric;
  /** Integer from which candidates, rows and folds are drawn. Default 0. */
  seed?: number;
  signal?: AbortSignal;
  /** As in {@link CrossValidationOptions}: a candidate in each. */
  workers?: readonly WorkerLibrary[];
  /** Called after each candidate of each round. */
  onTrial?: (trial: Trial) => void;
}

/** A candidate in a round. */
export interface Trial {
  /** Options that differ from those of the estimator; none: the estimator as it is. */
  options: Partial<EstimatorOptions>;
  /** Round, from 0. */
  round: number;
  /** Rows that it was tried on. */
  rows: number;
  /** Mean of the metric over the folds; NaN where training failed. */
  score: number;
  /** Standard deviation of the metric over the folds. */
  deviation: number;
  /** The reason why it failed. */
  error?: string;
}

/** Result of {@link randomSearch}. */
export interface Search<Kind> {
  /** The estimator with the best options, to be fitted. */
  estimator: Kind;
  /** The best options, as far as they differ. */
  best: Partial<EstimatorOptions>;
  /** Mean of the metric of the best one in the last round, on all rows. */
  score: number;
  /** All trials, round by round, in each the best first. */
  trials: Trial[];
}

const KEYS = ['space', 'candidates', 'factor', 'folds', 'leastRows', 'metric', 'seed', 'signal', 'workers', 'onTrial'];

/** Metrics of which less is better. */
const LESS = ['logLoss', 'mae', 'rmse'];

/**
 * Draws options at random and finds the best ones by successive halving (Jamieson & Talwalkar 2016, "Non-stochastic Best
 * Arm Identification and Hyperparameter Optimization"): in each round all candidates are cross-validated on some of the
 * rows, and the best of them go on to the next round with more. The last round is on all rows.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong; if all candidates fail, with the reason of the first.
 * @throws what `signal` was aborted with.
 * @example
 * const { estimator, best } = await randomSearch(classifier({ target: 'species' }), table, { seed: 1, space: {
 *   hidden: [[16], [64], [64, 32]], l2: { from: 1e-5, to: 1e-1, log: true }, activation: ['relu', 'tanh'],
 * } });
 * const model = await estimator.fit(table);
 */
export async function randomSearch<Kind extends Classifier | Regressor>(
  estimator: Kind,
  table: Table,
  options: SearchOptions,
): Promise<Search<Kind>> {
  const method = 'randomSearch';
  checkEstimator(`${method}: estimator`, estimator);
  checkTable(`${method}: table`, table);
  const given = checkObject(`${method}: options`, options, KEYS);
  const { candidates = 26, factor = 3, folds = 3, leastRows = 100, seed = 0, signal, onTrial } = given;
  const isClassifier = estimator.method === 'classifier';
  const { metric = isClassifier ? 'accuracy' : 'r2' } = given;
  const space = checkSpace(`${method}: space`, given.space);
  checkInteger(`${method}: candidates`, candidates, 1);
  checkInteger(`${method}: factor`, factor, 2);
  checkInteger(`${method}: folds`, folds, 2);
  checkInteger(`${method}: leastRows`, leastRows, folds);
  checkName(`${method}: metric`, metric, isClassifier ? SEARCH_METRICS.slice(0, 3) : SEARCH_METRICS.slice(3));
  checkSeed(`${method}: seed`, seed);
  if (onTrial !== undefined) checkFunction(`${method}: onTrial`, onTrial);
  const workers = checkWorkers(`${method}: workers`, given.workers);

  const draws = new Draws(seed, STREAMS.search);
  let running: Partial<EstimatorOptions>[] = [{}];
  for (let i = 0; i < candidates; ++i) {
    running.push(Object.fromEntries(space.map(([name, draw]) => [name, draw(draws)])));
  }
  for (const changes of running) estimator.with(changes); // because it is to be refused now, not in the last round

  // The fewest rows of which `factor` to the power of the rounds that are left makes all.
  const most = Math.floor(Math.log(running.length) / Math.log(factor) + 1e-9);
  const possible = Math.max(0, Math.floor(Math.log(table.rows / leastRows) / Math.log(factor) + 1e-9));
  const rounds = Math.min(most, possible) + 1;
  const trials: Trial[] = [];
  for (let round = 0; round < rounds; ++round) {
    const isLast = round === rounds - 1;
    const rows = isLast ? table.rows : Math.round(table.rows / factor ** (rounds - 1 - round));
    const data = isLast ? table : sample(method, estimator, table, rows, new Draws(seed, STREAMS.search, 1 + round));
    const tried = new Array<{ trial: Trial; tie: number }>(running.length);
    await inLanes(running, workers, async (changes, worker, index) => {
      signal?.throwIfAborted();
      const trial: Trial = { options: changes, round, rows: data.rows, score: NaN, deviation: NaN };
      let tie = Infinity;
      try {
        const { mean, deviation } = await crossValidate(estimator.with(changes), data, {
          folds,
          seed,
          ...(signal && { signal }),
          ...(worker && { workers: [worker] }),
        });
        trial.score = (mean as unknown as Record<string, number>)[metric]!;
        trial.deviation = (deviation as unknown as Record<string, number>)[metric]!;
        tie = 'logLoss' in mean ? mean.logLoss : mean.rmse;
      } catch (error) {
        signal?.throwIfAborted();
        trial.error = (error as Error).message;
      }
      tried[index] = { trial, tie };
      onTrial?.(trial);
    });
    const sign = LESS.includes(metric) ? 1 : -1;
    const size = (score: number) => (Number.isNaN(score) ? Infinity : sign * score);
    const byScore = tried.slice().sort((a, b) => {
      const [first, second] = [size(a.trial.score), size(b.trial.score)];
      return first === second ? a.tie - b.tie || 0 : first - second;
    });
    trials.push(...byScore.map(({ trial }) => trial));
    if (Number.isNaN(byScore[0]!.trial.score)) {
      throw new RangeError(
        `${method}: expected a candidate that can be trained, but all failed: ${tried[0]!.trial.error}`,
      );
    }
    if (isLast) {
      const { options: best, score } = byScore[0]!.trial;
      return { estimator: estimator.with(best) as Kind, best, score, trials };
    }
    running = byScore
      .slice(0, Math.ceil(running.length / factor))
      .filter(({ trial }) => !Number.isNaN(trial.score))
      .map(({ trial }) => trial.options);
  }
  throw new Error(`${method}: no round was played`);
}

/** Some of the rows, of each class its share. */
function sample(method: string, estimator: Classifier | Regressor, table: Table, rows: number, draws: Draws): Table {
  const target = targetClass(estimator);
  const groups = target === undefined ? undefined : groupsOf(method, table.storeOf(`${method}: target`, target));
  const [, chosen] = part(groups ? [...groups.values()] : [allRows(table.rows)], rows, draws);
  return table.taken(chosen);
}

function checkSpace(argument: string, space: SearchSpace): [string, (draws: Draws) => unknown][] {
  if (space === null || typeof space !== 'object' || !isPlain(space)) {
    throw typeError(argument, 'an object of values by option', space);
  }
  const entries = Object.entries(space) as [string, unknown][];
  if (entries.length === 0) throw rangeError(argument, 'at least one option', space);
  return entries.map(([name, values]) => {
    const where = `${argument}: ${quoted(name)}`;
    if (name === 'target') throw rangeError(argument, 'options other than the target', name);
    if (Array.isArray(values)) {
      const list = checkArray(where, values, 'an array of values');
      if (list.length === 0) throw rangeError(where, 'at least one value', values);
      return [name, (draws) => list[draws.below(list.length)]];
    }
    if (values === null || typeof values !== 'object') throw typeError(where, 'an array or { from, to }', values);
    return [name, checkRange(where, values as Range)];
  });
}

function checkRange(argument: string, range: Range): (draws: Draws) => number {
  const { from, to, log = false, integer = false } = checkObject(argument, range, ['from', 'to', 'log', 'integer']);
  checkBoolean(`${argument}.log`, log);
  checkBoolean(`${argument}.integer`, integer);
  checkNumber(`${argument}.from`, from, log ? Number.MIN_VALUE : -Infinity);
  checkNumber(`${argument}.to`, to);
  if (to < from) throw rangeError(`${argument}.to`, `a number from ${from}`, to);
  return (draws) => {
    const share = draws.uniform();
    const value = log ? from * (to / from) ** share : from + (to - from) * share;
    // Engines differ in the last digits of a power, of which none are left here.
    const rounded = integer ? Math.round(value) : Number(value.toPrecision(4));
    return Math.min(to, Math.max(from, rounded));
  };
}
