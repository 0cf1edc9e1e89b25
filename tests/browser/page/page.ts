/** The built page in Chromium, as a visitor meets it: from a static server, under a path that is not the root. */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { closeInSilence, hear, launch, serve } from '../chromium.js';
import type { Site } from '../chromium.js';

export type Point = [number, number];

const FOLDER = fileURLToPath(new URL('../../../build/page', import.meta.url));
export const WAIT = { timeout: 60_000 };

/** Shared by the tests of a file: a browser, and the page's address. */
export class Visit {
  browser!: Browser;
  site!: Site;
  /** Complaints of the pages of the current test; a test that provokes some empties it. */
  complaints: string[] = [];

  get url(): string {
    return this.site.url;
  }

  /** A page that has not been told to open anything. */
  async blank(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
      // Blocked, because files that a test takes away would come from there; the test of working offline allows it.
      serviceWorkers: 'block',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT.timeout);
    hear(page, this.complaints);
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(this.url).host)
        this.complaints.push(`asked ${request.url()}`);
    });
    return page;
  }

  /** The page, ready to draw on. */
  async open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.blank(options);
    await page.goto(this.url + hash);
    await status(page, /ready|bereit/);
    return page;
  }

  /** Forgets the complaints that a test provoked. */
  forgive(pattern = /(?:)/): void {
    this.complaints.splice(0, Infinity, ...this.complaints.filter((complaint) => !pattern.test(complaint)));
  }
}

/** Starts and ends what the tests of a file need; every test must leave the console silent. */
export function visit(headers: Record<string, string> = {}): Visit {
  const made = new Visit();
  beforeAll(async () => {
    [made.browser, made.site] = await Promise.all([launch(), serve(FOLDER, '/some/sub/path/', headers)]);
  });
  afterAll(async () => {
    await made.browser?.close();
    await made.site?.close();
  });
  afterEach(() => closeInSilence(made.browser, made.complaints));
  return made;
}

export async function status(page: Page, pattern: RegExp): Promise<void> {
  // Attached, because only the first view shows it.
  await page
    .locator('#status')
    .filter({ hasText: pattern })
    .waitFor({ ...WAIT, state: 'attached' })
    .catch(async (error: Error) => {
      throw new Error(`Expected a status of ${pattern}, got "${await text(page, '#status')}"`, { cause: error });
    });
}

export const text = async (page: Page, selector: string): Promise<string> => (await page.textContent(selector)) ?? '';
export const progress = (page: Page): Promise<number> =>
  page.$eval('#progress', (bar) => (bar as HTMLProgressElement).value);

/** The visitor's run as the browser has written it: how far it is, and a fingerprint of its network's checkpoint. */
export function keptRun(page: Page): Promise<{ fraction: number; checkpoint: string | undefined } | undefined> {
  return page.evaluate(async () => {
    const result = <Result>(asking: IDBRequest<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        asking.onsuccess = () => resolve(asking.result);
        asking.onerror = () => reject(asking.error!);
      });
    const database = await result(indexedDB.open('mlp-wasm'));
    type Kept = { run: { fraction: number }; checkpoint?: Uint8Array<ArrayBuffer> } | undefined;
    const kept = (await result(database.transaction('kept').objectStore('kept').get('current'))) as Kept;
    database.close();
    if (!kept) return undefined;
    const hash = kept.checkpoint && new Uint8Array(await crypto.subtle.digest('SHA-256', kept.checkpoint)).join();
    return { fraction: kept.run.fraction, checkpoint: hash };
  });
}

/** Waits until the browser has written the network that the page shows, and returns its fingerprint. */
export async function written(page: Page): Promise<string> {
  const { kept } = await until(
    async () => ({ kept: await keptRun(page), shown: await progress(page) }),
    ({ kept, shown }) => kept?.checkpoint !== undefined && kept.fraction === shown,
  );
  return kept!.checkpoint!;
}

/** Waits until `read` gives something that `good` accepts, and returns it. */
export async function until<Value>(read: () => Promise<Value>, good: (value: Value) => boolean): Promise<Value> {
  let value = await read();
  await expect
    .poll(async () => good((value = await read())), { timeout: WAIT.timeout, interval: 20 })
    .toBe(true)
    .catch((error: Error) => {
      throw new Error(`Waited in vain, at last for ${JSON.stringify(value)}`, { cause: error });
    });
  return value;
}

export async function stroke(page: Page, points: Point[]): Promise<void> {
  await page.locator('#draw').scrollIntoViewIfNeeded();
  const box = (await page.locator('#draw').boundingBox())!;
  const place = ([x, y]: Point): Point => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...place(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...place(point), { steps: 3 });
  await page.mouse.up();
}

/** Strokes by a pointer that a script makes up: quick, and with whatever pressure. */
export async function strokesByScript(
  page: Page,
  strokes: Point[][],
  pointer: { pointerType?: string; pressure?: number } = {},
): Promise<void> {
  await page.evaluate(
    ({ strokes, pointer }) => {
      const canvas = document.querySelector('#draw')!;
      const box = canvas.getBoundingClientRect();
      const send = (type: string, [x, y]: [number, number]): void => {
        const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
        canvas.dispatchEvent(new PointerEvent(type, { pointerId: 7, bubbles: true, button: 0, ...pointer, ...at }));
      };
      for (const points of strokes) {
        send('pointerdown', points[0]!);
        for (const point of points.slice(1)) send('pointermove', point);
        send('pointerup', points.at(-1)!);
      }
    },
    { strokes, pointer },
  );
}

/** Points from `from` to `to` degrees (clockwise, 0 is to the right) of an ellipse. */
function bow(x: number, y: number, width: number, height: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

export const ONE: Point[] = [
  [0.52, 0.15],
  [0.5, 0.5],
  [0.48, 0.85],
];
export const ZERO: Point[] = bow(0.5, 0.5, 0.24, 0.34, -90, 270);
export const SEVEN: Point[] = [
  [0.25, 0.2],
  [0.72, 0.2],
  [0.42, 0.85],
];

/** The ten digits, each filling most of the pad. */
export const TEN: readonly Point[][][] = [
  [ZERO],
  [ONE],
  [[...bow(0.5, 0.32, 0.2, 0.17, -170, 30), [0.28, 0.84] as Point, [0.74, 0.84] as Point]],
  [[...bow(0.47, 0.32, 0.19, 0.17, -155, 90), ...bow(0.47, 0.67, 0.21, 0.18, -90, 150)]],
  [
    [
      [0.36, 0.15],
      [0.28, 0.55],
      [0.72, 0.55],
    ],
    [
      [0.62, 0.15],
      [0.6, 0.85],
    ],
  ],
  [
    [[0.34, 0.15], [0.32, 0.46], ...bow(0.47, 0.63, 0.21, 0.21, -110, 150)],
    [
      [0.34, 0.15],
      [0.68, 0.15],
    ],
  ],
  [[[0.58, 0.14], [0.4, 0.4], ...bow(0.49, 0.66, 0.18, 0.18, -180, 180)]],
  [SEVEN],
  [[...bow(0.5, 0.33, 0.16, 0.17, 90, -270), ...bow(0.5, 0.68, 0.19, 0.18, -90, 270)]],
  [[...bow(0.48, 0.34, 0.18, 0.18, 0, 360), [0.66, 0.5] as Point, [0.6, 0.86] as Point]],
];

export const answer = (page: Page, digit: string): Promise<unknown> =>
  until(
    () => text(page, '#answer'),
    (found) => found === digit,
  );

/** The ten probabilities as they are written. */
export const probabilities = (page: Page): Promise<string[]> => page.locator('.bar-value').allTextContents();

/** The amount of ink in the preview of the network's input. */
export const previewInk = (page: Page): Promise<number> =>
  page.$eval('#preview', (preview) => {
    const copy = new OffscreenCanvas(28, 28).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(preview as HTMLCanvasElement, 0, 0);
    const levels = copy.getImageData(0, 0, 28, 28).data;
    return levels.filter((level, i) => i % 4 === 0 && level < 128).length;
  });

/** A run on few digits that lasts as long as a test needs it to. */
export const LONG = '#count=4000&epochs=1000&hidden=64&activation=relu&optimizer=adam&lr=0.001&batch=32';

/** One finger on the screen: down at the first point, where it stays until `held` resolves, along the others, up. */
export async function swipe(page: Page, points: Point[], held?: () => Promise<void>): Promise<void> {
  const touch: CDPSession = await page.context().newCDPSession(page);
  const at = ([x, y]: Point): { x: number; y: number }[] => [{ x, y }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(points[0]!) });
  await held?.();
  for (const point of points.slice(1)) {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(point) });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}
