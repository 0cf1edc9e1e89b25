/**
 * Packing of values: structured clone carries most of a value as it is; functions, errors, signals and objects that
 * stay here go into the parcel beside it, as insets.
 */
import { isAbortSignal, isArrayBuffer, isError, isUrl } from '../check/realm.js';
import { CALLBACK_KEYS } from '../training/callbacks.js';
import { isIterable, isIterator, ITERATOR_METHODS, openIterator } from './iterators.js';
import type { Keeper, Kept, StandIns, State } from './objects.js';
import { comparable, isObject, propertiesOf, read } from './properties.js';
import type { Content, FarId, Inset, OwnId, Parcel, Path } from './protocol.js';
import { packError, type Moves } from './values.js';

export type OutgoingParcel = Parcel<OwnId, FarId>;

type OutgoingContent = Content<OwnId, FarId>;

/** How a message is packed. */
export interface Packing {
  moves: Moves;
  /** True to move arrays rather than copy them. */
  movesAll: boolean;
  /** Of an answer: the object that the call was made on. */
  origin: Kept | undefined;
  /** Name of the value packed, for errors. */
  label: string;
}

/** The end that sends, as far as packing needs it. */
export interface Sender {
  keeper: Keeper;
  standIns: StandIns;
  /** True if objects that are more than data stay here. */
  isWorker: boolean;
  /** Listens to a signal; returns its number. */
  watch(signal: AbortSignal): OwnId;
}

export class Packer {
  readonly #sender: Sender;
  readonly #packing: Packing;

  constructor(sender: Sender, packing: Packing) {
    this.#sender = sender;
    this.#packing = packing;
  }

  pack(value: unknown): OutgoingParcel {
    const insets: Inset<OwnId, FarId>[] = [];
    return { value: this.#part([], value, insets, this.#packing.movesAll), insets };
  }

  /** The part of `value` that structured clone is to carry; the rest goes into `insets`. */
  #part(
    path: Path,
    value: unknown,
    insets: Inset<OwnId, FarId>[],
    movesAll: boolean,
    owner?: object,
    hidden = false,
  ): unknown {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
    const { keeper, standIns, isWorker, watch } = this.#sender;
    const { moves } = this.#packing;
    const inset = (content: OutgoingContent): undefined => void insets.push({ path, hidden, content });
    const far = standIns.of(value);
    if (far?.era === standIns.era) return inset({ kind: 'own', id: far.id });
    if (typeof value === 'function') {
      // Called as a method of the object that holds it, because it may use `this`.
      const call = (...args: unknown[]) => (value as (...args: unknown[]) => unknown).apply(owner, args);
      return inset({ kind: 'function', id: keeper.keep(call).id });
    }
    const moved = movesAll || moves.takeMark(value);
    if (ArrayBuffer.isView(value)) return moves.view(value, moved, this.#argument(path));
    if (isArrayBuffer(value)) return moves.buffer(value, moved, this.#argument(path));
    if (isAbortSignal(value)) {
      const { aborted, reason } = value;
      return inset({ kind: 'signal', id: watch(value), aborted, reason: this.pack(cloneable(reason, 'reason')) });
    }
    if (isError(value)) {
      const cause = 'cause' in value ? this.pack(cloneable(value.cause, 'cause')) : undefined;
      return inset({ kind: 'error', id: keeper.keep(value).id, error: packError(value), cause });
    }
    if (isUrl(value)) return value.href;

    const part = (key: string | number, content: unknown, isHidden = false) =>
      this.#part([...path, key], content, insets, moved, value, isHidden);
    if (Array.isArray(value)) {
      const isPlain = !value.some((content) => typeof content === 'object' || typeof content === 'function');
      return isPlain ? value : value.map((content, i) => part(i, content));
    }
    if (isIterator(value)) return inset(this.#describe(value, ITERATOR_METHODS));
    if (isIterable(value)) return inset({ kind: 'iterable', id: keeper.keep(() => openIterator(value)).id });
    if (!isObject(value)) return value; // a Blob, a Map …
    const prototype: unknown = Object.getPrototypeOf(value);
    const isData = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (isWorker && !isData) return inset(this.#describe(value));
    const entries = isCallback(value) ? Object.entries(value).filter(isUsed) : Object.entries(value);
    const packed = Object.fromEntries(entries.map(([key, content]) => [key, part(key, content)]));
    if (!isData) {
      // An object of a class of the caller's: callbacks, say. Its methods cross with it.
      for (const [name, { value: content }] of propertiesOf(value)) {
        if (typeof content === 'function' && !(name in packed)) part(name, content, true);
      }
    }
    return packed;
  }

  /** Name, for errors, of the value at this place of a call's arguments. */
  #argument([place, ...keys]: Path): string {
    const { label } = this.#packing;
    if (place === undefined) return label;
    return [`${label}: argument ${Number(place) + 1}`, ...keys].join('.');
  }

  /** Keeps an object here; returns its description for the other end. */
  #describe(object: object, only?: readonly string[]): OutgoingContent {
    const { id, state: known } = this.#sender.keeper.keep(object, this.#packing.origin);
    const methods: string[] = [];
    const writable: string[] = [];
    const state: State = {};
    for (const [name, property] of propertiesOf(object)) {
      if (only && !only.includes(name)) continue;
      const content = read(object, name);
      if (typeof content === 'function') {
        methods.push(name);
        continue;
      }
      state[name] = content;
      known.set(name, comparable(content));
      if (property.writable || property.set) writable.push(name);
    }
    const packer = new Packer(this.#sender, { ...this.#packing, movesAll: false });
    return { kind: 'object', id, methods, state: packer.pack(state), writable };
  }
}

/** True if an object is a callback of training; its other fields stay here, because only its own methods use them. */
function isCallback(value: object): boolean {
  return CALLBACK_KEYS.some((key) => typeof (value as State)[key] === 'function');
}

/** True if training looks at this property of a callback: at its options, and at all methods, to find misspelt ones. */
function isUsed([key, content]: [string, unknown]): boolean {
  return typeof content === 'function' || (CALLBACK_KEYS as readonly string[]).includes(key);
}

/** A reason or a cause, or an error in its place if it cannot be sent, because the rest is to be sent in any case. */
function cloneable(value: unknown, what: string): unknown {
  if (isError(value)) return value;
  try {
    structuredClone(value);
    return value;
  } catch {
    return new DOMException(`the ${what} can not be sent to another thread: it is a ${typeof value}`, 'AbortError');
  }
}
