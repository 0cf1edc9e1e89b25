/**
 * The network that answers before any training. It runs on the page's own thread, because one drawing takes
 * microseconds. It has an eleventh output, for drawings that are no digits.
 */
import { init } from 'mlp-wasm/predict';
import { PIXELS } from '../../shared/digit-work.js';
import type { Digits } from '../../shared/digit-work.js';
import { LayerChain } from './layer-chain.js';
import { inputOf, readingOf, tilesOf } from './look-inside.js';
import type { Reading, Tiles } from './look-inside.js';
import type { NetworkSnapshot } from './snapshot.js';
import { readWeightsFile } from './weights-file.js';
import type { WeightsFile } from './weights-file.js';

const DIGITS = 10;
const OUTPUTS = DIGITS + 1;

/** Digits read at a time when it is compared: a few milliseconds of the page's thread. */
const ROWS_AT_ONCE = 500;

export class Pretrained {
  readonly #layers: NetworkSnapshot['layers'];
  #refuseAbove: number;
  /** As it came. */
  readonly #came: Required<Pick<NetworkSnapshot, 'weights' | 'refuseAbove'>>;
  #weights: NetworkSnapshot['weights'];
  #chain: LayerChain;
  /** Of the file that its weights came in. */
  readonly fingerprint: string;

  private constructor({ refuseAbove, fingerprint }: WeightsFile, network: NetworkSnapshot, chain: LayerChain) {
    this.#refuseAbove = refuseAbove;
    this.fingerprint = fingerprint;
    this.#layers = network.layers;
    this.#weights = network.weights;
    this.#came = { weights: network.weights, refuseAbove };
    this.#chain = chain;
  }

  static async of(file: WeightsFile): Promise<Pretrained> {
    const layers = file.layers.map(({ units }, i, all) => ({ units, activation: activationOf(i, all.length) }));
    const weights = file.layers.flatMap(({ inputs, units, kernel, bias }) => [
      { shape: [inputs, units], data: kernel },
      { shape: [units], data: bias },
    ]);
    const network: NetworkSnapshot = { by: 'pretrained', layers, weights };
    return new Pretrained(file, network, await LayerChain.of(network));
  }

  /** Loads `pretrained.safetensors` from beside the page, at the same time as the module that reads. */
  static async load(): Promise<Pretrained> {
    const [bytes] = await Promise.all([download(new URL('pretrained.safetensors', document.baseURI)), init()]);
    return Pretrained.of(readWeightsFile(bytes));
  }

  /** False after it has learned a hand. */
  get isAsItCame(): boolean {
    return this.#weights === this.#came.weights;
  }

  get hiddenUnits(): number[] {
    return this.#layers.slice(0, -1).map(({ units }) => units);
  }

  read(pixels: Uint8Array): Reading {
    const { probabilities, hidden } = readingOf(this.#chain.activations(inputOf(pixels)));
    const refused = probabilities[DIGITS]! > this.#refuseAbove;
    return { probabilities: probabilities.slice(0, DIGITS), hidden, refused };
  }

  tiles(): Tiles {
    return tilesOf(this.#weights[0]!);
  }

  snapshot(): NetworkSnapshot {
    return { by: 'pretrained', layers: this.#layers, weights: this.#weights, refuseAbove: this.#refuseAbove };
  }

  /**
   * Gives it other weights, in the order of those of `snapshot`, with the threshold that belongs to them; without any,
   * those that it came with.
   */
  async wear(
    weights: NetworkSnapshot['weights'] = this.#came.weights,
    refuseAbove = this.#came.refuseAbove,
  ): Promise<void> {
    const chain = await LayerChain.of({ layers: this.#layers, weights });
    this.#chain.dispose();
    this.#chain = chain;
    this.#weights = weights;
    this.#refuseAbove = refuseAbove;
  }

  /** The share of these digits that it reads rightly; the page gets its turns meanwhile. */
  async accuracyOn({ pixels, labels }: Digits): Promise<number> {
    let right = 0;
    for (let row = 0; row < labels.length; row += ROWS_AT_ONCE) {
      const end = Math.min(row + ROWS_AT_ONCE, labels.length);
      const probabilities = this.#chain.activations(inputOf(pixels.subarray(row * PIXELS, end * PIXELS))).at(-1)!;
      for (let i = row; i < end; i++) {
        const ten = probabilities.subarray(OUTPUTS * (i - row), OUTPUTS * (i - row) + DIGITS);
        if (ten.indexOf(Math.max(...ten)) === labels[i]) right++;
      }
      await new Promise((resolve) => setTimeout(resolve));
    }
    return right / labels.length;
  }
}

/** Of layer i. */
function activationOf(i: number, layers: number): 'softmax' | 'relu' {
  return i === layers - 1 ? 'softmax' : 'relu';
}

async function download(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: HTTP ${response.status}`);
  return response.arrayBuffer();
}
