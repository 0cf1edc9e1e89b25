/** Ways in which each image is changed before a pass learns from it, by the names of the settings. */
import type { Augmentation, FitOptions } from 'mlp-wasm';
import type { AugmentationName } from '../settings/choices.js';
import type { Settings } from '../settings/settings.js';

export const AUGMENTATIONS: Readonly<Record<AugmentationName, Augmentation>> = {
  slight: { height: 28, width: 28, shift: 1, rotation: 8, scale: [0.92, 1.08] },
  strong: { height: 28, width: 28, shift: 2, rotation: 15, scale: [0.85, 1.15], shear: 10, elastic: {} },
};

/** The options of a training for its augmentation. */
export function augmented({ augmentation }: Settings): Pick<FitOptions, 'augmentation'> {
  return augmentation ? { augmentation: AUGMENTATIONS[augmentation] } : {};
}
