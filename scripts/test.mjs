// `npm test`: every test there is. Linters, GoogleTest under sanitizers and in double, then types, then Vitest in Node and
// Chromium against the built package and page.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { buildPackage, buildPage } from './build.mjs';
import { lint } from './lint.mjs';
import { fail, ROOT, run } from './run.mjs';
import { chromiumPath, setup } from './setup.mjs';

const at = (...parts) => path.join(ROOT, ...parts);
const total = { passed: 0, failed: 0, skipped: 0 };
const broken = [];

function native(preset) {
  run('cmake', ['--preset', preset]);
  run('cmake', ['--build', '--preset', preset, '--parallel', String(availableParallelism())]);
  const report = at('build', preset, 'report.json');
  const status = run(at('build', preset, 'mlp_tests'), ['--gtest_brief=1', `--gtest_output=json:${report}`], {
    mayFail: true,
  });
  if (status !== 0) broken.push(`GoogleTest, ${preset}`);
  const { tests, failures, testsuites } = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = testsuites.flatMap(({ testsuite }) => testsuite).filter(({ result }) => result === 'SKIPPED').length;
  total.passed += tests - failures - skipped;
  total.failed += failures;
  total.skipped += skipped;
}

function vitest() {
  const report = at('build/vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const status = run(process.execPath, [at('node_modules/vitest/vitest.mjs'), ...args], {
    env: { CHROMIUM_PATH: chromiumPath() },
    mayFail: true,
  });
  if (status !== 0) broken.push('Vitest');
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += numPassedTests;
  total.failed += numFailedTests;
  total.skipped += numPendingTests;
}

setup('build', 'test', 'lint');
await buildPackage();
buildPage();
broken.push(...(await lint({ quick: true }))); // clang-tidy, minutes long, is in `npm run lint`
native('debug');
native('double');
run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tests/tsconfig.json']);
vitest();

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (broken.length > 0) fail(`Broken: ${broken.join('; ')}`);
