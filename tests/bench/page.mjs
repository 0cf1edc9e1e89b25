// The page, as a visitor feels it, in Chromium:  node tests/bench/page.mjs [times]
//
// The built page (build/page), isolated and gzipped as a host sends it, beside something in the same run: its first load
// beside that of an empty page with a pad, its frames while it trains beside the same page idle. Further: a stroke to its
// answer, and a table of nearly 50 MB.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { requiredChromium } from '../../scripts/setup.mjs';
import { serve } from './hosts/server.mjs';
import { BUILD, ROOT } from './paths.mjs';
import { median } from './statistics.mjs';

const TIMES = Number(process.argv[2] ?? 15);
const FOLDERS = { page: path.join(ROOT, 'build/page'), empty: path.join(BUILD, 'empty-page') };
const WATCH_MS = 8000;
const STROKES = 40;
/** Generated digits, in the presets' largest network. */
const TRAINING = '#count=12000&epochs=1000&hidden=128&activation=relu&optimizer=adam&lr=0.001&batch=32';
const TABLE_BYTES = 49_500_000;

/** The least that takes a stroke and answers: a page and a script. */
const EMPTY = {
  'index.html': `<!doctype html><link rel="icon" href="data:," /><canvas id="draw" width="340" height="340"></canvas>
<button id="undo"></button><output id="answer"></output><script type="module" src="./empty.js"></script>`,
  'empty.js': `const undo = document.querySelector('#undo');
undo.disabled = true;
const pad = document.querySelector('#draw');
pad.addEventListener('pointerdown', () => (undo.disabled = false));
pad.addEventListener('pointerup', () => (document.querySelector('#answer').textContent = '7'));`,
};

if (!existsSync(path.join(FOLDERS.page, 'index.html'))) throw new Error('The page is not built yet: npm run build');
mkdirSync(FOLDERS.empty, { recursive: true });
for (const [name, text] of Object.entries(EMPTY)) writeFileSync(path.join(FOLDERS.empty, name), text);
const { origin, requested, close } = await serve(FOLDERS, true, true);
const browser = await chromium.launch({ executablePath: requiredChromium(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  console.log(`Chromium ${browser.version()}`);
  await firstLoad();
  await strokes();
  await training();
  await table();
} finally {
  await browser.close();
  close();
}

/** Bytes until a drawing is read, and times until the pad takes a stroke and until that is answered. */
async function firstLoad() {
  const took = { 'empty page': [], 'the page': [] };
  let bytes;
  for (let i = 0; i < TIMES; i++) {
    for (const name of Object.keys(took)) {
      requested.clear();
      const page = await open(name === 'the page' ? '/page/' : '/empty/', async (page) => {
        await page.addInitScript(drawAtOnce);
      });
      // Not waitForFunction, which the page's Content-Security-Policy forbids.
      while (!(await page.evaluate('globalThis.answered'))) await page.waitForTimeout(5);
      took[name].push(await page.evaluate('[globalThis.taken, globalThis.answered]'));
      if (name === 'the page') bytes ??= bytesOf([...requested]);
      await page.context().close();
    }
  }
  console.log(`\nFirst load, medians of ${TIMES} in turn, nothing cached`);
  console.log(`  bytes, gzipped        ${bytes.page} before the recogniser, ${bytes.recogniser} more with it`);
  for (const [name, times] of Object.entries(took)) {
    const [taken, answered] = [0, 1].map((which) => median(times.map((time) => time[which])));
    console.log(`  ${name.padEnd(12)} the pad takes a stroke after ${ms(taken)}, it is answered after ${ms(answered)}`);
  }
}

/** The recogniser is its weights; what is loaded below the first view comes meanwhile, and counts as well. */
function bytesOf(addresses) {
  const packed = (address) => gzipSync(readFileSync(path.join(ROOT, 'build', address))).length;
  const sum = (list) => list.reduce((total, address) => total + packed(address), 0).toLocaleString('en');
  const isRecogniser = (address) => address.endsWith('.safetensors');
  return {
    page: sum(addresses.filter((address) => !isRecogniser(address))),
    recogniser: sum(addresses.filter(isRecogniser)),
  };
}

/** Runs in the page: draws a 7 as soon as the pad takes it, and notes when, and when it is answered. */
function drawAtOnce() {
  const look = setInterval(() => {
    const [pad, undo, output] = ['#draw', '#undo', '#answer'].map((id) => document.querySelector(id));
    if (globalThis.taken === undefined && undo?.disabled) {
      const box = pad.getBoundingClientRect();
      const send = (type, x, y) => {
        const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
        pad.dispatchEvent(new PointerEvent(type, { pointerId: 7, bubbles: true, button: 0, ...at }));
      };
      send('pointerdown', 0.25, 0.2);
      if (undo.disabled) return;
      globalThis.taken = performance.now();
      for (const [x, y] of [
        [0.72, 0.2],
        [0.42, 0.85],
      ])
        send('pointermove', x, y);
      send('pointerup', 0.42, 0.85);
    }
    if (output?.textContent !== '7') return;
    globalThis.answered = performance.now();
    clearInterval(look);
  }, 1);
}

/** From a pointer's event to the ten probabilities that it changes. */
async function strokes() {
  const page = await open('/page/');
  await page.locator('#status').filter({ hasText: 'ready' }).waitFor();
  const { moves, ups } = await page.evaluate(async (count) => {
    const [pad, bars] = ['#draw', '#probabilities'].map((id) => document.querySelector(id));
    const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const box = pad.getBoundingClientRect();
    /** Sends an event; the time until the probabilities are others, undefined where they stay. */
    const send = (type, x, y) => {
      const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
      const changed = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          resolve(performance.now() - began);
        });
        observer.observe(bars, { subtree: true, childList: true, characterData: true, attributes: true });
        setTimeout(() => (observer.disconnect(), resolve(undefined)), 500);
      });
      const began = performance.now();
      pad.dispatchEvent(new PointerEvent(type, { pointerId: 7, bubbles: true, button: 0, ...at }));
      return changed;
    };
    const [moves, ups] = [[], []];
    for (let i = 0; i < count; i++) {
      document.querySelector('#clear').click();
      await pause(60);
      const shift = 0.1 * Math.sin(i);
      await send('pointerdown', 0.3 + shift, 0.2);
      for (const [x, y] of [
        [0.5, 0.2],
        [0.7, 0.22],
        [0.6, 0.5],
        [0.45, 0.85],
      ]) {
        // Anywhere between two frames, as a hand moves.
        await pause(20 + 16 * Math.random());
        moves.push(await send('pointermove', x + shift, y));
      }
      await pause(50);
      ups.push(await send('pointerup', 0.45 + shift, 0.85));
    }
    const heard = (times) => times.filter((time) => time !== undefined);
    return { moves: heard(moves), ups: heard(ups) };
  }, STROKES);
  await page.context().close();
  console.log('\nStroke to answer');
  for (const [name, times] of Object.entries({ 'a move': moves, 'the pen lifts': ups }))
    console.log(
      `  ${name.padEnd(14)} median ${ms(median(times))}, worst ${ms(Math.max(...times))}, of ${times.length}`,
    );
}

/** Long tasks, frames and shifts of a page while nothing happens and while it trains. */
async function training() {
  const page = await open(`/page/${TRAINING}`);
  await page.locator('#status').filter({ hasText: 'ready' }).waitFor();
  await page.waitForTimeout(3000); // the service worker comes meanwhile
  const idle = await watch(page, WATCH_MS);
  await page.click('#train');
  await page
    .locator('#status')
    .filter({ hasText: /^Epoch/ })
    .waitFor();
  const busy = await watch(page, WATCH_MS);
  await page.context().close();
  console.log(`\nMain thread, ${WATCH_MS / 1000} s each`);
  for (const [name, seen] of Object.entries({ idle, training: busy })) console.log(`  ${name.padEnd(9)} ${told(seen)}`);
}

async function table() {
  const page = await open('/page/#view=table');
  await page.locator('#table-file').waitFor({ state: 'attached' });
  const rows = await page.evaluate((bytes) => {
    const lines = ['a,b,c,d,e,colour,class'];
    let length = 0;
    for (let i = 0; length < bytes; i++) {
      const cells = [1, 3, 7, 11, 13].map((step) => ((i * step * 7919) % 100_003) / 1000);
      const line = [...cells, ['red', 'green', 'blue'][i % 3], cells[0] > cells[1] ? 'large' : 'small'].join();
      lines.push(line);
      length += line.length + 1;
    }
    const data = new DataTransfer();
    data.items.add(new File([lines.join('\n')], 'large.csv', { type: 'text/csv' }));
    globalThis.dropped = data;
    return lines.length - 1;
  }, TABLE_BYTES);
  await page.waitForTimeout(1000);
  const step = async (work, selector, pattern) => {
    const end = await watch(page);
    await work();
    await page.locator(selector).filter({ hasText: pattern }).waitFor({ timeout: 300_000 });
    return end();
  };
  const drop = () =>
    page.evaluate(() => {
      const init = { dataTransfer: globalThis.dropped, bubbles: true, cancelable: true };
      for (const type of ['dragover', 'drop'])
        document.querySelector('.table-zone').dispatchEvent(new DragEvent(type, init));
    });
  const preview = await step(drop, '.table-said', /^large\.csv: /);
  const running = await step(() => page.click('#table-train'), '#table-status', /^Epoch/);
  const memory = await page.evaluate(async () => (await performance.measureUserAgentSpecificMemory?.())?.bytes);
  await page.context().close();
  console.log(`\nA table of ${(TABLE_BYTES / 1e6).toFixed(1)} MB, ${rows.toLocaleString('en')} rows`);
  console.log(`  to the preview        ${told(preview)}`);
  console.log(`  to the first epoch    ${told(running)}`);
  console.log(
    `  memory of the page and its workers while it trains: ${memory ? `${Math.round(memory / 1e6)} MB` : '?'}`,
  );
}

/** Watches the main thread for some time; without a time, @returns a function that ends it. */
async function watch(page, milliseconds) {
  await page.evaluate(() => {
    const seen = (globalThis.seen = { began: performance.now(), tasks: [], gaps: [], shift: 0 });
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.entryType === 'longtask') seen.tasks.push(entry.duration);
        else seen.shift += entry.value;
      }
    });
    for (const type of ['longtask', 'layout-shift']) observer.observe({ type });
    let last = performance.now();
    const frame = (now) => {
      if (globalThis.seen !== seen) return;
      seen.gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(frame);
    });
  });
  const end = () =>
    page.evaluate(() => {
      const { began, ...seen } = globalThis.seen;
      globalThis.seen = undefined;
      return { ...seen, took: performance.now() - began };
    });
  if (milliseconds === undefined) return end;
  await page.waitForTimeout(milliseconds);
  return end();
}

function told({ tasks, gaps, shift, took }) {
  const longest = tasks.length > 0 ? `longest task ${ms(Math.max(...tasks))}` : 'no task of 50 ms';
  const frames = `${Math.round((1000 * gaps.length) / took)} frames/s, longest gap ${ms(Math.max(...gaps))}`;
  return `${ms(took)}: ${longest} (${tasks.length} in all), ${frames}, layout shift ${shift.toFixed(4)}`;
}

/** A page in a context of its own, with nothing cached. */
async function open(address, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en' });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`The page complained: ${error}`));
  await prepare(page);
  await page.goto(origin + address);
  return page;
}

function ms(milliseconds) {
  return `${milliseconds < 100 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
