/**
 * The layers of the page's networks: each is dense, and may have a normalisation between its sums and its activation, and
 * a dropout behind it. The package has a layer for each of these. Nothing here may import the package.
 */
import type { ActivationName, InitializerName, LayerConfig } from 'mlp-wasm';

export interface PlainLayer {
  units: number;
  activation: ActivationName;
  normalization?: 'batch' | 'layer';
  /** The share of its activations that a step of training drops. */
  dropout?: number;
  /** Penalty on the kernel: l1·Σ|w| + l2·Σw². */
  l1?: number;
  l2?: number;
  /** Of the kernel; absent: the package's own, glorotUniform. */
  initializer?: InitializerName;
}

export const PIXELS_IN = 784;

const NORMALIZATIONS = { batch: 'batchNormalization', layer: 'layerNormalization' } as const;

/** The package's layers. */
export function configsOf(layers: readonly PlainLayer[]): LayerConfig[] {
  return layers.flatMap((layer, i) => packageLayers(layer, i === 0 ? PIXELS_IN : undefined));
}

/** The package's layers of a single one, which takes so many inputs where that is said. */
export function packageLayers(layer: PlainLayer, inputs?: number): LayerConfig[] {
  const { units, activation, normalization, dropout = 0, l1 = 0, l2 = 0, initializer } = layer;
  return [
    {
      className: 'dense',
      units,
      activation: normalization ? 'linear' : activation,
      ...(inputs !== undefined && { inputShape: [inputs] as [number] }),
      ...(initializer && { kernelInitializer: initializer }),
      ...((l1 > 0 || l2 > 0) && { kernelRegularizer: { name: 'l1l2' as const, l1, l2 } }),
    },
    ...(normalization
      ? [{ className: NORMALIZATIONS[normalization] }, { className: 'activation' as const, activation }]
      : []),
    ...(dropout > 0 ? [{ className: 'dropout' as const, rate: dropout }] : []),
  ];
}

/** Of the package's layers those that give the activations of each layer, as places among them all. */
export function activationPlaces(layers: readonly PlainLayer[]): number[] {
  let before = 0;
  return layers.map(({ normalization, dropout = 0 }) => {
    const place = before + (normalization ? 2 : 0);
    before = place + 1 + (dropout > 0 ? 1 : 0);
    return place;
  });
}

/** The weights of each layer, out of those of all: kernel, bias, then γ, β and moving averages of a normalisation. */
export function byLayer<Weight>(layers: readonly PlainLayer[], weights: readonly Weight[]): Weight[][] {
  let end = 0;
  return layers.map(({ normalization }) => {
    const count = normalization === 'batch' ? 6 : normalization === 'layer' ? 4 : 2;
    return weights.slice(end, (end += count));
  });
}

/** All that a layer has beside units and activation, by the package's names: "dropout 0.2". */
export function extrasOf({ normalization, dropout, l1, l2, initializer }: PlainLayer): string[] {
  return [
    normalization && NORMALIZATIONS[normalization],
    dropout && `dropout ${dropout}`,
    l1 && `l1 ${l1}`,
    l2 && `l2 ${l2}`,
    initializer,
  ].filter((text) => typeof text === 'string');
}

/** "128 relu (dropout 0.2)" */
export function layerInWords(layer: PlainLayer, units = String(layer.units)): string {
  const extras = extrasOf(layer);
  return `${units} ${layer.activation}${extras.length > 0 ? ` (${extras.join(', ')})` : ''}`;
}
