/** "Your table" in its worker: holds the table that was given and the model that learned from it. */
import { loadTableModel, permutationImportance } from 'mlp-wasm/tables';
import type { FromTable, TableTasks, TaskName, ToTable, TrainPlan } from '../../shared/table-work.js';
import { examine } from './examine.js';
import { faultOf, TableFault } from './faults.js';
import { predictions } from './predictions.js';
import { read, type ReadResult } from './reading.js';
import { Attempt, checkInputs, partsOf, type Parts, type TableModel } from './training.js';

/** A model with the rows that it learned from; they stay its own when the table is read in another way. */
interface Learned extends Pick<ReadResult, 'table' | 'bytes'> {
  model: TableModel;
  parts: Parts;
  seed: number;
}

/** Rows that importance is measured on: of more, the time would be long and the figures the same. */
const IMPORTANCE_ROWS = 2000;

let current: ReadResult | undefined;
let learned: Learned | undefined;
let attempt: Attempt | undefined;

const post = (message: FromTable): void => (globalThis as unknown as Worker).postMessage(message);

function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TableFault({ fault: 'empty' });
  return value;
}

function become(next: Learned): Learned {
  learned?.model.dispose();
  return (learned = next);
}

const TASKS: {
  [Name in TaskName]: (
    take: TableTasks[Name]['take'],
    id: number,
  ) => Promise<TableTasks[Name]['give']> | TableTasks[Name]['give'];
} = {
  async read({ source, options }) {
    current = await read(source, options);
    return current.profile;
  },
  async train({ plan }, id) {
    const { table, bytes } = given(current);
    checkInputs(table, plan);
    const parts = partsOf(table, plan);
    const own = (attempt = new Attempt());
    const model = await own.train(table.take(parts.train), plan, (epoch) => post({ epoch, of: id }));
    const { best, epochs, wasStopped } = own;
    if (attempt !== own) {
      model.dispose();
      throw new TableFault({ fault: 'stopped' });
    }
    become({ table, bytes, model, parts, seed: plan.seed });
    return {
      results: examine(model, table, parts, plan),
      epochs,
      ...(best && plan.patience !== undefined && { best: best.epoch }),
      optimizer: model.training.optimizer,
      learningRate: model.training.learningRate,
      wasStopped,
      model: await model.save(),
    };
  },
  pause({ isPaused }) {
    attempt?.pause(isPaused);
    return undefined;
  },
  stop() {
    attempt?.stop();
    return undefined;
  },
  async revive({ plan, model: file }: { plan: TrainPlan; model: Uint8Array<ArrayBuffer> }) {
    const { table, bytes } = given(current);
    const parts = partsOf(table, plan);
    const model = await loadTableModel(file);
    become({ table, bytes, model, parts, seed: plan.seed });
    return examine(model, table, parts, plan);
  },
  ask({ cells }) {
    const { model } = given(learned);
    if ('labels' in model) return { task: 'classes', probabilities: model.predict(cells).probabilities };
    return { task: 'numbers', value: model.predict(cells) as number };
  },
  async importance() {
    const { model, table, parts, seed } = given(learned);
    const rows = parts.test.slice(0, IMPORTANCE_ROWS);
    return permutationImportance(model, table.take(rows), { seed });
  },
  async script() {
    const { scriptOf } = await import('./script.js');
    return scriptOf(given(learned).model);
  },
  predictions() {
    const { bytes, table, parts, model } = given(learned);
    return predictions(bytes, table, parts, model);
  },
};

/** Does a task of the page and tells it what came of it. */
export function serve({ id, task, take }: ToTable): void {
  const work = TASKS[task] as (take: unknown, id: number) => unknown;
  new Promise((resolve) => resolve(work(take, id)))
    .then((give) => post({ id, give }))
    .catch((error: unknown) => post({ id, fault: faultOf(error) }));
}
