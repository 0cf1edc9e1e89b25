/** Callbacks: one function for each moment of the training, out of however many objects the caller gave. */
import { checkFunction, checkObject, typeError } from './check.js';
import type { Callbacks, TrainingParams } from './types.js';
import type { Sequential } from './model.js';

const MOMENTS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onYield',
] as const;

const CALLBACK_KEYS: readonly (keyof Callbacks)[] = [...MOMENTS, 'setModel', 'setParams'];

/** What is to be called; nothing where no callback wants to know. */
export type Hooks = Pick<Callbacks, (typeof MOMENTS)[number]>;

/** The callbacks as a list, checked. */
export function checkCallbacks(argument: string, callbacks: unknown): Callbacks[] {
  if (!Array.isArray(callbacks)) return [checkCallback(argument, callbacks as Callbacks)];
  return callbacks.map((callback: Callbacks, i) => checkCallback(`${argument}[${i}]`, callback));
}

function checkCallback(argument: string, callback: Callbacks): Callbacks {
  if (callback === null || typeof callback !== 'object') throw typeError(argument, 'an object', callback);
  // An instance of a class may keep what it likes; in a plain object an unknown key is a slip.
  if ([Object.prototype, null].includes(Object.getPrototypeOf(callback) as object | null)) {
    checkObject(argument, callback, CALLBACK_KEYS);
  }
  for (const key of CALLBACK_KEYS) {
    if (callback[key] !== undefined) checkFunction(`${argument}.${key}`, callback[key]);
  }
  return callback;
}

/** Introduces the callbacks to the model and the plan, then puts them together, each with itself as its `this`. */
export function joinCallbacks(callbacks: Callbacks[], model: Sequential, params: TrainingParams): Hooks {
  for (const callback of callbacks) {
    callback.setParams?.(params);
    callback.setModel?.(model);
  }
  const hooks: Record<string, unknown> = {};
  for (const moment of MOMENTS) {
    const wanted = callbacks.filter((callback) => callback[moment] !== undefined);
    if (wanted.length === 0) continue;
    hooks[moment] = async (...args: unknown[]) => {
      for (const callback of wanted) await (callback[moment] as (...args: unknown[]) => unknown)(...args);
    };
  }
  return hooks;
}
