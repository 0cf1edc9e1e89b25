/** The arithmetic of single units, from what the network computed: sums with their largest terms first. */
import type { LayerTrace, Trace } from '../../specimen/specimen.js';
import { largest } from '../parts/largest.js';

/** A product in a sum. */
export interface Term {
  /** The unit at its other end. */
  unit: number;
  weight: number;
  /** Of the activation, or the error signal, of that unit. */
  value: number;
  product: number;
}

export interface Sum {
  /** Largest first. */
  terms: Term[];
  /** Number and sum of those that are not shown and not 0. */
  others: { count: number; sum: number };
  total: number;
}

const SHOWN = 5;

/** The inputs of layer `layer`: the activations of the layer before, or the input. */
export function inputsOf(trace: Trace, layer: number): Float32Array {
  return layer === 0 ? trace.x : trace.layers[layer - 1]!.a;
}

/** The weights into unit j. */
export function weightsInto({ kernel, bias }: Pick<LayerTrace, 'kernel' | 'bias'>, j: number): Float32Array {
  return column(kernel, bias.length, j);
}

export function column(matrix: Float32Array, columns: number, j: number): Float32Array {
  return Float32Array.from({ length: matrix.length / columns }, (_, k) => matrix[k * columns + j]!);
}

/** The weights out of unit k: a row of the next layer's kernel. */
export function weightsOutOf({ kernel, bias }: Pick<LayerTrace, 'kernel' | 'bias'>, k: number): Float32Array {
  return kernel.slice(k * bias.length, (k + 1) * bias.length);
}

/** Σ_k w a_k of unit j, without its bias. */
export function forwardSum(trace: Trace, layer: number, j: number): Sum {
  return sumOf(weightsInto(trace.layers[layer]!, j), inputsOf(trace, layer));
}

/** Σ_k w δ_k of unit j, over the units of the next layer. */
export function backwardSum(trace: Trace, layer: number, j: number): Sum {
  const next = trace.layers[layer + 1]!;
  return sumOf(weightsOutOf(next, j), next.delta);
}

function sumOf(weights: Float32Array, values: Float32Array): Sum {
  const products = Float64Array.from(weights, (weight, i) => weight * values[i]!);
  const shown = largest(products, SHOWN);
  const total = products.reduce((sum, product) => sum + product, 0);
  const shownSum = shown.reduce((sum, i) => sum + products[i]!, 0);
  const count = products.reduce((sum, product) => sum + (product === 0 ? 0 : 1), 0) - shown.length;
  return {
    terms: shown.map((unit) => ({
      unit,
      weight: weights[unit]!,
      value: values[unit]!,
      product: products[unit]!,
    })),
    others: { count, sum: total - shownSum },
    total,
  };
}

/**
 * A path from the output to a pixel: of each layer the unit that adds most to the one after it, unless the visitor chose
 * one. Entry 0 is the pixel, entry l + 1 the unit of layer l.
 */
export function pathOf(trace: Trace, chosen: readonly (number | undefined)[]): number[] {
  const path: number[] = [];
  let unit = chosen[trace.layers.length] ?? trace.target;
  path.push(unit);
  for (let layer = trace.layers.length - 1; layer >= 0; layer--) {
    const { terms } = forwardSum(trace, layer, unit);
    unit = chosen[layer] ?? terms[0]?.unit ?? 0;
    path.unshift(unit);
  }
  return path;
}
