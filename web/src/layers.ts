/** Layers, optimizers and losses: from what callers write to what the core takes, every default filled in. */
import {
  checkBoolean,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkString,
  rangeError,
  typeError,
} from './check.js';
import {
  ACTIVATIONS,
  INITIALIZERS,
  LOSSES,
  METRICS,
  OPTIMIZERS,
  type ActivationConfig,
  type ActivationName,
  type CompileOptions,
  type DenseConfig,
  type DenseOptions,
  type InitializerConfig,
  type InitializerName,
  type LossConfig,
  type MetricName,
  type OptimizerConfig,
} from './types.js';
import { resolveRate } from './schedules.js';
import { catalogue } from './wasm.js';

/** A dense layer with every option that applies filled in. */
export interface ResolvedDense {
  name: string;
  units: number;
  activation: ActivationConfig;
  useBias: boolean;
  kernelInitializer: InitializerConfig;
  biasInitializer: InitializerConfig;
}

/** The stack of a model. */
export interface ResolvedLayers {
  features: number;
  layers: ResolvedDense[];
}

/** Optimizer, loss and metrics with every option that applies filled in. */
export interface ResolvedCompile {
  optimizer: OptimizerConfig;
  loss: LossConfig;
  metrics: MetricName[];
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

/** What `addDense` in `cpp/bindings.cc` reads. */
export function nativeDense(layer: ResolvedDense): object {
  return {
    ...layer,
    activation: { alpha: 0, ...layer.activation },
    kernelInitializer: { ...NATIVE_INITIALIZER, ...layer.kernelInitializer },
    biasInitializer: { ...NATIVE_INITIALIZER, ...layer.biasInitializer },
  };
}

/** What `compile` in `cpp/bindings.cc` reads as its loss. */
export function nativeLoss(loss: LossConfig): object {
  return { ...NATIVE_LOSS, ...loss };
}

/** The name out of `'name'` or `{ name: 'name', … }`, and what else the latter gives: a copy. */
function named<Config extends { name: string }>(
  argument: string,
  value: string | Config,
  names: readonly string[],
): Config {
  if (typeof value !== 'object' || value === null) {
    return { name: checkName(argument, value, names) } as Config;
  }
  checkName(`${argument}.name`, value.name, names);
  return Object.fromEntries(Object.entries(value).filter(([, option]) => option !== undefined)) as Config;
}

/**
 * A fully connected layer: a = σ(x·W + b), with x: rows × inputs, W: inputs × units, b: units.
 *
 * It is only described here; {@link sequential} builds it and checks the names.
 *
 * @throws {TypeError | RangeError} when an option is unknown or `units` is not an integer ≥ 1.
 */
export function dense(options: DenseOptions): DenseConfig {
  const config = { ...checkObject('dense', options, DENSE_KEYS), className: 'dense' as const };
  checkInteger('dense: units', config.units, 1);
  return config;
}

const DENSE_KEYS = [
  'units',
  'activation',
  'inputShape',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
  'name',
  'className',
];

/** A whole stack: options of each layer, unique names, inputs that fit. */
export function resolveLayers(argument: string, layers: readonly DenseConfig[]): ResolvedLayers {
  if (!Array.isArray(layers)) throw typeError(`${argument}: layers`, 'an array of layers', layers);
  if (layers.length === 0) throw rangeError(`${argument}: layers`, 'at least one layer', layers);
  const resolved: ResolvedDense[] = [];
  let features: number | undefined;
  layers.forEach((layer, i) => {
    const where = `${argument}: layers[${i}]`;
    const next = resolveDense(where, layer, i === 0 ? 'dense' : `dense_${i}`);
    if (resolved.some(({ name }) => name === next.name)) {
      throw rangeError(`${where}.name`, 'a name that no other layer has', next.name);
    }
    const given = inputFeatures(where, layer);
    const inputs = resolved[i - 1]?.units;
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
function inputFeatures(argument: string, { inputShape }: DenseConfig): number | undefined {
  if (inputShape === undefined) return undefined;
  if (!Array.isArray(inputShape))
    throw typeError(`${argument}.inputShape`, 'an array [features]', inputShape);
  if (inputShape.length !== 1)
    throw rangeError(`${argument}.inputShape`, 'one number [features]', inputShape);
  return checkInteger(`${argument}.inputShape[0]`, inputShape[0], 1);
}

function resolveDense(argument: string, layer: DenseConfig, defaultName: string): ResolvedDense {
  checkObject(argument, layer, DENSE_KEYS);
  if (layer.className !== 'dense') throw typeError(argument, 'a layer made by dense()', layer);
  const {
    activation = 'linear',
    useBias = true,
    kernelInitializer = 'glorotUniform',
    biasInitializer = 'zeros',
    name = defaultName,
  } = layer;
  return {
    name: checkString(`${argument}.name`, name),
    units: checkInteger(`${argument}.units`, layer.units, 1),
    activation: resolveActivation(`${argument}.activation`, activation),
    useBias: checkBoolean(`${argument}.useBias`, useBias),
    kernelInitializer: resolveInitializer(`${argument}.kernelInitializer`, kernelInitializer),
    biasInitializer: resolveInitializer(`${argument}.biasInitializer`, biasInitializer),
  };
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
  return {
    optimizer: resolveOptimizer('compile: optimizer', options.optimizer),
    loss: resolveLoss('compile: loss', options.loss),
    metrics: metrics.map((metric, i) => checkName(`compile: metrics[${i}]`, metric, METRICS) as MetricName),
  };
}

function resolveOptimizer(argument: string, value: CompileOptions['optimizer']): OptimizerConfig {
  const config = named<OptimizerConfig>(argument, value, OPTIMIZERS);
  const { options } = catalogue().optimizers.find(({ name }) => name === config.name)!;
  checkObject(argument, config, ['name', ...options.map(({ name }) => name)]);
  const given = config as unknown as Record<string, number | boolean | undefined>;
  const resolved: Record<string, unknown> = { name: config.name };
  for (const option of options) {
    const { name, low, high } = option;
    const value = name in given ? given[name] : name === 'nesterov' ? false : option.default;
    resolved[name] =
      name === 'nesterov'
        ? checkBoolean(`${argument}.${name}`, value)
        : name === 'learningRate'
          ? resolveRate(`${argument}.${name}`, value, low)
          : checkNumber(`${argument}.${name}`, value, low, high);
  }
  if (resolved['nesterov'] && resolved['momentum'] === 0) {
    throw new RangeError(`${argument}.nesterov: expected a momentum above 0 to go with it, got momentum 0`);
  }
  return resolved as unknown as OptimizerConfig;
}

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
