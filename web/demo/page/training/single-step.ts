/** One step of the training, which is one batch; the last one of an epoch comes with its validation. */
import type { DigitSplit } from '../../shared/digit-work.js';
import { Diverged } from './attempt.js';
import { augmented } from './augmentations.js';
import { afterEpoch, withTraining } from './curve.js';
import type { FitHost } from './fit.js';
import { Pace } from './pace.js';
import { BYTES, showMistakes, showReading } from './show.js';
import type { RemoteModel } from './worker.js';

export async function stepNetwork(model: RemoteModel, { training, heldOut }: DigitSplit, host: FitHost): Promise<void> {
  const { store, attempt, isCurrent, update } = host;
  const { epochs, batchSize } = store.state.run.settings!;
  const count = training.labels.length;
  const clock = performance.now();
  const steps = model.steps({ data: training.pixels, scale: BYTES }, training.labels, {
    epochs,
    batchSize,
    resume: host.resume,
    ...augmented(store.state.run.settings!),
    validationData: [{ data: heldOut.pixels, scale: BYTES }, heldOut.labels],
    signal: attempt.signal,
  });
  const { value, done } = await steps.next();
  await steps.return(undefined as never);
  if (done || !isCurrent() || attempt.signal.aborted) return;
  const { epoch, batch, ...logs } = value;
  if (!Number.isFinite(logs.loss)) throw new Diverged();
  const samples = Math.min((batch + 1) * batchSize, count);
  const { run } = store.state;
  const milliseconds = run.milliseconds + performance.now() - clock;
  if (samples === count) {
    update({ milliseconds, ...afterEpoch(run, epoch + 1, logs) });
  } else {
    const position = epoch + samples / count;
    const step = { batch: batch + 1, batches: Math.ceil(count / batchSize) };
    // The mean of the epoch so far, because the loss of a single batch would draw spikes.
    const figures = { loss: logs.loss, accuracy: logs['accuracy']!, samplesPerSecond: 0 };
    const curve = withTraining(run.curve, position, figures);
    update({ milliseconds, step, epoch: position, fraction: position / epochs, loss: logs.loss, curve });
  }
  await host.path.offer(store.state.run, () => model.getWeights());
  if (store.state.run.epoch < epochs) attempt.complete();
  await showReading(store, model, isCurrent, new Pace(0));
  await showMistakes(store, model, isCurrent, heldOut);
}
