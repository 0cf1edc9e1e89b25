// Random numbers from a seed, the same in every engine: what a run of these tests did can be done again.

/** The generator mulberry32, and draws that tests want. */
export class Random {
  #state;

  /** @param parts whole numbers, which together are the seed */
  constructor(...parts) {
    this.#state = 0x9e3779b9;
    for (const part of parts) {
      this.#state = Math.imul(this.#state ^ (part | 0), 0x85ebca6b) ^ (this.#state >>> 13);
      this.#state = Math.imul(this.#state ^ Math.floor(part / 2 ** 32), 0xc2b2ae35) ^ (this.#state >>> 16);
    }
  }

  /** In [0, 1). */
  real() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound) {
    return Math.floor(this.real() * bound);
  }

  /** A whole number from `low` to `high`. */
  from(low, high) {
    return low + this.below(high - low + 1);
  }

  between(low, high) {
    return low + (high - low) * this.real();
  }

  chance(probability) {
    return this.real() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Some of the list, in its order, each with this probability. */
  some(list, probability) {
    return list.filter(() => this.chance(probability));
  }

  shuffled(list) {
    const result = [...list];
    for (let i = result.length - 1; i > 0; --i) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }
}
