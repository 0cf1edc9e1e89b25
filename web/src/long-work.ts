/** Work that takes long: it lets the event loop run, tells how far it has come, and can be ended. */
import { checkFunction, typeError } from './check.js';
import { Pace } from './event-loop.js';
import type { LongWorkOptions } from './types.js';

export class LongWork {
  readonly #pace = new Pace(10);
  readonly #options: LongWorkOptions;
  readonly #checkAlive: () => void;

  /** `checkAlive` throws where the model was disposed of meanwhile. */
  constructor(method: string, { signal, onProgress }: LongWorkOptions, checkAlive: () => void) {
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw typeError(`${method}: signal`, 'an AbortSignal', signal);
    if (onProgress !== undefined) checkFunction(`${method}: onProgress`, onProgress);
    signal?.throwIfAborted();
    this.#options = { signal, onProgress };
    this.#checkAlive = checkAlive;
  }

  /** Whether it is time for a turn of the event loop. */
  get isDue(): boolean {
    return this.#pace.leftMs <= 0;
  }

  /** @throws what the signal was aborted with, or an error where the model is gone. */
  async turn(done: number, total: number): Promise<void> {
    await this.#options.onProgress?.(done, total);
    await this.#pace.turn();
    this.#options.signal?.throwIfAborted();
    this.#checkAlive();
  }
}
