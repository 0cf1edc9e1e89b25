/** Figures of an epoch or evaluation: their names, and what they are made from. */
import type { Handle } from './handle.js';
import { copyDoubles, reserve, scoped, writeDoubles } from '../wasm/heap.js';
import type { NativeTotals, NativeTrainer } from '../wasm/native.js';

/** Loss and metrics of an epoch or batch: `loss`, `accuracy`, `valLoss`, `valAccuracy` … */
export interface Logs {
  loss: number;
  [name: string]: number;
}

/** The names in the logs: `loss`, metrics; a name that was there before gets `_1`, `_2` … */
export function logNames(handle: Handle, prefix: '' | 'val' = ''): string[] {
  const names = ['loss', ...handle.compiled!.metrics.map(({ name }) => name)];
  const spelt = (name: string) => (prefix ? prefix + name[0]!.toUpperCase() + name.slice(1) : name);
  const seen = new Map<string, number>();
  return names.map((name) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return spelt(before ? `${name}_${before}` : name);
  });
}

/** The results of an `Evaluator` or `Trainer` by name. */
export function logsFrom(handle: Handle, results: number[], prefix: '' | 'val' = ''): { loss: number } {
  return Object.fromEntries(logNames(handle, prefix).map((name, i) => [name, results[1 + i]!])) as { loss: number };
}

/** Sums to go on with later: rows, sum of the losses, accumulators of the metrics. */
export function readTotals(judge: Pick<NativeTrainer, 'totals'>): number[] {
  const { rows, loss, metrics, count } = judge.totals();
  return [rows, loss, ...copyDoubles(metrics, count)];
}

/** Hands on what {@link readTotals} read. */
export function withTotals(totals: readonly number[], use: (totals: NativeTotals) => void): void {
  scoped((scope) => {
    const accumulators = Float64Array.from(totals.slice(2));
    const metrics = scope.allocate(8 + accumulators.byteLength);
    writeDoubles(metrics, accumulators);
    reserve(accumulators.byteLength); // the core copies them
    use({ rows: totals[0]!, loss: totals[1]!, metrics, count: accumulators.length });
  });
}
