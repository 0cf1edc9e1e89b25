// `npm test`: every test there is. Linters and types beside GoogleTest, under sanitizers and in double; then Vitest in Node
// and Chromium against the built package and page.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { buildPackage, buildPage } from './build.mjs';
import { fail, ROOT, run, start } from './run.mjs';
import { chromiumPath, setup } from './setup.mjs';

const at = (...parts) => path.join(ROOT, ...parts);
const total = { passed: 0, failed: 0, skipped: 0 };
const broken = [];
const VITEST_REPORT = at('build/vitest.json');

/** The report of a test runner; undefined, and the runner is broken, where it did not come so far. */
function readReport(name, report) {
  if (existsSync(report)) return JSON.parse(readFileSync(report, 'utf8'));
  broken.push(`${name} (no report)`);
  return undefined;
}

function buildNative(preset) {
  run('cmake', ['--preset', preset]);
  run('cmake', ['--build', '--preset', preset, '--parallel', String(availableParallelism())]);
}

const nativeReport = (preset) => at('build', preset, 'report.json');

/** @returns {() => Promise<void>} waits for the tests and counts them */
function startNative(preset) {
  const flags = ['--gtest_brief=1', `--gtest_output=json:${nativeReport(preset)}`];
  const ended = start(at('build', preset, 'mlp_tests'), flags);
  return async () => {
    if ((await ended()) !== 0) broken.push(`GoogleTest, ${preset}`);
    const report = readReport(`GoogleTest, ${preset}`, nativeReport(preset));
    if (!report) return;
    const { tests, failures, testsuites } = report;
    const cases = testsuites.flatMap(({ testsuite }) => testsuite);
    const skipped = cases.filter(({ result }) => result === 'SKIPPED').length;
    total.passed += tests - failures - skipped;
    total.failed += failures;
    total.skipped += skipped;
  };
}

function vitest() {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile=${VITEST_REPORT}`];
  const status = run(process.execPath, [at('node_modules/vitest/vitest.mjs'), ...args], {
    env: { CHROMIUM_PATH: chromiumPath() },
    mayFail: true,
  });
  if (status !== 0) broken.push('Vitest');
  const report = readReport('Vitest', VITEST_REPORT);
  total.passed += report?.numPassedTests ?? 0;
  total.failed += report?.numFailedTests ?? 0;
  total.skipped += report?.numPendingTests ?? 0;
}

// Reports of an earlier run do not count.
for (const report of [VITEST_REPORT, ...['debug', 'double'].map(nativeReport)]) rmSync(report, { force: true });
setup('build', 'test', 'lint');
await buildPackage();
buildPage();

// Linters, types and GoogleTest take one core each; they run beside the compilers, which leave gaps.
const linted = start(process.execPath, [at('scripts/lint.mjs'), '--quick']); // clang-tidy, minutes long, is in `npm run lint`
buildNative('debug');
const debugTested = startNative('debug');
const typed = start(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tests/tsconfig.json']);
buildNative('double');
const doubleTested = startNative('double');
if ((await linted()) !== 0) broken.push('lint');
if ((await typed()) !== 0) broken.push('types of the tests');
await debugTested();
await doubleTested();
vitest();

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (broken.length > 0) fail(`Broken: ${broken.join('; ')}`);
