// `npm run release`: tests what is to be released, then gives it the tag at which .github/workflows/release.yml publishes it.
//
//   npm run release                 all of it
//   npm run release -- --dry-run    all but the tag
//   npm run release -- --check      only whether version, changelog and, with --tag v1.2.3, the tag agree
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, ROOT, run } from './run.mjs';

/**
 * Everything in which a version, its changelog and its tag disagree.
 *
 * @param {{ version: string, lockVersion: string, changelog: string, tag?: string }} release
 */
export function disagreements({ version, lockVersion, changelog, tag }) {
  const faults = [];
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    faults.push(`package.json: expected a version like 1.2.3, got ${version}`);
  if (lockVersion !== version)
    faults.push(`package-lock.json is of ${lockVersion}, package.json of ${version}: npm install`);
  const [, first = 'nothing'] = /^## (.*)$/m.exec(changelog) ?? [];
  const [, dated, date] = /^(\S+) \((\d{4}-\d{2}-\d{2})\)$/.exec(first) ?? [];
  if (dated !== version || Number.isNaN(Date.parse(date))) {
    faults.push(`CHANGELOG.md: expected to begin with "## ${version} (year-month-day)", got "## ${first}"`);
  }
  if (tag !== undefined && tag !== `v${version}`) faults.push(`expected the tag v${version}, got ${tag}`);
  return faults;
}

function readRelease() {
  const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');
  return {
    version: JSON.parse(read('package.json')).version,
    lockVersion: JSON.parse(read('package-lock.json')).version,
    changelog: read('CHANGELOG.md'),
  };
}

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

function release({ check, tag, 'dry-run': dryRun }) {
  const { version, ...rest } = readRelease();
  const faults = disagreements({ version, ...rest, tag });
  if (!check) {
    if (git('status', '--porcelain') !== '') faults.push('there are changes that are not committed');
    if (git('tag', '--list', `v${version}`) !== '') faults.push(`the tag v${version} is there already`);
  }
  if (faults.length > 0) fail(`This cannot be released:\n  ${faults.join('\n  ')}`);
  if (check) return;
  run('npm', ['test']);
  run('npm', ['run', 'test:engines']);
  run('npm', ['publish', '--dry-run', '--ignore-scripts']); // shows what will be in it
  if (dryRun) return;
  run('git', ['tag', '--annotate', `v${version}`, '--message', `mlp-wasm ${version}`]);
  run('git', ['push', 'origin', 'HEAD', `v${version}`]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = { type: 'boolean', default: false };
  release(parseArgs({ options: { check: flag, 'dry-run': flag, tag: { type: 'string' } } }).values);
}
