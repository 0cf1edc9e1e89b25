/** Callbacks: one function for each moment of the training, out of however many objects the caller gave. */
import type { ByteArray } from '../check/realm.js';
import { checkArray, checkFunction, checkName, isPlain, typeError } from '../check/arguments.js';
import { closest } from '../check/did-you-mean.js';
import type { CallbackState } from '../model/handle.js';
import type { Logs } from '../model/logs.js';
import type { EvaluateOptions } from '../model/evaluate.js';
import type { LearningRate } from '../model/schedule-options.js';
import type { Weight } from '../model/weights.js';
import type { Inputs } from '../data/samples.js';
import type { Targets } from '../data/targets.js';

/** The plan of a training, for callbacks. */
export interface TrainingParams {
  epochs: number;
  initialEpoch: number;
  /** Batches of an epoch; absent where nobody knows. */
  steps?: number;
  /** Absent where batches come as they are. */
  batchSize?: number;
  verbose: number;
  /** The names in the logs of an epoch. */
  metrics: string[];
}

/**
 * Called while {@link Sequential.fit} runs; asynchronous ones are awaited. Names and order as in TensorFlow.js. The
 * object may have fields and methods of its own, and be an instance of a class: each is called with itself as `this`.
 */
export interface Callbacks {
  /** Before everything else, when the training is planned; may throw or reject to refuse it. */
  setParams?(params: TrainingParams): void | Promise<void>;
  /** Thereafter: gives the model that is going to be trained. In a worker's training its methods return promises. */
  setModel?(model: TrainedModel): void | Promise<void>;
  onTrainBegin?(): void | Promise<void>;
  onTrainEnd?(logs?: Logs): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** `logs` holds the running means of the epoch, and the validation's figures with a `val` prefix. */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  onBatchBegin?(batch: number): void | Promise<void>;
  /** `logs` holds the running means of the epoch so far, and `size`, the samples of this batch. */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /**
   * Each time `fit` lets the event loop run, about every 10 ms: progress without the cost of a call per batch.
   * `batch` counts the batches done in this epoch; `logs` are its running means so far.
   */
  onYield?(epoch: number, batch: number, logs: Logs): void | Promise<void>;
  /**
   * Its state, for when the training goes on with `resume`: numbers, texts, arrays and objects of these, and
   * `Float32Array`s. Kept with the model, and in each {@link Sequential.checkpoint}.
   */
  getState?(): unknown;
  /** Before `onTrainBegin` of a training that goes on: what `getState` gave when it stopped. */
  setState?(state: unknown): void | Promise<void>;
  /** By what its state is found again; of equal names the first one in the list gets the first state. Default `''`. */
  name?: string;
  /** True to call its `onEpochEnd` after those of all others, as for one that saves their states. Default false. */
  runsLast?: boolean;
}

/** The model that is being trained, as callbacks see it: a {@link Sequential}, whose class this room cannot import. */
export interface TrainedModel {
  readonly name: string;
  readonly seed: number;
  readonly isDisposed: boolean;
  /** Set it to true to end the training at the next yield. */
  stopTraining: boolean;
  get learningRate(): number;
  set learningRate(value: LearningRate);
  evaluate(x: Inputs, y: Targets, options?: EvaluateOptions): Logs;
  predict(x: Inputs, options?: { batchSize?: number }): Float32Array;
  getWeights(): Weight[];
  setWeights(weights: readonly Pick<Weight, 'shape' | 'data'>[]): void;
  save(): Promise<ByteArray>;
  checkpoint(): ByteArray;
  checkFinite(batch: number, loss: number): boolean;
}

const MOMENTS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onYield',
] as const;

/** Everything that training calls. */
const METHODS = [...MOMENTS, 'setModel', 'setParams', 'getState', 'setState'] as const;

/** Everything that training looks at; what else there is belongs to the callback. */
export const CALLBACK_KEYS: readonly (keyof Callbacks)[] = [...METHODS, 'name', 'runsLast'];

/** Methods to call; absent if no callback has them. */
export type Hooks = Pick<Callbacks, (typeof MOMENTS)[number]>;

/** Callbacks as one. */
export interface JoinedCallbacks {
  hooks: Hooks;
  /** Done when all know the model and the plan; rejects where one refuses. */
  introduced: Promise<void>;
  /** Their states; of one that answers by promises, as of the last {@link JoinedCallbacks.refresh}. */
  states(): CallbackState[];
  refresh(): Promise<void>;
  restore(states: readonly CallbackState[]): Promise<void>;
}

/** The callbacks as a list, checked. */
export function checkCallbacks(argument: string, callbacks: unknown): Callbacks[] {
  if (!Array.isArray(callbacks)) return [checkCallback(argument, callbacks as Callbacks)];
  return checkArray(argument, callbacks, 'an array').map((callback, i) =>
    checkCallback(`${argument}[${i}]`, callback as Callbacks),
  );
}

function checkCallback(argument: string, callback: Callbacks): Callbacks {
  if (
    callback === null ||
    typeof callback !== 'object' ||
    !(isPlain(callback) || METHODS.some((key) => callback[key]))
  ) {
    throw typeError(argument, 'an object', callback);
  }
  for (const key of METHODS) {
    if (callback[key] !== undefined) checkFunction(`${argument}.${key}`, callback[key]);
  }
  for (const name of methodsOf(callback)) {
    // Fields and methods are its own; but a function that was meant to be called, and would not be, is a slip.
    if (isMisspelt(name, isOfNoClass(callback))) checkName(`${argument}: option`, name, METHODS);
  }
  return callback;
}

function isOfNoClass(object: object): boolean {
  return [Object.prototype, null].includes(Object.getPrototypeOf(object) as object | null);
}

function isMisspelt(name: string, isOfNoClass: boolean): boolean {
  if ((METHODS as readonly string[]).includes(name)) return false;
  if (/^on/i.test(name)) return closest(name, METHODS) !== undefined || (isOfNoClass && /^on[A-Z]/.test(name));
  const plain = name.toLowerCase().replace('_', '');
  return METHODS.some((method) => method.toLowerCase() === plain);
}

/** Names of what can be called in an object, as its own and in the classes that are the program's. */
function methodsOf(object: object): string[] {
  const names = new Set<string>();
  for (let from = object; from && from !== Object.prototype; from = Object.getPrototypeOf(from) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}

/** Introduces the callbacks to the model and the plan, then puts them together, each with itself as its `this`. */
export function joinCallbacks(callbacks: Callbacks[], model: TrainedModel, params: TrainingParams): JoinedCallbacks {
  const introductions: unknown[] = [];
  for (const callback of callbacks) {
    introductions.push(callback.setParams?.(params), callback.setModel?.(model));
  }
  const introduced = Promise.all(introductions).then(() => undefined);
  introduced.catch(() => {}); // heard when training begins
  const hooks: Record<string, unknown> = {};
  for (const moment of MOMENTS) {
    let wanted = callbacks.filter((callback) => callback[moment] !== undefined);
    if (wanted.length === 0) continue;
    if (moment === 'onEpochEnd') {
      wanted = [...wanted.filter(({ runsLast }) => !runsLast), ...wanted.filter(({ runsLast }) => runsLast)];
    }
    hooks[moment] = async (...args: unknown[]) => {
      for (const callback of wanted) await (callback[moment] as (...args: unknown[]) => unknown)(...args);
    };
  }
  return { hooks, introduced, ...memoryOf(callbacks) };
}

/** How what callbacks know is kept. */
function memoryOf(callbacks: readonly Callbacks[]): Pick<JoinedCallbacks, 'states' | 'refresh' | 'restore'> {
  const nameOf = ({ name }: Callbacks) => (typeof name === 'string' ? name : '');
  const knowing = callbacks.filter(({ getState }) => getState !== undefined);
  const known = new Map<Callbacks, unknown>();
  const slow = new Set<Callbacks>(); // from afar, say
  const ask = (callback: Callbacks): unknown => {
    const state = callback.getState!();
    if (isPromise(state)) slow.add(callback);
    return state;
  };
  return {
    states: () =>
      knowing.map((callback) => {
        const state = slow.has(callback) ? known.get(callback) : ask(callback);
        return { name: nameOf(callback), state: isPromise(state) ? known.get(callback) : structuredClone(state) };
      }),
    async refresh() {
      for (const callback of knowing) {
        const state = ask(callback);
        if (isPromise(state)) known.set(callback, await state);
      }
    },
    async restore(states) {
      const left = [...states];
      for (const callback of callbacks) {
        if (!callback.setState) continue;
        const place = left.findIndex(({ name }) => name === nameOf(callback));
        if (place >= 0) await callback.setState(left.splice(place, 1)[0]!.state);
      }
    },
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined | null)?.then === 'function';
}
