/** Everything the page knows, in one object; `main.ts` makes the one store of it. */
import type { MnistFiles } from './mnist-files.js';
import type { Fields, Settings } from './settings.js';
import type { Stroke } from './strokes.js';
import type { Mistakes, Reading, Tiles } from './training-messages.js';
import { Store } from './store.js';

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
  /** What the run was started with. */
  settings?: Settings;
  /** Of the work of this phase, in [0, 1]. */
  fraction: number;
  /** Epochs done, with the share of the current one. */
  epoch: number;
  samplesPerSecond?: number;
  loss?: number;
  valAccuracy?: number;
  curve: Curve;
}

/** A network's answer, and which network gave it. */
export interface Answer extends Reading {
  by: 'pretrained' | 'trained';
}

/** Kernels of the first layer, and whose they are. */
export interface Kernels extends Tiles {
  by: 'pretrained' | 'trained';
}

export interface State {
  theme: 'light' | 'dark';
  fields: Fields;
  strokes: readonly Stroke[];
  /** The drawing as the network sees it, 784 grey levels; undefined when nothing is drawn. */
  pixels: Uint8Array | undefined;
  /** Units of each hidden layer of the network that answers. */
  hiddenUnits: readonly number[];
  answer: Answer | undefined;
  kernels: Kernels | undefined;
  mistakes: Mistakes | undefined;
  mnist: MnistFiles;
  run: Run;
  /** The status line. */
  status: { text: string; tone: 'plain' | 'error' };
}

export type PageStore = Store<State>;

export const IDLE: Run = {
  phase: 'idle',
  fraction: 0,
  epoch: 0,
  curve: { epoch: [], loss: [], accuracy: [], valLoss: [], valAccuracy: [] },
};

export function isRunning(phase: Phase): boolean {
  return phase === 'preparing' || phase === 'training' || phase === 'paused';
}
