/** The table of what was run how often, and what came of it. */
import { fileURLToPath } from 'node:url';
import { inCell, writeTable } from '../results-table.mjs';

export const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** @returns the line of the table for one entry. */
export function resultRow({ name, seed, count, seconds, findings, faults }) {
  const outcome = faults.length === 0 ? findings : `**${faults.length} faults**: ${inCell(faults[0])}`;
  return `| \`${name}\` | ${count.toLocaleString('en')} | ${seed} | ${seconds.toFixed(0)} | ${outcome} |`;
}

/** Writes these rows; those of entries that were not run now stay. */
export function writeResults(rows, entries, machine) {
  writeTable(
    RESULTS,
    rows.map((row) => [row.name, resultRow(row)]),
    entries.map(({ name }) => name),
    (lines, date) => `# Under fire

Written by \`npm run test:fire -- --write\`; last on ${date} (${machine}). The same seed and count give the same calls:
\`npm run test:fire -- --only NAME --seed SEED --count COUNT\`.

| name | times | seed | seconds | what came of it |
|---|--:|--:|--:|---|
${lines}
`,
  );
}
