/** The stack of layers of a model: checked, every default filled in, as the tables of the core say. */
import { checkArray, checkInteger, checkObject, checkString, rangeError, typeError } from '../check/arguments.js';
import { catalogue } from '../wasm/module.js';
import type { CatalogueOption, LayerOption } from '../wasm/native.js';
import { resolveActivation } from './activations.js';
import { resolveConstraint } from './constraints.js';
import { resolveInitializer } from './initializers.js';
import type { LayerConfig, LayerDescription } from './layer-options.js';
import { checkOption, defaultOf, entryNamed } from './options.js';
import { resolveRegularizer } from './regularizers.js';

/** The stack of a model. */
export interface ResolvedLayers {
  features: number;
  /** Frozen, and each of them, too. */
  layers: readonly LayerDescription[];
}

/** How the values of options are checked that have a name and options of their own. */
const RESOLVERS: Partial<Record<LayerOption['kind'], (argument: string, value: never) => object>> = {
  activation: (argument, value) =>
    resolveActivation(argument, value, (name) => entryNamed(catalogue().activations, name).alpha),
  initializer: resolveInitializer,
  regularizer: resolveRegularizer,
  constraint: resolveConstraint,
};

/** The value of an option, checked, or its default; undefined leaves it out. */
function resolveOption(argument: string, given: unknown, option: LayerOption): unknown {
  const value = given ?? (option.required ? given : defaultOf(option));
  if (value === undefined && !option.required) return undefined;
  const resolve = RESOLVERS[option.kind];
  return resolve ? resolve(argument, value as never) : checkOption(argument, value, option as CatalogueOption);
}

/** The kind of layer that has this name, as the core describes it. */
function kindOf(className: LayerConfig['className']) {
  return entryNamed(catalogue().layers, className);
}

/** Names of the options of a layer of this kind. */
export function keysOf(className: LayerConfig['className']): string[] {
  return [...kindOf(className).options.map(({ name }) => name), 'inputShape', 'name', 'className'];
}

/** A whole stack: options of each layer, unique names, inputs that fit. */
export function resolveLayers(argument: string, layers: readonly LayerConfig[]): ResolvedLayers {
  const list = checkArray(`${argument}: layers`, layers, 'an array of layers');
  if (list.length === 0) throw rangeError(`${argument}: layers`, 'at least one layer', layers);
  const resolved: LayerDescription[] = [];
  const names = new Set<string>();
  let features: number | undefined;
  list.forEach((given, i) => {
    const where = `${argument}: layers[${i}]`;
    const layer = readLayer(where, given as LayerConfig);
    const inputs = resolved[i - 1]?.units;
    const wanted = inputFeatures(where, layer);
    const next = resolveLayer(where, layer, i, (inputs ?? wanted)!);
    if (names.has(next.name)) throw rangeError(`${where}.name`, 'a name that no other layer has', next.name);
    names.add(next.name);
    if (inputs !== undefined && wanted !== undefined && wanted !== inputs) {
      throw rangeError(`${where}.inputShape[0]`, `${inputs}, the units of the layer before`, wanted);
    }
    features ??= wanted;
    if (features === undefined) throw typeError(`${where}.inputShape`, 'an array [features]', wanted);
    resolved.push(deepFrozen(next));
  });
  return { features: features!, layers: Object.freeze(resolved) };
}

/** Features that a layer's `inputShape` asks for, if it does. */
function inputFeatures(argument: string, { inputShape }: LayerConfig): number | undefined {
  if (inputShape === undefined) return undefined;
  const shape = checkArray(`${argument}.inputShape`, inputShape, 'an array [features]');
  if (shape.length !== 1) throw rangeError(`${argument}.inputShape`, 'one number [features]', inputShape);
  return checkInteger(`${argument}.inputShape[0]`, shape[0], 1);
}

/** A copy of what describes a layer, its kind and the names of its options checked. */
function readLayer(argument: string, layer: LayerConfig): LayerConfig {
  if (layer === null || typeof layer !== 'object' || Array.isArray(layer)) {
    throw typeError(argument, 'an object', layer);
  }
  const { className } = layer;
  const kinds = catalogue().layers.map(({ name }) => name);
  if (typeof className !== 'string' || !kinds.includes(className)) {
    throw typeError(argument, `a layer made by ${kinds.join('(), ')}()`, layer);
  }
  return { ...checkObject(argument, layer, keysOf(className)), className } as LayerConfig;
}

/** The core was built to this description, and sizes of memory are taken from it: nobody may change it. */
function deepFrozen<T extends object>(description: T): T {
  for (const part of Object.values(description)) if (typeof part === 'object') deepFrozen(part as object);
  return Object.freeze(description);
}

function resolveLayer(argument: string, layer: LayerConfig, index: number, inputs: number): LayerDescription {
  const { className } = layer;
  const { name = index === 0 ? className : `${className}_${index}` } = layer;
  const resolved: Record<string, unknown> = {
    className,
    name: checkString(`${argument}.name`, name),
    units: inputs,
    activation: { name: 'linear' },
  };
  const given = layer as unknown as Record<string, unknown>;
  for (const option of kindOf(className).options) {
    const value = resolveOption(`${argument}.${option.name}`, given[option.name], option);
    if (value !== undefined) resolved[option.name] = value;
  }
  return resolved as unknown as LayerDescription;
}

/** The layer as it can be described again: only what its kind takes. */
export function layerConfig(layer: LayerDescription): LayerConfig {
  const keys = keysOf(layer.className);
  return Object.fromEntries(Object.entries(layer).filter(([key]) => keys.includes(key))) as unknown as LayerConfig;
}

/** A weight of a layer. */
export interface WeightShape {
  name: string;
  shape: number[];
  /** True if it is among the parameters, which have gradients, frozen or not; false if it is in the state. */
  trained: boolean;
}

/** The weights of a layer, in their order in the core's buffers. */
export function weightsOf(layer: LayerDescription, inputs: number): WeightShape[] {
  const { units } = layer;
  return kindOf(layer.className)
    .weights.filter(({ flag }) => flag === undefined || layer[flag as 'useBias'])
    .map(({ name, isMatrix, trained }) => ({ name, shape: isMatrix ? [inputs, units] : [units], trained }));
}
