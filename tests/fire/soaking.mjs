// The process of a soak: see entries/soak.mjs.
import { readdirSync } from 'node:fs';
import { connect } from '../../dist/worker.js';
import * as library from '../../build/internals/index.js';
import { drawTraining, turn } from './trainings.mjs';

/** Trainings that come again and again: as many options as fit into a round each. */
const TRAININGS = 25;

/** A model is made, trained with whatever the seed drew, used in every way, handed on as a file, and disposed of. */
async function round(trainings, i) {
  const training = trainings[i % trainings.length];
  const model = await training.build(library);
  await training.run(library, model, { log: [], last: {} });
  model.predict(training.x);
  const again = await library.loadCheckpoint(model.checkpoint());
  again.dispose();
  model.dispose();
}

/** A worker is started, trains a model, and is ended: sometimes with the model, sometimes in the middle of it. */
async function worker(trainings, i) {
  const mlp = await connect(i % 3 === 0 ? { onRestart() {} } : {});
  const training = trainings[i % trainings.length];
  const model = await training.build(mlp);
  const isTrained = training.run(library, model, { log: [], last: {} }).catch(() => undefined);
  if (i % 4 !== 0) await isTrained;
  if (i % 2 === 0) await model.dispose().catch(() => undefined);
  mlp.terminate();
  await isTrained;
}

/** Memory that this process holds once garbage is collected. */
async function look() {
  for (let i = 0; i < 5; ++i) {
    await turn();
    await new Promise((resolve) => setTimeout(resolve, 20)); // threads end in their own time
    globalThis.gc();
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { _malloc, _free } = library.mlp();
  // A block larger than any gap lies above everything that is in use.
  const top = _malloc(400_000);
  _free(top);
  return {
    rss,
    jsHeap: heapUsed,
    outside: external + arrayBuffers,
    wasm: library.mlp().HEAPU8.length, // of now: the block may have made it grow
    wasmTop: top,
    handles: process.getActiveResourcesInfo().length,
    threads: readdirSync('/proc/self/task').length,
    files: readdirSync('/proc/self/fd').length,
  };
}

process.once('message', ({ what, seed, count, looks }) => {
  void (async () => {
    try {
      await library.init();
      const byMessage = what === 'workers';
      const trainings = Array.from({ length: TRAININGS }, (_, i) => drawTraining(seed + i, { byMessage }));
      const once = byMessage ? worker : round;
      const warm = Math.ceil(count / 3);
      const every = Math.max(1, Math.floor((count - warm) / looks));
      for (let i = 1; i <= count; ++i) {
        await once(trainings, i);
        if (i >= warm && (i - warm) % every === 0) process.send({ look: { round: i, ...(await look()) } });
      }
      process.send({ done: true });
    } catch (error) {
      process.send({ error: error.stack });
    }
  })();
});
