/** Layers that TensorFlow.js has not, which our writer spells in those that it has, and our reader tells back. */
import type { LayerConfig } from '../../index.js';
import type { DescribedLayer } from '../description.js';

/** Key of `userDefinedMetadata` under which our own remarks stand. */
export const OWN = 'mlpWasm';

/** End of the name of a layer that is the activation of the dense layer before it. */
export const ACTIVATION_OF = '/activation';

/** ε of a BatchNormalization that is a normalization of ours: too small to change any variance that is not tiny itself. */
export const NO_EPSILON = 1e-30;

export function asWritten(layers: readonly DescribedLayer[]): DescribedLayer[] {
  const told: DescribedLayer[] = [];
  for (const each of layers) {
    const layer = each.layer as LayerConfig;
    const before = told.at(-1)?.layer as LayerConfig | undefined;
    const name = layer.name ?? '';
    if (layer.className === 'activation' && before?.className === 'dense' && name === before.name + ACTIVATION_OF) {
      told[told.length - 1] = { ...told.at(-1)!, layer: { ...before, activation: layer.activation } };
    } else if (
      layer.className === 'batchNormalization' &&
      layer.epsilon === NO_EPSILON &&
      !layer.center &&
      !layer.scale
    ) {
      told.push({ ...each, layer: { className: 'normalization', name } });
    } else told.push(each);
  }
  return told;
}
