/** Judges the outcome of the programs in one environment. */

/**
 * Sentences on everything that is not as it should be.
 *
 * @param expects.threads as many as there are in the page or on the main thread: 2 unless it is said
 * @param expects.refused of a program that cannot run there, by what words it is refused: `{ worker: /…/ }`
 * @param expects.warnings by what words it is warned
 */
export function faultsOf(outcome, reference, { threads = 2, refused = {}, warnings = [] }) {
  const faults = [];
  for (const name of ['small', 'worker', 'digits']) {
    const { result, error } = outcome[name];
    if (refused[name]) {
      if (!refused[name].test(error ?? ''))
        faults.push(`${name}: expected an error ${refused[name]}, got ${error ?? result}`);
    } else if (error !== undefined) {
      faults.push(`${name}: ${error}`);
    } else if (!Object.is(result, reference[name].result)) {
      faults.push(`${name}: expected ${reference[name].result}, as in Node, got ${result}`);
    }
  }
  const had = outcome.small.threads;
  if (had !== undefined && had !== threads) faults.push(`small: expected ${threads} threads, got ${had}`);
  for (const warning of outcome.warnings) {
    if (!warnings.some((expected) => expected.test(warning))) faults.push(`warned: ${warning}`);
  }
  for (const expected of warnings) {
    if (!outcome.warnings.some((warning) => expected.test(warning))) faults.push(`expected a warning ${expected}`);
  }
  return faults;
}
