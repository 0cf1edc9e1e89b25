/** Batches of arrays in memory, which the core cuts itself. */
import { augmentationBytes, placeAugmentation, type AugmentationBlock } from './augment.js';
import {
  accumulatorBytes,
  place,
  readTotals,
  reserveWorkspace,
  withTotals,
  type Core,
  type Position,
} from './core.js';
import type { InputRows, TargetRows } from './data.js';
import type { Scope } from './heap.js';
import { Rates } from './rates.js';
import type { Source } from './source.js';
import { mlp, type NativeTrainer } from './wasm.js';

export interface Samples extends InputRows {
  targets: TargetRows;
}

export class ArraySource implements Source {
  readonly #core: Core;
  readonly #rates: Rates;
  readonly #trainer: NativeTrainer;
  readonly #batches: number;
  readonly #batchesPerPass: number;

  /** `stepsPerEpoch` of 0: one pass. */
  constructor(
    core: Core,
    scope: Scope,
    training: Samples,
    options: {
      batchSize: number;
      shuffle: boolean;
      stepsPerEpoch: number;
      augmentation: AugmentationBlock | undefined;
    },
  ) {
    const { batchSize, shuffle, stepsPerEpoch, augmentation } = options;
    this.#core = core;
    this.#rates = new Rates(core, scope);
    const samples = place(scope, training, training.targets);
    placeAugmentation(scope, samples, augmentation);
    const rows = Math.min(batchSize, training.rows);
    // And the order of the samples, and what training accumulates.
    const more = 4 * training.rows + accumulatorBytes(core) + augmentationBytes(augmentation, rows);
    reserveWorkspace(core, rows, more);
    this.#trainer = new (mlp().Trainer)(core.native, samples, batchSize, shuffle, stepsPerEpoch);
    this.#batches = this.#trainer.batchesPerEpoch();
    this.#batchesPerPass = Math.ceil(training.rows / batchSize);
  }

  get batch(): number {
    return this.#trainer.batch();
  }

  get epochDone(): boolean {
    return this.#trainer.epochDone();
  }

  results(): number[] {
    return this.#trainer.results();
  }

  totals(): number[] {
    return readTotals(this.#core, this.#trainer);
  }

  beginEpoch(): void {
    this.#trainer.beginEpoch();
  }

  seek({ batch, passBatch, totals }: Position): void {
    const known = totals.length > 0 ? totals : this.totals();
    withTotals(known, (rows, loss, accumulators) =>
      this.#trainer.seek(batch, passBatch || this.#batchesPerPass, rows, loss, accumulators),
    );
  }

  more(): boolean {
    return !this.#trainer.epochDone();
  }

  run(batches: number, budgetMs: number): void {
    const wanted = Math.min(batches, this.#batches);
    if (!this.#rates.vary) {
      this.#trainer.run(wanted, budgetMs, 0);
    } else {
      const { place, count } = this.#rates.next(Math.min(wanted, this.#batches - this.batch));
      this.#trainer.run(count, budgetMs, place);
    }
  }

  passBatch(): number {
    return this.#trainer.passBatch() % this.#batchesPerPass;
  }

  close(): void {
    this.#trainer.delete();
  }
}
