/** The rules that hold for the built site: every link leads somewhere, and nothing comes from another origin. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Loads of another origin in a text of this kind: addresses that a browser fetches by itself, not those of links. */
const FOREIGN = {
  '.html': /<(?!a\b)[a-z-]+\b[^>]*?\b(?:src|href|srcset|data|poster)="(?:https?:)?\/\/[^"]*"/g,
  '.css': /(?:url\(\s*["']?|@import\s*["'])(?:https?:)?\/\/[^)"']*/g,
  '.js':
    /\b(?:import|fetch|Worker|sendBeacon|importScripts|open)\s*\(\s*["'`](?:https?:)?\/\/[^"'`]*|\bfrom\s*["'](?:https?:)?\/\/[^"']*/g,
};

const decoded = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/**
 * @param {string} folder the site
 * @param {string} base the path that it is served under
 * @returns {Promise<{ lines: string[], pages: number, bytes: number }>} a line for each fault, and how large the site is
 */
export async function findings(folder, base) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => statSync(path.join(folder, file)).isFile());
  const known = new Set(files);
  const texts = new Map();
  let bytes = 0;
  const lines = [];
  for (const file of files) {
    bytes += statSync(path.join(folder, file)).size;
    const pattern = FOREIGN[path.extname(file)];
    if (pattern === undefined) continue;
    const text = readFileSync(path.join(folder, file), 'utf8');
    texts.set(file, text);
    for (const [load] of text.matchAll(pattern)) {
      if (!isCanonical(load)) lines.push(`${file}: loads from another origin: ${load.slice(0, 120)}`);
    }
  }

  const pages = files.filter((file) => file.endsWith('.html'));
  const anchors = new Map(
    pages.map((file) => [file, new Set([...texts.get(file).matchAll(/\bid="([^"]*)"/g)].map(([, id]) => decoded(id)))]),
  );
  for (const file of pages) {
    for (const [, raw] of texts.get(file).matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)) {
      const fault = faultOf(decoded(raw), file, base, known, anchors);
      if (fault !== undefined) lines.push(`${file}: ${raw}: ${fault}`);
    }
  }
  return { lines: [...new Set(lines)], pages: pages.length, bytes };
}

/** Names of XML, which are addresses in form only. */
const isCanonical = (load) => /"http:\/\/www\.w3\.org\//.test(load);

function faultOf(href, file, base, known, anchors) {
  if (/^(?:https?:|mailto:)/.test(href)) return undefined;
  const { pathname, hash } = new URL(href, `http://site${base}${file}`);
  if (!pathname.startsWith(base)) return `leads out of ${base}`;
  const place = decodeURIComponent(pathname.slice(base.length));
  const target = [place, `${place}.html`, `${place}index.html`, `${place}/index.html`].find((name) => known.has(name));
  if (target === undefined) return 'leads nowhere';
  const anchor = decodeURIComponent(hash.slice(1));
  if (anchor === '' || !anchors.has(target) || anchors.get(target).has(anchor)) return undefined;
  return `${target} has no such heading`;
}
