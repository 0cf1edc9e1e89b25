/**
 * mlp-wasm: multilayer perceptrons, trained in a page, a worker or Node.
 *
 * @packageDocumentation
 */
export { backend, init } from './wasm/module.js';
export type { Backend, InitOptions } from './wasm/options.js';

export type { ByteInputs, Inputs, SparseInputs } from './data/samples.js';
export type { Targets } from './data/targets.js';
export type { SampleWeight } from './data/sample-weights.js';
export type { DigitSet } from './data/digits.js';
export { readCsv, type CsvOptions, type CsvTable } from './data/csv.js';
export { readIdx, readMnist, type IdxArray, type IdxOptions, type MnistFiles } from './data/idx.js';

export { ACTIVATIONS, type ActivationConfig, type ActivationName } from './model/activations.js';
export { CONSTRAINTS, type ConstraintConfig, type ConstraintName } from './model/constraints.js';
export { INITIALIZERS, type InitializerConfig, type InitializerName } from './model/initializers.js';
export { LOSSES, type LossConfig, type LossName } from './model/losses.js';
export { METRICS, type MetricConfig, type MetricName } from './model/metrics.js';
export { OPTIMIZERS, type OptimizerConfig, type OptimizerName } from './model/optimizers.js';
export { REGULARIZERS, type RegularizerConfig, type RegularizerName } from './model/regularizers.js';
export {
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  normalization,
} from './model/layers.js';
export type {
  ActivationOptions,
  BatchNormalizationOptions,
  DenseConfig,
  DenseOptions,
  DropoutOptions,
  GaussianNoiseOptions,
  LayerConfig,
  LayerDescription,
  LayerNormalizationOptions,
  LayerOptions,
} from './model/layer-options.js';
export { schedules, warmup } from './model/schedules.js';
export type {
  ConstantRate,
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  LearningRate,
  OneCycle,
  PiecewiseDecay,
  PolynomialDecay,
  Schedule,
  StepDecay,
  Warmup,
} from './model/schedule-options.js';
export type { SequentialOptions } from './model/build.js';
export type { ClassWeight } from './model/classes.js';
export type { Classification, ClassifyOptions } from './model/classify.js';
export type { CompileOptions } from './model/compile.js';
export type { EvaluateOptions } from './model/evaluate.js';
export type { Termination } from './model/handle.js';
export type { Logs } from './model/logs.js';
export type { PredictOptions } from './model/predict.js';
export type { Weight } from './model/weights.js';

export { augment, type Augmentation } from './training/augmentation.js';
export type { Batch, Dataset } from './training/batches/from-dataset.js';
export type { Callbacks, TrainedModel, TrainingParams } from './training/callbacks.js';
export type { History, Step } from './training/fit.js';
export type { DatasetOptions, FitOptions, StepsOptions } from './training/options.js';
export {
  csvLogger,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  terminateOnNaN,
  type EarlyStoppingOptions,
  type ModelCheckpointOptions,
  type MonitorOptions,
  type ReduceLROnPlateauOptions,
} from './training/ready-made-callbacks.js';

export { confusionMatrix, type ConfusionMatrix } from './insight/confusion-matrix.js';
export type { Explanation, ExplainOptions } from './insight/explain.js';
export type {
  GradientCheck,
  LayerBackprop,
  LayerForward,
  LayerGradientNorms,
  Sharpness,
  Tensor,
} from './insight/gradients.js';
export type { LayerStatistics, Moments, NetworkStatistics } from './insight/layer-statistics.js';
export type { LearningRateTest, LearningRateTestOptions } from './insight/learning-rate-test.js';
export type { LongWorkOptions } from './insight/long-work.js';
export type { LossSurface, LossSurfaceOptions } from './insight/loss-surface.js';

export { readSafetensors, writeSafetensors, type NamedTensor, type SafetensorsFile } from './files/safetensors.js';
export { loadCheckpoint, loadModel, sequential, type Sequential } from './sequential.js';
