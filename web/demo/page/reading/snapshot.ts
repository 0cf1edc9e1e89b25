/** A network as plain data, so that parts of the page can look into a copy of it. */
import type { PlainNetwork } from '../../shared/model-work.js';

export interface NetworkSnapshot extends PlainNetwork {
  by: 'pretrained' | 'trained';
}
