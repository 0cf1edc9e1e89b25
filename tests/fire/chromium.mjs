// Kills in Chromium. A page hears of the death of a worker by an error event, whatever killed it; the package then ends what
// is left of it. So a worker is killed by such an event, in the middle of whatever it does.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { requiredChromium } from '../../scripts/setup.mjs';
import { add } from './entries/kill.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};

const MANY = 10;

const PAGE = '<!doctype html><title>kills</title><script type="module" src="/tests/fire/page.mjs"></script>';

/** Runs in the page before all else. */
function makeMortal() {
  const { Worker } = globalThis;
  globalThis.mortals = [];
  globalThis.Worker = class Mortal extends Worker {
    sent = 0;
    received = 0;

    constructor(...args) {
      super(...args);
      globalThis.mortals.push(this);
      this.addEventListener('message', () => ++this.received);
    }

    postMessage(...args) {
      ++this.sent;
      return super.postMessage(...args);
    }

    kill() {
      this.dispatchEvent(new ErrorEvent('error', { message: 'killed' }));
    }
  };
}

export async function killInChromium({ seed, count, faults, log }) {
  const executablePath = requiredChromium();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    try {
      if (pathname !== '/' && !/^\/(dist|tests\/fire)\/[\w./-]+$/.test(pathname)) throw new Error('outside');
      if (pathname.includes('..')) throw new Error('outside');
      response.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'text/html');
      response.end(pathname === '/' ? PAGE : await readFile(path.join(ROOT, pathname)));
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const total = { kills: 0, trainings: 0, restarts: 0, replacements: 0, settled: 0, rejected: 0 };
  try {
    const page = await browser.newPage();
    await page.addInitScript(makeMortal);
    await page.goto(`http://127.0.0.1:${server.address().port}/`); // returns once the module has run
    for (let i = 0; total.kills < count && faults.length < MANY; ++i) {
      const outcome = await page.evaluate((training) => globalThis.kill(training), seed + i);
      if (outcome.fault) faults.push(`Chromium: ${outcome.fault}`);
      else add(total, outcome.done);
      log(`${total.kills} kills in Chromium`);
    }
    const left = () => page.workers().length;
    for (let i = 0; left() > 0 && i < 100; ++i) await new Promise((resolve) => setTimeout(resolve, 50));
    if (left() > 0) faults.push(`Chromium: ${left()} workers were left alive`);
  } finally {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return total;
}
