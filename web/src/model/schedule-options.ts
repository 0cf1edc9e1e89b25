/** Types of learning rates: the options of each schedule, which are the schedule itself. */

/** A rate for ever. */
export interface ConstantRate {
  name: 'constant';
  learningRate: number;
}

/** See {@link schedules}`.step`. */
export interface StepDecay {
  name: 'step';
  initialLearningRate: number;
  /** Steps between two changes. */
  stepSize: number;
  /** Factor of each change. Default 0.1. */
  gamma?: number;
}

/** See {@link schedules}`.piecewise`. */
export interface PiecewiseDecay {
  name: 'piecewise';
  /** Last step of each rate but the last one, ascending. */
  boundaries: readonly number[];
  /** One rate more than boundaries. */
  values: readonly number[];
}

/** See {@link schedules}`.exponentialDecay`. */
export interface ExponentialDecay {
  name: 'exponentialDecay';
  initialLearningRate: number;
  /** Steps in which the rate becomes `decayRate` × as large. */
  decaySteps: number;
  decayRate: number;
  /** True to move once every `decaySteps` steps only. Default false. */
  staircase?: boolean;
}

/** See {@link schedules}`.inverseTimeDecay`. */
export interface InverseTimeDecay {
  name: 'inverseTimeDecay';
  initialLearningRate: number;
  /** Unit of time, in steps. */
  decaySteps: number;
  decayRate: number;
  /** True to move once every `decaySteps` steps only. Default false. */
  staircase?: boolean;
}

/** See {@link schedules}`.polynomialDecay`. */
export interface PolynomialDecay {
  name: 'polynomialDecay';
  initialLearningRate: number;
  /** Steps until the rate is `endLearningRate`. */
  decaySteps: number;
  /** Default 1e-4. */
  endLearningRate?: number;
  /** Exponent. Default 1: a line. */
  power?: number;
  /** True to go on past its end as a decay over twice the steps, then thrice … Default false. */
  cycle?: boolean;
}

/** See {@link schedules}`.cosineDecay`. */
export interface CosineDecay {
  name: 'cosineDecay';
  initialLearningRate: number;
  /** Steps until the rate is lowest. */
  decaySteps: number;
  /** Lowest rate as a share of the first one, in [0, 1]. Default 0. */
  alpha?: number;
}

/** See {@link schedules}`.cosineDecayRestarts`. */
export interface CosineDecayRestarts {
  name: 'cosineDecayRestarts';
  initialLearningRate: number;
  /** Steps of the first decay. */
  firstDecaySteps: number;
  /** Length of a decay in lengths of the one before, ≥ 1. Default 2. */
  tMul?: number;
  /** Height of a decay in heights of the one before. Default 1. */
  mMul?: number;
  /** Lowest rate as a share of the first one, in [0, 1]. Default 0. */
  alpha?: number;
}

/** See {@link schedules}`.oneCycle`. */
export interface OneCycle {
  name: 'oneCycle';
  maxLearningRate: number;
  /** Steps of the whole training, ≥ 2; afterwards the rate stays where it ended. */
  totalSteps: number;
  /** Share of the steps in which the rate rises, in [0, 1]. Default 0.3. */
  pctStart?: number;
  /** Default `'cos'`. */
  annealStrategy?: 'cos' | 'linear';
  /** `maxLearningRate` ÷ first rate. Default 25. */
  divFactor?: number;
  /** First rate ÷ last rate. Default 1e4. */
  finalDivFactor?: number;
  /** True to fall back to the first rate for as long as it rose, and further only then. Default false. */
  threePhase?: boolean;
}

/** See {@link warmup}. */
export interface Warmup {
  name: 'warmup';
  schedule: Schedule;
  /** Steps of the rise. */
  steps: number;
  /** The rate that it starts from. Default 0. */
  from?: number;
}

/** A learning rate that depends on the step: what {@link schedules} and {@link warmup} return. */
export type Schedule =
  | ConstantRate
  | StepDecay
  | PiecewiseDecay
  | ExponentialDecay
  | InverseTimeDecay
  | PolynomialDecay
  | CosineDecay
  | CosineDecayRestarts
  | OneCycle
  | Warmup;

/**
 * A learning rate: a number; a schedule; or a function from the number of the step, which counts from 0 at `compile`,
 * to a finite rate from 0. A function is asked ahead, for up to 256 steps at once, so it must depend on its argument
 * only; it is not saved with a model (`save` writes its rate at that moment), and its bits are those of the `Math` it
 * uses.
 */
export type LearningRate = number | Schedule | ((step: number) => number);
