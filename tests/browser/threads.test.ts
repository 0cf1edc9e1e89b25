/** Threads in Chromium: in pages that may share memory, and in those that may not. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { shareWork } from '../js/support/shared-work.js';
import { inThread } from '../js/support/thread.js';
import { closeInSilence, hear, ISOLATION, launch, type Site } from './chromium.js';
import { makeLibrary, serveLibrary, type Library } from './library.js';

declare const library: Library;

const TWO = { init: { deterministic: true, threads: 2 } };
const ONE = { init: { deterministic: true } };

let made: Awaited<ReturnType<typeof makeLibrary>>;
let browser: Browser;
let sites: Record<'isolated' | 'plain' | 'withoutWorkers', Site>;
const complaints: string[] = [];
/** The results of one thread, in Node. */
let expected: string[];

beforeAll(async () => {
  made = await makeLibrary();
  browser = await launch();
  sites = {
    isolated: await serveLibrary(made.folder, ISOLATION),
    plain: await serveLibrary(made.folder),
    withoutWorkers: await serveLibrary(made.folder, ISOLATION, "'none'"),
  };
  expected = (await inThread(shareWork, ONE)).hashes;
});
afterAll(async () => {
  await browser?.close();
  await Promise.all(Object.values(sites ?? {}).map((site) => site.close()));
  await made?.remove();
});
afterEach(() => closeInSilence(browser, complaints));

async function open({ url }: Site): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  hear(page, complaints);
  await page.goto(url); // returns once the module has run
  return page;
}

describe('In a page that is cross-origin isolated, two threads', () => {
  it('share the work and give the bits of one: in the page itself', async () => {
    const page = await open(sites.isolated);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const { backend, hashes } = await page.evaluate((options) => library.inPage('shareWork', options), TWO);
    expect(backend).toEqual({ simd: true, threads: 2, deterministic: true });
    expect(hashes).toEqual(expected);
    expect(page.workers()).toHaveLength(1);
  });

  it('and in a module worker', async () => {
    const page = await open(sites.isolated);
    const { backend, hashes } = await page.evaluate((options) => library.inWorker('shareWork', options), TWO);
    expect(backend).toEqual({ simd: true, threads: 2, deterministic: true });
    expect(hashes).toEqual(expected);
  });

  it('are taken together with relaxed SIMD by default, and agree with one thread there', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(async (threads) =>
        (await open(sites.isolated)).evaluate((options) => library.inPage('shareWork', options), {
          init: { threads },
        }),
      ),
    );
    expect(two!.backend).toEqual({ simd: 'relaxed', threads: 2, deterministic: false });
    expect(two!.hashes).toEqual(one!.hashes);
  });

  it('end with the worker that they work for, also in the middle', async () => {
    const page = await open(sites.isolated);
    const { backend } = await page.evaluate((options) => library.endedInTheMiddle('shareWork', options), TWO);
    expect(backend.threads).toBe(2);
    await expect.poll(() => page.workers().length, { timeout: 10_000 }).toBe(0);
    // Workers that were left over would keep the processors busy, or the page from closing.
    const { hashes } = await page.evaluate((options) => library.inWorker('shareWork', options), TWO);
    expect(hashes).toEqual(expected);
  });
});

/** Expects one warning of ours, with this reason, and forgets it, with what Chromium itself has said. */
async function expectWarning(reason: string) {
  const ours = () => complaints.filter((text) => text.startsWith('mlp-wasm: threads: 2 were asked for and it is 1'));
  await expect.poll(() => ours().length).toBe(1);
  expect(ours()[0]).toContain(reason);
  complaints.splice(0);
}

describe('One thread does the work, and a warning says why,', () => {
  it('in a page that is not isolated', async () => {
    const page = await open(sites.plain);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    for (const where of ['inPage', 'inWorker'] as const) {
      const { backend, hashes } = await page.evaluate(([where, options]) => library[where]('shareWork', options), [
        where,
        TWO,
      ] as const);
      await expectWarning('Cross-Origin-Embedder-Policy: require-corp');
      expect(backend).toEqual({ simd: true, threads: 1, deterministic: true });
      expect(hashes).toEqual(expected);
    }
  });

  it('in a page whose policy allows no workers', async () => {
    const page = await open(sites.withoutWorkers);
    const began = performance.now();
    const { backend, hashes } = await page.evaluate((options) => library.inPage('shareWork', options), TWO);
    expect(performance.now() - began).toBeLessThan(10_000);
    await expectWarning('thread');
    expect(backend).toEqual({ simd: true, threads: 1, deterministic: true });
    expect(hashes).toEqual(expected);
  });

  it('in an engine that throws where the policy allows no workers', async () => {
    const page = await open(sites.isolated);
    const { backend, hashes } = await page.evaluate((options) => {
      globalThis.Worker = class {
        constructor() {
          throw new DOMException('Not here', 'SecurityError');
        }
      } as unknown as typeof Worker;
      return library.inPage('shareWork', options);
    }, TWO);
    await expectWarning('Not here');
    expect(backend).toEqual({ simd: true, threads: 1, deterministic: true });
    expect(hashes).toEqual(expected);
  });

  it('in a page where the file of the workers is missing, or something else', async () => {
    for (const answer of [{ status: 404 }, { contentType: 'text/html', body: '<!doctype html>' }]) {
      const page = await open(sites.isolated);
      await page.route('**/thread.js', (route) => route.fulfill({ ...answer, headers: ISOLATION }));
      const { backend, hashes } = await page.evaluate((options) => library.inPage('shareWork', options), TWO);
      await expectWarning('missing, not JavaScript');
      expect(backend).toEqual({ simd: true, threads: 1, deterministic: true });
      expect(hashes).toEqual(expected);
    }
  });

  it('in a page where the workers come up and do nothing, once patience is over', async () => {
    const page = await open(sites.isolated);
    await page.route('**/thread.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: '', headers: ISOLATION }),
    );
    const began = performance.now();
    const { backend, hashes } = await page.evaluate((options) => library.inPage('shareWork', options), TWO);
    expect(performance.now() - began).toBeGreaterThan(4000);
    await expectWarning('no answer within 5000 ms');
    expect(backend).toEqual({ simd: true, threads: 1, deterministic: true });
    expect(hashes).toEqual(expected);
    expect(page.workers()).toHaveLength(0);
  });
});
