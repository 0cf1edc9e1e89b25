/** RESULTS.md files: tables of which a run replaces the rows that it made, and keeps the others. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The first line of a text, fit for a cell. */
export const inCell = (text) => text.split('\n')[0].replaceAll('|', '\\|');

/**
 * Writes `page(lines, date)`.
 *
 * @param made new rows by their names; a row of the file begins with its name in backquotes
 * @param names of all rows that there may be, in their order
 */
export function writeTable(file, made, names, page) {
  const known = new Map();
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const name = /^\| `([\w./-]+)` \|/.exec(line)?.[1];
    if (name) known.set(name, line);
  }
  for (const [name, row] of made) known.set(name, row);
  const lines = names.flatMap((name) => known.get(name) ?? []);
  writeFileSync(file, page(lines.join('\n'), new Date().toISOString().slice(0, 10)));
}
