/** ONNX' operators, as far as multilayer perceptrons have them: each is a line or a function that adds to the chain. */
import { malformed } from '../../check/bytes.js';
import { batchNormalization, dropout } from '../../index.js';
import type { DescribedWeight } from '../description.js';
import { at, composed, type Affine, type Flow, type Numbers } from './chain.js';
import { classOperators } from './class-operators.js';
import { combined, mapped, withoutLeadingOnes } from './constants.js';
import type { NodeReader, Operator, Value } from './node.js';
import { bothOf, eachOf, erf, gelu, geluTanh, logSoftmax, SELU, sigmoid, softplus, type Rows } from './probes.js';
import { shapeOperators } from './shape-operators.js';
import { sizeOf, type Constant } from './tensor.js';

/** Of one number, with a node's attributes. */
type Function1 = (x: number) => number;

/** A value through a function of single numbers. */
function unary(node: NodeReader, f: Function1): Value {
  const value = node.needed(0);
  if (value.kind === 'constant') return mapped(value, node.room, f);
  return byRows(node, node.flow(0), (rows) => eachOf(rows, f));
}

function byRows(node: NodeReader, flow: Flow, operator: (rows: Rows) => Rows): Flow {
  if (!flow.probes) node.chain.settle(flow);
  return node.chain.after(flow, node.label, { probes: operator(flow.probes!), inner: { flow, operator } });
}

/** An operator along the last axis, of samples that have one axis alone. */
function along(row: (x: readonly number[]) => readonly number[]): Operator {
  return (node) => {
    const flow = node.flow(0);
    const isLast = checkAxis(
      node,
      flow,
      node.ints('axes', 1)?.[0] ?? node.int('axis', node.reading.opset < 13 ? 1 : -1),
    );
    if (!isLast) throw node.refused('an operator along the last axis', 'one along another');
    return byRows(node, flow, (rows) => rows.map((x) => row(x)));
  };
}

/** True if an axis is the last one, and all other sizes of a sample are 1. */
function checkAxis(node: NodeReader, { sample, hasBatch }: Flow, axis: number): boolean {
  const rank = sample.length + (hasBatch ? 1 : 0);
  return (axis < 0 ? axis + rank : axis) === rank - 1 && sample.slice(0, -1).every((size) => size === 1);
}

const reduction = (total: (x: readonly number[]) => number): Operator => {
  const operator = along((x) => x.map(() => total(x)));
  return (node) => {
    if (node.int('keepdims', 1) !== 1) throw node.refused('an operator that keeps its axes', 'one that does not');
    return operator(node);
  };
};

const sum = (x: readonly number[]) => x.reduce((total, value) => total + value, 0);

/** As a line of one of its operands: `constant` is the other, and `isFirst` whether that stands first. */
type Line = (constant: Numbers, isFirst: boolean) => Affine | undefined;

const negated = (numbers: Numbers): Numbers => (typeof numbers === 'number' ? -numbers : numbers.map((n) => -n));

function binary(f: (x: number, y: number) => number, line: Line = () => undefined): Operator {
  return (node) => {
    if (node.values.length !== 2) throw node.refused('two inputs', String(node.values.length));
    const [a, b] = [node.needed(0), node.needed(1)];
    if (a.kind === 'constant' && b.kind === 'constant') return combined(node.where, a, b, node.room, f);
    if (a.kind === 'flow' && b.kind === 'flow') return together(node, a, b, f);
    const isFirst = a.kind === 'constant';
    const flow = node.flow(isFirst ? 1 : 0);
    const constant = spread(node, flow, node.constant(isFirst ? 0 : 1));
    const affine = line(constant, isFirst);
    if (affine) return onLine(node, flow, affine);
    const number = typeof constant === 'number' ? constant : constant.every((n) => n === constant[0]) && constant[0];
    if (typeof number !== 'number') throw node.refused('one number as its constant', 'one for each feature');
    return byRows(node, flow, (rows) => eachOf(rows, (x) => (isFirst ? f(number, x) : f(x, number))));
  };
}

function together(node: NodeReader, a: Flow, b: Flow, f: (x: number, y: number) => number): Flow {
  if (a.base !== b.base || !a.probes || !b.probes) throw node.chain.noChain(node.label);
  return node.chain.after(a, node.label, {
    probes: bothOf(a.probes, b.probes, f),
    depth: Math.max(a.depth, b.depth) + 1,
  });
}

/** A value on a line: of one that is on a line already one more, of another that line on top. */
function onLine(node: NodeReader, flow: Flow, affine: Affine): Flow {
  const { chain, label, room } = node;
  const isNumber = typeof affine.scale === 'number' && typeof affine.shift === 'number';
  if (!flow.affine && !isNumber) chain.settle(flow);
  const probes =
    isNumber && flow.probes ? eachOf(flow.probes, (x) => at(affine.scale, 0) * x + at(affine.shift, 0)) : undefined;
  if (flow.affine) return chain.after(flow, label, { affine: composed(affine, flow.affine, room), probes });
  const { inner } = flow;
  return chain.after(flow, label, {
    probes,
    inner: inner?.affine ? { flow: inner.flow, affine: composed(affine, inner.affine, room) } : { flow, affine },
  });
}

/** A constant as one number, or as one for each feature of a value. */
function spread(node: NodeReader, flow: Flow, { shape, data, texts }: Constant): Numbers {
  if (texts) throw node.refused('numbers', 'texts');
  if (data.length === 1) return data[0]!;
  const sizes = withoutLeadingOnes(shape);
  if (flow.sample.length === 1 && flow.sample[0] === undefined && sizes.length === 1) {
    flow.sample = [node.chain.expectUnits(node.label, sizes[0]!)];
  }
  const { sample } = flow;
  const tail = sample.slice(sample.length - sizes.length);
  const fits = sizes.length <= sample.length && sizes.every((size, d) => size === tail[d] || size === 1);
  if (!fits || data.length === 0) {
    const shown = `[${sample.map((size) => size ?? 'open').join(', ')}]`;
    throw node.refused(`a constant for samples of ${shown}`, `one of [${shape.join(', ')}]`);
  }
  const count = sizeOf(sample as number[]);
  node.room(2 * count);
  const steps = sizes.map((size, d) => (size === 1 ? 0 : sizeOf(sizes.slice(d + 1))));
  return Float64Array.from({ length: count }, (_, i) => {
    let [rest, from] = [i, 0];
    for (let d = tail.length - 1; d >= 0; --d) {
      from += (rest % tail[d]!) * steps[d]!;
      rest = Math.floor(rest / tail[d]!);
    }
    return data[from]!;
  });
}

function pushDense(node: NodeReader, kernel: Constant, transB: boolean, alpha: number): Flow {
  const flow = node.flow(0);
  const { chain, room } = node;
  const sizes = kernel.shape.length === 1 ? [kernel.shape[0]!, 1] : kernel.shape.slice(-2);
  if (sizes.length !== 2 || sizeOf(sizes) !== kernel.data.length) {
    throw node.refused('a matrix of two dimensions', `[${kernel.shape.join(', ')}]`);
  }
  const [inputs, units] = (transB ? [sizes[1], sizes[0]] : sizes) as [number, number];
  if (units < 1 || inputs < 1) throw malformed(node.where, 'a matrix that is not empty', `[${sizes.join(', ')}]`);
  if (flow.base !== chain.length) throw chain.noChain(node.label);
  chain.expectUnits(node.label, inputs);
  if (!flow.sample.slice(0, -1).every((size) => size === 1) || (flow.sample.at(-1) ?? inputs) !== inputs) {
    throw node.refused(`samples of ${inputs} numbers`, `samples of [${flow.sample.join(', ')}]`);
  }
  chain.settle(flow);
  const { data } = kernel;
  room(data.length);
  const [step, stride] = transB ? [1, inputs] : [units, 1];
  const weights = new Float32Array(data.length);
  for (let input = 0, i = 0; input < inputs; ++input) {
    for (let unit = 0; unit < units; ++unit, ++i) weights[i] = alpha * data[input * step + unit * stride]!;
  }
  chain.pushDense(inputs, units, weights, layerName(node, 1));
  const sample = kernel.shape.length === 1 ? flow.sample.slice(0, -1) : [...flow.sample.slice(0, -1), units];
  return chain.top(flow, node.label, { sample });
}

/** The name of a layer, by that of a weight: `fc1` of `fc1.weight`. */
function layerName(node: NodeReader, place: number): string | undefined {
  const value = node.values[place];
  if (value?.kind !== 'stored') return undefined;
  return /^(.{1,100})[./](?:weight|kernel|gamma|beta)$/s.exec(value.tensor.name)?.[1];
}

const named = (node: NodeReader, place: number) => {
  const name = layerName(node, place);
  return name === undefined ? {} : { name };
};

const gemm: Operator = (node) => {
  if (node.int('transA', 0)) throw node.refused('samples in rows (transA: 0)', 'samples in columns');
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
  const product = pushDense(node, node.constant(1), node.int('transB', 0) !== 0, alpha);
  if (!node.values[2] || beta === 0) return product;
  const bias = spread(node, product, node.constant(2));
  const shift = beta === 1 ? bias : typeof bias === 'number' ? beta * bias : bias.map((b) => beta * b);
  const sum = onLine(node, product, { scale: 1, shift });
  node.chain.settle(sum);
  return sum;
};

/** A layer with weights of its own, each of as many numbers as the outputs of the layer before it. */
function vectors(node: NodeReader, places: readonly number[]): DescribedWeight[] {
  return places.map((place) => {
    const { data } = node.constant(place);
    const units = node.chain.expectUnits(node.label, data.length);
    return { shape: [units], data: Float32Array.from(data) };
  });
}

const batchNorm: Operator = (node) => {
  const flow = node.flow(0);
  if (node.int('training_mode', 0) !== 0) throw node.refused('training_mode: 0', 'training_mode: 1');
  if (node.int('is_test', 1) !== 1) throw node.refused('is_test: 1', 'is_test: 0');
  if (flow.sample.slice(1).some((size) => size !== 1)) {
    throw node.refused('samples of one axis', `samples of [${flow.sample.join(', ')}]`);
  }
  const weights = vectors(node, [1, 2, 3, 4]);
  node.chain.settle(flow);
  const epsilon = node.float('epsilon', 1e-5);
  const momentum = node.float('momentum', 0.9);
  // The running averages of all but momentum 0 to below 1 would not be ours; outside of training they are the same.
  const isOurs = momentum >= 0 && momentum < 1;
  const options = { ...named(node, 1), epsilon: shortest(epsilon), ...(isOurs && { momentum: shortest(momentum) }) };
  node.chain.push(batchNormalization(options), weights);
  return node.chain.top(flow, node.label);
};

/** A 32-bit float of a file as the number that someone wrote: 0.001, not 0.0010000000474974513. */
const shortest = (value: number) => Number(value.toPrecision(7));

const layerNorm: Operator = (node) => {
  const flow = node.flow(0);
  const weights = vectors(node, node.values[2] ? [1, 2] : [1]);
  if (!checkAxis(node, flow, node.int('axis', -1))) throw node.refused('the last axis', 'another');
  node.chain.settle(flow);
  const epsilon = shortest(node.float('epsilon', 1e-5));
  const center = weights.length > 1;
  node.chain.push({ ...named(node, 1), className: 'layerNormalization', epsilon, center, scale: true }, weights);
  return node.chain.top(flow, node.label);
};

const drop: Operator = (node) => {
  const value = node.needed(0);
  if (value.kind !== 'flow') return value;
  if (node.values[2] && node.constant(2).data[0]) throw node.refused('training_mode false', 'true');
  const rate = node.number('ratio', 1, 0.5);
  if (rate === 0) return value;
  node.chain.settle(value);
  node.chain.push(dropout({ rate: shortest(rate) }), []);
  return node.chain.top(value, node.label);
};

const clip: Operator = (node) => {
  const [low, high] = [node.number('min', 1, -Infinity), node.number('max', 2, Infinity)];
  return unary(node, (x) => Math.min(high, Math.max(low, x)));
};

/** Slopes below zero, which must be one for all features. */
const prelu: Operator = (node) => {
  const slope = spread(node, node.flow(0), node.constant(1));
  if (typeof slope !== 'number' && slope.some((a) => a !== slope[0])) {
    throw node.refused('one slope for all features', 'one for each');
  }
  return unary(node, (x) => (x < 0 ? at(slope, 0) * x : x));
};

/** Of one number, by the values of their attributes. */
const FUNCTIONS: Record<string, (node: NodeReader) => Function1> = {
  Relu: () => (x) => Math.max(0, x),
  LeakyRelu: (node) => leaky(node.float('alpha', 0.01)),
  Elu: (node) => elu(node.float('alpha', 1)),
  Celu: (node) => celu(node.float('alpha', 1)),
  Selu: (node) => selu(node.float('alpha', SELU.alpha), node.float('gamma', SELU.scale)),
  Sigmoid: () => sigmoid,
  HardSigmoid: (node) => hardSigmoid(node.float('alpha', 0.2), node.float('beta', 0.5)),
  HardSwish: () => (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
  Tanh: () => Math.tanh,
  Softplus: () => softplus,
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Gelu: (node) => (node.attribute('approximate')?.text === 'tanh' ? geluTanh : gelu),
  Swish: (node) => swish(node.float('alpha', 1)),
  Mish: () => (x) => x * Math.tanh(softplus(x)),
  ThresholdedRelu: (node) => thresholded(node.float('alpha', 1)),
  Erf: () => erf,
  Exp: () => Math.exp,
  Log: () => Math.log,
  Sqrt: () => Math.sqrt,
  Abs: () => Math.abs,
  Reciprocal: () => (x) => 1 / x,
};

const leaky = (alpha: number) => (x: number) => (x < 0 ? alpha * x : x);
const elu = (alpha: number) => (x: number) => (x > 0 ? x : alpha * Math.expm1(x));
const celu = (alpha: number) => (x: number) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
const selu = (alpha: number, gamma: number) => (x: number) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
const swish = (alpha: number) => (x: number) => x * sigmoid(alpha * x);
const thresholded = (alpha: number) => (x: number) => (x > alpha ? x : 0);
const hardSigmoid = (alpha: number, beta: number) => (x: number) => Math.min(1, Math.max(0, alpha * x + beta));

const add = binary(
  (x, y) => x + y,
  (shift) => ({ scale: 1, shift }),
);

/** By domain, a point, and name; ONNX' own have no domain. */
export const OPERATORS = new Map<string, Operator>([
  ...Object.entries(FUNCTIONS).map(([name, f]): [string, Operator] => [name, (node) => unary(node, f(node))]),
  ['Add', add],
  ['Sum', add],
  [
    'Sub',
    binary(
      (x, y) => x - y,
      (c, isFirst) => (isFirst ? { scale: -1, shift: c } : { scale: 1, shift: negated(c) }),
    ),
  ],
  [
    'Mul',
    binary(
      (x, y) => x * y,
      (scale) => ({ scale, shift: 0 }),
    ),
  ],
  [
    'Div',
    binary(
      (x, y) => x / y,
      (c, isFirst) => (isFirst ? undefined : { scale: typeof c === 'number' ? 1 / c : c.map((n) => 1 / n), shift: 0 }),
    ),
  ],
  ['Pow', binary((x, y) => x ** y)],
  ['Max', binary(Math.max)],
  ['Min', binary(Math.min)],
  [
    'Neg',
    (node) => {
      const value = node.needed(0);
      if (value.kind === 'constant') return mapped(value, node.room, (x) => -x);
      return onLine(node, node.flow(0), { scale: -1, shift: 0 });
    },
  ],
  ['Clip', clip],
  ['PRelu', prelu],
  ['Softmax', along((x) => logSoftmax(x).map(Math.exp))],
  ['LogSoftmax', along(logSoftmax)],
  ['ReduceMean', reduction((x) => sum(x) / x.length)],
  ['ReduceSum', reduction(sum)],
  ['ReduceMax', reduction((x) => Math.max(...x))],
  ['MatMul', (node) => pushDense(node, node.constant(1), false, 1)],
  ['Gemm', gemm],
  ['BatchNormalization', batchNorm],
  ['LayerNormalization', layerNorm],
  ['Dropout', drop],
  [
    'ai.onnx.ml.Scaler',
    (node) => {
      const flow = node.flow(0);
      const list = (name: string, fallback: number) => {
        const data = Float64Array.from(node.attribute(name)?.floats ?? [fallback]);
        return spread(node, flow, { kind: 'constant', shape: [data.length], data });
      };
      const centred = onLine(node, flow, { scale: 1, shift: negated(list('offset', 0)) });
      return onLine(node, centred, { scale: list('scale', 1), shift: 0 });
    },
  ],
  ...Object.entries(shapeOperators),
  ...Object.entries(classOperators),
]);
