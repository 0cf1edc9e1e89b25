/** Types of the WebAssembly module: the classes and functions that `cpp/bindings` gives it. */
import type { ByteArray } from '../check/realm.js';

/** A number that is an address in the module's memory. */
export type Pointer = number;

/** Samples in the module's memory; 0 for a form that is not there. As `SampleAddresses` in `cpp/bindings/samples.h`. */
export interface SampleAddresses {
  rows: number;
  features: number;
  dense: Pointer;
  bytes: Pointer;
  scale: number;
  rowStarts: Pointer;
  columns: Pointer;
  values: Pointer;
  targets: Pointer;
  classes: Pointer;
  weights: Pointer;
  /** Number of the first row within its pass, from which augmentation draws. */
  firstRow: number;
}

/** Random changes of rows that are images. As `Augmentation` in `cpp/mlp/augment.h`. */
export interface NativeAugmentation {
  /** 0: there is none. */
  height: number;
  width: number;
  shift: number;
  rotation: number;
  scaleLow: number;
  scaleHigh: number;
  shear: number;
  elasticAlpha: number;
  elasticSigma: number;
  noise: number;
  erasingProbability: number;
  erasingSize: number;
  fill: number;
}

/** No augmentation, for calls that take one. */
export const NO_AUGMENTATION: NativeAugmentation = {
  height: 0,
  width: 0,
  shift: 0,
  rotation: 0,
  scaleLow: 1,
  scaleHigh: 1,
  shear: 0,
  elasticAlpha: 0,
  elasticSigma: 0,
  noise: 0,
  erasingProbability: 0,
  erasingSize: 0,
  fill: 0,
};

/** Sums that results are made from. `metrics`: the address of `count` doubles, the accumulators of all metrics. */
export interface NativeTotals {
  rows: number;
  loss: number;
  metrics: Pointer;
  count: number;
}

/**
 * `Model` of `cpp/bindings/model.cc`. A function that ends in `Bytes` says how much the one of that name, with the same
 * arguments, allocates at most; it is called first, because the core cannot go on without memory.
 */
export interface NativeModel {
  /** Appends a layer as `resolveLayers` describes it; nothing else works before `build()`. */
  addLayer(layer: object): void;
  buildBytes(): number;
  build(): void;
  adapt(samples: SampleAddresses, batchSize: number): void;
  adaptBytes(samples: SampleAddresses, batchSize: number): number;
  /** A sentence about layers, loss, metrics and optimizer that make no sense together; empty if they do. */
  compileFault(loss: object, metrics: object[], optimizer: object): string;
  compile(loss: object, metrics: object[], optimizer: object): void;
  compileBytes(metrics: number, optimizer: object): number;
  /** True if the optimizer has found that further steps would find nothing better. */
  converged(): boolean;
  /** After the last step of training: averaged weights take their place. */
  endTraining(): void;
  /** The outputs of layer `last` for samples that are the inputs of layer `first`. */
  predict(samples: SampleAddresses, batchSize: number, outputs: Pointer, first: number, last: number): void;
  predictBytes(samples: SampleAddresses, batchSize: number, first: number): number;
  /** For everything below that takes all samples as one batch. */
  wholeBatchBytes(samples: SampleAddresses): number;
  forward(samples: SampleAddresses): void;
  lossAndGradients(samples: SampleAddresses): number;
  gradientCheck(
    samples: SampleAddresses,
    count: number,
    floorShare: number,
  ): {
    worstRelativeError: number;
    parameter: number;
    analytic: number;
    numeric: number;
    checked: number;
    skipped: number;
  };
  gradientCheckBytes(samples: SampleAddresses): number;
  /** Of the last forward(): ∂/∂x of each row's unit (an int32 a row), or of its z, to rows × features floats. */
  inputGradient(units: Pointer, logits: boolean, to: Pointer): void;
  gradientNorms(samples: SampleAddresses): { delta: number; kernelGrad: number; biasGrad: number }[];
  sharpness(
    samples: SampleAddresses,
    maxIterations: number,
    tolerance: number,
  ): { lambdaMax: number; iterations: number; converged: boolean };
  sharpnessBytes(samples: SampleAddresses, maxIterations: number): number;
  /** True if these can be totals of this model; asked, because they may come from a file. */
  acceptsTotals(totals: NativeTotals): boolean;
  /** For a `Trainer` of batches that come one by one, and for `seek`. */
  totalsBytes(): number;
  /** For an `Evaluator`, and for a `Trainer`, with all that they do. */
  evaluatorBytes(samples: SampleAddresses, batchSize: number): number;
  trainerBytes(samples: SampleAddresses, batchSize: number, shuffle: boolean, augmentation: NativeAugmentation): number;
  setLearningRate(rate: number): void;
  /** The first layer with activations, and the last parameter, that are not finite; −1 for none. */
  firstNonFinite(): { layer: number; parameter: number };
  stepsDone(): number;
  passesBegun(): number;
  setCounters(steps: number, passes: number): void;
  optimizerState(): Pointer;
  optimizerStateSize(): number;
  /** Undoes endTraining(), unless weights were set or trained since. */
  resumeTraining(): void;
  average(): Average;
  setAverage(average: Average): void;
  address(): Pointer;
  row(): Pointer;
  rowBytes(): number;
  parameters(): Pointer;
  state(): Pointer;
  gradients(): Pointer;
  z(layer: number): Pointer;
  a(layer: number): Pointer;
  delta(layer: number): Pointer;
  delete(): void;
}

/** States of averaged weights: as `Model::Average` in `cpp/mlp/model.h`. */
export const AVERAGES = ['unchanged', 'changed', 'inPlace'] as const;
export type Average = (typeof AVERAGES)[number];

/** `Trainer` of `cpp/bindings/model.cc`. */
export interface NativeTrainer {
  augment(augmentation: NativeAugmentation): void;
  beginEpoch(): void;
  /** Begins a pass, to which the following batches belong. */
  beginPass(): void;
  seek(batch: number, passBatch: number, totals: NativeTotals): void;
  /** A step on a batch that comes from elsewhere. */
  train(batch: SampleAddresses): void;
  trainBytes(batch: SampleAddresses): number;
  run(maxBatches: number, budgetMs: number, rates: Pointer): void;
  batch(): number;
  passBatch(): number;
  batchesPerEpoch(): number;
  epochDone(): boolean;
  /** Of the epoch so far: [rows, mean loss, metrics …] */
  results(): number[];
  totals(): NativeTotals;
  delete(): void;
}

/** `Evaluator` of `cpp/bindings/model.cc`. */
export interface NativeEvaluator {
  restart(): void;
  /** Goes on with the next `count` rows, or as many as are left. */
  run(count: number): void;
  seek(totals: NativeTotals): void;
  /** Of the rows so far: [rows, mean loss, metrics …] */
  results(): number[];
  totals(): NativeTotals;
  delete(): void;
}

/** Everything that the core knows by a name, with its options: their defaults and limits are nowhere else. */
export interface Catalogue {
  layers: { name: string; options: LayerOption[]; weights: LayerWeight[] }[];
  activations: { name: string; alpha: number }[];
  losses: { name: string; targets: TargetKind; hasLogits: boolean; options: CatalogueOption[] }[];
  optimizers: { name: string; fullBatch: boolean; options: OptimizerOption[] }[];
  initializers: { name: string; options: CatalogueOption[] }[];
  regularizers: { name: string; options: CatalogueOption[] }[];
  constraints: { name: string; options: CatalogueOption[] }[];
  metrics: { name: string; options: CatalogueOption[] }[];
  /** Bytes that a layer takes at most, beside its weights. */
  layerBytes: number;
}

/** An option of one value. */
export interface CatalogueOption {
  name: string;
  /** A flag is false or true here, and 0 or 1 in the core. */
  kind: 'number' | 'integer' | 'flag' | 'choice';
  /** The default; without one, the option is simply absent unless given. */
  default?: number | string;
  /** low ≤ value < high */
  low: number;
  high: number;
  choices?: string[];
}

export interface OptimizerOption extends CatalogueOption {
  default: number;
}

export interface LayerOption extends Omit<CatalogueOption, 'kind'> {
  /** The last four are names, or objects with a name and options of their own. */
  kind: CatalogueOption['kind'] | 'activation' | 'initializer' | 'regularizer' | 'constraint';
  required: boolean;
}

export interface LayerWeight {
  name: string;
  /** inputs × units; otherwise units. */
  isMatrix: boolean;
  /** True if it is among the parameters, which have gradients; false if it is in the layer's state. */
  trained: boolean;
  /** The flag that the weight depends on, such as `useBias`: without it the layer has no such weight. */
  flag?: string;
}

export type TargetKind = 'any' | 'probability' | 'sign' | 'nonNegative' | 'classIndex';

/** The instantiated module. */
export interface MlpModule {
  HEAPU8: ByteArray;
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  /**
   * `predictRow` of `cpp/bindings/predict_row.cc`, without embind, whose calls make garbage; takes a model's `address()`.
   */
  _predictRow(model: Pointer): number;
  Model: new (features: number, seed: number) => NativeModel;
  Trainer: {
    new (
      model: NativeModel,
      samples: SampleAddresses,
      batchSize: number,
      shuffle: boolean,
      batchesPerEpoch: number,
    ): NativeTrainer;
    /** Trains on batches that come one by one. */
    new (model: NativeModel, batchesPerEpoch: number): NativeTrainer;
  };
  Evaluator: new (model: NativeModel, samples: SampleAddresses, batchSize: number) => NativeEvaluator;
  /** Rows as a batch of that seed and pass holds them, made `rows` at a time. */
  augment(
    samples: SampleAddresses,
    augmentation: NativeAugmentation,
    seed: number,
    pass: number,
    rows: number,
    outputs: Pointer,
  ): void;
  augmentBytes(samples: SampleAddresses, augmentation: NativeAugmentation, rows: number): number;
  /** Numbers of state that an optimizer keeps for each weight. */
  optimizerSlots(optimizer: object): number;
  /** Writes `count` standard normal floats: direction `number` of this seed. */
  randomDirection(seed: number, number: number, to: Pointer, count: number): void;
  /**
   * In flavours with threads: the function by which workers enter the pool; their number so far; begins to use them.
   */
  poolEntry?(): number;
  poolEntered?(): number;
  usePool?(workers: number): void;
  /** Address of an int32, the count of workers that died of an error. */
  poolDeaths?(): Pointer;
  /** Set by `wasm/pool.ts`: ends the pool when a job lost one of its workers, and makes the error of that job. */
  poolLost?: () => Error;
}

/** Emscripten's hook by which its caller instantiates the module. */
export type InstantiateWasm = (
  imports: WebAssembly.Imports,
  receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
) => object;
