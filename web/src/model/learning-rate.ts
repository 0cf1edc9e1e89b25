/** The learning rate of a model, and how the core gets that of each step. */
import { checkNumber } from '../check/arguments.js';
import { compiledOf, type Handle } from './handle.js';
import type { OptimizerConfig } from './optimizers.js';
import type { LearningRate } from './schedule-options.js';
import { rateOf, resolveRate, schedules, type Rate } from './schedules.js';
import type { Scope } from '../wasm/heap.js';
import { writeDoubles } from '../wasm/heap.js';
import type { Pointer } from '../wasm/native.js';

/** Steps whose rates are handed to the core at once. */
export const RATES_AHEAD = 256;

function rateFunction(handle: Handle): Rate | undefined {
  const { learningRate } = handle.compiled!.optimizer;
  if (typeof learningRate === 'function') return learningRate;
  return typeof learningRate === 'object' ? rateOf(learningRate) : undefined;
}

/** The rate of the next step. @throws {TypeError | RangeError} where a function gives none. */
export function learningRateOf(handle: Handle): number {
  const { learningRate } = compiledOf(handle, 'learningRate').optimizer;
  if (typeof learningRate === 'number') return learningRate;
  return rateAt(rateFunction(handle)!, handle.native.stepsDone());
}

export function setLearningRate(handle: Handle, value: LearningRate): void {
  const { optimizer } = compiledOf(handle, 'learningRate');
  const learningRate = resolveRate('learningRate', value === 0 ? schedules.constant({ learningRate: 0 }) : value);
  handle.compiled = { ...handle.compiled!, optimizer: { ...optimizer, learningRate } };
  if (typeof learningRate === 'number') handle.native.setLearningRate(learningRate);
}

/** An optimizer as it is saved: a function as the rate that it gives now. */
export function savedOptimizer(handle: Handle): OptimizerConfig {
  const { optimizer } = handle.compiled!;
  if (typeof optimizer.learningRate !== 'function') return optimizer;
  return { ...optimizer, learningRate: { name: 'constant', learningRate: learningRateOf(handle) } };
}

function rateAt(rate: Rate, step: number): number {
  return checkNumber(`learningRate at step ${step}`, rate(step), 0, 1e37);
}

/** The rates of the coming steps, in memory that ends with the scope. */
export class Rates {
  readonly #handle: Handle;
  readonly #scope: Scope;
  readonly #numbers = new Float64Array(RATES_AHEAD);
  #place: Pointer = 0;
  #config: OptimizerConfig | undefined;
  #rate: Rate | undefined;

  constructor(handle: Handle, scope: Scope) {
    this.#handle = handle;
    this.#scope = scope;
  }

  /** True if the rate may be another one at each step. */
  get vary(): boolean {
    const { optimizer } = this.#handle.compiled!;
    if (this.#config !== optimizer) {
      this.#config = optimizer;
      this.#rate = rateFunction(this.#handle);
    }
    return this.#rate !== undefined;
  }

  /**
   * Address of the rates of the next steps, and their number: at most `wanted`, fewer if one of them is no valid rate.
   *
   * @throws {TypeError | RangeError} if the very next one is not valid.
   */
  next(wanted: number): { place: Pointer; count: number } {
    const first = this.#handle.native.stepsDone();
    const count = Math.min(wanted, RATES_AHEAD);
    let filled = 0;
    try {
      for (; filled < count; ++filled) this.#numbers[filled] = rateAt(this.#rate!, first + filled);
    } catch (error) {
      if (filled === 0) throw error;
    }
    this.#place ||= this.#scope.allocate(this.#numbers.byteLength);
    writeDoubles(this.#place, this.#numbers);
    return { place: this.#place, count: filled };
  }
}
