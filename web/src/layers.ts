/** Layers and losses: from what callers write to what the core takes, every default filled in. */
import {
  checkBoolean,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkString,
  named,
  rangeError,
  typeError,
} from './check.js';
import {
  ACTIVATIONS,
  CONSTRAINTS,
  INITIALIZERS,
  LOSSES,
  METRICS,
  REGULARIZERS,
  type ActivationConfig,
  type ActivationName,
  type ActivationOptions,
  type BatchNormalizationOptions,
  type CompileOptions,
  type ConstraintConfig,
  type DenseConfig,
  type DenseOptions,
  type DropoutOptions,
  type GaussianNoiseOptions,
  type InitializerConfig,
  type InitializerName,
  type LayerConfig,
  type LayerDescription,
  type LayerNormalizationOptions,
  type LayerOptions,
  type LossConfig,
  type MetricConfig,
  type MetricName,
  type OptimizerConfig,
  type RegularizerConfig,
} from './types.js';
import { resolveOptimizer } from './optimizer.js';
import { catalogue } from './wasm.js';

/** The stack of a model. */
export interface ResolvedLayers {
  features: number;
  layers: LayerDescription[];
}

/** Optimizer, loss and metrics with every option that applies filled in. */
export interface ResolvedCompile {
  optimizer: OptimizerConfig;
  loss: LossConfig;
  metrics: MetricConfig[];
}

/** Options of each initialiser. */
const INITIALIZER_OPTIONS: Partial<Record<InitializerName, Partial<InitializerConfig>>> = {
  constant: { value: 0 },
  randomUniform: { minval: -0.05, maxval: 0.05 },
  randomNormal: { mean: 0, stddev: 0.05 },
  orthogonal: { gain: 1 },
};

/** The core reads every field, also those that do not apply. */
const NATIVE_INITIALIZER = { value: 0, minval: 0, maxval: 0, mean: 0, stddev: 0, gain: 1 };
const NATIVE_LOSS = { delta: 1, labelSmoothing: 0, reduction: 'mean', fromLogits: false };

const NATIVE_REGULARIZER = { l1: 0, l2: 0 };
const NATIVE_CONSTRAINT = { name: 'none', maxValue: 2 };

/** What `addLayer` in `cpp/bindings.cc` reads. */
export function nativeLayer(layer: LayerDescription): object {
  return {
    ...layer,
    activation: { alpha: 0, ...layer.activation },
    kernelInitializer: { ...NATIVE_INITIALIZER, ...layer.kernelInitializer },
    biasInitializer: { ...NATIVE_INITIALIZER, ...layer.biasInitializer },
    kernelRegularizer: { ...NATIVE_REGULARIZER, ...layer.kernelRegularizer },
    biasRegularizer: { ...NATIVE_REGULARIZER, ...layer.biasRegularizer },
    activityRegularizer: { ...NATIVE_REGULARIZER, ...layer.activityRegularizer },
    kernelConstraint: { ...NATIVE_CONSTRAINT, ...layer.kernelConstraint },
    biasConstraint: { ...NATIVE_CONSTRAINT, ...layer.biasConstraint },
  };
}

/** What `compile` in `cpp/bindings.cc` reads as its loss. */
export function nativeLoss(loss: LossConfig): object {
  return { ...NATIVE_LOSS, ...loss };
}

/** What `compile` in `cpp/bindings.cc` reads as its metrics. */
export function nativeMetrics(metrics: readonly MetricConfig[]): object[] {
  return metrics.map((metric) => ({ threshold: NaN, k: 5, average: 'macro', ...metric }));
}

/**
 * A fully connected layer: a = σ(x·W + b), with x: rows × inputs, W: inputs × units, b: units.
 *
 * It is only described here, as are all layers; {@link sequential} builds it and checks the names.
 *
 * @throws {TypeError | RangeError} when an option is unknown or `units` is not an integer ≥ 1.
 */
export function dense(options: DenseOptions): DenseConfig {
  const config = described('dense', options);
  checkInteger('dense: units', config.units, 1);
  return config;
}

/** An activation on its own: a = σ(x). */
export function activation(options: ActivationOptions) {
  return described('activation', options);
}

/**
 * In training, numbers become 0 with probability `rate`, and the others are divided by 1 − rate (Srivastava et al.
 * 2014). Which ones depends on the model's seed and the step alone.
 */
export function dropout(options: DropoutOptions) {
  return described('dropout', options);
}

/** Dropout for `selu` networks: what is dropped becomes selu's limit, and mean and variance stay (Klambauer et al. 2017). */
export function alphaDropout(options: DropoutOptions) {
  return described('alphaDropout', options);
}

/** In training, adds normal numbers of standard deviation `stddev`, drawn from the model's seed and the step. */
export function gaussianNoise(options: GaussianNoiseOptions) {
  return described('gaussianNoise', options);
}

/**
 * γ·(x − mean)/√(variance + ε) + β, each feature over the rows of the batch (Ioffe & Szegedy 2015); outside of training
 * by moving averages of the batches' means and variances (the variances of the rows, as in Keras, not an estimate of the
 * population's, as in PyTorch).
 */
export function batchNormalization(options: BatchNormalizationOptions = {}) {
  return described('batchNormalization', options);
}

/** γ·(x − mean)/√(variance + ε) + β, each row over its features (Ba, Kiros & Hinton 2016). */
export function layerNormalization(options: LayerNormalizationOptions = {}) {
  return described('layerNormalization', options);
}

/** (x − mean)/√variance with each feature's mean and variance, which {@link Sequential.adapt} learns from data. */
export function normalization(options: LayerOptions = {}) {
  return described('normalization', options);
}

function described<Name extends LayerConfig['className'], Options extends LayerOptions>(
  className: Name,
  options: Options,
): Options & { className: Name } {
  return { ...checkObject(className, options, keysOf(className)), className };
}

/** An option of a layer: checks what was given, or says what it is where nothing was; undefined leaves it out. */
type Option = (argument: string, value: unknown) => unknown;

const flag: Option = (argument, value = true) => checkBoolean(argument, value);
const number =
  (fallback: number | undefined, low: number, high?: number): Option =>
  (argument, value = fallback) =>
    checkNumber(argument, value, low, high);
const initializer =
  (fallback: InitializerName): Option =>
  (argument, value = fallback) =>
    resolveInitializer(argument, value as InitializerName | InitializerConfig);
const regularizer: Option = (argument, value) => value && resolveRegularizer(argument, value as RegularizerConfig);
const constraint: Option = (argument, value) => value && resolveConstraint(argument, value as ConstraintConfig);

/** The options of each kind beside name and inputShape. */
const KINDS: Record<LayerConfig['className'], Record<string, Option>> = {
  dense: {
    units: (argument, value) => checkInteger(argument, value, 1),
    activation: (argument, value = 'linear') => resolveActivation(argument, value as ActivationConfig),
    useBias: flag,
    kernelInitializer: initializer('glorotUniform'),
    biasInitializer: initializer('zeros'),
    kernelRegularizer: regularizer,
    biasRegularizer: regularizer,
    activityRegularizer: regularizer,
    kernelConstraint: constraint,
    biasConstraint: constraint,
  },
  activation: { activation: (argument, value) => resolveActivation(argument, value as ActivationConfig) },
  dropout: { rate: number(undefined, 0, 1) },
  alphaDropout: { rate: number(undefined, 0, 1) },
  gaussianNoise: { stddev: number(undefined, 0) },
  batchNormalization: {
    momentum: number(0.99, 0, 1),
    epsilon: number(1e-3, Number.MIN_VALUE),
    center: flag,
    scale: flag,
  },
  layerNormalization: { epsilon: number(1e-3, Number.MIN_VALUE), center: flag, scale: flag },
  normalization: {},
};

function keysOf(className: LayerConfig['className']): string[] {
  return [...Object.keys(KINDS[className]), 'inputShape', 'name', 'className'];
}

/** A whole stack: options of each layer, unique names, inputs that fit. */
export function resolveLayers(argument: string, layers: readonly LayerConfig[]): ResolvedLayers {
  if (!Array.isArray(layers)) throw typeError(`${argument}: layers`, 'an array of layers', layers);
  if (layers.length === 0) throw rangeError(`${argument}: layers`, 'at least one layer', layers);
  const resolved: LayerDescription[] = [];
  let features: number | undefined;
  layers.forEach((layer, i) => {
    const where = `${argument}: layers[${i}]`;
    checkObject(where, layer, Object.keys(layer ?? {}));
    const inputs = resolved[i - 1]?.units;
    const given = inputFeatures(where, layer);
    const next = resolveLayer(where, layer, i, (inputs ?? given)!);
    if (resolved.some(({ name }) => name === next.name)) {
      throw rangeError(`${where}.name`, 'a name that no other layer has', next.name);
    }
    if (inputs !== undefined && given !== undefined && given !== inputs) {
      throw new RangeError(
        `${where}.inputShape: expected [${inputs}], the units of the layer before, got [${given}]`,
      );
    }
    features ??= given;
    if (features === undefined) throw typeError(`${where}.inputShape`, 'an array [features]', given);
    resolved.push(next);
  });
  return { features: features!, layers: resolved };
}

/** Features that a layer's `inputShape` asks for, if it does. */
function inputFeatures(argument: string, { inputShape }: LayerConfig): number | undefined {
  if (inputShape === undefined) return undefined;
  if (!Array.isArray(inputShape))
    throw typeError(`${argument}.inputShape`, 'an array [features]', inputShape);
  if (inputShape.length !== 1)
    throw rangeError(`${argument}.inputShape`, 'one number [features]', inputShape);
  return checkInteger(`${argument}.inputShape[0]`, inputShape[0], 1);
}

function resolveLayer(argument: string, layer: LayerConfig, index: number, inputs: number): LayerDescription {
  const { className } = layer;
  if (typeof className !== 'string' || !Object.hasOwn(KINDS, className)) {
    throw typeError(argument, `a layer made by ${Object.keys(KINDS).join('(), ')}()`, layer);
  }
  checkObject(argument, layer, keysOf(className));
  const { name = index === 0 ? className : `${className}_${index}` } = layer;
  const resolved: Record<string, unknown> = {
    className,
    name: checkString(`${argument}.name`, name),
    units: inputs,
    activation: { name: 'linear' },
  };
  for (const [key, option] of Object.entries(KINDS[className])) {
    const value = option(`${argument}.${key}`, (layer as unknown as Record<string, unknown>)[key]);
    if (value !== undefined) resolved[key] = value;
  }
  return resolved as unknown as LayerDescription;
}

/** The layer as it can be described again: only what its kind takes. */
export function layerConfig(layer: LayerDescription): LayerConfig {
  const keys = keysOf(layer.className);
  return Object.fromEntries(
    Object.entries(layer).filter(([key]) => keys.includes(key)),
  ) as unknown as LayerConfig;
}

function resolveRegularizer(argument: string, value: RegularizerConfig | RegularizerConfig['name']): RegularizerConfig {
  const config = named<RegularizerConfig>(argument, value, REGULARIZERS);
  const keys = (['l1', 'l2'] as const).filter((key) => config.name.includes(key));
  checkObject(argument, config, ['name', ...keys]);
  const resolved: RegularizerConfig = { name: config.name };
  for (const key of keys) resolved[key] = checkNumber(`${argument}.${key}`, config[key] ?? 0.01, 0);
  return resolved;
}

function resolveConstraint(argument: string, value: ConstraintConfig | ConstraintConfig['name']): ConstraintConfig {
  const config = named<ConstraintConfig>(argument, value, CONSTRAINTS);
  if (config.name !== 'maxNorm') return checkObject(argument, config, ['name']);
  const { name, maxValue = 2 } = checkObject(argument, config, ['name', 'maxValue']);
  return { name, maxValue: checkNumber(`${argument}.maxValue`, maxValue, 0) };
}

/** A weight of a layer. */
export interface WeightShape {
  name: string;
  shape: number[];
  /** Whether gradients train it; if not, it lies in the buffer of states. */
  trainable: boolean;
}

/** The weights of a layer, in their order in the core's buffers. */
export function weightsOf(layer: LayerDescription, inputs: number): WeightShape[] {
  const { className, units, useBias, center, scale } = layer;
  const vector = (name: string, trainable: boolean) => ({ name, shape: [units], trainable });
  switch (className) {
    case 'dense':
      return [
        { name: 'kernel', shape: [inputs, units], trainable: true },
        ...(useBias ? [vector('bias', true)] : []),
      ];
    case 'batchNormalization':
    case 'layerNormalization':
      return [
        ...(scale ? [vector('gamma', true)] : []),
        ...(center ? [vector('beta', true)] : []),
        ...(className === 'batchNormalization' ? ['movingMean', 'movingVariance'] : []).map((name) =>
          vector(name, false),
        ),
      ];
    case 'normalization':
      return [vector('mean', false), vector('variance', false)];
    default:
      return [];
  }
}

function resolveActivation(argument: string, value: ActivationName | ActivationConfig): ActivationConfig {
  const config = named<ActivationConfig>(argument, value, ACTIVATIONS);
  const { alpha: fallback } = catalogue().activations.find(({ name }) => name === config.name)!;
  if (fallback === 0) return checkObject(argument, config, ['name']);
  const { name, alpha = fallback } = checkObject(argument, config, ['name', 'alpha']);
  return { name, alpha: checkNumber(`${argument}.alpha`, alpha) };
}

function resolveInitializer(argument: string, value: InitializerName | InitializerConfig): InitializerConfig {
  const config = named<InitializerConfig>(argument, value, INITIALIZERS);
  const defaults = INITIALIZER_OPTIONS[config.name] ?? {};
  const keys = Object.keys(defaults) as (keyof typeof defaults)[];
  const resolved = { ...defaults, ...checkObject(argument, config, ['name', ...keys]) };
  for (const key of keys) checkNumber(`${argument}.${key}`, resolved[key]);
  if (resolved.minval! > resolved.maxval!) {
    throw rangeError(`${argument}.minval`, `at most maxval, ${resolved.maxval}`, resolved.minval);
  }
  if (resolved.stddev! < 0) throw rangeError(`${argument}.stddev`, 'a number from 0', resolved.stddev);
  return resolved;
}

export function resolveCompile(options: CompileOptions): ResolvedCompile {
  checkObject('compile', options, ['optimizer', 'loss', 'metrics']);
  const { metrics = [] } = options;
  if (!Array.isArray(metrics)) throw typeError('compile: metrics', 'an array of names', metrics);
  const optimizer = resolveOptimizer('compile: optimizer', options.optimizer);
  const loss = resolveLoss('compile: loss', options.loss);
  return {
    optimizer,
    loss,
    metrics: metrics.map((metric, i) => resolveMetric(`compile: metrics[${i}]`, metric, loss)),
  };
}

/** Options of each metric. */
const METRIC_OPTIONS: Partial<Record<MetricName, (keyof MetricConfig)[]>> = {
  binaryAccuracy: ['threshold'],
  topKAccuracy: ['k'],
  precision: ['threshold', 'average'],
  recall: ['threshold', 'average'],
  f1Score: ['threshold', 'average'],
};

function resolveMetric(argument: string, value: MetricName | MetricConfig, loss: LossConfig): MetricConfig {
  const config = named<MetricConfig>(argument, value, METRICS);
  const keys = METRIC_OPTIONS[config.name] ?? [];
  const resolved: MetricConfig = {
    ...(keys.includes('k') && { k: 5 }),
    ...(keys.includes('average') && { average: 'macro' }),
    ...checkObject(argument, config, ['name', ...keys]),
  };
  const { threshold, k, average } = resolved;
  if (threshold !== undefined)
    checkNumber(`${argument}.threshold`, threshold, ...(loss.fromLogits ? [0, 1] : []));
  if (k !== undefined) checkInteger(`${argument}.k`, k, 1);
  if (average !== undefined) checkName(`${argument}.average`, average, AVERAGES);
  return resolved;
}

const AVERAGES = ['macro', 'micro', 'weighted'];

function resolveLoss(argument: string, value: CompileOptions['loss']): LossConfig {
  const config = named<LossConfig>(argument, value, LOSSES);
  const { hasLogits } = catalogue().losses.find(({ name }) => name === config.name)!;
  const defaults: Omit<LossConfig, 'name'> = {
    ...(config.name === 'huber' && { delta: 1 }),
    ...(hasLogits && config.name !== 'kullbackLeiblerDivergence' && { labelSmoothing: 0, fromLogits: false }),
    ...(config.name === 'binaryCrossentropy' && { reduction: 'mean' }),
  };
  const resolved = { ...defaults, ...checkObject(argument, config, ['name', ...Object.keys(defaults)]) };
  const { delta, labelSmoothing, reduction, fromLogits } = resolved;
  if (delta !== undefined) checkNumber(`${argument}.delta`, delta, Number.MIN_VALUE);
  if (labelSmoothing !== undefined) checkNumber(`${argument}.labelSmoothing`, labelSmoothing, 0, 1);
  if (reduction !== undefined) checkName(`${argument}.reduction`, reduction, ['mean', 'sum']);
  if (fromLogits !== undefined) checkBoolean(`${argument}.fromLogits`, fromLogits);
  return resolved;
}
