/** The files that the documentation says are to be copied beside a bundle: its own list, so that it is what is tried. */
import { readFileSync } from 'node:fs';

export function filesBeside() {
  const page = readFileSync(new URL('../../web/docs/guide/where-it-runs.md', import.meta.url), 'utf8');
  const table = /\n\| for \| files \|\n([^]*?)\n\n/.exec(page)?.[1];
  if (!table)
    throw new Error('where-it-runs.md has no table of files to copy: expected one that begins with | for | files |');
  return [...table.matchAll(/`([\w-]+\.(?:js|wasm))`/g)].map(([, file]) => file);
}
