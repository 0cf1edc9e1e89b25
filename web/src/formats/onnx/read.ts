/** ONNX in: a graph that is a chain of layers, from whatever tool; operators in `operators.ts`. */
import { namedAfter, shown } from '../../check/arguments.js';
import { malformed } from '../../check/bytes.js';
import type { NetworkDescription } from '../description.js';
import type { ReadOptions } from '../options.js';
import type { Source } from '../source.js';
import { Chain, nodeLabel, type Flow } from './chain.js';
import { readModelProto, type Graph, type Model, type Node, type Port } from './messages.js';
import { readMetadata } from './metadata.js';
import { NodeReader, type Reading, type Value } from './node.js';
import { OPERATORS } from './operators.js';
import { PROBES } from './probes.js';
import { looksLikeOnnx } from './recognise.js';
import { constantOf, isFloat, sizeOf, type Tensor } from './tensor.js';

/** Newer sets of operators are tried, and older ones refused, because their operators broadcast in another way. */
const OPSETS = { oldest: 7, newest: 23 };

export async function read(method: string, source: Source, _: ReadOptions): Promise<NetworkDescription> {
  const where = `${method}: ONNX`;
  const file = source.files.find(({ bytes }) => looksLikeOnnx(bytes)) ?? source.files[0]!;
  const model = readModelProto(where, file.bytes);
  const files = await externalFiles(where, model.graph, source);
  return namedAfter(method, () => describeModel(where, model, file.bytes.length, files));
}

/** Files that hold numbers of the graph's tensors, by the name that the tensors give. */
async function externalFiles(where: string, graph: Graph, source: Source): Promise<Map<string, Uint8Array>> {
  const tensors = [...graph.initializers.values()];
  for (const { attributes } of graph.nodes)
    for (const { tensor } of attributes.values()) if (tensor) tensors.push(tensor);
  const files = new Map<string, Uint8Array>();
  for (const { external } of tensors) {
    if (!external || files.has(external.location)) continue;
    const { location } = external;
    // Nothing but what stands beside the file, because a file is not to say what is fetched from elsewhere.
    if (!/^(?:\.\/)?[^/\\:?#]+$/.test(location) || location === '..') {
      throw malformed(where, 'numbers in a file beside the model', shown(location));
    }
    files.set(location, await source.beside(location));
  }
  return files;
}

function describeModel(
  where: string,
  model: Model,
  bytes: number,
  files: ReadonlyMap<string, Uint8Array>,
): NetworkDescription {
  const { graph, producer } = model;
  const remarks = new Set<string>();
  const opset = model.opsets.get('') ?? 1;
  if (opset < OPSETS.oldest && graph.nodes.some(({ domain }) => domain === '')) {
    const cure = 'onnx.version_converter of Python makes it newer';
    throw malformed(where, `operators of version ${OPSETS.oldest} or newer`, `${opset}; ${cure}`);
  }
  if (opset > OPSETS.newest)
    remarks.add(`its operators are of version ${opset}, newer than ${OPSETS.newest}: compare outputs with the tool's`);
  const room = roomFor(where, bytes + [...files.values()].reduce((sum, { length }) => sum + length, 0));
  const chain = new Chain(where, room);
  const load = (tensor: Tensor) => {
    const constant = constantOf(where, tensor, files);
    room(constant.data.byteLength / 4);
    return constant;
  };
  const reading: Reading = { where, chain, opset, room, load, remarks };
  const input = findInput(where, graph);
  const output = run(reading, graph, input);
  chain.settle(output);
  if (chain.length === 0) throw malformed(where, 'a network of layers', 'a graph without any');
  if (chain.inputs === undefined) {
    throw malformed(where, 'a file that tells the number of inputs', 'one that leaves it open');
  }
  const { name, classNames, featureNames, metadata, examples } = readMetadata(where, model, chain, remarks);
  const sample = input.shape?.slice(1) ?? [];
  const isShape = sample.length > 0 && !sample.includes(undefined) && sizeOf(sample as number[]) === chain.inputs;
  const names = classNames ?? reading.classNames;
  return {
    source: producer ? `ONNX (${producer})` : 'ONNX',
    inputShape: isShape ? (sample as number[]) : [chain.inputs],
    layers: chain.layers(),
    ...(name !== undefined && { name }),
    ...(names && { classNames: names }),
    ...(featureNames && { featureNames }),
    ...(metadata && { metadata }),
    ...(examples && { examples }),
    remarks: [...remarks],
  };
}

/**
 * Limits what a graph computes beside its layers to a few times what the file holds, because weights are turned around and
 * scaled, and not more, because a few nodes could promise any number.
 */
function roomFor(where: string, bytes: number): (floats: number) => void {
  let left = bytes + 2 ** 14;
  return (floats) => {
    left -= floats;
    if (!(left >= 0)) throw malformed(where, 'constants and weights of about the size of the file', 'far more');
  };
}

/** The one input that is no initialiser. */
function findInput(where: string, { inputs, initializers }: Graph): Port {
  const open = inputs.filter(({ name }) => !initializers.has(name));
  if (open.length !== 1) {
    const names = open.slice(0, 5).map(({ name }) => shown(name));
    throw malformed(where, 'one input', `${open.length}${names.length ? `: ${names.join(', ')}` : ''}`);
  }
  return open[0]!;
}

/** Values that nodes need, with the number of times that they do; nodes that no output needs are left out. */
function needs(graph: Graph): { nodes: Node[]; uses: Map<string, number> } {
  const uses = new Map<string, number>();
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  // From behind, because a node stands after all whose values it takes.
  for (const node of graph.nodes.slice().reverse()) {
    if (!node.outputs.some((name) => uses.has(name) || outputs.has(name))) continue;
    for (const name of node.inputs) if (name) uses.set(name, (uses.get(name) ?? 0) + 1);
    nodes.push(node);
  }
  return { nodes: nodes.reverse(), uses };
}

/** Runs the nodes, and returns what comes out of the last one. */
function run(reading: Reading, graph: Graph, input: Port): Flow {
  const { where, chain } = reading;
  const { nodes, uses } = needs(graph);
  const values = new Map<string, Value>();
  for (const tensor of graph.initializers.values()) values.set(tensor.name, { kind: 'stored', tensor });
  values.set(input.name, inputFlow(reading, input));
  const places = new Map<string, number>();
  /** Values that later nodes need. */
  const live = new Set([input.name]);
  for (const [place, node] of nodes.entries()) {
    const value = valueOf(reading, node, values);
    const output = node.outputs[0]!;
    if (values.has(output)) throw malformed(where, 'a node for each value', `two for ${shown(output)}`);
    const isNeeded = node.outputs.slice(1).find((name) => name && uses.has(name));
    if (isNeeded && node.operator !== 'Dropout') {
      throw malformed(`${where}: ${nodeLabel(node.operator, node.name)}`, 'its first output alone', shown(isNeeded));
    }
    values.set(output, value);
    places.set(output, place);
    for (const name of node.inputs) {
      const left = (uses.get(name) ?? 0) - 1;
      uses.set(name, left);
      if (left <= 0) live.delete(name);
    }
    if (!isFlow(value)) continue;
    if (uses.has(output)) live.add(output);
    // A value becomes a layer at once if all that follows goes on from it, and the layer before takes it into its
    // weights, or if it is needed more than once, because those who need it may be one activation together.
    const isNow = (value.affine && chain.takesLines) || (uses.get(output)! > 1 && chain.isWhole(value));
    if (live.size === 1 && value.depth > 0 && value.base === chain.length && isNow) chain.settle(value);
  }
  return outputOf(reading, graph, values, places);
}

const isFlow = (value: Value | undefined): value is Flow => value?.kind === 'flow';

function inputFlow({ where, chain }: Reading, { name, dataType, shape }: Port): Flow {
  if (dataType === 8) throw malformed(`${where}: input ${shown(name)}`, 'numbers', 'texts');
  if (!isFloat(dataType) && dataType > 13)
    throw malformed(`${where}: input ${shown(name)}`, 'numbers', `type ${dataType}`);
  const hasBatch = shape?.length !== 1;
  const sample = shape ? shape.slice(hasBatch ? 1 : 0) : [undefined];
  if (!sample.includes(undefined)) chain.inputs = sizeOf(sample as number[]);
  if (chain.inputs !== undefined && !(chain.inputs < 2 ** 31)) {
    throw malformed(`${where}: input ${shown(name)}`, 'fewer than 2³¹ numbers', String(chain.inputs));
  }
  const kind = 'flow';
  const affine = { scale: 1, shift: 0 };
  return { kind, base: 0, hasBatch, batch: shape?.[0], sample, affine, probes: PROBES, made: 'the input', depth: 0 };
}

function valueOf(reading: Reading, node: Node, values: ReadonlyMap<string, Value>): Value {
  const { where } = reading;
  const { domain, operator, name } = node;
  const label = nodeLabel(domain ? `${domain}.${operator}` : operator, name);
  const work = OPERATORS.get(domain ? `${domain}.${operator}` : operator);
  if (!work) {
    throw new RangeError(
      `${where}: expected operators of a multilayer perceptron, got ${label}; onnxruntime-web runs such models`,
    );
  }
  const inputs = node.inputs.map((input) => {
    const value = values.get(input);
    if (input && !value) throw malformed(`${where}: ${label}`, 'values of nodes before it', shown(input));
    return value;
  });
  return work(new NodeReader(node, reading, inputs));
}

/** The output of the most layers; what else the graph gives is labels of it, or lies on the way. */
function outputOf(
  { where, remarks }: Reading,
  { outputs }: Graph,
  values: ReadonlyMap<string, Value>,
  places: ReadonlyMap<string, number>,
): Flow {
  let last: { name: string; flow: Flow; place: number } | undefined;
  for (const { name } of outputs) {
    const value = values.get(name);
    if (!value) throw malformed(where, 'outputs that nodes give', shown(name));
    const flow = value.kind === 'labels' ? value.flow : isFlow(value) ? value : undefined;
    if (!flow) continue;
    const place = value.kind === 'labels' ? -1 : (places.get(name) ?? -1);
    if (!last || flow.base > last.flow.base || (flow.base === last.flow.base && place > last.place))
      last = { name, flow, place };
  }
  if (!last) throw malformed(where, 'an output that depends on the input', 'none');
  const others = outputs.filter(({ name }) => isFlow(values.get(name)) && name !== last.name);
  if (others.length > 0) {
    const names = others.slice(0, 5).map(({ name }) => shown(name));
    remarks.add(`of its outputs only ${shown(last.name)} is taken, which comes last, not ${names.join(', ')}`);
  }
  return last.flow;
}
