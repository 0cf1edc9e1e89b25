/** Ways to break a network: units that say nothing, biases that are gone, weights with noise on them. */
import type { Weight } from 'mlp-wasm';

type Weights = readonly Pick<Weight, 'shape' | 'data'>[];

export interface Damage {
  /** Of each layer, the units whose activations do not reach the next one. */
  silenced: readonly (readonly number[])[];
  withoutBiases: boolean;
  /** Standard deviation of the noise, in those of each kernel. */
  noise: number;
  seed: number;
}

export const WHOLE: Damage = { silenced: [], withoutBiases: false, noise: 0, seed: 1 };

export function isWhole({ silenced, withoutBiases, noise }: Damage): boolean {
  return !withoutBiases && noise === 0 && silenced.every((units) => !units || units.length === 0);
}

/** Weights (kernel and bias of each layer) with the damage done; those that are given stay as they are. */
export function broken(
  weights: Weights,
  { silenced, withoutBiases, noise, seed }: Damage,
): Pick<Weight, 'shape' | 'data'>[] {
  return weights.map(({ shape, data }, i) => {
    const layer = i >> 1;
    const isKernel = i % 2 === 0;
    if (!isKernel) return { shape, data: withoutBiases ? new Float32Array(data.length) : data.slice() };
    const units = shape[1]!;
    const kernel = noise > 0 ? withNoise(data, noise * spread(data), seed + layer) : data.slice();
    // A unit that says nothing is a row of zeros in the next kernel.
    for (const unit of silenced[layer - 1] ?? []) kernel.fill(0, unit * units, (unit + 1) * units);
    return { shape, data: kernel };
  });
}

function spread(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function withNoise(values: Float32Array, deviation: number, seed: number): Float32Array {
  const draw = normal(seed);
  return values.map((value) => value + deviation * draw());
}

/** Normally distributed numbers, the same for the same seed: mulberry32, and Box and Muller's pairs. */
function normal(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
