/** The options of each kind of layer, and what they become. */
import type { ActivationConfig, ActivationName } from './activations.js';
import type { ConstraintConfig, ConstraintName } from './constraints.js';
import type { InitializerConfig, InitializerName } from './initializers.js';
import type { RegularizerConfig, RegularizerName } from './regularizers.js';

/** Options of every layer. */
export interface LayerOptions {
  /** Shape of one sample, `[features]`; needed on the first layer, checked on the others when given. */
  inputShape?: [number];
  /** Default: the kind of layer, with its position but on the first: `dense`, `dropout_1` … Unique within a model. */
  name?: string;
  /**
   * True if training changes the layer's weights. If it is false the layer is frozen, as in Keras: the optimizer, with
   * its weight decay, clipping and averages, leaves it alone, its penalties and constraints are off, and
   * `batchNormalization` works by its moving averages, in training too, and keeps them. Default true.
   */
  trainable?: boolean;
}

/** Options of {@link dense}. */
export interface DenseOptions extends LayerOptions {
  /** Outputs of the layer, ≥ 1. */
  units: number;
  /** Default `'linear'`. */
  activation?: ActivationName | ActivationConfig;
  /** Default true. */
  useBias?: boolean;
  /** Default `'glorotUniform'`. */
  kernelInitializer?: InitializerName | InitializerConfig;
  /** Default `'zeros'`. */
  biasInitializer?: InitializerName | InitializerConfig;
  /** Default: none. */
  kernelRegularizer?: RegularizerName | RegularizerConfig;
  /** Default: none. */
  biasRegularizer?: RegularizerName | RegularizerConfig;
  /** On the activations, as a mean over the samples. Default: none. */
  activityRegularizer?: RegularizerName | RegularizerConfig;
  /** Default: none. */
  kernelConstraint?: ConstraintName | ConstraintConfig;
  /** Default: none. */
  biasConstraint?: ConstraintName | ConstraintConfig;
}

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  activation: ActivationName | ActivationConfig;
}

/** Options of {@link dropout} and {@link alphaDropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Probability that a number is dropped, in [0, 1). */
  rate: number;
}

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of what is added, ≥ 0. */
  stddev: number;
}

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions extends LayerOptions {
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** True to add β. Default true. */
  center?: boolean;
  /** True to multiply by γ. Default true. */
  scale?: boolean;
}

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions extends LayerNormalizationOptions {
  /** Share of the moving averages that a batch leaves as it is, in [0, 1). Default 0.99. */
  momentum?: number;
}

/** A layer of a model that is yet to be built: what {@link dense} returns. */
export interface DenseConfig extends DenseOptions {
  className: 'dense';
}

/** A layer of a model that is yet to be built, of any kind. */
export type LayerConfig =
  | DenseConfig
  | (ActivationOptions & { className: 'activation' })
  | (DropoutOptions & { className: 'dropout' | 'alphaDropout' })
  | (GaussianNoiseOptions & { className: 'gaussianNoise' })
  | (BatchNormalizationOptions & { className: 'batchNormalization' })
  | (LayerNormalizationOptions & { className: 'layerNormalization' })
  | (LayerOptions & { className: 'normalization' });

/** A layer of a model, every default filled in. */
export interface LayerDescription {
  className: LayerConfig['className'];
  name: string;
  /** Outputs. */
  units: number;
  activation: ActivationConfig;
  /** False: the layer is frozen. */
  trainable: boolean;
  useBias?: boolean;
  kernelInitializer?: InitializerConfig;
  biasInitializer?: InitializerConfig;
  kernelRegularizer?: RegularizerConfig;
  biasRegularizer?: RegularizerConfig;
  activityRegularizer?: RegularizerConfig;
  kernelConstraint?: ConstraintConfig;
  biasConstraint?: ConstraintConfig;
  rate?: number;
  stddev?: number;
  momentum?: number;
  epsilon?: number;
  center?: boolean;
  scale?: boolean;
}
