// Reads a large CSV with readTable, Papa Parse and d3-dsv, in Node and in Chromium, and prints megabytes a second. Each
// reader has a process or a page of its own, because one that fills the memory would end the others.
//
//   npm install --prefix tests/bench && node tests/bench/tables/csv.mjs [--rows 1000000] [--rounds 3] [--node-only]
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { requiredChromium } from '../../../scripts/setup.mjs';
import { measure, READERS } from './csv-work.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    'node-only': { type: 'boolean', default: false },
    'in-this-process': { type: 'string' }, // one work, as JSON
  },
});
const papaFile = require.resolve('papaparse/papaparse.min.js');
const d3File = path.resolve(path.dirname(require.resolve('d3-dsv')), '../dist/d3-dsv.min.js');

const WORKS = [
  { what: 'numbers of up to 4 decimals and a name', long: false },
  { what: 'numbers with all digits of a double', long: true },
];

async function inThisProcess(options) {
  const { readTable } = await import(pathToFileURL(path.join(ROOT, 'dist/tables.js')));
  return measure({ ...options, libraries: { readTable, Papa: require(papaFile), ...(await import('d3-dsv')) } });
}

function inProcess(options) {
  const args = [fileURLToPath(import.meta.url), '--in-this-process', JSON.stringify(options)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

async function inPage(browser, address, options) {
  const page = await browser.newPage();
  const crashed = new Promise((_, reject) => page.on('crash', () => reject(new Error('the tab ended'))));
  try {
    await page.goto(address);
    await page.addScriptTag({ url: '/papa.js' });
    await page.addScriptTag({ url: '/d3.js' });
    const work = page.evaluate(async (options) => {
      const [{ measure }, { readTable }] = await Promise.all([import('/work.mjs'), import('/tables.js')]);
      return measure({ ...options, libraries: { readTable, Papa: globalThis.Papa, ...globalThis.d3 } });
    }, options);
    return await Promise.race([work, crashed]);
  } finally {
    await page.close();
  }
}

/** A table of all readers; one that fails has the reason in it. */
async function show(where, runOne) {
  const [rows, rounds] = [Number(values.rows), Number(values.rounds)];
  for (const { what, long } of WORKS) {
    const found = {};
    for (const reader of Object.keys(READERS)) {
      try {
        const { megabytes, seconds } = await runOne({ reader, rows, rounds, long });
        found[reader] = { megabytes, speed: megabytes / seconds };
      } catch (error) {
        found[reader] = { failed: error.message.split('\n')[0] };
      }
    }
    const papa = found['Papa Parse, dynamicTyping'].speed;
    const { megabytes } = found['readTable, bytes'];
    console.log(`\n${where}, ${rows} rows × 20, ${what}: ${megabytes?.toFixed(0)} MB of text`);
    console.table(
      Object.entries(found).map(([reader, { speed, failed }]) => ({
        reader,
        'MB/s': failed ?? +speed.toFixed(1),
        '÷ Papa Parse': +(speed / papa).toFixed(2),
      })),
    );
  }
}

async function showPages() {
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
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const browser = await chromium.launch({ executablePath: requiredChromium(), args });
  const address = `http://localhost:${server.address().port}/`;
  await show(`Chromium ${browser.version()}`, (options) => inPage(browser, address, options));
  await browser.close();
  server.close();
}

if (values['in-this-process']) console.log(JSON.stringify(await inThisProcess(JSON.parse(values['in-this-process']))));
else {
  await show(`Node ${process.version}`, inProcess);
  if (!values['node-only']) await showPages();
}
