/** The strongest ways from the ink to an output: units that pass most on, and how much. */
import type { Trace } from '../../specimen/specimen.js';
import { largest } from '../parts/largest.js';

export interface Link {
  /** Places among the shown units of the two layers. */
  from: number;
  to: number;
  /** Weight × activation. */
  passed: number;
}

export interface Paths {
  /** Of each layer the units that are shown, in order of their numbers; of the last one all. */
  shown: number[][];
  /** Into each layer, from the one before; into the first, nothing. */
  links: Link[][];
}

/** Units of a layer, and links into one unit, that are shown. */
const UNITS = 8;
const LINKS = 3;

/**
 * @param output the unit of the last layer that the ways lead to
 * @param besides units of each layer that are shown whatever they pass on
 */
export function strongestPaths({ layers }: Trace, output: number, besides: readonly (readonly number[])[] = []): Paths {
  const last = layers.length - 1;
  const shown: number[][] = [];
  shown[last] = Array.from(layers[last]!.a, (_, unit) => unit);
  /** The share of each unit of a layer in the output, of the largest share. */
  let weight = Float64Array.from(layers[last]!.a, (_, unit) => (unit === output ? 1 : 0));
  for (let l = last - 1; l >= 0; l--) {
    const { a } = layers[l]!;
    const { kernel, a: next } = layers[l + 1]!;
    const scores = Float64Array.from(a, (value, k) => {
      let score = 0;
      for (const j of shown[l + 1]!) score += Math.abs(value * kernel[k * next.length + j]!) * weight[j]!;
      return score;
    });
    shown[l] = [...new Set([...largest(scores, UNITS), ...(besides[l] ?? [])])].sort((one, other) => one - other);
    const most = Math.max(1e-30, ...scores);
    weight = scores.map((score) => score / most);
  }
  return { shown, links: layers.map((_, l) => (l === 0 ? [] : linksInto(layers, shown, l))) };
}

function linksInto(layers: Trace['layers'], shown: number[][], layer: number): Link[] {
  const { kernel, a: units } = layers[layer]!;
  const before = layers[layer - 1]!.a;
  return shown[layer]!.flatMap((j, to) => {
    const passed = shown[layer - 1]!.map((k) => before[k]! * kernel[k * units.length + j]!);
    return largest(passed, LINKS).map((from) => ({ from, to, passed: passed[from]! }));
  });
}
