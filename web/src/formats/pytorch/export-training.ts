/** A training that goes on under PyTorch: a checkpoint, the data in shards, and the program that trains. */
import { checkBoolean, checkInteger, checkObject, rangeError } from '../../check/arguments.js';
import { checkInputs, writeRow, type Inputs, type InputRows } from '../../data/samples.js';
import { checkTargets, type Targets } from '../../data/targets.js';
import { readSafetensors, writeSafetensors } from '../../index.js';
import type { CompileOptions, LossConfig, OptimizerConfig, RegularizerConfig, Sequential } from '../../index.js';
import { describe, type ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import { moduleNames, partOf, stateDict, WEIGHT_NAMES } from './modules.js';
import readme from './README.txt';
import train from './train.py';
import { programOf } from './write.js';

/** Samples and targets, as `fit` takes them. */
export interface TrainingData {
  x: Inputs;
  y: Targets;
}

/** Options of {@link exportTraining}. */
export interface ExportTrainingOptions {
  /** The tool that goes on. */
  target: 'pytorch';
  /** Epochs of the whole training, with those that are done; the program takes another number, too. Default 10. */
  epochs?: number;
  /** Rows a step, of all processes together. Default 32, as in `fit`. */
  batchSize?: number;
  /** True for samples in another order each epoch. Default true, as in `fit`. */
  shuffle?: boolean;
}

/** The optimizers and losses that `train.py` has; all else is refused by its name. */
const OPTIMIZERS = ['sgd', 'rmsprop', 'adam', 'adamw', 'adagrad', 'lion'];
const LOSSES = [
  'meanSquaredError',
  'sumOfSquares',
  'meanAbsoluteError',
  'huber',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'hinge',
  'squaredHinge',
  'poisson',
  'logCosh',
];

/** The kind of targets that a loss takes, if it does not take any numbers. */
const TARGETS: Record<string, 'classIndex' | 'probability' | 'sign'> = {
  sparseCategoricalCrossentropy: 'classIndex',
  binaryCrossentropy: 'probability',
  hinge: 'sign',
  squaredHinge: 'sign',
};

/** Bytes of samples in a shard, so that none is too large to be moved. */
const SHARD_BYTES = 2 ** 26;

const FLOAT_BYTES = 4;

export function exportTraining(
  method: string,
  model: Sequential,
  data: TrainingData,
  options: ExportTrainingOptions,
): ExportedFile[] {
  const { epochs = 10, batchSize = 32, shuffle = true } = options;
  checkInteger(`${method}: epochs`, epochs, 1);
  checkInteger(`${method}: batchSize`, batchSize, 1);
  checkBoolean(`${method}: shuffle`, shuffle);
  const { x, y } = checkObject(`${method}: data`, data, ['x', 'y']);
  const checkpoint = model.checkpoint();
  const { metadata } = readSafetensors(checkpoint);
  const { compile } = JSON.parse(metadata['config']!) as { compile: Required<CompileOptions> };
  const loss = compile.loss as LossConfig;
  checkCompiled(method, compile.optimizer as Required<OptimizerConfig>, loss);
  const description = describe(model);
  const inputs = checkInputs(`${method}: data.x`, x, model.inputShape[0]);
  const targets = floatTargets(`${method}: data.y`, y, inputs.rows, model.outputShape[0], loss.name);

  const plan = { rows: inputs.rows, batchSize, shuffle, stepsPerEpoch: 0 };
  const about = { epochs, seed: model.seed % 2 ** 32, plan, ...weightsOf(method, description) };
  const text = (name: string, content: string) => ({ name, bytes: new TextEncoder().encode(content) });
  return [
    text('README.md', readme),
    text('train.py', train),
    text('model.py', programOf(description)),
    text('training.json', `${JSON.stringify(about, null, 1)}\n`),
    { name: 'checkpoint.safetensors', bytes: checkpoint },
    ...shards(inputs, targets),
  ];
}

/** @throws {RangeError} naming what the program has not. */
function checkCompiled(method: string, optimizer: OptimizerConfig, loss: LossConfig): void {
  const refuse = (what: string, known: string[], name: string) => {
    throw rangeError(`${method}: ${what}`, `one that train.py has: ${known.join(', ')}`, name);
  };
  if (!OPTIMIZERS.includes(optimizer.name)) refuse('optimizer', OPTIMIZERS, optimizer.name);
  if (!LOSSES.includes(loss.name)) refuse('loss', LOSSES, loss.name);
  if ('useEma' in optimizer && optimizer.useEma) {
    throw rangeError(`${method}: optimizer.useEma`, 'false, because train.py keeps no averages of weights', true);
  }
}

/** The place of each weight in PyTorch's modules, and the names of those that are trained, frozen, or have a penalty. */
function weightsOf(method: string, description: ModelDescription) {
  stateDict(method, description); // refuses what PyTorch has not
  const names = moduleNames(description.layers.map(({ layer }) => layer.name));
  const weights: [string, string, string][] = [];
  const [trained, frozen, frozenModules]: [string[], string[], string[]] = [[], [], []];
  const penalties: Record<string, RegularizerConfig> = {};
  description.layers.forEach(({ layer, weights: own }, i) => {
    const where = `${method}: ${layer.name}`;
    if (layer.activityRegularizer) throw rangeError(where, 'no activityRegularizer, which train.py has not', 'one');
    if (layer.kernelConstraint || layer.biasConstraint)
      throw rangeError(where, 'no constraint, which train.py has not', 'one');
    if (!layer.trainable) frozenModules.push(names[i]!);
    for (const weight of own) {
      const part = partOf(weight);
      weights.push([weight.name, names[i]!, WEIGHT_NAMES[part]!]);
      if (!['kernel', 'bias', 'gamma', 'beta'].includes(part)) continue;
      trained.push(weight.name);
      if (!layer.trainable) frozen.push(weight.name);
      const penalty = { kernel: layer.kernelRegularizer, bias: layer.biasRegularizer }[part];
      if (penalty && layer.trainable) penalties[`${names[i]}.${WEIGHT_NAMES[part]}`] = penalty;
    }
  });
  return { weights, trained, frozen, frozenModules, penalties };
}

/** Targets as numbers: of classes one a row. */
function floatTargets(argument: string, y: Targets, rows: number, units: number, loss: string) {
  const { classes, values } = checkTargets(argument, y, rows, units, TARGETS[loss] ?? 'any');
  return classes ? { width: 0, numbers: Float32Array.from(classes) } : { width: units, numbers: values! };
}

/** The data in files that are no larger than {@link SHARD_BYTES}, or hold a row. */
function shards(inputs: InputRows, { width, numbers }: { width: number; numbers: Float32Array }): ExportedFile[] {
  const { rows, features } = inputs;
  const each = Math.max(1, Math.floor(SHARD_BYTES / (FLOAT_BYTES * (features + width))));
  const files: ExportedFile[] = [];
  for (let begin = 0; begin < rows; begin += each) {
    const count = Math.min(each, rows - begin);
    const x = new Float32Array(count * features);
    for (let row = 0; row < count; ++row) writeRow(inputs, begin + row, x, row * features);
    const y = numbers.slice(begin * (width || 1), (begin + count) * (width || 1));
    const name = `data/${String(files.length).padStart(5, '0')}.safetensors`;
    const tensors = [
      { name: 'x', shape: [count, features], data: x },
      { name: 'y', shape: width ? [count, width] : [count], data: y },
    ];
    files.push({ name, bytes: writeSafetensors(tensors) });
  }
  return files;
}
