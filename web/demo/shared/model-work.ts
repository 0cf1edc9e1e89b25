/**
 * Messages between the page and the worker that writes and reads files of models: one worker for one piece of work, which
 * the page ends by ending the worker. Types and names only: nothing here may import the package.
 */
import type { ActivationName, Weight } from 'mlp-wasm';
import type { FormatName } from 'mlp-wasm/files';
import type { Digits } from './digit-work.js';
import type { PlainLayer } from './plain-layers.js';

/** A network of the page as plain data. */
export interface PlainNetwork {
  layers: readonly PlainLayer[];
  /** Kernel, bias and what a normalisation has, of each layer: see `byLayer`. */
  weights: readonly Pick<Weight, 'shape' | 'data'>[];
}

/** Formats that a network leaves in: those of `mlp-wasm/files`, some of them with smaller numbers, and the package's own. */
export type ModelFormat = Exclude<FormatName, 'brain'> | 'c-int8' | 'javascript-int8' | 'html-int8';

export type ToModelWorker =
  | { kind: 'write'; network: PlainNetwork; format: ModelFormat }
  /** `activation` is that of hidden layers whose file does not tell. */
  | { kind: 'read'; files: File[]; activation: ActivationName }
  | { kind: 'training'; checkpoint: Uint8Array; digits: Digits; epochs: number; batchSize: number };

/** From the worker: what it made, or a sentence. Remarks are the library's, on what was left out or guessed. */
export type FromModelWorker =
  | { kind: 'file'; name: string; bytes: Uint8Array<ArrayBuffer>; remarks: string[] }
  | { kind: 'network'; network: PlainNetwork; remarks: Remark[] }
  | { kind: 'misfit'; misfit: Misfit }
  | { kind: 'failure'; message: string };

/** A change that was made for the page, or a sentence of the library. */
export type Remark =
  | { remark: 'softmax'; activation: string }
  | { remark: 'no-digit' }
  | { remark: 'left-out'; layer: string }
  | { remark: 'library'; text: string };

/** Why a model that was read cannot answer on the page. */
export type Misfit =
  | { misfit: 'inputs' | 'outputs'; found: number }
  | { misfit: 'layer'; layer: string; kind: string }
  | { misfit: 'activation'; layer: string; activation: string }
  | { misfit: 'last'; activation: string }
  /** Weights for a program that stands beside them. */
  | { misfit: 'program' };
