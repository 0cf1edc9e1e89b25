/** The three programs, one after the other. A failure of one does not keep the others from running. */
import { digits } from './digits.mjs';
import { small } from './small.mjs';
import { worker } from './worker.mjs';

/**
 * @param settings what the environment has to say, if anything: `{ init, connect, loadDigits }`, options of those.
 * @returns of each program its result or its error; and what was warned of meanwhile.
 */
export async function all(settings = {}) {
  const warnings = [];
  for (const method of ['warn', 'error']) {
    const original = console[method];
    console[method] = (...args) => {
      warnings.push(args.join(' '));
      original.apply(console, args);
    };
  }
  return {
    small: await outcomeOf(() => small({ deterministic: true, threads: 2, ...settings.init })),
    worker: await outcomeOf(() => worker({ deterministic: true, ...settings.connect })),
    digits: await outcomeOf(() => digits({ ...settings.loadDigits })),
    warnings,
  };
}

async function outcomeOf(program) {
  try {
    return await program();
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}
