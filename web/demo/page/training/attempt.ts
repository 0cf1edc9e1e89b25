import { words } from '../words/first-view.js';

/** The amount that a press makes the network learn: one batch, to the end of the epoch, or all epochs. */
export type Portion = 'step' | 'epoch' | 'all';

/**
 * One press of Train, with its switches. Reports count only if they come from the trainer's current attempt, because an
 * earlier one may still be at work.
 */
export class Attempt {
  readonly #stop = new AbortController();
  #resume: (() => void) | undefined;
  #gate: Promise<void> | undefined;
  #isComplete = false;

  constructor(readonly portion: Portion = 'all') {}

  /** True if it has ended because its portion is learned, although epochs are left. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get isPaused(): boolean {
    return this.#gate !== undefined;
  }

  pause(): void {
    if (this.signal.aborted) return;
    this.#gate ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#resume?.();
    this.#gate = this.#resume = undefined;
  }

  stop(): void {
    this.#stop.abort();
    this.resume();
  }

  /** Its portion is learned. */
  complete(): void {
    if (this.signal.aborted) return;
    this.#isComplete = true;
    this.stop();
  }

  /** Resolves once it is not paused; says whether it had to wait. */
  async whileResumed(): Promise<boolean> {
    if (!this.#gate) return false;
    while (this.#gate !== undefined) await this.#gate;
    return true;
  }
}

/** The end of an attempt whose loss is not finite any more. */
export class Diverged extends RangeError {
  constructor() {
    super(words.run.diverged);
  }
}
