/** Keras' words for how a model is trained, of `compile_config`, `training_config` and TensorFlow.js' `trainingConfig`. */
import { LOSSES, METRICS, OPTIMIZERS, type CompileOptions, type LearningRate, type LossConfig } from '../index.js';
import { quote } from '../check/bytes.js';
import type { Json } from './keras-chain.js';

/** Ours by short names, without underscores and capitals. */
const SYNONYMS: Record<string, string> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  bce: 'binaryCrossentropy',
  kld: 'kullbackLeiblerDivergence',
  kldivergence: 'kullbackLeiblerDivergence',
  huberloss: 'huber',
  acc: 'accuracy',
};

/** Options for `compile`; undefined where loss or optimizer are not ours, which is no harm to predictions and is told. */
export interface KerasTraining {
  compile?: CompileOptions;
  remarks: string[];
}

/** Keras' options of optimizers that are ours by another name. */
const OPTIONS: Record<string, string> = {
  momentum: 'momentum',
  nesterov: 'nesterov',
  rho: 'rho',
  beta_1: 'beta1',
  beta_2: 'beta2',
  beta1: 'beta1',
  beta2: 'beta2',
  epsilon: 'epsilon',
  centered: 'centered',
  amsgrad: 'amsgrad',
  initial_accumulator_value: 'initialAccumulatorValue',
  weight_decay: 'weightDecay',
  clipnorm: 'clipNorm',
  clipvalue: 'clipValue',
  global_clipnorm: 'globalClipNorm',
  use_ema: 'useEma',
  ema_momentum: 'emaMomentum',
};

/** The options of each optimizer beside those of all. */
const OWN: Record<string, readonly string[]> = {
  sgd: ['momentum', 'nesterov'],
  rmsprop: ['momentum', 'rho', 'epsilon', 'centered'],
  adam: ['beta1', 'beta2', 'epsilon', 'amsgrad'],
  adamw: ['beta1', 'beta2', 'epsilon', 'amsgrad'],
  adagrad: ['epsilon', 'initialAccumulatorValue'],
  adadelta: ['rho', 'epsilon'],
  adamax: ['beta1', 'beta2', 'epsilon'],
  nadam: ['beta1', 'beta2', 'epsilon'],
  lion: ['beta1', 'beta2'],
};
const OF_ALL = ['weightDecay', 'clipNorm', 'clipValue', 'globalClipNorm', 'useEma', 'emaMomentum'];

/** Loss, optimizer and metrics, as far as ours have them; never throws, because a model predicts without. */
export function trainingOf(config: unknown): KerasTraining {
  const remarks: string[] = [];
  if (!isObject(config) || config['loss'] === null || config['loss'] === undefined) return { remarks };
  const given = config['optimizer'] ?? config['optimizer_config'];
  const loss = readLoss(config['loss']);
  const optimizer = readOptimizer(given);
  if (!loss || !optimizer) {
    const [kind, what] = loss ? ['optimizer', given] : ['loss', config['loss']];
    remarks.push(`its ${kind} ${quote(nameOf(what) ?? what)} is not ours: compile() it with another to train it`);
    return { remarks };
  }
  if (isObject(optimizer.learningRate)) {
    remarks.push('its schedule of learning rates is left out: compile() it to have one');
    delete optimizer['learningRate'];
  }
  const metrics = readMetrics(config['metrics'], remarks);
  return { compile: { loss, optimizer, ...(metrics.length > 0 && { metrics }) } as CompileOptions, remarks };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name in 'name', `{ class_name }` or `{ class_name: 'function', config: 'name' }`. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  const { class_name: className, config } = value;
  return typeof config === 'string' ? config : typeof className === 'string' ? className : undefined;
}

/** One of our names by Keras', whatever its spelling. */
function ours(names: readonly string[], name: string | undefined): string | undefined {
  const key = name?.replace(/^.*>/s, '').replace(/_/g, '').toLowerCase();
  if (key === undefined) return undefined;
  const meant = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key] : undefined;
  return names.find((each) => each === meant || each.toLowerCase() === key);
}

function readLoss(given: unknown): LossConfig | undefined {
  // A model of one output may have its loss in a list or by its name.
  const value: unknown = Array.isArray(given) && given.length === 1 ? given[0] : given;
  const name = ours(LOSSES, nameOf(value)) as LossConfig['name'] | undefined;
  if (!name) return undefined;
  const loss: LossConfig = { name };
  const config = isObject(value) && isObject(value['config']) ? value['config'] : {};
  const { label_smoothing: smoothing, from_logits: fromLogits, delta } = config;
  if (/rossentropy/.test(name)) {
    if (typeof smoothing === 'number' && smoothing > 0) loss.labelSmoothing = smoothing;
    if (fromLogits === true) loss.fromLogits = true;
  }
  if (name === 'huber' && typeof delta === 'number') loss.delta = delta;
  return loss;
}

function readOptimizer(value: unknown): ({ name: string; learningRate?: LearningRate } & Json) | undefined {
  const name = ours(OPTIMIZERS, nameOf(value));
  if (!name || name === 'lbfgs') return undefined;
  const optimizer: { name: string } & Json = { name };
  const config = isObject(value) && isObject(value['config']) ? value['config'] : {};
  const rate = config['learning_rate'] ?? config['learningRate'] ?? config['lr'];
  if (typeof rate === 'number') optimizer['learningRate'] = short(rate);
  else if (rate !== undefined && rate !== null) optimizer['learningRate'] = {};
  for (const [theirs, key] of Object.entries(OPTIONS)) {
    const option = config[theirs];
    if (!OWN[name]!.includes(key) && !OF_ALL.includes(key)) continue;
    if (typeof option === 'number') optimizer[key] = short(option);
    else if (typeof option === 'boolean') optimizer[key] = option;
  }
  if (optimizer['momentum'] === 0) delete optimizer['nesterov'];
  return optimizer;
}

/** 0.001 where a float32 was written as 0.0010000000474974513. */
function short(value: number): number {
  const rounded = Number(value.toPrecision(7));
  return Math.fround(rounded) === value ? rounded : value;
}

/** Those that ours have; lists may stand in lists, one for each output. */
function readMetrics(value: unknown, remarks: string[]): string[] {
  const list = Array.isArray(value) ? (value.flat(2) as unknown[]) : [];
  const found = list.map((metric) => {
    const config = isObject(metric) && isObject(metric['config']) ? metric['config'] : {};
    const names = [nameOf(metric), config['fn'], config['name']].map((name) =>
      typeof name === 'string' ? name : undefined,
    );
    const name = names.map((each) => ours(METRICS, each)).find((each) => each !== undefined);
    if (name === undefined)
      remarks.push(`its metric ${quote(names[0] ?? metric)} is left out, because ours have none like it`);
    return name;
  });
  return [...new Set(found.filter((name) => name !== undefined))];
}
