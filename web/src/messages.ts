/** What the two ends of a channel say to each other. */
import type { PackedError } from './parcel.js';

/** What one end keeps for the other, by number. */
export type Id = number;

export type Message =
  | { kind: 'call'; id: Id; on: Id; method: string | undefined; args: Parcel }
  | { kind: 'result' | 'failure'; id: Id; value: Parcel }
  /** Properties that are no longer what they were when they were sent. */
  | { kind: 'state'; on: Id; state: Parcel }
  | { kind: 'set'; on: Id; name: string; value: Parcel }
  /** What was thrown when the receiver's property was set. */
  | { kind: 'refused'; value: Parcel }
  | { kind: 'abort'; id: Id; reason: Parcel }
  /** Nobody refers any more to the receiver's object, or to the sender's signal. */
  | { kind: 'free' | 'forget'; id: Id }
  /** The worker's module has run. */
  | { kind: 'ready' }
  /** The worker is of no more use. */
  | { kind: 'crash'; message: string };

/** A value that can cross, and what is put into it on arrival. */
export interface Parcel {
  value: unknown;
  insets: Inset[];
}

export type Path = readonly (string | number)[];

export interface Inset {
  /** Where it stands in the parcel's value. */
  path: Path;
  /** Whether it is found there only when asked for, as a method of a class is. */
  hidden: boolean;
  content: Content;
}

export type Content =
  | { kind: 'function'; id: Id }
  | { kind: 'object'; id: Id; methods: string[]; state: Parcel; writable: string[] }
  /** The receiver's own on its way back. */
  | { kind: 'own'; id: Id }
  | { kind: 'signal'; id: Id; aborted: boolean; reason: Parcel }
  | { kind: 'error'; id: Id; error: PackedError; cause: Parcel | undefined };
