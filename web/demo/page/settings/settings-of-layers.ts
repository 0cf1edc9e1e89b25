/** From layers back to settings: for networks that come out of files. */
import type { ActivationName } from 'mlp-wasm';
import type { PlainLayer } from '../../shared/plain-layers.js';
import type { Differences, LayerDifference } from './layer-texts.js';

/** The settings that have these hidden layers. */
export function settingsOfLayers(
  layers: readonly PlainLayer[],
  usual: ActivationName,
): { hidden: number[]; activation: ActivationName; layers?: Differences } {
  const activation = layers[0]?.activation ?? usual;
  const differences = layers.flatMap(({ units: _units, ...layer }, i) => {
    const { activation: own, ...rest } = layer;
    const difference: LayerDifference = { ...(own !== activation && { activation: own }), ...rest };
    return Object.keys(difference).length > 0 ? [[i + 1, difference] as const] : [];
  });
  return {
    hidden: layers.map(({ units }) => units),
    activation,
    ...(differences.length > 0 && { layers: Object.fromEntries(differences) }),
  };
}
