/**
 * The names and options of the public API. The lists are the names themselves, spelt as in C++ and in saved
 * files; a test fails if they differ from what the WebAssembly module knows.
 */

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
   * Step size η; of `lbfgs` the length that a line search tries first. PyTorch: 0.01 for `rmsprop` and `adagrad`, 1
   * for `adadelta`, 0.002 for `adamax` and `nadam`. Chen et al. recommend 0.0001 for `lion`.
   * Default 0.001; 0.01 for `sgd`; 1 for `lbfgs`.
   */
  learningRate?: number;
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

/** Called while {@link Sequential.fit} runs; asynchronous ones are awaited. Names and order as in TensorFlow.js. */
export interface Callbacks {
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

/** Options of {@link Sequential.fit}. */
export interface FitOptions {
  /** Epoch to stop before. Default 1. */
  epochs?: number;
  /** Number of the first epoch. Default 0. */
  initialEpoch?: number;
  /**
   * Samples a step. Default 32; the last batch of an epoch may be smaller. With `lbfgs` all of them, which is then
   * the default, and less is a RangeError.
   */
  batchSize?: number;
  /** Fraction in [0, 1) of the samples, taken from the end, to validate on instead of training. Default 0. */
  validationSplit?: number;
  /** Samples and targets to validate on after each epoch; goes before `validationSplit`. */
  validationData?: readonly [Inputs, Targets];
  /** A new order of the samples for each epoch, from the model's seed. Default true. */
  shuffle?: boolean;
  callbacks?: Callbacks;
  /** Ends training at the next yield: `fit` resolves with the history so far and the model stays usable. */
  signal?: AbortSignal;
}

/** What {@link Sequential.fit} resolves to. */
export interface History {
  /** Numbers of the epochs that were completed. */
  epoch: number[];
  /** One entry per completed epoch: `loss`, metrics, `valLoss`, `valAccuracy` … */
  history: Record<string, number[]>;
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

/** `count` digit images, from {@link generateDigits} or a file reader. */
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
