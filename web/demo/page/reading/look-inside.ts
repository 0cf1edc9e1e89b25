/** A network from the inside: its reading of a drawing, and its first kernels as pictures. */
import type { LayerForward, Weight } from 'mlp-wasm';
import { PIXELS } from '../../shared/digit-work.js';
import { activationPlaces } from '../../shared/plain-layers.js';
import type { PlainLayer } from '../../shared/plain-layers.js';

/** A network's reading of one drawing. */
export interface Reading {
  /** Ten, summing to 1; of the pretrained network, to 1 less its probability that this is no digit. */
  probabilities: Float32Array;
  /** Activations of each hidden layer, first to last. */
  hidden: Float32Array[];
  /** The network says that this is no digit; its probabilities then mean nothing. */
  refused?: boolean;
}

/** Kernels of the first layer as pictures. */
export interface Tiles {
  /** Pictures; `of` is how many units there are. */
  units: number;
  of: number;
  /** units × 784; 0 = most negative, 128 = zero, 255 = most positive weight of its unit. */
  levels: Uint8Array;
}

/** Grey levels as the networks of this page take them: ink is 1. */
export function inputOf(pixels: Uint8Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(pixels, (level) => level / 255);
}

/** The activations of each layer, out of what `forwardTrace` tells of all layers of the package. */
export function activationsOf(layers: readonly PlainLayer[], traced: readonly LayerForward[]): Float32Array[] {
  return activationPlaces(layers).map((place) => traced[place]!.a.data);
}

/** @param activations of each layer for one drawing */
export function readingOf(activations: readonly Float32Array[]): Reading {
  return { probabilities: activations.at(-1)!, hidden: activations.slice(0, -1) };
}

/** Units that have a picture; more would be too small to see. */
const TILES_AT_MOST = 128;

/** A layer's kernel, 784 × units, each unit scaled by its own largest weight. */
export function tilesOf({ data, shape }: Pick<Weight, 'data' | 'shape'>): Tiles {
  const columns = shape[1]!;
  const units = Math.min(columns, TILES_AT_MOST);
  const levels = new Uint8Array(units * PIXELS);
  for (let unit = 0; unit < units; unit++) {
    let largest = 1e-12;
    for (let i = unit; i < data.length; i += columns) largest = Math.max(largest, Math.abs(data[i]!));
    const scale = 127 / largest;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      levels[unit * PIXELS + pixel] = Math.round(128 + scale * data[pixel * columns + unit]!);
    }
  }
  return { units, of: columns, levels };
}
