/**
 * The names and options of the public API. The lists are the names themselves, spelt as in C++ and in saved
 * files; a test fails if they differ from what the WebAssembly module knows.
 */

import type { Sequential } from './model.js';

/** Activation functions; formulas in `cpp/mlp/activation.cc`. */
export const ACTIVATIONS = [
  'linear',
  'sigmoid',
  'tanh',
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'geluTanh',
  'silu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'softmax',
  'logSoftmax',
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

/** Losses; formulas in `cpp/mlp/loss.cc`. */
export const LOSSES = [
  'meanSquaredError',
  'sumOfSquares',
  'meanAbsoluteError',
  'huber',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'hinge',
  'poisson',
  'kullbackLeiblerDivergence',
  'logCosh',
] as const;
export type LossName = (typeof LOSSES)[number];

/** Optimizers; formulas in `cpp/mlp/optimizer.cc`, and of `lbfgs` in `cpp/mlp/lbfgs.cc`. */
export const OPTIMIZERS = [
  'sgd',
  'rmsprop',
  'adam',
  'adamw',
  'adagrad',
  'adadelta',
  'adamax',
  'nadam',
  'lion',
  'lbfgs',
] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** Initialisers; formulas in `cpp/mlp/initializer.cc`. */
export const INITIALIZERS = [
  'zeros',
  'ones',
  'constant',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'randomUniform',
  'randomNormal',
  'orthogonal',
] as const;
export type InitializerName = (typeof INITIALIZERS)[number];

/** Metrics; formulas in `cpp/mlp/metric.cc`. `'accuracy'` picks the kind of accuracy that suits the loss. */
export const METRICS = [
  'accuracy',
  'binaryAccuracy',
  'categoricalAccuracy',
  'sparseCategoricalAccuracy',
  'topKAccuracy',
  'precision',
  'recall',
  'f1Score',
  'auc',
  'logLoss',
  'meanSquaredError',
  'meanAbsoluteError',
  'rootMeanSquaredError',
  'r2Score',
] as const;
export type MetricName = (typeof METRICS)[number];

/** Penalties; formulas in `cpp/mlp/layer.h`. */
export const REGULARIZERS = ['l1', 'l2', 'l1l2'] as const;
export type RegularizerName = (typeof REGULARIZERS)[number];

/** Constraints; formulas in `cpp/mlp/constraint.h`. */
export const CONSTRAINTS = ['maxNorm', 'nonNeg', 'unitNorm'] as const;
export type ConstraintName = (typeof CONSTRAINTS)[number];

/** An activation with its parameter. */
export interface ActivationConfig {
  name: ActivationName;
  /** Slope below zero of `leakyRelu` (default 0.01), or the −limit of `elu` (default 1). */
  alpha?: number;
}

/** An initialiser with its parameters. */
export interface InitializerConfig {
  name: InitializerName;
  /** `constant`: the value. Default 0. */
  value?: number;
  /** `randomUniform`: lower bound. Default −0.05. */
  minval?: number;
  /** `randomUniform`: upper bound. Default 0.05. */
  maxval?: number;
  /** `randomNormal`: mean. Default 0. */
  mean?: number;
  /** `randomNormal`: standard deviation. Default 0.05. */
  stddev?: number;
  /** `orthogonal`: factor on the orthogonal matrix. Default 1. */
  gain?: number;
}

/** A rate for ever. */
export interface ConstantRate {
  name: 'constant';
  learningRate: number;
}

/** See {@link schedules}`.step`. */
export interface StepDecay {
  name: 'step';
  initialLearningRate: number;
  /** Steps between two changes. */
  stepSize: number;
  /** Factor of each change. Default 0.1. */
  gamma?: number;
}

/** See {@link schedules}`.piecewise`. */
export interface PiecewiseDecay {
  name: 'piecewise';
  /** Last step of each rate but the last one, ascending. */
  boundaries: readonly number[];
  /** One rate more than boundaries. */
  values: readonly number[];
}

/** See {@link schedules}`.exponentialDecay`. */
export interface ExponentialDecay {
  name: 'exponentialDecay';
  initialLearningRate: number;
  /** Steps in which the rate becomes `decayRate` × as large. */
  decaySteps: number;
  decayRate: number;
  /** Whether it moves once every `decaySteps` steps only. Default false. */
  staircase?: boolean;
}

/** See {@link schedules}`.inverseTimeDecay`. */
export interface InverseTimeDecay {
  name: 'inverseTimeDecay';
  initialLearningRate: number;
  /** Unit of time, in steps. */
  decaySteps: number;
  decayRate: number;
  /** Whether it moves once every `decaySteps` steps only. Default false. */
  staircase?: boolean;
}

/** See {@link schedules}`.polynomialDecay`. */
export interface PolynomialDecay {
  name: 'polynomialDecay';
  initialLearningRate: number;
  /** Steps until the rate is `endLearningRate`. */
  decaySteps: number;
  /** Default 1e-4. */
  endLearningRate?: number;
  /** Exponent. Default 1: a line. */
  power?: number;
  /** Whether, past its end, it goes on as one of twice the steps, then thrice … Default false. */
  cycle?: boolean;
}

/** See {@link schedules}`.cosineDecay`. */
export interface CosineDecay {
  name: 'cosineDecay';
  initialLearningRate: number;
  /** Steps until the rate is lowest. */
  decaySteps: number;
  /** Lowest rate as a share of the first one, in [0, 1]. Default 0. */
  alpha?: number;
}

/** See {@link schedules}`.cosineDecayRestarts`. */
export interface CosineDecayRestarts {
  name: 'cosineDecayRestarts';
  initialLearningRate: number;
  /** Steps of the first decay. */
  firstDecaySteps: number;
  /** Length of a decay in lengths of the one before, ≥ 1. Default 2. */
  tMul?: number;
  /** Height of a decay in heights of the one before. Default 1. */
  mMul?: number;
  /** Lowest rate as a share of the first one, in [0, 1]. Default 0. */
  alpha?: number;
}

/** See {@link schedules}`.oneCycle`. */
export interface OneCycle {
  name: 'oneCycle';
  maxLearningRate: number;
  /** Steps of the whole training, ≥ 2; afterwards the rate stays where it ended. */
  totalSteps: number;
  /** Share of the steps in which the rate rises, in [0, 1]. Default 0.3. */
  pctStart?: number;
  /** Default `'cos'`. */
  annealStrategy?: 'cos' | 'linear';
  /** `maxLearningRate` ÷ first rate. Default 25. */
  divFactor?: number;
  /** First rate ÷ last rate. Default 1e4. */
  finalDivFactor?: number;
  /** Whether it falls back to the first rate as long as it rose, and further only then. Default false. */
  threePhase?: boolean;
}

/** See {@link warmup}. */
export interface Warmup {
  name: 'warmup';
  schedule: Schedule;
  /** Steps of the rise. */
  steps: number;
  /** Where it starts. Default 0. */
  from?: number;
}

/** A learning rate that depends on the step: what {@link schedules} and {@link warmup} return. */
export type Schedule =
  | ConstantRate
  | StepDecay
  | PiecewiseDecay
  | ExponentialDecay
  | InverseTimeDecay
  | PolynomialDecay
  | CosineDecay
  | CosineDecayRestarts
  | OneCycle
  | Warmup;

/**
 * A learning rate: a number; a schedule; or a function from the number of the step, which counts from 0 at `compile`,
 * to a finite rate from 0. A function is asked ahead, for up to 256 steps at once, so it must depend on its argument
 * only; it is not saved with a model (`save` writes its rate at that moment), and its bits are those of the `Math` it
 * uses.
 */
export type LearningRate = number | Schedule | ((step: number) => number);

/**
 * An optimizer with its parameters. Names and defaults are Keras'; the formulas, and where epsilon stands in them,
 * are PyTorch's. Where PyTorch's defaults differ, they are named.
 *
 * `lbfgs` is for few samples: each epoch of `fit` is one iteration on all of them at once, a direction from the last
 * gradients (L-BFGS) and a line search along it (strong Wolfe conditions). `logs` are those after the iteration, and
 * `fit` ends before its last epoch when further ones would find nothing better.
 */
export interface OptimizerConfig {
  name: OptimizerName;
  /**
   * Step size η, a number above 0 or a schedule; of `lbfgs` the length that a line search tries first. PyTorch: 0.01 for `rmsprop` and `adagrad`, 1
   * for `adadelta`, 0.002 for `adamax` and `nadam`. Chen et al. recommend 0.0001 for `lion`.
   * Default 0.001; 0.01 for `sgd`; 1 for `lbfgs`.
   */
  learningRate?: LearningRate;
  /** Of `sgd`, `rmsprop`: μ, in [0, 1). Default 0. */
  momentum?: number;
  /** Of `sgd`: Nesterov's look-ahead; needs momentum. Default false. */
  nesterov?: boolean;
  /**
   * Of `rmsprop`, `adadelta`: ρ, decay of the running mean of squared gradients. PyTorch: 0.99, and 0.9 for
   * `adadelta`. Default 0.9; 0.95 for `adadelta`.
   */
  rho?: number;
  /**
   * Of `adam`, `adamw`, `adamax`, `nadam`, `lion`: decay of the running mean of gradients; of `lion` as the step
   * takes it. Default 0.9.
   */
  beta1?: number;
  /**
   * Of `adam`, `adamw`, `adamax`, `nadam`, `lion`: decay of the running mean of squared gradients; of `adamax` of
   * their largest size, of `lion` of the running mean of gradients as it is kept. Default 0.999; 0.99 for `lion`.
   */
  beta2?: number;
  /**
   * Of `rmsprop`, `adam`, `adamw`, `adagrad`, `adadelta`, `adamax`, `nadam`: keeps the denominator from 0. Added to
   * the square root; of `adadelta` below it, of `adamax` to the gradient's size. PyTorch: 1e-8, 1e-10 for `adagrad`,
   * 1e-6 for `adadelta`. Default 1e-7.
   */
  epsilon?: number;
  /** Of `rmsprop`: divides by the standard deviation of the gradients, not their size. Default false. */
  centered?: boolean;
  /** Of `adam`, `adamw`: divides by the largest mean square so far. Default false. */
  amsgrad?: boolean;
  /** Of `adagrad`: what the sum of squared gradients starts from. PyTorch: 0. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Of `lbfgs`: past steps that the direction comes from, 1 to 100. PyTorch: 100. Default 10. */
  historySize?: number;
  /** Of `lbfgs`: evaluations of the loss that a line search may take, from 1. Default 20. */
  maxEvaluations?: number;
  /** Of `lbfgs`: no entry of the gradient above this means that nothing is left to do. Default 1e-7. */
  tolerance?: number;
  /**
   * Of all but `lbfgs`: decoupled decay λ, θ ← θ − ηλθ before each step, of all weights, biases too. PyTorch: 0.01
   * for `adamw`. Default 0; 0.004 for `adamw`.
   */
  weightDecay?: number;
  /**
   * Of all but `lbfgs`: the largest Euclidean norm that the gradient of one weight (a kernel, a bias) may have: a
   * longer one is scaled down. 0 is no limit. At most one of the three ways to clip. Default 0.
   */
  clipNorm?: number;
  /** Of all but `lbfgs`: the largest size that an entry of a gradient may have. 0 is no limit. Default 0. */
  clipValue?: number;
  /** Of all but `lbfgs`: as clipNorm, for the gradients of all weights as one vector. Default 0. */
  globalClipNorm?: number;
  /**
   * Of all but `lbfgs`: keeps a running mean of the weights, which takes their place when `fit` ends, in whatever way.
   * Default false.
   */
  useEma?: boolean;
  /** Of all but `lbfgs`: decay of that mean, in [0, 1). Default 0.99. */
  emaMomentum?: number;
}

/** A loss with its parameters. */
export interface LossConfig {
  name: LossName;
  /** `huber`: where the parabola meets the line. Default 1. */
  delta?: number;
  /** The cross-entropies: how much of a target is spread evenly over the classes, in [0, 1). Default 0. */
  labelSmoothing?: number;
  /** `binaryCrossentropy`: mean (default) or sum over the outputs of a sample. */
  reduction?: 'mean' | 'sum';
  /** The cross-entropies: the last layer is `linear` and gives logits. Default false. */
  fromLogits?: boolean;
}

/** A penalty on numbers v, added to the loss: l1·Σ|v| + l2·Σv². */
export interface RegularizerConfig {
  name: RegularizerName;
  /** Default 0.01 for `l1` and `l1l2`. */
  l1?: number;
  /** Default 0.01 for `l2` and `l1l2`. */
  l2?: number;
}

/** What weights are brought back to after every step; columns are the weights into one unit. */
export interface ConstraintConfig {
  name: ConstraintName;
  /** `maxNorm`: the greatest norm of a column. Default 2. */
  maxValue?: number;
}

/** What every layer may be given. */
export interface LayerOptions {
  /** Shape of one sample, `[features]`; needed on the first layer, checked on the others when given. */
  inputShape?: [number];
  /** Default: the kind of layer, with its position but on the first: `dense`, `dropout_1` … Unique within a model. */
  name?: string;
}

/**
 * A metric with its parameters.
 *
 * Every metric is that of all samples of the epoch or evaluation, whatever the size of batches, and counts each sample
 * once, whatever its weight. With one output, `binaryCrossentropy` or `hinge` each output is a yes or no of its own;
 * otherwise outputs are classes, and the largest is the answer.
 *
 * * `precision`, `recall`, `f1Score`: 0 where there is nothing to divide by.
 * * `auc`: area under the ROC curve; of several outputs each one or class against the rest, and the mean over those
 *   that occur and do not only occur, NaN where there is none. Scores fall into 4096 bins, as wide as 1/64 of
 *   p or 1 − p, whichever is less; those in one bin count as equal. The result is off by at most half the share of pairs
 *   of a positive and a negative that share a bin. 64 kB of memory for each output.
 * * `logLoss`: the cross-entropy of the outputs, without label smoothing.
 * * `topKAccuracy`: of equal outputs the first counts as larger.
 * * `r2Score`: the mean over the outputs; where targets are all the same, 1 if there is no error, else 0.
 */
export interface MetricConfig {
  name: MetricName;
  /**
   * `binaryAccuracy`, `precision`, `recall`, `f1Score`: the output above which the answer is yes, where each output is
   * one of its own; a probability, also where outputs are logits. Default 0.5, or 0 where targets are ±1.
   */
  threshold?: number;
  /** `topKAccuracy`: how many outputs may be the right one. Default 5. */
  k?: number;
  /**
   * `precision`, `recall`, `f1Score`, with several outputs: their mean (`'macro'`, default), in which a class that
   * neither occurs nor is predicted does not count; one figure of the counts of all (`'micro'`); or their mean, each
   * as often as it occurs (`'weighted'`). As in scikit-learn.
   */
  average?: 'macro' | 'micro' | 'weighted';
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
  /** Whether β is added. Default true. */
  center?: boolean;
  /** Whether γ multiplies. Default true. */
  scale?: boolean;
}

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions extends LayerNormalizationOptions {
  /** How much of the moving averages a batch leaves, in [0, 1). Default 0.99. */
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

/** Options of {@link sequential}. */
export interface SequentialOptions {
  layers: LayerConfig[];
  /** Integer in [0, 2⁵³): decides initial weights and the order of samples. Default: a random one. */
  seed?: number;
  name?: string;
}

/** Options of {@link Sequential.compile}. */
export interface CompileOptions {
  optimizer: OptimizerName | OptimizerConfig;
  loss: LossName | LossConfig;
  /** In logs under their names; a name that was there before gets `_1`, `_2` … */
  metrics?: (MetricName | MetricConfig)[];
}

/** Samples as bytes, which stay bytes in memory until a batch is made of them. */
export interface ByteInputs {
  /** rows × features, row-major. */
  data: Uint8Array;
  /** Each number is its byte × scale. Default 1; images often want 1/255. */
  scale?: number;
}

/** Samples as compressed sparse rows (CSR): for data too wide to write out its zeros. */
export interface SparseInputs {
  /** `[rows, features]`. */
  shape: readonly [number, number];
  /** rows + 1 numbers: the entries of row i are number `indptr[i]` to below `indptr[i + 1]`. */
  indptr: Int32Array | readonly number[];
  /** Column of each entry, ascending within a row. */
  indices: Int32Array | readonly number[];
  /** Value of each entry. */
  values: Float32Array | readonly number[];
}

/**
 * Samples: rows × features numbers, row-major, or a row each; bytes; or sparse rows. Where most numbers are zero,
 * in whatever form, the first layer skips them.
 */
export type Inputs = Float32Array | Uint8Array | ByteInputs | SparseInputs | readonly (readonly number[])[];

/**
 * Targets: rows × units numbers (`Float32Array` row-major, or a row each; `number[]` too where there is one
 * output), or one class index a row for `sparseCategoricalCrossentropy`.
 */
export type Targets =
  Float32Array | Uint8Array | Int32Array | readonly number[] | readonly (readonly number[])[];

/** The weight of each sample in the loss: a finite number from 0 on for each row. */
export type SampleWeight = Float32Array | readonly number[];

/**
 * The weight of each class in the loss, finite, from 0 on: an array of all of them, or an object in which missing ones
 * count 1. With one output the classes are 0 and 1, or those of −1 and 1.
 */
export type ClassWeight = readonly number[] | Readonly<Record<number, number>>;

/** Options of {@link Sequential.evaluate}. */
export interface EvaluateOptions {
  /** Rows a pass; changes memory, not results. Default 128. */
  batchSize?: number;
  /** As in {@link FitOptions}. */
  sampleWeight?: SampleWeight;
  /** As in {@link FitOptions}. */
  classWeight?: ClassWeight;
}

/** What {@link confusionMatrix} returns. */
export interface ConfusionMatrix {
  /** The classes, 0 to below the units of the model; 0 and 1 with one output. */
  labels: number[];
  /** `matrix[i][j]`: how many samples of class i were taken for class j. */
  matrix: number[][];
}

/** Loss and metrics of an epoch or batch: `loss`, `accuracy`, `valLoss`, `valAccuracy` … */
export interface Logs {
  loss: number;
  [name: string]: number;
}

/** What a training is going to do, for callbacks. */
export interface TrainingParams {
  epochs: number;
  initialEpoch: number;
  /** Batches of an epoch; absent where nobody knows. */
  steps?: number;
  /** Absent where batches come as they are. */
  batchSize?: number;
  verbose: number;
  /** The names in the logs of an epoch. */
  metrics: string[];
}

/**
 * Called while {@link Sequential.fit} runs; asynchronous ones are awaited. Names and order as in TensorFlow.js. An
 * instance of a class will do, too: each is called with itself as `this`.
 */
export interface Callbacks {
  /** Before everything else, when the training is planned; may throw to refuse it. */
  setParams?(params: TrainingParams): void;
  /** Thereafter: gives the model that is going to be trained. */
  setModel?(model: Sequential): void;
  onTrainBegin?(): void | Promise<void>;
  onTrainEnd?(logs?: Logs): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** `logs` holds the running means of the epoch, and the validation's figures with a `val` prefix. */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  onBatchBegin?(batch: number): void | Promise<void>;
  /** `logs` holds the running means of the epoch so far, and `size`, the samples of this batch. */
  onBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /**
   * Each time `fit` lets the event loop run, about every 10 ms: progress without the cost of a call per batch.
   * `batch` counts the batches done in this epoch; `logs` are its running means so far.
   */
  onYield?(epoch: number, batch: number, logs: Logs): void | Promise<void>;
}

/**
 * Random changes to rows that are images of one channel, row-major: a new one of each for every row in every pass, from
 * the model's seed, the number of the pass and that of the row within it. What is drawn is uniform within its limits.
 * An image is scaled, sheared and rotated about its middle and shifted, elastically deformed, all in one bilinear
 * interpolation; noise is added; and a rectangle is erased. Rows that are to be evaluated or predicted are left alone.
 * The bits are the same with all instructions and numbers of threads.
 */
export interface Augmentation {
  /** Rows of an image, and its columns: their product is the features of a sample. */
  height: number;
  width: number;
  /** Greatest shift along each axis, in pixels; fractions count. Default 0. */
  shift?: number;
  /** Greatest rotation, in degrees, either way. Default 0. */
  rotation?: number;
  /** Smallest and largest factor, 0.01 to 100, drawn for width and height each. Default `[1, 1]`. */
  scale?: readonly [number, number];
  /** Greatest angle, in degrees below 90, by which columns are slanted, either way. Default 0. */
  shear?: number;
  /**
   * Displaces each pixel by smoothed noise (Simard et al. 2003): along each axis uniform in (−alpha, alpha), convolved
   * with a Gaussian of deviation `sigma` pixels and weight 1. Defaults 34 and 4, Simard's for 29 × 29 pixels; 0 is no
   * displacement. Default: none.
   */
  elastic?: { alpha?: number; sigma?: number };
  /** Standard deviation of the normal number that is added to each pixel. Default 0. */
  noise?: number;
  /**
   * With this probability, by default 0.5, a rectangle becomes `fill` (Zhong et al. 2020); each side is 1 to `size`
   * pixels long, by default up to half of the image's shorter side. Default: none.
   */
  erasing?: { probability?: number; size?: number };
  /** What moves in from outside of the image. Default 0. */
  fill?: number;
}

/** Options of {@link Sequential.fitDataset}, and of {@link Sequential.fit} too. */
export interface DatasetOptions {
  /** Epoch to stop before. Default 1. */
  epochs?: number;
  /** Number of the first epoch. Default 0. */
  initialEpoch?: number;
  /**
   * Whether to go on where the last training of this model stopped, in this program or, with {@link loadCheckpoint},
   * in another one: in the middle of an epoch, with its order of samples and its running means, as if it had never
   * stopped. The same data and options are needed for that; `initialEpoch` comes from there, and `onEpochBegin` is not
   * called again for the epoch that is under way. A model that was never trained starts at epoch 0. Default false.
   */
  resume?: boolean;
  /**
   * Batches that make an epoch. Default: one pass over the data. Passes follow each other whatever the epochs: one
   * that an epoch leaves in its middle is finished by the next one.
   */
  stepsPerEpoch?: number;
  /** Trains on changed images instead of the rows themselves. Not with `lbfgs`. Default: none. */
  augmentation?: Augmentation;
  /** Samples, targets and perhaps their weights to validate on after each epoch; goes before `validationSplit`. */
  validationData?: readonly [Inputs, Targets] | readonly [Inputs, Targets, SampleWeight];
  /** Validate after every n-th epoch only, or after the listed ones, which count from 1 here as in Keras. Default 1. */
  validationFreq?: number | readonly number[];
  /** Called in the order of the list. */
  callbacks?: Callbacks | readonly Callbacks[];
  /**
   * Ends training at the next turn of the event loop: the promise resolves with the history so far and the model stays
   * usable. That is within some 10 ms, unless a single step takes longer, or `yieldEvery` allows more.
   */
  signal?: AbortSignal;
  /**
   * How often the event loop gets a turn: after this many milliseconds, after each epoch, or never while training
   * runs. Default 10.
   */
  yieldEvery?: number | 'epoch' | 'never';
  /**
   * 0: silence; 1: a progress bar with the time that is left, on a terminal (`process.stderr`), or about a line a
   * second elsewhere; 2: a line an epoch. In a page they go to the console. Default 0.
   */
  verbose?: 0 | 1 | 2;
}

/** Options of {@link Sequential.fit}. */
export interface FitOptions extends DatasetOptions {
  /**
   * Samples a step. Default 32; the last batch of a pass may be smaller. With `lbfgs` all of them, which is then the
   * default, and less is a RangeError.
   */
  batchSize?: number;
  /** Fraction in [0, 1) of the samples, taken from the end, to validate on instead of training. Default 0. */
  validationSplit?: number;
  /** A new order of the samples for each pass, from the model's seed. Default true. */
  shuffle?: boolean;
  /**
   * Multiplies each sample's loss, and so its gradient. The mean still divides by the number of samples, not by the sum
   * of weights: as Keras does (`sum_over_batch_size` in `keras/src/losses/loss.py`). Metrics know no weights.
   */
  sampleWeight?: SampleWeight;
  /** Multiplies the weight of each sample by that of its class; in training, not in validation. */
  classWeight?: ClassWeight;
}

/** Options of {@link Sequential.steps}. */
export interface StepsOptions extends FitOptions {
  /** Hand out every n-th batch of an epoch and its last one. Default 1. */
  every?: number;
}

/** A batch of {@link Sequential.fitDataset}: one step of the training. */
export type Batch = { x: Inputs; y: Targets } | readonly [Inputs, Targets];

/**
 * Where the batches of {@link Sequential.fitDataset} come from: what can be iterated over, or a function that returns
 * such for every pass. `pass` counts the passes over data that the model ever began, from 0: who shuffles by it gives
 * the same order when training is resumed.
 */
export type Dataset =
  | AsyncIterable<Batch>
  | Iterable<Batch>
  | ((
      pass: number,
    ) => AsyncIterable<Batch> | Iterable<Batch> | Promise<AsyncIterable<Batch> | Iterable<Batch>>);

/** What {@link Sequential.steps} gives: running means of the epoch so far, as in {@link Callbacks.onBatchEnd}. */
export interface Step extends Logs {
  epoch: number;
  /** Number of the batch that was last trained on. */
  batch: number;
}

/** Why a training ended before its time. */
export interface Termination {
  /** A sentence. */
  reason: string;
  /** Name of the layer where it began. */
  layer: string;
  batch: number;
  epoch: number;
}

/** What {@link Sequential.fit} resolves to. */
export interface History {
  /** Numbers of the epochs that were completed. */
  epoch: number[];
  /**
   * One entry per completed epoch: `loss`, metrics, `valLoss`, `valAccuracy` … With `validationFreq` those of the
   * validation have an entry per epoch that was validated.
   */
  history: Record<string, number[]>;
  /** Where {@link terminateOnNaN} ended it. */
  terminated?: Termination;
}

/** A named block of numbers, row-major. */
export interface Weight {
  /** `dense/kernel`, `dense/bias`, `dense_1/kernel` … */
  name: string;
  /** `[inputs, units]` for a kernel, `[units]` for a bias. */
  shape: number[];
  data: Float32Array;
}

/** Numbers with a shape, row-major. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

/** A layer's share of {@link Sequential.forwardTrace}. m rows, n units. */
export interface LayerForward {
  name: string;
  /** Pre-activation Z = A·W + b, m × n. */
  z: Tensor;
  /** Activation A = σ(Z), m × n. */
  a: Tensor;
}

/** A layer's share of {@link Sequential.backpropTrace}, in the documents' notation. */
export interface LayerBackprop extends LayerForward {
  /** Error signal Δ = ∂L/∂Z, m × n, with the 1/m of the mean over samples in it. */
  delta: Tensor;
  /** ∂L/∂W = (A of the layer before)ᵀ Δ; ∂L/∂γ of a normalising layer; absent without either. */
  kernelGrad?: Tensor;
  /** ∂L/∂b = column sums of Δ; ∂L/∂β of a normalising layer; absent without either. */
  biasGrad?: Tensor;
}

/** Result of {@link Sequential.gradientCheck}. */
export interface GradientCheck {
  /** Largest |analytic − numeric| ÷ max(|analytic|, |numeric|, 1e-2 × the largest gradient or the loss). */
  worstRelativeError: number;
  /** Where: `dense_1/kernel`. */
  weight: string;
  /** Row-major position in that weight. */
  index: number;
  analytic: number;
  numeric: number;
  /** Parameters compared. */
  checked: number;
  /** Parameters left out because the difference quotient would straddle a kink (ReLU at 0, |x| at 0 …). */
  skipped: number;
}

/** A layer's share of {@link Sequential.gradientNorms}: Euclidean norms. */
export interface LayerGradientNorms {
  name: string;
  deltaNorm: number;
  kernelGradNorm: number;
  biasGradNorm: number;
}

/** Result of {@link Sequential.sharpness}. */
export interface Sharpness {
  /** Largest eigenvalue of the Hessian of the loss with respect to all parameters. */
  lambdaMax: number;
  /** 2/λ_max, the stability bound of document 001 §11; Infinity where λ_max ≤ 0. */
  learningRateBound: number;
  /** Products of the Hessian with a vector that it took. */
  iterations: number;
  /** Whether ‖Hu − λu‖ of the eigenvector u fell below tolerance × |λ|, or to rounding. */
  converged: boolean;
}

/** How work that takes long is watched and ended. */
export interface LongWorkOptions {
  /** Ends it: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called each time the event loop runs, about every 10 ms, and at the end; an asynchronous one is awaited. */
  onProgress?: ((done: number, total: number) => void | Promise<void>) | undefined;
}

/** Options of {@link Sequential.lossSurface}. */
export interface LossSurfaceOptions extends LongWorkOptions {
  /** 1 or 2 random directions, or as many of your own, each shaped like what `getWeights` gives. Default 2. */
  directions?: 1 | 2 | readonly (readonly Pick<Weight, 'shape' | 'data'>[])[];
  /** Integer in [0, 2⁵³) that random directions come from. Default: the model's. */
  seed?: number;
  /**
   * Whether the weights into each unit get the norm that they have in the model, and biases and factors of
   * normalisations stay, as in the paper. If not, directions are taken as they are. Default true.
   */
  normalize?: boolean;
  /** How far to go to either side, in lengths of the directions. Default 1. */
  span?: number;
  /** Points along each direction, 2 to 10,000; an odd number has the model itself in the middle. Default 21. */
  steps?: number;
}

/** Result of {@link Sequential.lossSurface}. */
export interface LossSurface {
  /** `steps` places along each direction, from −span to span. */
  axis: Float64Array;
  /**
   * The loss at θ + axis[i]·d, or, row-major, at θ + axis[i]·d₁ + axis[j]·d₂; it may be infinite or NaN where
   * weights are large.
   */
  loss: Float64Array;
  /** `[steps]` or `[steps, steps]`. */
  shape: number[];
  /** As they were used; what gradients do not train is 0. */
  directions: Weight[][];
}

/** Options of {@link Sequential.findLearningRate}. */
export interface LearningRateTestOptions extends LongWorkOptions {
  /** First rate, above 0. Default 1e-6. */
  from?: number;
  /** Last rate. Default 10. */
  to?: number;
  /** Batches, each with a rate of its own, evenly spaced in the logarithm. Default 100. */
  steps?: number;
  /** Samples a batch. Default 32. */
  batchSize?: number;
  /** As in {@link FitOptions}. Default true. */
  shuffle?: boolean;
  /** β of the running mean of losses, in [0, 1). Default 0.9. */
  smoothing?: number;
  /** Up to how many samples, evenly spaced, `sharpnessBound` is found on; 0: it is not looked for. Default 128. */
  sharpnessRows?: number;
}

/** Result of {@link Sequential.findLearningRate}: as many numbers as there were batches with a finite loss. */
export interface LearningRateTest {
  learningRate: Float64Array;
  /** Of each batch before its step. */
  loss: Float64Array;
  /** Running means of the losses, corrected for their start from 0. */
  smoothed: Float64Array;
  /** The rate at which the smoothed loss fell fastest; undefined where it never fell. */
  suggestion: number | undefined;
  /** 2/λ_max, above which plain gradient descent diverges ({@link Sequential.sharpness}); undefined if not wanted. */
  sharpnessBound: number | undefined;
}

/** Mean and standard deviation of numbers. */
export interface Moments {
  mean: number;
  deviation: number;
}

/** A layer's share of {@link Sequential.layerStatistics}. */
export interface LayerStatistics {
  name: string;
  /** Of all its pre-activations, over rows and units. */
  z: Moments;
  /** Of all its activations. */
  a: Moments;
  /**
   * Share of its units that are dead: of `relu`, those with a = 0 in every row; of `gelu`, `geluTanh`, `silu` and
   * `softplus` those with z ≤ 0 and |a| < 10⁻⁶ in every row. 0 with other activations.
   */
  dead: number;
  /**
   * Share of its units that are saturated: of `sigmoid`, `tanh`, `softsign` and `hardSigmoid` those whose slope
   * |σ'(z)| is below a tenth of the largest there is in 95 % of the rows or more. 0 with other activations.
   */
  saturated: number;
  /** ‖Δ‖, Euclidean, of the error signal Δ = ∂L/∂Z of all rows. */
  deltaNorm: number;
  /** ‖∂L/∂θ‖ of its weights and biases together; absent, as the next two, in a layer that has none. */
  gradientNorm?: number;
  /** ‖θ‖ of the same. */
  weightNorm?: number;
  /** Their ratio: how large a step of plain gradient descent is, for a learning rate of 1. */
  gradientRatio?: number;
}

/** Result of {@link Sequential.layerStatistics}. */
export interface NetworkStatistics {
  layers: LayerStatistics[];
  /** What is wrong and what helps, where the network vanishes, explodes or is dead; absent where all is well. */
  advice?: string;
}

/** Options of {@link Sequential.explain}. */
export interface ExplainOptions {
  /**
   * `'integratedGradients'`: (x − x′)·∫₀¹ ∂f/∂x(x′ + α(x − x′)) dα (Sundararajan et al. 2017); these sum up to
   * f(x) − f(x′). `'gradientTimesInput'`: x·∂f/∂x (Shrikumar et al. 2016). Default `'integratedGradients'`.
   */
  method?: 'integratedGradients' | 'gradientTimesInput';
  /** Number of the output to explain. Default: of each row the largest one, the predicted class. */
  unit?: number;
  /** Whether to explain that unit's z rather than its activation. Default false. */
  logits?: boolean;
  /** Of integrated gradients: x′, one row. Default: zeros. */
  baseline?: Inputs;
  /** Of integrated gradients: nodes of the Gauss–Legendre rule, 1 to 10,000. Default 50. */
  steps?: number;
}

/** Result of {@link Sequential.explain}. */
export interface Explanation {
  /** `[rows, features]` of the attributions. */
  shape: [number, number];
  /** What each feature has to do with the output, row-major. */
  attributions: Float32Array;
  /** The output that is explained, for each row. */
  units: Int32Array;
  /** Its value f(x), for each row. */
  outputs: Float32Array;
  /** Its value at the baseline, f(x′), for each row; at zeros, for gradients times inputs. */
  baselineOutputs: Float32Array;
}

/** Options of {@link init}. */
export interface InitOptions {
  /**
   * Where the .wasm file is: `mlp.wasm` (in an engine without SIMD `mlp-scalar.wasm`), or with `simd` or `threads`
   * the one of that flavour. Default: beside this module.
   */
  wasmUrl?: string | URL;
  /** The bytes of that file; then nothing is fetched. */
  wasmBinary?: ArrayBuffer | Uint8Array;
  /**
   * Which instructions to use: `'relaxed'` (128-bit SIMD with multiply-add in one step, which rounds as the processor
   * does), `true` (128-bit SIMD without it) or `false` (none). Default: the first of these that the engine has, but
   * not `'relaxed'` with `deterministic`, `wasmUrl` or `wasmBinary`. {@link backend} says which it became.
   */
  simd?: 'relaxed' | boolean;
  /**
   * Whether the same seed shall give the same bits in every engine and on every device. Without it the last bits may
   * differ between one processor or engine and another. Default false.
   */
  deterministic?: boolean;
  /**
   * Threads that share the work of large networks, or `'auto'`: as many as the device has processors. It takes shared
   * memory, which Node always has and a page only where it is cross-origin isolated (COOP and COEP headers); elsewhere
   * it is one thread. The number of threads never changes a result. Default 1.
   */
  threads?: number | 'auto';
}

/** `count` images, from a file reader or from `generateDigits` of `mlp-wasm/digits`. */
export interface DigitSet {
  /** count × features grey levels scaled to [0, 1], row-major. */
  x: Float32Array;
  /** count class indices. */
  y: Uint8Array;
  /** Rows of x. */
  count: number;
  /** Columns of x: 784 for 28×28. */
  features: number;
}

/** What {@link backend} returns. */
export interface Backend {
  /** The instructions in use, as {@link InitOptions.simd}. */
  simd: 'relaxed' | boolean;
  /** Threads that share the work. */
  threads: number;
}
