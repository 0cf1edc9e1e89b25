/** Other programs on the same machine: waits for them to pause, and notices when they did not. */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const WINDOW_MS = 150;
const QUIET = 0.3; // cores that may be busy before a measurement
const OWN = 0.6; // cores that engines keep busy beside the threads of the work: compiling, collecting, the harness

/** Counts how many cores are busy, on average, from now on. */
function watch() {
  const times = () =>
    cpus().reduce(
      (sum, { times: { idle, ...busy } }) => ({
        busy: sum.busy + Object.values(busy).reduce((a, b) => a + b),
        all: sum.all + idle + Object.values(busy).reduce((a, b) => a + b),
      }),
      { busy: 0, all: 0 },
    );
  const begin = times();
  return () => {
    const end = times();
    return (cpus().length * (end.busy - begin.busy)) / Math.max(1, end.all - begin.all);
  };
}

/** Resolves when the machine is idle, or has not been for `patienceMs`. */
async function quiet(patienceMs) {
  for (const begin = Date.now(); Date.now() - begin < patienceMs;) {
    const busy = watch();
    await sleep(WINDOW_MS);
    if (busy() < QUIET) return;
  }
}

/**
 * Measures when the machine is quiet, and again, twice at most, when it was not while measuring.
 *
 * @returns what `measure` resolves to, with `disturbed: true` when the last attempt was disturbed, too
 */
export async function undisturbed(measure, threads, patienceMs) {
  for (let attempt = 1; ; ++attempt) {
    await quiet(patienceMs);
    const busy = watch();
    const result = await measure();
    const disturbed = busy() > threads + OWN;
    if (!disturbed) return result;
    if (attempt === 3 || patienceMs === 0) return { ...result, disturbed };
  }
}
