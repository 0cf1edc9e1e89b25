/** The formats in which a network leaves, and about how large each file is. */
import type { ModelFormat, PlainNetwork } from '../../../shared/model-work.js';

export interface Offer {
  format: ModelFormat;
  /** Bytes for each weight, and for all else. */
  perWeight: number;
  rest: number;
}

/** In the order in which they are shown. Texts have as many digits as weights need; their sizes were measured. */
export const OFFERS: readonly Offer[] = [
  { format: 'mlp-wasm', perWeight: 4, rest: 1200 },
  { format: 'html', perWeight: 5.34, rest: 14_000 },
  { format: 'html-int8', perWeight: 1.34, rest: 14_000 },
  { format: 'pytorch', perWeight: 4, rest: 26_000 },
  { format: 'keras', perWeight: 4, rest: 14_000 },
  { format: 'tfjs', perWeight: 4, rest: 31_000 },
  { format: 'onnx', perWeight: 4, rest: 20_000 },
  { format: 'sklearn', perWeight: 4, rest: 14_000 },
  { format: 'numpy', perWeight: 4, rest: 31_000 },
  { format: 'javascript', perWeight: 5.34, rest: 4000 },
  { format: 'javascript-int8', perWeight: 1.34, rest: 4000 },
  { format: 'c', perWeight: 13, rest: 4000 },
  { format: 'c-int8', perWeight: 4.5, rest: 4000 },
];

/** About how many bytes the file has. */
export function sizeOf({ perWeight, rest }: Offer, { weights }: Pick<PlainNetwork, 'weights'>): number {
  return perWeight * weights.reduce((sum, { data }) => sum + data.length, 0) + rest;
}
