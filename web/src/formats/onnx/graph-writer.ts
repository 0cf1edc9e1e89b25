/** A graph that is being written: nodes and constants, one after the other. */
import { MessageWriter } from './protobuf.js';
import { FLOAT, INT64 } from './tensor.js';

/** Numbers are floats, unless they stand in `ints`. */
export interface Attributes {
  floats?: Record<string, number>;
  ints?: Record<string, number>;
  /** Lists of integers. */
  lists?: Record<string, number[]>;
  texts?: Record<string, string>;
}

/** AttributeProto.AttributeType */
const TYPE = { float: 1, int: 2, text: 3, ints: 7 };

export class GraphWriter {
  readonly #nodes: MessageWriter[] = [];
  readonly #tensors: MessageWriter[] = [];
  readonly #names = new Set<string>();

  /** @returns a name that no other value or node has: this one, or it with a number. */
  fresh(name: string): string {
    let free = name;
    for (let i = 1; this.#names.has(free); ++i) free = `${name}_${i}`;
    this.#names.add(free);
    return free;
  }

  /** A node with one output. @returns the name of that. */
  node(
    operator: string,
    name: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output = this.fresh(`${name}/${operator}`),
  ): string {
    const node = new MessageWriter();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(3, output).text(4, operator);
    const { floats = {}, ints = {}, lists = {}, texts = {} } = attributes;
    const add = (key: string, type: number) => {
      const attribute = new MessageWriter().text(1, key);
      return { attribute, done: () => node.message(5, attribute.int(20, type)) };
    };
    for (const [key, value] of Object.entries(floats)) {
      const { attribute, done } = add(key, TYPE.float);
      attribute.float(2, value);
      done();
    }
    for (const [key, value] of Object.entries(ints)) {
      const { attribute, done } = add(key, TYPE.int);
      attribute.int(3, value);
      done();
    }
    for (const [key, text] of Object.entries(texts)) {
      const { attribute, done } = add(key, TYPE.text);
      attribute.text(4, text);
      done();
    }
    for (const [key, values] of Object.entries(lists)) {
      const { attribute, done } = add(key, TYPE.ints);
      for (const value of values) attribute.int(8, value);
      done();
    }
    this.#nodes.push(node);
    return output;
  }

  /** A constant of 32-bit floats. @returns its name. */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    return this.#tensor(name, shape, FLOAT, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** A constant of one number. @returns its name. */
  float(name: string, value: number): string {
    return this.floats(name, [], Float32Array.of(value));
  }

  /** A constant of a few integers. @returns its name. */
  ints(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#tensor(name, [values.length], INT64, new Uint8Array(data.buffer));
  }

  #tensor(name: string, shape: readonly number[], type: number, bytes: Uint8Array): string {
    const free = this.fresh(name);
    const tensor = new MessageWriter();
    for (const size of shape) tensor.int(1, size);
    this.#tensors.push(tensor.int(2, type).text(8, free).bytes(9, bytes));
    return free;
  }

  /** The graph, with one input and one output of rows. */
  finish(
    name: string,
    input: [name: string, features: number],
    output: [name: string, features: number],
  ): MessageWriter {
    const graph = new MessageWriter();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, name);
    for (const tensor of this.#tensors) graph.message(5, tensor);
    return graph.message(11, port(...input)).message(12, port(...output));
  }
}

/** A tensor of floats: any number of rows. */
function port(name: string, features: number): MessageWriter {
  const rows = new MessageWriter().text(2, 'batch');
  const shape = new MessageWriter().message(1, rows).message(1, new MessageWriter().int(1, features));
  const type = new MessageWriter().message(1, new MessageWriter().int(1, FLOAT).message(2, shape));
  return new MessageWriter().text(1, name).message(2, type);
}
