// Builds and runs the native tests, under sanitizers and in double: the larger half of what `npm test` compiles.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, ROOT, run } from './run.mjs';

/** Presets of CMakePresets.json. */
export const PRESETS = ['debug', 'double'];

/** The file that GoogleTest reports to, as JSON. */
export const nativeReport = (preset) => path.join(ROOT, 'build', preset, 'report.json');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = PRESETS.filter((preset) => {
    run('cmake', ['--preset', preset]);
    run('cmake', ['--build', '--preset', preset, '--parallel', String(availableParallelism())]);
    const flags = ['--gtest_brief=1', `--gtest_output=json:${nativeReport(preset)}`];
    return run(path.join(ROOT, 'build', preset, 'mlp_tests'), flags, { mayFail: true }) !== 0;
  });
  if (failed.length > 0) fail(`GoogleTest failed: ${failed.join(', ')}`);
}
