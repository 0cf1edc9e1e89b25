/** Training: the loop around the core's steps. */
import type { Samples } from './array-source.js';
import { accumulatorBytes, logsFrom, place, reserveWorkspace, type Core, type Position } from './core.js';
import { Pace } from './event-loop.js';
import { Scope } from './heap.js';
import type { Plan } from './plan.js';
import type { Source } from './source.js';
import type { History, Logs, Step } from './types.js';
import { mlp, type NativeEvaluator } from './wasm.js';

/** Rows that a pass of the validation takes at once. */
const VALIDATION_ROWS = 128;

/**
 * Runs the plan and hands out every `plan.every`-th step. `stopped` is asked before every stretch of steps, beside
 * the signal. However it ends, `core.position` says how far it came.
 */
export async function* train(
  core: Core,
  plan: Plan,
  stopped: () => boolean,
): AsyncGenerator<Step, History, undefined> {
  const { epochs, hooks, signal, validation, every, resume } = plan;
  const { onTrainBegin, onTrainEnd, onEpochBegin, onEpochEnd, onBatchBegin, onBatchEnd, onYield } = hooks;
  const atMost = onBatchBegin || onBatchEnd ? 1 : Infinity;
  const history: History = { epoch: [], history: {} };
  const ended = () => signal?.aborted === true || stopped();
  const scope = new Scope();
  let source: Source | undefined;
  let evaluator: NativeEvaluator | undefined;
  let here: (() => Position) | undefined;
  let logs: Logs | undefined;
  let failed = false;

  try {
    core.terminated = undefined;
    if (validation) {
      const samples = place(scope, validation, validation.targets);
      reserveWorkspace(core, VALIDATION_ROWS, accumulatorBytes(core));
      evaluator = new (mlp().Evaluator)(core.native, samples, VALIDATION_ROWS);
    }
    const batches = (source = plan.open(scope));
    let epoch = plan.initialEpoch;
    let begun = false;
    if (resume) {
      await batches.seek(resume);
      core.native.resumeTraining();
      begun = resume.batch > 0;
    }
    core.position = here = () => {
      const batch = begun ? batches.batch : 0;
      const totals = batch > 0 ? batches.totals() : [];
      return { epoch, batch, totals, passBatch: batches.passBatch(), plan: plan.identity };
    };
    const pace = new Pace(plan.yieldEvery);
    const breathe = async () => {
      if (onYield && batches.batch > 0) await onYield(epoch, batches.batch, logsFrom(core, batches.results()));
      await pace.turn();
    };

    if (onTrainBegin) await onTrainBegin();
    while (epoch < epochs && !ended()) {
      if (!begun) {
        if (onEpochBegin) await onEpochBegin(epoch);
        batches.beginEpoch();
        begun = true;
      }
      while (!ended()) {
        const more = batches.more();
        if (!(typeof more === 'boolean' ? more : await more)) break;
        const { batch } = batches;
        const rowsBefore = onBatchEnd && batch > 0 ? batches.results()[0]! : 0;
        if (onBatchBegin) await onBatchBegin(batch);
        batches.run(Math.min(atMost, every ? every - (batch % every) : Infinity), Math.max(0, pace.leftMs));
        if (onBatchEnd) {
          const results = batches.results();
          await onBatchEnd(batch, { ...logsFrom(core, results), size: results[0]! - rowsBefore });
        }
        if (pace.leftMs <= 0) await breathe();
        if (every && batches.batch % every === 0 && !batches.epochDone) {
          yield { ...logsFrom(core, batches.results()), epoch, batch: batches.batch - 1 };
        }
      }
      if (!batches.epochDone) break;

      let epochLogs: Logs = logsFrom(core, batches.results());
      if (evaluator && plan.validates(epoch)) {
        if (!(await validate(evaluator, validation!, pace, breathe, ended))) break;
        epochLogs = { ...epochLogs, ...logsFrom(core, evaluator.results(), 'val') };
      }
      logs = epochLogs;
      const done = epoch++;
      begun = false;
      history.epoch.push(done);
      for (const [name, value] of Object.entries(logs)) (history.history[name] ??= []).push(value);
      if (onEpochEnd) await onEpochEnd(done, logs);
      if (plan.yieldEvery === 'epoch') await pace.turn();
      if (every) yield { ...logs, epoch: done, batch: batches.batch - 1 };
      if (core.native.converged()) break;
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    try {
      if (here) core.native.endTraining();
      // Here, for whoever leaves the loop over the steps never comes back.
      if (!failed && onTrainEnd) await onTrainEnd(logs);
    } finally {
      if (here && core.position === here) {
        const last = here();
        core.position = () => last;
      }
      scope.free();
      evaluator?.delete();
      await source?.close();
    }
  }
  if (core.terminated) history.terminated = core.terminated;
  return history;
}

/** Whether the validation went through: it may be ended. */
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
