/** Tables in Chromium: read from a File, trained on, and a model of Node's that answers the same to the bit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import * as tables from 'mlp-wasm/tables';
import { classifier, readTable, type ClassifierModel } from 'mlp-wasm/tables';
import { askTable, FLOWERS } from '../js/support/ask-table.js';
import { visitLibrary, type Library } from './library.js';

declare const library: Library;

const here = visitLibrary();

beforeAll(async () => {
  await init({ deterministic: true });
});

const TEXT = ['length;width;colour;kind']
  .concat(
    Array.from({ length: 120 }, (_, i) => {
      const [length, width] = [Math.sin(i * i), Math.cos(3 * i)].map((value) => value.toFixed(3).replace('.', ','));
      const colour = i % 9 === 0 ? '?' : ['red', 'blue', 'grey'][i % 3];
      return `${length};${width};${colour};${Math.sin(i * i) * Math.cos(3 * i) > 0 ? 'über' : 'unter'}`;
    }),
  )
  .join('\r\n');

it('reads a File, and gives the model that Node gives, to the bit', async () => {
  const options = { target: 'kind', hidden: [16], seed: 7, epochs: 40 } as const;
  const table = await readTable(TEXT);
  const model = await classifier(options).fit(table);
  const page = await here.open();
  const there = await page.evaluate(
    async ({ text, options }) => {
      const { mlp, tables } = library;
      await mlp.init({ deterministic: true });
      const table = await tables.readTable(new File([text], 'kinds.csv'));
      const model = await tables.classifier(options).fit(table);
      return { about: `${table}`, file: [...(await model.save())], answers: model.predict(table) };
    },
    { text: TEXT, options },
  );
  expect(there.about).toBe(`${table}`);
  expect(there.file).toEqual([...(await model.save())]);
  expect(there.answers).toEqual(model.predict(table));
});

it('loads what Node saved, with the same answers to the bit, and its names', async () => {
  const table = await readTable(TEXT);
  const model = await classifier({ target: 'kind', optimizer: 'adam', epochs: 15, seed: 3 }).fit(table);
  const rows = Array.from({ length: 20 }, (_, i) => table.row(i));
  const page = await here.open();
  const there = await page.evaluate(
    async ({ bytes, rows }) => {
      const { mlp, tables } = library;
      await mlp.init({ deterministic: true });
      const model = (await tables.loadTableModel(Uint8Array.from(bytes))) as ClassifierModel;
      return { labels: model.labels, answers: model.predict(rows), again: [...(await model.save())] };
    },
    { bytes: [...(await model.save())], rows },
  );
  expect(there.labels).toEqual(['unter', 'über']);
  expect(there.answers).toEqual(model.predict(rows));
  expect(there.again).toEqual([...(await model.save())]);
});

it('goes the whole way, from a text to a kept model that answers, in Node, in the page and in a worker of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-tables-'));
  const inNode = await askTable({ tables }, { text: FLOWERS, url: pathToFileURL(join(folder, 'flowers')).href });
  await rm(folder, { recursive: true });
  expect(inNode.kept).toEqual(inNode.answer);
  expect(inNode.answer).toMatchObject({ label: 'versicolor' });
  expect(inNode.accuracy).toBeGreaterThan(0.9);
  expect(inNode.epochs).toBeGreaterThan(0);

  const page = await here.open();
  const options = { text: FLOWERS, url: 'indexeddb://flowers' };
  const answers = await page.evaluate(
    async (options) => [await library.inPage('askTable', options), await library.inWorker('askTable', options)],
    options,
  );
  for (const { answer, kept, bytes } of answers) {
    expect(kept).toEqual(answer);
    expect(answer).toMatchObject({ label: 'versicolor' });
    expect(bytes).toBe(inNode.bytes);
  }
});
