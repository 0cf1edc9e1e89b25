/** Checkpoints of a worker's models, kept in the page for the worker that takes the place of one that died. */
import { messageOf } from '../check/realm.js';
import type { Callbacks } from '../training/callbacks.js';
import type { Channel } from './channel.js';

type Method = (...args: unknown[]) => Promise<unknown>;

/** The part of a worker's model that is used here. */
type WatchedModel = Record<string, Method> & { isDisposed: boolean };

/** The part of a worker's package that is used here. */
type Loader = Record<'loadModel' | 'loadCheckpoint', (bytes: Uint8Array) => Promise<object>>;

interface Snapshot {
  bytes: Uint8Array;
  by: keyof Loader;
}

/** Place of the options among the arguments of methods that train. */
const TRAINING = { fit: 2, steps: 2, fitDataset: 1 };

/** Methods that change a model. */
const CHANGES = ['compile', 'adapt', 'setWeights', 'fit', 'fitDataset'];

/** Properties that files hold. */
const SET = ['classNames', 'featureNames', 'metadata'];

export class Snapshots {
  readonly #models = new Set<WeakRef<WatchedModel>>();
  readonly #snapshots = new WeakMap<object, Snapshot>();
  #isRestoring = false;
  readonly #isOver: (error: unknown) => error is Error;

  /** @param isOver tells if an error came of the end of the worker. */
  constructor(isOver: (error: unknown) => error is Error) {
    this.#isOver = isOver;
  }

  /** Keeps a copy of a model from now on: after each epoch, and each call that changes it. */
  watch(object: object): void {
    const model = object as WatchedModel;
    if (this.#isRestoring || !model['checkpoint'] || !model['compile']) return;
    this.#models.add(new WeakRef(model));
    const keep: Callbacks = { runsLast: true, onEpochEnd: async () => void (await this.#take(model)) };
    for (const [name, place] of Object.entries(TRAINING)) {
      const train = model[name]!;
      define(model, name, (...args) => train(...withCallback(args, place, keep)));
    }
    for (const name of CHANGES) {
      const change = model[name]!;
      define(model, name, async (...args) => {
        const result = await change(...args);
        const failure = await this.#take(model);
        // A change that was made but not kept is lost with the worker: the caller must not believe in it.
        if (this.#isOver(failure)) throw failure;
        return result;
      });
    }
    for (const name of SET) {
      const { get, set } = Object.getOwnPropertyDescriptor(model, name)!;
      const keepSet = (value: unknown) => {
        set!(value);
        void this.#take(model);
      };
      Object.defineProperty(model, name, { get: get!, set: keepSet, enumerable: true, configurable: true });
    }
    void this.#take(model);
  }

  /** Takes a snapshot. If that fails, because the worker or the model is gone, the one before stays; returns why. */
  async #take(model: WatchedModel): Promise<unknown> {
    try {
      const bytes = (await model['checkpoint']!()) as Uint8Array;
      this.#snapshots.set(model, { bytes, by: 'loadCheckpoint' });
      return undefined;
    } catch (error) {
      // Only a model that is not compiled is saved without a checkpoint, because the state of an optimizer would be
      // lost.
      if (!/expected a compiled model/.test(messageOf(error))) return error;
    }
    try {
      const bytes = (await model['save']!()) as Uint8Array;
      const isKnownCompiled = this.#snapshots.get(model)?.by === 'loadCheckpoint';
      if (!isKnownCompiled) this.#snapshots.set(model, { bytes, by: 'loadModel' });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Makes the models anew in another worker, each in the place of its own; resolves to those that came back. */
  async restore(mlp: Loader, channel: Channel): Promise<object[]> {
    const restored: object[] = [];
    this.#isRestoring = true;
    try {
      for (const ref of this.#models) {
        const model = ref.deref();
        const snapshot = model && this.#snapshots.get(model);
        if (!model || model.isDisposed) this.#models.delete(ref);
        else if (snapshot) {
          channel.replace(model, await mlp[snapshot.by](snapshot.bytes));
          restored.push(model);
        }
      }
    } finally {
      this.#isRestoring = false;
    }
    return restored;
  }
}

function define(model: object, name: string, value: Method): void {
  Object.defineProperty(model, name, { value, enumerable: true, configurable: true, writable: true });
}

/** The arguments with one more callback among the options. */
function withCallback(args: unknown[], place: number, callback: Callbacks): unknown[] {
  const options = (args[place] ?? {}) as { callbacks?: unknown };
  if (typeof options !== 'object') return args; // the call refuses these options
  const { callbacks = [] } = options;
  const list: unknown[] = Array.isArray(callbacks) ? callbacks : [callbacks];
  return Object.assign([...args], { [place]: { ...options, callbacks: [...list, callback] } });
}
