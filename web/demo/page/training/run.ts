/** A training run as the page shows and keeps it: plain data. */
import type { PlainLayer } from '../../shared/plain-layers.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';
import type { Settings } from '../settings/settings.js';
import { isSameNetwork, layersOf } from './layers.js';

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

/** A network that was opened from a file. */
export interface Opened {
  /** Of the file. */
  name: string;
  layers: NetworkSnapshot['layers'];
}

export interface Run {
  phase: Phase;
  /** The moment at which Train was pressed, in ms since 1970: the run's name. */
  began?: number;
  /** The file whose network it began with, if it did not begin with a new one. */
  opened?: Opened;
  /** True if its settings do not tell all, because they were changed while it learned, or because it learned a hand. */
  isTouched?: boolean;
  /** Settings that it has now: those of its start, but for what has been changed while it learned. */
  settings?: Settings;
  /** The name of the digits it learns from. */
  digits?: string;
  /** Of the work of this phase, in [0, 1]. */
  fraction: number;
  /** Epochs done, with the share of the current one. */
  epoch: number;
  /** The place in its epoch to which the last single step has brought it, in batches. */
  step?: { batch: number; batches: number };
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

/** The layers of its network. */
export function networkOf({ opened, settings }: Run): readonly PlainLayer[] {
  return opened?.layers ?? (settings ? layersOf(settings) : []);
}

/** A run as it is kept: not under way. */
export function ended(run: Run): Run {
  return { ...run, phase: run.phase === 'done' ? 'done' : 'stopped' };
}

/** True of a run whose network is as it was in a file. */
export function isAsOpened({ opened, epoch }: Run): boolean {
  return opened !== undefined && epoch === 0;
}

/** True if a run with these settings, on these digits, would go on from the end of `run`. */
export function goesOn(run: Run, settings: Settings, digits: string): boolean {
  // A network out of a file learns from whatever digits, in whatever way.
  if (isAsOpened(run)) return isSameNetwork(layersOf(settings), run.opened!.layers);
  if (!run.settings || run.digits !== digits || run.epoch === 0 || run.epoch >= settings.epochs) return false;
  if (run.phase !== 'stopped' && run.phase !== 'done') return false;
  const { learningRate: _rate, epochs: _epochs, count: _count, ...network } = settings;
  const { learningRate: _itsRate, epochs: _itsEpochs, count: _itsCount, ...its } = run.settings;
  // In one order, because some settings may be absent and come later.
  const inOrder = (values: object): string => JSON.stringify(Object.entries(values).sort());
  return inOrder(network) === inOrder(its);
}

/** Below this a network has learned nothing: guessing among ten gets 0.1. */
const NOTHING_LEARNED = 0.2;
/** Below this it cannot be quite sure of anything. */
const STILL_LEARNING = 0.6;

/** How far the visitor's network is to be believed. */
export function skillOf(run: Run): 'none' | 'some' | 'good' {
  if (isAsOpened(run)) return 'good'; // as far as the page knows
  const { valAccuracy, curve } = run;
  const accuracy = valAccuracy ?? curve.accuracy.filter((value) => value !== null).at(-1) ?? 0;
  return accuracy < NOTHING_LEARNED ? 'none' : accuracy < STILL_LEARNING ? 'some' : 'good';
}
