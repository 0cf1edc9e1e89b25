/**
 * Messages between the page and the worker that reads a visitor's table and trains on it. One worker for as long as the
 * table is looked at: it holds the table and the model, the page gets what it shows. Types and limits only: nothing here
 * may import the package's code.
 */
import type { ColumnKind } from 'mlp-wasm/tables';

/** Limits that the page names before a table is given. */
export const BYTES_AT_MOST = 50_000_000;
export const COLUMNS_AT_MOST = 300;
/** Classes that a confusion matrix can show. */
export const CLASSES_AT_MOST = 50;
/** Rows with a target below which a part held out would tell nothing. */
export const ROWS_AT_LEAST = 10;

export type Cell = number | boolean | string | null;

/** Ways to read a file that differ from what its content tells. */
export interface ReadOptions {
  kinds: Readonly<Record<string, ColumnKind>>;
  /** Spellings of a missing cell, beside the usual ones. */
  missing: readonly string[];
  header: boolean | 'auto';
}

/** A column as the page shows it. */
export interface ColumnProfile {
  name: string;
  kind: ColumnKind;
  missing: number;
  /** Different values; of many, one more than `MANY`. Of text, 0. */
  distinct: number;
  /** True if its numbers count the rows, so that there is nothing to learn from them. */
  isRowNumber: boolean;
  /** True if all its numbers are integers. */
  isWhole: boolean;
  /** True if it can be read as true and false. */
  isBinary: boolean;
  numbers?: { min: number; max: number; mean: number; median: number; bins: number[] };
  /** The most frequent categories, or true and false; `others` counts the rows of all further ones. */
  categories?: { top: { name: string; count: number }[]; others: number };
}

/** Something about a table that was guessed or left out. */
export type TableNote =
  | { note: 'dates' | 'never numbers'; column: string }
  | { note: 'texts'; column: string; different: string; rows: string }
  | { note: 'odd cell'; column: string; cell: string; line: string; cure: 'units' | 'thousands' | 'missing' }
  | { note: 'renamed'; column: string; from: string }
  | { note: 'decimal comma' | 'no header' }
  | { note: 'encoding'; name: string }
  | { note: 'other'; text: string };

export interface TableProfile {
  rows: number;
  columns: ColumnProfile[];
  notes: TableNote[];
  /** The first rows, as the file spells their cells. */
  preview: Cell[][];
}

/** A reason why something cannot be done, for the sentence that tells it. */
export type Fault =
  | {
      fault:
        'empty' | 'only header' | 'binary' | 'json' | 'html' | 'one column' | 'no feature' | 'stopped' | 'diverged';
    }
  | { fault: 'format'; format: string }
  | { fault: 'large' | 'wide' | 'few rows' | 'classes' | 'inputs'; got: number }
  | { fault: 'ragged'; line: string; expected: string; got: string }
  | { fault: 'quote'; line: string }
  | { fault: 'no number' | 'no boolean'; column: string; cell: string }
  | { fault: 'categories'; column: string }
  | { fault: 'constant' | 'no target'; column: string }
  | { fault: 'other'; text: string };

/** A training, with all that it depends on. */
export interface TrainPlan {
  target: string;
  task: 'classes' | 'numbers';
  features: readonly string[];
  hidden: readonly number[];
  activation: string;
  optimizer: string;
  /** Absent: found by a test. */
  learningRate?: number;
  /** Absent: by the number of rows. */
  batchSize?: number;
  epochs: number;
  seed: number;
  dropout: number;
  /** Shares of the rows, in percent. */
  test: number;
  validation: number;
  /** Epochs without a better validation loss after which it ends, the best weights staying; absent: it takes all. */
  patience?: number;
  /** True if rare classes count as much as frequent ones. */
  balanced: boolean;
}

/** Figures after an epoch; `score` is accuracy, or R² of numbers. */
export interface EpochFigures {
  epoch: number;
  loss: number;
  score: number;
  valLoss?: number;
  valScore?: number;
}

/** A column that the model learned from, as the form asks for it. */
export interface AskedFeature {
  name: string;
  kind: 'numeric' | 'boolean' | 'category';
  range?: { min: number; max: number; median: number; isWhole: boolean };
  categories?: string[];
}

/** A row that the model has not learned from. */
export interface Example {
  /** Counted from 1. */
  row: number;
  cells: Record<string, Cell>;
  actual: string | number;
}

export interface ClassFigures {
  task: 'classes';
  accuracy: number;
  f1: number;
  labels: string[];
  /** `counts[i][j]`: rows of class i that were taken for class j. */
  counts: number[][];
  baseline: { label: string; accuracy: number };
}

export interface NumberFigures {
  task: 'numbers';
  mae: number;
  rmse: number;
  r2: number;
  baseline: { mean: number; mae: number; rmse: number };
  /** Of some rows, the true number and the predicted one. */
  points: { actual: number[]; predicted: number[] };
}

export interface Results {
  target: string;
  figures: ClassFigures | NumberFigures;
  rows: { train: number; validation: number; test: number; withoutTarget: number };
  /** Columns that were to be learned from and tell nothing, because all their cells are the same or missing. */
  useless: string[];
  features: AskedFeature[];
  examples: Example[];
  /** Inputs of the network, its layers, its weights. */
  layers: number[];
  parameters: number;
}

/** The end of a training. */
export interface Trained {
  results: Results;
  epochs: number;
  /** Epoch with the least validation loss, counted from 1, where its weights were kept. */
  best?: number;
  optimizer: string;
  learningRate: number;
  wasStopped: boolean;
  /** The file of the model, to bring it back after a reload. */
  model: Uint8Array<ArrayBuffer>;
}

export type Answer =
  { task: 'classes'; probabilities: { label: string; probability: number }[] } | { task: 'numbers'; value: number };

export interface ImportanceBar {
  feature: string;
  importance: number;
  deviation: number;
}

/** Everything that the page asks the worker to do, by name: what it takes, and what it answers. */
export interface TableTasks {
  read: { take: { source: Blob; options: ReadOptions }; give: TableProfile };
  train: { take: { plan: TrainPlan }; give: Trained };
  pause: { take: { isPaused: boolean }; give: undefined };
  stop: { take: object; give: undefined };
  revive: { take: { plan: TrainPlan; model: Uint8Array<ArrayBuffer> }; give: Results };
  ask: { take: { cells: Record<string, Cell> }; give: Answer };
  importance: { take: object; give: ImportanceBar[] };
  script: { take: { name: string }; give: string };
  predictions: { take: object; give: Blob };
}

export type TaskName = keyof TableTasks;
export type ToTable = { [Name in TaskName]: { id: number; task: Name; take: TableTasks[Name]['take'] } }[TaskName];
export type FromTable =
  { id: number; give: unknown } | { id: number; fault: Fault } | { epoch: EpochFigures; of: number };
