/** Seeded numbers for the benchmark's data and weights: xorshift128 (Marsaglia 2003), seeded by splitmix32. */
export class Random {
  #state;

  constructor(seed) {
    let s = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    });
  }

  #next() {
    const state = this.#state;
    let t = state[3];
    const s = state[0];
    state.copyWithin(1, 0, 3);
    t ^= t << 11;
    t ^= t >>> 8;
    state[0] = t ^ s ^ (s >>> 19);
    return state[0];
  }

  /** In [low, high). */
  uniform(low = 0, high = 1) {
    return low + ((high - low) * this.#next()) / 2 ** 32;
  }

  /** In 0 … n − 1. */
  integer(n) {
    return Math.floor(this.uniform(0, n));
  }

  normal(deviation = 1) {
    return deviation * Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}
