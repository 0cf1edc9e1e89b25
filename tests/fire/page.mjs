// The page in which chromium.mjs has workers killed.
import * as local from '/dist/index.js';
import { connect } from '/dist/worker.js';
import { trainAndKill } from './killed.mjs';

/** See `trainAndKill`; `mortals` are the workers of chromium.mjs. */
globalThis.kill = async (seed) => {
  await local.init({ deterministic: true });
  const workers = globalThis.mortals;
  workers.length = 0;
  try {
    return { done: await trainAndKill({ local, connect, workers, seed }) };
  } catch (error) {
    return { fault: error.message };
  }
};
