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

/** Optimizers; formulas in `cpp/mlp/optimizer.cc`. */
export const OPTIMIZERS = ['sgd', 'rmsprop', 'adam'] as const;
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
  'meanSquaredError',
  'meanAbsoluteError',
] as const;
export type MetricName = (typeof METRICS)[number];

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

/** An optimizer with its parameters; which one takes which is in `cpp/mlp/optimizer.cc`. */
export interface OptimizerConfig {
  name: OptimizerName;
  /** Step size η: a number above 0 or a schedule. Default 0.01 for `sgd`, 0.001 for the others. */
  learningRate?: LearningRate;
  /** `sgd`: μ, in [0, 1). Default 0. */
  momentum?: number;
  /** `sgd`: Nesterov's look-ahead; needs momentum. Default false. */
  nesterov?: boolean;
  /** `rmsprop`: ρ, decay of the running mean of squared gradients. Default 0.9. */
  rho?: number;
  /** `adam`: decay of the running mean of gradients. Default 0.9. */
  beta1?: number;
  /** `adam`: decay of the running mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** `rmsprop`, `adam`: added to the square root in the denominator. Default 1e-7. */
  epsilon?: number;
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

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Outputs of the layer, ≥ 1. */
  units: number;
  /** Default `'linear'`. */
  activation?: ActivationName | ActivationConfig;
  /** Shape of one sample, `[features]`; needed on the first layer, checked on the others when given. */
  inputShape?: [number];
  /** Default true. */
  useBias?: boolean;
  /** Default `'glorotUniform'`. */
  kernelInitializer?: InitializerName | InitializerConfig;
  /** Default `'zeros'`. */
  biasInitializer?: InitializerName | InitializerConfig;
  /** Default `dense`, `dense_1`, `dense_2` … by position. Unique within a model. */
  name?: string;
}

/** A layer of a model that is yet to be built: what {@link dense} returns. */
export interface DenseConfig extends DenseOptions {
  className: 'dense';
}

/** Options of {@link sequential}. */
export interface SequentialOptions {
  layers: DenseConfig[];
  /** Integer in [0, 2⁵³): decides initial weights and the order of samples. Default: a random one. */
  seed?: number;
  name?: string;
}

/** Options of {@link Sequential.compile}. */
export interface CompileOptions {
  optimizer: OptimizerName | OptimizerConfig;
  loss: LossName | LossConfig;
  metrics?: MetricName[];
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
  /** Samples and targets to validate on after each epoch; goes before `validationSplit`. */
  validationData?: readonly [Inputs, Targets];
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
  /** Samples a step. Default 32; the last batch of a pass may be smaller. */
  batchSize?: number;
  /** Fraction in [0, 1) of the samples, taken from the end, to validate on instead of training. Default 0. */
  validationSplit?: number;
  /** A new order of the samples for each pass, from the model's seed. Default true. */
  shuffle?: boolean;
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
  /** ∂L/∂W = (A of the layer before)ᵀ Δ. */
  kernelGrad: Tensor;
  /** ∂L/∂b = column sums of Δ; absent without a bias. */
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
  iterations: number;
  /** Whether ‖Hv − λv‖ fell below tolerance × |λ|, or λ changed by less over five iterations. */
  converged: boolean;
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
