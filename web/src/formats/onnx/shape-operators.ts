/** Operators that leave the numbers as they are, and those that work out the shapes for them. */
import { checkAxes, layOut, shapeOf } from './layout.js';
import { gathered, mapped, numbers, reshaped, squeezed, transposed, unsqueezed } from './constants.js';
import type { NodeReader, Operator, Value } from './node.js';
import { isFloat, isHalf, sizeOf } from './tensor.js';

const reshape = (node: NodeReader): Value => {
  const value = node.needed(0);
  const target = node.ints('shape', 1);
  if (!target) throw node.refused('a shape', 'none');
  if (value.kind === 'labels') return value;
  if (value.kind === 'flow') return layOut(node, value, target);
  return reshaped(node.where, value, target);
};

const flatten = (node: NodeReader): Value => {
  const value = node.needed(0);
  if (value.kind === 'labels') return value;
  const axis = node.int('axis', 1);
  if (value.kind === 'flow') {
    const shape = shapeOf(value);
    const split = axis < 0 ? axis + shape.length : axis;
    const rows = shape.slice(value.hasBatch ? 1 : 0, split);
    if (rows.some((size) => size !== 1)) throw node.refused('samples that stay whole (axis: 1)', `axis: ${axis}`);
    if (split === 0 && value.hasBatch && shape[0] !== 1)
      throw node.refused('rows of samples (axis: 1)', `axis: ${axis}`);
    return layOut(node, value, [NaN, -1]);
  }
  const split = axis < 0 ? axis + value.shape.length : axis;
  return reshaped(node.where, value, [sizeOf(value.shape.slice(0, split)), -1]);
};

const squeeze = (node: NodeReader): Value => {
  const value = node.needed(0);
  const axes = node.ints('axes', 1);
  if (value.kind === 'labels') return value;
  if (value.kind === 'constant') return squeezed(value, axes);
  const shape = shapeOf(value);
  const places = axes && checkAxes(node, axes, shape.length);
  const kept = shape.filter((size, d) => (places ? !places.includes(d) : size !== 1));
  if (places?.some((d) => shape[d] !== undefined && shape[d] !== 1))
    throw node.refused('axes of size 1', `[${shape.join(', ')}]`);
  const dropsBatch = value.hasBatch && (places ? places.includes(0) : shape[0] === 1);
  return node.chain.after(value, node.label, {
    ...same(value),
    hasBatch: value.hasBatch && !dropsBatch,
    sample: kept.slice(value.hasBatch && !dropsBatch ? 1 : 0),
  });
};

const unsqueeze = (node: NodeReader): Value => {
  const value = node.needed(0);
  const axes = node.ints('axes', 1);
  if (value.kind === 'labels') return value;
  if (!axes) throw node.refused('axes', 'none');
  const rank = axes.length + (value.kind === 'constant' ? value.shape.length : shapeOf(value).length);
  const places = checkAxes(node, axes, rank);
  if (value.kind === 'constant') return unsqueezed(value, places);
  const shape = [...shapeOf(value)];
  for (const place of [...places].sort((a, b) => a - b)) shape.splice(place, 0, 1);
  if (value.hasBatch && places.includes(0)) throw node.refused('the batch as the first axis', 'an axis before it');
  const hasBatch = value.hasBatch || places.includes(0);
  return node.chain.after(value, node.label, { ...same(value), hasBatch, sample: shape.slice(hasBatch ? 1 : 0) });
};

/** The parts of a value that say what its numbers are. */
const same = ({ affine, probes, inner, depth }: Parameters<typeof shapeOf>[0]) => ({ affine, probes, inner, depth });

const cast = (node: NodeReader): Value => {
  const value = node.needed(0);
  const to = node.int('to', 1);
  if (value.kind === 'labels') return value;
  if (value.kind === 'constant') return isFloat(to) || value.texts ? value : mapped(value, node.room, Math.trunc);
  if (!isFloat(to)) throw node.refused('numbers that stay floats', `the data type ${to}`);
  if (isHalf(to))
    node.reading.remarks.add('it computes in 16-bit floats, mlp-wasm in 32-bit ones: outputs differ as these do');
  return value;
};

const constant = (node: NodeReader): Value => {
  for (const [name, { tensor, float, int, floats, ints, text }] of node.node.attributes) {
    if (name === 'value' && tensor) return { kind: 'stored', tensor };
    if (name === 'value_float' && float !== undefined) return numbers([], Float64Array.of(float));
    if (name === 'value_int' && int !== undefined) return numbers([], Float64Array.of(int));
    if (name === 'value_floats') return numbers([floats.length], Float64Array.from(floats));
    if (name === 'value_ints') return numbers([ints.length], Float64Array.from(ints));
    if (name === 'value_string' && text !== undefined) return { ...numbers([], new Float64Array(0)), texts: [text] };
  }
  throw node.refused('a constant of numbers', 'another');
};

const transpose = (node: NodeReader): Value => {
  const value = node.needed(0);
  const rank = value.kind === 'flow' ? shapeOf(value).length : value.kind === 'constant' ? value.shape.length : 0;
  const order = node.attribute('perm')?.ints ?? Array.from({ length: rank }, (_, d) => rank - 1 - d);
  if (value.kind === 'constant') return transposed(node.where, value, order, node.room);
  // Only where nothing but axes of size 1 changes places, because all else would be another network.
  if (value.kind === 'flow') {
    const shape = shapeOf(value);
    const moved = order.filter((d) => (d === 0 && value.hasBatch) || shape[d] !== 1);
    const isSame = moved.every((d, i) => i === 0 || d > moved[i - 1]!) && (!value.hasBatch || order[0] === 0);
    if (isSame && order.length === rank) {
      const sample = order.slice(value.hasBatch ? 1 : 0).map((d) => shape[d]);
      return node.chain.after(value, node.label, { ...same(value), sample });
    }
  }
  throw node.refused('a constant', 'one that depends on the network’s inputs');
};

export const shapeOperators: Record<string, Operator> = {
  Identity: (node) => node.needed(0),
  Cast: cast,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Constant: constant,
  Shape: (node) => {
    const value = node.needed(0);
    if (value.kind === 'labels') throw node.refused('a tensor', 'labels');
    const shape = value.kind === 'constant' ? value.shape : shapeOf(value);
    const [start, end] = [node.int('start', 0), node.int('end', shape.length)];
    const sizes = Float64Array.from(shape.slice(start, end), (size) => size ?? NaN);
    if (value.kind === 'flow' && value.hasBatch && start === 0 && sizes.length > 0) sizes[0] = NaN;
    return numbers([sizes.length], sizes);
  },
  Gather: (node) => gathered(node.where, node.constant(0), node.constant(1), node.room),
  Slice: (node) => {
    const list = node.constant(0);
    if (list.shape.length !== 1) throw node.refused('a list', 'more dimensions');
    const [start = 0] = node.ints('starts', 1) ?? [];
    const [end = list.data.length] = node.ints('ends', 2) ?? [];
    const [step = 1] = node.ints('steps', 4) ?? [];
    if (step !== 1) throw node.refused('steps of 1', String(step));
    node.room(2 * list.data.length);
    const data = list.data.slice(start, end);
    return numbers([data.length], data);
  },
};
