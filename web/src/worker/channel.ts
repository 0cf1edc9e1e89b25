/**
 * Calls between a page and its worker: the same code at both ends, every message in order.
 *
 * Values cross by structured clone. Functions, which it cannot carry, stay where they are and are called from the other
 * end, as do the worker's objects that are more than data. Errors keep their class; signals abort.
 */
import { isError } from '../check/realm.js';
import { Answer, filling, isIterator } from './iterators.js';
import { changesOf, Keeper, StandIns, type Far, type Kept, type State } from './objects.js';
import { Packer, type OutgoingParcel, type Packing } from './parcels.js';
import type { Content, FarId, Incoming, News, ObjectContent, Outgoing, OwnId, Parcel } from './protocol.js';
import { Signals } from './signals.js';
import { Moves, unpackError } from './values.js';

/** The way to the other end. */
export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  /** Called while an answer is awaited, so that Node goes on, and when none is any more. */
  ref?(): void;
  unref?(): void;
}

/** Hooks of the one who opens a channel. */
export interface ChannelOptions {
  /** Hears news: messages that are not part of a call. */
  onNews?(news: News): void;
  /** Called before a method is: the call waits for the promise returned. */
  prepare?(target: object, method: string | undefined): Promise<unknown> | undefined;
  /** Called with the stand-in of an object of the other end, when that object comes for the first time. */
  onObject?(object: object): void;
}

type Method = (...args: unknown[]) => unknown;

type IncomingParcel = Parcel<FarId, OwnId>;

/** The call that a parcel belongs to. */
interface Arrival {
  /** For a result: the object here that the call was made on. */
  holder?: object | undefined;
  /**
   * For arguments: the object here that the call was made on. Before a callback among the arguments is called, the
   * other end is told the state of this object, because callbacks read it.
   */
  target?: Kept;
  /** For arguments: the calls of callbacks among them that have not been answered. */
  callbacks?: Set<Promise<unknown>>;
}

/** Number of the object that {@link Channel.offer} was given, because it is the first that an end keeps. */
const ROOT = 0 as FarId;

/** One end of the connection. */
export class Channel {
  readonly #endpoint: Endpoint;
  readonly #isWorker: boolean;
  readonly #options: ChannelOptions;
  readonly #keeper = new Keeper();
  readonly #standIns = new StandIns(({ id, times }) => this.#post(() => ({ kind: 'free', id, times })));
  /** Calls without an answer yet; `holder` is an object that must not be collected until it comes. */
  readonly #pending = new Map<OwnId, { resolve: Method; reject: Method; holder: object | undefined }>();
  /** Keeps the object that a stand-in came from, so that the worker lives as long as one of its models is in use. */
  readonly #origins = new WeakMap<object, object>();
  readonly #signals = new Signals({
    newId: () => this.#keeper.newId(),
    // The signal itself crosses as its number and its reason, whatever that is.
    aborted: (id, signal) => this.#post((pack) => ({ kind: 'abort', id, reason: reasonOf(pack(signal)) })),
    forgotten: (id) => this.#post(() => ({ kind: 'forget', id })),
  });
  /** Errors of calls that ended with the other end. */
  readonly #goneErrors = new WeakSet<Error>();
  /** Why the other end is gone; `revival` where another one is about to take its place. */
  #gone: { message: string; cause: unknown; revival: Promise<void> | undefined } | undefined;
  #closed = false;

  /**
   * @param isWorker true at the end in the worker: objects that are more than data stay there, and results are moved.
   */
  constructor(endpoint: Endpoint, isWorker: boolean, options: ChannelOptions = {}) {
    this.#endpoint = endpoint;
    this.#isWorker = isWorker;
    this.#options = options;
  }

  /** Lets the other end call `root` from the start. To be called once, before everything else. */
  offer(root: object): void {
    this.#keeper.keep(root);
  }

  /** Calls a method of the object that the other end offers. */
  start(method: string, args: unknown[]): Promise<unknown> {
    return this.#call({ id: ROOT, times: 0, state: {}, era: this.#standIns.era }, method, args);
  }

  /** Makes a stand-in of a dead worker's object stand for the object of `successor`, of the worker that replaced it. */
  replace(object: object, successor: object): void {
    this.#standIns.replace(object, successor);
  }

  /** Sends a message that is not part of a call. */
  tell(news: News): void {
    this.#post(() => news);
  }

  /** Rejects all calls that wait for an answer, and every later one. */
  close(message: string, cause?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#abandon(message, cause, undefined);
  }

  /**
   * Rejects all calls that wait for an answer, because the other end is gone. Calls made before `revival` is done wait
   * for it; the caller has to {@link replace} the stand-ins until then.
   */
  restart(message: string, cause: unknown, revival: Promise<void>): void {
    if (this.#closed) return;
    this.#abandon(message, cause, revival);
    this.#standIns.nextEra();
    this.#signals.nextEra();
  }

  #abandon(message: string, cause: unknown, revival: Promise<void> | undefined): void {
    this.#gone = { message, cause, revival };
    for (const { reject } of this.#pending.values()) reject(this.#goneError());
    this.#pending.clear();
    this.#keeper.clear();
    this.#endpoint.unref?.();
  }

  #goneError(): Error {
    const { message, cause } = this.#gone!;
    const error = new Error(message, cause === undefined ? undefined : { cause });
    this.#goneErrors.add(error);
    return error;
  }

  /** True for an error that a call got because the other end is gone. */
  isOfItsEnd(error: unknown): error is Error {
    return this.#goneErrors.has(error as Error);
  }

  /**
   * Calls a method of an object that the other end keeps; without `method`, a function that it keeps. The answer
   * rejects with the error that is thrown there, or when the connection ends before.
   *
   * @param holder an object that must not be collected before the answer.
   */
  #call(far: Far, method: string | undefined, args: unknown[], holder?: object): Answer {
    return new Answer((resolve, reject) => {
      if (far.era !== this.#standIns.era || this.#closed) {
        const { revival } = this.#gone!;
        if (!revival || this.#closed) throw this.#goneError();
        const again = () => {
          if (far.era !== this.#standIns.era) throw this.#goneError(); // it did not come back
          return this.#call(far, method, args, holder);
        };
        resolve(revival.then(again));
        return;
      }
      const id = this.#keeper.newId();
      this.#post((pack) => ({ kind: 'call', id, on: far.id, method, args: pack(args) }), {
        label: method ?? 'a callback',
      });
      if (this.#pending.size === 0) this.#endpoint.ref?.();
      this.#pending.set(id, { resolve: resolve, reject, holder });
    });
  }

  /**
   * Sends a message, or nothing. @throws {TypeError | DOMException} if there is something in it that cannot be sent.
   */
  #post(make: (pack: (value: unknown) => OutgoingParcel) => Outgoing, packing: Partial<Packing> = {}): void {
    if (this.#closed) return;
    const moves = new Moves();
    try {
      const sender = {
        keeper: this.#keeper,
        standIns: this.#standIns,
        isWorker: this.#isWorker,
        watch: (signal: AbortSignal) => this.#signals.watch(signal),
      };
      const packer = new Packer(sender, { movesAll: false, origin: undefined, label: 'a message', ...packing, moves });
      this.#endpoint.postMessage(
        make((value) => packer.pack(value)),
        [...moves.buffers],
      );
    } catch (error) {
      moves.undo();
      throw error;
    }
  }

  /** Takes a message that the other end posted. */
  receive(message: Incoming): void {
    if (this.#closed) return;
    switch (message.kind) {
      case 'call':
        void this.#serve(message);
        break;
      case 'result':
      case 'failure': {
        const { resolve, reject, holder } = this.#pending.get(message.id)!;
        this.#pending.delete(message.id);
        if (this.#pending.size === 0) this.#endpoint.unref?.();
        (message.kind === 'result' ? resolve : reject)(this.#unpack(message.value, { holder }));
        break;
      }
      case 'state': {
        const object = this.#standIns.find(message.on);
        if (object) Object.assign(this.#standIns.of(object)!.state, this.#unpack(message.state));
        break;
      }
      case 'set': {
        const kept = this.#keeper.get(message.on)!;
        try {
          (kept.value as State)[message.name] = this.#unpack(message.value);
        } catch (error) {
          kept.state.set(message.name, this); // a value that no property has, so that the present one is sent
          this.#post((pack) => ({ kind: 'refused', value: pack(error) }));
        }
        this.#refresh(kept);
        break;
      }
      case 'refused':
        // Nobody waits for an answer to an assignment: it is told as a rejection that nobody handles.
        void Promise.reject(this.#unpack(message.value));
        break;
      case 'abort':
        this.#signals.find(message.id)?.abort(this.#unpack(message.reason));
        break;
      case 'free':
        this.#free(message.id, message.times);
        break;
      case 'forget':
        this.#signals.forget(message.id);
        break;
      default:
        this.#options.onNews?.(message);
    }
  }

  async #serve({ id, on, method, args }: Incoming & { kind: 'call' }): Promise<void> {
    const kept = this.#keeper.get(on)!;
    const { era } = this.#standIns;
    const target = kept.value as Method & Record<string, Method>;
    const callbacks = new Set<Promise<unknown>>();
    let kind: 'result' | 'failure' = 'result';
    let value: unknown;
    try {
      const given = this.#unpack(args, { callbacks, target: kept }) as unknown[];
      const before = this.#options.prepare?.(target, method);
      if (before) await before;
      const returned = method === undefined ? target(...given) : target[method]!(...given);
      this.#refresh(kept); // because a call that takes long has changed its object by now: a model is training, say
      value = await returned;
      await Promise.all(callbacks); // one that nobody awaited may have failed
    } catch (error) {
      [kind, value] = ['failure', error];
    }
    if (era !== this.#standIns.era) return; // the worker that called is gone
    this.#refresh(kept);
    if (this.#isWorker && isError(value) && value.name === 'RuntimeError') {
      this.tell({ kind: 'crash', message: value.message }); // the module has aborted, for good
      return;
    }
    try {
      // Values of an iterator are copied, because it may yield the same array again and again.
      const movesAll = this.#isWorker && !isIterator(target);
      this.#post((pack) => ({ kind, id, value: pack(value) }), { movesAll, origin: kept, label: 'the answer' });
    } catch (error) {
      this.#post((pack) => ({ kind: 'failure', id, value: pack(error) }));
    }
  }

  /** Tells the other end which properties of an object have changed, and of what it came from. */
  #refresh(from: Kept): void {
    for (let kept: Kept | undefined = from; kept; kept = kept.origin) {
      const { id } = kept;
      const changes = changesOf(kept);
      if (Object.keys(changes).length > 0) this.#post((pack) => ({ kind: 'state', on: id, state: pack(changes) }));
    }
  }

  /** Lets go of an object that the other end has forgotten; the worker also disposes of it. */
  #free(id: OwnId, times: number): void {
    const value = this.#keeper.release(id, times) as { dispose?(): unknown; return?(): unknown } | undefined;
    if (!value || !this.#isWorker || typeof value === 'function') return;
    void (async () => (value.dispose ?? value.return)?.call(value))().catch(() => undefined);
  }

  /** The value of a parcel, with its insets put into their places. */
  #unpack({ value, insets }: IncomingParcel, arrival: Arrival = {}): unknown {
    const root: State = { value };
    for (const { path, hidden, content } of insets) {
      const places = ['value', ...path];
      const last = places.pop()!;
      const parent = places.reduce((within, key) => within[key] as State, root);
      Object.defineProperty(parent, last, {
        value: this.#unpackContent(content, arrival),
        enumerable: !hidden,
        writable: true,
        configurable: true,
      });
    }
    return root['value'];
  }

  #unpackContent(content: Content<FarId, OwnId>, arrival: Arrival): unknown {
    switch (content.kind) {
      case 'own':
        return this.#keeper.get(content.id)!.value;
      case 'signal': {
        const controller = this.#signals.standIn(content.id);
        if (content.aborted) controller.abort(this.#unpack(content.reason));
        return controller.signal;
      }
      case 'error': {
        const cause = content.cause && { cause: this.#unpack(content.cause) };
        const error = unpackError(content.error, cause);
        this.#standIns.add(error, content.id);
        return error;
      }
      case 'function':
        return this.#farFunction(content.id, arrival);
      case 'iterable': {
        const open = this.#farFunction(content.id, {});
        return { [Symbol.asyncIterator]: () => open() as Answer };
      }
      case 'object':
        return this.#farObject(content, arrival);
    }
  }

  /** A function that calls a function of the other end, and stands in for it when it is sent back there. */
  #farFunction(id: FarId, { callbacks, target }: Arrival): Method {
    const call = (...args: unknown[]) => {
      if (target) this.#refresh(target);
      const answer = this.#call(far, undefined, args);
      // An error goes to whoever listens to this answer; if nobody does, to the call that brought the function.
      const done = () => void callbacks?.delete(answer);
      callbacks?.add(answer);
      void Promise.prototype.then.call(answer, done, () => undefined);
      answer.onHeard = done;
      return answer;
    };
    const far = this.#standIns.add(call, id);
    return call;
  }

  /** The stand-in of an object of the other end: always the same one, as long as it is in use. */
  #farObject(content: ObjectContent<FarId, OwnId>, { holder }: Arrival): object {
    const state = this.#unpack(content.state) as State;
    const known = this.#standIns.find(content.id);
    if (known) {
      const far = this.#standIns.of(known)!;
      ++far.times;
      Object.assign(far.state, state);
      return known;
    }
    const object = {};
    this.#standIns.add(object, content.id, state);
    if (holder) this.#origins.set(object, holder);
    this.#equip(object, content);
    this.#options.onObject?.(object);
    return object;
  }

  /** Gives a stand-in its methods and properties. */
  #equip(object: object, { methods, writable }: ObjectContent<FarId, OwnId>): void {
    const far = this.#standIns.of(object)!;
    const define = (name: PropertyKey, property: PropertyDescriptor) =>
      Object.defineProperty(object, name, { enumerable: true, configurable: true, ...property });
    for (const name of methods) {
      define(name, {
        value: (...args: unknown[]) => filling(args.at(-1), this.#call(far, name, args, object)),
        writable: true,
      });
    }
    for (const name of Object.keys(far.state)) {
      const set = (value: unknown) => {
        if (far.era === this.#standIns.era)
          this.#post((pack) => ({ kind: 'set', on: far.id, name, value: pack(value) }));
        far.state[name] = value;
      };
      define(name, { get: () => far.state[name], ...(writable.includes(name) && { set }) });
    }
    if (methods.includes('next')) define(Symbol.asyncIterator, { value: () => object, enumerable: false });
    if (!methods.includes('dispose')) return;
    const dispose = () => this.#call(far, 'dispose', [], object).then(undefined, () => undefined);
    if (Symbol.dispose) define(Symbol.dispose, { value: () => void dispose(), enumerable: false });
    if (Symbol.asyncDispose) define(Symbol.asyncDispose, { value: dispose, enumerable: false });
  }
}

/** The reason of a signal that was packed. */
function reasonOf({ insets: [inset] }: OutgoingParcel): OutgoingParcel {
  return (inset!.content as Content<OwnId, FarId> & { kind: 'signal' }).reason;
}
