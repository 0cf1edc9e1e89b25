/** A trained model on rows that it has not seen, beside the simplest answer that there is; and what the form needs. */
import type { Column, Table } from 'mlp-wasm/tables';
import type {
  AskedFeature,
  Cell,
  ClassFigures,
  Example,
  NumberFigures,
  Results,
  TrainPlan,
} from '../../shared/table-work.js';
import { classIn, type Parts, type TableModel } from './training.js';

/** Points of the scatter, and rows that can be asked about. */
const POINTS = 400;
const EXAMPLES = 40;

export function examine(model: TableModel, table: Table, parts: Parts, plan: TrainPlan): Results {
  const { target } = plan;
  const column = table.column(target);
  const test = table.take(parts.test);
  const { features } = model;
  const layers = model.network.layers.flatMap(({ className, units }) => (className === 'dense' ? [units] : []));
  const validation = heldOut(parts.train.length, plan.validation);
  return {
    target,
    figures: 'labels' in model ? ofClasses(model, test, column, parts) : ofNumbers(model, test, column, parts),
    rows: {
      train: parts.train.length - validation,
      validation,
      test: parts.test.length,
      withoutTarget: parts.withoutTarget,
    },
    useless: plan.features.filter((name) => !features.some((feature) => feature.name === name)),
    features: features.map((feature): AskedFeature => {
      const { name, kind } = feature;
      if (kind === 'category') return { name, kind, categories: [...feature.categories] };
      if (kind === 'boolean') return { name, kind };
      return { name, kind, range: { ...rangeOf(table.column(name)), median: feature.median } };
    }),
    examples: examplesOf(table, parts, plan, features),
    layers: [model.network.inputShape[0], ...layers],
    parameters: model.network.countParams(),
  };
}

/** Rows that the package holds out of those to learn from. */
function heldOut(rows: number, percent: number): number {
  return rows < 10 ? 0 : Math.min(rows - 1, Math.round((percent / 100) * rows));
}

function ofClasses(
  model: Extract<TableModel, { labels: string[] }>,
  test: Table,
  column: Column,
  parts: Parts,
): ClassFigures {
  const { accuracy, f1, confusionMatrix } = model.score(test);
  const { labels, counts } = confusionMatrix!;
  const learned = new Map<string, number>();
  for (const row of parts.train) {
    const label = classIn(column, row)!;
    learned.set(label, (learned.get(label) ?? 0) + 1);
  }
  const [label] = [...learned].sort((a, b) => b[1] - a[1])[0]!;
  const right = parts.test.filter((row) => classIn(column, row) === label).length;
  return { task: 'classes', accuracy, f1, labels, counts, baseline: { label, accuracy: right / parts.test.length } };
}

function ofNumbers(
  model: Exclude<TableModel, { labels: string[] }>,
  test: Table,
  column: Column,
  parts: Parts,
): NumberFigures {
  const { mae, rmse, r2 } = model.score(test);
  const numbers = column.numbers!;
  const mean = parts.train.reduce((sum, row) => sum + numbers[row]! / parts.train.length, 0);
  let [absolutes, squares] = [0, 0];
  for (const row of parts.test) {
    const error = numbers[row]! - mean;
    absolutes += Math.abs(error) / parts.test.length;
    squares += error ** 2 / parts.test.length;
  }
  const shown = spread(parts.test, POINTS);
  const predicted = model.predict(test.take(shown.map(({ at }) => at))) as number[];
  const points = { actual: shown.map(({ row }) => numbers[row]!), predicted };
  return { task: 'numbers', mae, rmse, r2, baseline: { mean, mae: absolutes, rmse: Math.sqrt(squares) }, points };
}

/** Some of the rows, evenly, with their place among them. */
function spread(rows: readonly number[], atMost: number): { row: number; at: number }[] {
  const count = Math.min(rows.length, atMost);
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor((i * rows.length) / count);
    return { row: rows[at]!, at };
  });
}

function rangeOf({ numbers }: Column): { min: number; max: number; isWhole: boolean } {
  let [min, max, isWhole] = [Infinity, -Infinity, true];
  for (const number of numbers ?? []) {
    if (Number.isNaN(number)) continue;
    min = Math.min(min, number);
    max = Math.max(max, number);
    isWhole &&= Number.isInteger(number);
  }
  return { min, max, isWhole };
}

function examplesOf(
  table: Table,
  parts: Parts,
  { target, task }: TrainPlan,
  features: readonly { name: string }[],
): Example[] {
  return spread(parts.test, EXAMPLES).map(({ row }) => {
    const all: Record<string, Cell> = table.row(row);
    const actual = task === 'classes' ? classIn(table.column(target), row)! : Number(all[target]);
    return { row: row + 1, cells: Object.fromEntries(features.map(({ name }) => [name, all[name] ?? null])), actual };
  });
}
