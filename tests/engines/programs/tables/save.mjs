/** Trains a model of a table, writes it into a file, and prints its answers. */
import { writeFile } from 'node:fs/promises';
import { init } from 'mlp-wasm';
import { classifier, readTable } from 'mlp-wasm/tables';
import { answersOf, ROWS } from './rows.mjs';

await init({ deterministic: true });
const model = await classifier({ target: 'kind', hidden: [16], seed: 7, epochs: 40 }).fit(await readTable(ROWS));
await writeFile('kinds.safetensors', await model.save());
console.log(JSON.stringify(answersOf(model)));
