/** The curves of a run: they grow after a report, and after an epoch; and their value at an epoch. */
import type { Logs } from 'mlp-wasm';
import type { Figures } from './meter.js';
import type { Curve, Run } from './run.js';

/** Most points of a curve; beyond, every second one of the training series is left out. */
const POINTS_AT_MOST = 1000;

/** The curve with figures over some samples of training. */
export function withTraining(curve: Curve, epoch: number, { loss, accuracy }: Figures): Curve {
  return withPoint(curve, { epoch, loss, accuracy, valLoss: null, valAccuracy: null });
}

/** The change of a run when `epoch` of its epochs are done. */
export function afterEpoch({ settings, curve }: Run, epoch: number, logs: Logs): Partial<Run> {
  const [valLoss, valAccuracy] = [logs['valLoss']!, logs['valAccuracy']!];
  const means = { loss: logs.loss, accuracy: logs['accuracy']! };
  return {
    fraction: epoch / settings!.epochs,
    epoch,
    loss: means.loss,
    valAccuracy,
    curve: withValidation(curve, epoch, means, { valLoss, valAccuracy }),
  };
}

/** The curve with the figures after an epoch; the means over it stand for training if there are no other figures. */
function withValidation(
  curve: Curve,
  epoch: number,
  means: Pick<Figures, 'loss' | 'accuracy'>,
  validation: { valLoss: number; valAccuracy: number },
): Curve {
  const isFirst = curve.epoch.at(-1) === undefined || epoch - curve.epoch.at(-1)! >= 1;
  const { loss, accuracy } = isFirst ? means : { loss: null, accuracy: null };
  return withPoint(curve, { epoch, loss, accuracy, ...validation });
}

type Point = { [Name in keyof Curve]: Curve[Name][number] };

function withPoint(curve: Curve, point: Point): Curve {
  const next: Curve = {
    epoch: [...curve.epoch, point.epoch],
    loss: [...curve.loss, point.loss],
    accuracy: [...curve.accuracy, point.accuracy],
    valLoss: [...curve.valLoss, point.valLoss],
    valAccuracy: [...curve.valAccuracy, point.valAccuracy],
  };
  return next.epoch.length <= POINTS_AT_MOST ? next : thinned(next);
}

/** The curve without every second point that is of the training series alone. */
function thinned(curve: Curve): Curve {
  const stays = (_: unknown, i: number): boolean => i % 2 === 0 || curve.valLoss[i] !== null;
  return {
    epoch: curve.epoch.filter(stays),
    loss: curve.loss.filter(stays),
    accuracy: curve.accuracy.filter(stays),
    valLoss: curve.valLoss.filter(stays),
    valAccuracy: curve.valAccuracy.filter(stays),
  };
}

/** The latest value up to an epoch. */
export function valueAt(
  epochs: readonly number[],
  values: readonly (number | null)[],
  epoch: number,
): number | undefined {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined && epochs[i]! <= epoch) return value;
  }
  return undefined;
}
