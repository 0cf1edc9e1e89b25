/** The layers of a run's network. */
import type { ActivationName } from 'mlp-wasm';
import type { Settings } from '../settings/settings.js';

export function layersOf({
  hidden,
  activation,
}: Pick<Settings, 'hidden' | 'activation'>): { units: number; activation: ActivationName }[] {
  return [...hidden.map((units) => ({ units, activation })), { units: 10, activation: 'softmax' }];
}
