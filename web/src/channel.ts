/**
 * Calls between a page and its worker: the same code at both ends, every message in order.
 *
 * Values cross by structured clone, but for what it can not carry: functions stay where they are and are
 * called from afar, and so do the worker's objects that are more than data; errors keep their class; signals
 * abort.
 */
import { Answer, filling } from './answer.js';
import type { Content, Id, Inset, Message, Parcel, Path } from './messages.js';
import {
  comparable,
  isObject,
  packBuffer,
  packError,
  packView,
  propertiesOf,
  read,
  takeMark,
  unpackError,
} from './parcel.js';

/** The way to the other end. */
export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  /** Called while an answer is awaited, so that Node goes on, and when none is any more. */
  ref?(): void;
  unref?(): void;
}

type State = Record<string, unknown>;
type Method = (...args: unknown[]) => unknown;

/** How a message is packed. */
interface Packing {
  /** What is moved along with it. */
  buffers: Set<Transferable>;
  /** Whether arrays are moved rather than copied. */
  moves: boolean;
  /** What the call was made on that it answers. */
  origin: Kept | undefined;
}

interface Kept {
  id: Id;
  value: object;
  /** Of objects: their properties as the other end knows them. */
  state: Map<string, unknown>;
  /** What it came from: an iterator's model, say, whose state changes with every step. */
  origin: Kept | undefined;
}

/** What arrives belongs to it: the object that a call was made on, the callbacks among a call's arguments. */
interface Arrival {
  origin?: object | undefined;
  callbacks?: Set<Promise<unknown>>;
}

const isIterator = (value: object): value is AsyncIterable<unknown> => Symbol.asyncIterator in value;

/** What gives the values: the iterable itself, where that is one. */
const iteratorOf = (value: AsyncIterable<unknown>): object =>
  'next' in value ? value : value[Symbol.asyncIterator]();

/** One end of the connection. */
export class Channel {
  readonly #endpoint: Endpoint;
  readonly #isWorker: boolean;
  readonly #onNews: ((message: Message) => void) | undefined;
  #nextId = 0;
  readonly #kept = new Map<Id, Kept>();
  /** Calls without an answer yet, each with what must not be collected until it comes. */
  readonly #pending = new Map<Id, { resolve: Method; reject: Method; holder: object | undefined }>();
  /** Of what stands for something of the other end: its number there. */
  readonly #remotes = new WeakMap<object, Id>();
  readonly #states = new Map<Id, State>();
  /** An object from afar keeps what it came from: the worker lives as long as one of its models. */
  readonly #origins = new WeakMap<object, object>();
  readonly #signals = new WeakMap<AbortSignal, Id>();
  readonly #controllers = new Map<Id, AbortController>();
  readonly #forgotten = new FinalizationRegistry<Message & { kind: 'free' | 'forget' }>((message) => {
    this.#states.delete(message.id);
    this.#post(() => message);
  });
  #closed: { message: string; cause: unknown } | undefined;

  /**
   * @param isWorker whether objects that are more than data stay here, and results are moved rather than
   * copied.
   * @param onNews hears what is not part of a call.
   */
  constructor(endpoint: Endpoint, isWorker: boolean, onNews?: (message: Message) => void) {
    this.#endpoint = endpoint;
    this.#isWorker = isWorker;
    this.#onNews = onNews;
  }

  /** Keeps `value` for the other end to call; returns its number, which is 0 for the first. */
  keep(value: object, origin?: Kept): Id {
    const id = this.#nextId++;
    this.#kept.set(id, { id, value, state: new Map(), origin });
    return id;
  }

  /**
   * Calls a method of the other end's object `on`, or `on` itself. The answer rejects with what is thrown
   * there, or when the connection ends before it comes.
   *
   * @param holder is not collected before the answer.
   */
  call(on: Id, method: string | undefined, args: unknown[], holder?: object): Promise<unknown> {
    return new Answer((resolve, reject) => {
      if (this.#closed) throw this.#closingError();
      const id = this.#nextId++;
      this.#post((pack) => ({ kind: 'call', id, on, method, args: pack(args) }));
      if (this.#pending.size === 0) this.#endpoint.ref?.();
      this.#pending.set(id, { resolve: resolve as Method, reject, holder });
    });
  }

  /** Sends what is not part of a call. */
  tell(message: Message & { kind: 'ready' | 'crash' }): void {
    this.#post(() => message);
  }

  /** Rejects all that waits for an answer, and every later call. */
  close(message: string, cause?: unknown): void {
    if (this.#closed) return;
    this.#closed = { message, cause };
    for (const { reject } of this.#pending.values()) reject(this.#closingError());
    this.#pending.clear();
    this.#kept.clear();
    this.#endpoint.unref?.();
  }

  #closingError(): Error {
    const { message, cause } = this.#closed!;
    return new Error(message, cause === undefined ? undefined : { cause });
  }

  /** @throws {DOMException} when there is something in it that can not be cloned; then nothing is posted. */
  #post(
    make: (pack: (value: unknown) => Parcel) => Message,
    { moves = false, origin }: Partial<Packing> = {},
  ): void {
    if (this.#closed) return;
    const packing: Packing = { buffers: new Set(), moves, origin };
    const message = make((value) => this.#pack(value, packing));
    this.#endpoint.postMessage(message, [...packing.buffers]);
  }

  /** Takes what the other end posted. */
  receive(message: Message): void {
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
        (message.kind === 'result' ? resolve : reject)(this.#unpack(message.value, { origin: holder }));
        break;
      }
      case 'state': {
        const state = this.#states.get(message.on);
        if (state) Object.assign(state, this.#unpack(message.state));
        break;
      }
      case 'set': {
        const kept = this.#kept.get(message.on)!;
        try {
          (kept.value as State)[message.name] = this.#unpack(message.value);
        } catch (error) {
          kept.state.set(message.name, this); // which it is not: it is sent as it is
          this.#post((pack) => ({ kind: 'refused', value: pack(error) }));
        }
        this.#refresh(kept);
        break;
      }
      case 'refused':
        // Nobody waits for an answer to an assignment: it is told as a rejection that nobody handles.
        void Promise.reject(this.#unpack(message.value) as Error);
        break;
      case 'abort':
        this.#controllers.get(message.id)?.abort(this.#unpack(message.reason));
        break;
      case 'free':
        this.#free(message.id);
        break;
      case 'forget':
        this.#controllers.delete(message.id);
        break;
      default:
        this.#onNews?.(message);
    }
  }

  async #serve({ id, on, method, args }: Message & { kind: 'call' }): Promise<void> {
    const kept = this.#kept.get(on)!;
    const target = kept.value as Method & Record<string, Method>;
    const callbacks = new Set<Promise<unknown>>();
    let kind: 'result' | 'failure' = 'result';
    let value: unknown;
    try {
      const given = this.#unpack(args, { callbacks }) as unknown[];
      const returned = method === undefined ? target(...given) : target[method]!(...given);
      this.#refresh(kept); // whether it is training, for one, before that is over
      value = await returned;
      await Promise.all(callbacks); // one that nobody awaited may have failed
    } catch (error) {
      [kind, value] = ['failure', error];
    }
    this.#refresh(kept);
    if (this.#isWorker && value instanceof WebAssembly.RuntimeError) {
      this.tell({ kind: 'crash', message: value.message }); // the module has aborted, for good
      return;
    }
    try {
      // What an iterator yields may be the same array again and again.
      const moves = this.#isWorker && !isIterator(target);
      this.#post((pack) => ({ kind, id, value: pack(value) }), { moves, origin: kept });
    } catch (error) {
      this.#post((pack) => ({ kind: 'failure', id, value: pack(error) }));
    }
  }

  /** Tells the other end which properties of an object have changed, and of what it came from. */
  #refresh(from: Kept): void {
    for (let kept: Kept | undefined = from; kept; kept = kept.origin) {
      const { id, value, state } = kept;
      const changes: State = {};
      for (const [name, known] of state) {
        const content = read(value, name);
        const now = comparable(content);
        if (Object.is(now, known)) continue;
        state.set(name, now);
        changes[name] = content;
      }
      if (Object.keys(changes).length > 0) {
        this.#post((pack) => ({ kind: 'state', on: id, state: pack(changes) }));
      }
    }
  }

  /** The other end has forgotten what is kept for it. */
  #free(id: Id): void {
    const { value } = this.#kept.get(id) as { value: { dispose?(): unknown; return?(): unknown } };
    this.#kept.delete(id);
    for (const other of this.#kept.values()) if (other.value === value) return;
    if (!this.#isWorker || typeof value === 'function') return;
    void (async () => (value.dispose ?? value.return)?.call(value))().catch(() => undefined);
  }

  #pack(value: unknown, packing: Packing): Parcel {
    const insets: Inset[] = [];
    return { value: this.#packPart([], value, insets, packing), insets };
  }

  /** What structured clone shall carry in the place of `value`; what it can not goes into `insets`. */
  #packPart(
    path: Path,
    value: unknown,
    insets: Inset[],
    packing: Packing,
    owner?: object,
    hidden = false,
  ): unknown {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
    const inset = (content: Content): undefined => void insets.push({ path, hidden, content });
    const own = this.#remotes.get(value);
    if (own !== undefined) return inset({ kind: 'own', id: own });
    if (typeof value === 'function') {
      // As a method of the object that it stands in, which may be its `this`.
      const call = (...args: unknown[]) => (value as Method).apply(owner, args);
      return inset({ kind: 'function', id: this.keep(call) });
    }
    if (takeMark(value)) packing = { ...packing, moves: true };
    if (ArrayBuffer.isView(value)) return packView(value, packing.buffers, packing.moves);
    if (value instanceof ArrayBuffer) return packBuffer(value, packing.buffers, packing.moves);
    if (value instanceof AbortSignal) {
      const { aborted, reason } = value;
      return inset({ kind: 'signal', id: this.#watch(value), aborted, reason: this.#pack(reason, packing) });
    }
    if (value instanceof Error || value instanceof DOMException) {
      const cause = 'cause' in value ? this.#pack(value.cause, packing) : undefined;
      return inset({ kind: 'error', id: this.keep(value), error: packError(value), cause });
    }
    if (value instanceof URL) return value.href;

    const part = (key: string | number, content: unknown, isHidden = false) =>
      this.#packPart([...path, key], content, insets, packing, value, isHidden);
    if (Array.isArray(value)) {
      const isPlain = !value.some((content) => typeof content === 'object' || typeof content === 'function');
      return isPlain ? value : value.map((content, i) => part(i, content));
    }
    if (isIterator(value)) return inset(this.#describe(iteratorOf(value), packing));
    if (!isObject(value)) return value; // a Blob, a Map …
    const prototype: unknown = Object.getPrototypeOf(value);
    const isData = prototype === Object.prototype || prototype === null;
    if (this.#isWorker && !isData) return inset(this.#describe(value, packing));
    const packed = Object.fromEntries(
      Object.entries(value).map(([key, content]) => [key, part(key, content)]),
    );
    if (!isData) {
      // An object of a class of the caller's: callbacks, say. Its methods cross with it.
      for (const [name, { value: content }] of propertiesOf(value)) {
        if (typeof content === 'function' && !(name in packed)) part(name, content, true);
      }
    }
    return packed;
  }

  /** Keeps an object here; what the other end needs to know of it. */
  #describe(object: object, packing: Packing): Content {
    const id = this.keep(object, packing.origin);
    const known = this.#kept.get(id)!.state;
    const methods: string[] = [];
    const writable: string[] = [];
    const state: State = {};
    for (const [name, property] of propertiesOf(object)) {
      const content = read(object, name);
      if (typeof content === 'function') {
        methods.push(name);
        continue;
      }
      state[name] = content;
      known.set(name, comparable(content));
      if (property.writable || property.set) writable.push(name);
    }
    return { kind: 'object', id, methods, state: this.#pack(state, { ...packing, moves: false }), writable };
  }

  /** Listens to a signal, once for all the times that it is sent. */
  #watch(signal: AbortSignal): Id {
    const known = this.#signals.get(signal);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    this.#signals.set(signal, id);
    this.#forgotten.register(signal, { kind: 'forget', id });
    const onAbort = ({ currentTarget }: Event) =>
      this.#post((pack) => ({ kind: 'abort', id, reason: pack((currentTarget as AbortSignal).reason) }));
    signal.addEventListener('abort', onAbort, { once: true });
    return id;
  }

  #unpack({ value, insets }: Parcel, arrival: Arrival = {}): unknown {
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

  #unpackContent(content: Content, arrival: Arrival): unknown {
    const { id } = content;
    switch (content.kind) {
      case 'own':
        return this.#kept.get(id)!.value;
      case 'signal': {
        let controller = this.#controllers.get(id);
        if (!controller) this.#controllers.set(id, (controller = new AbortController()));
        if (content.aborted) controller.abort(this.#unpack(content.reason));
        return controller.signal;
      }
      case 'error': {
        const cause = content.cause && { cause: this.#unpack(content.cause) };
        return this.#remote(unpackError(content.error, cause), id);
      }
      case 'function': {
        const { callbacks } = arrival;
        return this.#remote((...args: unknown[]) => {
          const answer = this.call(id, undefined, args);
          callbacks?.add(answer);
          answer.then(
            () => callbacks?.delete(answer),
            () => undefined, // heard by who called, or at the end of the call that it was given to
          );
          return answer;
        }, id);
      }
      case 'object': {
        const state = this.#unpack(content.state) as State;
        this.#states.set(id, state);
        const object = this.#remote({}, id);
        if (arrival.origin) this.#origins.set(object, arrival.origin);
        this.#equip(object, content, state);
        return object;
      }
    }
  }

  /** Makes `object` stand for what the other end keeps under `id`: when it is collected, that is freed. */
  #remote<Remote extends object>(object: Remote, id: Id): Remote {
    this.#remotes.set(object, id);
    this.#forgotten.register(object, { kind: 'free', id });
    return object;
  }

  /** Gives an object that stands for one over there its methods and properties. */
  #equip(object: object, { id, methods, writable }: Content & { kind: 'object' }, state: State): void {
    const define = (name: PropertyKey, property: PropertyDescriptor) =>
      Object.defineProperty(object, name, { enumerable: true, configurable: true, ...property });
    for (const name of methods) {
      define(name, {
        value: (...args: unknown[]) => filling(args.at(-1), this.call(id, name, args, object)),
        writable: true,
      });
    }
    for (const name of Object.keys(state)) {
      const set = (value: unknown) => {
        state[name] = value;
        this.#post((pack) => ({ kind: 'set', on: id, name, value: pack(value) }));
      };
      define(name, { get: () => state[name], ...(writable.includes(name) && { set }) });
    }
    if (methods.includes('next')) define(Symbol.asyncIterator, { value: () => object, enumerable: false });
    if (!methods.includes('dispose')) return;
    const dispose = () => this.call(id, 'dispose', [], object).then(undefined, () => undefined);
    if (Symbol.dispose) define(Symbol.dispose, { value: () => void dispose(), enumerable: false });
    if (Symbol.asyncDispose) define(Symbol.asyncDispose, { value: dispose, enumerable: false });
  }
}
