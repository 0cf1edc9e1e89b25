// Reads a large CSV with readTable, Papa Parse and d3-dsv, in Node and in Chromium, and prints megabytes a second.
//
//   npm install --prefix tests/bench && node tests/bench/tables/csv.mjs [--rows 200000] [--rounds 3] [--node-only]
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { measure } from './csv-work.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
    'node-only': { type: 'boolean', default: false },
  },
});
const [rows, rounds] = [Number(values.rows), Number(values.rounds)];
const papaFile = require.resolve('papaparse/papaparse.min.js');
const d3File = path.resolve(path.dirname(require.resolve('d3-dsv')), '../dist/d3-dsv.min.js');

function show(where, what, { megabytes, megabytesOfNumbers, speeds }) {
  console.log(
    `\n${where}, ${rows} rows × 20, ${what}: ${megabytes.toFixed(0)} MB of text, ${megabytesOfNumbers.toFixed(0)} MB as numbers`,
  );
  const papa = speeds['Papa Parse, dynamicTyping'];
  console.table(
    Object.entries(speeds).map(([reader, speed]) => ({
      reader,
      'MB/s': +speed.toFixed(1),
      '÷ Papa Parse': +(speed / papa).toFixed(2),
    })),
  );
}

const works = [
  ['numbers of up to 4 decimals and a name', false],
  ['numbers with all digits of a double', true],
];
const { readTable } = await import(pathToFileURL(path.join(ROOT, 'dist/tables.js')));
const readers = { readTable, Papa: require(papaFile), ...(await import('d3-dsv')) };
for (const [what, long] of works) show('Node', what, await measure({ rows, rounds, long, ...readers }));

if (!values['node-only']) {
  const files = {
    '/papa.js': papaFile,
    '/d3.js': d3File,
    '/work.mjs': fileURLToPath(new URL('csv-work.mjs', import.meta.url)),
    '/index.js': path.join(ROOT, 'dist/index.js'),
    '/storage.js': path.join(ROOT, 'dist/storage.js'),
    '/tables.js': path.join(ROOT, 'dist/tables.js'),
  };
  const server = createServer((request, response) => {
    const file = files[request.url];
    response.setHeader('content-type', file ? 'text/javascript' : 'text/html');
    response.end(file ? readFileSync(file) : '<!doctype html><title>CSV</title>');
  });
  await new Promise((done) => server.listen(0, done));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.addScriptTag({ url: '/papa.js' });
  await page.addScriptTag({ url: '/d3.js' });
  for (const [what, long] of works) {
    const found = await page.evaluate(
      async (options) => {
        const [{ measure }, { readTable }] = await Promise.all([import('/work.mjs'), import('/tables.js')]);
        return measure({ ...options, readTable, Papa: globalThis.Papa, ...globalThis.d3 });
      },
      { rows, rounds, long },
    );
    show(`Chromium ${browser.version()}`, what, found);
  }
  await browser.close();
  server.close();
}
