/** How often a training is reported, and work that is done now and then. */

/** Milliseconds between two reports, moments of the path, pictures of the kernels, looks at the mistakes, and checkpoints. */
export const EVERY = { report: 66, moment: 30, tiles: 200, judgement: 700, checkpoint: 2000 } as const;
/** Share of the time, as one in so many, that moments, pictures, looks and checkpoints may take each. */
export const ONE_IN = 15;

/** Work that is not done before `ms` have passed since the last time, nor `factor` times what it took. */
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
