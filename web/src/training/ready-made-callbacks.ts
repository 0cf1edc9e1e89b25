/** Callbacks that many trainings want; Keras' names and rules. */
import { isFloat32Array, type ByteArray } from '../check/realm.js';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  rangeError,
  typeError,
} from '../check/arguments.js';
import type { Logs } from '../model/logs.js';
import { warnOnce } from '../check/warn.js';
import { firstNotFinite } from '../data/values.js';
import type { Weight } from '../model/weights.js';
import type { TrainedModel, Callbacks } from './callbacks.js';
import { Knowledge } from './knowledge.js';

/**
 * A model as these callbacks use it: where they run on the page and it in a worker, its methods return promises. So
 * whatever a method returns is awaited here.
 */
type WatchedModel = {
  [Name in keyof TrainedModel]: TrainedModel[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | Promise<Awaited<Result>>
    : TrainedModel[Name];
};

/** Options of callbacks that watch a figure of the logs. */
export interface MonitorOptions {
  /** Name of the figure. Default `'valLoss'`. Epochs without it are passed over (`validationFreq`). */
  monitor?: string;
  /** The better direction: less or more of it. Default `'auto'`: more of accuracies and the like, else less. */
  mode?: 'auto' | 'min' | 'max';
}

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement after which training ends. Default 0: the first one ends it. */
  patience?: number;
  /** Least change that is an improvement, ≥ 0. Default 0. */
  minDelta?: number;
  /** A figure that must be reached too: until then no improvement lengthens the patience. Default: none. */
  baseline?: number;
  /** True to end with the weights of the best epoch instead of those of the last one. Default false. */
  restoreBestWeights?: boolean;
  /** Epochs before this one do not count. Default 0. */
  startFromEpoch?: number;
}

/** Options of {@link reduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** The rate is multiplied by it; in [0, 1). Default 0.1. */
  factor?: number;
  /** Epochs without improvement after which the rate is reduced. Default 10. */
  patience?: number;
  /** Least change that is an improvement, ≥ 0. Default 1e-4. */
  minDelta?: number;
  /** Epochs after a reduction that do not count. Default 0. */
  cooldown?: number;
  /** Least rate. Default 0. */
  minLr?: number;
}

/** Options of {@link modelCheckpoint}. */
export interface ModelCheckpointOptions extends MonitorOptions {
  /** Gets the bytes of {@link Sequential.checkpoint} and keeps them; awaited. */
  save(bytes: ByteArray, about: { epoch: number; logs: Logs }): void | Promise<void>;
  /**
   * True to save only epochs that are better than all before, those before a `resume` included. Default false: each one
   * is saved.
   */
  saveBestOnly?: boolean;
  /**
   * The figure that `saveBestOnly` must better first, of an earlier training whose checkpoint is not at hand; Keras'
   * `initial_value_threshold`. Default: none.
   */
  initialBest?: number;
}

const MONITOR_OPTIONS = ['monitor', 'mode'];

/** The figure that a callback watches, checked; and whether one value of it is better than another. */
function monitored(name: string, { monitor = 'valLoss', mode = 'auto' }: MonitorOptions, minDelta = 0) {
  if (typeof monitor !== 'string') throw typeError(`${name}: monitor`, 'a string', monitor);
  checkName(`${name}: mode`, mode, ['auto', 'min', 'max']);
  checkNumber(`${name}: minDelta`, minDelta, 0);
  const more = mode === 'auto' ? /acc|auc|precision|recall|f1|r2/i.test(monitor) : mode === 'max';
  return {
    /** Named in checkpoints by what it watches: two of a kind may watch different figures. */
    name: `${name} ${monitor}`,
    worst: more ? -Infinity : Infinity,
    better: (value: number, than: number) => (more ? value - minDelta > than : value + minDelta < than),
    of: (logs: Logs): number | undefined => logs[monitor],
    setParams: ({ metrics }: { metrics: string[] }) => void checkName(`${name}: monitor`, monitor, metrics),
  };
}

/**
 * Ends training once a figure no longer improves. `resume` goes on from the weights of the last epoch, not from the best
 * ones; a training that this ended does not go on, unless with more patience or without it.
 *
 * @throws {RangeError} when `fit` begins, if nothing in its logs is called `monitor`.
 * @example
 * await model.fit(x, y, { epochs: 100, validationSplit: 0.1, callbacks: earlyStopping({ patience: 3 }) });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callbacks {
  const name = 'earlyStopping';
  const {
    patience = 0,
    minDelta = 0,
    baseline,
    restoreBestWeights = false,
    startFromEpoch = 0,
  } = checkObject(`${name}: options`, options, [
    ...MONITOR_OPTIONS,
    'patience',
    'minDelta',
    'baseline',
    'restoreBestWeights',
    'startFromEpoch',
  ]);
  checkInteger(`${name}: patience`, patience, 0);
  if (baseline !== undefined) checkNumber(`${name}: baseline`, baseline);
  checkBoolean(`${name}: restoreBestWeights`, restoreBestWeights);
  checkInteger(`${name}: startFromEpoch`, startFromEpoch, 0);
  const { worst, better, of, ...watching } = monitored(name, options, minDelta);
  let model: WatchedModel;
  /** `hasStopped`: a checkpoint of that moment must not train an epoch more. */
  type Known = { best: number; wait: number; bestWeights?: Weight[]; hasStopped?: boolean };
  const known = new Knowledge<Known>(() => ({ best: worst, wait: 0 }), {
    best: isNumber,
    wait: isCount,
    bestWeights: (weights) => weights === undefined || isWeightList(weights),
    hasStopped: (value) => value === undefined || typeof value === 'boolean',
  });
  const { onTrainBegin, ...memory } = known.hooks(`${name}: state`);
  return {
    ...watching,
    ...memory,
    setModel: (given) => void (model = given),
    onTrainBegin() {
      onTrainBegin();
      if (known.now.hasStopped && known.now.wait >= patience) model.stopTraining = true;
    },
    async onEpochEnd(epoch, logs) {
      const { now } = known;
      const value = of(logs);
      if (value === undefined || epoch < startFromEpoch) return;
      const isBest = better(value, now.best);
      if (restoreBestWeights && (isBest || !now.bestWeights)) {
        const weights = await model.getWeights();
        if (weights.every(({ data }) => firstNotFinite(data) < 0)) now.bestWeights = weights;
      }
      ++now.wait;
      delete now.hasStopped;
      if (isBest) {
        now.best = value;
        if (baseline === undefined || better(value, baseline)) now.wait = 0;
      } else if (now.wait >= patience && epoch > 0) {
        now.hasStopped = true;
        model.stopTraining = true;
      }
    },
    async onTrainEnd() {
      const { bestWeights } = known.now;
      if (!restoreBestWeights || model.isDisposed) return;
      if (bestWeights) await model.setWeights(bestWeights);
      else warnOnce(`${name}: nothing was restored, because no epoch ended with weights that are all finite`);
    },
  };
}

/**
 * Reduces the learning rate once a figure no longer improves. A schedule ends with the first reduction: the rate of
 * that moment, reduced, then holds.
 *
 * @throws {RangeError} when `fit` begins, if nothing in its logs is called `monitor`.
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callbacks {
  const name = 'reduceLROnPlateau';
  const {
    factor = 0.1,
    patience = 10,
    minDelta = 1e-4,
    cooldown = 0,
    minLr = 0,
  } = checkObject(`${name}: options`, options, [
    ...MONITOR_OPTIONS,
    'factor',
    'patience',
    'minDelta',
    'cooldown',
    'minLr',
  ]);
  checkNumber(`${name}: factor`, factor, 0, 1);
  checkInteger(`${name}: patience`, patience, 0);
  checkInteger(`${name}: cooldown`, cooldown, 0);
  checkNumber(`${name}: minLr`, minLr, 0);
  const { worst, better, of, ...watching } = monitored(name, options, minDelta);
  let model: WatchedModel;
  const known = new Knowledge(() => ({ best: worst, wait: 0, cooling: 0 }), {
    best: isNumber,
    wait: isCount,
    cooling: isCount,
  });
  return {
    ...watching,
    ...known.hooks(`${name}: state`),
    setModel: (given) => void (model = given),
    onEpochEnd(_epoch, logs) {
      const { now } = known;
      const value = of(logs);
      if (value === undefined) return;
      if (now.cooling > 0) {
        --now.cooling;
        now.wait = 0;
      }
      if (better(value, now.best)) {
        now.best = value;
        now.wait = 0;
      } else if (now.cooling === 0 && ++now.wait >= patience) {
        const rate = model.learningRate;
        if (rate <= minLr) return;
        const reduced = Math.max(rate * factor, minLr);
        // The rate is refused where it would be 0 as a float and is none: of those that are reduced often it becomes 0.
        model.learningRate = Math.fround(reduced) === 0 ? 0 : reduced;
        now.cooling = cooldown;
        now.wait = 0;
      }
    },
  };
}

/**
 * Sets the learning rate at the beginning of each epoch.
 *
 * @param schedule gets the number of the epoch and the rate so far, and returns the rate, or a promise of it
 * @example
 * learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9))
 */
export function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number | Promise<number>,
): Callbacks {
  const name = 'learningRateScheduler';
  checkFunction(`${name}: schedule`, schedule);
  let model: WatchedModel;
  // The epoch whose rate was set last. A checkpoint that was made while an epoch began has the rate already, and the epoch
  // begins again, but a rate that comes from the one before must not be taken twice.
  const known = new Knowledge(() => ({ epoch: -1 }), { epoch: Number.isInteger });
  return {
    name,
    ...known.hooks(`${name}: state`),
    setModel: (given) => void (model = given),
    async onEpochBegin(epoch) {
      if (epoch === known.now.epoch) return;
      const rate = await schedule(epoch, model.learningRate);
      model.learningRate = checkNumber(`${name}: rate of epoch ${epoch}`, rate, 0);
      known.now.epoch = epoch;
    },
  };
}

/**
 * Hands the model over after each epoch, for {@link loadCheckpoint}, with all that training needs to go on.
 *
 * @throws {RangeError} when `fit` begins, if `saveBestOnly` and nothing in its logs is called `monitor`.
 * @example
 * modelCheckpoint({ saveBestOnly: true, save: (bytes) => writeFile('best.safetensors', bytes) })
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callbacks {
  const name = 'modelCheckpoint';
  const {
    save,
    saveBestOnly = false,
    initialBest,
  } = checkObject(`${name}: options`, options, [...MONITOR_OPTIONS, 'save', 'saveBestOnly', 'initialBest']);
  checkFunction(`${name}: save`, save);
  checkBoolean(`${name}: saveBestOnly`, saveBestOnly);
  if (initialBest !== undefined) checkNumber(`${name}: initialBest`, initialBest);
  const { worst, better, of, setParams, ...watching } = monitored(name, options);
  let model: WatchedModel;
  const known = new Knowledge(() => ({ best: initialBest ?? worst }), { best: isNumber });
  return {
    ...watching,
    ...(saveBestOnly && { setParams, ...known.hooks(`${name}: state`) }),
    setModel: (given) => void (model = given),
    runsLast: true,
    async onEpochEnd(epoch, logs) {
      if (saveBestOnly) {
        const value = of(logs);
        if (value === undefined || !better(value, known.now.best)) return;
        known.now.best = value;
      }
      await save(await model.checkpoint(), { epoch, logs });
    },
  };
}

/**
 * Ends training after the first batch in which a loss, an activation or a weight is not finite, and says in
 * {@link History.terminated} where that began. Costs a look at all of them after each batch. To be the first one in a
 * list of callbacks: others may make the model compute something else. A training that this ended does not go on, unless
 * without it.
 */
export function terminateOnNaN(): Callbacks {
  let model: WatchedModel;
  const known = new Knowledge(() => ({ batch: -1, loss: 0 }), {
    batch: (batch) => batch === -1 || isCount(batch),
    loss: isNumber,
  });
  const { onTrainBegin, ...memory } = known.hooks('terminateOnNaN: state');
  return {
    name: 'terminateOnNaN',
    ...memory,
    setModel: (given) => void (model = given),
    async onTrainBegin() {
      onTrainBegin();
      const { batch, loss } = known.now;
      if (batch >= 0) await model.checkFinite(batch, loss);
    },
    async onBatchEnd(batch, { loss }) {
      if (!(await model.checkFinite(batch, loss))) known.now = { batch, loss };
    },
  };
}

/**
 * Writes the logs of each epoch as a line of comma-separated values, after a line with their names.
 *
 * @param write gets each line, with its line end; awaited
 * @param options.separator default `','`
 * @example
 * csvLogger((line) => appendFile('training.csv', line))
 */
export function csvLogger(
  write: (line: string) => void | Promise<void>,
  options: { separator?: string } = {},
): Callbacks {
  checkFunction('csvLogger: write', write);
  const { separator = ',' } = checkObject('csvLogger: options', options, ['separator']);
  if (typeof separator !== 'string') throw typeError('csvLogger: separator', 'a string', separator);
  if (separator === '') throw rangeError('csvLogger: separator', 'a string that is not empty', separator);
  let names: string[] = [];
  const known = new Knowledge(() => ({ header: '' }), { header: (text) => typeof text === 'string' });
  const { onTrainBegin, ...memory } = known.hooks('csvLogger: state');
  return {
    ...memory,
    name: 'csvLogger',
    setParams: ({ metrics }) => void (names = metrics),
    async onTrainBegin() {
      onTrainBegin();
      const header = `${['epoch', ...names].join(separator)}\n`;
      if (header === known.now.header) return; // a training that goes on has written it
      known.now.header = header;
      await write(header);
    },
    async onEpochEnd(epoch, logs) {
      await write(`${[epoch, ...names.map((name) => logs[name] ?? '')].join(separator)}\n`);
    },
  };
}

const isNumber = (value: unknown) => typeof value === 'number';

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

const isWeightList = (value: unknown) =>
  Array.isArray(value) && value.every((weight: Partial<Weight> | null) => isFloat32Array(weight?.data));
