/** Nodes as operators see them: their inputs and attributes, each checked. */
import { rangeError } from '../../check/arguments.js';
import { malformed } from '../../check/bytes.js';
import { nodeLabel, type Chain, type Flow } from './chain.js';
import type { Room } from './constants.js';
import type { Attribute, Node } from './messages.js';
import type { Constant, Tensor } from './tensor.js';

/** The class of each sample. */
export interface Labels {
  kind: 'labels';
  /** The outputs that they are of. */
  flow: Flow;
  /** Names of the classes, in the order of the outputs. */
  names?: string[];
}

/** A tensor of the file, whose numbers are read when something needs them. */
export interface Stored {
  kind: 'stored';
  tensor: Tensor;
}

export type Value = Flow | Constant | Labels | Stored;

/** All that the operators of a graph share. */
export interface Reading {
  where: string;
  chain: Chain;
  /** Version of ONNX' own operators. */
  opset: number;
  room: Room;
  /** The numbers of a tensor. */
  load(tensor: Tensor): Constant;
  classNames?: string[];
  remarks: Set<string>;
}

/** Makes a value of a node's inputs. */
export type Operator = (node: NodeReader) => Value;

export class NodeReader {
  readonly label: string;
  readonly where: string;

  constructor(
    readonly node: Node,
    readonly reading: Reading,
    readonly values: readonly (Value | undefined)[],
  ) {
    this.label = nodeLabel(node.operator, node.name);
    this.where = `${reading.where}: ${this.label}`;
  }

  get chain(): Chain {
    return this.reading.chain;
  }

  get room(): Room {
    return this.reading.room;
  }

  /** An input, where it is not left out; a stored tensor with its numbers. */
  input(i: number): Flow | Constant | Labels | undefined {
    const value = this.values[i];
    return value?.kind === 'stored' ? this.reading.load(value.tensor) : value;
  }

  needed(i: number): Flow | Constant | Labels {
    const value = this.input(i);
    if (!value) throw malformed(this.where, `an input ${i}`, 'none');
    return value;
  }

  flow(i: number): Flow {
    const value = this.needed(i);
    if (value.kind === 'flow') return value;
    throw this.refused(
      `an input ${i} that depends on the network’s inputs`,
      value.kind === 'labels' ? 'labels' : 'a constant',
    );
  }

  constant(i: number): Constant {
    const value = this.needed(i);
    if (value.kind === 'constant') return value;
    throw this.refused(`a constant as input ${i}`, 'one that depends on the network’s inputs');
  }

  /** All inputs, if each is a constant; else undefined. */
  constants(): Constant[] | undefined {
    if (!this.values.every((value) => value?.kind === 'constant' || value?.kind === 'stored')) return undefined;
    return this.values.map((_, i) => this.constant(i));
  }

  attribute(name: string): Attribute | undefined {
    return this.node.attributes.get(name);
  }

  int(name: string, fallback: number): number {
    return this.attribute(name)?.int ?? fallback;
  }

  float(name: string, fallback: number): number {
    return this.attribute(name)?.float ?? fallback;
  }

  /** Integers that are an attribute in older operators, and an input in newer ones. */
  ints(name: string, input: number): number[] | undefined {
    const attribute = this.attribute(name);
    if (attribute) return attribute.int === undefined ? attribute.ints : [attribute.int];
    return this.values[input] ? [...this.constant(input).data] : undefined;
  }

  /** A number that is an attribute in older operators, and an input in newer ones. */
  number(name: string, input: number, fallback: number): number {
    const attribute = this.attribute(name)?.float;
    if (attribute !== undefined) return attribute;
    return this.values[input] ? (this.constant(input).data[0] ?? fallback) : fallback;
  }

  /** @returns the error for what no multilayer perceptron has. */
  refused(expected: string, got: string): RangeError {
    return new RangeError(`${this.where}: expected ${expected}, got ${got}; onnxruntime-web runs such models`);
  }

  /** Names of all outputs, to be those of the model. */
  setClassNames(names: string[] | undefined): void {
    const { chain, reading } = this;
    if (!names) return;
    if (names.length !== chain.units) throw rangeError(this.where, `${chain.units} names of classes`, names.length);
    reading.classNames = names;
  }
}
