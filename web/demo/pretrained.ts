/** The network that answers before any training; it lives on the page's own thread: one drawing takes microseconds. */
import { init, loadModel } from 'mlp-wasm';
import type { Sequential } from 'mlp-wasm';
import { readDrawing, tilesOf } from './look-inside.js';
import type { Reading, Tiles } from './training-messages.js';

export class Pretrained {
  readonly #model: Sequential;

  private constructor(model: Sequential) {
    this.#model = model;
  }

  /** Loads `pretrained.safetensors` from beside the page. */
  static async load(): Promise<Pretrained> {
    const url = new URL('pretrained.safetensors', document.baseURI);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
    await init();
    return new Pretrained(await loadModel(new Uint8Array(await response.arrayBuffer())));
  }

  get hiddenUnits(): number[] {
    return this.#model.layers.slice(0, -1).map(({ units }) => units);
  }

  read(pixels: Uint8Array): Reading {
    return readDrawing(this.#model, pixels);
  }

  tiles(): Tiles {
    return tilesOf(this.#model);
  }
}
