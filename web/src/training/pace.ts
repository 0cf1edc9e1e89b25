/** Turns for the event loop, so that a page stays alive while a model trains. */
import type { FitOptions } from './options.js';

let channel: MessageChannel | undefined;

// one for all: what nobody holds can be collected with its message unread
const waiting: (() => void)[] = [];

/** Resolves in a new task of the event loop, without the 4 ms that browsers add to nested timers. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()!();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

declare const setImmediate: undefined | ((callback: () => void) => void);

/** When the event loop is due a turn. */
export class Pace {
  /** Milliseconds from one turn to the next. */
  readonly everyMs: number;
  #last = performance.now();

  constructor(yieldEvery: Required<FitOptions>['yieldEvery']) {
    this.everyMs = typeof yieldEvery === 'number' ? yieldEvery : Infinity;
  }

  /** Milliseconds that training may go on; none are left where it is time for a turn. */
  get leftMs(): number {
    return this.everyMs - (performance.now() - this.#last);
  }

  async turn(): Promise<void> {
    await nextTask();
    this.#last = performance.now();
  }
}
