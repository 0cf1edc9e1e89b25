/** Times training, and lets the harness see what was learnt. Runs wherever the tool does: in Node or in a page. */
const LOSS_ROWS = 1000;

/**
 * @param model what a peer made: train(rows, epochs), predict(x), restart()
 * @param {{ verify: boolean, budgetMs: number, repetitions: number }} job
 * @returns rates in the work's unit, outputs after one epoch when asked to verify, outputs after the last repetition
 */
export async function driveTrain(model, work, { x, rows }, job) {
  const { batchSize, unit } = work;
  const first = x.subarray(0, LOSS_ROWS * work.sizes[0]);
  const allBatches = Math.floor(rows / batchSize);
  const result = { samples: [] };

  if (job.verify) {
    await model.restart();
    await model.train(work.verifyRows, 1);
    result.outputs = await model.predict(first);
  }

  const timed = async (batches) => {
    const trained = Math.min(batches, allBatches) * batchSize;
    const epochs = Math.max(1, Math.round(batches / allBatches));
    await model.restart();
    const begin = performance.now();
    await model.train(trained, epochs);
    const ms = performance.now() - begin;
    return { ms, perSecond: (trained * epochs * 1000) / ms };
  };

  // Twice as much each time until it lasts: this warms the tool up, too.
  let batches = 1;
  let last = await timed(batches);
  while (last.ms < job.budgetMs / 2) {
    batches *= 2;
    last = await timed(batches);
  }
  batches = Math.max(1, Math.round((batches * job.budgetMs) / last.ms));
  for (let i = 0; i < job.repetitions; ++i) {
    const { perSecond } = await timed(batches);
    result.samples.push(unit === 'steps/s' ? perSecond / batchSize : perSecond);
  }
  result.outputsAfter = await model.predict(first);
  return result;
}
