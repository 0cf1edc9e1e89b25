/** What the page and the training worker say to each other. */
import type { Settings } from './settings.js';

/** What a network makes of one drawing. */
export interface Reading {
  /** Ten, summing to 1. */
  probabilities: Float32Array;
  /** Activations of each hidden layer, first to last. */
  hidden: Float32Array[];
}

/** Kernels of the first layer as pictures. */
export interface Tiles {
  units: number;
  /** units × 784; 0 = most negative, 128 = zero, 255 = most positive weight of its unit. */
  levels: Uint8Array;
}

/** A held-out digit that the network read wrongly. */
export interface Mistake {
  /** 784 grey levels. */
  pixels: Uint8Array;
  label: number;
  read: number;
  /** Probability given to `read`. */
  probability: number;
}

/** How the network did on the held-out digits. */
export interface Mistakes {
  /** 10 × 10 counts: row the digit, column how it was read. */
  confusion: Uint32Array;
  /** The surest mistakes, surest first. */
  worst: Mistake[];
  wrong: number;
  total: number;
}

/** The four files of MNIST by their part. */
export const MNIST_PARTS = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
export type MnistPart = (typeof MNIST_PARTS)[number];

/** Where the digits of a run come from. `key` names the set: the worker keeps the last one it read. */
export type DataSource =
  | { kind: 'digits'; count: number; seed: number }
  | { kind: 'files'; key: string; files: Record<MnistPart, Blob> }
  | { kind: 'served'; urls: Record<MnistPart, string> };

/** What the worker reports while it trains. */
export type TrainingEvent =
  | { kind: 'preparing'; doing: string; fraction: number }
  | {
      kind: 'progress';
      /** Epochs done, with the share of the current one. */
      epoch: number;
      samplesPerSecond: number;
      /** Over the samples since the last report. */
      loss: number;
      accuracy: number;
      reading?: Reading;
      tiles?: Tiles;
    }
  | {
      kind: 'epoch';
      epoch: number;
      /** Means over the epoch, and figures on the held-out digits after it. */
      loss: number;
      accuracy: number;
      valLoss: number;
      valAccuracy: number;
    }
  | { kind: 'mistakes'; mistakes: Mistakes }
  /** After the last step of a run that was done or stopped; comes before its outcome. */
  | { kind: 'settled'; tiles: Tiles; reading?: Reading; mistakes: Mistakes };

/** What an IDX file holds. */
export interface FileContent {
  holds: 'images' | 'labels';
  count: number;
}

export interface TrainingApi {
  /** Trains a new network; resolves when it is done or stopped. What `report` returns is waited for at the end. */
  train(settings: Settings, source: DataSource, report: (event: TrainingEvent) => void): Promise<'done' | 'stopped'>;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Disposes of the network. */
  reset(): Promise<void>;
  /** Reads this drawing now, and with every progress report until told otherwise. */
  look(pixels: Uint8Array | undefined): Reading | undefined;
  /** What a file of MNIST's format holds; rejects with a sentence when it is damaged. */
  inspect(file: Blob): Promise<FileContent>;
}
