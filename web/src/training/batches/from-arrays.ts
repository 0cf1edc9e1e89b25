/** Batches of arrays in memory, which the core cuts itself. */
import { copyInSamples } from '../../data/place.js';
import type { InputRows } from '../../data/samples.js';
import type { TargetRows } from '../../data/targets.js';
import type { Handle, Position } from '../../model/handle.js';
import { Rates } from '../../model/learning-rate.js';
import { readTotals, withTotals } from '../../model/logs.js';
import type { BatchSource } from './batches.js';
import type { Scope } from '../../wasm/heap.js';
import { reserve } from '../../wasm/heap.js';
import { mlp } from '../../wasm/module.js';
import { NO_AUGMENTATION, type NativeAugmentation, type NativeTrainer } from '../../wasm/native.js';

export interface Samples extends InputRows {
  targets: TargetRows;
}

export class ArrayBatches implements BatchSource {
  readonly #rates: Rates;
  readonly #trainer: NativeTrainer;
  readonly #batches: number;
  readonly #batchesPerPass: number;

  /** `stepsPerEpoch` of 0: one pass. */
  constructor(
    handle: Handle,
    scope: Scope,
    training: Samples,
    options: {
      batchSize: number;
      shuffle: boolean;
      stepsPerEpoch: number;
      augmentation: NativeAugmentation | undefined;
    },
  ) {
    const { batchSize, shuffle, stepsPerEpoch, augmentation } = options;
    this.#rates = new Rates(handle, scope);
    const samples = copyInSamples(scope, training, training.targets);
    reserve(handle.native.trainerBytes(samples, batchSize, shuffle, augmentation ?? NO_AUGMENTATION));
    this.#trainer = new (mlp().Trainer)(handle.native, samples, batchSize, shuffle, stepsPerEpoch);
    if (augmentation) this.#trainer.augment(augmentation);
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
    return readTotals(this.#trainer);
  }

  beginEpoch(): void {
    this.#trainer.beginEpoch();
  }

  seek({ batch, passBatch, totals }: Position): void {
    const known = totals.length > 0 ? totals : this.totals();
    withTotals(known, (all) => this.#trainer.seek(batch, passBatch || this.#batchesPerPass, all));
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
