/**
 * Messages between the page and the worker that looks into a network on many digits: one piece of work after the other.
 * Types and numbers only: nothing here may import the package's code.
 */
import type { DataSource, DigitFault, Digits } from './digit-work.js';
import type { PlainNetwork } from './model-work.js';

/** Digits that are embedded; there may be fewer drawings of the visitor's own. */
export const EMBEDDED = 1000;
/** Digits that a loss surface is of; a run may have learned from fewer. */
export const SURVEYED = 500;
/** Principal components that are told. */
export const COMPONENTS = 3;

/** The digits that a network is looked at with: those that a run left out, or the visitor's own. */
export type Studied = DataSource | { kind: 'mine'; key: string; digits: Digits };

/** Digits in the space of the principal components of the last hidden layer's activations. */
export interface Embedding {
  /** The images, and their labels. */
  digits: Digits;
  /** The digit that each is read as, and its probability. */
  answers: Uint8Array;
  probabilities: Float32Array;
  /** digits × COMPONENTS. */
  points: Float32Array;
  /** The share of the variance that each component holds. */
  variance: readonly number[];
  /** To place another digit: its activations less `mean`, times each of the directions, COMPONENTS × units. */
  mean: Float32Array;
  directions: Float32Array;
}

/** A moment of a training. */
export interface Moment {
  /** Epochs done, with the share of the current one. */
  epoch: number;
  /** All weights, in the order of those of a network, one after the other. */
  weights: Float32Array;
}

export interface SurfaceWork {
  network: PlainNetwork;
  /** Of the training that led there, in their order. */
  moments: readonly Moment[];
  /** Epochs done when the network was as it is. */
  epoch: number;
  source: DataSource;
  /** Points along each direction. */
  steps: number;
}

/** The loss in a plane through the space of the weights. */
export interface Surface {
  /** Along the two principal components of the path, or along two random directions. */
  along: 'path' | 'random';
  steps: number;
  /** steps × steps, that at the i-th place to the right and the j-th upwards at i · steps + j. */
  loss: Float64Array;
  /** The numbers in the middle of the plane, and how far it goes from there to either side, along both directions. */
  middle: [number, number];
  reach: number;
  /** The share of the path's squared distances from its end that each direction holds. */
  held: [number, number];
  /** Moments of the path where they are seen in the plane, with the loss that the network really had; the last one is now. */
  path: readonly { epoch: number; x: number; y: number; loss: number }[];
  /** Digits that the loss is of. */
  count: number;
}

export type ToInside = { kind: 'embed'; network: PlainNetwork; studied: Studied } | ({ kind: 'surface' } & SurfaceWork);

export type FromInside =
  | { kind: 'embedding'; embedding: Embedding }
  | { kind: 'progress'; fraction: number }
  | { kind: 'surface'; surface: Surface }
  | { kind: 'failure'; fault: DigitFault };
