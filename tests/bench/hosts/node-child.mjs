// A fresh Node process for one measurement:  node hosts/node-child.mjs JOB  (JSON). Answers with one line of JSON;
// what the network put out goes to job.outputs.
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { drive } from '../drive/index.mjs';

const job = JSON.parse(process.argv[2]);
job.package = pathToFileURL(path.join(job.dist, 'index.js')).href;

const result = await drive(job, {
  kind: 'node',
  peer: (name) => import(`../peers/${name}.mjs`),
  data: async (name) => {
    const { buffer, byteOffset, byteLength } = await readFile(path.join(job.data, name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  },
  /** The address of a file in node_modules. */
  asset: (name) => new URL(`../node_modules/${name}`, import.meta.url).href,
  read: (address) => readFile(new URL(address)),
});
for (const key of ['outputs', 'outputsAfter']) {
  if (result[key]) writeFileSync(`${job.outputs}.${key}`, result[key]);
  delete result[key];
}
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit());
