/**
 * Learning rates that change from step to step: each schedule is a plain object, saved with the model, and a pure
 * function of the number of the step.
 */
import {
  checkArray,
  checkBoolean,
  checkFloat,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  rangeError,
} from '../check/arguments.js';
import { cosOfPi, expm1, log1p, power } from '../wasm/same-bits.js';
import type {
  ConstantRate,
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  LearningRate,
  OneCycle,
  PiecewiseDecay,
  PolynomialDecay,
  Schedule,
  StepDecay,
} from './schedule-options.js';

type Options<S extends Schedule> = Omit<S, 'name'>;

/**
 * Learning-rate schedules with Keras' names and formulas; `step` and `oneCycle` are PyTorch's. Steps are those of the
 * optimizer: they count from 0 at `compile`, one a batch.
 *
 * Each takes its options as one object and returns a plain object, which may as well be written out:
 * `{ name: 'cosineDecay', initialLearningRate: 0.1, decaySteps: 1000 }`.
 *
 * @example
 * model.compile({
 *   optimizer: { name: 'adam', learningRate: schedules.cosineDecay({ initialLearningRate: 1e-3, decaySteps: 5000 }) },
 *   loss: 'meanSquaredError',
 * });
 */
export const schedules = {
  /** η₀ for ever. */
  constant: (options: Options<ConstantRate>) => made<ConstantRate>('constant', options),
  /** η₀·γ^⌊t/stepSize⌋ (PyTorch's StepLR). */
  step: (options: Options<StepDecay>) => made<StepDecay>('step', options),
  /** `values[i]` up to and with step `boundaries[i]`, the last one after them all. */
  piecewise: (options: Options<PiecewiseDecay>) => made<PiecewiseDecay>('piecewise', options),
  /** η₀·decayRate^(t/decaySteps). */
  exponentialDecay: (options: Options<ExponentialDecay>) => made<ExponentialDecay>('exponentialDecay', options),
  /** η₀/(1 + decayRate·t/decaySteps). */
  inverseTimeDecay: (options: Options<InverseTimeDecay>) => made<InverseTimeDecay>('inverseTimeDecay', options),
  /** (η₀ − end)·(1 − t/decaySteps)^power + end; `end` from `decaySteps` on, or again and again with `cycle`. */
  polynomialDecay: (options: Options<PolynomialDecay>) => made<PolynomialDecay>('polynomialDecay', options),
  /** From η₀ along half a cosine to α·η₀ at `decaySteps` (Loshchilov & Hutter 2016). */
  cosineDecay: (options: Options<CosineDecay>) => made<CosineDecay>('cosineDecay', options),
  /** The same again and again, each time `tMul` × as long and from `mMul` × as high (Loshchilov & Hutter 2016). */
  cosineDecayRestarts: (options: Options<CosineDecayRestarts>) =>
    made<CosineDecayRestarts>('cosineDecayRestarts', options),
  /** Up to `maxLearningRate`, then down to almost nothing (Smith & Topin 2017; PyTorch's OneCycleLR). */
  oneCycle: (options: Options<OneCycle>) => made<OneCycle>('oneCycle', options),
};

/**
 * A linear rise from `from` (default 0) to where `schedule` starts, `steps` steps long; then `schedule`, whose steps
 * count from there.
 *
 * @param schedule a rate, a schedule, or a function of the step; with a function a function is returned
 * @example
 * warmup(schedules.cosineDecay({ initialLearningRate: 0.01, decaySteps: 900 }), { steps: 100 })
 */
export function warmup<S extends LearningRate>(
  schedule: S,
  options: { steps: number; from?: number },
): S extends (step: number) => number ? S : Schedule {
  const { steps, from = 0 } = checkObject('warmup: options', options, ['steps', 'from']);
  checkInteger('warmup: steps', steps, 1);
  checkNumber('warmup: from', from, 0);
  const resolved = resolveRate('warmup: schedule', schedule);
  if (typeof resolved === 'function') return rising(resolved, steps, from) as ReturnType<typeof warmup<S>>;
  const inner = typeof resolved === 'number' ? schedules.constant({ learningRate: resolved }) : resolved;
  return { name: 'warmup', schedule: inner, steps, from } as ReturnType<typeof warmup<S>>;
}

/** A function of the step. */
export type Rate = (step: number) => number;

/** A kind of schedule. */
interface Kind<S extends Schedule> {
  /** The limits of each option, and its default if it has one. */
  options: Record<keyof Options<S>, Option>;
  rate(options: Required<S>): Rate;
}

type Option = [check: (argument: string, value: unknown) => unknown, fallback?: unknown];

/** A rate, or what a rate is made of: the core takes rates as 32-bit floats. */
const isRate: Option[0] = (argument, value) => checkFloat(argument, value, 0);

const isSteps: Option[0] = (argument, value) => checkInteger(argument, value, 1);

const isPositive: Option[0] = (argument, value) => checkNumber(argument, value, Number.MIN_VALUE);

const isShare: Option[0] = (argument, value) => {
  if (checkNumber(argument, value, 0) > 1) throw rangeError(argument, 'a number from 0 to 1', value);
  return value;
};

/** t/T, whole where the rate moves in a staircase. */
const progress = ({ decaySteps, staircase }: { decaySteps: number; staircase: boolean }): Rate =>
  staircase ? (step) => Math.floor(step / decaySteps) : (step) => step / decaySteps;

/** Restarts of a schedule that are counted one by one; what is behind them is computed at once. */
const FEW_RESTARTS = 1000;

/** From 1 to 0 along half a cosine, as `fraction` goes from 0 to 1. */
const halfCosine = (fraction: number) => 0.5 * (1 + cosOfPi(fraction));

const KINDS: { [Name in Schedule['name']]: Kind<Extract<Schedule, { name: Name }>> } = {
  constant: {
    options: { learningRate: [isRate] },
    rate:
      ({ learningRate }) =>
      () =>
        learningRate,
  },
  step: {
    options: { initialLearningRate: [isRate], stepSize: [isSteps], gamma: [isRate, 0.1] },
    rate:
      ({ initialLearningRate, stepSize, gamma }) =>
      (step) =>
        initialLearningRate * power(gamma, Math.floor(step / stepSize)),
  },
  piecewise: {
    options: { boundaries: [isBoundaries], values: [isValues] },
    rate:
      ({ boundaries, values }) =>
      (step) =>
        values[boundaries.filter((boundary) => step > boundary).length]!,
  },
  exponentialDecay: {
    options: {
      initialLearningRate: [isRate],
      decaySteps: [isSteps],
      decayRate: [isRate],
      staircase: [checkBoolean, false],
    },
    rate: (options) => {
      const { initialLearningRate, decayRate } = options;
      const time = progress(options);
      return (step) => initialLearningRate * power(decayRate, time(step));
    },
  },
  inverseTimeDecay: {
    options: {
      initialLearningRate: [isRate],
      decaySteps: [isSteps],
      decayRate: [isRate],
      staircase: [checkBoolean, false],
    },
    rate: (options) => {
      const { initialLearningRate, decayRate } = options;
      const time = progress(options);
      return (step) => initialLearningRate / (1 + decayRate * time(step));
    },
  },
  polynomialDecay: {
    options: {
      initialLearningRate: [isRate],
      decaySteps: [isSteps],
      endLearningRate: [isRate, 1e-4],
      power: [isPositive, 1],
      cycle: [checkBoolean, false],
    },
    rate: ({ initialLearningRate, decaySteps, endLearningRate, power: exponent, cycle }) => {
      return (step) => {
        const steps = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
        const rest = 1 - Math.min(step, steps) / steps;
        return (initialLearningRate - endLearningRate) * power(rest, exponent) + endLearningRate;
      };
    },
  },
  cosineDecay: {
    options: { initialLearningRate: [isRate], decaySteps: [isSteps], alpha: [isShare, 0] },
    rate:
      ({ initialLearningRate, decaySteps, alpha }) =>
      (step) =>
        initialLearningRate * ((1 - alpha) * halfCosine(Math.min(step, decaySteps) / decaySteps) + alpha),
  },
  cosineDecayRestarts: {
    options: {
      initialLearningRate: [isRate],
      firstDecaySteps: [isSteps],
      tMul: [(argument, value) => checkNumber(argument, value, 1), 2],
      mMul: [isRate, 1],
      alpha: [isShare, 0],
    },
    rate:
      ({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }) =>
      (step) => {
        let [restarts, fraction] = [0, step / firstDecaySteps];
        if (tMul === 1) {
          restarts = Math.floor(fraction);
          fraction -= restarts;
        } else {
          for (; fraction >= 1 && restarts < FEW_RESTARTS; ++restarts) fraction = (fraction - 1) / tMul;
          if (fraction >= 1) {
            // n decays take (tMulⁿ − 1)/(tMul − 1) lengths of the first one.
            const growth = tMul - 1;
            const more = Math.floor(log1p(fraction * growth) / log1p(growth));
            const grown = expm1(more * log1p(growth));
            fraction = Math.min(1, Math.max(0, (fraction - grown / growth) / (1 + grown)));
            restarts += more;
          }
        }
        return initialLearningRate * ((1 - alpha) * power(mMul, restarts) * halfCosine(fraction) + alpha);
      },
  },
  oneCycle: {
    options: {
      maxLearningRate: [isRate],
      totalSteps: [(argument, value) => checkInteger(argument, value, 2)],
      pctStart: [isShare, 0.3],
      annealStrategy: [(argument, value) => checkName(argument, value, ['cos', 'linear']), 'cos'],
      divFactor: [isPositive, 25],
      finalDivFactor: [isPositive, 1e4],
      threePhase: [checkBoolean, false],
    },
    rate: ({ maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase }) => {
      const initial = maxLearningRate / divFactor;
      const last = initial / finalDivFactor;
      const top = pctStart * totalSteps - 1;
      // The end of each phase: its step and its rate.
      const phases = [
        [top, maxLearningRate],
        ...(threePhase ? [[2 * pctStart * totalSteps - 2, initial]] : []),
        [totalSteps - 1, last],
      ] as [number, number][];
      const share = annealStrategy === 'cos' ? halfCosine : (fraction: number) => 1 - fraction;
      return (step) => {
        let [begin, from] = [0, initial];
        for (const [end, to] of phases) {
          if (step <= end) return to + (from - to) * share(end > begin ? (step - begin) / (end - begin) : 1);
          [begin, from] = [end, to];
        }
        return last;
      };
    },
  },
  warmup: {
    options: {
      schedule: [(argument, value) => resolveSchedule(argument, value as Schedule)],
      steps: [isSteps],
      from: [isRate, 0],
    },
    rate: ({ schedule, steps, from }) => rising(rateOf(schedule), steps, from),
  },
};

function rising(schedule: Rate, steps: number, from: number): Rate {
  return (step) => (step < steps ? from + (schedule(0) - from) * (step / steps) : schedule(step - steps));
}

function isBoundaries(argument: string, value: unknown): unknown {
  const steps = checkArray(argument, value, 'an array of steps');
  steps.forEach((step, i) => checkInteger(`${argument}[${i}]`, step, i === 0 ? 0 : (steps[i - 1] as number) + 1));
  return steps;
}

function isValues(argument: string, value: unknown): unknown {
  const rates = checkArray(argument, value, 'an array of rates');
  rates.forEach((rate, i) => checkNumber(`${argument}[${i}]`, rate, 0));
  return rates;
}

function made<S extends Schedule>(name: S['name'], options: Options<S>): S {
  return resolveSchedule(
    `schedules.${name}`,
    checkObject(`schedules.${name}`, { ...options, name } as S, ['name', ...Object.keys(KINDS[name].options)]),
  ) as S;
}

/** A copy with every default filled in. */
function resolveSchedule(argument: string, value: Schedule): Schedule {
  const name = checkName(`${argument}.name`, (value as Schedule | null)?.name, Object.keys(KINDS)) as Schedule['name'];
  const { options } = KINDS[name];
  const given = checkObject(argument, value, ['name', ...Object.keys(options)]) as unknown as Record<string, unknown>;
  const resolved: Record<string, unknown> = { name };
  for (const [key, [check, fallback]] of Object.entries<Option>(options)) {
    resolved[key] = check(`${argument}.${key}`, given[key] ?? fallback);
  }
  const { boundaries, values } = resolved as Partial<PiecewiseDecay>;
  if (boundaries && values && values.length !== boundaries.length + 1) {
    throw rangeError(`${argument}.values`, `${boundaries.length + 1} rates, one more than boundaries`, values);
  }
  return resolved as unknown as Schedule;
}

/** A rate above 0, a schedule or a function, checked. */
export function resolveRate(argument: string, value: unknown, low = Number.MIN_VALUE): LearningRate {
  if (typeof value === 'function') return value as Rate;
  if (typeof value === 'object' && value !== null) return resolveSchedule(argument, value as Schedule);
  return checkFloat(argument, value, low);
}

/** A schedule with every default filled in, as a function of the step. */
export function rateOf(schedule: Schedule): Rate {
  return (KINDS[schedule.name] as Kind<Schedule>).rate(schedule as Required<Schedule>);
}
