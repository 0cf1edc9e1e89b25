/** A release agrees with its version, its changelog and its tag; and the engines it is tried in are those documented. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');

interface Release {
  version: string;
  lockVersion: string;
  changelog: string;
  tag?: string;
}
const SCRIPT = `${ROOT}scripts/release.mjs`;
const { disagreements } = (await import(/* @vite-ignore */ SCRIPT)) as { disagreements(release: Release): string[] };

describe('A release', () => {
  const right = {
    version: '1.2.3',
    lockVersion: '1.2.3',
    changelog: '# Changes\n\n## 1.2.3 (2026-11-29)\n\n## 1.2.2\n',
  };

  it('has one version', () => {
    expect(disagreements(right)).toEqual([]);
    expect(disagreements({ ...right, tag: 'v1.2.3' })).toEqual([]);
  });

  it.each([
    ['a tag of another', { tag: 'v1.2.4' }, 'expected the tag v1.2.3, got v1.2.4'],
    ['a lock file of another', { lockVersion: '1.2.2' }, 'package-lock.json is of 1.2.2'],
    ['a changelog of another', { changelog: '## 1.2.2 (2026-11-29)' }, 'got "## 1.2.2 (2026-11-29)"'],
    ['a changelog without its date', { changelog: '## 1.2.3' }, '"## 1.2.3 (year-month-day)", got "## 1.2.3"'],
    ['a date that is none', { changelog: '## 1.2.3 (2026-13-41)' }, 'got "## 1.2.3 (2026-13-41)"'],
    ['changes that are unreleased', { changelog: '## Unreleased\n## 1.2.3 (2026-11-29)' }, 'got "## Unreleased"'],
    ['no version', { version: 'next', lockVersion: 'next' }, 'expected a version like 1.2.3, got next'],
  ])('is refused with %s', (_name, wrong, message) => {
    expect(disagreements({ ...right, ...wrong }).join('\n')).toContain(message);
  });
});

interface Outcome {
  small: { result?: unknown; error?: string; threads?: number };
  worker: { result?: unknown; error?: string };
  digits: { result?: unknown; error?: string };
  warnings: string[];
}
interface Expects {
  threads?: number;
  refused?: Record<string, RegExp>;
  warnings?: RegExp[];
}
const FAULTS = `${ROOT}tests/engines/faults.mjs`;
const { faultsOf } = (await import(/* @vite-ignore */ FAULTS)) as {
  faultsOf(outcome: Outcome, reference: Outcome, expects: Expects): string[];
};

describe('What programs give in an engine', () => {
  const right: Outcome = {
    small: { result: 0.1, threads: 2 },
    worker: { result: 0.1 },
    digits: { result: '12 ab' },
    warnings: [],
  };
  const faults = (wrong: Partial<Outcome>, expects: Expects = {}) =>
    faultsOf({ ...right, ...wrong }, right, expects).join('\n');

  it('is right where it is what Node gives', () => {
    expect(faults({})).toBe('');
    const refused = { worker: { error: 'Error: no workers' }, small: { result: 0.1, threads: 1 }, warnings: ['slow'] };
    expect(faults(refused, { threads: 1, refused: { worker: /no workers/ }, warnings: [/slow/] })).toBe('');
  });

  it.each<[string, Partial<Outcome>, Expects, string]>([
    ['another bit', { small: { result: 0.1 + 2 ** -56, threads: 2 } }, {}, 'small: expected 0.1, as in Node'],
    ['an error', { worker: { error: 'Error: broken' } }, {}, 'worker: Error: broken'],
    ['other digits', { digits: { result: '12 ac' } }, {}, 'digits: expected 12 ab, as in Node, got 12 ac'],
    ['too few threads', { small: { result: 0.1, threads: 1 } }, {}, 'expected 2 threads, got 1'],
    ['a warning', { warnings: ['slow'] }, {}, 'warned: slow'],
    ['no warning where there is to be one', {}, { warnings: [/slow/] }, 'expected a warning /slow/'],
    ['what should be refused', {}, { refused: { worker: /no workers/ } }, 'expected an error /no workers/, got 0.1'],
    ['another refusal', { worker: { error: 'x' } }, { refused: { worker: /no/ } }, 'expected an error /no/, got x'],
  ])('is wrong with %s', (_name, wrong, expects, message) => {
    expect(faults(wrong, expects)).toContain(message);
  });
});

describe('The engines', () => {
  const list = execFileSync(process.execPath, [`${ROOT}tests/engines/run.mjs`, '--list'], { encoding: 'utf8' });
  const names = list.split('\n').flatMap((line) => /^\S+/.exec(line) ?? []);

  it('have names of their own', () => {
    expect(names.length).toBeGreaterThan(40);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are all tried by the workflow', () => {
    const [, ci] = /\n +only:\n((?: +- .*\n)+)/.exec(read('.github/workflows/ci.yml'))!;
    const tried = ci!.split(/[\s,-]*\n?\s*- |,|\n/).filter(Boolean);
    expect(names.filter((name) => !tried.some((beginning) => name.startsWith(beginning)))).toEqual([]);
  });

  it('are all in the table of results', () => {
    expect(existsSync(`${ROOT}tests/engines/RESULTS.md`)).toBe(true);
    const rows = [...read('tests/engines/RESULTS.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!);
    expect(rows).toEqual(names);
  });

  it('are told from names that there are not', () => {
    const run = () =>
      execFileSync(process.execPath, [`${ROOT}tests/engines/run.mjs`, '--only', 'netscape'], { stdio: 'pipe' });
    expect(run).toThrow(/--only netscape: no environment begins so/);
  });
});
