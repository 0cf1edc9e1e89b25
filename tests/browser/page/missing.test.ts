/** Files that the page loads, and its sentences when something is missing. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ONE, status, stroke, text, until, visit } from './page.js';

const here = visit();

describe('when something is missing', () => {
  it('says which WebAssembly file could not be loaded', async () => {
    const page = await here.blank();
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto(here.url);
    await status(page, /This page cannot start: .*WebAssembly.*\.wasm/);
    await stroke(page, ONE);
    expect(await text(page, '#answer')).toBe('');
    // At the pad, where people look, too.
    expect(await text(page, '#pad-note')).toMatch(/cannot start/);
    expect(await page.isVisible('#pad-note')).toBe(true);
    here.forgive();
  });

  it('says at the pad that it is loading, and asks for the network before the core has come', async () => {
    const page = await here.blank();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/predict*.wasm', async (route) => {
      await held;
      await route.continue();
    });
    const network = page.waitForRequest('**/pretrained.safetensors');
    await page.goto(here.url);
    await network;
    expect(await text(page, '#pad-note')).toMatch(/^Loading/);
    expect(await page.isVisible('#pad-note')).toBe(true);
    release();
    await status(page, /ready/);
    expect(await text(page, '#pad-note')).toMatch(/^Draw/);
  });

  it('needs few bytes before it can read: what trains comes later', async () => {
    const page = await here.blank();
    const sizes = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      const name = new URL(response.url()).pathname.split('/').at(-1)!;
      sizes.set(
        name,
        response.body().then((body) => gzipSync(body).length),
      );
    });
    await page.goto(here.url);
    await status(page, /ready/);
    const loaded = [...sizes.keys()];
    expect(loaded.filter((name) => /worker/.test(name))).toEqual([]);
    let [first, below] = [0, 0];
    for (const [name, size] of sizes) {
      if (/^(below|build)-/.test(name)) below += await size;
      else if (!name.endsWith('.safetensors')) first += await size;
    }
    expect(first).toBeLessThan(72_000);
    expect(below).toBeLessThan(12_500);
  });

  it('trains without the pretrained network', async () => {
    const page = await here.blank();
    await page.route('**/pretrained.safetensors', (route) => route.fulfill({ status: 404 }));
    await page.goto(`${here.url}#count=3000&epochs=3`);
    await status(page, /pretrained network is missing/);
    await stroke(page, ONE);
    await page.click('#train');
    await status(page, /^Trained/);
    await until(
      () => text(page, '#answer'),
      (found) => /^\d$/.test(found),
    );
    here.forgive();
  });

  it('reports a training worker that cannot start, and starts another', async () => {
    const page = await here.open('#count=1000&epochs=1');
    await page.route('**/worker-host-*.js', (route) => route.abort());
    await page.click('#train');
    await status(page, /The training worker could not be started/);
    await page.unroute('**/worker-host-*.js');
    await page.click('#train');
    await status(page, /^Trained/);
    here.forgive();
  });

  it.each([
    ['table', '#table-file', '.table-fault'],
    ['share', '#share-files', '#share-open .share-note'],
  ])('says in German that a part of the worker of the view "%s" did not come', async (view, input, note) => {
    const page = await here.blank({ locale: 'de-DE' });
    await page.route(/\/serve-[\w-]+\.js$/, (route) => route.abort());
    await page.goto(`${here.url}#view=${view}`);
    await page.setInputFiles(input, { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') });
    const said = await until(
      () => text(page, note),
      (words) => /Worker/.test(words),
    );
    expect(said).toContain('sein Worker konnte nicht gestartet werden');
    expect(said).not.toMatch(/[Ff]etch|mlp-wasm|import/);
    here.forgive();
  });
});

describe('the Content-Security-Policy', () => {
  it('allows neither eval nor anything inline', async () => {
    const page = await here.open();
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
    const source = await (await fetch(here.url)).text();
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
    here.forgive(/unsafe-eval/);
  });
});
