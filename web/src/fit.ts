/** Training: the loop around the core's steps. */
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkObject,
  rangeError,
  typeError,
} from './check.js';
import { checkInputs, checkTargets, sliceInputs, type InputRows, type TargetRows } from './data.js';
import { Scope } from './heap.js';
import {
  accumulatorBytes,
  compiledOf,
  logsFrom,
  outputsOf,
  place,
  reserveWorkspace,
  targetKindOf,
  type Core,
} from './core.js';
import { takesFullBatch } from './optimizer.js';
import type { Callbacks, FitOptions, History, Inputs, Logs, SampleWeight, Targets } from './types.js';
import { mlp } from './wasm.js';
import { checkSampleWeight, withClassWeight } from './weights.js';

/** How long a stretch of training keeps the event loop waiting, in milliseconds. */
const BUDGET_MS = 10;

interface Samples extends InputRows {
  targets: TargetRows;
}

type Plan = Required<Pick<FitOptions, 'epochs' | 'initialEpoch' | 'batchSize' | 'shuffle' | 'callbacks'>> & {
  signal: AbortSignal | undefined;
  training: Samples;
  validation: Samples | undefined;
};

const CALLBACK_KEYS: (keyof Callbacks)[] = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onYield',
];

/** Everything checked before anything is changed. */
export function planFit(core: Core, x: Inputs, y: Targets, options: FitOptions): Plan {
  const kind = targetKindOf(core, 'fit');
  checkObject('fit: options', options, [
    'epochs',
    'initialEpoch',
    'batchSize',
    'validationSplit',
    'validationData',
    'shuffle',
    'sampleWeight',
    'classWeight',
    'callbacks',
    'signal',
  ]);
  const {
    epochs = 1,
    initialEpoch = 0,
    batchSize: wantedBatchSize,
    validationSplit = 0,
    validationData,
    shuffle = true,
    sampleWeight,
    classWeight,
    callbacks = {},
    signal,
  } = options;
  checkInteger('fit: initialEpoch', initialEpoch, 0);
  checkInteger('fit: epochs', epochs, initialEpoch + 1);
  if (wantedBatchSize !== undefined) checkInteger('fit: batchSize', wantedBatchSize, 1);
  checkNumber('fit: validationSplit', validationSplit, 0, 1);
  checkBoolean('fit: shuffle', shuffle);
  checkObject('fit: callbacks', callbacks, CALLBACK_KEYS);
  for (const key of CALLBACK_KEYS) {
    if (callbacks[key] !== undefined) checkFunction(`fit: callbacks.${key}`, callbacks[key]);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw typeError('fit: signal', 'an AbortSignal', signal);
  }

  const samples = (
    [nameX, nameY, nameWeight]: [string, string, string],
    someX: Inputs,
    someY: Targets,
    weight?: SampleWeight,
  ): Samples => {
    const inputs = checkInputs(`fit: ${nameX}`, someX, core.features);
    const targets = checkTargets(`fit: ${nameY}`, someY, inputs.rows, outputsOf(core), kind);
    if (weight !== undefined) targets.weights = checkSampleWeight(`fit: ${nameWeight}`, weight, inputs.rows);
    return { ...inputs, targets };
  };
  let training = samples(['x', 'y', 'sampleWeight'], x, y, sampleWeight);
  let validation: Samples | undefined;
  if (validationData !== undefined) {
    if (!Array.isArray(validationData) || ![2, 3].includes(validationData.length)) {
      throw typeError('fit: validationData', 'an array [x, y] or [x, y, sampleWeight]', validationData);
    }
    validation = samples(
      ['validationData[0]', 'validationData[1]', 'validationData[2]'],
      ...(validationData as [Inputs, Targets, SampleWeight?]),
    );
  } else if (validationSplit > 0) {
    const kept = Math.floor(training.rows * (1 - validationSplit));
    if (kept === 0 || kept === training.rows) {
      throw rangeError(
        'fit: validationSplit',
        `a share that leaves rows on both sides of ${training.rows}`,
        validationSplit,
      );
    }
    validation = slice(core, training, kept, training.rows);
    training = slice(core, training, 0, kept);
  }
  if (classWeight !== undefined)
    training = { ...training, targets: withClassWeight(core, 'fit', classWeight, training.targets) };
  let batchSize = wantedBatchSize ?? 32;
  const { optimizer } = compiledOf(core, 'fit');
  if (takesFullBatch(optimizer)) {
    if (wantedBatchSize !== undefined && wantedBatchSize < training.rows) {
      const expected = `all ${training.rows} rows, which ${optimizer.name} takes at once, or none`;
      throw rangeError('fit: batchSize', expected, wantedBatchSize);
    }
    batchSize = training.rows;
  }
  return {
    epochs,
    initialEpoch,
    batchSize,
    shuffle,
    callbacks: bound(callbacks),
    signal,
    training,
    validation,
  };
}

/** Callbacks that can be called by themselves: each keeps the object it is a method of as its `this`. */
function bound(callbacks: Callbacks): Callbacks {
  const given = CALLBACK_KEYS.filter((key) => callbacks[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, (callbacks[key] as () => void).bind(callbacks)]));
}

function slice(core: Core, samples: Samples, begin: number, end: number): Samples {
  const { values, classes, weights } = samples.targets;
  const units = outputsOf(core);
  return {
    ...sliceInputs(samples, begin, end),
    targets: {
      ...(values
        ? { values: values.subarray(begin * units, end * units) }
        : { classes: classes!.subarray(begin, end) }),
      ...(weights && { weights: weights.subarray(begin, end) }),
    },
  };
}

/** Runs the plan. `stopped` is asked at every yield, beside the signal. */
export async function runFit(core: Core, plan: Plan, stopped: () => boolean): Promise<History> {
  const { epochs, initialEpoch, batchSize, shuffle, callbacks, signal, training, validation } = plan;
  const { onTrainBegin, onTrainEnd, onEpochBegin, onEpochEnd, onBatchBegin, onBatchEnd, onYield } = callbacks;
  const history: History = { epoch: [], history: {} };
  const ended = () => signal?.aborted === true || stopped();
  const everyBatch = onBatchBegin !== undefined || onBatchEnd !== undefined;
  const scope = new Scope();

  try {
    const validationSamples = validation && place(scope, validation, validation.targets);
    const trainingSamples = place(scope, training, training.targets);
    const passRows = Math.max(Math.min(batchSize, training.rows), validation ? 128 : 0);
    // And the order of the samples, and what training and validation accumulate.
    reserveWorkspace(core, passRows, 4 * training.rows + 2 * accumulatorBytes(core));
    const trainer = new (mlp().Trainer)(core.native, trainingSamples, batchSize, shuffle);
    const evaluator = validation && new (mlp().Evaluator)(core.native, validationSamples!, 128);
    try {
      let lastYield = performance.now();
      const breathe = async (epoch: number) => {
        if (performance.now() - lastYield < BUDGET_MS) return;
        if (onYield && trainer.batch() > 0)
          await onYield(epoch, trainer.batch(), logsFrom(core, trainer.results()));
        await nextTask();
        lastYield = performance.now();
      };

      let logs: Logs | undefined;
      await onTrainBegin?.();
      for (let epoch = initialEpoch; epoch < epochs && !ended(); ++epoch) {
        await onEpochBegin?.(epoch);
        trainer.beginEpoch();
        while (!trainer.epochDone() && !ended()) {
          const batch = trainer.batch();
          const rowsBefore = everyBatch ? trainer.results()[0]! : 0;
          if (everyBatch) await onBatchBegin?.(batch);
          trainer.run(everyBatch ? 1 : trainer.batchesPerEpoch(), BUDGET_MS);
          if (everyBatch) {
            const results = trainer.results();
            await onBatchEnd?.(batch, { ...logsFrom(core, results), size: results[0]! - rowsBefore });
          }
          await breathe(epoch);
        }
        if (!trainer.epochDone()) break;
        logs = logsFrom(core, trainer.results());

        if (validation) {
          evaluator!.restart();
          let rows = Math.max(1, Math.min(256, validation.rows)); // grows to what fits the budget
          for (let first = 0; first < validation.rows && !ended(); first += rows) {
            if (first > 0 && performance.now() - lastYield < BUDGET_MS / 2) rows *= 2;
            evaluator!.run(rows);
            await breathe(epoch);
          }
          if (ended()) break;
          logs = { ...logs, ...logsFrom(core, evaluator!.results(), 'val') };
        }

        history.epoch.push(epoch);
        for (const [name, value] of Object.entries(logs)) (history.history[name] ??= []).push(value);
        await onEpochEnd?.(epoch, logs);
        if (core.native.converged()) break;
      }
      core.native.endTraining();
      await onTrainEnd?.(logs);
    } finally {
      core.native.endTraining(); // also where a callback threw
      trainer.delete();
      evaluator?.delete();
    }
  } finally {
    scope.free();
  }
  return history;
}

let channel: MessageChannel | undefined; // one for all: what nobody holds can be collected with its message unread
const waiting: (() => void)[] = [];

/** Resolves in a new task of the event loop, without the 4 ms that browsers add to nested timers. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()!();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

declare const setImmediate: undefined | ((callback: () => void) => void);
