/**
 * Copies the pages of web/docs, and fills in what they take from other files of the repository, so that nothing on the site
 * is a copy that can go stale. A page asks for it by a comment on a line of its own:
 *
 *   <!-- include: FILE -->         a whole Markdown file, without its title
 *   <!-- source: FILE | LINE -->   code, from the one line that has LINE in it to the end of what begins there
 *   <!-- sizes -->                 the files of dist/ with their sizes
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../run.mjs';

const at = (...parts) => path.join(ROOT, ...parts);

/** The address where the repository can be read, as package.json has it. */
export const REPOSITORY = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  .repository.url.replace(/^git\+/, '')
  .replace(/\.git$/, '');

export const sourceAddress = (file) => `${REPOSITORY}/blob/main/${file}`;

/** All pages of web/docs, from there. */
export function pageFiles() {
  return readdirSync(at('web/docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('.'))
    .map((file) => file.replaceAll(path.sep, '/'))
    .sort();
}

/** Writes all pages into `folder`, and the pictures that they show. */
export async function writePages(folder) {
  for (const file of pageFiles()) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, await filledIn(readFileSync(at('web/docs', file), 'utf8'), `web/docs/${file}`));
  }
  mkdirSync(path.join(folder, 'public'));
  cpSync(at('web/demo/public/icon.svg'), path.join(folder, 'public/icon.svg'));
  cpSync(at('web/screenshot.png'), path.join(folder, 'public/page.png'));
}

/** The text of a page with all that it asks for; `name` is for errors, which say what is not to be found. */
export async function filledIn(text, name) {
  const parts = text.split(/^<!-- (include: .+?|source: .+?|sizes) -->$/m);
  for (let i = 1; i < parts.length; i += 2) {
    try {
      parts[i] = await filler(parts[i]);
    } catch (error) {
      throw new Error(`${name}: <!-- ${parts[i]} -->: ${error.message}`, { cause: error });
    }
  }
  // The marks by which the tests know what to do with a program are not for readers.
  return parts.join('').replace(/^```js (?:run|more|page|types)$/gm, '```js');
}

async function filler(directive) {
  if (directive === 'sizes') return sizesTable();
  const [, kind, rest] = /^(\w+): (.+)$/.exec(directive);
  if (kind === 'include') return included(rest);
  const [file, line] = rest.split(' | ');
  return excerpt(file, line);
}

/** A Markdown file without its title, with links that lead on from here. */
function included(file) {
  const text = readFileSync(at(file), 'utf8').replace(/^# .*\n/, '');
  const from = path.posix.dirname(file);
  return text.replace(/\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)/g, (_, to, anchor = '') => {
    const target = path.posix.join(from, to);
    const page = /^web\/docs\/(.+)\.md$/.exec(target)?.[1];
    return `](${page === undefined ? sourceAddress(target) : `/${page}`}${anchor})`;
  });
}

/**
 * Code of the repository with a link to it: from the line that has `begin` in it, and the comment above it, to the brace that
 * closes the first one that it opens; or to the end of the line or of its statement, where it opens none.
 */
export function excerpt(file, begin) {
  const lines = readFileSync(at(file), 'utf8').split('\n');
  const found = lines.flatMap((line, i) => (line.includes(begin) ? [i] : []));
  if (found.length !== 1) throw new Error(`expected one line of ${file} with '${begin}', found ${found.length}`);
  let first = found[0];
  const last = lastLine(lines, first);
  while (/^\s*(?:\/\/|template\b)/.test(lines[first - 1] ?? '')) --first;
  const indent = Math.min(...lines.slice(first, last + 1).map((line) => (line === '' ? 99 : line.search(/\S|$/))));
  const code = lines.slice(first, last + 1).map((line) => line.slice(indent));
  const language = { '.cc': 'cpp', '.h': 'cpp', '.ts': 'ts', '.mjs': 'js' }[path.extname(file)];
  const place = `<p class="excerpt-of"><a href="${sourceAddress(file)}#L${first + 1}-L${last + 1}">${file}</a></p>`;
  return `${place}\n\n\`\`\`${language}\n${code.join('\n')}\n\`\`\``;
}

function lastLine(lines, first) {
  let [depth, opened] = [0, false];
  for (let i = first; i < lines.length; ++i) {
    for (const character of lines[i].replace(/\/\/.*/, '')) {
      if (character === '{') [depth, opened] = [depth + 1, true];
      if (character === '}') --depth;
    }
    if (opened ? depth === 0 : /;\s*$/.test(lines[i])) return i;
  }
  throw new Error(`nothing ends what begins in line ${first + 1}`);
}

/** Files of the package that a page may load, with their sizes. */
function sizesTable() {
  const files = readdirSync(at('dist')).filter((file) => /\.(?:js|wasm)$/.test(file));
  const rows = files.map((file) => {
    const { length } = gzipSync(readFileSync(at('dist', file)), { level: 9 });
    return `| \`${file}\` | ${kilobytes(statSync(at('dist', file)).size)} | ${kilobytes(length)} |`;
  });
  return ['| file | kB | kB, gzipped |', '|---|--:|--:|', ...rows].join('\n');
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
