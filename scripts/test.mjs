// `npm test`: every test there is. GoogleTest under sanitizers and in double, linters and types beside it; then Vitest in
// Node and Chromium, against the built package and page.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildPackage, buildPage } from './build.mjs';
import { fail, ROOT, run, start } from './run.mjs';
import { chromiumPath, setup } from './setup.mjs';
import { nativeReport, PRESETS } from './test-native.mjs';

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

function countNative() {
  for (const preset of PRESETS) {
    const report = readReport(`GoogleTest, ${preset}`, nativeReport(preset));
    if (!report) continue;
    const { tests, failures, testsuites } = report;
    const cases = testsuites.flatMap(({ testsuite }) => testsuite);
    const skipped = cases.filter(({ result }) => result === 'SKIPPED').length;
    total.passed += tests - failures - skipped;
    total.failed += failures;
    total.skipped += skipped;
  }
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
for (const report of [VITEST_REPORT, ...PRESETS.map(nativeReport)]) rmSync(report, { force: true });
setup('build', 'test', 'lint');
await buildPackage();
buildPage();

// Linters and types take one core each; they run behind the compilers, which leave gaps. Vitest runs alone, because what
// pages do in time is tested.
const behind = {
  'types of the tests': ['node_modules/typescript/bin/tsc', '-p', 'tests/tsconfig.json'],
  lint: ['scripts/lint.mjs', '--quick'], // clang-tidy, minutes long, is in `npm run lint`
};
const started = Object.entries(behind).map(([name, [script, ...args]]) => {
  return { name, ended: start(process.execPath, [at(script), ...args], { nice: 10 }) };
});
if (run(process.execPath, [at('scripts/test-native.mjs')], { mayFail: true }) !== 0) broken.push('GoogleTest');
for (const { name, ended } of started) if ((await ended()) !== 0) broken.push(name);
vitest();
countNative();

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (broken.length > 0) fail(`Broken: ${broken.join('; ')}`);
