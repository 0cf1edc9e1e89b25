/** Work that takes long: it lets the event loop run, tells how far it has come, and can be ended. */
import { isAbortSignal } from '../check/realm.js';
import { checkFunction, typeError } from '../check/arguments.js';
import { Pace } from '../training/pace.js';

/** How work that takes long is watched and ended. */
export interface LongWorkOptions {
  /** Ends it: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called each time the event loop runs, about every 10 ms, and at the end; an asynchronous one is awaited. */
  onProgress?: ((done: number, total: number) => void | Promise<void>) | undefined;
}

export class LongWork {
  readonly #pace = new Pace(10);
  readonly #options: LongWorkOptions;
  readonly #checkAlive: () => void;

  /** `checkAlive` throws where the model was disposed of meanwhile. */
  constructor(method: string, { signal, onProgress }: LongWorkOptions, checkAlive: () => void) {
    if (signal !== undefined && !isAbortSignal(signal)) throw typeError(`${method}: signal`, 'an AbortSignal', signal);
    if (onProgress !== undefined) checkFunction(`${method}: onProgress`, onProgress);
    signal?.throwIfAborted();
    this.#options = { signal, onProgress };
    this.#checkAlive = checkAlive;
  }

  /** True when it is time for a turn of the event loop. */
  get isDue(): boolean {
    return this.#pace.leftMs <= 0;
  }

  /** @throws the reason of the signal if it was aborted, or an error if the model is gone. */
  async turn(done: number, total: number): Promise<void> {
    await this.#options.onProgress?.(done, total);
    await this.#pace.turn();
    this.#options.signal?.throwIfAborted();
    this.#checkAlive();
  }
}
