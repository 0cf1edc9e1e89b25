/** The plan of a training: its options, checked before anything is changed. */
import { isAbortSignal } from '../check/realm.js';
import {
  checkArray,
  checkBoolean,
  checkInteger,
  checkNumber,
  checkObject,
  rangeError,
  typeError,
} from '../check/arguments.js';
import { checkSampleWeight, type SampleWeight } from '../data/sample-weights.js';
import { checkInputs, sliceInputs, type Inputs } from '../data/samples.js';
import { checkTargets, type Targets } from '../data/targets.js';
import { warnOfUnadapted } from '../model/adapt.js';
import { checkClassWeight, classCount, withClassWeight } from '../model/classes.js';
import { compiledOf, outputsOf, targetKindOf, type Handle, type Position } from '../model/handle.js';
import { logNames } from '../model/logs.js';
import { takesFullBatch } from '../model/optimizers.js';
import { checkAugmentation } from './augmentation.js';
import type { BatchSource } from './batches/batches.js';
import { ArrayBatches, type Samples } from './batches/from-arrays.js';
import { DatasetBatches, checkDataset, type Dataset } from './batches/from-dataset.js';
import { checkCallbacks, joinCallbacks, type JoinedCallbacks, type TrainedModel } from './callbacks.js';
import type { Ending } from './ending.js';
import {
  DATASET_OPTIONS,
  FIT_OPTIONS,
  STEPS_OPTIONS,
  type DatasetOptions,
  type FitOptions,
  type StepsOptions,
} from './options.js';
import { progress } from './progress.js';
import type { Scope } from '../wasm/heap.js';

export interface Plan {
  epochs: number;
  initialEpoch: number;
  /** The position to go on from; undefined: the start of `initialEpoch`. */
  resume: Position | undefined;
  /** Data and options that positions depend on. */
  identity: Position['plan'];
  callbacks: JoinedCallbacks;
  signal: AbortSignal | undefined;
  yieldEvery: Required<FitOptions>['yieldEvery'];
  validation: Samples | undefined;
  validates(epoch: number): boolean;
  /** Batches from one step that the caller wants to see to the next. */
  every: number | undefined;
  /** The batches; what they need in memory ends with the scope. */
  open(scope: Scope, ending: Ending): BatchSource;
}

export function planFit(
  method: 'fit' | 'steps',
  handle: Handle,
  model: TrainedModel,
  x: Inputs,
  y: Targets,
  given: StepsOptions,
): Plan {
  targetKindOf(handle, method);
  const options = checkObject(`${method}: options`, given, method === 'fit' ? FIT_OPTIONS : STEPS_OPTIONS);
  const { validationSplit = 0, shuffle = true, stepsPerEpoch = 0, every = 1 } = options;
  const { sampleWeight, classWeight } = options;
  const common = checkCommon(method, options);
  if (options.batchSize !== undefined) checkInteger(`${method}: batchSize`, options.batchSize, 1);
  checkNumber(`${method}: validationSplit`, validationSplit, 0, 1);
  checkBoolean(`${method}: shuffle`, shuffle);
  checkInteger(`${method}: every`, every, 1);
  const augmentation = augmentationOf(method, handle, options);
  const callbacks = checkCommonCallbacks(method, options);

  let training = checkSamples(method, handle, ['x', 'y', 'sampleWeight'], x, y, sampleWeight);
  let validation = checkValidationData(method, handle, options.validationData);
  if (!validation && validationSplit > 0) {
    const kept = Math.floor(training.rows * (1 - validationSplit));
    if (kept === 0 || kept === training.rows) {
      throw rangeError(
        `${method}: validationSplit`,
        `a share that leaves rows on both sides of ${training.rows}`,
        validationSplit,
      );
    }
    validation = slice(training, kept, training.rows);
    training = slice(training, 0, kept);
  }
  if (classWeight !== undefined)
    training = { ...training, targets: withClassWeight(handle, method, classWeight, training.targets) };
  const batchSize = checkBatchSize(method, handle, options, training.rows);
  warnOfUnadapted(handle, method);
  const identity = {
    rows: training.rows,
    batchSize: Math.min(batchSize, training.rows),
    shuffle,
    stepsPerEpoch,
  };
  const steps = stepsPerEpoch || Math.ceil(training.rows / batchSize);
  const from = resumed(method, handle, options, identity);
  const params = { ...paramsOf(handle, options, from.initialEpoch, !!validation), batchSize, steps };
  return {
    ...common,
    ...from,
    identity,
    validation,
    every: method === 'steps' ? every : undefined,
    callbacks: joinCallbacks(callbacks, model, params),
    open: (scope) => new ArrayBatches(handle, scope, training, { batchSize, shuffle, stepsPerEpoch, augmentation }),
  };
}

/**
 * Checks everything at once, and again at the first step, which may come much later: what it returns makes the plan by
 * what the model was compiled with, and by what the data are, then. Callbacks are introduced to the model only then.
 */
export function planSteps(handle: Handle, model: TrainedModel, x: Inputs, y: Targets, given: StepsOptions): () => Plan {
  targetKindOf(handle, 'steps');
  const options = checkObject('steps: options', given, STEPS_OPTIONS);
  checkCommonCallbacks('steps', options);
  planFit('steps', handle, model, x, y, { ...options, callbacks: [] });
  return () => planFit('steps', handle, model, x, y, options);
}

export function planDataset(handle: Handle, model: TrainedModel, dataset: Dataset, given: DatasetOptions): Plan {
  const method = 'fitDataset';
  targetKindOf(handle, method);
  const options = checkObject(`${method}: options`, given, DATASET_OPTIONS);
  checkDataset(dataset);
  const common = checkCommon(method, options);
  const { optimizer } = compiledOf(handle, method);
  if (takesFullBatch(optimizer)) throw rangeError(`${method}: optimizer`, 'one that takes batches', optimizer.name);
  const augmentation = augmentationOf(method, handle, options);
  const callbacks = checkCommonCallbacks(method, options);
  const validation = checkValidationData(method, handle, options.validationData);
  const { stepsPerEpoch = 0, classWeight } = options;
  if (classWeight !== undefined) checkClassWeight(`${method}: classWeight`, classWeight, classCount(handle));
  warnOfUnadapted(handle, method);
  const identity = { rows: 0, batchSize: 0, shuffle: false, stepsPerEpoch };
  const from = resumed(method, handle, options, identity);
  const params = {
    ...paramsOf(handle, options, from.initialEpoch, !!validation),
    ...(stepsPerEpoch > 0 && { steps: stepsPerEpoch }),
  };
  return {
    ...common,
    ...from,
    identity,
    validation,
    every: undefined,
    callbacks: joinCallbacks(callbacks, model, params),
    open: (_scope, ending) => new DatasetBatches(handle, dataset, ending, { stepsPerEpoch, augmentation, classWeight }),
  };
}

/** The options that are the same whatever the batches come from. */
function checkCommon(method: string, options: DatasetOptions) {
  const { stepsPerEpoch, validationFreq = 1, signal, yieldEvery = 10, resume = false } = options;
  const { initialEpoch = 0, epochs = 1 } = options;
  checkBoolean(`${method}: resume`, resume);
  if (resume && options.initialEpoch !== undefined) {
    throw rangeError(`${method}: initialEpoch`, 'none with resume, which knows the epoch', initialEpoch);
  }
  checkInteger(`${method}: initialEpoch`, initialEpoch, 0);
  checkInteger(`${method}: epochs`, epochs, initialEpoch + 1);
  if (stepsPerEpoch !== undefined) checkInteger(`${method}: stepsPerEpoch`, stepsPerEpoch, 1);
  const listed = Array.isArray(validationFreq)
    ? checkArray(`${method}: validationFreq`, validationFreq, 'an array of epochs')
    : undefined;
  listed?.forEach((epoch, i) => checkInteger(`${method}: validationFreq[${i}]`, epoch, 1));
  if (!listed) checkInteger(`${method}: validationFreq`, validationFreq, 1);
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw typeError(`${method}: signal`, 'an AbortSignal', signal);
  }
  if (yieldEvery !== 'epoch' && yieldEvery !== 'never') {
    if (typeof yieldEvery !== 'number') {
      throw typeError(`${method}: yieldEvery`, "milliseconds, 'epoch' or 'never'", yieldEvery);
    }
    checkNumber(`${method}: yieldEvery`, yieldEvery, 0);
  }
  return {
    epochs,
    initialEpoch,
    signal,
    yieldEvery,
    validates: (epoch: number) =>
      listed ? listed.includes(epoch + 1) : (epoch + 1) % (validationFreq as number) === 0,
  };
}

function augmentationOf(method: string, handle: Handle, { augmentation }: DatasetOptions) {
  if (augmentation === undefined) return undefined;
  const { optimizer } = compiledOf(handle, method);
  if (takesFullBatch(optimizer)) {
    const expected = `none with ${optimizer.name}, which compares steps on the same samples`;
    throw rangeError(`${method}: augmentation`, expected, augmentation);
  }
  return checkAugmentation(`${method}: augmentation`, augmentation, handle.features);
}

/** The caller's callbacks, and behind them what `verbose` asks for. */
function checkCommonCallbacks(method: string, { callbacks = [], verbose = 0 }: DatasetOptions) {
  const list = checkCallbacks(`${method}: callbacks`, callbacks);
  if (checkInteger(`${method}: verbose`, verbose, 0, 2) > 0) list.push(progress(verbose as 1 | 2));
  return list;
}

function paramsOf(handle: Handle, options: DatasetOptions, initialEpoch: number, validated: boolean) {
  const { epochs = 1, verbose = 0 } = options;
  const metrics = [...logNames(handle), ...(validated ? logNames(handle, 'val') : [])];
  return { epochs, initialEpoch, verbose, metrics };
}

/** The position at which the last training stopped, if the next one is to go on from there and can. */
function resumed(
  method: string,
  handle: Handle,
  { resume, initialEpoch = 0 }: DatasetOptions,
  identity: Position['plan'],
) {
  const position = resume ? handle.position?.() : undefined;
  if (position && (position.batch > 0 || position.passBatch > 0)) {
    for (const [name, value] of Object.entries(position.plan)) {
      const now = identity[name];
      if (now === value) continue;
      throw rangeError(`${method}: resume`, `${name} ${value}, as in the training that stopped`, now);
    }
  }
  return { resume: position, initialEpoch: position?.epoch ?? initialEpoch };
}

/** Samples a step: as many as the caller wants, unless the optimizer takes all. */
function checkBatchSize(method: string, handle: Handle, { batchSize }: FitOptions, rows: number): number {
  const { optimizer } = compiledOf(handle, method);
  if (!takesFullBatch(optimizer)) return batchSize ?? 32;
  if (batchSize !== undefined && batchSize < rows) {
    const expected = `all ${rows} rows, which ${optimizer.name} takes at once, or none`;
    throw rangeError(`${method}: batchSize`, expected, batchSize);
  }
  return rows;
}

function checkSamples(
  method: string,
  handle: Handle,
  [nameX, nameY, nameWeight]: [string, string, string],
  x: Inputs,
  y: Targets,
  weight?: SampleWeight,
): Samples {
  const inputs = checkInputs(`${method}: ${nameX}`, x, handle.features);
  const kind = targetKindOf(handle, method);
  const targets = checkTargets(`${method}: ${nameY}`, y, inputs.rows, outputsOf(handle), kind);
  if (weight !== undefined) targets.weights = checkSampleWeight(`${method}: ${nameWeight}`, weight, inputs.rows);
  return { ...inputs, targets };
}

function checkValidationData(method: string, handle: Handle, data: FitOptions['validationData']): Samples | undefined {
  if (data === undefined) return undefined;
  const expected = 'an array [x, y] or [x, y, sampleWeight]';
  const list = checkArray(`${method}: validationData`, data, expected);
  if (![2, 3].includes(list.length)) throw typeError(`${method}: validationData`, expected, data);
  return checkSamples(
    method,
    handle,
    ['validationData[0]', 'validationData[1]', 'validationData[2]'],
    ...(list as [Inputs, Targets, SampleWeight?]),
  );
}

function slice(samples: Samples, begin: number, end: number): Samples {
  const { units, values, classes, weights } = samples.targets;
  return {
    ...sliceInputs(samples, begin, end),
    targets: {
      units,
      ...(values
        ? { values: values.subarray(begin * units, end * units) }
        : { classes: classes!.subarray(begin, end) }),
      ...(weights && { weights: weights.subarray(begin, end) }),
    },
  };
}
