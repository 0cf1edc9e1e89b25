/**
 * Messages between the page and the worker that looks into a network on many digits: one piece of work after the other.
 * Types and numbers only: nothing here may import the package's code.
 */
import type { DataSource, Digits } from './digit-work.js';
import type { PlainNetwork } from './model-work.js';

/** Digits that are embedded; there may be fewer drawings of the visitor's own. */
export const EMBEDDED = 1000;
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

export type ToInside = { kind: 'embed'; network: PlainNetwork; studied: Studied };

export type FromInside = { kind: 'embedding'; embedding: Embedding } | { kind: 'failure'; message: string };
