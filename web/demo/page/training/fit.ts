/** A network learns, and the page hears how far it is. */
import type { Logs } from 'mlp-wasm';
import type { DigitSplit } from '../../shared/digit-work.js';
import type { PageStore } from '../state.js';
import { Diverged } from './attempt.js';
import type { Attempt } from './attempt.js';
import { augmented } from './augmentations.js';
import { afterEpoch, withTraining } from './curve.js';
import { Meter } from './meter.js';
import { EVERY, ONE_IN, Pace } from './pace.js';
import { isAsOpened } from './run.js';
import type { Run } from './run.js';
import { epochSentence } from './sentences.js';
import { BYTES, showMistakes, showReading } from './show.js';
import { stepNetwork } from './single-step.js';
import { WeightPath } from './weight-path.js';
import { compilation } from './worker.js';
import type { RemoteModel } from './worker.js';

export { WeightPath };

/** Time between two turns in which the worker hears of the page while it trains. */
const TURN_MS = 30;

/** The trainer as a training sees it. */
export interface FitHost {
  store: PageStore;
  attempt: Attempt;
  /** Aborts with the attempt, and before when it is to go on with other settings. */
  slice: AbortSignal;
  /** True if the network has learned before. */
  resume: boolean;
  /** False once another attempt has begun. */
  isCurrent: () => boolean;
  update: (patch: Partial<Run>) => void;
  say: (text: string) => void;
  path: WeightPath;
  /** Makes a checkpoint; `isLast` of one that must be written. */
  keep: (isLast?: boolean) => Promise<void>;
}

/** As much as the attempt is to learn. */
export async function learn(model: RemoteModel, split: DigitSplit, host: FitHost): Promise<void> {
  const { run } = host.store.state;
  if (host.path.of(run).length === 0) await host.path.offer(run, () => model.getWeights());
  if (isAsOpened(run)) await model.compile(compilation(run.settings!));
  await (host.attempt.portion === 'step' ? stepNetwork : fitNetwork)(model, split, host);
}

async function fitNetwork(model: RemoteModel, { training, heldOut }: DigitSplit, host: FitHost): Promise<void> {
  const { store, attempt, isCurrent, update } = host;
  const run = (): Run => store.state.run;
  const settings = run().settings!;
  const { epochs, batchSize } = settings;
  const count = training.labels.length;
  const { resume, slice } = host;
  const meter = new Meter(count, !resume, performance.now());
  const reports = new Pace(EVERY.report);
  const moments = new Pace(EVERY.moment, ONE_IN);
  const tiles = new Pace(EVERY.tiles, ONE_IN);
  const judgements = new Pace(EVERY.judgement, ONE_IN);
  const checkpoints = new Pace(EVERY.checkpoint, ONE_IN);
  checkpoints.done(performance.now());
  let diverged = false;
  let clock = performance.now();

  /** True if the report is of the current attempt and the network has not diverged. */
  const counts = ({ loss }: Logs): boolean => {
    if (!isCurrent() || attempt.signal.aborted) return false;
    if (!Number.isFinite(loss)) {
      diverged = true;
      attempt.stop();
    }
    return !diverged;
  };
  const passTime = (): void => {
    const now = performance.now();
    update({ milliseconds: run().milliseconds + now - clock });
    clock = now;
  };
  const whileResumed = async (position: number): Promise<void> => {
    if (!attempt.isPaused) return;
    // A pause may be long, and the page be closed in it.
    update({ epoch: position, fraction: position / epochs });
    await host.keep(true);
    await attempt.whileResumed();
    clock = performance.now();
    meter.restart(clock);
  };
  const keep = async (isEpochEnd = false): Promise<void> => {
    const offer = (): Promise<void> => host.path.offer(run(), () => model.getWeights());
    // A short training has a path, too: its first moments are not paced.
    await (isEpochEnd && host.path.isShort ? offer() : moments.run(offer));
    await checkpoints.run(() => host.keep());
  };

  await model.fit({ data: training.pixels, scale: BYTES }, training.labels, {
    epochs,
    batchSize,
    resume,
    ...augmented(settings),
    validationData: [{ data: heldOut.pixels, scale: BYTES }, heldOut.labels],
    signal: slice,
    yieldEvery: TURN_MS,
    callbacks: {
      onYield: async (epoch, batch, logs) => {
        if (!counts(logs)) return;
        const now = performance.now();
        const samples = Math.min(batch * batchSize, count);
        const position = epoch + samples / count;
        const figures = reports.isDue(now) ? meter.take(samples, logs, now) : undefined;
        if (figures) {
          reports.done(now);
          passTime();
          update({
            phase: run().phase === 'paused' ? 'paused' : 'training',
            fraction: position / epochs,
            epoch: position,
            loss: figures.loss,
            samplesPerSecond: figures.samplesPerSecond,
            curve: withTraining(run().curve, position, figures),
          });
          if (run().phase === 'training') host.say(epochSentence(run()));
          await showReading(store, model, isCurrent, tiles);
          await keep();
        }
        await whileResumed(position);
      },
      onEpochEnd: async (epoch, logs) => {
        if (!counts(logs)) return;
        meter.endEpoch(count, logs);
        passTime();
        update(afterEpoch(run(), epoch + 1, logs));
        if (attempt.portion === 'epoch' && epoch + 1 < epochs) attempt.complete();
        await judgements.run(() => showMistakes(store, model, isCurrent, heldOut));
        await keep(true);
        // Epochs of tiny runs end between two turns.
        await whileResumed(epoch + 1);
      },
    },
  });
  if (diverged) throw new Diverged();
  if (!isCurrent() || run().epoch === 0 || (slice.aborted && !attempt.signal.aborted)) return;
  await showReading(store, model, isCurrent, new Pace(0));
  await showMistakes(store, model, isCurrent, heldOut);
}
