/** A training handed from one realm to the next. */
import type { InitOptions, OptimizerName } from 'mlp-wasm';

export interface Leg {
  init?: InitOptions;
  optimizer: OptimizerName;
  /** The checkpoint of the leg before; none: this is the first one. */
  bytes?: number[];
  /** Batches to train on before the next checkpoint. Default: all that are left. */
  batches?: number;
}

/**
 * Trains on from a checkpoint for some batches, with dropout, shuffling, augmentation, a schedule and validation.
 * Self-contained, so that its text can be sent to a thread or a page.
 *
 * @returns the checkpoint at its end
 */
export async function relay(
  mlp: typeof import('mlp-wasm'),
  { init, optimizer, bytes, batches = Infinity }: Leg,
): Promise<number[]> {
  const { dense, dropout, loadCheckpoint, schedules, sequential, warmup } = mlp;
  await mlp.init(init);
  const make = () => {
    const layers = [
      dense({ units: 9, activation: 'relu', inputShape: [5] }),
      ...(optimizer === 'lbfgs' ? [] : [dropout({ rate: 0.2 })]), // lbfgs refuses layers that draw
      dense({ units: 3, activation: 'softmax' }),
    ];
    const made = sequential({ seed: 17, layers });
    const decay = schedules.cosineDecay({ initialLearningRate: 0.02, decaySteps: 90, alpha: 0.1 });
    made.compile({
      optimizer: { name: optimizer, learningRate: warmup(decay, { steps: 10, from: 0.001 }) },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    return made;
  };
  const model = bytes ? await loadCheckpoint(Uint8Array.from(bytes)) : make();
  const x = Float32Array.from({ length: 5 * 100 }, (_, i) => Math.round(64 * Math.sin(i * i)) / 64);
  const y = Uint8Array.from({ length: 100 }, (_, row) => (x[5 * row]! > 0 ? 2 : row % 2));
  const augmentation = { height: 1, width: 5, shift: 1, elastic: {}, noise: 0.1, erasing: {} };
  let done = 0;
  const onBatchEnd = () => {
    if (++done >= batches) model.stopTraining = true;
  };
  if (batches > 0) {
    await model.fit(x, y, {
      epochs: 6,
      // L-BFGS takes all samples at once, the same in every step.
      ...(optimizer !== 'lbfgs' && { batchSize: 7, augmentation }),
      validationSplit: 0.2,
      resume: true,
      ...(batches < Infinity && { callbacks: { onBatchEnd } }),
    });
  }
  const checkpoint = [...model.checkpoint()];
  model.dispose();
  return checkpoint;
}
