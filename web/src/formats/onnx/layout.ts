/** How the numbers of a sample are laid out, as far as a multilayer perceptron cares: each sample stays one row. */
import type { Flow } from './chain.js';
import type { NodeReader } from './node.js';
import { sizeOf } from './tensor.js';

/** Sizes with the batch, undefined where one is open. */
export const shapeOf = ({ hasBatch, sample, batch }: Flow): (number | undefined)[] =>
  hasBatch ? [batch, ...sample] : sample;

export function checkAxes(node: NodeReader, axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => {
    const place = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(place) || place < 0 || place >= rank) throw node.refused(`axes of ${rank}`, String(axis));
    return place;
  });
}

/**
 * Lays the samples out anew.
 *
 * @param target as Reshape has it: 0 for the size that is there already, −1 for what is left, NaN for an open one
 */
export function layOut(node: NodeReader, flow: Flow, target: readonly number[]): Flow {
  const { chain, label } = node;
  const { affine, probes, inner, depth } = flow;
  const shape = shapeOf(flow);
  const resolved = target.map((size, d) => (size === 0 ? (shape[d] ?? NaN) : size));
  const features = flow.sample.includes(undefined) ? undefined : sizeOf(flow.sample as number[]);
  const give = (hasBatch: boolean, sizes: readonly number[]) => {
    const sample = openedUp(sizes, features);
    if (!sample) {
      const shown = `[${shape.map((size) => size ?? 'open').join(', ')}]`;
      throw node.refused(`samples that stay whole, of ${shown}`, `the shape [${target.join(', ')}]`);
    }
    if (features === undefined && !sample.includes(undefined)) chain.expectUnits(label, sizeOf(sample as number[]));
    const batch = flow.hasBatch ? flow.batch : 1;
    return chain.after(flow, label, { affine, probes, inner, depth, hasBatch, batch, sample });
  };
  if (resolved.length > 1) {
    // One sample without a batch may get one; where a batch is, it stays the first axis.
    const gains = !flow.hasBatch && openedUp(resolved.slice(1), features) !== undefined;
    return gains || flow.hasBatch ? give(true, resolved.slice(1)) : give(false, resolved);
  }
  if (flow.hasBatch && features === 1) return give(true, []);
  if (flow.hasBatch && flow.batch !== 1) {
    throw node.refused('samples that stay rows', `the shape [${target.join(', ')}], in which they are one`);
  }
  return give(false, resolved);
}

/** Sizes, −1 and NaN replaced by what is left; undefined where they hold other than `features` numbers. */
function openedUp(sizes: readonly number[], features: number | undefined): (number | undefined)[] | undefined {
  const known = sizes.filter((size) => size >= 0);
  const open = sizes.length - known.length;
  if (features === undefined) return sizes.map((size) => (size >= 0 ? size : undefined));
  const left = features / sizeOf(known);
  if (open > 1 || !Number.isInteger(left) || (open === 0 && left !== 1)) return undefined;
  return sizes.map((size) => (size >= 0 ? size : left));
}
