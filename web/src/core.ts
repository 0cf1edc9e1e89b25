/** What the parts of a model share: the native object and the description it was built from. */
import { copyDoubles, copyFloats, reserve, scoped, writeDoubles, type Scope } from './heap.js';
import { checkObject, rangeError, typeError } from './check.js';
import { checkInputs, checkTargets, firstNotFinite, type InputRows, type TargetRows } from './data.js';
import { weightsOf, type ResolvedCompile, type ResolvedLayers, type WeightShape } from './layers.js';
import type { Inputs, Targets, Termination, Weight } from './types.js';
import {
  backend,
  catalogue,
  type NativeModel,
  type NativeTrainer,
  type Pointer,
  type SampleAddresses,
  type TargetKind,
} from './wasm.js';

export interface Core extends ResolvedLayers {
  native: NativeModel;
  name: string;
  seed: number;
  compiled?: ResolvedCompile;
  /** Where the last training is, or stopped. */
  position?: () => Position;
  /** Why training ended before its time. */
  terminated?: Termination;
}

/** How far a training is: what, beside weights and the optimizer's numbers, it goes on from. */
export interface Position {
  /** Number of the epoch that the next batch belongs to. */
  epoch: number;
  /** Batches done in it, and its totals so far, as {@link readTotals} gives them; none before the first batch. */
  batch: number;
  totals: number[];
  /** Batches done in the pass over the samples that was begun last. */
  passBatch: number;
  /** What these counts depend on: they hold for the same data and options only. */
  plan: Record<string, number | boolean>;
}

export function outputsOf(core: Core): number {
  return core.layers[core.layers.length - 1]!.units;
}

/** What the model was compiled with. @throws {Error} when it was not. */
export function compiledOf(core: Core, method: string): ResolvedCompile {
  if (!core.compiled) throw new Error(`${method}: expected a compiled model: call model.compile() first`);
  return core.compiled;
}

export function targetKindOf(core: Core, method: string): TargetKind {
  const { loss } = compiledOf(core, method);
  return catalogue().losses.find(({ name }) => name === loss.name)!.targets;
}

/** A weight of the model: where it starts, counted in numbers, in the buffer of parameters or in that of states. */
export interface WeightPlace extends WeightShape {
  offset: number;
  length: number;
}

/** Every weight of the model, layer by layer. */
export function weightPlaces({ features, layers }: ResolvedLayers): WeightPlace[] {
  const places: WeightPlace[] = [];
  const ends = { parameters: 0, state: 0 };
  let inputs = features;
  for (const layer of layers) {
    for (const { name, shape, trainable } of weightsOf(layer, inputs)) {
      const buffer = trainable ? 'parameters' : 'state';
      const length = shape.reduce((product, size) => product * size, 1);
      places.push({ name: `${layer.name}/${name}`, shape, trainable, offset: ends[buffer], length });
      ends[buffer] += length;
    }
    inputs = layer.units;
  }
  return places;
}

/** Where a weight is in memory. */
export function weightPointer({ native }: Core, { trainable, offset }: WeightPlace): Pointer {
  return (trainable ? native.parameters() : native.state()) + 4 * offset;
}

/** Number of weights that gradients train. */
export function countTrainable(core: ResolvedLayers): number {
  return weightPlaces(core).reduce((sum, { trainable, length }) => sum + (trainable ? length : 0), 0);
}

/** Number of weights. */
export function countParams(core: ResolvedLayers): number {
  return weightPlaces(core).reduce((sum, { length }) => sum + length, 0);
}

/**
 * Bytes that a pass over `rows` rows may allocate in the core: z, a, delta and what a layer remembers, the scratch
 * of its products, and the batch itself, with its weights, which a sparse one of the greatest density doubles.
 */
export function workspaceBytes(core: Core, rows: number): number {
  const { threads } = backend();
  const units = core.layers.map((layer) => layer.units);
  const activations = units.reduce((sum, width) => sum + 4 * rows * width + Math.max(rows, width), 0);
  const widest = Math.max(...units);
  const scratch = Math.max(
    8 * threads * Math.max(core.features, widest),
    rows * (widest + 8 + 16 * threads),
  );
  return 4 * (activations + scratch + rows * (2 * core.features + outputsOf(core) + 1));
}

/** As {@link reserve}, for a pass over `rows` rows and `more` bytes. */
export function reserveWorkspace(core: Core, rows: number, more = 0): void {
  reserve(workspaceBytes(core, rows) + more);
}

/** Checked samples and, where there are any, targets, in memory until the scope ends. */
export function place(scope: Scope, inputs: InputRows, targets: TargetRows = {}): SampleAddresses {
  const { rows, features, dense, bytes, scale = 1, sparse } = inputs;
  return {
    rows,
    features,
    scale,
    dense: scope.copyIn(dense),
    bytes: scope.copyIn(bytes),
    rowStarts: scope.copyIn(sparse?.rowStarts),
    columns: scope.copyIn(sparse?.columns),
    values: scope.copyIn(sparse?.values),
    targets: scope.copyIn(targets.values),
    classes: scope.copyIn(targets.classes),
    weights: scope.copyIn(targets.weights),
    augmentation: 0,
  };
}

/**
 * Samples and targets in memory until the scope ends: for a pass over all of them at once, which will need its
 * workspace and `more` bytes.
 */
export function wholeBatch(
  core: Core,
  scope: Scope,
  method: string,
  x: Inputs,
  y: Targets,
  more: (rows: number) => number = () => 0,
): SampleAddresses {
  const kind = targetKindOf(core, method);
  const inputs = checkInputs(`${method}: x`, x, core.features);
  const targets = checkTargets(`${method}: y`, y, inputs.rows, outputsOf(core), kind);
  const samples = place(scope, inputs, targets);
  reserveWorkspace(core, inputs.rows, more(inputs.rows));
  return samples;
}

/** The names in the logs: `loss`, metrics; a name that was there before gets `_1`, `_2` … */
export function logNames(core: Core, prefix: '' | 'val' = ''): string[] {
  const names = ['loss', ...core.compiled!.metrics.map(({ name }) => name)];
  const spelt = (name: string) => (prefix ? prefix + name[0]!.toUpperCase() + name.slice(1) : name);
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return spelt(before ? `${name}_${before}` : name);
  });
}

/** The results of `cpp/bindings.cc` by name. */
export function logsFrom(core: Core, results: number[], prefix: '' | 'val' = ''): { loss: number } {
  return Object.fromEntries(logNames(core, prefix).map((name, i) => [name, results[1 + i]!])) as { loss: number };
}

/** Bytes of the accumulators that a `Trainer` or an `Evaluator` holds. */
export function accumulatorBytes(core: Core): number {
  return 8 * core.native.accumulatorSize();
}

/** What results are made from, to go on with: rows, sum of the losses, accumulators of the metrics. */
export function readTotals(core: Core, judge: Pick<NativeTrainer, 'totals'>): number[] {
  const [rows, loss, pointer] = judge.totals();
  return [rows, loss, ...copyDoubles(pointer, core.native.accumulatorSize())];
}

/** Hands on what {@link readTotals} read. */
export function withTotals(
  totals: readonly number[],
  use: (rows: number, loss: number, accumulators: Pointer) => void,
): void {
  scoped((scope) => {
    const accumulators = Float64Array.from(totals.slice(2));
    const pointer = scope.allocate(8 + accumulators.byteLength);
    writeDoubles(pointer, accumulators);
    reserve(accumulators.byteLength); // the core copies them
    use(totals[0]!, totals[1]!, pointer);
  });
}

/** Outputs for checked samples, rows × units, computed `batchSize` rows at a time, in `output` if it is given. */
export function predictRows<Output extends Float32Array = Float32Array<ArrayBuffer>>(
  core: Core,
  inputs: InputRows,
  batchSize: number,
  output?: Output,
): Output {
  const length = inputs.rows * outputsOf(core);
  const passRows = Math.min(batchSize, inputs.rows);
  return scoped((scope) => {
    const outputs = scope.allocate(4 * length);
    const samples = place(scope, inputs);
    reserveWorkspace(core, passRows);
    core.native.predict(samples, passRows, outputs);
    return copyFloats(outputs, length, output);
  });
}

/** As many weights as there are places, of their shapes, in their order; names do not matter. */
export function checkWeightList(argument: string, weights: unknown, places: WeightPlace[]): void {
  if (!Array.isArray(weights)) throw typeError(argument, 'an array of weights', weights);
  if (weights.length !== places.length) throw rangeError(argument, `${places.length} weights`, weights);
  places.forEach(({ name, shape, length }, i) => {
    const each = `${argument}[${i}]`;
    const weight = checkObject(each, weights[i] as Weight, ['name', 'shape', 'data']);
    if (!(weight.data instanceof Float32Array))
      throw typeError(`${each}.data`, 'a Float32Array', weight.data);
    if (!Array.isArray(weight.shape)) throw typeError(`${each}.shape`, 'an array', weight.shape);
    if (String(weight.shape) !== String(shape))
      throw new RangeError(`${each}.shape: expected [${shape}] of ${name}, got [${weight.shape}]`);
    if (weight.data.length !== length) throw rangeError(`${each}.data`, `${length} numbers`, weight.data);
    checkFinite(`${each}.data`, weight.data);
  });
}

/** @throws {RangeError} when any weight is not finite. */
export function checkFinite(argument: string, data: Float32Array): void {
  const bad = firstNotFinite(data);
  if (bad >= 0) throw rangeError(`${argument}[${bad}]`, 'a finite number', data[bad]);
}
