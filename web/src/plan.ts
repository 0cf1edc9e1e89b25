/** What a training is going to do: its options, checked before anything is changed. */
import { checkAugmentation } from './augment.js';
import { checkBoolean, checkInteger, checkNumber, checkObject, rangeError, typeError } from './check.js';
import { ArraySource, type Samples } from './array-source.js';
import { compiledOf, logNames, outputsOf, targetKindOf, type Core, type Position } from './core.js';
import { checkInputs, checkTargets, sliceInputs } from './data.js';
import { checkDataset, DatasetSource } from './dataset-source.js';
import type { Scope } from './heap.js';
import { checkCallbacks, joinCallbacks, type Hooks } from './hooks.js';
import type { Sequential } from './model.js';
import { takesFullBatch } from './optimizer.js';
import { progress } from './progress.js';
import type { Source } from './source.js';
import type {
  Dataset,
  DatasetOptions,
  FitOptions,
  Inputs,
  SampleWeight,
  StepsOptions,
  Targets,
} from './types.js';
import { checkSampleWeight, withClassWeight } from './weights.js';

export interface Plan {
  epochs: number;
  initialEpoch: number;
  /** Where to go on from; undefined: at the start of `initialEpoch`. */
  resume: Position | undefined;
  /** What positions depend on. */
  identity: Position['plan'];
  hooks: Hooks;
  signal: AbortSignal | undefined;
  yieldEvery: Required<FitOptions>['yieldEvery'];
  validation: Samples | undefined;
  validates(epoch: number): boolean;
  /** Batches from one step that the caller wants to see to the next. */
  every: number | undefined;
  /** The batches; what they need in memory ends with the scope. */
  open(scope: Scope): Source;
}

const COMMON_OPTIONS = [
  'epochs',
  'initialEpoch',
  'resume',
  'stepsPerEpoch',
  'augmentation',
  'validationData',
  'validationFreq',
  'callbacks',
  'signal',
  'yieldEvery',
  'verbose',
];
const FIT_OPTIONS = [
  ...COMMON_OPTIONS,
  'batchSize',
  'validationSplit',
  'shuffle',
  'sampleWeight',
  'classWeight',
];

export function planFit(
  method: 'fit' | 'steps',
  core: Core,
  model: Sequential,
  x: Inputs,
  y: Targets,
  options: StepsOptions,
): Plan {
  targetKindOf(core, method);
  checkObject(`${method}: options`, options, method === 'fit' ? FIT_OPTIONS : [...FIT_OPTIONS, 'every']);
  const { validationSplit = 0, shuffle = true, stepsPerEpoch = 0, every = 1 } = options;
  const { sampleWeight, classWeight } = options;
  const common = checkCommon(method, options);
  if (options.batchSize !== undefined) checkInteger(`${method}: batchSize`, options.batchSize, 1);
  checkNumber(`${method}: validationSplit`, validationSplit, 0, 1);
  checkBoolean(`${method}: shuffle`, shuffle);
  checkInteger(`${method}: every`, every, 1);
  const augmentation = augmentationOf(method, core, options);
  const callbacks = checkCommonCallbacks(method, options);

  let training = checkSamples(method, core, ['x', 'y', 'sampleWeight'], x, y, sampleWeight);
  let validation = checkValidationData(method, core, options.validationData);
  if (!validation && validationSplit > 0) {
    const kept = Math.floor(training.rows * (1 - validationSplit));
    if (kept === 0 || kept === training.rows) {
      throw rangeError(
        `${method}: validationSplit`,
        `a share that leaves rows on both sides of ${training.rows}`,
        validationSplit,
      );
    }
    validation = slice(core, training, kept, training.rows);
    training = slice(core, training, 0, kept);
  }
  if (classWeight !== undefined)
    training = { ...training, targets: withClassWeight(core, method, classWeight, training.targets) };
  const batchSize = checkBatchSize(method, core, options, training.rows);
  const identity = {
    rows: training.rows,
    batchSize: Math.min(batchSize, training.rows),
    shuffle,
    stepsPerEpoch,
  };
  const steps = stepsPerEpoch || Math.ceil(training.rows / batchSize);
  return {
    ...common,
    ...resumed(method, core, options, identity),
    identity,
    validation,
    every: method === 'steps' ? every : undefined,
    hooks: joinCallbacks(callbacks, model, { ...paramsOf(core, options, !!validation), batchSize, steps }),
    open: (scope) =>
      new ArraySource(core, scope, training, { batchSize, shuffle, stepsPerEpoch, augmentation }),
  };
}

export function planDataset(core: Core, model: Sequential, dataset: Dataset, options: DatasetOptions): Plan {
  const method = 'fitDataset';
  targetKindOf(core, method);
  checkObject(`${method}: options`, options, COMMON_OPTIONS);
  checkDataset(dataset);
  const common = checkCommon(method, options);
  const { optimizer } = compiledOf(core, method);
  if (takesFullBatch(optimizer))
    throw rangeError(`${method}: optimizer`, 'one that takes batches', optimizer.name);
  const augmentation = augmentationOf(method, core, options);
  const callbacks = checkCommonCallbacks(method, options);
  const validation = checkValidationData(method, core, options.validationData);
  const { stepsPerEpoch = 0 } = options;
  const identity = { rows: 0, batchSize: 0, shuffle: false, stepsPerEpoch };
  const steps = stepsPerEpoch || undefined;
  return {
    ...common,
    ...resumed(method, core, options, identity),
    identity,
    validation,
    every: undefined,
    hooks: joinCallbacks(callbacks, model, {
      ...paramsOf(core, options, !!validation),
      ...(steps && { steps }),
    }),
    open: () => new DatasetSource(core, dataset, stepsPerEpoch, augmentation, options.signal),
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
  const listed = Array.isArray(validationFreq) ? (validationFreq as readonly number[]).slice() : undefined;
  listed?.forEach((epoch, i) => checkInteger(`${method}: validationFreq[${i}]`, epoch, 1));
  if (!listed) checkInteger(`${method}: validationFreq`, validationFreq, 1);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
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

function augmentationOf(method: string, core: Core, { augmentation }: DatasetOptions) {
  if (augmentation === undefined) return undefined;
  const { optimizer } = compiledOf(core, method);
  if (takesFullBatch(optimizer)) {
    const expected = `none with ${optimizer.name}, which compares steps on the same samples`;
    throw rangeError(`${method}: augmentation`, expected, augmentation);
  }
  return checkAugmentation(`${method}: augmentation`, augmentation, core.features);
}

/** The caller's callbacks, and behind them what `verbose` asks for. */
function checkCommonCallbacks(method: string, { callbacks = [], verbose = 0 }: DatasetOptions) {
  const list = checkCallbacks(`${method}: callbacks`, callbacks);
  if (checkInteger(`${method}: verbose`, verbose, 0, 2) > 0) list.push(progress(verbose as 1 | 2));
  return list;
}

function paramsOf(core: Core, options: DatasetOptions, validated: boolean) {
  const { epochs = 1, initialEpoch = 0, verbose = 0 } = options;
  const metrics = [...logNames(core), ...(validated ? logNames(core, 'val') : [])];
  return { epochs, initialEpoch, verbose, metrics };
}

/** Where the last training stopped, if the next one is to go on from there and can. */
function resumed(
  method: string,
  core: Core,
  { resume, initialEpoch = 0 }: DatasetOptions,
  identity: Position['plan'],
) {
  const position = resume ? core.position?.() : undefined;
  if (position && (position.batch > 0 || position.passBatch > 0)) {
    for (const [name, value] of Object.entries(position.plan)) {
      const now = identity[name as keyof typeof identity];
      if (now === value) continue;
      throw rangeError(`${method}: resume`, `${name} ${value}, as in the training that stopped`, now);
    }
  }
  return { resume: position, initialEpoch: position?.epoch ?? initialEpoch };
}

/** Samples a step: as many as the caller wants, unless the optimizer takes all. */
function checkBatchSize(method: string, core: Core, { batchSize }: FitOptions, rows: number): number {
  const { optimizer } = compiledOf(core, method);
  if (!takesFullBatch(optimizer)) return batchSize ?? 32;
  if (batchSize !== undefined && batchSize < rows) {
    const expected = `all ${rows} rows, which ${optimizer.name} takes at once, or none`;
    throw rangeError(`${method}: batchSize`, expected, batchSize);
  }
  return rows;
}

function checkSamples(
  method: string,
  core: Core,
  [nameX, nameY, nameWeight]: [string, string, string],
  x: Inputs,
  y: Targets,
  weight?: SampleWeight,
): Samples {
  const inputs = checkInputs(`${method}: ${nameX}`, x, core.features);
  const kind = targetKindOf(core, method);
  const targets = checkTargets(`${method}: ${nameY}`, y, inputs.rows, outputsOf(core), kind);
  if (weight !== undefined)
    targets.weights = checkSampleWeight(`${method}: ${nameWeight}`, weight, inputs.rows);
  return { ...inputs, targets };
}

function checkValidationData(
  method: string,
  core: Core,
  data: FitOptions['validationData'],
): Samples | undefined {
  if (data === undefined) return undefined;
  if (!Array.isArray(data) || ![2, 3].includes(data.length)) {
    throw typeError(`${method}: validationData`, 'an array [x, y] or [x, y, sampleWeight]', data);
  }
  return checkSamples(
    method,
    core,
    ['validationData[0]', 'validationData[1]', 'validationData[2]'],
    ...(data as [Inputs, Targets, SampleWeight?]),
  );
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
