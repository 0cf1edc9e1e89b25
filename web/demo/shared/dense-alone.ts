/** Networks of the page as dense layers alone. A file of its own, because the page's first view does without it. */
import { byLayer } from './plain-layers.js';
import type { PlainLayer } from './plain-layers.js';

interface Numbers {
  shape: readonly number[];
  data: Float32Array;
}

/** ε of the package's normalisations, because the page leaves it at its default. */
const EPSILON = 1e-3;

/**
 * The same network of dense layers alone, as it works outside of training: a batch normalisation is folded into the
 * weights before it. Undefined where a layer normalisation is, which no weights can stand for.
 */
export function denseAlone<W extends Numbers>({
  layers,
  weights,
}: {
  layers: readonly PlainLayer[];
  weights: readonly W[];
}): { layers: PlainLayer[]; weights: { shape: number[]; data: Float32Array }[] } | undefined {
  if (layers.some(({ normalization }) => normalization === 'layer')) return undefined;
  const each = byLayer(layers, weights);
  return {
    layers: layers.map(({ units, activation }) => ({ units, activation })),
    weights: each.flatMap(([kernel, bias, gamma, beta, mean, variance]) => {
      const [k, b] = [kernel!, bias!].map(({ shape, data }) => ({ shape: [...shape], data }));
      if (!gamma) return [k!, b!];
      const units = b!.data.length;
      const scale = gamma.data.map((value, j) => value / Math.sqrt(variance!.data[j]! + EPSILON));
      return [
        { ...k!, data: k!.data.map((weight, i) => weight * scale[i % units]!) },
        { ...b!, data: b!.data.map((value, j) => (value - mean!.data[j]!) * scale[j]! + beta!.data[j]!) },
      ];
    }),
  };
}
