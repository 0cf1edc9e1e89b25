/** Shared by the parts of a model: the native object and the description it was built from. */
import { typeError } from '../check/arguments.js';
import type { LossConfig } from './losses.js';
import type { MetricConfig } from './metrics.js';
import type { OptimizerConfig } from './optimizers.js';
import type { Names } from './names.js';
import type { ResolvedLayers } from './stack.js';
import { catalogue } from '../wasm/module.js';
import type { Average, NativeModel, TargetKind } from '../wasm/native.js';

/** Why a training ended before its time. */
export interface Termination {
  /** A sentence. */
  reason: string;
  /** Name of the layer where it began. */
  layer: string;
  batch: number;
  epoch: number;
}

/** Optimizer, loss and metrics with every option that applies filled in. */
export interface ResolvedCompile {
  optimizer: OptimizerConfig;
  loss: LossConfig;
  metrics: MetricConfig[];
}

export interface Handle extends ResolvedLayers, Names {
  native: NativeModel;
  name: string;
  seed: number;
  compiled?: ResolvedCompile;
  /** The position of the last training, under way or stopped. */
  position?: () => Position;
  /** While a training runs: asks callbacks that answer by promises for their states, which belong to the position. */
  refreshCallbacks?: () => Promise<void>;
  /** Predicts single rows, once that was asked for. */
  row?: { predict(x: Float32Array, output: Float32Array): boolean };
  /** Why training ended before its time. */
  terminated?: Termination;
  /** True while callbacks are told that a training has ended. */
  isEnding?: boolean;
  /** The weights of that training, if its callbacks then put others in their place: `resume` goes on with these. */
  setAside?: SetAside;
  /** True if that training ended because its optimizer would find nothing better for the weights that it came to. */
  isConverged?: boolean;
}

/** Weights in the order of the model's, and the state of their average. */
export interface SetAside {
  weights: Float32Array[];
  average: Average;
}

/** How far a training is: what, beside weights and the optimizer's numbers, it goes on from. */
export interface Position {
  /** Number of the epoch that the next batch belongs to. */
  epoch: number;
  /** Batches done in it, and its totals so far, as {@link readTotals} gives them; none before the first batch. */
  batch: number;
  totals: number[];
  /** True before the first batch of an epoch whose beginning callbacks have been told: they are not told again. */
  begun?: boolean;
  /** Batches done in the pass over the samples that was begun last. */
  passBatch: number;
  /** Data and options that these counts depend on: they hold only for the same ones. */
  plan: Record<string, number | boolean>;
  /** States of the callbacks: see {@link Callbacks.getState}. */
  callbacks: CallbackState[];
}

/** State of a callback, for when the training goes on, and the name it is found by. */
export interface CallbackState {
  name: string;
  state: unknown;
}

export function outputsOf(handle: Handle): number {
  return handle.layers[handle.layers.length - 1]!.units;
}

/** Optimizer, loss and metrics of the model. @throws {Error} if it was not compiled. */
export function compiledOf(handle: Handle, method: string): ResolvedCompile {
  if (!handle.compiled) throw new Error(`${method}: expected a compiled model: call model.compile() first`);
  return handle.compiled;
}

export function targetKindOf(handle: Handle, method: string): TargetKind {
  const { loss } = compiledOf(handle, method);
  return catalogue().losses.find(({ name }) => name === loss.name)!.targets;
}

/** Gives the handle of one model; with the name of a method it throws, naming that, when the model was disposed of. */
type HandleAccess = (method?: string) => Handle;

const accesses = new WeakMap<object, HandleAccess>();

/** Makes the handle of a model known to functions beside its class, which get the model itself. */
export function registerHandle(model: object, access: HandleAccess): void {
  accesses.set(model, access);
}

/**
 * The handle of a live model.
 *
 * @throws {TypeError} when `model` is none; {Error} when it was disposed of.
 */
export function handleOf(method: string, model: unknown): Handle {
  const access = typeof model === 'object' && model !== null ? accesses.get(model) : undefined;
  if (!access) throw typeError(`${method}: model`, 'a model made by sequential()', model);
  return access(method);
}
