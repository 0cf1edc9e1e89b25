/**
 * Draws for splits, folds and searches: Philox4x32-10 (Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3"),
 * as the core draws, so that one seed gives the same rows in every engine.
 */
import { checkInteger } from '../check/arguments.js';

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;

/** Additions to the key after each round. */
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;

const ROUNDS = 10;

/** The upper 32 bits of a product of two unsigned 32-bit integers. */
function upperHalf(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16); // below 2³³, which a double holds
  const cross = a0 * b1 + (middle % 0x10000);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** Four random 32-bit integers from a counter and a key. */
export function philox(counter: readonly number[], key: readonly number[]): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < ROUNDS; ++round) {
    const [high0, low0] = [upperHalf(MULTIPLIERS[0], c0), Math.imul(MULTIPLIERS[0], c0) >>> 0];
    const [high1, low1] = [upperHalf(MULTIPLIERS[1], c2), Math.imul(MULTIPLIERS[1], c2) >>> 0];
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    [k0, k1] = [(k0 + WEYL[0]) >>> 0, (k1 + WEYL[1]) >>> 0];
  }
  return [c0, c1, c2, c3];
}

/** Uses of a seed, each with draws of its own. */
export const STREAMS = { split: 1, holdOut: 2, folds: 3, search: 4, importance: 5 } as const;

/** A sequence of draws: the same for the same seed, stream and part. */
export class Draws {
  readonly #key: readonly number[];
  readonly #counter: [number, number, number, number];
  #block: number[] = [];

  /** `part` tells apart what is drawn from one stream: a repetition, a column. */
  constructor(seed: number, stream: number, part = 0) {
    this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
    this.#counter = [0, 0, part, 0x7461_0000 + stream]; // 'ta': apart from what the core draws from the same seed
  }

  #next(): number {
    if (this.#block.length === 0) {
      this.#block = philox(this.#counter, this.#key);
      this.#counter[0] = (this.#counter[0] + 1) >>> 0;
      if (this.#counter[0] === 0) ++this.#counter[1];
    }
    return this.#block.pop()!;
  }

  /** A number in [0, 1), a multiple of 2⁻³². */
  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  /** An integer from 0 to below `count`, each as likely as the others. */
  below(count: number): number {
    const limit = 2 ** 32 - (2 ** 32 % count); // draws above it would make the first integers likelier
    let draw = this.#next();
    while (draw >= limit) draw = this.#next();
    return draw % count;
  }

  /** Puts a list into a random order (Fisher & Yates; Durstenfeld 1964). */
  shuffle<List extends Int32Array | unknown[]>(list: List): List {
    for (let i = list.length - 1; i > 0; --i) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  }
}

/** A seed: an integer from 0 to 2⁵³ − 1. */
export function checkSeed(argument: string, seed: unknown): number {
  return checkInteger(argument, seed, 0, Number.MAX_SAFE_INTEGER);
}
