/** A network as plain data, so that parts of the page can look into a copy of it. */
import type { ActivationName, Weight } from 'mlp-wasm';

export interface NetworkSnapshot {
  by: 'pretrained' | 'trained';
  layers: readonly { units: number; activation: ActivationName }[];
  /** Kernel and bias of each layer. */
  weights: readonly Pick<Weight, 'shape' | 'data'>[];
}
