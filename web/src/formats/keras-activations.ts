/** Keras' activations: names, classes and their defaults, which are not ours. */
import { checkFloat, rangeError, textOf } from '../check/arguments.js';
import { quote } from '../check/bytes.js';
import type { ActivationConfig, ActivationName } from '../index.js';
import { jsonObject, OTHERS, type Json } from './keras-chain.js';

/** An activation as ours; what goes in is to be multiplied by `slope` first. */
export interface ReadActivation {
  activation: ActivationConfig;
  slope: number;
}

/** Ours by the names of Keras 1 to 3 and TensorFlow.js, without underscores and capitals. */
const NAMES: Record<string, ActivationName> = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  leakyrelu: 'leakyRelu',
  elu: 'elu',
  selu: 'selu',
  gelu: 'gelu',
  gelunew: 'geluTanh',
  silu: 'silu',
  swish: 'silu',
  softplus: 'softplus',
  softsign: 'softsign',
  hardsigmoid: 'hardSigmoid',
  exponential: 'exponential',
  softmax: 'softmax',
  logsoftmax: 'logSoftmax',
};

/** Slopes below zero of `leaky_relu` and of the layer `LeakyReLU`, where nothing is said. */
const LEAKY_FUNCTION = 0.2;
const LEAKY_LAYER = 0.3;

/** z/5 + ½, which was hard_sigmoid until Keras 3 and is in TensorFlow.js, is ours of 1.2·z. */
const OLD_HARD_SIGMOID = 1.2;

/**
 * @param value a name, or an object `{ class_name, config }` of a layer or of a function
 * @throws {RangeError} naming the activation that ours have not.
 */
export function readActivation(where: string, value: unknown, version: string): ReadActivation {
  if (value === undefined || value === null) return { activation: { name: 'linear' }, slope: 1 };
  if (typeof value === 'string') return named(where, value, {}, LEAKY_FUNCTION, version);
  const object = jsonObject(`${where}: activation`, value);
  // A function of Keras 3 is { class_name: 'function', config: 'leaky_relu' }.
  if (typeof object['config'] === 'string') return named(where, object['config'], {}, LEAKY_FUNCTION, version);
  const config = jsonObject(`${where}: activation.config`, object['config'] ?? {});
  if (object['class_name'] === 'Activation') return readActivation(where, textOf(config['activation']), version);
  return named(where, textOf(object['class_name']), config, LEAKY_LAYER, version);
}

function named(where: string, given: string, config: Json, leaky: number, version: string): ReadActivation {
  const key = given.toLowerCase().replace(/_/g, '');
  let name = Object.hasOwn(NAMES, key) ? NAMES[key]! : undefined;
  if (name === undefined) {
    throw new RangeError(
      `${where}: activation: expected one that ours have, got ${quote(given)}: ${Object.keys(NAMES).join(', ')}; ${OTHERS}`,
    );
  }
  if (name === 'gelu' && config['approximate'] === true) name = 'geluTanh';
  if (name === 'hardSigmoid') return { activation: { name }, slope: /^3/.test(version) ? 1 : OLD_HARD_SIGMOID };
  const number = (option: string) => {
    const value = config[option];
    return value === undefined || value === null ? undefined : checkFloat(`${where}: ${option}`, scalar(value));
  };
  const below = number('negative_slope') ?? number('alpha');
  if (name === 'leakyRelu') return { activation: { name, alpha: below ?? leaky }, slope: 1 };
  if (name === 'elu') return { activation: { name, alpha: below ?? 1 }, slope: 1 };
  if (name === 'relu') {
    const most = config['max_value'];
    if (most !== undefined && most !== null) throw rangeError(`${where}: max_value`, 'none', most);
    const threshold = number('threshold') ?? number('theta') ?? 0;
    if (threshold !== 0) throw rangeError(`${where}: threshold`, '0', threshold);
    if (below) return { activation: { name: 'leakyRelu', alpha: below }, slope: 1 };
  }
  if (/softmax/i.test(name)) {
    const axis = config['axis'] ?? -1;
    if (axis !== -1 && axis !== 1) throw new RangeError(`${where}: axis: expected -1, got ${quote(axis)}`);
  }
  return { activation: { name }, slope: 1 };
}

/** Keras 2 writes numbers of layers as `{ class_name: '__numpy__', … }` or arrays now and then. */
function scalar(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 1) return value[0];
  if (typeof value === 'object' && value !== null && 'value' in value) return value.value;
  return value;
}
