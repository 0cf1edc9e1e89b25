/**
 * Messages between the two ends of a channel. Each end numbers its calls, and the objects it keeps for the other one,
 * by itself, so that the same number means one thing here and another there. Numbers therefore have the type of the end
 * that gave them, and a message has two type parameters: the numbers of its sender and those of its receiver.
 */
import type { PackedError } from './values.js';

declare const giver: unique symbol;

/** A number that this end gave. */
export type OwnId = number & { readonly [giver]: 'this end' };

/** A number that the other end gave. */
export type FarId = number & { readonly [giver]: 'the other end' };

type Id = OwnId | FarId;

/** A message as its sender sees it; the receiver sees the same one as {@link Incoming}. */
export type Outgoing = Message<OwnId, FarId>;

export type Incoming = Message<FarId, OwnId>;

type Message<Senders extends Id, Receivers extends Id> =
  | { kind: 'call'; id: Senders; on: Receivers; method: string | undefined; args: Parcel<Senders, Receivers> }
  | { kind: 'result' | 'failure'; id: Receivers; value: Parcel<Senders, Receivers> }
  /** Properties that are no longer what they were when they were sent. */
  | { kind: 'state'; on: Senders; state: Parcel<Senders, Receivers> }
  | { kind: 'set'; on: Receivers; name: string; value: Parcel<Senders, Receivers> }
  /** The error that was thrown when the receiver set a property. */
  | { kind: 'refused'; value: Parcel<Senders, Receivers> }
  | { kind: 'abort'; id: Senders; reason: Parcel<Senders, Receivers> }
  /** The sender no longer refers to an object that the receiver keeps and had sent this many times. */
  | { kind: 'free'; id: Receivers; times: number }
  /** The sender's signal was collected, so that it cannot abort any more. */
  | { kind: 'forget'; id: Senders }
  | News;

/** Messages that are not part of a call. */
export type News =
  /** The worker's module has run. */
  | { kind: 'ready' }
  /** The module in the worker has aborted, so that the worker is of no more use. */
  | { kind: 'crash'; message: string };

/** A value that structured clone carries, and the insets that are put into it on arrival. */
export interface Parcel<Senders extends Id, Receivers extends Id> {
  value: unknown;
  insets: Inset<Senders, Receivers>[];
}

export type Path = readonly (string | number)[];

export interface Inset<Senders extends Id, Receivers extends Id> {
  /** Its place in the parcel's value. */
  path: Path;
  /** True if it is not enumerable, as methods of a class are not. */
  hidden: boolean;
  content: Content<Senders, Receivers>;
}

export type Content<Senders extends Id, Receivers extends Id> =
  | { kind: 'function'; id: Senders }
  | ObjectContent<Senders, Receivers>
  /** An iterable, of which each iteration asks the sender for a new iterator. */
  | { kind: 'iterable'; id: Senders }
  /** An object of the receiver on its way back. */
  | { kind: 'own'; id: Receivers }
  | { kind: 'signal'; id: Senders; aborted: boolean; reason: Parcel<Senders, Receivers> }
  | { kind: 'error'; id: Senders; error: PackedError; cause: Parcel<Senders, Receivers> | undefined };

export interface ObjectContent<Senders extends Id, Receivers extends Id> {
  kind: 'object';
  id: Senders;
  methods: string[];
  state: Parcel<Senders, Receivers>;
  writable: string[];
}
