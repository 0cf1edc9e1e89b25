/**
 * The network that answers before any training. It runs on the page's own thread, because one drawing takes
 * microseconds. It has an eleventh output, for drawings that are no digits.
 */
import { dense, init, sequential } from 'mlp-wasm';
import type { Sequential } from 'mlp-wasm';
import { PIXELS } from '../../shared/digit-work.js';
import type { Digits } from '../../shared/digit-work.js';
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
  readonly #model: Sequential;
  readonly #refuseAbove: number;
  readonly #came: NetworkSnapshot['weights'];
  /** Of the file that its weights came in. */
  readonly fingerprint: string;
  /** False after it has learned a hand. */
  isAsItCame = true;

  constructor({ layers, refuseAbove, fingerprint }: WeightsFile) {
    this.#refuseAbove = refuseAbove;
    this.fingerprint = fingerprint;
    this.#model = sequential({
      name: 'pretrained',
      layers: layers.map(({ inputs, units }, i) => {
        const activation = activationOf(i, layers.length);
        return dense(i === 0 ? { units, activation, inputShape: [inputs] } : { units, activation });
      }),
    });
    this.#came = layers.flatMap(({ inputs, units, kernel, bias }) => [
      { shape: [inputs, units], data: kernel },
      { shape: [units], data: bias },
    ]);
    this.#model.setWeights([...this.#came]);
  }

  /** Loads `pretrained.safetensors` from beside the page, at the same time as the core. */
  static async load(): Promise<Pretrained> {
    const [bytes] = await Promise.all([download(new URL('pretrained.safetensors', document.baseURI)), init()]);
    return new Pretrained(readWeightsFile(bytes));
  }

  get hiddenUnits(): number[] {
    return this.#model.layers.slice(0, -1).map(({ units }) => units);
  }

  read(pixels: Uint8Array): Reading {
    const { probabilities, hidden } = readingOf(this.#model.forwardTrace(inputOf(pixels)));
    const refused = probabilities[DIGITS]! > this.#refuseAbove;
    return { probabilities: probabilities.slice(0, DIGITS), hidden, refused };
  }

  tiles(): Tiles {
    return tilesOf(this.#model.getWeights()[0]!);
  }

  snapshot(): NetworkSnapshot {
    const layers = this.#model.layers.map(({ units }, i, all) => ({
      units,
      activation: activationOf(i, all.length),
    }));
    return { by: 'pretrained', layers, weights: this.#model.getWeights() };
  }

  /** Gives it other weights, in the order of those of `snapshot`; without any, those that it came with. */
  wear(weights: NetworkSnapshot['weights'] | undefined): void {
    this.isAsItCame = weights === undefined;
    this.#model.setWeights([...(weights ?? this.#came)]);
  }

  /** The share of these digits that it reads rightly; the page gets its turns meanwhile. */
  async accuracyOn({ pixels, labels }: Digits): Promise<number> {
    let right = 0;
    for (let row = 0; row < labels.length; row += ROWS_AT_ONCE) {
      const end = Math.min(row + ROWS_AT_ONCE, labels.length);
      const probabilities = this.#model.predict({ data: pixels.subarray(row * PIXELS, end * PIXELS), scale: 1 / 255 });
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
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
  return response.arrayBuffer();
}
