/** The learning rate of a model, and how the core gets that of each step. */
import { checkNumber } from './check.js';
import { compiledOf, type Core } from './core.js';
import { writeDoubles, type Scope } from './heap.js';
import { rateOf, resolveRate, schedules, type Rate } from './schedules.js';
import type { LearningRate, OptimizerConfig } from './types.js';
import type { Pointer } from './wasm.js';

/** Steps whose rates are handed to the core at once. */
export const RATES_AHEAD = 256;

function rateFunction(core: Core): Rate | undefined {
  const { learningRate } = core.compiled!.optimizer;
  if (typeof learningRate === 'function') return learningRate;
  return typeof learningRate === 'object' ? rateOf(learningRate) : undefined;
}

/** The rate of the next step. @throws {TypeError | RangeError} where a function gives none. */
export function learningRateOf(core: Core): number {
  const { learningRate } = compiledOf(core, 'learningRate').optimizer;
  if (typeof learningRate === 'number') return learningRate;
  return rateAt(rateFunction(core)!, core.native.stepsDone());
}

export function setLearningRate(core: Core, value: LearningRate): void {
  const { optimizer } = compiledOf(core, 'learningRate');
  const learningRate = resolveRate(
    'learningRate',
    value === 0 ? schedules.constant({ learningRate: 0 }) : value,
  );
  core.compiled = { ...core.compiled!, optimizer: { ...optimizer, learningRate } };
  if (typeof learningRate === 'number') core.native.setLearningRate(learningRate);
}

/** An optimizer as it is saved: a function as the rate that it gives now. */
export function savedOptimizer(core: Core): OptimizerConfig {
  const { optimizer } = core.compiled!;
  if (typeof optimizer.learningRate !== 'function') return optimizer;
  return { ...optimizer, learningRate: { name: 'constant', learningRate: learningRateOf(core) } };
}

function rateAt(rate: Rate, step: number): number {
  return checkNumber(`learningRate at step ${step}`, rate(step), 0);
}

/** The rates of the coming steps, in memory that ends with the scope. */
export class Rates {
  readonly #core: Core;
  readonly #scope: Scope;
  readonly #numbers = new Float64Array(RATES_AHEAD);
  #place: Pointer = 0;
  #config: OptimizerConfig | undefined;
  #rate: Rate | undefined;

  constructor(core: Core, scope: Scope) {
    this.#core = core;
    this.#scope = scope;
  }

  /** Whether the rate may be another one at each step. */
  get vary(): boolean {
    const { optimizer } = this.#core.compiled!;
    if (this.#config !== optimizer) {
      this.#config = optimizer;
      this.#rate = rateFunction(this.#core);
    }
    return this.#rate !== undefined;
  }

  /**
   * Where the rates of the next steps stand, and of how many: at most `wanted`, fewer before one that is none.
   *
   * @throws {TypeError | RangeError} where the very next one is none.
   */
  next(wanted: number): { place: Pointer; count: number } {
    const first = this.#core.native.stepsDone();
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
