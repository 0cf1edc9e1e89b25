/** What the page shows of a network: its reading of a drawing, and its first kernels as pictures. */
import type { Sequential } from 'mlp-wasm';
import type { Reading, Tiles } from './training-messages.js';

/** Grey levels as the networks of this page take them: ink is 1. */
export function inputOf(pixels: Uint8Array): Float32Array {
  return Float32Array.from(pixels, (level) => level / 255);
}

/** Probabilities and hidden activations for one drawing of 784 grey levels. */
export function readDrawing(model: Sequential, pixels: Uint8Array): Reading {
  const layers = model.forwardTrace(inputOf(pixels)).map((layer) => layer.a.data);
  return { probabilities: layers.at(-1)!, hidden: layers.slice(0, -1) };
}

/** Units that have a picture; more would be too small to see. */
const TILES_AT_MOST = 128;
const PIXELS = 784;

/** The first layer's kernels, each scaled by its own largest weight. */
export function tilesOf(model: Sequential): Tiles {
  const { data, shape } = model.getWeights()[0]!;
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
  return { units, levels };
}
