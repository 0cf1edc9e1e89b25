/** The pages of web/docs as `npm run docs` finds them, without building the site: links, code from the sources, figures. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTATION } from '../../programs.mjs';

interface Pages {
  REPOSITORY: string;
  filledIn(text: string, name: string): Promise<string>;
  excerpt(file: string, begin: string): string;
}
interface Check {
  findings(folder: string, base: string): Promise<{ lines: string[]; pages: number; bytes: number }>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');

// By names that the compiler does not follow, because the scripts have no types.
const PAGES: string = '../../../scripts/docs/pages.mjs';
const CHECK: string = '../../../scripts/docs/check.mjs';
const { REPOSITORY, filledIn, excerpt } = (await import(PAGES)) as Pages;
const { findings } = (await import(CHECK)) as Check;

/** The anchors of a page's headings, as the site makes them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#{1,5} (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, ''),
  );

describe.each(DOCUMENTATION)('%s', (file) => {
  let text: string;
  beforeAll(async () => {
    text = await filledIn(read(file), file);
  });

  it('has all that it takes from other files', () => {
    expect(text).not.toMatch(/<!-- (?:include|source|sizes)/);
  });

  it('has links that lead somewhere', async () => {
    // Links of included files are those of the repository, and theirs.
    for (const [, link] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [, path] = new RegExp(`^${REPOSITORY}/(?:blob|tree)/main/([^#]+)`).exec(link!) ?? [];
      if (path !== undefined) expect([link, existsSync(`${ROOT}${path}`)]).toEqual([link, true]);
      if (/^https:/.test(link!)) continue;
      if (link!.startsWith('/reference/')) continue; // the build knows these
      const [page, anchor] = link!.split('#');
      const target = page === '' ? file : posix.join(posix.dirname(file), page!);
      expect(DOCUMENTATION, link).toContain(target);
      if (anchor !== undefined) expect(anchorsOf(await filledIn(read(target), target))).toContain(anchor);
    }
  });

  it('is reached from the lists beside the pages, or is the first', () => {
    const link = file.replace(/^web\/docs/, '').replace(/(?:index)?\.md$/, '');
    if (link !== '/') expect(read('web/docs/.vitepress/config.mjs')).toContain(`link: '${link}'`);
  });
});

describe('Code from the sources', () => {
  it('is a function with the comment above it, and a link to its lines', () => {
    const shown = excerpt('cpp/mlp/activation.cc', 'struct Sigmoid {');
    const [, first, last] = /cpp\/mlp\/activation\.cc#L(\d+)-L(\d+)"/.exec(shown)!;
    const code = read('cpp/mlp/activation.cc')
      .split('\n')
      .slice(Number(first) - 1, Number(last))
      .join('\n');
    expect(shown).toContain(`\`\`\`cpp\n${code}\n\`\`\``);
    expect(code).toMatch(/^\/\/ 1\/\(1 \+ e\^-z\).*\nstruct Sigmoid \{\n[^]*\n\};$/);
  });

  it.each([
    ['nowhere', 'no such function', 'found 0'],
    ['in several places', 'template <class N>', 'found '],
  ])('that begins %s is an error', (_, begin, found) => {
    expect(() => excerpt('cpp/mlp/activation.cc', begin)).toThrow(
      `expected one line of cpp/mlp/activation.cc with '${begin}', ${found}`,
    );
  });

  it('that is missing is told with its page', async () => {
    await expect(filledIn('<!-- source: cpp/mlp/loss.cc | no such -->\n', 'a.md')).rejects.toThrow(
      'a.md: <!-- source:',
    );
  });
});

describe('The check of a built site', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-site-'));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds nothing where there is nothing', async () => {
    write(
      'index.html',
      '<a href="/base/a.html#here">a</a><a href="https://example.org/">b</a><a href="#top">c</a><p id="top">',
    );
    write(
      'a.html',
      '<h2 id="here">Here</h2><a href="./">home</a><img src="./i.png"><svg xmlns="http://www.w3.org/2000/svg">',
    );
    write('a.js', 'const words = "https://example.org/"; import("./b.js")');
    write('a.css', 'a { background: url(./i.png) }');
    expect(await findings(folder, '/base/')).toMatchObject({ lines: [], pages: 2 });
  });

  it.each([
    ['index.html', '<a href="/base/b.html">', '/base/b.html: leads nowhere'],
    ['index.html', '<a href="/a.html">', '/a.html: leads out of /base/'],
    ['index.html', '<a href="a.html#there">', 'a.html#there: a.html has no such heading'],
    [
      'index.html',
      '<img src="https://example.org/i.png">',
      'loads from another origin: <img src="https://example.org/i.png"',
    ],
    ['index.html', '<link rel="stylesheet" href="//example.org/a.css">', 'loads from another origin: <link'],
    ['a.css', '@font-face { src: url("https://example.org/a.woff2") }', 'loads from another origin: url('],
    ['a.css', '@import "https://example.org/a.css";', 'loads from another origin: @import'],
    ['a.js', 'fetch("https://example.org/")', 'loads from another origin: fetch('],
    ['a.js', 'import a from"https://example.org/a.js"', 'loads from another origin: from'],
  ])('finds in %s: %s', async (file, text, finding) => {
    write('index.html', '');
    write('a.css', '');
    write('a.js', '');
    write(file, text);
    const { lines } = await findings(folder, '/base/');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${file}: ${finding}`);
  });
});

describe('The figures of the README', () => {
  const results = read('tests/bench/RESULTS.md');
  const cellsOf = (row: string) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const rows = [...read('README.md').matchAll(/^\| (?!who|---).*\|.*\|.*\|.*\|.*\|$/gm)].map(([row]) => cellsOf(row));
  const [measured] = results.split('\n## ');

  it('are those of the benchmark', () => {
    expect(rows.length).toBeGreaterThan(5);
    const columns = ['W1 /s', 'W2 /s', 'W3 steps/s', 'P1 µs', 'P2 /s'];
    const header = cellsOf(measured!.split('\n').find((line) => line.startsWith('| who |'))!);
    for (const [who, ...figures] of rows) {
      const line = measured!.split('\n').find((row) => row.startsWith(`| ${who} |`));
      expect(line, who).toBeDefined();
      expect(
        columns.map((column) => cellsOf(line!)[header.indexOf(column)]),
        who,
      ).toEqual(figures);
    }
  });
});
