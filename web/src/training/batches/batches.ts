/** Sources of batches. */
import type { Position } from '../../model/handle.js';

/** Batches, epoch after epoch; between two epochs unless `beginEpoch` or `seek` was called. */
export interface BatchSource {
  /** Batches done in this epoch. */
  readonly batch: number;
  /** True if these are all of the epoch. */
  readonly epochDone: boolean;
  /** Of this epoch so far: [rows, mean loss, metrics …]. */
  results(): number[];
  /** The sums that results are made from. */
  totals(): number[];
  beginEpoch(): void;
  /** Goes to the position that another source of the same batches had. */
  seek(position: Position): void | Promise<void>;
  /** True if there is another batch in this epoch; a promise if that is not known yet. False if training is aborted. */
  more(): boolean | Promise<boolean>;
  /** Trains on up to this many batches, for about this many milliseconds, but at least on one. */
  run(batches: number, budgetMs: number): void;
  /** Batches done in the pass that was begun last, 0 where all are. */
  passBatch(): number;
  close(): void | Promise<void>;
}
