/** From `fit`'s running means of an epoch: figures over the samples since the last report, and their rate. */
import type { Logs } from 'mlp-wasm';

/** How quickly an old rate is forgotten, in ms. */
const RATE_MEMORY_MS = 800;

export interface Figures {
  samplesPerSecond: number;
  loss: number;
  accuracy: number;
}

export class Meter {
  #epoch = -1;
  #samples = 0;
  #lossSum = 0;
  #hits = 0;
  #time = 0;
  #rate: number | undefined;

  /** The clock starts, or starts again after a pause; the rate so far is kept. */
  start(now: number): void {
    this.#time = now;
  }

  /** `logs` are the means over the first `samples` samples of `epoch`. */
  since(epoch: number, samples: number, logs: Logs, now: number): Figures {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#samples = this.#lossSum = this.#hits = 0;
    }
    const fresh = samples - this.#samples;
    const elapsed = now - this.#time;
    const lossSum = logs.loss * samples;
    const hits = (logs['accuracy'] ?? 0) * samples;
    const mean = (sum: number, before: number, overall: number): number =>
      fresh > 0 ? (sum - before) / fresh : overall;
    if (fresh > 0 && elapsed > 0) {
      const rate = (1000 * fresh) / elapsed;
      const share = 1 - Math.exp(-elapsed / RATE_MEMORY_MS);
      this.#rate = this.#rate === undefined ? rate : this.#rate + share * (rate - this.#rate);
    }
    const figures = {
      samplesPerSecond: this.#rate ?? 0,
      loss: Math.max(0, mean(lossSum, this.#lossSum, logs.loss)),
      accuracy: Math.min(1, Math.max(0, mean(hits, this.#hits, logs['accuracy'] ?? 0))),
    };
    this.#samples = samples;
    this.#lossSum = lossSum;
    this.#hits = hits;
    this.#time = now;
    return figures;
  }
}
