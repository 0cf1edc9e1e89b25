/** The training of a network on what a table became. */
import { checkName, rangeError } from '../check/arguments.js';
import { dense, dropout as dropoutLayer, earlyStopping, loadModel, reduceLROnPlateau, sequential } from '../index.js';
import type { Callbacks, LayerConfig, OptimizerConfig, Sequential } from '../index.js';
import type { Checked, EstimatorOptions, TableFitOptions } from './estimator-options.js';
import { Draws, STREAMS } from './random.js';
import { outputsOf } from './schema.js';
import type { EncodedTargets, NumbersTarget, Target } from './schema.js';
import { allRows, part } from './split.js';
import { trainingOf, type Training } from './table-model.js';

/** Up to this many rows take `lbfgs`. */
const FEW_ROWS = 1000;

/** Largest penalty by default. */
const MOST_L2 = 0.01;

/** Shares and limits of the rate that the range test suggests: where the loss falls fastest is too fast to stay. */
const RATE = { share: 0.2, least: 5e-4, most: 0.01 };

/** Rows below which none are held out, because a tenth of them tells nothing. */
const LEAST_HELD = 10;

export function countsOf(classes: Int32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const index of classes) if (index >= 0) ++counts[index]!;
  return counts;
}

/** Targets as the network learns them: class indices, zeros and ones, or scaled numbers. */
function learnt(target: Target, { classes, values }: EncodedTargets): Float32Array | Int32Array {
  if (classes) return classes;
  if (target.kind === 'classes') return Float32Array.from(values!);
  const { means, deviations } = target as NumbersTarget;
  return Float32Array.from(values!, (value, i) => (value - means[i % means.length]!) / deviations[i % means.length]!);
}

/** The rows of these indices, of arrays with `width` numbers a row. */
function gather<List extends Float32Array | Int32Array>(from: List, rows: Int32Array, width: number): List {
  const to = new (from.constructor as new (length: number) => List)(rows.length * width);
  rows.forEach((row, i) => to.set(from.subarray(row * width, (row + 1) * width), i * width));
  return to;
}

/** Rows to train on and rows held out: of classes, the same share of each. */
function holdOut(
  target: Target,
  { classes, rows }: EncodedTargets,
  share: number,
  seed: number,
): [Int32Array, Int32Array] {
  const wanted = Math.round(share * rows.length);
  if (wanted === 0 || rows.length < LEAST_HELD) return [Int32Array.from(allRows(rows.length)), new Int32Array(0)];
  let lists = [allRows(rows.length)];
  if (classes && target.kind === 'class') {
    lists = target.labels.map(() => []);
    classes.forEach((index, row) => lists[index]!.push(row));
  }
  return part(lists, Math.min(wanted, rows.length - 1), new Draws(seed, STREAMS.holdOut));
}

export async function trainNetwork(
  method: string,
  options: Checked,
  target: Target,
  x: Float32Array,
  y: EncodedTargets,
  { signal, callbacks, onEpochEnd, verbose = 0, worker }: TableFitOptions,
): Promise<{ network: Sequential; training: Training }> {
  const { hidden, activation, dropout, epochs, seed, patience } = options;
  const rows = y.rows.length;
  const width = x.length / rows;
  const units = outputsOf(target);
  const learned = learnt(target, y);
  const perRow = learned.length / rows;
  const [kept, held] = holdOut(target, y, options.validationSplit, seed);
  const optimizer = optimizerOf(method, options, kept.length);
  const isLbfgs = optimizer.name === 'lbfgs';
  const l2 = options.l2 ?? Math.min(MOST_L2, 1 / kept.length);
  const batchSize = Math.min(
    options.batchSize ?? Math.min(256, Math.max(8, Math.round(kept.length / 50))),
    kept.length,
  );

  const penalty = l2 > 0 ? { kernelRegularizer: { name: 'l2' as const, l2 } } : {};
  const layers: LayerConfig[] = hidden.flatMap((count, i) => [
    dense({
      units: count,
      activation,
      ...(i === 0 && { inputShape: [width] as [number] }),
      ...penalty,
    }),
    ...(dropout > 0 ? [dropoutLayer({ rate: dropout })] : []),
  ]);
  const shape = hidden.length === 0 ? { inputShape: [width] as [number] } : {};
  const output = target.kind === 'class' ? 'softmax' : target.kind === 'classes' ? 'sigmoid' : 'linear';
  layers.push(dense({ units, activation: output, ...shape, ...penalty }));
  const loss = {
    class: 'sparseCategoricalCrossentropy',
    classes: 'binaryCrossentropy',
    numbers: 'meanSquaredError',
  } as const;
  const metrics = ({ class: ['accuracy'], classes: ['binaryAccuracy'], numbers: ['r2Score'] } as const)[target.kind];

  // One network here or there: each of its methods is awaited, because in a worker they answer by promises.
  const network = await (worker ?? { sequential }).sequential({ layers, seed });
  try {
    await network.compile({ optimizer, loss: loss[target.kind], metrics: [...metrics] });
    const [trainX, trainY] = [gather(x, kept, width), gather(learned, kept, perRow)];
    const sampleWeight = weightsOf(target, options.classWeight, trainY, method);
    let { learningRate } = network;
    const watchers: Callbacks[] = [];
    if (!isLbfgs && options.learningRate === undefined && optimizer.learningRate === undefined) {
      const steps = Math.min(100, Math.max(30, Math.ceil(kept.length / batchSize)));
      const test = { batchSize, steps, sharpnessRows: 0, ...(signal && { signal }) };
      const { suggestion } = await network.findLearningRate(trainX, trainY, test);
      if (suggestion !== undefined) {
        learningRate = Math.min(RATE.most, Math.max(RATE.least, RATE.share * suggestion));
        network.learningRate = learningRate;
      }
      if (held.length > 0) watchers.push(reduceLROnPlateau({ patience: 4, factor: 0.3, minDelta: 0 }));
    }
    if (held.length > 0) {
      watchers.push(earlyStopping({ patience: isLbfgs ? 3 * patience : patience, restoreBestWeights: true }));
    }
    const given = callbacks === undefined ? [] : Array.isArray(callbacks) ? callbacks : [callbacks as Callbacks];
    const history = await network.fit(trainX, trainY, {
      epochs,
      verbose,
      ...(!isLbfgs && { batchSize }),
      ...(held.length > 0 && {
        validationData: [gather(x, held, width), gather(learned, held, perRow)] as const,
      }),
      ...(sampleWeight && { sampleWeight }),
      ...(signal && { signal }),
      callbacks: [...watchers, ...given, ...(onEpochEnd ? [{ onEpochEnd }] : [])],
    });
    if (history.epoch.length === 0) signal?.throwIfAborted?.();
    const training = trainingOf(history, { optimizer: optimizer.name, learningRate, notes: [] });
    if (!worker) return { network: network as Sequential, training };
    const local = await loadModel(await network.save());
    await network.dispose();
    return { network: local, training };
  } catch (error) {
    await network.dispose();
    throw error;
  }
}

function optimizerOf(
  method: string,
  { optimizer, learningRate, batchSize, dropout, classWeight }: Checked,
  rows: number,
): OptimizerConfig {
  const fitsLbfgs = learningRate === undefined && batchSize === undefined && dropout === 0 && classWeight === undefined;
  const chosen = optimizer === 'auto' ? (fitsLbfgs && rows <= FEW_ROWS ? 'lbfgs' : 'adam') : optimizer;
  const config = typeof chosen === 'string' ? { name: chosen } : { ...chosen };
  if (learningRate === undefined) return config;
  if (config.learningRate !== undefined) {
    throw rangeError(`${method}: learningRate`, 'one rate, here or in optimizer', learningRate);
  }
  return { ...config, learningRate };
}

/** A weight for each row, from that of its class. */
function weightsOf(
  target: Target,
  classWeight: EstimatorOptions['classWeight'],
  classes: Float32Array | Int32Array,
  method: string,
): Float32Array | undefined {
  if (classWeight === undefined) return undefined;
  if (target.kind !== 'class')
    throw rangeError(`${method}: classWeight`, 'none with several classes a row', classWeight);
  const { labels } = target;
  if (classWeight === 'balanced') {
    const counts = countsOf(classes as Int32Array, labels.length);
    return Float32Array.from(classes, (index) => classes.length / (labels.length * counts[index]!));
  }
  for (const label of Object.keys(classWeight)) checkName(`${method}: classWeight: label`, label, labels);
  return Float32Array.from(classes, (index) => {
    const label = labels[index]!;
    return Object.hasOwn(classWeight, label) ? classWeight[label]! : 1;
  });
}
