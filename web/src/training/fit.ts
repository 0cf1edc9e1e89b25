/** Training: the loop around the core's steps. */
import { copyInSamples } from '../data/place.js';
import type { Handle, Position, Termination } from '../model/handle.js';
import { logsFrom, type Logs } from '../model/logs.js';
import { bringBack, presentWeights } from '../model/weights.js';
import type { BatchSource } from './batches/batches.js';
import type { Samples } from './batches/from-arrays.js';
import type { Ending } from './ending.js';
import { Pace } from './pace.js';
import type { Plan } from './plan.js';
import { Scope, reserve } from '../wasm/heap.js';
import { mlp } from '../wasm/module.js';
import type { NativeEvaluator } from '../wasm/native.js';

/** A step of {@link Sequential.steps}: running means of the epoch so far, as in {@link Callbacks.onBatchEnd}. */
export interface Step extends Logs {
  epoch: number;
  /** Number of the batch that was last trained on. */
  batch: number;
}

/** Result of {@link Sequential.fit}. */
export interface History {
  /** Numbers of the epochs that were completed. */
  epoch: number[];
  /**
   * One entry per completed epoch: `loss`, metrics, `valLoss`, `valAccuracy` … With `validationFreq` those of the
   * validation have an entry per epoch that was validated.
   */
  history: Record<string, number[]>;
  /** The place at which {@link terminateOnNaN} ended it. */
  terminated?: Termination;
}

/** Rows that a pass of the validation takes at once. */
const VALIDATION_ROWS = 128;

/**
 * Runs the plan and hands out every `plan.every`-th step. `ending` is asked before every stretch of steps. However it
 * ends, `handle.position` says how far it came.
 */
export async function* train(handle: Handle, plan: Plan, ending: Ending): AsyncGenerator<Step, History, undefined> {
  const { epochs, callbacks, validation, every, resume } = plan;
  const { hooks } = callbacks;
  const { onTrainBegin, onTrainEnd, onEpochBegin, onEpochEnd, onBatchBegin, onBatchEnd, onYield } = hooks;
  const atMost = onBatchBegin || onBatchEnd ? 1 : Infinity;
  const history: History = { epoch: [], history: {} };
  const ended = () => ending.hasCome;
  const { native } = handle;
  const before = {
    position: handle.position,
    steps: native.stepsDone(),
    passes: native.passesBegun(),
    setAside: handle.setAside,
    weights: handle.setAside && presentWeights(handle),
    isConverged: handle.isConverged ?? false,
  };
  const scope = new Scope();
  let source: BatchSource | undefined;
  let evaluator: NativeEvaluator | undefined;
  let here: (() => Position) | undefined;
  let logs: Logs | undefined;
  let failed = false;

  try {
    handle.terminated = undefined;
    if (validation) {
      const samples = copyInSamples(scope, validation, validation.targets);
      reserve(handle.native.evaluatorBytes(samples, VALIDATION_ROWS));
      evaluator = new (mlp().Evaluator)(handle.native, samples, VALIDATION_ROWS);
    }
    const batches = (source = plan.open(scope, ending)); // copies the data, before anything is awaited
    await callbacks.introduced;
    let epoch = plan.initialEpoch;
    let begun = false;
    if (resume) {
      await callbacks.restore(resume.callbacks);
      await batches.seek(resume);
      if (handle.setAside) bringBack(handle, handle.setAside);
      native.resumeTraining();
      begun = resume.begun ?? resume.batch > 0;
      if (begun && resume.batch === 0) batches.beginEpoch();
    }
    handle.setAside = undefined;
    // The same optimizer would find nothing better for the same samples.
    const isConverged = before.isConverged && resume !== undefined && resume.plan['rows'] === plan.identity['rows'];
    handle.isConverged = isConverged;
    handle.position = here = () => {
      const batch = begun ? batches.batch : 0;
      const totals = batch > 0 ? batches.totals() : [];
      return {
        epoch,
        batch,
        totals,
        ...(begun && batch === 0 && { begun }),
        passBatch: batches.passBatch(),
        plan: plan.identity,
        callbacks: callbacks.states(),
      };
    };
    const pace = new Pace(plan.yieldEvery);
    const breathe = async () => {
      if (onYield && batches.batch > 0) await onYield(epoch, batches.batch, logsFrom(handle, batches.results()));
      await pace.turn();
    };

    handle.refreshCallbacks = () => callbacks.refresh();
    if (onTrainBegin) await onTrainBegin();
    await callbacks.refresh();
    while (epoch < epochs && !ended() && !isConverged) {
      if (!begun) {
        if (epoch > plan.initialEpoch) native.resumeTraining();
        if (onEpochBegin) await onEpochBegin(epoch);
        batches.beginEpoch();
        begun = true;
      }
      // An optimizer that takes all samples at once stops within a step, too.
      let within = false;
      while (!ended()) {
        const more = batches.more();
        if (!(typeof more === 'boolean' ? more : await more)) break;
        const { batch } = batches;
        const rowsBefore = onBatchEnd && batch > 0 ? batches.results()[0]! : 0;
        if (onBatchBegin && !within) await onBatchBegin(batch);
        batches.run(Math.min(atMost, every ? every - (batch % every) : Infinity), Math.max(0, pace.leftMs));
        within = batches.batch === batch;
        if (onBatchEnd && !within) {
          const results = batches.results();
          await onBatchEnd(batch, { ...logsFrom(handle, results), size: results[0]! - rowsBefore });
        }
        if (pace.leftMs <= 0) await breathe();
        if (every && !within && batches.batch % every === 0 && !batches.epochDone) {
          yield { ...logsFrom(handle, batches.results()), epoch, batch: batches.batch - 1 };
        }
      }
      if (!batches.epochDone) break;

      // Because what is validated is what the model is after the training, and what callbacks keep of the epoch.
      native.endTraining();
      let epochLogs: Logs = logsFrom(handle, batches.results());
      if (evaluator && plan.validates(epoch)) {
        if (!(await validate(evaluator, validation!, pace, breathe, ended))) break;
        epochLogs = { ...epochLogs, ...logsFrom(handle, evaluator.results(), 'val') };
      }
      logs = epochLogs;
      const done = epoch++;
      begun = false;
      handle.isConverged = native.converged();
      history.epoch.push(done);
      for (const [name, value] of Object.entries(logs)) (history.history[name] ??= []).push(value);
      if (onEpochEnd) await onEpochEnd(done, logs);
      if (plan.yieldEvery === 'epoch') await pace.turn();
      if (every) yield { ...logs, epoch: done, batch: batches.batch - 1 };
      if (handle.isConverged) break;
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    try {
      if (here) native.endTraining();
      // Here, for whoever leaves the loop over the steps never comes back.
      handle.isEnding = !failed;
      if (!failed && onTrainEnd) await onTrainEnd(logs);
      if (!failed) await callbacks.refresh();
    } finally {
      handle.isEnding = false;
      delete handle.refreshCallbacks;
      if (here && handle.position === here) {
        const isUntrained = failed && native.stepsDone() === before.steps;
        if (isUntrained && before.weights) {
          bringBack(handle, before.weights);
          handle.setAside = before.setAside;
        }
        if (isUntrained) handle.isConverged = before.isConverged;
        if (isUntrained && before.position && !resume) {
          // The model still knows where the training before this one stopped.
          native.setCounters(before.steps, before.passes);
          handle.position = before.position;
        } else {
          const last = here();
          handle.position = () => last;
        }
      }
      scope.free();
      evaluator?.delete();
      await source?.close();
    }
  }
  if (handle.terminated) history.terminated = handle.terminated;
  return history;
}

/** Validates; false if training was ended meanwhile. */
async function validate(
  evaluator: NativeEvaluator,
  { rows: total }: Samples,
  pace: Pace,
  breathe: () => Promise<void>,
  ended: () => boolean,
): Promise<boolean> {
  evaluator.restart();
  let rows = 2 * VALIDATION_ROWS; // grows to what fits between two turns
  for (let first = 0; first < total && !ended(); first += rows) {
    if (first > 0 && pace.leftMs > pace.everyMs / 2) rows *= 2;
    evaluator.run(rows);
    if (pace.leftMs <= 0) await breathe();
  }
  return !ended();
}
