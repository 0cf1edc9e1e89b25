/** Callbacks that many trainings want; Keras' names and rules. */
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  rangeError,
  typeError,
} from './check.js';
import { weightPlaces } from './core.js';
import { coreOf, type Sequential } from './model.js';
import type { Callbacks, Logs, Weight } from './types.js';

/** Options of callbacks that watch a figure of the logs. */
export interface MonitorOptions {
  /** Name of the figure. Default `'valLoss'`. Epochs without it are passed over (`validationFreq`). */
  monitor?: string;
  /** Whether less or more of it is better. Default `'auto'`: more of accuracies and the like, else less. */
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
  /** Whether the model ends with the weights of its best epoch instead of those of its last one. Default false. */
  restoreBestWeights?: boolean;
  /** Epochs before this one do not count. Default 0. */
  startFromEpoch?: number;
}

/** Options of {@link reduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the rate is multiplied by, in [0, 1). Default 0.1. */
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
  save(bytes: Uint8Array<ArrayBuffer>, about: { epoch: number; logs: Logs }): void | Promise<void>;
  /** Whether only epochs count that are better than all before. Default false: each one is saved. */
  saveBestOnly?: boolean;
}

const MONITOR_OPTIONS = ['monitor', 'mode'];

/** The figure that a callback watches, checked; and whether one value of it is better than another. */
function monitored(name: string, { monitor = 'valLoss', mode = 'auto' }: MonitorOptions, minDelta = 0) {
  if (typeof monitor !== 'string') throw typeError(`${name}: monitor`, 'a string', monitor);
  checkName(`${name}: mode`, mode, ['auto', 'min', 'max']);
  checkNumber(`${name}: minDelta`, minDelta, 0);
  const more = mode === 'auto' ? /acc|auc|precision|recall|f1|r2/i.test(monitor) : mode === 'max';
  return {
    worst: more ? -Infinity : Infinity,
    better: (value: number, than: number) => (more ? value - minDelta > than : value + minDelta < than),
    of: (logs: Logs): number | undefined => logs[monitor],
    setParams: ({ metrics }: { metrics: string[] }) => void checkName(`${name}: monitor`, monitor, metrics),
  };
}

/**
 * Ends training once a figure no longer improves.
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
  const { worst, better, of, setParams } = monitored(name, options, minDelta);
  let model: Sequential;
  let [best, wait] = [worst, 0];
  let bestWeights: Weight[] | undefined;
  return {
    setParams,
    setModel: (given) => void (model = given),
    onTrainBegin() {
      [best, wait, bestWeights] = [worst, 0, undefined];
    },
    onEpochEnd(epoch, logs) {
      const value = of(logs);
      if (value === undefined || epoch < startFromEpoch) return;
      if (restoreBestWeights) bestWeights ??= model.getWeights();
      ++wait;
      if (better(value, best)) {
        best = value;
        if (restoreBestWeights) bestWeights = model.getWeights();
        if (baseline === undefined || better(value, baseline)) wait = 0;
      } else if (wait >= patience && epoch > 0) {
        model.stopTraining = true;
      }
    },
    onTrainEnd() {
      if (bestWeights && !model.isDisposed) model.setWeights(bestWeights);
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
  const { worst, better, of, setParams } = monitored(name, options, minDelta);
  let model: Sequential;
  let [best, wait, cooling] = [worst, 0, 0];
  return {
    setParams,
    setModel: (given) => void (model = given),
    onTrainBegin() {
      [best, wait, cooling] = [worst, 0, 0];
    },
    onEpochEnd(_epoch, logs) {
      const value = of(logs);
      if (value === undefined) return;
      if (cooling > 0) {
        --cooling;
        wait = 0;
      }
      if (better(value, best)) {
        best = value;
        wait = 0;
      } else if (cooling === 0 && ++wait >= patience) {
        const rate = model.learningRate;
        if (rate <= minLr) return;
        model.learningRate = Math.max(rate * factor, minLr);
        cooling = cooldown;
        wait = 0;
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
  checkFunction('learningRateScheduler: schedule', schedule);
  let model: Sequential;
  return {
    setModel: (given) => void (model = given),
    async onEpochBegin(epoch) {
      const rate = await schedule(epoch, model.learningRate);
      model.learningRate = checkNumber(`learningRateScheduler: rate of epoch ${epoch}`, rate, 0);
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
  const { save, saveBestOnly = false } = checkObject(`${name}: options`, options, [
    ...MONITOR_OPTIONS,
    'save',
    'saveBestOnly',
  ]);
  checkFunction(`${name}: save`, save);
  checkBoolean(`${name}: saveBestOnly`, saveBestOnly);
  const { worst, better, of, setParams } = monitored(name, options);
  let model: Sequential;
  let best = worst;
  return {
    ...(saveBestOnly && { setParams }),
    setModel: (given) => void (model = given),
    onTrainBegin() {
      best = worst;
    },
    async onEpochEnd(epoch, logs) {
      if (saveBestOnly) {
        const value = of(logs);
        if (value === undefined || !better(value, best)) return;
        best = value;
      }
      await save(model.checkpoint(), { epoch, logs });
    },
  };
}

/**
 * Ends training after the first batch in which a loss, an activation or a weight is not finite, and says in
 * {@link History.terminated} where that began. Costs a look at all of them after each batch. To be the first one in a
 * list of callbacks: others may make the model compute something else.
 */
export function terminateOnNaN(): Callbacks {
  let model: Sequential;
  return {
    setModel: (given) => void (model = given),
    onBatchEnd(batch, { loss }) {
      const core = coreOf(model);
      const { layer, parameter } = core.native.firstNonFinite();
      let found: { layer: string; reason: string } | undefined;
      if (layer >= 0) {
        const { name } = core.layers[layer]!;
        found = { layer: name, reason: `the activations of ${name} are not all finite` };
      } else if (!Number.isFinite(loss)) {
        const { name } = core.layers[core.layers.length - 1]!;
        found = { layer: name, reason: `the loss is ${loss}` };
      } else if (parameter >= 0) {
        const { name } = weightPlaces(core).find(
          ({ trainable, offset, length }) => trainable && parameter < offset + length,
        )!;
        found = {
          layer: name.slice(0, name.lastIndexOf('/')),
          reason: `the numbers of ${name} are not all finite`,
        };
      }
      if (!found) return;
      core.terminated = { ...found, batch, epoch: core.position!().epoch };
      model.stopTraining = true;
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
  return {
    setParams: ({ metrics }) => void (names = metrics),
    async onTrainBegin() {
      await write(`${['epoch', ...names].join(separator)}\n`);
    },
    async onEpochEnd(epoch, logs) {
      await write(`${[epoch, ...names.map((name) => logs[name] ?? '')].join(separator)}\n`);
    },
  };
}
