/** Work that is done now and then: not before `ms` have passed since the last time, nor `factor` times what it took. */
export class Pace {
  readonly #ms: number;
  readonly #factor: number;
  #next = -Infinity;

  constructor(ms: number, factor = 0) {
    this.#ms = ms;
    this.#factor = factor;
  }

  isDue(now: number): boolean {
    return now >= this.#next;
  }

  done(now: number, took = 0): void {
    this.#next = now + Math.max(this.#ms, this.#factor * took);
  }

  /** Does `work`, where it is due. */
  async run(work: () => Promise<void>): Promise<void> {
    const begin = performance.now();
    if (!this.isDue(begin)) return;
    await work();
    const end = performance.now();
    this.done(end, end - begin);
  }
}
