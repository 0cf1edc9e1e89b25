import path from 'node:path';
import { workCalled } from '../works/index.mjs';

/** A job as the key=value arguments that the programs in other languages take. */
export function asArguments(job) {
  const work = workCalled(job.work);
  if (work.kind === 'init') return ['kind=init'];
  const weights = work.kind === 'train' ? `${work.id}.weights` : 'W1.trained';
  const options = {
    kind: work.kind,
    unit: work.unit,
    sizes: work.sizes,
    hidden: work.hidden,
    output: work.output,
    optimizer: work.optimizer.name,
    learningRate: work.optimizer.learningRate,
    batchSize: work.batchSize,
    verifyRows: work.verifyRows,
    rows: work.rows ?? 0,
    verify: job.verify,
    budgetMs: job.budgetMs,
    repetitions: job.repetitions,
    x: path.join(job.data, `${work.data}.x`),
    y: path.join(job.data, `${work.data}.y`),
    weights: path.join(job.data, weights),
    outputs: job.outputs,
  };
  return Object.entries(options).map(([key, value]) => `${key}=${value}`);
}
