/** What the parts of a model share: the native object and the description it was built from. */
import { reserve, type Scope } from './heap.js';
import { rangeError } from './check.js';
import { checkInputs, checkTargets, firstNotFinite, type InputRows, type TargetRows } from './data.js';
import type { ResolvedCompile, ResolvedLayers } from './layers.js';
import type { Inputs, Targets, Weight } from './types.js';
import { backend, catalogue, type NativeModel, type SampleAddresses, type TargetKind } from './wasm.js';

export interface Core extends ResolvedLayers {
  native: NativeModel;
  name: string;
  seed: number;
  compiled?: ResolvedCompile;
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

/** Name and shape of every weight, in the order of the parameter buffer, and where each starts in it. */
export function weightPlaces({
  features,
  layers,
}: ResolvedLayers): (Omit<Weight, 'data'> & { offset: number; length: number })[] {
  const places = [];
  let inputs = features;
  let offset = 0;
  for (const { name, units, useBias } of layers) {
    places.push({ name: `${name}/kernel`, shape: [inputs, units], offset, length: inputs * units });
    offset += inputs * units;
    if (useBias) {
      places.push({ name: `${name}/bias`, shape: [units], offset, length: units });
      offset += units;
    }
    inputs = units;
  }
  return places;
}

export function countParams(core: ResolvedLayers): number {
  return weightPlaces(core).reduce((sum, { length }) => sum + length, 0);
}

/**
 * Bytes that a pass over `rows` rows may allocate in the core: z, a and delta of every layer, the scratch of its
 * products, and the batch itself, which a sparse one of the greatest density doubles.
 */
export function workspaceBytes(core: Core, rows: number): number {
  const { threads } = backend();
  const units = core.layers.map((layer) => layer.units);
  const activations = units.reduce((sum, width) => sum + 3 * rows * width, 0);
  const widest = Math.max(...units);
  const scratch = Math.max(
    8 * threads * Math.max(core.features, widest),
    rows * (widest + 8 + 16 * threads),
  );
  return 4 * (activations + scratch + rows * (2 * core.features + outputsOf(core)));
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

/** The sums of `cpp/bindings.cc` as means by name: `loss`, metrics. */
export function logsFrom(core: Core, sums: number[], prefix: '' | 'val' = ''): { loss: number } {
  const [rows, ...values] = sums as [number, ...number[]];
  const names = ['loss', ...core.compiled!.metrics];
  const spelt = (name: string) => (prefix ? prefix + name[0]!.toUpperCase() + name.slice(1) : name);
  return Object.fromEntries(names.map((name, i) => [spelt(name), values[i]! / rows])) as { loss: number };
}

/** @throws {RangeError} when any weight is not finite. */
export function checkFinite(argument: string, data: Float32Array): void {
  const bad = firstNotFinite(data);
  if (bad >= 0) throw rangeError(`${argument}[${bad}]`, 'a finite number', data[bad]);
}
