/** Every public method and property of a model, as a call with drawn arguments. */
import type { Sequential } from 'mlp-wasm/internals';
import type { Draws } from '../fuzz/draws.js';
import * as given from './arguments.js';
import { bad, mostly, options, samples, targets, type Shape } from './arguments.js';

export interface Call {
  /** Effect that the call may have on weights and optimizer if it is not refused; `partly` also if it throws half-way. */
  changes: 'nothing' | 'all' | 'partly';
  /** True if a model that was disposed of still answers. */
  outlives?: true;
  run(model: Sequential, draws: Draws, shape: Shape): unknown;
}

type AnyArguments = (...given: unknown[]) => unknown;

/** A method with samples, targets and these options. */
function withTargets(
  name: keyof Sequential,
  more: (draws: Draws, shape: Shape) => Record<string, () => unknown>,
): Call {
  return {
    changes: 'nothing',
    run(model, draws, shape) {
      const x = samples(draws, shape.rows, shape.features);
      const y = targets(draws, shape.rows, shape.units);
      return (model[name] as AnyArguments)(x, y, options(draws, more(draws, shape)));
    },
  };
}

/** A method with samples and these options. */
function withSamples(
  name: keyof Sequential,
  more: (draws: Draws, shape: Shape) => Record<string, () => unknown>,
): Call {
  return {
    changes: 'nothing',
    run: (model, draws, shape) =>
      (model[name] as AnyArguments)(samples(draws, shape.rows, shape.features), options(draws, more(draws, shape))),
  };
}

/** A property that is read, or set to what `make` gives. */
const setting = (
  name: 'classNames' | 'featureNames' | 'metadata',
  make: (draws: Draws, shape: Shape) => unknown,
): Call => ({
  changes: 'all',
  outlives: true,
  run: (model, draws, shape) => {
    if (draws.below(2) === 0) return model[name];
    const value = mostly(draws, () => make(draws, shape));
    return Reflect.set(model, name, value);
  },
});

/** So many names, mostly. */
const names = (draws: Draws, count: number) =>
  Array.from({ length: count + (draws.below(6) === 0 ? 1 : 0) }, (_, i) => `name ${draws.below(8) === 0 ? 0 : i}`);

/** A property that is read. */
const reading = (name: keyof Sequential): Call => ({ changes: 'nothing', outlives: true, run: (model) => model[name] });

const none = () => ({});

/** By the names of `Sequential.prototype`; a test makes sure that none is missing. */
export const CALLS: Readonly<Record<string, Call>> = {
  name: reading('name'),
  seed: reading('seed'),
  inputShape: reading('inputShape'),
  outputShape: reading('outputShape'),
  layers: reading('layers'),
  classNames: setting('classNames', (draws, { units }) => names(draws, units)),
  featureNames: setting('featureNames', (draws, { features }) => names(draws, features)),
  metadata: setting('metadata', (draws) => draws.of([{}, { a: [1, { b: bad(draws) }] }, { a: 'b' }])),
  isTraining: reading('isTraining'),
  isDisposed: reading('isDisposed'),
  stopTraining: {
    changes: 'nothing',
    outlives: true,
    run: (model, draws) => (model.stopTraining = draws.of([true, false])),
  },
  learningRate: {
    changes: 'all',
    run: (model, draws) => (draws.below(2) ? model.learningRate : (model.learningRate = given.rate(draws) as number)),
  },
  compile: { changes: 'all', run: (model, draws) => model.compile(given.compileOptions(draws) as never) },
  fit: {
    changes: 'partly',
    run: (model, draws, shape) => {
      const x = samples(draws, shape.rows, shape.features);
      const y = targets(draws, shape.rows, shape.units);
      return model.fit(x as never, y as never, options(draws, given.trainingOptions(draws, shape)) as never);
    },
  },
  fitDataset: {
    changes: 'partly',
    run: (model, draws, shape) => {
      const batch = () => ({
        x: samples(draws, shape.rows, shape.features),
        y: targets(draws, shape.rows, shape.units),
      });
      const batches = [batch(), batch()];
      const dataset = mostly(draws, () => (draws.below(2) ? batches : () => batches));
      return model.fitDataset(dataset as never, options(draws, given.trainingOptions(draws, shape)) as never);
    },
  },
  steps: {
    changes: 'nothing',
    run: (model, draws, shape) => {
      const x = samples(draws, shape.rows, shape.features);
      const y = targets(draws, shape.rows, shape.units);
      return model.steps(x as never, y as never, options(draws, given.trainingOptions(draws, shape)) as never);
    },
  },
  evaluate: withTargets('evaluate', (draws, { rows }) => ({
    batchSize: () => draws.of([1, 2, 100]),
    sampleWeight: () => new Float32Array(rows).fill(2),
    classWeight: () => ({ 0: 2, 1: 1 }),
  })),
  predict: withSamples('predict', (draws, { rows, units }) => ({
    batchSize: () => draws.of([1, 2, 100]),
    output: () => new Float32Array(rows * units),
    from: () => draws.of([0, 1, 2, 'dense']),
    to: () => draws.of([0, 1, 3, 'dense_1']),
  })),
  classify: withSamples('classify', (draws) => ({
    topK: () => draws.of([1, 2, 9]),
    batchSize: () => draws.of([1, 2, 100]),
  })),
  adapt: { ...withSamples('adapt', none), changes: 'all' },
  getWeights: { changes: 'nothing', run: (model) => model.getWeights() },
  setWeights: {
    changes: 'all',
    run(model, draws) {
      const weights = mostly(draws, () => {
        const all = (model.isDisposed ? [] : model.getWeights()).map(({ shape, data }) => ({
          shape,
          data: data.map((value) => value + 0.25),
        }));
        const one = draws.of(all);
        if (!one) return all;
        switch (draws.below(8)) {
          case 0:
            one.data[draws.below(one.data.length)] = NaN;
            break;
          case 1:
            one.shape = bad(draws) as number[];
            break;
          case 2:
            one.data = bad(draws) as never;
            break;
          case 3:
            all.pop();
            break;
          case 4:
            all.push(one);
            break;
          default:
        }
        return all;
      });
      model.setWeights(weights as never);
    },
  },
  countParams: { changes: 'nothing', run: (model) => model.countParams() },
  summary: { changes: 'nothing', run: (model, draws) => model.summary(mostly(draws, () => () => undefined) as never) },
  save: { changes: 'nothing', run: (model) => model.save() },
  checkpoint: { changes: 'nothing', run: (model) => model.checkpoint() },
  checkFinite: {
    changes: 'nothing',
    run: (model, draws) =>
      model.checkFinite(mostly(draws, () => 1) as number, mostly(draws, () => draws.of([0.5, NaN])) as number),
  },
  gradients: withTargets('gradients', none),
  forwardTrace: withSamples('forwardTrace', none),
  backpropTrace: withTargets('backpropTrace', none),
  gradientCheck: withTargets('gradientCheck', (draws) => ({ samples: () => draws.of([1, 5]) })),
  gradientNorms: withTargets('gradientNorms', none),
  sharpness: withTargets('sharpness', (draws) => ({
    maxIterations: () => draws.of([1, 5]),
    tolerance: () => draws.of([0.1, 1e-4]),
  })),
  lossSurface: withTargets('lossSurface', (draws) => ({
    directions: () => draws.of([1, 2]),
    seed: () => 5,
    normalize: () => draws.of([true, false]),
    span: () => draws.of([1, 0.1]),
    steps: () => draws.of([2, 3]),
    signal: () => draws.of([new AbortController().signal, AbortSignal.abort(new given.CallersError('aborted'))]),
    onProgress: () => draws.of([() => undefined, () => Promise.reject(new given.CallersError('no'))]),
  })),
  findLearningRate: withTargets('findLearningRate', (draws) => ({
    from: () => draws.of([1e-5, 1e-3]),
    to: () => draws.of([1, 10]),
    steps: () => draws.of([2, 5]),
    batchSize: () => draws.of([1, 3, 100]),
    shuffle: () => draws.of([true, false]),
    smoothing: () => draws.of([0, 0.9]),
    sharpnessRows: () => draws.of([1, 3]),
    signal: () => draws.of([new AbortController().signal, AbortSignal.abort(new given.CallersError('aborted'))]),
    onProgress: () => draws.of([() => undefined, () => Promise.reject(new given.CallersError('no'))]),
  })),
  layerStatistics: withTargets('layerStatistics', none),
  explain: withSamples('explain', (draws, { features, units }) => ({
    method: () => draws.of(['integratedGradients', 'gradientTimesInput']),
    unit: () => draws.below(units + 1),
    logits: () => draws.of([true, false]),
    baseline: () => new Float32Array(features),
    steps: () => draws.of([1, 5]),
  })),
  dispose: { changes: 'all', outlives: true, run: (model) => model.dispose() },
};
