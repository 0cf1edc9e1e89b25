/** The layers of a run's network. */
import { configsOf } from '../../shared/plain-layers.js';
import type { PlainLayer } from '../../shared/plain-layers.js';
import { hiddenLayers } from '../settings/layer-texts.js';
import type { Settings } from '../settings/settings.js';

export function layersOf(settings: Pick<Settings, 'hidden' | 'activation' | 'layers'>): PlainLayer[] {
  return [...hiddenLayers(settings), { units: 10, activation: 'softmax' }];
}

export function isSameNetwork(one: readonly PlainLayer[], other: readonly PlainLayer[]): boolean {
  return JSON.stringify(configsOf(one)) === JSON.stringify(configsOf(other));
}
