/** Where batches come from. */
import type { Position } from './core.js';

/** Batches, epoch after epoch; between two epochs unless `beginEpoch` or `seek` was called. */
export interface Source {
  /** Batches done in this epoch. */
  readonly batch: number;
  /** Whether these are all. */
  readonly epochDone: boolean;
  /** Of this epoch so far: [rows, mean loss, metrics …], and what they are made from. */
  results(): number[];
  totals(): number[];
  beginEpoch(): void;
  /** To where another source of the same batches was. */
  seek(position: Position): void | Promise<void>;
  /** Whether there is another batch in this epoch; once that is known. There is none where training is aborted. */
  more(): boolean | Promise<boolean>;
  /** Trains on up to this many batches, for about this many milliseconds, but at least on one. */
  run(batches: number, budgetMs: number): void;
  /** Batches done in the pass that was begun last, 0 where all are. */
  passBatch(): number;
  close(): void | Promise<void>;
}
