/** ONNX out: a layer is a node or two; activations that an older set of operators has not are spelled out. */
import { checkInteger, checkObject } from '../../check/arguments.js';
import type { Sequential } from '../../index.js';
import { exampleOf, examplesToJson, type ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import { GraphWriter } from './graph-writer.js';
import { KEYS } from './metadata.js';
import { MessageWriter } from './protobuf.js';

/** Options of `exportModel(model, 'onnx', …)`. */
export interface OnnxOptions {
  /** Version of ONNX' operators, 9 to 23. Default 13, which everything opens. */
  opset?: number;
}

/** Version of the format for a version of the operators, the oldest that may hold them. */
const irOf = (opset: number) =>
  [
    [23, 11],
    [21, 10],
    [19, 9],
    [15, 8],
    [12, 7],
    [11, 6],
    [10, 5],
  ].find(([least]) => opset >= least!)?.[1] ?? 4;

type Layer = ModelDescription['layers'][number];

export async function write(
  method: string,
  description: ModelDescription,
  model: Sequential,
  options: OnnxOptions,
): Promise<ExportedFile[]> {
  const { opset = 13 } = checkObject(`${method}: options`, options, ['opset']);
  checkInteger(`${method}: options.opset`, opset, 9, 23);
  const graph = new GraphWriter();
  // Input and output have names that do not depend on the layers, for the programs that feed them.
  const [input, output] = [graph.fresh('input'), graph.fresh('output')];
  let value = input;
  for (const layer of description.layers) value = new LayerWriter(graph, opset, layer).write(value);
  // The last value is renamed by a node of its own, because layers may all have left it as it is.
  const { inputShape, outputShape } = model;
  graph.node('Identity', output, [value], {}, output);
  const file = new MessageWriter()
    .int(1, irOf(opset))
    .text(2, 'mlp-wasm')
    .message(7, graph.finish(description.name ?? 'mlp', [input, inputShape[0]], [output, outputShape[0]]))
    .message(8, new MessageWriter().text(1, '').int(2, opset));
  for (const [key, text] of Object.entries(metadataOf(description, model))) {
    file.message(14, new MessageWriter().text(1, key).text(2, text));
  }
  return Promise.resolve([{ name: 'model.onnx', bytes: file.finish() }]);
}

/** Names, and a few inputs with what the model gives for them: whoever opens the file can try whether it still does. */
function metadataOf(
  { classNames, featureNames, metadata }: ModelDescription,
  model: Sequential,
): Record<string, string> {
  const examples = exampleOf(model);
  return {
    ...Object.fromEntries(Object.entries(metadata ?? {}).map(([key, note]) => [key, noteOf(note)])),
    ...(classNames && { [KEYS.classNames]: JSON.stringify(classNames) }),
    ...(featureNames && { [KEYS.featureNames]: JSON.stringify(featureNames) }),
    // Of weights that have run away no reader could tell whether it computes the same.
    ...(examples.outputs.every(Number.isFinite) && { [KEYS.examples]: JSON.stringify(examplesToJson(examples)) }),
  };
}

const noteOf = (note: unknown) => (typeof note === 'string' ? note : JSON.stringify(note));

class LayerWriter {
  readonly #name: string;

  constructor(
    readonly graph: GraphWriter,
    readonly opset: number,
    readonly layer: Layer,
  ) {
    this.#name = layer.layer.name;
  }

  /** @returns the name of what comes out for what goes in. */
  write(x: string): string {
    switch (this.layer.layer.className) {
      case 'dense':
        return this.#activation(this.#dense(x));
      case 'activation':
        return this.#activation(x);
      case 'batchNormalization':
        return this.#batchNormalization(x);
      case 'layerNormalization':
        return this.#layerNormalization(x);
      case 'normalization':
        return this.#normalization(x);
      default:
        return x; // of noise and dropout nothing is left outside of training
    }
  }

  #node(operator: string, inputs: readonly string[], attributes = {}): string {
    return this.graph.node(operator, this.#name, inputs, attributes);
  }

  #weight(i: number, name: string): string {
    const { shape, data } = this.layer.weights[i]!;
    return this.graph.floats(`${this.#name}/${name}`, shape, data);
  }

  /** All of one number, for operators that cannot do without. */
  #filled(name: string, value: number): string {
    const { units } = this.layer.layer;
    return this.graph.floats(`${this.#name}/${name}`, [units], new Float32Array(units).fill(value));
  }

  #number(name: string, value: number): string {
    return this.graph.float(`${this.#name}/${name}`, value);
  }

  #dense(x: string): string {
    const kernel = this.#weight(0, 'kernel');
    if (this.layer.weights.length === 1) return this.#node('MatMul', [x, kernel]);
    return this.#node('Gemm', [x, kernel, this.#weight(1, 'bias')]);
  }

  #batchNormalization(x: string): string {
    const { scale, center, epsilon, momentum } = this.layer.layer;
    let i = 0;
    const gamma = scale ? this.#weight(i++, 'gamma') : this.#filled('gamma', 1);
    const beta = center ? this.#weight(i++, 'beta') : this.#filled('beta', 0);
    const inputs = [x, gamma, beta, this.#weight(i, 'movingMean'), this.#weight(i + 1, 'movingVariance')];
    return this.#node('BatchNormalization', inputs, { floats: { epsilon, momentum } });
  }

  #layerNormalization(x: string): string {
    const { scale, center, epsilon } = this.layer.layer;
    if (this.opset >= 17 && scale) {
      const inputs = [x, this.#weight(0, 'gamma'), ...(center ? [this.#weight(1, 'beta')] : [])];
      return this.#node('LayerNormalization', inputs, { ints: { axis: 1 }, floats: { epsilon } });
    }
    const deviation = this.#node('Sub', [x, this.#mean(x)]);
    const variance = this.#mean(this.#node('Mul', [deviation, deviation]));
    const root = this.#node('Sqrt', [this.#node('Add', [variance, this.#number('epsilon', epsilon!)])]);
    let value = this.#node('Div', [deviation, root]);
    if (scale) value = this.#node('Mul', [value, this.#weight(0, 'gamma')]);
    if (center) value = this.#node('Add', [value, this.#weight(scale ? 1 : 0, 'beta')]);
    return value;
  }

  /** Of each row; the axis was an attribute before version 18. */
  #mean(x: string): string {
    const axes = [1];
    return this.opset < 18
      ? this.#node('ReduceMean', [x], { lists: { axes } })
      : this.#node('ReduceMean', [x, this.graph.ints(`${this.#name}/axes`, axes)]);
  }

  #normalization(x: string): string {
    const { shape, data } = this.layer.weights[1]!;
    // A feature that never varied is only centred.
    const variance = this.graph.floats(
      `${this.#name}/variance`,
      shape,
      data.map((v) => (v === 0 ? 1 : v)),
    );
    const centred = this.#node('Sub', [x, this.#weight(0, 'mean')]);
    return this.#node('Div', [centred, this.#node('Sqrt', [variance])]);
  }

  #activation(x: string): string {
    const { name, alpha } = this.layer.layer.activation;
    switch (name) {
      case 'linear':
        return x;
      case 'leakyRelu':
        return this.#node('LeakyRelu', [x], { floats: { alpha } });
      case 'elu':
        return this.#node('Elu', [x], { floats: { alpha } });
      case 'hardSigmoid':
        return this.#node('HardSigmoid', [x], { floats: { alpha: 1 / 6, beta: 0.5 } });
      case 'softmax':
        return this.#node('Softmax', [x], { ints: { axis: 1 } });
      case 'logSoftmax':
        return this.#node('LogSoftmax', [x], { ints: { axis: 1 } });
      case 'silu':
        return this.#node('Mul', [x, this.#node('Sigmoid', [x])]);
      case 'exponential':
        return this.#node('Exp', [this.#node('Min', [x, this.#number('highest', 88)])]);
      case 'gelu':
        return this.opset >= 20 ? this.#node('Gelu', [x]) : this.#gelu(x);
      case 'geluTanh':
        return this.opset >= 20 ? this.#node('Gelu', [x], { texts: { approximate: 'tanh' } }) : this.#geluTanh(x);
      default:
        return this.#node(OPERATORS[name], [x]);
    }
  }

  /** ½x·(1 + erf(x/√2)) */
  #gelu(x: string): string {
    const erf = this.#node('Erf', [this.#node('Div', [x, this.#number('root2', Math.SQRT2)])]);
    return this.#halfOf(x, erf);
  }

  /** ½x·(1 + tanh(√(2/π)·(x + 0.044715x³))) */
  #geluTanh(x: string): string {
    const cube = this.#node('Mul', [this.#node('Mul', [x, x]), x]);
    const inner = this.#node('Add', [x, this.#node('Mul', [cube, this.#number('cubic', 0.044715)])]);
    const scaled = this.#node('Mul', [inner, this.#number('factor', Math.sqrt(2 / Math.PI))]);
    return this.#halfOf(x, this.#node('Tanh', [scaled]));
  }

  /** ½x·(1 + y) */
  #halfOf(x: string, y: string): string {
    const half = this.#node('Mul', [x, this.#number('half', 0.5)]);
    return this.#node('Mul', [half, this.#node('Add', [y, this.#number('one', 1)])]);
  }
}

/** Operators that are an activation as they are. */
const OPERATORS = {
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'Relu',
  selu: 'Selu',
  softplus: 'Softplus',
  softsign: 'Softsign',
};
