/** The page as an app: its manifest, its service worker, threads without a host's help, and an update. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { serve } from '../chromium.js';
import { status, text, visit, written } from './page.js';

const here = visit();
const FOLDER = fileURLToPath(new URL('../../../build/page', import.meta.url));
const RUN = '#count=1000&epochs=1&hidden=16';

const controlled = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller !== null);

describe('the page as an app', () => {
  it('has a manifest whose icons are there, of the sizes that it says', async () => {
    const page = await here.open();
    const found = await page.evaluate(async () => {
      const address = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!.href;
      const manifest = (await (await fetch(address)).json()) as {
        start_url: string;
        icons: { src: string; sizes: string }[];
      };
      const icons = await Promise.all(
        manifest.icons.map(async ({ src, sizes }) => {
          const image = new Image();
          image.src = new URL(src, address).href;
          await image.decode();
          return { sizes, width: image.naturalWidth };
        }),
      );
      return { start: new URL(manifest.start_url, address).href, icons };
    });
    expect(found.start).toBe(here.url);
    expect(found.icons.map(({ sizes }) => sizes)).toEqual(['any', '192x192', '512x512']);
    expect(found.icons.slice(1).map(({ width }) => width)).toEqual([192, 512]);
  });

  it('can be installed, as Chromium sees it', async () => {
    const page = await here.open();
    const session = await page.context().newCDPSession(page);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // Playwright's contexts are incognito windows, in which nothing is installed.
    const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
    expect(others).toEqual([]);
  });

  it('has workers whose own script no other file imports, because WebKit would run it a second time', async () => {
    const folder = join(FOLDER, 'assets');
    const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    const workers = scripts.filter((name) => /^(?:\w+\.worker|worker-host|thread)-/.test(name));
    expect(workers.length).toBeGreaterThanOrEqual(6);
    const found: string[] = [];
    for (const name of scripts) {
      const source = await readFile(join(folder, name), 'utf8');
      for (const [, imported] of source.matchAll(/(?:from|import) ?\(?["'`]\.\/([^"'`]+)["'`]/g))
        if (workers.includes(imported!)) found.push(`${name} imports ${imported}`);
    }
    expect(found).toEqual([]);
  });

  it('gets threads from its second visit on, and is never loaded again by itself', async () => {
    const page = await here.blank({ serviceWorkers: 'allow' });
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(here.url + RUN);
    await status(page, /ready/);
    await controlled(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.click('#train');
    await status(page, /^Trained/);
    expect(await text(page, '#run-settings')).not.toContain('threads');
    expect(loads).toBe(1);
    await page.reload();
    await status(page, /back/);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.click('#reset');
    await page.click('#train');
    await status(page, /^Trained/);
    const processors = await page.evaluate(() => navigator.hardwareConcurrency);
    if (processors > 1) expect(await text(page, '#run-settings')).toMatch(/ · \d+ threads$/);
    expect(loads).toBe(2);
  });

  it('is replaced by a new version without losing what was trained', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-app-'));
    await cp(FOLDER, folder, { recursive: true });
    const site = await serve(folder, '/some/sub/path/');
    const page = await here.blank({ serviceWorkers: 'allow' });
    here.forgive();
    await page.goto(site.url + RUN);
    await status(page, /ready/);
    await controlled(page);
    await page.click('#train');
    await status(page, /^Trained/);
    const accuracy = await text(page, '#val-accuracy');
    await written(page);
    const versions = (): Promise<string[]> => page.evaluate(() => caches.keys());
    const [before] = await versions();
    const worker = join(folder, 'offline.js');
    const version = before!.split(' ').at(-1)!;
    await writeFile(worker, (await readFile(worker, 'utf8')).replaceAll(version, 'next'));
    await page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.getRegistration())!;
      await registration.update();
      const next = registration.installing ?? registration.waiting!;
      while (next.state === 'installing') await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect(await versions()).toHaveLength(2);
    // The old one goes when no page of it is open.
    await page.goto('about:blank');
    await page.goto(site.url);
    await status(page, /^Your network is back/);
    expect(await text(page, '#val-accuracy')).toBe(accuracy);
    await expect.poll(versions).toEqual([before!.replace(version, 'next')]);
    await page.close();
    await site.close();
    await rm(folder, { recursive: true, force: true });
    here.forgive();
  });
});
