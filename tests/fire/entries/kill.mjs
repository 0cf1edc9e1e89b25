// Workers that are killed at random moments, in Node's threads and in Chromium: every promise settles, and training goes on
// from the last checkpoint to the bits of the training that nobody disturbed.
import workerThreads from 'node:worker_threads';
import * as local from '../../../dist/index.js';
import { trainAndKill } from '../killed.mjs';
import { killInChromium } from '../chromium.mjs';

/** One in so many kills is one in Chromium. */
const IN_CHROMIUM = 10;

const MANY = 10;

/**
 * @param given.seed of the first training; the others count from it
 * @param given.count kills; a tenth of them in Chromium
 * @returns what is to be said of it, and a sentence for each fault
 */
export async function run({ seed, count, log = () => {} }) {
  const faults = [];
  const inNode = await killInNode({ seed, count: Math.ceil(count * (1 - 1 / IN_CHROMIUM)), faults, log });
  const inPage = await killInChromium({ seed: seed + 1_000_000, count: Math.ceil(count / IN_CHROMIUM), faults, log });
  return { findings: `${saidOf('Node', inNode)}; ${saidOf('Chromium', inPage)}: the same bits`, faults };
}

export function saidOf(where, { kills, trainings, restarts, replacements, settled, rejected }) {
  return (
    `${where}: ${kills} kills in ${trainings} trainings, ${restarts} restarts, ${replacements} connections lost with the ` +
    `successor, ${settled} promises settled, ${rejected} of them by the end of the worker`
  );
}

export async function killInNode({ seed, count, faults, log }) {
  await local.init({ deterministic: true });
  const { Worker } = workerThreads;
  const workers = [];
  let alive = 0;
  // Put where connect() looks for it, so that it starts this one.
  workerThreads.Worker = class Mortal extends Worker {
    sent = 0;
    received = 0;

    constructor(...args) {
      super(...args);
      workers.push(this);
      ++alive;
      this.on('message', () => ++this.received);
      this.on('exit', () => --alive);
    }

    postMessage(...args) {
      ++this.sent;
      return super.postMessage(...args);
    }

    kill() {
      void this.terminate();
    }
  };
  const total = { kills: 0, trainings: 0, restarts: 0, replacements: 0, settled: 0, rejected: 0 };
  try {
    const { connect } = await import('../../../dist/worker.js');
    for (let i = 0; total.kills < count && faults.length < MANY; ++i) {
      try {
        add(total, await trainAndKill({ local, connect, workers, seed: seed + i }));
      } catch (error) {
        faults.push(`Node: ${error.message}`);
      }
      workers.length = 0;
      if (total.trainings % 20 === 0) log(`${total.kills} kills`);
    }
    for (let i = 0; alive > 0 && i < 100; ++i) await new Promise((resolve) => setTimeout(resolve, 50));
    if (alive > 0) faults.push(`Node: ${alive} workers were left alive`);
  } finally {
    workerThreads.Worker = Worker;
  }
  return total;
}

/** Adds what one training gave. */
export function add(total, done) {
  ++total.trainings;
  for (const name of ['kills', 'restarts', 'replacements', 'settled', 'rejected']) total[name] += done[name];
}
