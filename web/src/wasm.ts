/** Instantiates the network's module. No other file does, and no other file knows its flavours. */
import { checkBoolean, checkInteger, checkObject, rangeError, typeError } from './check.js';
import { checkSource, loadWasm, supportsRelaxedSimd, supportsSimd } from './load.js';
import createMlp from './mlp.js';
import { canShareMemory, processors, startPool } from './pool.js';
import type { Backend, InitOptions } from './types.js';

/** A number that is an address in the module's memory. */
export type Pointer = number;

/** Samples in the module's memory; 0 for a form that is not there. As `SampleAddresses` in `cpp/bindings.cc`. */
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
  augmentation: Pointer;
}

/** What `cpp/bindings.cc` binds as `Model`. */
export interface NativeModel {
  addLayer(layer: object): void;
  adapt(samples: SampleAddresses, batchSize: number): void;
  compile(loss: object, metrics: object[], optimizer: object): void;
  /** Whether the optimizer has found that further steps would find nothing better. */
  converged(): boolean;
  /** After the last step of training: averaged weights take their place. */
  endTraining(): void;
  predict(samples: SampleAddresses, batchSize: number, outputs: Pointer): void;
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
  /** Of the last forward(): ∂/∂x of each row's unit (an int32 a row), or of its z, to rows × features floats. */
  inputGradient(units: Pointer, logits: boolean, to: Pointer): void;
  gradientNorms(samples: SampleAddresses): { delta: number; kernelGrad: number; biasGrad: number }[];
  sharpness(
    samples: SampleAddresses,
    maxIterations: number,
    tolerance: number,
  ): { lambdaMax: number; iterations: number; converged: boolean };
  accumulatorSize(): number;
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
  parameters(): Pointer;
  state(): Pointer;
  gradients(): Pointer;
  z(layer: number): Pointer;
  a(layer: number): Pointer;
  delta(layer: number): Pointer;
  delete(): void;
}

/** `Model::Average` in `cpp/mlp/model.h`: unchanged, changed, in place of the weights. */
export type Average = 0 | 1 | 2;

/** What `cpp/bindings.cc` binds as `Trainer`. */
export interface NativeTrainer {
  beginEpoch(): void;
  seek(batch: number, passBatch: number, rows: number, loss: number, accumulators: Pointer): void;
  run(maxBatches: number, budgetMs: number, rates: Pointer): void;
  batch(): number;
  passBatch(): number;
  batchesPerEpoch(): number;
  epochDone(): boolean;
  /** Of the epoch so far: [rows, mean loss, metrics …] */
  results(): number[];
  /** What they are made from: rows, sum of the losses, where the accumulators are. */
  totals(): [number, number, Pointer];
  delete(): void;
}

/** What `cpp/bindings.cc` binds as `Evaluator`. */
export interface NativeEvaluator {
  restart(): void;
  /** Goes on with the next `count` rows, or as many as are left. */
  run(count: number): void;
  /** A step of training on other samples, as one batch. */
  train(samples: SampleAddresses): void;
  seek(rows: number, loss: number, accumulators: Pointer): void;
  /** Of the rows so far: [rows, mean loss, metrics …] */
  results(): number[];
  /** What they are made from: rows, sum of the losses, where the accumulators are. */
  totals(): [number, number, Pointer];
  delete(): void;
}

/** Every name that the core knows, with defaults and limits. */
export interface Catalogue {
  activations: { name: string; alpha: number }[];
  losses: { name: string; targets: TargetKind; hasLogits: boolean }[];
  optimizers: { name: string; fullBatch: boolean; options: OptimizerOption[] }[];
  initializers: { name: string }[];
  metrics: { name: string }[];
}
export interface OptimizerOption {
  name: string;
  /** A flag is false or true here, and 0 or 1 in the core. */
  kind: 'number' | 'integer' | 'flag';
  default: number;
  /** low ≤ value < high */
  low: number;
  high: number;
}
export type TargetKind = 'any' | 'probability' | 'sign' | 'nonNegative' | 'classIndex';

/** The instantiated module. */
export interface MlpModule {
  HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  /** Not by embind, whose calls make garbage. As `predictRow` in `cpp/mlp/model.h`; takes a model's `address()`. */
  _predictRow(model: Pointer): number;
  Model: new (features: number, seed: number) => NativeModel;
  Trainer: new (
    model: NativeModel,
    samples: SampleAddresses,
    batchSize: number,
    shuffle: boolean,
    batchesPerEpoch: number,
  ) => NativeTrainer;
  Evaluator: new (model: NativeModel, samples: SampleAddresses, batchSize: number) => NativeEvaluator;
  /** Rows as a batch of that seed and pass holds them, made `rows` at a time. */
  augment(samples: SampleAddresses, seed: number, pass: number, rows: number, outputs: Pointer): void;
  catalogue(): Catalogue;
  /** Numbers of state that an optimizer keeps for each weight. */
  optimizerSlots(optimizer: object): number;
  /** Writes `count` standard normal floats, direction `number` of a seed's. */
  randomDirection(seed: number, number: number, to: Pointer, count: number): void;
  /** In flavours with threads: where workers enter the pool, how many have, and from when they share the work. */
  poolEntry?(): number;
  poolEntered?(): number;
  usePool?(workers: number): void;
}

/** Emscripten's way to let its caller instantiate the module. */
export type InstantiateWasm = (
  imports: WebAssembly.Imports,
  receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
) => object;

let pending: Promise<{ module: MlpModule; backend: Backend }> | undefined;
let ready: { module: MlpModule; backend: Backend; catalogue: Catalogue } | undefined;

/**
 * Loads the WebAssembly module; everything else needs it. Further calls, with whatever options, wait for the
 * first one; after a failure the next call tries again.
 *
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export async function init(options: InitOptions = {}): Promise<void> {
  checkOptions(options);
  pending ??= load(options);
  try {
    const { module, backend } = await pending;
    // Now rather than when it is needed first: it takes memory, which may be used up by then.
    ready ??= { module, backend, catalogue: module.catalogue() };
  } catch (error) {
    pending = undefined;
    throw error;
  }
}

function checkOptions(options: InitOptions): void {
  const { simd, deterministic, threads } = checkObject('init: options', options, [
    'wasmUrl',
    'wasmBinary',
    'simd',
    'deterministic',
    'threads',
  ]);
  checkSource('init', options);
  if (simd !== undefined && simd !== 'relaxed' && typeof simd !== 'boolean') {
    throw typeError('init: simd', "'relaxed', true or false", simd);
  }
  if (deterministic !== undefined) checkBoolean('init: deterministic', deterministic);
  if (threads !== undefined && threads !== 'auto') checkInteger('init: threads', threads, 1, 32);
  if (simd === 'relaxed' && deterministic)
    throw rangeError('init: simd', 'true or false with deterministic', simd);
  if (simd === 'relaxed' && !supportsRelaxedSimd())
    throw rangeError('init: simd', 'true or false in an engine without relaxed SIMD', simd);
}

/** The module, once {@link init} is done. */
export function mlp(): MlpModule {
  return loaded().module;
}

/** What the module runs on, once {@link init} is done. */
export function backend(): Backend {
  return { ...loaded().backend };
}

/** The core's names, once {@link init} is done. */
export function catalogue(): Catalogue {
  return loaded().catalogue;
}

function loaded() {
  if (!ready) throw new Error('mlp-wasm is not loaded yet: call `await init()` first');
  return ready;
}

interface Flavour extends Pick<Backend, 'simd'> {
  shared: boolean;
  url(): URL;
}

/** The modules there are. Bundlers find the files by these very expressions. */
const FLAVOURS: Flavour[] = [
  { simd: 'relaxed', shared: true, url: () => new URL('./mlp-relaxed-threads.wasm', import.meta.url) },
  { simd: true, shared: true, url: () => new URL('./mlp-threads.wasm', import.meta.url) },
  { simd: 'relaxed', shared: false, url: () => new URL('./mlp-relaxed.wasm', import.meta.url) },
  { simd: true, shared: false, url: () => new URL('./mlp.wasm', import.meta.url) },
  { simd: false, shared: false, url: () => new URL('./mlp-scalar.wasm', import.meta.url) },
];

/** The fastest instructions that the engine has and the options allow. */
function chooseInstructions({ simd, deterministic, wasmUrl, wasmBinary }: InitOptions): Backend['simd'] {
  if (simd !== undefined) return simd;
  // A file of the caller's own is mlp.wasm unless they say otherwise.
  const relaxed = !deterministic && wasmUrl === undefined && wasmBinary === undefined;
  if (relaxed && supportsRelaxedSimd()) return 'relaxed';
  return supportsSimd();
}

function chooseFlavour(options: InitOptions, threads: number): Flavour {
  const simd = chooseInstructions(options);
  return FLAVOURS.find((flavour) => flavour.simd === simd && (threads > 1 || !flavour.shared))!;
}

async function load(options: InitOptions): Promise<{ module: MlpModule; backend: Backend }> {
  const { threads = 1 } = options;
  const wantedThreads = !canShareMemory() ? 1 : threads === 'auto' ? processors() : threads;
  const flavour = chooseFlavour(options, wantedThreads);
  // Asked for at once with the module: each is a way to the server and back.
  const asked = flavour.shared ? import('./mlp-threads.js').then((glue) => glue.default) : undefined;
  asked?.catch(() => {}); // seen below, unless the module fails first
  return loadWasm(options, flavour.url(), async (compiled) => {
    const create = (await asked) ?? createMlp;
    let memory: WebAssembly.Memory | undefined;
    const module = await new Promise<MlpModule>((resolve, reject) => {
      const instantiateWasm: InstantiateWasm = (imports, receive) => {
        memory = Object.values(imports)
          .flatMap(Object.values)
          .find((value) => value instanceof WebAssembly.Memory);
        WebAssembly.instantiate(compiled, imports)
          .then((instance) => receive(instance, compiled))
          .catch(reject);
        return {};
      };
      create({ instantiateWasm }).then(resolve, reject);
    });
    const workers = flavour.shared ? await startPool(module, compiled, memory!, wantedThreads - 1) : 0;
    return { module, backend: { simd: flavour.simd, threads: workers + 1 } };
  });
}
