/** The package in Chromium, without a bundler: from a static server, by an import map, under a strict policy. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import * as digits from 'mlp-wasm/digits';
import { fingerprint } from '../js/support/fingerprint.js';
import { relay } from '../js/support/relay.js';
import { inThread } from '../js/support/thread.js';
import { visitLibrary, type Library } from './library.js';

declare const library: Library;

const here = visitLibrary();

describe('The package on a page', () => {
  it('runs the program of web/docs/start.md under a policy without unsafe-eval', async () => {
    const page = await here.open();
    expect(await page.evaluate(() => library.canEval())).toBe(false);
    here.complaints.splice(0); // Chromium reports the eval that it refused.
    const { names, loss, accuracy, predictions, same } = await page.evaluate(() => library.program());
    expect(names).toEqual(['loss', 'accuracy', 'valLoss', 'valAccuracy']);
    expect(loss).toBeLessThan(0.5);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(predictions).toBe(5000);
    expect(same).toBe(true);
  });

  it('lets the page draw while it trains', async () => {
    const page = await here.open();
    const { frames } = await page.evaluate(() => library.program());
    expect(frames).toBeGreaterThan(3);
  });

  it('loads the relaxed SIMD flavour, which Chromium has, and nothing that it does not need', async () => {
    const page = await here.open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)!));
    await page.evaluate(() => library.program());
    expect(asked.sort()).toEqual(['digits.wasm', 'mlp-relaxed.wasm']);
  });

  it('agrees with PyTorch and with central differences in that flavour too', async () => {
    const page = await here.open();
    const golden = await readFile(new URL('../golden/golden.json', import.meta.url), 'utf8');
    const { simd, worst } = await page.evaluate((golden) => library.inPage('deviations', { golden }), golden);
    expect(simd).toBe('relaxed');
    for (const [what, deviation] of Object.entries(worst)) expect([what, deviation < 1]).toEqual([what, true]);
  });
});

describe('With deterministic, the same seed gives the same bits as in Node', () => {
  let node: Record<string, string>;
  beforeAll(async () => {
    node = await fingerprint({ ...mlp, ...digits }, { seed: 42, init: { deterministic: true } });
  });

  it('on a page', async () => {
    const page = await here.open();
    expect(
      await page.evaluate(() => library.inPage('fingerprint', { seed: 42, init: { deterministic: true } })),
    ).toEqual(node);
  });

  it('in a module worker', async () => {
    const page = await here.open();
    expect(
      await page.evaluate(() => library.inWorker('fingerprint', { seed: 42, init: { deterministic: true } })),
    ).toEqual(node);
  });

  it('without SIMD', async () => {
    const page = await here.open();
    expect(await page.evaluate(() => library.inWorker('fingerprint', { seed: 42, init: { simd: false } }))).toEqual(
      node,
    );
  });
});

describe('A training goes on to the bit', () => {
  it('from Node to a thread, a page, a worker of it, and back', async () => {
    const page = await here.open();
    for (const optimizer of mlp.OPTIMIZERS) {
      const leg = { init: { deterministic: true }, optimizer };
      const whole = await relay(mlp, leg);
      let bytes = await relay(mlp, { ...leg, batches: 8 });
      bytes = await inThread(relay, { ...leg, bytes, batches: 11 });
      bytes = await page.evaluate((leg) => library.inPage('relay', leg), { ...leg, bytes, batches: 13 });
      bytes = await page.evaluate((leg) => library.inWorker('relay', leg), { ...leg, bytes, batches: 9 });
      expect(await relay(mlp, { ...leg, bytes })).toEqual(whole);
    }
  });
});

describe('init on a page', () => {
  it('says which address it tried when the module is missing', async () => {
    const page = await here.open();
    await page.route('**/mlp-relaxed.wasm', (route) => route.fulfill({ status: 404, body: 'Not found' }));
    const message = await page.evaluate(() => library.initError());
    here.complaints.splice(0); // Chromium reports the 404.
    expect(message).toBe(
      `Error: mlp-wasm: could not load the WebAssembly module from ${here.site.url}package/mlp-relaxed.wasm: the server answered 404 Not Found. Expected mlp-relaxed.wasm of this mlp-wasm, beside it or at wasmUrl`,
    );
  });

  it('says so when there is a page in its place, and works once it is there', async () => {
    const page = await here.open();
    await page.route('**/mlp-relaxed.wasm', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
    );
    const message = await page.evaluate(() => library.initError());
    expect(message).toMatch(
      /could not load the WebAssembly module from http.*\/package\/mlp-relaxed\.wasm: it is not WebAssembly: it begins with "<!doctype html>"/,
    );
    await page.unroute('**/mlp-relaxed.wasm');
    expect(await page.evaluate(() => library.initError())).toBe('no error');
  });

  it('takes a wasmUrl as the page sees it', async () => {
    const page = await here.open();
    const elsewhere = await page.evaluate(() => library.initError({ wasmUrl: 'nowhere/mlp.wasm' }));
    here.complaints.splice(0); // Chromium reports the 404.
    expect(elsewhere).toMatch(/from nowhere\/mlp\.wasm: the server answered 404/);
    expect(await page.evaluate(() => library.initError({ wasmUrl: 'package/mlp.wasm' }))).toBe('no error');
  });
});
