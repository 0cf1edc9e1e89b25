/** Times predictions of one sample, and of many at once. */

/** Median µs of one call among thousands, in blocks long enough for a page's coarse clock. */
export async function drivePredictOne(model, work, { x }, job) {
  const features = work.sizes[0];
  const inputs = Array.from({ length: work.rows }, (_, row) => x.slice(row * features, (row + 1) * features));
  const result = { samples: [] };
  if (job.verify) {
    const outputs = [];
    for (const input of inputs) outputs.push(...(await model.predict(input)));
    result.outputs = Float32Array.from(outputs);
  }

  let at = 0;
  let sink = 0; // keeps every answer in use
  const block = async (calls) => {
    const begin = performance.now();
    for (let i = 0; i < calls; ++i) {
      const input = inputs[at++ % inputs.length];
      const answer = model.predict(input);
      sink += (answer instanceof Promise ? await answer : answer)[0];
    }
    return performance.now() - begin;
  };

  let calls = 1;
  const warm = performance.now();
  while (performance.now() - warm < job.budgetMs / 2) if ((await block(calls)) < 5) calls *= 2;
  for (let spent = 0; spent < job.budgetMs || result.samples.length < 5;) {
    const ms = await block(calls);
    spent += ms;
    result.samples.push((ms * 1000) / calls);
  }
  if (!(sink > 0)) throw new Error(`${work.id}: the predictions do not add up to anything`);
  return result;
}

/** Samples a second when all rows go in at once. */
export async function drivePredictMany(model, work, { x }, job) {
  const all = x.slice(0, work.rows * work.sizes[0]);
  const result = { samples: [] };
  const outputs = await model.predict(all);
  if (job.verify) result.outputs = outputs;
  const begin = performance.now();
  while (performance.now() - begin < job.budgetMs / 2) await model.predict(all);
  for (let spent = 0; spent < job.budgetMs || result.samples.length < job.repetitions;) {
    const start = performance.now();
    await model.predict(all);
    const ms = performance.now() - start;
    spent += ms;
    result.samples.push((work.rows * 1000) / ms);
  }
  return result;
}
