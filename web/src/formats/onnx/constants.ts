/** Operators on constants alone: what exporters leave in a graph of shapes and weights is worked out while it is read. */
import { eachStrided } from '../numbers.js';
import { isFloat32Array } from '../../check/realm.js';
import { malformed } from '../../check/bytes.js';
import { sizeOf, type Constant } from './tensor.js';

/** Is told how many floats are about to be made, and throws where they are too many. */
export type Room = (floats: number) => void;

export const numbers = (shape: number[], data: Float32Array | Float64Array): Constant => ({
  kind: 'constant',
  shape,
  data,
});

export const mapped = ({ shape, data }: Constant, room: Room, f: (x: number) => number): Constant => {
  room(2 * data.length);
  return numbers(
    shape,
    Float64Array.from(data, (x) => f(x)),
  );
};

/** Both of one shape, or one of them a number or the end of the other's shape. */
export function combined(
  where: string,
  a: Constant,
  b: Constant,
  room: Room,
  f: (x: number, y: number) => number,
): Constant {
  const [large, small] = a.data.length >= b.data.length ? [a, b] : [b, a];
  const trimmed = withoutLeadingOnes(small.shape);
  const tail = large.shape.slice(large.shape.length - trimmed.length);
  if (small.data.length !== 1 && (trimmed.length > large.shape.length || trimmed.some((n, d) => n !== tail[d]))) {
    throw malformed(where, 'constants of one shape', `[${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  }
  room(2 * large.data.length);
  const { length } = large.data;
  const [periodA, periodB] = [a.data.length, b.data.length];
  const data = Float64Array.from({ length }, (_, i) => f(a.data[i % periodA]!, b.data[i % periodB]!));
  return numbers(a.shape.length >= b.shape.length ? [...a.shape].map((n, d) => sizeAt(n, d, a, b)) : b.shape, data);
}

const sizeAt = (size: number, d: number, a: Constant, b: Constant) =>
  Math.max(size, b.shape[d - a.shape.length + b.shape.length] ?? 1);

export const withoutLeadingOnes = (shape: readonly number[]) => {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
};

export function transposed(where: string, { shape, data }: Constant, order: readonly number[], room: Room): Constant {
  if (order.length !== shape.length || shape.some((_, d) => !order.includes(d))) {
    throw malformed(where, `an order of ${shape.length} axes`, `[${order.join(', ')}]`);
  }
  room(data.length);
  const sizes = order.map((d) => shape[d]!);
  const stepOf = (d: number) => sizeOf(shape.slice(d + 1));
  const steps = order.map(stepOf);
  const out = isFloat32Array(data) ? new Float32Array(data.length) : new Float64Array(data.length);
  eachStrided(sizes, steps, (i, place) => (out[i] = data[place]!));
  return numbers(sizes, out);
}

/** Of lists and single numbers, of which shapes are made. */
export function concatenated(where: string, parts: readonly Constant[], room: Room): Constant {
  if (parts.some(({ shape }) => shape.length !== 1)) throw malformed(where, 'lists', 'constants of more dimensions');
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  room(2 * length);
  const data = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return numbers([length], data);
}

/** Elements of a list. */
export function gathered(where: string, { shape, data }: Constant, indices: Constant, room: Room): Constant {
  if (shape.length !== 1) throw malformed(where, 'a list', 'a constant of more dimensions');
  room(2 * indices.data.length);
  const out = Float64Array.from(indices.data, (index) => {
    const value = data[index < 0 ? index + data.length : index];
    if (value === undefined) throw malformed(where, `a place from 0 to ${data.length - 1}`, String(index));
    return value;
  });
  return numbers(indices.shape, out);
}

/** Sizes of a tensor that is laid out anew: 0 is the size that is there already, −1 what is left. */
export function reshaped(where: string, constant: Constant, target: readonly number[]): Constant {
  const count = constant.texts?.length ?? constant.data.length;
  const sizes = target.map((size, d) => (size === 0 ? (constant.shape[d] ?? 0) : size));
  const open = sizes.indexOf(-1);
  if (open >= 0) {
    sizes[open] = 1;
    sizes[open] = count / sizeOf(sizes);
  }
  if (sizeOf(sizes) !== count || !sizes.every((size) => Number.isInteger(size) && size >= 0)) {
    throw malformed(where, `a shape of ${count} elements`, `[${target.join(', ')}]`);
  }
  return { ...constant, shape: sizes };
}

export const squeezed = (constant: Constant, axes: readonly number[] | undefined): Constant => {
  const { shape } = constant;
  const places = axes?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return { ...constant, shape: shape.filter((size, d) => size !== 1 || (places && !places.includes(d))) };
};

export function unsqueezed(constant: Constant, axes: readonly number[]): Constant {
  const shape = [...constant.shape];
  const rank = shape.length + axes.length;
  for (const axis of axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b))
    shape.splice(axis, 0, 1);
  return { ...constant, shape };
}
