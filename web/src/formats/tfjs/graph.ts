/**
 * Graph-models of TensorFlow's converter, as far as they are a chain of matrix products, biases and activations; what
 * training had, dropout say, is not in them.
 */
import { checkArray, checkFloat, checkString, rangeError, shown, textOf } from '../../check/arguments.js';
import { excerpt } from '../../check/bytes.js';
import { activation, batchNormalization, dense, type ActivationConfig, type LayerConfig } from '../../index.js';
import type { DescribedLayer, DescribedWeight } from '../description.js';
import { jsonObject, OTHERS, type Json } from '../keras-chain.js';
import type { StoredWeight } from './manifest.js';

interface Node {
  name: string;
  op: string;
  inputs: string[];
  attr: Json;
}

const ACTIVATIONS: Record<string, ActivationConfig> = {
  Relu: { name: 'relu' },
  Elu: { name: 'elu' },
  Selu: { name: 'selu' },
  Sigmoid: { name: 'sigmoid' },
  Tanh: { name: 'tanh' },
  Softplus: { name: 'softplus' },
  Softsign: { name: 'softsign' },
  Softmax: { name: 'softmax' },
  LogSoftmax: { name: 'logSoftmax' },
  Exp: { name: 'exponential' },
};

/** ε beside which a variance of 1 stays 1: a batch normalization with it multiplies and adds, and nothing else. */
const NO_EPSILON = 1e-30;

/** More nodes than any chain has. */
const MOST_NODES = 10_000;

/** The layers of a graph. @throws {TypeError | RangeError} naming the node and operator that no chain of ours has. */
export function graphLayers(
  method: string,
  topology: Json,
  json: Json,
  stored: readonly StoredWeight[],
): { inputShape: number[]; layers: DescribedLayer[] } {
  const nodes = nodesOf(method, topology);
  const weights = new Map(stored.map((weight) => [weight.name, weight]));
  const chain = chainOf(method, nodes, outputOf(method, nodes, json));
  const [input, ...rest] = chain;
  const built = new Builder(method, nodes, weights, widthOf(method, input!));
  for (const node of rest) built.add(node);
  if (built.features === undefined || built.layers.length === 0) {
    throw rangeError(`${method}: ${shown(input!.name)}`, 'a matrix product behind it', 'none');
  }
  return { inputShape: [built.features], layers: built.layers };
}

function nodesOf(method: string, topology: Json): Map<string, Node> {
  const list = checkArray(`${method}: modelTopology.node`, topology['node'], 'an array of nodes');
  if (list.length > MOST_NODES) throw rangeError(`${method}: modelTopology.node`, `at most ${MOST_NODES}`, list);
  const nodes = new Map<string, Node>();
  list.forEach((each, i) => {
    const argument = `${method}: node[${i}]`;
    const { name, op, input = [], attr = {} } = jsonObject(argument, each);
    const inputs = checkArray(`${argument}.input`, input, 'an array of names')
      .map((one) => checkString(`${argument}.input`, one))
      .filter((one) => !one.startsWith('^')); // those only say what is computed before
    nodes.set(checkString(`${argument}.name`, name), {
      name: excerpt(name as string),
      op: checkString(`${argument}.op`, op),
      inputs: inputs.map((one) => one.replace(/:\d+$/, '')),
      attr: jsonObject(`${argument}.attr`, attr),
    });
  });
  return nodes;
}

/** The node whose numbers the signature gives out, or that no other takes. */
function outputOf(method: string, nodes: Map<string, Node>, json: Json): string {
  const signature = json['signature'] ?? (json['userDefinedMetadata'] as Json | null | undefined)?.['signature'];
  const outputs = (signature as Json | null | undefined)?.['outputs'];
  const told = Object.values(typeof outputs === 'object' && outputs !== null ? outputs : {}).map((output: unknown) =>
    textOf((output as Json | null)?.['name']).replace(/:\d+$/, ''),
  );
  const taken = new Set(Array.from(nodes.values()).flatMap(({ inputs }) => inputs));
  const found =
    told.length > 0
      ? told
      : Array.from(nodes.keys()).filter(
          (name) => !taken.has(name) && !/^(?:Const|Placeholder)$/.test(nodes.get(name)!.op),
        );
  if (found.length !== 1) throw rangeError(`${method}: signature.outputs`, 'one output', `${found.length} outputs`);
  return found[0]!;
}

/** The nodes from the input to the output. */
function chainOf(method: string, nodes: Map<string, Node>, output: string): Node[] {
  const backwards: Node[] = [];
  for (let name: string | undefined = output; name !== undefined;) {
    const node = nodes.get(name);
    if (!node) throw rangeError(`${method}: modelTopology.node`, `a node ${shown(excerpt(name))}`, 'none');
    if (backwards.push(node) > nodes.size) throw rangeError(`${method}: ${shown(node.name)}`, 'a chain', 'a circle');
    if (node.op === 'Placeholder') return backwards.reverse();
    // The samples are what is no constant.
    const samples = node.inputs.filter((one) => nodes.get(one)?.op !== 'Const');
    if (samples.length > 1) {
      const what = `${node.op} of ${samples.length} nodes`;
      throw new RangeError(
        `${method}: ${shown(node.name)}: expected a chain of nodes, got ${excerpt(what)}; ${OTHERS}`,
      );
    }
    name = samples[0];
  }
  const last = backwards.at(-1)!;
  throw rangeError(`${method}: ${shown(last.name)}`, 'a Placeholder at the beginning', excerpt(last.op));
}

/** Numbers of a sample; undefined where the placeholder leaves it open. */
function widthOf(method: string, { name, attr }: Node): number | undefined {
  const dim = ((attr['shape'] as Json | null | undefined)?.['shape'] as Json | null | undefined)?.['dim'];
  const dtype = (attr['dtype'] as Json | null | undefined)?.['type'];
  if (dtype !== undefined && dtype !== 'DT_FLOAT') throw rangeError(`${method}: ${shown(name)}`, 'DT_FLOAT', dtype);
  if (!Array.isArray(dim)) return undefined;
  const sizes = dim.map((each) => Number(textOf((each as Json | null)?.['size'])));
  const [rows, ...sample] = sizes;
  if (rows! > 1) {
    const got = `Placeholder of shape [${sizes.slice(0, 8)}]`;
    throw new RangeError(
      `${method}: ${shown(name)}: expected samples in rows, of which there may be any number, got ${got}; ${OTHERS}`,
    );
  }
  if (sample.length === 0 || !sample.every((size) => size > 0)) return undefined;
  return sample.reduce((product, size) => product * size, 1);
}

/** Makes layers of nodes, one after the other. */
class Builder {
  readonly layers: DescribedLayer[] = [];
  /** Of the samples. */
  features: number | undefined;
  /** Numbers of a sample where we are. */
  #width: number | undefined;
  /** The last layer, as long as a bias or an activation may still become its own. */
  #open: { layer: LayerConfig; weights: DescribedWeight[] } | undefined;

  constructor(
    readonly method: string,
    readonly nodes: Map<string, Node>,
    readonly weights: Map<string, StoredWeight>,
    width: number | undefined,
  ) {
    this.features = this.#width = width;
  }

  add(node: Node): void {
    const { op, attr } = node;
    const where = `${this.method}: ${shown(node.name)}`;
    const own = Object.hasOwn(ACTIVATIONS, op) ? ACTIVATIONS[op] : undefined;
    if (op === 'Identity') return;
    if (own) this.#activate(own);
    else if (op === 'LeakyRelu') this.#activate({ name: 'leakyRelu', alpha: numberIn(where, attr, 'alpha', 0.2) });
    else if (op === 'Reshape') this.#reshape(where, node);
    else if (op === 'MatMul') this.#multiply(where, node);
    else if (op === '_FusedMatMul') this.#fused(where, node);
    else if (op === 'BiasAdd' || op === 'Add' || op === 'AddV2') this.#shift(where, this.#constant(where, node), 1);
    else if (op === 'Sub' && this.nodes.get(node.inputs[1]!)?.op === 'Const') {
      this.#shift(where, this.#constant(where, node), -1);
    } else if (op === 'Mul') this.#scale(where, this.#constant(where, node));
    else {
      const known = `MatMul, _FusedMatMul, BiasAdd, Add, Sub, Mul, Reshape, Identity, LeakyRelu, ${Object.keys(ACTIVATIONS).join(', ')}`;
      throw new RangeError(`${where}: expected one of ${known}, got ${excerpt(op)}; ${OTHERS}`);
    }
  }

  #multiply(where: string, node: Node): void {
    const isTransposed = flagIn(node.attr, 'transpose_b');
    if (flagIn(node.attr, 'transpose_a') || this.nodes.get(node.inputs[1]!)?.op !== 'Const') {
      throw rangeError(where, 'samples times a constant matrix', 'another product');
    }
    const weight = this.#stored(where, node.inputs[1]!);
    const [rows, columns] = isTransposed ? [weight.shape[1], weight.shape[0]] : weight.shape;
    if (weight.shape.length !== 2 || !rows || !columns) throw rangeError(where, 'a matrix', `[${weight.shape}]`);
    this.#width ??= this.features = rows;
    if (this.#width !== rows) throw rangeError(where, `a matrix of ${this.#width} rows`, rows);
    const numbers = weight.read();
    const data = isTransposed
      ? numbers.map((_, i) => numbers[(i % columns) * rows + Math.floor(i / columns)]!)
      : numbers;
    this.#width = columns;
    this.#push(dense({ units: columns, useBias: false }), [{ shape: [rows, columns], data }]);
  }

  #fused(where: string, node: Node): void {
    const list = (node.attr['fused_ops'] as Json | null | undefined)?.['list'] as Json | null | undefined;
    const ops = checkArray(`${where}: fused_ops`, list?.['s'] ?? [], 'an array').map((op) => decoded(textOf(op)));
    this.#multiply(where, node);
    for (const op of ops) {
      if (op === 'BiasAdd') this.#shift(where, this.#stored(where, node.inputs[2] ?? ''), 1);
      else if (op === 'LeakyRelu') {
        this.#activate({ name: 'leakyRelu', alpha: numberIn(where, node.attr, 'leakyrelu_alpha', 0.2) });
      } else this.add({ ...node, op, inputs: [] });
    }
  }

  #activate(ours: ActivationConfig): void {
    const open = this.#open;
    if (open?.layer.className === 'dense') open.layer.activation = { ...ours };
    else this.#push(activation({ activation: { ...ours } }), []);
    this.#open = undefined;
  }

  #shift(where: string, weight: StoredWeight, sign: 1 | -1): void {
    const numbers = this.#row(where, weight).map((value) => sign * value);
    const open = this.#open;
    if (open?.layer.className !== 'dense') {
      this.#affine(new Float32Array(numbers.length).fill(1), numbers);
    } else if (open.weights.length === 2) {
      const bias = open.weights[1]!;
      bias.data = bias.data.map((value, i) => value + numbers[i]!);
    } else {
      delete open.layer.useBias;
      open.weights.push({ shape: [numbers.length], data: numbers });
    }
  }

  #scale(where: string, weight: StoredWeight): void {
    const numbers = this.#row(where, weight);
    this.#affine(numbers, new Float32Array(numbers.length));
  }

  /** x·factors + terms. */
  #affine(factors: Float32Array, terms: Float32Array): void {
    const shape = [factors.length];
    this.#push(batchNormalization({ epsilon: NO_EPSILON }), [
      { shape, data: factors },
      { shape, data: terms },
      { shape, data: new Float32Array(factors.length) },
      { shape, data: new Float32Array(factors.length).fill(1) },
    ]);
    this.#open = undefined;
  }

  #push(layer: LayerConfig, weights: DescribedWeight[]): void {
    this.#open = { layer, weights };
    this.layers.push(this.#open);
  }

  #reshape(where: string, node: Node): void {
    const sizes = Array.from(this.#constant(where, node).read());
    const [rows, ...sample] = sizes;
    const width = sample.reduce((product, size) => product * size, 1);
    this.#width ??= this.features = width > 0 ? width : undefined;
    if ((rows !== -1 && rows !== 1) || width !== this.#width) {
      const got = `[${sizes.slice(0, 8)}]`;
      throw rangeError(where, `a shape of rows of ${this.#width ?? 'some'} numbers each`, got);
    }
  }

  /** The constant among what a node takes. */
  #constant(where: string, node: Node): StoredWeight {
    const name = node.inputs.find((one) => this.nodes.get(one)?.op === 'Const');
    if (name === undefined) throw rangeError(where, `${node.op} with a constant`, 'none');
    return this.#stored(where, name);
  }

  #stored(where: string, name: string): StoredWeight {
    const weight = this.weights.get(name);
    if (!weight) throw rangeError(where, `the numbers of ${shown(excerpt(name))} in weightsManifest`, 'none');
    return weight;
  }

  /** Numbers for each of a sample, or one for all. */
  #row(where: string, weight: StoredWeight): Float32Array {
    const width = this.#width;
    if (width === undefined || (weight.count !== width && weight.count !== 1) || weight.shape.at(-1) === 0) {
      throw rangeError(where, `${width ?? 'as many as there are'} numbers`, weight.count);
    }
    // Before a matrix has shown it, a width is only what a placeholder says.
    if (weight.count === 1 && width > 1 && this.layers.length === 0) {
      throw rangeError(where, `${width} numbers, one for each input`, 'one for all');
    }
    const numbers = weight.read();
    return numbers.length === width ? numbers : new Float32Array(width).fill(numbers[0]!);
  }
}

const flagIn = (attr: Json, name: string) => (attr[name] as Json | null | undefined)?.['b'] === true;

function numberIn(where: string, attr: Json, name: string, fallback: number): number {
  const value = (attr[name] as Json | null | undefined)?.['f'];
  return value === undefined ? fallback : checkFloat(`${where}: ${name}`, value);
}

/** Texts in graphs are base64. */
function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return text;
  }
}
