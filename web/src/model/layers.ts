/** Layers as callers describe them. */
import type {
  LayerOptions,
  DenseOptions,
  ActivationOptions,
  DropoutOptions,
  GaussianNoiseOptions,
  LayerNormalizationOptions,
  BatchNormalizationOptions,
  DenseConfig,
  LayerConfig,
} from './layer-options.js';
import { checkInteger, checkObject } from '../check/arguments.js';
import { isLoaded } from '../wasm/module.js';
import { keysOf } from './stack.js';

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

/**
 * (x − mean)/√variance with each feature's mean and variance, which {@link Sequential.adapt} learns from data. A feature
 * that never varied there is only centred: its scale is 1, as in scikit-learn.
 */
export function normalization(options: LayerOptions = {}) {
  return described('normalization', options);
}

function described<Name extends LayerConfig['className'], Options extends LayerOptions>(
  className: Name,
  options: Options,
): Options & { className: Name } {
  // The names of the options are known only once init() is done; sequential() checks them in any case.
  if (isLoaded()) checkObject(className, options, keysOf(className));
  else checkObject(className, options, Object.keys(options ?? {}));
  return { ...options, className };
}
