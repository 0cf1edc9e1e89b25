/** The built page in Chromium, as a visitor meets it: from a static server, under a path that is not the root. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findMnist } from '../js/mnist.js';
import { closeInSilence, launch, serve } from './chromium.js';
import type { Site } from './chromium.js';

type Point = [number, number];

const FOLDER = fileURLToPath(new URL('../../build/page', import.meta.url));
const WAIT = { timeout: 60_000 };

let browser: Browser;
let site: Site;
/** What the pages of the current test complained about; a test that provokes something empties it. */
let complaints: string[] = [];

beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), serve(FOLDER, '/some/sub/path/')]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
afterEach(() => closeInSilence(browser, complaints));

/** A page that has not been told to open anything. */
async function blank(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT.timeout);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && host !== new URL(site.url).host)
      complaints.push(`asked ${request.url()}`);
  });
  return page;
}

/** The page, ready to draw on. */
async function open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
  const page = await blank(options);
  await page.goto(site.url + hash);
  await status(page, /ready/);
  return page;
}

async function status(page: Page, pattern: RegExp): Promise<void> {
  await page.locator('#status').filter({ hasText: pattern }).waitFor(WAIT);
}

const text = async (page: Page, selector: string): Promise<string> =>
  (await page.textContent(selector)) ?? '';
const progress = (page: Page): Promise<number> =>
  page.$eval('#progress', (bar) => (bar as HTMLProgressElement).value);

/** Waits until `read` gives something that `good` accepts, and returns it. */
async function until<Value>(read: () => Promise<Value>, good: (value: Value) => boolean): Promise<Value> {
  let value = await read();
  await expect
    .poll(async () => good((value = await read())), { timeout: WAIT.timeout, interval: 20 })
    .toBe(true);
  return value;
}

async function stroke(page: Page, points: Point[]): Promise<void> {
  await page.locator('#draw').scrollIntoViewIfNeeded();
  const box = (await page.locator('#draw').boundingBox())!;
  const place = ([x, y]: Point): Point => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...place(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...place(point), { steps: 3 });
  await page.mouse.up();
}

const ONE: Point[] = [
  [0.52, 0.15],
  [0.5, 0.5],
  [0.48, 0.85],
];
const ZERO: Point[] = Array.from({ length: 25 }, (_, i) => {
  const angle = (i / 24) * 2 * Math.PI - Math.PI / 2;
  return [0.5 + 0.24 * Math.cos(angle), 0.5 + 0.34 * Math.sin(angle)];
});
const SEVEN: Point[] = [
  [0.25, 0.2],
  [0.72, 0.2],
  [0.42, 0.85],
];

const answer = (page: Page, digit: string): Promise<unknown> =>
  until(
    () => text(page, '#answer'),
    (found) => found === digit,
  );

/** The ten probabilities as they are written. */
const probabilities = (page: Page): Promise<string[]> => page.locator('.bar-value').allTextContents();

/** How much ink the preview of the network's input has. */
const previewInk = (page: Page): Promise<number> =>
  page.$eval('#preview', (preview) => {
    const copy = new OffscreenCanvas(28, 28).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(preview as HTMLCanvasElement, 0, 0);
    const levels = copy.getImageData(0, 0, 28, 28).data;
    return levels.filter((level, i) => i % 4 === 0 && level < 128).length;
  });

describe('drawing', () => {
  it('answers a drawn 1, a 0 and a 7 before any training', async () => {
    const page = await open();
    expect(await text(page, '#answer')).toBe('');
    await stroke(page, ONE);
    await answer(page, '1');
    await page.click('#clear');
    await answer(page, '');
    await stroke(page, ZERO);
    await answer(page, '0');
    await page.click('#clear');
    await stroke(page, SEVEN);
    await answer(page, '7');
  });

  it('updates the preview and ten probabilities while the pen is still down', async () => {
    const page = await open();
    expect(await previewInk(page)).toBe(0);
    const box = (await page.locator('#draw').boundingBox())!;
    await page.mouse.move(box.x + 150, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 200, { steps: 5 });
    await until(
      () => previewInk(page),
      (ink) => ink > 10,
    );
    const early = await probabilities(page);
    expect(early).toHaveLength(10);
    expect(early.join('')).toMatch(/%/);
    await page.mouse.move(box.x + 250, box.y + 280, { steps: 5 });
    await until(
      () => probabilities(page),
      (now) => now.join() !== early.join(),
    );
    await page.mouse.up();
  });

  it('takes strokes back one by one, and a clearing too', async () => {
    const page = await open();
    await stroke(page, ONE);
    const one = await until(
      () => previewInk(page),
      (ink) => ink > 0,
    );
    await stroke(page, [
      [0.2, 0.5],
      [0.8, 0.5],
    ]);
    await until(
      () => previewInk(page),
      (ink) => ink !== one,
    );
    await page.click('#undo');
    await until(
      () => previewInk(page),
      (ink) => ink === one,
    );
    await page.click('#clear');
    await until(
      () => previewInk(page),
      (ink) => ink === 0,
    );
    await page.keyboard.press('Control+z');
    await until(
      () => previewInk(page),
      (ink) => ink === one,
    );
    await page.keyboard.press('Control+z');
    await answer(page, '');
  });

  it('is drawn on by touch', async () => {
    const page = await open('', { hasTouch: true });
    const box = (await page.locator('#draw').boundingBox())!;
    const touch = await page.context().newCDPSession(page);
    const at = ([x, y]: Point): { x: number; y: number }[] => [
      { x: box.x + x * box.width, y: box.y + y * box.height },
    ];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(ONE[0]!) });
    for (const point of ONE.slice(1)) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(point) });
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await answer(page, '1');
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
  });

  it('survives a reload, as do the settings', async () => {
    const page = await open();
    await stroke(page, ONE);
    await answer(page, '1');
    await page.check('#preset-deeper');
    await page.fill('#epochs', '3');
    await page.reload();
    await answer(page, '1');
    expect(await page.inputValue('#hidden')).toBe('256, 128');
    expect(await page.inputValue('#epochs')).toBe('3');
    expect(await page.isChecked('#preset-deeper')).toBe(true);
  });
});

describe('settings', () => {
  it('begin with the network of document 003 and are all in the address once changed', async () => {
    const page = await open();
    expect(await page.isChecked('#preset-classic')).toBe(true);
    expect(await page.inputValue('#hidden')).toBe('128');
    expect(await page.inputValue('#activation')).toBe('sigmoid');
    expect(await page.inputValue('#optimizer')).toBe('sgd');
    await page.fill('#learning-rate', '0.25');
    expect(await page.isChecked('#preset-own')).toBe(true);
    const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect(Object.fromEntries(hash)).toEqual({
      data: 'digits',
      count: '20000',
      hidden: '128',
      activation: 'sigmoid',
      optimizer: 'sgd',
      lr: '0.25',
      batch: '32',
      epochs: '10',
      seed: '42',
    });
  });

  it.each([
    ['#hidden', '128, none', 'hidden layers'],
    ['#learning-rate', '-1', 'learning rate'],
    ['#batch-size', '0', 'batch size'],
    ['#epochs', '', 'epochs'],
    ['#seed', '1.5', 'seed'],
    ['#count', '12', 'number of digits'],
  ])('keep Train from starting while %s is "%s", and say why', async (field, value, title) => {
    const page = await open();
    const good = await page.inputValue(field);
    await page.fill(field, value);
    expect(await page.isDisabled('#train')).toBe(true);
    expect(await page.getAttribute(field, 'aria-invalid')).toBe('true');
    expect(await text(page, `${field}-error`)).toMatch(/\.$/);
    expect(await text(page, '#train-reason')).toContain(title);
    await page.fill(field, good);
    expect(await page.isEnabled('#train')).toBe(true);
    expect(await text(page, '#train-reason')).toBe('');
  });

  it('survive nonsense in the address', async () => {
    const page = await open('#data=nowhere&activation=magic&lr=%3Cb%3E&unknown=1');
    expect(await page.isDisabled('#train')).toBe(true);
    await page.check('#preset-modern');
    await page.check('input[name=data][value=digits]', { force: true });
    expect(await page.isEnabled('#train')).toBe(true);
  });
});

/** A run on few digits that lasts as long as a test needs it to. */
const LONG = '#count=4000&epochs=1000&hidden=64&activation=relu&optimizer=adam&lr=0.001&batch=32';

describe('training', () => {
  it('learns generated digits: progress, charts, and a validation accuracy above 0.8', async () => {
    const page = await open(
      '#count=12000&epochs=4&hidden=128&activation=relu&optimizer=adam&lr=0.002&batch=32',
    );
    expect(await text(page, '#val-accuracy')).toBe('');
    await page.click('#train');
    await until(
      () => progress(page),
      (value) => value > 0 && value < 1,
    );
    await until(
      () => text(page, '#val-accuracy'),
      (shown) => /^[01]\.\d{4}$/.test(shown),
    );
    await status(page, /^Trained for 4 epochs, validated on generated digits/);
    expect(Number(await text(page, '#val-accuracy'))).toBeGreaterThan(0.8);
    expect(await progress(page)).toBe(1);
    expect(await text(page, '#samples-per-second')).toMatch(/^[\d,]+$/);
    await until(
      () => text(page, '#loss-chart .key-validation b'),
      (shown) => Number(shown) > 0,
    );
    await until(
      () => text(page, '#accuracy-chart .key-training b'),
      (shown) => Number(shown) > 0.5,
    );
    expect(await page.locator('#gallery li').count()).toBeGreaterThan(0);
    expect(await page.isEnabled('#train')).toBe(true);
  });

  it('changes what is read in the drawing as it goes on', async () => {
    const page = await open(LONG);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#train');
    await page.locator('#reader').filter({ hasText: 'your network' }).waitFor(WAIT);
    const first = await probabilities(page);
    await until(
      () => probabilities(page),
      (now) => now.join() !== first.join(),
    );
    // A new drawing is read by the network in training, too.
    await page.click('#clear');
    await answer(page, '');
    await stroke(page, ZERO);
    await answer(page, '0');
    await page.click('#stop');
    await status(page, /^Stopped/);
    await page.click('#clear');
    await stroke(page, ONE);
    await answer(page, '1');
    expect(await text(page, '#reader')).toContain('your network');
  });

  it('stays stopped when reports are slower than the answer', async () => {
    const page = await blank();
    await page.addInitScript(() => {
      const listen = MessagePort.prototype.addEventListener;
      MessagePort.prototype.addEventListener = function (type: string, listener: unknown) {
        const late = (event: unknown) => setTimeout(listener as (event: unknown) => void, 100, event);
        listen.call(this, type, late);
      };
    });
    await page.goto(site.url + LONG);
    await status(page, /ready/);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#stop');
    await status(page, /^Stopped/);
    await page.waitForTimeout(500);
    expect(await text(page, '#status')).toMatch(/^Stopped/);
    expect(await page.isEnabled('#train')).toBe(true);
  });

  it('pauses, resumes, stops and resets', async () => {
    const page = await open(LONG);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#pause');
    expect(await text(page, '#pause')).toBe('Resume');
    await status(page, /^Paused/);
    // What was on its way when the pause began arrives; then nothing may move any more.
    await page.waitForTimeout(250);
    const paused = await progress(page);
    await page.waitForTimeout(400);
    expect(await progress(page)).toBe(paused);
    await page.click('#pause');
    expect(await text(page, '#pause')).toBe('Pause');
    await until(
      () => progress(page),
      (value) => value > paused,
    );
    await page.click('#stop');
    await status(page, /^Stopped/);
    expect(await page.isDisabled('#pause')).toBe(true);
    expect(await page.isDisabled('#stop')).toBe(true);
    await page.click('#reset');
    await status(page, /^Back to the pretrained network/);
    expect(await progress(page)).toBe(0);
    expect(await text(page, '#val-accuracy')).toBe('');
    expect(await page.isDisabled('#reset')).toBe(true);
    await stroke(page, ONE);
    await page.locator('#reader').filter({ hasText: 'pretrained' }).waitFor(WAIT);
    await answer(page, '1');
  });

  it('gives the same accuracy twice from the same seed', async () => {
    const page = await open('#count=2000&epochs=2&seed=7');
    const figures: string[] = [];
    for (let run = 0; run < 2; run++) {
      await page.click('#train');
      await status(page, /^Trained/);
      figures.push(await text(page, '#val-accuracy'));
    }
    expect(figures[1]).toBe(figures[0]);
  });

  it('leaves the page its frames', async () => {
    const page = await open(LONG);
    await stroke(page, SEVEN);
    await page.click('#train');
    await status(page, /^Epoch/);
    const median = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const gaps: number[] = [];
          let last = performance.now();
          const frame = (now: number): void => {
            gaps.push(now - last);
            last = now;
            if (gaps.length < 91) requestAnimationFrame(frame);
            else resolve(gaps.sort((a, b) => a - b)[45]!);
          };
          requestAnimationFrame(frame);
        }),
    );
    expect(median).toBeLessThan(25);
  });

  it('says so when the steps are so large that the numbers overflow, and can start again', async () => {
    const page = await open(
      '#count=2000&epochs=20&hidden=64,64&activation=linear&optimizer=sgd&lr=100&batch=32',
    );
    await page.click('#train');
    await status(page, /smaller learning rate/);
    await page.check('#preset-modern');
    await page.fill('#epochs', '1');
    await page.click('#train');
    await status(page, /^Trained/);
  });
});

describe('MNIST files', () => {
  const chosen = (name: string, bytes: number[]): { name: string; mimeType: string; buffer: Buffer } => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(bytes),
  });

  it('are refused when truncated, with a sentence that names the file', async () => {
    const page = await open();
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      // Two labels are promised, one is there.
      transfer.items.add(new File([new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7])], 'train-labels-idx1-ubyte'));
      return transfer;
    });
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
    await status(page, /train-labels-idx1-ubyte cannot be used.*truncated/);
    expect(await text(page, '#mnist-error')).toContain('train-labels-idx1-ubyte');
    expect(await page.isDisabled('#train')).toBe(true);
    expect(await text(page, '#train-reason')).toContain('four files');
    // Nothing else broke.
    await stroke(page, ONE);
    await answer(page, '1');
    complaints = complaints.filter((complaint) => !complaint.includes('404')); // `data/` is not there
  });

  it('are refused when they are something else, and when images and labels do not belong together', async () => {
    const page = await open();
    await page.setInputFiles('#mnist-files', [chosen('holiday.png', [1, 2, 3])]);
    await status(page, /holiday\.png is none of the four files/);
    await page.setInputFiles('#mnist-files', [chosen('t10k-images-idx3-ubyte', [0, 0, 8, 1, 0, 0, 0, 1, 7])]);
    await status(page, /holds labels, not images/);
    await page.setInputFiles('#mnist-files', [
      chosen('t10k-images-idx3-ubyte', [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]),
      chosen('t10k-labels-idx1-ubyte', [0, 0, 8, 1, 0, 0, 0, 2, 7, 7]),
    ]);
    await status(page, /do not belong together: 1 and 2/);
    complaints = complaints.filter((complaint) => !complaint.includes('404'));
  });

  const mnist = findMnist();
  it.skipIf(!mnist)('train a network to 0.94 and more in one epoch', async () => {
    const page = await open();
    await page.setInputFiles('#mnist-files', Object.values(mnist!));
    await status(page, /^MNIST is ready/);
    await page.check('#preset-modern');
    await page.fill('#epochs', '1');
    await page.click('#train');
    await status(page, /^Trained for 1 epoch, validated on the 10,000 digits of MNIST’s test files/);
    const accuracy = await text(page, '#val-accuracy');
    expect(accuracy).toMatch(/^[01]\.\d{4}$/);
    expect(Number(accuracy)).toBeGreaterThanOrEqual(0.94);
    complaints = complaints.filter((complaint) => !complaint.includes('404'));
  });

  it.skipIf(!mnist)('are offered when the page’s own server has them', async () => {
    const page = await blank();
    const files = Object.values(mnist!);
    await page.route('**/data/*.gz', async (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1)!.replace('.gz', '');
      const file = files.find((path) => path.includes(name))!;
      await route.fulfill({ contentType: 'application/gzip', body: readFileSync(file) });
    });
    await page.goto(`${site.url}#data=mnist&epochs=1&hidden=16`);
    await until(
      () => page.isEnabled('#train'),
      (enabled) => enabled,
    );
    await page.click('#train');
    await status(page, /^Trained for 1 epoch, validated on the 10,000 digits/);
    expect(Number(await text(page, '#val-accuracy'))).toBeGreaterThan(0.8);
  });
});

describe('for everyone', () => {
  it('can be used by keyboard alone', async () => {
    const page = await open('#count=1000&epochs=1');
    const press = async (key: string, times = 1): Promise<void> => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    const tabTo = async (id: string): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        if ((await page.evaluate(() => document.activeElement?.id)) === id) return;
        await press('Tab');
      }
      throw new Error(`Tab does not reach #${id}`);
    };
    await tabTo('draw');
    await press(' ');
    await press('ArrowDown', 16);
    await press(' ');
    await answer(page, '1');
    await press('Control+z');
    await answer(page, '');
    await tabTo('train');
    await press('Enter');
    await status(page, /^Trained/);
    // The button that was pressed went out under the finger; the focus is not lost.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('train');
    await tabTo('reset');
    await press('Enter');
    await status(page, /^Back/);
  });

  it('shows where the focus is', async () => {
    const page = await open();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      const visible = await page.evaluate(() => {
        const focused = document.activeElement!;
        const shown = focused.matches('.segmented input, .sr-only')
          ? focused.parentElement!.querySelector('span, label')
          : focused;
        return getComputedStyle(shown ?? focused).outlineStyle;
      });
      expect(visible).not.toBe('none');
    }
  });

  it('fits 360 pixels without sideways scrolling, before and after training', async () => {
    const page = await open('#count=1000&epochs=1&hidden=256,128', {
      viewport: { width: 360, height: 780 },
      hasTouch: true,
    });
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(360);
    await stroke(page, ONE);
    await answer(page, '1');
    await page.click('#train');
    await status(page, /^Trained/);
    expect(await width()).toBe(360);
  });

  it('has the drawing pad, the probabilities and Train above the fold at 1280 × 800', async () => {
    const page = await open();
    for (const id of ['#draw', '#preview', '#probabilities', '#answer', '#train']) {
      const box = (await page.locator(id).boundingBox())!;
      expect(box.y + box.height).toBeLessThanOrEqual(800);
    }
  });

  it('follows the system into the dark, and the visitor out of it, for good', async () => {
    const page = await open('', { colorScheme: 'dark' });
    const brightness = (): Promise<number> =>
      page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.documentElement).backgroundColor)![0]));
    expect(await brightness()).toBeLessThan(64);
    await page.click('#theme');
    expect(await brightness()).toBeGreaterThan(192);
    await page.reload();
    expect(await brightness()).toBeGreaterThan(192);
  });

  it('names every control', async () => {
    const page = await open();
    const nameless = await page.$$eval('button, input, select, canvas[tabindex]', (controls) =>
      controls
        .filter((control) => {
          const labels = 'labels' in control ? ((control as HTMLInputElement).labels?.length ?? 0) : 0;
          return labels === 0 && !control.getAttribute('aria-label') && !control.textContent?.trim();
        })
        .map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
  });
});

describe('when something is missing', () => {
  it('says which WebAssembly file could not be loaded', async () => {
    const page = await blank();
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto(site.url);
    await status(page, /This page cannot start: .*WebAssembly.*\.wasm/);
    await stroke(page, ONE);
    expect(await text(page, '#answer')).toBe('');
    complaints = [];
  });

  it('trains without the pretrained network', async () => {
    const page = await blank();
    await page.route('**/pretrained.safetensors', (route) => route.fulfill({ status: 404 }));
    await page.goto(`${site.url}#count=3000&epochs=3`);
    await status(page, /pretrained network is missing/);
    await stroke(page, ONE);
    await page.click('#train');
    await status(page, /^Trained/);
    await until(
      () => text(page, '#answer'),
      (found) => /^\d$/.test(found),
    );
    complaints = [];
  });

  it('reports a training worker that cannot start, and starts another', async () => {
    const page = await open('#count=1000&epochs=1');
    await page.route('**/training.worker-*.js', (route) => route.abort());
    await page.click('#train');
    await status(page, /The training worker stopped/);
    await page.unroute('**/training.worker-*.js');
    await page.click('#train');
    await status(page, /^Trained/);
    complaints = [];
  });
});

describe('the Content-Security-Policy', () => {
  it('allows neither eval nor anything inline', async () => {
    const page = await open();
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
    const source = await (await fetch(site.url)).text();
    expect(source).not.toMatch(/\sstyle=|<style|<script(?![^>]*\ssrc=)/);
    // Later, not at once: what a debugger evaluates directly may evaluate more.
    const evaluated = await page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          setTimeout(() => {
            try {
              resolve(Boolean(new Function('return 1')()));
            } catch {
              resolve(false);
            }
          });
        }),
    );
    expect(evaluated).toBe(false);
    complaints = complaints.filter((complaint) => !complaint.includes('unsafe-eval'));
  });
});
