/** A network as plain data, so that parts of the page can look into a copy of it. */
import type { PlainNetwork } from '../../shared/model-work.js';

export interface NetworkSnapshot extends PlainNetwork {
  by: 'pretrained' | 'trained';
  /** Of the pretrained one: a drawing is no digit when its last output says so with more than this probability. */
  refuseAbove?: number;
}

/** All that learning a hand changes of a network. */
export type LearnedWeights = Pick<NetworkSnapshot, 'weights' | 'refuseAbove'>;
