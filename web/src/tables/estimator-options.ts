/** Options of {@link classifier} and {@link regressor}, and of their training: their defaults, and how they are checked. */
import {
  checkArray,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkString,
  isPlain,
  rangeError,
  typeError,
} from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import type { sequential } from '../index.js';
import type {
  ActivationName,
  Callbacks,
  FitOptions,
  History,
  Logs,
  OptimizerConfig,
  OptimizerName,
  Sequential,
} from '../index.js';
import { quoted } from './cells.js';
import { checkSeed } from './random.js';

/** Options of {@link classifier} and {@link regressor}. */
export interface EstimatorOptions {
  /** The column to be found out; or several, of numbers, or of true and false for classes that a row may have at once. */
  target: string | readonly string[];
  /** Columns to learn from. Default: all but the target and those of text. */
  features?: readonly string[];
  /** Units of each hidden layer; `[]` for a linear model. Default `[100]`. */
  hidden?: readonly number[];
  /** Activation of the hidden layers. Default `'relu'`. */
  activation?: ActivationName;
  /** Share of the units that are dropped in training, after each hidden layer, in [0, 1). Default 0. */
  dropout?: number;
  /**
   * Penalty: l2 times the sum of the squared weights, biases aside, is added to the loss. Default 1 / rows, at most 0.01:
   * as if each weight were drawn from a normal distribution of variance 1/2.
   */
  l2?: number;
  /**
   * Default `'auto'`: `lbfgs` for up to 1000 rows, if there is no dropout, class weight, batch size or learning rate,
   * which it has no use for; else `adam`.
   */
  optimizer?: 'auto' | OptimizerName | OptimizerConfig;
  /**
   * Default: that of `optimizer`, if it has one. Else a fifth of the rate at which the loss falls fastest
   * ({@link Sequential.findLearningRate}), but from 5e-4 to 0.01; and it is multiplied by 0.3 where the loss on the rows
   * held out has not got better for 4 epochs.
   */
  learningRate?: number;
  /** Epochs at most. Default 200. */
  epochs?: number;
  /** Rows a step. Default: a fiftieth of the rows, but from 8 to 256. */
  batchSize?: number;
  /** Share of the rows, in [0, 1), that are held out to end training by. 0: training takes all epochs. Default 0.1. */
  validationSplit?: number;
  /**
   * Epochs without a better loss on the rows held out after which training ends, the best weights staying; of `lbfgs`,
   * whose epochs are single steps, 3 times as many. Default 10.
   */
  patience?: number;
  /**
   * Of classes: `'balanced'` gives each the same weight in sum, rows / (classes × rows of it); or a weight by label.
   * Default: each row counts the same.
   */
  classWeight?: 'balanced' | Readonly<Record<string, number>>;
  /** Integer from which weights, held-out rows and the order of rows are drawn. Default 0. */
  seed?: number;
}

/** A connection to a worker, as {@link Classifier.fit} uses it: what `connect()` of `mlp-wasm/worker` gives. */
export interface WorkerLibrary {
  sequential(options: Parameters<typeof sequential>[0]): Promise<WorkerModel>;
}

/** A model in a worker, as {@link Classifier.fit} uses it. */
export interface WorkerModel {
  learningRate: number;
  compile(options: Parameters<Sequential['compile']>[0]): Promise<void>;
  fit(x: Float32Array, y: Float32Array | Int32Array, options: FitOptions): Promise<History>;
  findLearningRate: Sequential['findLearningRate'];
  save(): Promise<Uint8Array>;
  dispose(): Promise<void>;
}

/** Options of {@link Classifier.fit} and {@link Regressor.fit}. */
export interface TableFitOptions {
  /** Ends training; the model that there is by then is returned. If none has been trained, `fit` throws its reason. */
  signal?: AbortSignal;
  /** As in {@link FitOptions}. */
  callbacks?: Callbacks | readonly Callbacks[];
  /** Called after each epoch, with `loss`, `valLoss` and so on. */
  onEpochEnd?: (epoch: number, logs: Logs) => void | Promise<void>;
  /** As in {@link FitOptions}. Default 0. */
  verbose?: 0 | 1 | 2;
  /** A worker to train in; the model that comes back is in this thread. Default: training is in this thread. */
  worker?: WorkerLibrary;
}

const OPTIONS = [
  'target',
  'features',
  'hidden',
  'activation',
  'dropout',
  'l2',
  'optimizer',
  'learningRate',
  'epochs',
  'batchSize',
  'validationSplit',
  'patience',
  'classWeight',
  'seed',
];

/** Options that are filled in; the others depend on the rows. */
export type Checked = Required<
  Omit<EstimatorOptions, 'target' | 'features' | 'l2' | 'learningRate' | 'batchSize' | 'classWeight'>
> &
  Pick<EstimatorOptions, 'l2' | 'learningRate' | 'batchSize' | 'classWeight'> & {
    targets: string[];
    features?: string[];
  };

export function checkOptions(method: string, given: EstimatorOptions): Checked {
  const options = checkObject(`${method}: options`, given, OPTIONS);
  const { target, features, learningRate, batchSize, classWeight } = options;
  const { hidden = [100], activation = 'relu', dropout = 0, optimizer = 'auto', epochs = 200 } = options;
  const { validationSplit = 0.1, patience = 10, seed = 0, l2 } = options;
  const targets =
    typeof target === 'string' ? [target] : checkNames(`${method}: target`, target, 'the name of a column, or several');
  const chosen = features === undefined ? undefined : checkNames(`${method}: features`, features, 'names of columns');
  for (const name of chosen ?? []) {
    if (targets.includes(name)) throw rangeError(`${method}: features`, 'columns other than the target', name);
  }
  const units = checkArray(`${method}: hidden`, hidden, 'an array of units');
  units.forEach((count, i) => checkInteger(`${method}: hidden[${i}]`, count, 1));
  checkNumber(`${method}: dropout`, dropout, 0, 1);
  if (l2 !== undefined) checkNumber(`${method}: l2`, l2, 0);
  if (learningRate !== undefined) checkNumber(`${method}: learningRate`, learningRate, Number.MIN_VALUE);
  checkInteger(`${method}: epochs`, epochs, 1);
  if (batchSize !== undefined) checkInteger(`${method}: batchSize`, batchSize, 1);
  checkNumber(`${method}: validationSplit`, validationSplit, 0, 1);
  checkInteger(`${method}: patience`, patience, 1);
  checkSeed(`${method}: seed`, seed);
  if (classWeight !== undefined) checkClassWeight(method, classWeight);
  return {
    targets,
    hidden: units as number[],
    activation,
    dropout,
    optimizer,
    epochs,
    validationSplit,
    patience,
    seed,
    ...(l2 !== undefined && { l2 }),
    ...(chosen && { features: chosen }),
    ...(learningRate !== undefined && { learningRate }),
    ...(batchSize !== undefined && { batchSize }),
    ...(classWeight !== undefined && { classWeight }),
  };
}

function checkNames(argument: string, value: unknown, expected: string): string[] {
  const names = checkArray(argument, value, expected).map((name, i) => checkString(`${argument}[${i}]`, name));
  if (names.length === 0) throw malformed(argument, expected, 'none');
  if (new Set(names).size < names.length) throw malformed(argument, 'each column once', names.join(', '));
  return names;
}

function checkClassWeight(method: string, classWeight: unknown): void {
  if (method !== 'classifier') throw rangeError(`${method}: classWeight`, 'none: it is for classes', classWeight);
  if (typeof classWeight === 'string') return void checkName(`${method}: classWeight`, classWeight, ['balanced']);
  if (classWeight === null || typeof classWeight !== 'object' || !isPlain(classWeight)) {
    throw typeError(`${method}: classWeight`, "'balanced' or an object of weights by label", classWeight);
  }
  for (const [label, weight] of Object.entries(classWeight)) {
    checkNumber(`${method}: classWeight[${quoted(label)}]`, weight, 0);
  }
}

export const FIT_KEYS = ['signal', 'callbacks', 'onEpochEnd', 'verbose', 'worker'];
