/**
 * The learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks", §3.3; Smith
 * 2018, "A Disciplined Approach to Neural Network Hyper-Parameters", §4.1); documented on `Sequential`.
 */
import { checkBoolean, checkInteger, checkNumber, checkObject, rangeError } from '../check/arguments.js';
import { checkInputs, denseRows, type InputRows, type Inputs } from '../data/samples.js';
import { checkTargets, type TargetRows, type Targets } from '../data/targets.js';
import { sharpness } from './gradients.js';
import { LongWork, type LongWorkOptions } from './long-work.js';
import { compiledOf, outputsOf, targetKindOf, type Handle } from '../model/handle.js';
import { setLearningRate } from '../model/learning-rate.js';
import { takesFullBatch } from '../model/optimizers.js';
import { countParams, countTrained } from '../model/weights.js';
import { ArrayBatches } from '../training/batches/from-arrays.js';
import { Scope, copyFloats, overwrite } from '../wasm/heap.js';
import { power } from '../wasm/same-bits.js';

/** Options of {@link Sequential.findLearningRate}. */
export interface LearningRateTestOptions extends LongWorkOptions {
  /** First rate, from 1e-30. Default 1e-6. */
  from?: number;
  /** Last rate, above the first and below 1e30. Default 10. */
  to?: number;
  /** Batches, each with a rate of its own, evenly spaced in the logarithm. Default 100. */
  steps?: number;
  /** Samples a batch. Default 32. */
  batchSize?: number;
  /** As in {@link FitOptions}. Default true. */
  shuffle?: boolean;
  /** β of the running mean of losses, in [0, 1). Default 0.9. */
  smoothing?: number;
  /** Samples, evenly spaced, to find `sharpnessBound` on, at most; 0: it is not looked for. Default 128. */
  sharpnessRows?: number;
}

/** Result of {@link Sequential.findLearningRate}: as many numbers as there were batches with a finite loss. */
export interface LearningRateTest {
  learningRate: Float64Array;
  /** The loss of each batch before its step. */
  loss: Float64Array;
  /** Running means of the losses, corrected for their start from 0. */
  smoothed: Float64Array;
  /** The rate at which the smoothed loss fell fastest; undefined where it never fell. */
  suggestion: number | undefined;
  /** 2/λ_max, above which plain gradient descent diverges ({@link Sequential.sharpness}); undefined if not wanted. */
  sharpnessBound: number | undefined;
}

const METHOD = 'findLearningRate';

/** Options of the search for the bound, which is wanted to about a hundredth only. */
const SHARPNESS = { maxIterations: 30, tolerance: 1e-2 };

export async function findLearningRate(
  handle: Handle,
  x: Inputs,
  y: Targets,
  given: LearningRateTestOptions,
  checkAlive: () => void,
): Promise<LearningRateTest> {
  const kind = targetKindOf(handle, METHOD);
  const options = checkObject(`${METHOD}: options`, given, [
    'from',
    'to',
    'steps',
    'batchSize',
    'shuffle',
    'smoothing',
    'sharpnessRows',
    'signal',
    'onProgress',
  ]);
  const { from = 1e-6, to = 10, steps = 100, batchSize = 32, shuffle = true } = options;
  const { smoothing = 0.9, sharpnessRows = 128 } = options;
  checkNumber(`${METHOD}: from`, from, LEAST_RATE);
  checkNumber(`${METHOD}: to`, to, LEAST_RATE, GREATEST_RATE);
  if (to <= from) throw rangeError(`${METHOD}: to`, `a number above from, ${from}`, to);
  checkInteger(`${METHOD}: steps`, steps, 2);
  checkInteger(`${METHOD}: batchSize`, batchSize, 1);
  checkBoolean(`${METHOD}: shuffle`, shuffle);
  checkNumber(`${METHOD}: smoothing`, smoothing, 0, 1);
  checkInteger(`${METHOD}: sharpnessRows`, sharpnessRows, 0);
  const { optimizer } = compiledOf(handle, METHOD);
  if (takesFullBatch(optimizer)) throw rangeError(`${METHOD}: optimizer`, 'one that takes batches', optimizer.name);
  const inputs = checkInputs(`${METHOD}: x`, x, handle.features);
  const targets = checkTargets(`${METHOD}: y`, y, inputs.rows, outputsOf(handle), kind);
  const work = new LongWork(METHOD, options, checkAlive);

  const sharpnessBound = sharpnessRows > 0 ? boundOf(handle, inputs, targets, sharpnessRows) : undefined;
  const rates: number[] = [];
  const losses: number[] = [];
  const smoothed: number[] = [];
  const restore = remember(handle);
  const scope = new Scope();
  let source: ArrayBatches | undefined;
  try {
    // Each epoch is one batch, so that the figures of an epoch are those of the batch.
    source = new ArrayBatches(
      handle,
      scope,
      { ...inputs, targets },
      { batchSize, shuffle, stepsPerEpoch: 1, augmentation: undefined },
    );
    let [average, best] = [0, Infinity];
    for (let step = 0; step < steps; ++step) {
      const rate = step === steps - 1 ? to : from * power(to / from, step / (steps - 1));
      setLearningRate(handle, rate);
      source.beginEpoch();
      source.run(1, 0);
      const loss = source.results()[1]!;
      if (!Number.isFinite(loss)) break;
      // Bias-corrected as Adam's means are (Kingma & Ba 2015): the average starts from 0.
      average = smoothing * average + (1 - smoothing) * loss;
      const mean = average / (1 - power(smoothing, step + 1));
      rates.push(rate);
      losses.push(loss);
      smoothed.push(mean);
      best = Math.min(best, mean);
      if (mean > best + 3 * Math.abs(best)) break; // 4 × the best, where losses are positive
      if (work.isDue) await work.turn(step + 1, steps);
    }
    await work.turn(steps, steps);
  } finally {
    source?.close();
    scope.free();
    restore();
  }
  return {
    learningRate: Float64Array.from(rates),
    loss: Float64Array.from(losses),
    smoothed: Float64Array.from(smoothed),
    suggestion: rates[steepest(smoothed, smoothing)],
    sharpnessBound,
  };
}

/**
 * The step at which the smoothed loss falls most, from the step before to the step after, or −1 if it never falls.
 * Plain differences will do, because the logarithms of the rates are evenly spaced. The first steps do not count,
 * because the running mean has seen too few losses there.
 */
function steepest(smoothed: number[], smoothing: number): number {
  let [steepest, least] = [-1, 0];
  const first = Math.min(Math.ceil(1 / (1 - smoothing)), Math.floor(smoothed.length / 3));
  for (let i = Math.max(1, first); i + 1 < smoothed.length; ++i) {
    const slope = smoothed[i + 1]! - smoothed[i - 1]!;
    if (slope < least) [steepest, least] = [i, slope];
  }
  return steepest;
}

/** 2/λ_max on up to `count` rows, evenly spaced. */
function boundOf(handle: Handle, inputs: InputRows, { values, classes }: TargetRows, count: number): number {
  const units = outputsOf(handle);
  const chosen = Math.min(count, inputs.rows);
  const rows = Array.from({ length: chosen }, (_, i) => Math.floor((i * inputs.rows) / chosen));
  const y = classes
    ? Int32Array.from(rows, (row) => classes[row]!)
    : denseRows({ rows: inputs.rows, features: units, dense: values! }, rows);
  return sharpness(handle, denseRows(inputs, rows), y, SHARPNESS).learningRateBound;
}

/** Limits of the rates: far beyond any use, yet with a quotient that is finite. */
const LEAST_RATE = 1e-30;

const GREATEST_RATE = 1e30;

/** Remembers everything that a step of training changes; the function returned puts it back. */
function remember(handle: Handle): () => void {
  const { native, compiled } = handle;
  const size = countTrained(handle);
  const blocks = () =>
    [
      [native.parameters(), size],
      [native.state(), countParams(handle) - size],
      [native.optimizerState(), native.optimizerStateSize()],
    ] as const;
  const copies = blocks().map(([pointer, length]) => copyFloats(pointer, length));
  const [steps, passes, average] = [native.stepsDone(), native.passesBegun(), native.average()];
  return () => {
    blocks().forEach(([pointer], i) => overwrite(pointer, copies[i]!));
    native.setCounters(steps, passes);
    native.setAverage(average);
    handle.compiled = compiled!;
    const { learningRate } = compiled!.optimizer;
    if (typeof learningRate === 'number') native.setLearningRate(learningRate);
  };
}
