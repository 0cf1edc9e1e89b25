/** The end of a training: what asks for it, and how it is noticed while something else is awaited. */

/** How long what is being closed may take before nobody waits for it any more, in milliseconds. */
const PATIENCE_MS = 30;

/** Waits for `closing` for a moment only, because an iterator's `return()` may never resolve. */
export async function briefly(closing: PromiseLike<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  try {
    await Promise.race([closing, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Knows whether a training is to end. One object lives as long as the training and holds one waiter at a time: a
 * `Promise.race` with a promise that stays pending would keep every result until the training is over, because each
 * race leaves its listeners on that promise.
 */
export class Ending {
  readonly #signal: AbortSignal | undefined;
  readonly #asked: () => boolean;
  readonly #onAbort = () => this.notice();
  #wake: (() => void) | undefined;

  /** @param asked tells whether the model was asked to stop, beside the signal. */
  constructor(signal: AbortSignal | undefined, asked: () => boolean) {
    this.#signal = signal;
    this.#asked = asked;
    signal?.addEventListener('abort', this.#onAbort);
  }

  get hasCome(): boolean {
    return this.#signal?.aborted === true || this.#asked();
  }

  /** To be called when the answer of `asked` may have changed: whoever waits in {@link before} goes on. */
  notice(): void {
    if (this.hasCome) this.#wake?.();
  }

  /** The result of `coming`, or `'ended'` if the end comes first; its result or error is then dropped. */
  before<Result>(coming: Promise<Result>): Promise<Result | 'ended'> {
    return new Promise((resolve, reject) => {
      const wake = () => settle(resolve, 'ended' as const);
      const settle = <Value>(how: (value: Value) => void, value: Value) => {
        if (this.#wake === wake) this.#wake = undefined;
        how(value);
      };
      this.#wake = wake;
      coming.then(
        (result) => settle(resolve, result),
        (error: unknown) => settle(reject, error),
      );
      if (this.hasCome) wake();
    });
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#wake = undefined;
  }
}
