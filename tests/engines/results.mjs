/** The table of what ran where. */
import { fileURLToPath } from 'node:url';
import { inCell, writeTable } from '../results-table.mjs';

export const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** @returns the line of the table for one environment. */
export function environmentRow({ name, title, version, state, programs, setting, why }) {
  const outcome = state === 'passed' ? programs : `**${state}**: ${inCell(why)}`;
  return `| \`${name}\` | ${title} | ${version} | ${outcome} | ${setting} |`;
}

/** Writes these rows; those of environments that were not tried now stay. */
export function writeResults(rows, environments, machine) {
  writeTable(
    RESULTS,
    rows.map((row) => [row.name, environmentRow(row)]),
    environments.map(({ name }) => name),
    (lines, date) => `# Where it runs

The tarball, installed into an empty folder each, by \`npm run test:engines -- --write\`; last on ${date}
(${machine}).

Three programs run in each: \`small\` trains a network on the main thread, or in the page, with threads where they can
be had; \`worker\` trains it through \`mlp-wasm/worker\`; \`digits\` draws some. What they give has to be what it is in
Node, to the bit, and nothing may be warned of but what is said here. What an environment needs beside
\`npm install mlp-wasm\` is in the last column; nothing there is nothing needed.

The demo page, in \`page-…\`, is visited as a person visits it: a digit is drawn, a network trained, paused and reloaded, and the
main control of each view worked; nothing may be complained of on the console, nor any promise fail.

| name | environment | version | what ran | what it needs |
|---|---|---|---|---|
${lines}
`,
  );
}
