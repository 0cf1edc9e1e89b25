/** A training on some rows of a table, with the callbacks by which the page follows, pauses and ends it. */
import { classifier, regressor } from 'mlp-wasm/tables';
import type { ClassifierModel, Column, EstimatorOptions, RegressorModel, Table } from 'mlp-wasm/tables';
import type { Callbacks, Logs, TrainedModel, Weight } from 'mlp-wasm';
import { CLASSES_AT_MOST, ROWS_AT_LEAST } from '../../shared/table-work.js';
import type { EpochFigures, TrainPlan } from '../../shared/table-work.js';
import { TableFault } from './faults.js';
import { split } from './split.js';

export type TableModel = ClassifierModel | RegressorModel;

/** Most numbers that the inputs of all rows may be, 512 MB. */
const INPUTS_AT_MOST = 2 ** 27;

/** Rows by their use. */
export interface Parts {
  train: number[];
  test: number[];
  withoutTarget: number;
}

/** The cell of a column as the name of its class; undefined where it is missing. */
export function classIn({ kind, codes, categories, numbers }: Column, row: number): string | undefined {
  if (codes) return codes[row]! < 0 ? undefined : categories![codes[row]!]!;
  const number = numbers?.[row] ?? NaN;
  if (Number.isNaN(number)) return undefined;
  return kind === 'boolean' ? String(number === 1) : String(number);
}

/** Rows to learn from and rows to be judged by; refuses tables from which nothing can be learned. */
export function partsOf(table: Table, { target, task, test, seed }: TrainPlan): Parts {
  const column = table.column(target);
  const labels = new Set<string>();
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const label = classIn(column, row);
    if (label === undefined) continue;
    rows.push(row);
    if (labels.size <= CLASSES_AT_MOST) labels.add(label);
  }
  if (rows.length === 0) throw new TableFault({ fault: 'no target', column: target });
  if (labels.size === 1) throw new TableFault({ fault: 'constant', column: target });
  if (rows.length < ROWS_AT_LEAST) throw new TableFault({ fault: 'few rows', got: rows.length });
  if (task === 'classes' && labels.size > CLASSES_AT_MOST) {
    const count = new Set(rows.map((row) => classIn(column, row))).size;
    throw new TableFault({ fault: 'classes', got: count });
  }
  const classOf = task === 'classes' ? (row: number) => classIn(column, row)! : undefined;
  return { ...split(rows, classOf, test / 100, seed), withoutTarget: table.rows - rows.length };
}

/** Refuses a network whose inputs would not fit into memory: each category is one. */
export function checkInputs(table: Table, { features }: TrainPlan): void {
  const width = features.reduce((sum, name) => sum + (table.column(name).categories?.length ?? 1), 0);
  if (width * table.rows > INPUTS_AT_MOST) throw new TableFault({ fault: 'inputs', got: width });
}

export function optionsOf(plan: TrainPlan): EstimatorOptions {
  const { target, task, features, hidden, activation, optimizer, learningRate, batchSize } = plan;
  const { epochs, seed, dropout, validation, patience, balanced } = plan;
  return {
    target,
    features,
    hidden,
    activation: activation as NonNullable<EstimatorOptions['activation']>,
    optimizer: optimizer as NonNullable<EstimatorOptions['optimizer']>,
    ...(learningRate !== undefined && { learningRate }),
    ...(batchSize !== undefined && { batchSize }),
    epochs,
    seed,
    dropout,
    validationSplit: validation / 100,
    // Without a patience training takes all epochs; see `LastWeights`.
    patience: patience ?? epochs + 1,
    ...(balanced && task === 'classes' && { classWeight: 'balanced' as const }),
  };
}

/** Puts back the weights of the last epoch, because the package's own callback has put back those of the best one. */
class LastWeights implements Callbacks {
  #model: TrainedModel | undefined;
  #weights: Weight[] | undefined;

  setModel(model: TrainedModel): void {
    this.#model = model;
  }

  onEpochEnd(): void {
    this.#weights = this.#model!.getWeights();
  }

  onTrainEnd(): void {
    if (this.#weights) this.#model!.setWeights(this.#weights);
  }
}

/** The training under way: what can be done to it, and how far it has come. */
export class Attempt {
  readonly #abort = new AbortController();
  #resume: (() => void) | undefined;
  #paused: Promise<void> | undefined;
  epochs = 0;
  best: { epoch: number; valLoss: number } | undefined;
  #diverged = false;

  get wasStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  stop(): void {
    this.#abort.abort();
    this.pause(false);
  }

  pause(isPaused: boolean): void {
    if (isPaused === (this.#paused !== undefined)) return;
    if (isPaused) this.#paused = new Promise((resolve) => (this.#resume = resolve));
    else {
      this.#resume?.();
      this.#paused = undefined;
    }
  }

  /** @param onEpoch hears the figures of each epoch */
  async train(table: Table, plan: TrainPlan, onEpoch: (figures: EpochFigures) => void): Promise<TableModel> {
    const score = plan.task === 'classes' ? 'accuracy' : 'r2Score';
    const valScore = plan.task === 'classes' ? 'valAccuracy' : 'valR2Score';
    const options = optionsOf(plan);
    const follow: Callbacks = {
      onYield: () => this.#paused,
      onEpochEnd: (epoch: number, logs: Logs) => {
        const { loss, valLoss } = logs;
        if (!Number.isFinite(loss)) {
          this.#diverged = true;
          this.#abort.abort();
          return undefined;
        }
        this.epochs = epoch + 1;
        if (valLoss !== undefined && valLoss < (this.best?.valLoss ?? Infinity)) {
          this.best = { epoch: this.epochs, valLoss };
        }
        const of = { epoch: this.epochs, loss, score: logs[score]! };
        onEpoch(valLoss === undefined ? of : { ...of, valLoss, valScore: logs[valScore]! });
        return this.#paused;
      },
    };
    const callbacks = [...(plan.patience === undefined ? [new LastWeights()] : []), follow];
    const fitting = { signal: this.#abort.signal, callbacks };
    try {
      const model =
        plan.task === 'classes'
          ? await classifier(options).fit(table, fitting)
          : await regressor(options).fit(table, fitting);
      if (!this.#diverged) return model;
      model.dispose();
    } catch (error) {
      if (!this.#diverged && this.wasStopped && this.epochs === 0) throw new TableFault({ fault: 'stopped' });
      if (!this.#diverged) throw error;
    }
    throw new TableFault({ fault: 'diverged' });
  }
}
