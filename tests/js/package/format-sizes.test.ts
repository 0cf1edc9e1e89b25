/** Sizes of the parts of files.js: a format costs only who asks for it, and reading does not load what writes. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DIST_PATH } from '../support/thread.js';

/** kB, gzipped, beside files.js and index.js, which all share. */
const READERS = { brain: 2, pytorch: 13.5, onnx: 16, keras: 20.5, tfjs: 14, numpy: 11.5, sklearn: 9.5 };
const WRITERS = {
  brain: 2,
  pytorch: 7,
  onnx: 6,
  keras: 8,
  c: 5,
  html: 10.5,
  javascript: 4.5,
  tfjs: 3,
  numpy: 6,
  sklearn: 8.5,
};

const textOf = (file: string) => readFileSync(`${DIST_PATH}${file}`, 'utf8');

/** A file and all that it loads as soon as it is loaded itself. */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const imports = textOf(file).matchAll(/\b(?:from|import)\s*["']\.\/(files[^"']+)["']/g);
  for (const [, name] of imports) loadedBy(name!, loaded);
  return loaded;
}

const shared = loadedBy('files.js');

const kilobytes = (files: Iterable<string>) =>
  [...files].reduce((sum, file) => sum + gzipSync(textOf(file), { level: 9 }).length / 1000, 0);

/** The files of what reads, or of what writes, in the order of the table of formats. */
const partsOf = (kind: 'reader' | 'writer') =>
  Array.from(
    textOf('files.js').matchAll(new RegExp(`\\b${kind}:\\(\\)=>import\\([^"']*["']\\./([^"']+)`, 'g')),
    ([, file]) => {
      return [...loadedBy(file!)].filter((each) => !shared.has(each));
    },
  );

describe.each([
  ['reader', READERS],
  ['writer', WRITERS],
] as const)('The %s', (kind, budgets) => {
  const parts = partsOf(kind);
  const sizes = Object.entries(budgets).map(([name, budget], i) => ({ name, budget, size: kilobytes(parts[i]!) }));

  it('of each format is there', () => {
    expect(parts).toHaveLength(Object.keys(budgets).length);
    console.log(
      `kB gzipped of each ${kind}: ${sizes.map(({ name, size }) => `${name} ${size.toFixed(1)}`).join(', ')}`,
    );
  });

  it.each(sizes)('of $name takes at most $budget kB', ({ budget, size }) => expect(size).toBeLessThanOrEqual(budget));
});
