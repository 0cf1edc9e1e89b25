/**
 * The learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks", §3.3; Smith
 * 2018, "A Disciplined Approach to Neural Network Hyper-Parameters", §4.1); documented on `Sequential`.
 */
import { ArraySource } from './array-source.js';
import { checkBoolean, checkInteger, checkNumber, checkObject, rangeError } from './check.js';
import { compiledOf, countParams, countTrainable, outputsOf, targetKindOf, type Core } from './core.js';
import { checkInputs, checkTargets, denseRows, type InputRows, type TargetRows } from './data.js';
import { power } from './elementary.js';
import { copyFloats, overwrite, Scope } from './heap.js';
import { sharpness } from './inspect.js';
import { LongWork } from './long-work.js';
import { takesFullBatch } from './optimizer.js';
import { setLearningRate } from './rates.js';
import type { Inputs, LearningRateTest, LearningRateTestOptions, Targets } from './types.js';

const METHOD = 'findLearningRate';

/** A bound to a hundredth is enough. */
const SHARPNESS = { maxIterations: 30, tolerance: 1e-2 };

export async function findLearningRate(
  core: Core,
  x: Inputs,
  y: Targets,
  options: LearningRateTestOptions,
  checkAlive: () => void,
): Promise<LearningRateTest> {
  const kind = targetKindOf(core, METHOD);
  checkObject(`${METHOD}: options`, options, [
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
  checkNumber(`${METHOD}: from`, from, Number.MIN_VALUE);
  checkNumber(`${METHOD}: to`, to);
  if (to <= from) throw rangeError(`${METHOD}: to`, `a number above from, ${from}`, to);
  checkInteger(`${METHOD}: steps`, steps, 2);
  checkInteger(`${METHOD}: batchSize`, batchSize, 1);
  checkBoolean(`${METHOD}: shuffle`, shuffle);
  checkNumber(`${METHOD}: smoothing`, smoothing, 0, 1);
  checkInteger(`${METHOD}: sharpnessRows`, sharpnessRows, 0);
  const { optimizer } = compiledOf(core, METHOD);
  if (takesFullBatch(optimizer))
    throw rangeError(`${METHOD}: optimizer`, 'one that takes batches', optimizer.name);
  const inputs = checkInputs(`${METHOD}: x`, x, core.features);
  const targets = checkTargets(`${METHOD}: y`, y, inputs.rows, outputsOf(core), kind);
  const work = new LongWork(METHOD, options, checkAlive);

  const sharpnessBound = sharpnessRows > 0 ? boundOf(core, inputs, targets, sharpnessRows) : undefined;
  const rates: number[] = [];
  const losses: number[] = [];
  const smoothed: number[] = [];
  const restore = remember(core);
  const scope = new Scope();
  let source: ArraySource | undefined;
  try {
    // An epoch of one batch: its figures are the batch's.
    source = new ArraySource(core, scope, { ...inputs, targets }, { batchSize, shuffle, stepsPerEpoch: 1, augmentation: undefined });
    let [average, best] = [0, Infinity];
    for (let step = 0; step < steps; ++step) {
      const rate = step === steps - 1 ? to : from * power(to / from, step / (steps - 1));
      setLearningRate(core, rate);
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
 * Where the smoothed loss falls most from the step before to the step after: rates are evenly spaced in their
 * logarithm. The first steps, of whose losses the average is not one yet, do not count. −1: nowhere.
 */
function steepest(smoothed: number[], smoothing: number): number {
  let [place, least] = [-1, 0];
  const first = Math.min(Math.ceil(1 / (1 - smoothing)), Math.floor(smoothed.length / 3));
  for (let i = Math.max(1, first); i + 1 < smoothed.length; ++i) {
    const slope = smoothed[i + 1]! - smoothed[i - 1]!;
    if (slope < least) [place, least] = [i, slope];
  }
  return place;
}

/** 2/λ_max on up to `count` rows, evenly spaced. */
function boundOf(core: Core, inputs: InputRows, { values, classes }: TargetRows, count: number): number {
  const units = outputsOf(core);
  const chosen = Math.min(count, inputs.rows);
  const rows = Array.from({ length: chosen }, (_, i) => Math.floor((i * inputs.rows) / chosen));
  const y = classes
    ? Int32Array.from(rows, (row) => classes[row]!)
    : denseRows({ rows: inputs.rows, features: units, dense: values! }, rows);
  return sharpness(core, denseRows(inputs, rows), y, SHARPNESS).learningRateBound;
}

/** Everything that a step of training changes; what it returns puts that back. */
function remember(core: Core): () => void {
  const { native, compiled } = core;
  const size = countTrainable(core);
  const blocks = () =>
    [
      [native.parameters(), size],
      [native.state(), countParams(core) - size],
      [native.optimizerState(), native.optimizerStateSize()],
    ] as const;
  const copies = blocks().map(([pointer, length]) => copyFloats(pointer, length));
  const [steps, passes, average] = [native.stepsDone(), native.passesBegun(), native.average()];
  return () => {
    blocks().forEach(([pointer], i) => overwrite(pointer, copies[i]!));
    native.setCounters(steps, passes);
    native.setAverage(average);
    core.compiled = compiled!;
    const { learningRate } = compiled!.optimizer;
    if (typeof learningRate === 'number') native.setLearningRate(learningRate);
  };
}
