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

  /** Whether there are samples that were not reported yet. */
  isNews(epoch: number, samples: number): boolean {
    return epoch !== this.#epoch || samples > this.#samples;
  }

  /** `logs` are the means over the first `samples` samples of `epoch`, some of which must be news. */
  since(epoch: number, samples: number, logs: Logs, now: number): Figures {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#samples = this.#lossSum = this.#hits = 0;
    }
    const fresh = samples - this.#samples;
    const elapsed = now - this.#time;
    const lossSum = logs.loss * samples;
    const hits = (logs['accuracy'] ?? 0) * samples;
    if (elapsed > 0) {
      const rate = (1000 * fresh) / elapsed;
      const share = 1 - Math.exp(-elapsed / RATE_MEMORY_MS);
      this.#rate = this.#rate === undefined ? rate : this.#rate + share * (rate - this.#rate);
    }
    const figures = {
      samplesPerSecond: this.#rate ?? 0,
      loss: Math.max(0, (lossSum - this.#lossSum) / fresh),
      accuracy: Math.min(1, Math.max(0, (hits - this.#hits) / fresh)),
    };
    this.#samples = samples;
    this.#lossSum = lossSum;
    this.#hits = hits;
    this.#time = now;
    return figures;
  }
}
