/** From `fit`'s running means of an epoch: figures over the samples since the last report, and their rate. */
import type { Logs } from 'mlp-wasm';

/** How quickly an old rate is forgotten, in ms. */
const RATE_MEMORY_MS = 800;
/** Samples that a figure is the mean of, at least: fewer would draw spikes, at the borders of epochs for one. */
const SAMPLES_AT_LEAST = 1000;

export interface Figures {
  samplesPerSecond: number;
  loss: number;
  accuracy: number;
}

interface Totals {
  samples: number;
  loss: number;
  hits: number;
}

const NOTHING: Totals = { samples: 0, loss: 0, hits: 0 };

export class Meter {
  /** Totals over the epochs that are done. */
  #done = NOTHING;
  /** Totals when the last figures were given; undefined until a run that goes on has reported its position. */
  #reported: Totals | undefined;
  #time: number;
  #timed: number;
  #rate: number | undefined;
  readonly #least: number;

  /**
   * @param epochSamples samples of an epoch
   * @param isNew false for a run that goes on from a checkpoint
   */
  constructor(epochSamples: number, isNew: boolean, now: number) {
    this.#least = Math.min(SAMPLES_AT_LEAST, epochSamples);
    this.#reported = isNew ? NOTHING : undefined;
    this.#timed = 0;
    this.#time = now;
  }

  /** The clock starts again after a pause; the rate so far is kept. */
  restart(now: number): void {
    this.#time = now;
  }

  /**
   * Figures over the samples since the last ones, once there are enough of them.
   *
   * @param logs means over the first `samples` samples of the epoch
   */
  take(samples: number, logs: Logs, now: number): Figures | undefined {
    const totals = this.#totals(samples, logs);
    if (!this.#reported) {
      this.#reported = totals;
      this.#timed = totals.samples;
      this.#time = now;
      return undefined;
    }
    const fresh = totals.samples - this.#reported.samples;
    if (fresh < this.#least) return undefined;
    const elapsed = now - this.#time;
    if (elapsed > 0) {
      const rate = (1000 * (totals.samples - this.#timed)) / elapsed;
      const share = 1 - Math.exp(-elapsed / RATE_MEMORY_MS);
      this.#rate = this.#rate === undefined ? rate : this.#rate + share * (rate - this.#rate);
    }
    const figures = {
      samplesPerSecond: this.#rate ?? 0,
      loss: Math.max(0, (totals.loss - this.#reported.loss) / fresh),
      accuracy: Math.min(1, Math.max(0, (totals.hits - this.#reported.hits) / fresh)),
    };
    this.#reported = totals;
    this.#timed = totals.samples;
    this.#time = now;
    return figures;
  }

  /** An epoch of `samples` samples is over, `logs` its means. */
  endEpoch(samples: number, logs: Logs): void {
    this.#done = this.#totals(samples, logs);
    this.#reported ??= this.#done;
  }

  #totals(samples: number, logs: Logs): Totals {
    return {
      samples: this.#done.samples + samples,
      loss: this.#done.loss + logs.loss * samples,
      hits: this.#done.hits + (logs['accuracy'] ?? 0) * samples,
    };
  }
}
