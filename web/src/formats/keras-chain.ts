/** The order of layers in the JSON of a Keras model, Sequential or Functional, and of models nested in it. */
import { checkArray, checkInteger, rangeError, typeError } from '../check/arguments.js';
import { excerpt, quote } from '../check/bytes.js';

export type Json = Record<string, unknown>;

/** A layer as the JSON has it. */
export interface ConfiguredLayer {
  className: string;
  name: string;
  config: Json;
  /** The models that it is nested in, without the outermost: kind and count. */
  within: { kind: string; index: number }[];
}

export interface Chain {
  name?: string;
  inputShape: number[];
  layers: ConfiguredLayer[];
}

/** Models that may stand in each other. */
const DEEPEST = 8;

/** A sample may have as many axes; a file of few bytes could name thousands. */
const MOST_AXES = 16;

/** Advice for a model that ours cannot be. */
export const OTHERS = 'TensorFlow.js or onnxruntime-web run such models';

/** An object out of JSON. */
export function jsonObject(argument: string, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw typeError(argument, 'an object', value);
  return value as Json;
}

/** The object in `config`, empty where there is none. */
export function configOf(argument: string, object: Json): Json {
  return object['config'] === undefined ? {} : jsonObject(`${argument}.config`, object['config']);
}

/** @throws {TypeError | RangeError} where the model is no chain of layers. */
export function chainOf(argument: string, model: unknown): Chain {
  const chain: Chain = { inputShape: [], layers: [] };
  walk(argument, jsonObject(argument, model), chain, []);
  const name = nameOf(jsonObject(argument, model));
  if (name) chain.name = name;
  if (chain.inputShape.length === 0) {
    throw new RangeError(
      `${argument}: expected a model with the shape of its inputs, got one that was saved before it was built`,
    );
  }
  return chain;
}

/** Appends the layers of a model. */
function walk(argument: string, model: Json, chain: Chain, within: ConfiguredLayer['within']): void {
  if (within.length >= DEEPEST) throw rangeError(argument, `models nested at most ${DEEPEST} deep`, within.length + 1);
  const className = classOf(argument, model);
  if (!isModel(className)) {
    throw new RangeError(
      `${argument}: expected a Sequential or Functional model, got a ${excerpt(className)}, whose layers only its own code knows; ${OTHERS}`,
    );
  }
  // Keras 1 and early 2 have the layers of a Sequential for its config.
  const isList = Array.isArray(model['config']);
  const config = isList ? { layers: model['config'] } : configOf(argument, model);
  const given = checkArray(`${argument}: layers`, config['layers'], 'an array').map((one, i) =>
    jsonObject(`${argument}: layers[${i}]`, one),
  );
  if (config['build_input_shape']) takeInput(argument, config['build_input_shape'], chain);
  const counts = new Map<string, number>();
  const found = given.map((one, i) => {
    const kind = classOf(`${argument}: layers[${i}]`, one);
    const index = counts.get(kind) ?? 0;
    counts.set(kind, index + 1);
    return { one, kind, index };
  });
  const ordered = className === 'Sequential' ? found : inOrder(argument, config, found);
  for (const { one, kind, index } of ordered) {
    const name = nameOf(one) ?? kind;
    const where = `${argument}: ${excerpt(name)}`;
    if (isModel(kind)) {
      walk(where, one, chain, [...within, { kind: kind.toLowerCase(), index }]);
      continue;
    }
    const layer = configOf(where, one);
    // Only the first says what comes in, because later layers may keep a shape from a model that they stood in before.
    const shape = layer['batch_input_shape'] ?? layer['batch_shape'] ?? layer['input_shape'];
    if (shape && chain.layers.length === 0) takeInput(where, shape, chain);
    if (kind !== 'InputLayer') {
      const built = (one['build_config'] as Json | undefined)?.['input_shape'];
      if (built && chain.layers.length === 0) takeInput(where, built, chain);
      if (layer['input_dim'] && chain.layers.length === 0) takeInput(where, [null, layer['input_dim']], chain);
      chain.layers.push({ className: kind, name, config: layer, within });
    }
  }
}

const isModel = (className: string) => /^(?:Sequential|Functional|Model)$/.test(className);

/** Its class. */
function classOf(argument: string, object: Json): string {
  const name = object['class_name'];
  if (typeof name !== 'string') throw typeError(`${argument}.class_name`, 'the name of a class', name);
  return name;
}

function nameOf(object: Json): string | undefined {
  const name = (object['config'] as Json | null | undefined)?.['name'] ?? object['name'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Keeps the first shape that is told, without its axis of samples. */
function takeInput(argument: string, value: unknown, chain: Chain): void {
  if (chain.inputShape.length > 0) return;
  let axes = checkArray(`${argument}: input shape`, value, 'an array');
  if (axes.length === 1 && Array.isArray(axes[0])) axes = axes[0] as unknown[]; // functional models have one for each input
  axes = axes.slice(1);
  if (axes.length > MOST_AXES) throw rangeError(`${argument}: input shape`, `at most ${MOST_AXES} axes`, axes);
  if (axes.length === 0 || axes.includes(null)) {
    throw new RangeError(
      `${argument}: input shape: expected numbers but for the samples, got ${quote(value)}: sequences of any length are no multilayer perceptron's; ${OTHERS}`,
    );
  }
  const shape = axes.map((size, i) => checkInteger(`${argument}: input shape[${i + 1}]`, size, 1));
  checkInteger(
    `${argument}: input shape: its product`,
    shape.reduce((product, size) => product * size, 1),
    1,
  );
  chain.inputShape = shape;
}

/** A functional model's layers from its input to its output. */
function inOrder<Found extends { one: Json; kind: string }>(argument: string, config: Json, found: Found[]): Found[] {
  const follower = new Map<string, Found>();
  const names = new Set<string>();
  let first: Found | undefined;
  for (const each of found) {
    const name = nameOf(each.one) ?? each.kind;
    names.add(name);
    const where = `${argument}: ${excerpt(name)}`;
    const sources = sourcesOf(where, each.one['inbound_nodes']);
    if (sources.length > 1) {
      const list = excerpt(sources.join(', '));
      throw new RangeError(
        `${where}: expected a chain of layers, got a layer that is called on several: ${list}; ${OTHERS}`,
      );
    }
    if (sources.length === 0) {
      if (first) throw rangeError(where, 'a chain of layers with one input', 'a second input');
      first = each;
      continue;
    }
    const before = follower.get(sources[0]!);
    if (before) {
      const other = excerpt(nameOf(before.one) ?? before.kind);
      throw new RangeError(
        `${where}: expected a chain of layers, got a branch: ${other} follows the same layer; ${OTHERS}`,
      );
    }
    follower.set(sources[0]!, each);
  }
  const ordered: Found[] = [];
  const used = new Set<Found>();
  for (let each = first; each && !used.has(each); each = follower.get(nameOf(each.one) ?? each.kind)) {
    ordered.push(each);
    used.add(each);
  }
  if (ordered.length !== found.length || names.size !== found.length) {
    throw rangeError(argument, `a chain of ${found.length} layers`, `one of ${ordered.length}`);
  }
  const outputs = namesIn(config['output_layers'], 0);
  const last = ordered.at(-1);
  if (outputs.length > 0 && (outputs.length > 1 || outputs[0] !== (nameOf(last!.one) ?? last!.kind))) {
    throw rangeError(`${argument}: output_layers`, 'the last of the chain', excerpt(outputs.join(', ')));
  }
  return ordered;
}

/** Names of the layers whose outputs a layer is called on. */
function sourcesOf(argument: string, nodes: unknown): string[] {
  if (nodes === undefined || nodes === null) return [];
  return checkArray(`${argument}: inbound_nodes`, nodes, 'an array').flatMap((node) => namesIn(node, 0));
}

/**
 * Names in `['dense', 0, 0, {}]`, lists of such, and `{ args: [{ config: { keras_history: ['dense', 0, 0] } }] }`. Nothing
 * of it is as deep as the limit.
 */
function namesIn(node: unknown, depth: number): string[] {
  if (depth > 6) throw new RangeError(`loadAny: inbound_nodes: expected a list of calls, got one nested too deep`);
  if (Array.isArray(node)) {
    if (typeof node[0] === 'string' && typeof node[1] === 'number') return [node[0]];
    return node.flatMap((inner) => namesIn(inner, depth + 1));
  }
  if (typeof node !== 'object' || node === null) return [];
  const {
    args,
    config,
    keras_history: history,
  } = node as { args?: unknown; config?: unknown; keras_history?: unknown };
  return namesIn(args ?? config ?? history, depth + 1);
}
