/** Options of a training. */
import type { SampleWeight } from '../data/sample-weights.js';
import type { Inputs } from '../data/samples.js';
import type { Targets } from '../data/targets.js';
import type { ClassWeight } from '../model/classes.js';
import type { Augmentation } from './augmentation.js';
import type { Callbacks } from './callbacks.js';

/** Options of {@link Sequential.fitDataset}, and of {@link Sequential.fit} too. */
export interface DatasetOptions {
  /** Epoch to stop before. Default 1. */
  epochs?: number;
  /** Number of the first epoch. Default 0. */
  initialEpoch?: number;
  /**
   * True to go on from the place at which the last training of this model stopped, in this program or, with
   * {@link loadCheckpoint}, in another one: in the middle of an epoch, with its order of samples and its running means,
   * as if it had never stopped. The same data and options are needed for that; `initialEpoch` comes from there, and
   * `onEpochBegin` is not called again for the epoch that is under way. A training that `lbfgs` or {@link earlyStopping} ended does not go on. A model that was never trained starts at epoch
   * 0. Default false.
   */
  resume?: boolean;
  /**
   * Batches that make an epoch. Default: one pass over the data. Passes follow each other whatever the epochs: one
   * that an epoch leaves in its middle is finished by the next one.
   */
  stepsPerEpoch?: number;
  /** Multiplies the weight of each sample by that of its class; in training, not in validation. */
  classWeight?: ClassWeight;
  /** Trains on changed images instead of the rows themselves. Not with `lbfgs`. Default: none. */
  augmentation?: Augmentation;
  /** Samples, targets and perhaps their weights to validate on after each epoch; goes before `validationSplit`. */
  validationData?: readonly [Inputs, Targets] | readonly [Inputs, Targets, SampleWeight];
  /** Validate after every n-th epoch only, or after the listed ones, which count from 1 here as in Keras. Default 1. */
  validationFreq?: number | readonly number[];
  /** Called in the order of the list. */
  callbacks?: Callbacks | readonly Callbacks[];
  /**
   * Ends training at the next turn of the event loop: the promise resolves with the history so far and the model stays
   * usable. That is within some 10 ms, unless a single step takes longer, or `yieldEvery` allows more.
   */
  signal?: AbortSignal;
  /**
   * How often the event loop gets a turn: after this many milliseconds, after each epoch, or never while training
   * runs. Default 10.
   */
  yieldEvery?: number | 'epoch' | 'never';
  /**
   * 0: silence; 1: a progress bar with the time that is left, on a terminal (`process.stderr`), or about a line a
   * second elsewhere; 2: a line an epoch. In a page they go to the console. Default 0.
   */
  verbose?: 0 | 1 | 2;
}

/** Options of {@link Sequential.fit}. */
export interface FitOptions extends DatasetOptions {
  /**
   * Samples a step. Default 32; the last batch of a pass may be smaller. With `lbfgs` all of them, which is then the
   * default, and less is a RangeError.
   */
  batchSize?: number;
  /** Fraction in [0, 1) of the samples, taken from the end, to validate on instead of training. Default 0. */
  validationSplit?: number;
  /** A new order of the samples for each pass, from the model's seed. Default true. */
  shuffle?: boolean;
  /**
   * Multiplies each sample's loss, and so its gradient. The mean still divides by the number of samples, not by the sum
   * of weights: as Keras does (`sum_over_batch_size` in `keras/src/losses/loss.py`). Metrics know no weights.
   */
  sampleWeight?: SampleWeight;
}

/** Options of {@link Sequential.steps}. */
export interface StepsOptions extends FitOptions {
  /** Hand out every n-th batch of an epoch and its last one. Default 1. */
  every?: number;
}

export const DATASET_OPTIONS = [
  'epochs',
  'initialEpoch',
  'resume',
  'stepsPerEpoch',
  'classWeight',
  'augmentation',
  'validationData',
  'validationFreq',
  'callbacks',
  'signal',
  'yieldEvery',
  'verbose',
];

export const FIT_OPTIONS = [...DATASET_OPTIONS, 'batchSize', 'validationSplit', 'shuffle', 'sampleWeight'];

export const STEPS_OPTIONS = [...FIT_OPTIONS, 'every'];
