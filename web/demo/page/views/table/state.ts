/** Everything that "Your table" knows, in an object of its own. */
import type {
  EpochFigures,
  Fault,
  ImportanceBar,
  ReadOptions,
  Results,
  TableProfile,
  TrainPlan,
} from '../../../shared/table-work.js';
import { Store } from '../../store.js';
import { initialFields, type Fields } from './settings.js';

/** A table as the visitor gave it. */
export interface Source {
  name: string;
  blob: Blob;
}

/** How far the training has come. */
export interface TableRun {
  phase: 'idle' | 'preparing' | 'training' | 'paused' | 'done' | 'stopped' | 'failed';
  plan?: TrainPlan;
  epochs: EpochFigures[];
  seconds: number;
  /** Epoch whose weights were kept. */
  best?: number;
  optimizer?: string;
  learningRate?: number;
  fault?: Fault;
}

export const NO_RUN: TableRun = { phase: 'idle', epochs: [], seconds: 0 };

/** A trained model, its figures, and its file. */
export interface Model {
  plan: TrainPlan;
  results: Results;
  file: Uint8Array<ArrayBuffer>;
}

export interface TableState {
  source: Source | undefined;
  isReading: boolean;
  /** Reason why the table that was given last could not be read. */
  fault: Fault | undefined;
  options: ReadOptions;
  profile: TableProfile | undefined;
  /** Columns to learn from, the target among them where it was ticked before. */
  included: ReadonlySet<string>;
  target: string | undefined;
  task: 'classes' | 'numbers';
  fields: Fields;
  run: TableRun;
  model: Model | undefined;
  importance: readonly ImportanceBar[] | undefined;
  /** False once the browser has refused to keep the table. */
  isKept: boolean;
}

export type TableStore = Store<TableState>;

export const PLAIN: ReadOptions = { kinds: {}, missing: [], header: 'auto' };

export function newStore(): TableStore {
  return new Store<TableState>({
    source: undefined,
    isReading: false,
    fault: undefined,
    options: PLAIN,
    profile: undefined,
    included: new Set(),
    target: undefined,
    task: 'classes',
    fields: initialFields(),
    run: NO_RUN,
    model: undefined,
    importance: undefined,
    isKept: true,
  });
}

export function isUnderWay({ phase }: TableRun): boolean {
  return phase === 'preparing' || phase === 'training' || phase === 'paused';
}
