/** The messages of an ONNX file, as far as a multilayer perceptron has them: onnx.proto3 of the ONNX project. */
import { malformed } from '../../check/bytes.js';
import { BYTES, eachFloat, eachInt, fieldsOf, readPair, textOf, type Field } from './protobuf.js';
import { readTensor, type Tensor } from './tensor.js';

export interface Model {
  producer: string;
  /** Version of each set of operators, by domain; `''` is ONNX's own. */
  opsets: Map<string, number>;
  metadata: Map<string, string>;
  graph: Graph;
}

export interface Graph {
  name: string;
  nodes: Node[];
  initializers: Map<string, Tensor>;
  inputs: Port[];
  outputs: Port[];
}

export interface Node {
  name: string;
  operator: string;
  domain: string;
  /** Names of values; `''` is one that was left out. */
  inputs: string[];
  outputs: string[];
  attributes: Map<string, Attribute>;
}

export interface Attribute {
  float?: number;
  int?: number;
  text?: string;
  tensor?: Tensor;
  floats: number[];
  ints: number[];
  texts: string[];
}

/** An input or an output. */
export interface Port {
  name: string;
  /** Of a tensor: that of its elements; else 0. */
  dataType: number;
  /** Sizes, undefined where one is open; undefined where even their number is. */
  shape?: (number | undefined)[];
}

/** Far beyond any multilayer perceptron: a file of more would take far more memory than it has bytes. */
const MOST_PARTS = 100_000;

/** @throws {RangeError} where the bytes are no ONNX file. */
export function readModelProto(where: string, bytes: Uint8Array): Model {
  const model: Model = { producer: '', opsets: new Map(), metadata: new Map(), graph: undefined as never };
  let graph: Uint8Array | undefined;
  for (const field of fieldsOf(where, bytes)) {
    if (field.number === 2) model.producer = textOf(field.bytes) + model.producer;
    else if (field.number === 3) model.producer += ` ${textOf(field.bytes)}`;
    else if (field.number === 7 && field.wire === BYTES) graph = field.bytes;
    else if (field.number === 8) {
      const { domain, version } = readOpset(where, field.bytes);
      model.opsets.set(domain, version);
    } else if (field.number === 14) {
      const [key, value] = readPair(where, field.bytes);
      model.metadata.set(key, value);
    }
  }
  if (!graph) throw malformed(where, 'an ONNX model', 'a file without a graph');
  model.graph = readGraph(where, graph);
  return model;
}

function readOpset(where: string, bytes: Uint8Array): { domain: string; version: number } {
  const opset = { domain: '', version: 1 };
  for (const field of fieldsOf(where, bytes)) {
    if (field.number === 1) opset.domain = domainOf(field);
    else if (field.number === 2) opset.version = field.int;
  }
  return opset;
}

/** `'ai.onnx'` is another spelling of ONNX's own. */
const domainOf = ({ bytes }: Field) => textOf(bytes).replace(/^ai\.onnx$/, '');

function readGraph(where: string, bytes: Uint8Array): Graph {
  const graph: Graph = { name: '', nodes: [], initializers: new Map(), inputs: [], outputs: [] };
  let parts = 0;
  for (const { number, bytes: part } of fieldsOf(where, bytes)) {
    if (++parts > MOST_PARTS) throw malformed(where, `a graph of at most ${MOST_PARTS} parts`, 'one of more');
    if (number === 1) graph.nodes.push(readNode(where, part));
    else if (number === 2) graph.name = textOf(part);
    else if (number === 5) {
      const tensor = readTensor(where, part);
      graph.initializers.set(tensor.name, tensor);
    } else if (number === 11) graph.inputs.push(readPort(where, part));
    else if (number === 12) graph.outputs.push(readPort(where, part));
    else if (number === 15) throw malformed(where, 'dense initialisers', 'sparse ones');
  }
  return graph;
}

function readNode(where: string, bytes: Uint8Array): Node {
  const node: Node = { name: '', operator: '', domain: '', inputs: [], outputs: [], attributes: new Map() };
  for (const field of fieldsOf(where, bytes)) {
    const { number, bytes: part } = field;
    if (number === 1) node.inputs.push(textOf(part));
    else if (number === 2) node.outputs.push(textOf(part));
    else if (number === 3) node.name = textOf(part);
    else if (number === 4) node.operator = textOf(part);
    else if (number === 5) {
      const [name, attribute] = readAttribute(where, part);
      node.attributes.set(name, attribute);
    } else if (number === 7) node.domain = domainOf(field);
  }
  return node;
}

/** Graphs in attributes, of `If` and `Loop`, are not looked into: no perceptron has those operators. */
function readAttribute(where: string, bytes: Uint8Array): [string, Attribute] {
  const attribute: Attribute = { floats: [], ints: [], texts: [] };
  let name = '';
  for (const field of fieldsOf(where, bytes)) {
    const { number, bytes: part } = field;
    if (number === 1) name = textOf(part);
    else if (number === 2) eachFloat(field, (value) => (attribute.float = value));
    else if (number === 3) attribute.int = field.int;
    else if (number === 4) attribute.text = textOf(part);
    else if (number === 5) attribute.tensor = readTensor(where, part);
    else if (number === 7) eachFloat(field, (value) => attribute.floats.push(value));
    else if (number === 8) eachInt(where, field, (value) => attribute.ints.push(value));
    else if (number === 9) attribute.texts.push(textOf(part));
  }
  return [name, attribute];
}

function readPort(where: string, bytes: Uint8Array): Port {
  const port: Port = { name: '', dataType: 0 };
  for (const { number, bytes: part } of fieldsOf(where, bytes)) {
    if (number === 1) port.name = textOf(part);
    if (number !== 2) continue;
    for (const type of fieldsOf(where, part)) {
      if (type.number !== 1) continue; // neither a sequence nor a map
      for (const { number, int, bytes } of fieldsOf(where, type.bytes)) {
        if (number === 1) port.dataType = int;
        else if (number === 2) port.shape = readShape(where, bytes);
      }
    }
  }
  return port;
}

function readShape(where: string, bytes: Uint8Array): (number | undefined)[] {
  const shape: (number | undefined)[] = [];
  for (const { number, bytes: dimension } of fieldsOf(where, bytes)) {
    if (number !== 1) continue;
    let size: number | undefined;
    // A size of 0 or less is how some tools write that it is open.
    for (const { number, int } of fieldsOf(where, dimension)) if (number === 1 && int > 0) size = int;
    shape.push(size);
  }
  return shape;
}
