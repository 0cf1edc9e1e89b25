/** Floats as their bits: what `toEqual` would let pass (0 and −0, one NaN and another) shows. */
import type { Sequential, Weight } from 'mlp-wasm';

/** The bits of every float, in hexadecimal. */
export function bitsOf(floats: Float32Array): string {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('hex');
}

/** The bits of every weight, by name. */
export function weightBits(model: Sequential): Record<string, string> {
  return bitsOfWeights(model.getWeights());
}

export function bitsOfWeights(weights: Weight[]): Record<string, string> {
  return Object.fromEntries(weights.map(({ name, data }) => [name, bitsOf(data)]));
}
