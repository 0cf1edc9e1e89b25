/** Arguments of calls, good ones and bad ones, drawn by number. */
import { earlyStopping, schedules } from 'mlp-wasm/internals';
import type { Draws } from '../fuzz/draws.js';

/** Thrown by arguments that throw when they are looked at: the caller's own error, which comes back as it is. */
export class CallersError extends Error {
  override name = 'CallersError';

  /** @param isHalfWay true if it may come in the middle of a training, when that has changed something */
  constructor(
    message: string,
    readonly isHalfWay = false,
  ) {
    super(message);
  }
}

const throwsLater = () => {
  throw new CallersError('the caller had enough', true);
};

const throws = () => {
  throw new CallersError('the caller would not have it');
};

const detached = (): Float32Array => {
  const floats = new Float32Array(6);
  structuredClone(floats, { transfer: [floats.buffer] });
  return floats;
};

/** Makers of what callers without a type checker may pass. */
const BAD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => NaN,
  () => Infinity,
  () => -1,
  () => -0,
  () => 0,
  () => 0.5,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 1e308,
  () => '',
  () => 'x',
  () => '1',
  () => true,
  () => false,
  () => 1n,
  () => Symbol('s'),
  () => () => undefined,
  () => throwsLater,
  () => [],
  () => [[]],
  () => [undefined],
  () => new Array<number>(3),
  () => [[1, 2], [3]],
  () => [[1, NaN]],
  () => ({}),
  () => ({ length: 4 }),
  () => Object.create(null) as unknown,
  () => ({ [Symbol.toPrimitive]: throws, valueOf: throws, toString: throws }),
  () => new Map([[1, 2]]),
  () => new Set([1]),
  () => new Date(0),
  () => /x/,
  () => Promise.resolve(1),
  () => new Proxy({}, { get: throws, ownKeys: throws, has: throws, getPrototypeOf: throws }),
  () => new Proxy([1, 2], { get: (target, key) => (key === '0' ? throws() : (Reflect.get(target, key) as unknown)) }),
  () => Object.defineProperty({}, 'name', { enumerable: true, get: throws }),
  () => Object.defineProperty({}, 'epochs', { enumerable: true, get: throws }),
  () => ({ ['__proto__']: null, constructor: 1 }),
  () => JSON.parse('{"__proto__":{"epochs":1}}') as unknown,
  () => new Float32Array(0),
  () => new Float32Array([1, NaN]),
  () => new Float32Array(7),
  () => new Float64Array([1e300, 1]),
  () => new BigInt64Array(2),
  () => new DataView(new ArrayBuffer(8)),
  () => new ArrayBuffer(8),
  () => new Uint8ClampedArray(5),
  () => new Float32Array(new SharedArrayBuffer(16)),
  () =>
    new Float32Array(
      new (ArrayBuffer as new (size: number, options: object) => ArrayBuffer)(16, { maxByteLength: 32 }),
    ),
  detached,
  () => new (class extends Float32Array {})(4),
  () => ({ data: new Uint8Array(4), scale: NaN }),
  () => ({ shape: [2, 2], indptr: [0, 9, 1], indices: [0], values: [1] }),
  () => ({ shape: [2, 2], indptr: [0, 1, 2], indices: [1, 5], values: [1, 2] }),
  () => ({ shape: [2 ** 31, 2], indptr: [0], indices: [], values: [] }),
  () => new AbortController().signal,
  () => AbortSignal.abort(new CallersError('aborted')),
];

export const bad = (draws: Draws): unknown => draws.of(BAD)();

/** Mostly what `good` makes, sometimes what nobody should pass. */
export const mostly = (draws: Draws, good: () => unknown): unknown => (draws.below(6) === 0 ? bad(draws) : good());

/** Samples of so many rows, in one of their forms. */
export function samples(draws: Draws, rows: number, features: number): unknown {
  return mostly(draws, () => {
    const floats = Float32Array.from({ length: rows * features }, (_, i) => Math.sin(i * 1.7 + rows));
    const asRows = () =>
      Array.from({ length: rows }, (_, row) => [...floats.subarray(row * features, (row + 1) * features)]);
    switch (draws.below(6)) {
      case 0:
        return asRows();
      case 1:
        return { data: Uint8Array.from(floats, (value) => 99 * Math.abs(value)), scale: 1 / 255 };
      case 2:
        return {
          shape: [rows, features],
          indptr: Array.from({ length: rows + 1 }, (_, row) => row),
          indices: Array.from({ length: rows }, (_, row) => row % features),
          values: floats.slice(0, rows),
        };
      case 3:
        return Float64Array.from(floats);
      default:
        return floats;
    }
  });
}

/** Targets that fit one loss or another. */
export function targets(draws: Draws, rows: number, units: number): unknown {
  return mostly(draws, () => {
    switch (draws.below(5)) {
      case 0:
      case 1:
        return Uint8Array.from({ length: rows }, (_, row) => row % units);
      case 2:
        return Array.from({ length: rows }, (_, row) =>
          Array.from({ length: units }, (_, unit) => +(unit === row % units)),
        );
      case 3:
        return Float32Array.from({ length: rows * units }, (_, i) => Math.cos(i));
      default:
        return Float32Array.from({ length: rows * units }, (_, i) => +(i % units === 0));
    }
  });
}

/** Some of these options, each as `makers` makes it, or bad. */
export function options(draws: Draws, makers: Record<string, () => unknown>): unknown {
  if (draws.below(4) === 0) return undefined;
  return mostly(draws, () => {
    const names = Object.keys(makers);
    const chosen: Record<string, unknown> = {};
    for (let n = names.length > 0 ? draws.below(4) : 0; n > 0; --n) {
      const name = draws.of(names);
      chosen[name] = mostly(draws, makers[name]!);
    }
    if (draws.below(20) === 0) chosen['optoin'] = 1;
    return chosen;
  });
}

export interface Shape {
  rows: number;
  features: number;
  units: number;
}

/** Options of fit, steps and fitDataset. */
export function trainingOptions(draws: Draws, { rows, features, units }: Shape): Record<string, () => unknown> {
  return {
    epochs: () => draws.of([1, 2, 3]),
    initialEpoch: () => draws.of([0, 1, 5]),
    resume: () => draws.of([true, false]),
    stepsPerEpoch: () => draws.of([1, 2, 100]),
    classWeight: () => draws.of([{ 0: 2, 1: 0.5 }, { 0: -1 }, { 99: 1 }, [1, 2, 3]]),
    augmentation: () => ({ height: 1, width: features, shift: draws.of([0, 1, 5]), noise: draws.of([0, 0.1, -1]) }),
    validationData: () => [samples(draws, rows, features), targets(draws, rows, units)],
    validationFreq: () => draws.of([1, 2, [0, 1]]),
    callbacks: () =>
      draws.of([
        [],
        { onBatchEnd() {} },
        earlyStopping({ monitor: 'loss', restoreBestWeights: true }),
        { setParams: throws },
        { onTrainBegin: throwsLater },
        { onBatchEnd: throwsLater },
        { onEpochEnd: () => Promise.reject(new CallersError('no', true)) },
        { onBatchEnd: 5 },
      ]),
    signal: () => draws.of([new AbortController().signal, AbortSignal.abort(new CallersError('aborted'))]),
    yieldEvery: () => draws.of([0, 5, 'epoch', 'never']),
    verbose: () => 0,
    batchSize: () => draws.of([1, 2, 5, 1000]),
    validationSplit: () => draws.of([0.25, 0.5, 0.99]),
    shuffle: () => draws.of([true, false]),
    sampleWeight: () => draws.of([new Float32Array(rows).fill(0.5), new Float32Array(rows), [1, -1]]),
    every: () => draws.of([1, 2]),
  };
}

const OPTIMIZER_NAMES = ['sgd', 'rmsprop', 'adam', 'adamw', 'adagrad', 'adadelta', 'adamax', 'nadam', 'lion', 'lbfgs'];

const LOSS_NAMES = [
  'sparseCategoricalCrossentropy',
  'categoricalCrossentropy',
  'meanSquaredError',
  'binaryCrossentropy',
  'huber',
  'hinge',
  'poisson',
];

export const rate = (draws: Draws): unknown =>
  mostly(draws, () =>
    draws.of([
      0.01,
      1e-3,
      10,
      schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 }),
      (step: number) => 0.1 / (1 + step),
      () => NaN,
      throwsLater,
    ]),
  );

export function compileOptions(draws: Draws): unknown {
  return mostly(draws, () => ({
    optimizer: mostly(draws, () => {
      const name = draws.of(OPTIMIZER_NAMES);
      return draws.below(2)
        ? name
        : {
            name,
            ...(draws.below(2) && { learningRate: rate(draws) }),
            ...(draws.below(3) === 0 && { momentum: draws.of([0.9, 1]) }),
            ...(draws.below(3) === 0 && { useEma: true }),
            ...(draws.below(3) === 0 && { clipNorm: draws.of([1, -1]) }),
          };
    }),
    loss: mostly(draws, () => draws.of(LOSS_NAMES)),
    ...(draws.below(2) && {
      metrics: mostly(draws, () =>
        draws.of([['accuracy'], ['auc', 'meanSquaredError'], [{ name: 'topKAccuracy', k: 2 }], ['x']]),
      ),
    }),
  }));
}
