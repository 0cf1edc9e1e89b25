/** Keras' kinds of layers, a line each: what of ours each is, and which weights it has. */
import {
  checkArray,
  checkFloat,
  checkInteger,
  checkNumber,
  rangeError,
  textOf,
  typeError,
} from '../check/arguments.js';
import { quote } from '../check/bytes.js';
import type { ConstraintConfig, LayerConfig, RegularizerConfig } from '../index.js';
import type { DescribedWeight } from './description.js';
import { readActivation, type ReadActivation } from './keras-activations.js';
import { jsonObject, OTHERS, type ConfiguredLayer, type Json } from './keras-chain.js';

/** Weights of a `normalization` layer: of each channel, which repeat over the features. */
export interface Fixed {
  features: number;
  mean: readonly number[];
  variance: readonly number[];
}

interface Kind {
  layer?: LayerConfig;
  weights: { name: string; shape: number[]; isOptional?: boolean }[];
  convert?(weights: DescribedWeight[]): DescribedWeight[];
  fixed?: Fixed;
  /** Of a sample, as it leaves the layer. */
  shape: number[];
  /** Says what was left out or changed. */
  remark?: string;
}

/** A layer that is to be read: its options, and the shape of a sample that comes in. */
interface Given {
  where: string;
  config: Json;
  shape: readonly number[];
  /** Of all axes. */
  features: number;
  version: string;
  /** Options that every layer has. */
  common: { name: string; trainable?: false };
}

/**
 * @param where opens the errors: `loadAny: dense_1`
 * @param shape of a sample, as it comes in
 */
export function readLayer(
  where: string,
  { className, name, config }: Omit<ConfiguredLayer, 'within'>,
  shape: readonly number[],
  version: string,
): Kind {
  const read = Object.hasOwn(KINDS, className) ? KINDS[className]! : undefined;
  if (!read) {
    throw new RangeError(
      `${where}: expected a layer of multilayer perceptrons, got ${quote(className)}; the layers read are ${Object.keys(KINDS).join(', ')}; ${OTHERS}`,
    );
  }
  const features = shape.reduce((product, size) => product * size, 1);
  const common = { name, ...(config['trainable'] === false && { trainable: false as const }) };
  const kind = read({ where, config, shape, features, version, common });
  const remark = [kind.remark, precisionRemark(where, config['dtype'])].filter(Boolean).join('; ');
  return remark ? { ...kind, remark } : kind;
}

const nothing = ({ shape }: Given): Kind => ({ weights: [], shape: [...shape] });

const KINDS: Record<string, (given: Given) => Kind> = {
  Dense: readDense,
  Activation(given) {
    return activationLayer(given, readActivation(given.where, given.config['activation'], given.version));
  },
  ...Object.fromEntries(
    ['ReLU', 'LeakyReLU', 'ELU', 'Softmax'].map((className) => [
      className,
      (given: Given) =>
        activationLayer(
          given,
          readActivation(given.where, { class_name: className, config: given.config }, given.version),
        ),
    ]),
  ),
  Dropout: ({ where, config, shape, common }) => ({
    layer: { ...common, className: 'dropout', rate: rateOf(where, config) },
    weights: [],
    shape: [...shape],
    ...(Boolean(config['noise_shape']) && { remark: 'noise_shape is left out: here each number is dropped by itself' }),
  }),
  AlphaDropout: ({ where, config, shape, common }) => ({
    layer: { ...common, className: 'alphaDropout', rate: rateOf(where, config) },
    weights: [],
    shape: [...shape],
  }),
  GaussianNoise: ({ where, config, shape, common }) => ({
    layer: { ...common, className: 'gaussianNoise', stddev: checkFloat(`${where}: stddev`, config['stddev'], 0) },
    weights: [],
    shape: [...shape],
  }),
  GaussianDropout: (given) => ({
    ...nothing(given),
    remark: 'it is left out, because ours have no GaussianDropout; predictions are the same, training is not',
  }),
  ActivityRegularization: (given) => ({
    ...nothing(given),
    remark:
      'it is left out; predictions are the same, and training goes on without it (see activityRegularizer of dense)',
  }),
  Identity: nothing,
  BatchNormalization: readBatchNormalization,
  LayerNormalization: readLayerNormalization,
  Normalization: readNormalization,
  Rescaling: readRescaling,
  Flatten({ where, config, shape, features }) {
    // The order of numbers changes only where there are several channels, and several places.
    const hasOrder = shape.length > 1 && shape[0]! > 1 && features > shape[0]!;
    if (config['data_format'] === 'channels_first' && hasOrder) {
      throw new RangeError(
        `${where}: expected data_format 'channels_last', got 'channels_first', which reorders inputs`,
      );
    }
    return { weights: [], shape: [features] };
  },
  Reshape({ where, config, features }) {
    const target = checkArray(`${where}: target_shape`, config['target_shape'], 'an array');
    if (target.length > 16) throw rangeError(`${where}: target_shape`, 'at most 16 axes', target);
    const sizes = target.map((size, i) => (size === -1 ? -1 : checkInteger(`${where}: target_shape[${i}]`, size, 1)));
    const product = sizes.reduce((all, size) => (size === -1 ? all : all * size), 1);
    const open = sizes.filter((size) => size === -1).length;
    if (open > 1 || (open ? features % product > 0 : features !== product)) {
      throw new RangeError(`${where}: target_shape: expected a shape of ${features} numbers, got [${sizes}]`);
    }
    return { weights: [], shape: sizes.map((size) => (size === -1 ? features / product : size)) };
  },
};

function readDense({ where, config, shape, version, common }: Given): Kind {
  if (shape.slice(0, -1).some((size) => size > 1)) {
    throw new RangeError(
      `${where}: expected inputs in one row, got shape [${shape}], which Dense takes piece by piece; a Flatten before it, or ${OTHERS}`,
    );
  }
  const units = checkInteger(`${where}: units`, config['units'] ?? config['output_dim'], 1);
  const useBias = config['use_bias'] !== false && config['bias'] !== false;
  const { activation, slope } = readActivation(where, config['activation'], version);
  const left: string[] = [];
  const layer: LayerConfig = { ...common, className: 'dense', units, activation, ...(!useBias && { useBias }) };
  for (const [theirs, ours] of [
    ['kernel_regularizer', 'kernelRegularizer'],
    ['bias_regularizer', 'biasRegularizer'],
    ['activity_regularizer', 'activityRegularizer'],
  ] as const) {
    const regularizer = readRegularizer(`${where}: ${theirs}`, config[theirs]);
    if (regularizer === undefined) left.push(theirs);
    else if (regularizer) layer[ours] = regularizer;
  }
  for (const [theirs, ours] of [
    ['kernel_constraint', 'kernelConstraint'],
    ['bias_constraint', 'biasConstraint'],
  ] as const) {
    const constraint = readConstraint(`${where}: ${theirs}`, config[theirs]);
    if (constraint === undefined) left.push(theirs);
    else if (constraint) layer[ours] = constraint;
  }
  const remarks = left.map(
    (option) => `${option} is left out, because ours have none like it; predictions are the same`,
  );
  if (slope !== 1) remarks.push(`weights are ${slope} times the file's, because its hard_sigmoid is steeper than ours`);
  return {
    layer,
    weights: [
      { name: 'kernel', shape: [shape.at(-1)!, units] },
      ...(useBias ? [{ name: 'bias', shape: [units] }] : []),
    ],
    ...(slope !== 1 && {
      convert: (weights) => weights.map(({ shape, data }) => ({ shape, data: data.map((value) => value * slope) })),
    }),
    shape: [...shape.slice(0, -1), units],
    ...(remarks.length > 0 && { remark: remarks.join('; ') }),
  };
}

function activationLayer({ where, shape, common }: Given, { activation, slope }: ReadActivation): Kind {
  if (slope !== 1) {
    throw new RangeError(
      `${where}: expected Keras 2's hard_sigmoid as the activation of a Dense layer, got it as a layer of its own, which ours have only with the slope of Keras 3`,
    );
  }
  if (/softmax/i.test(activation.name)) checkRow(where, shape);
  return { layer: { ...common, className: 'activation', activation }, weights: [], shape: [...shape] };
}

function readBatchNormalization({ where, config, shape, features, common }: Given): Kind {
  checkRow(where, shape);
  checkLastAxis(where, config['axis'], shape);
  const { center, scale, epsilon } = normOptions(where, config);
  const momentum = config['momentum'] === undefined ? 0.99 : checkFloat(`${where}: momentum`, config['momentum'], 0, 1);
  return {
    layer: { ...common, className: 'batchNormalization', center, scale, epsilon, momentum },
    weights: [...(scale ? ['gamma'] : []), ...(center ? ['beta'] : []), 'moving_mean', 'moving_variance'].map(
      (name) => ({ name, shape: [features] }),
    ),
    shape: [...shape],
    ...(config['renorm'] === true && { remark: 'renorm is left out; predictions are the same, training is not' }),
  };
}

function readLayerNormalization({ where, config, shape, features, common }: Given): Kind {
  checkRow(where, shape);
  checkLastAxis(where, config['axis'], shape);
  if (config['rms_scaling'] === true) throw rangeError(`${where}: rms_scaling`, 'false', true);
  const { center, scale, epsilon } = normOptions(where, config);
  return {
    layer: { ...common, className: 'layerNormalization', center, scale, epsilon },
    weights: [...(scale ? ['gamma'] : []), ...(center ? ['beta'] : [])].map((name) => ({ name, shape: [features] })),
    shape: [...shape],
  };
}

function normOptions(where: string, config: Json) {
  return {
    center: config['center'] !== false,
    scale: config['scale'] !== false,
    epsilon: config['epsilon'] === undefined ? 1e-3 : checkFloat(`${where}: epsilon`, config['epsilon'], 2 ** -126),
  };
}

/** Keras keeps the divisor from 0 by this; ours takes 1 for a variance of 0. */
const LEAST_VARIANCE = 1e-14;

function readNormalization({ where, config, shape, features, common }: Given): Kind {
  if (config['invert'] === true) throw rangeError(`${where}: invert`, 'false', true);
  const layer: LayerConfig = { ...common, className: 'normalization' };
  // Without an axis there is one mean for all; otherwise one for each place along it.
  const isWhole = config['axis'] === null || (Array.isArray(config['axis']) && config['axis'].length === 0);
  if (!isWhole) checkLastAxis(where, config['axis'], shape);
  const count = isWhole ? 1 : shape.at(-1)!;
  const kept = (variance: number) => Math.max(variance, LEAST_VARIANCE);
  if (config['mean'] !== undefined && config['mean'] !== null) {
    const [mean, variance] = (['mean', 'variance'] as const).map((option) => {
      const numbers = flat(`${where}: ${option}`, config[option], 0);
      if (numbers.length !== 1 && numbers.length !== count) {
        throw rangeError(`${where}: ${option}`, `${count} numbers`, numbers.length);
      }
      return Array.from({ length: Math.min(count, numbers.length) }, (_, i) => numbers[i]!);
    });
    return {
      layer,
      weights: [],
      fixed: { features, mean: mean!, variance: variance!.map(kept) },
      shape: [...shape],
    };
  }
  const channels = isWhole ? [] : [count];
  return {
    layer,
    weights: [
      { name: 'mean', shape: channels },
      { name: 'variance', shape: channels },
    ],
    convert: ([mean, variance]) =>
      [mean!.data, variance!.data.map(kept)].map((numbers) => ({
        shape: [features],
        data: Float32Array.from({ length: features }, (_, i) => numbers[i % numbers.length]!),
      })),
    shape: [...shape],
  };
}

/** x·scale + offset, as (x − mean)/√variance. */
function readRescaling({ where, config, shape, features, common }: Given): Kind {
  const scale = flat(`${where}: scale`, config['scale'], 0);
  const offset = flat(`${where}: offset`, config['offset'] ?? 0, 0);
  const count = Math.max(scale.length, offset.length);
  for (const [name, { length }] of [
    ['scale', scale],
    ['offset', offset],
  ] as const) {
    if (length !== 1 && length !== shape.at(-1))
      throw rangeError(`${where}: ${name}`, `${shape.at(-1)} numbers`, length);
  }
  const wrong = scale.find((factor) => factor <= 0);
  if (wrong !== undefined) throw rangeError(`${where}: scale`, 'a number above 0', wrong);
  const at = (i: number) => [scale[i % scale.length]!, offset[i % offset.length]!] as const;
  const places = Array.from({ length: count }, (_, i) => at(i));
  return {
    layer: { ...common, className: 'normalization' },
    weights: [],
    fixed: {
      features,
      mean: places.map(([factor, shift]) => -shift / factor),
      variance: places.map(([factor]) => 1 / factor ** 2),
    },
    shape: [...shape],
  };
}

/** The numbers of a number or of lists in lists. */
function flat(argument: string, value: unknown, depth: number): number[] {
  if (typeof value === 'number') return [checkFloat(argument, value)];
  if (!Array.isArray(value) || depth > 6) throw typeError(argument, 'a number or an array of numbers', value);
  return value.flatMap((inner) => flat(argument, inner, depth + 1));
}

const rateOf = (where: string, config: Json) => checkFloat(`${where}: rate`, config['rate'] ?? config['p'], 0, 1);

/** Statistics of rows are ours only where a sample is one row. */
function checkRow(where: string, shape: readonly number[]): void {
  if (shape.slice(0, -1).every((size) => size === 1)) return;
  throw new RangeError(`${where}: expected inputs in one row, got shape [${shape}]; a Flatten before it, or ${OTHERS}`);
}

/** -1, the number of the last axis, or a list of that. */
function checkLastAxis(where: string, axis: unknown, shape: readonly number[]): void {
  const value: unknown = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  if (value === undefined || value === -1 || value === shape.length) return;
  throw new RangeError(`${where}: axis: expected -1, the last one, got ${quote(axis)}`);
}

/** Null for none, undefined for one that ours have not. */
function readRegularizer(argument: string, value: unknown): RegularizerConfig | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') {
    const name = value.toLowerCase().replace(/_/g, '');
    return name === 'l1' || name === 'l2' || name === 'l1l2' ? { name } : undefined;
  }
  const { class_name: className, config } = jsonObject(argument, value);
  const { l1, l2 } = jsonObject(`${argument}.config`, config ?? {});
  const strength = (given: unknown) => (given === undefined ? 0.01 : checkNumber(argument, given, 0));
  if (className === 'L1') return { name: 'l1', l1: strength(l1) };
  if (className === 'L2') return { name: 'l2', l2: strength(l2) };
  if (className === 'L1L2') return { name: 'l1l2', l1: strength(l1 ?? 0), l2: strength(l2 ?? 0) };
  return undefined;
}

/** Null for none, undefined for one that ours have not. */
function readConstraint(argument: string, value: unknown): ConstraintConfig | null | undefined {
  if (value === undefined || value === null) return null;
  const { class_name: className, config } =
    typeof value === 'string' ? { class_name: value, config: {} } : jsonObject(argument, value);
  const { max_value: maxValue, axis } = jsonObject(`${argument}.config`, config ?? {});
  const name = textOf(className).toLowerCase().replace(/_/g, '');
  const isOfColumns = axis === undefined || axis === 0 || (Array.isArray(axis) && axis.length === 1 && axis[0] === 0);
  if (name === 'nonneg') return { name: 'nonNeg' };
  if (name === 'maxnorm' && isOfColumns) {
    return { name: 'maxNorm', maxValue: maxValue === undefined ? 2 : checkFloat(argument, maxValue, 2 ** -126) };
  }
  if (name === 'unitnorm' && isOfColumns) return { name: 'unitNorm' };
  return undefined;
}

/** The remark on weights that are no float32; refuses those of few bits. */
function precisionRemark(where: string, dtype: unknown): string | undefined {
  const policy =
    typeof dtype === 'object' && dtype !== null ? (dtype as { config?: { name?: unknown } | null }) : undefined;
  const name = policy ? policy.config?.name : dtype;
  if (typeof name !== 'string' || name === 'float32') return undefined;
  if (/^(?:int|float8)/.test(name)) {
    throw new RangeError(`${where}: expected weights of floating point, got those quantized as ${quote(name)}`);
  }
  return `computed in float32 here, in ${quote(name)} there`;
}
