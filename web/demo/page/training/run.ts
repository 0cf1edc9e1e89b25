/** A training run as the page shows and keeps it: plain data. */
import type { Logs } from 'mlp-wasm';
import type { Settings } from '../settings/settings.js';
import type { Figures } from './meter.js';

/** How far the current network has come. */
export type Phase = 'idle' | 'preparing' | 'training' | 'paused' | 'done' | 'stopped' | 'failed';

/** Points of the two charts; one entry each, `null` where a series has no point. */
export interface Curve {
  epoch: number[];
  loss: (number | null)[];
  accuracy: (number | null)[];
  valLoss: (number | null)[];
  valAccuracy: (number | null)[];
}

export interface Run {
  phase: Phase;
  /** Settings that the run was started with, but the present learning rate. */
  settings?: Settings;
  /** The name of the digits it learns from. */
  digits?: string;
  /** Of the work of this phase, in [0, 1]. */
  fraction: number;
  /** Epochs done, with the share of the current one. */
  epoch: number;
  /** Time spent on training, without pauses and preparations. */
  milliseconds: number;
  threads?: number;
  samplesPerSecond?: number;
  loss?: number;
  valAccuracy?: number;
  /** The pretrained network's accuracy on the same held-out digits. */
  rivalAccuracy?: number;
  /** A sentence on an incident of the run, such as the death of its worker. */
  note?: string;
  curve: Curve;
}

export const IDLE: Run = {
  phase: 'idle',
  fraction: 0,
  epoch: 0,
  milliseconds: 0,
  curve: { epoch: [], loss: [], accuracy: [], valLoss: [], valAccuracy: [] },
};

export function isRunning(phase: Phase): boolean {
  return phase === 'preparing' || phase === 'training' || phase === 'paused';
}

/** A run as it is kept: not under way. */
export function ended(run: Run): Run {
  return { ...run, phase: run.phase === 'done' ? 'done' : 'stopped' };
}

/** True if a run with these settings, on these digits, would go on from the end of `run`. */
export function goesOn(run: Run, settings: Settings, digits: string): boolean {
  if (!run.settings || run.digits !== digits || run.epoch === 0 || run.epoch >= settings.epochs) return false;
  if (run.phase !== 'stopped' && run.phase !== 'done') return false;
  const { learningRate: _rate, epochs: _epochs, count: _count, ...network } = settings;
  const { learningRate: _itsRate, epochs: _itsEpochs, count: _itsCount, ...its } = run.settings;
  return JSON.stringify(network) === JSON.stringify(its);
}

/** Below this a network has learned nothing: guessing among ten gets 0.1. */
const NOTHING_LEARNED = 0.2;
/** Below this it cannot be quite sure of anything. */
const STILL_LEARNING = 0.6;

/** How far the visitor's network is to be believed. */
export function skillOf({ valAccuracy, curve }: Run): 'none' | 'some' | 'good' {
  const accuracy = valAccuracy ?? curve.accuracy.filter((value) => value !== null).at(-1) ?? 0;
  return accuracy < NOTHING_LEARNED ? 'none' : accuracy < STILL_LEARNING ? 'some' : 'good';
}

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
