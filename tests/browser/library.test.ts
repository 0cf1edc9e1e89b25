/** The package in Chromium, without a bundler: from a static server, by an import map, under a strict policy. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import * as mlp from 'mlp-wasm';
import type { InitOptions } from 'mlp-wasm';
import * as digits from 'mlp-wasm/digits';
import { fingerprint } from '../js/fingerprint.js';
import { launch, serve, type Site } from './chromium.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What fixtures/library/main.js offers. */
interface Library {
  program(): Promise<{
    names: string[];
    loss: number;
    accuracy: number;
    predictions: number;
    same: boolean;
    frames: number;
  }>;
  initError(options?: InitOptions): Promise<string>;
  inWorker(options: Parameters<typeof fingerprint>[1]): Promise<Record<string, string>>;
  fingerprint(options: Parameters<typeof fingerprint>[1]): Promise<Record<string, string>>;
  canEval(): Promise<boolean>;
}
declare const library: Library;

let folder: string;
let browser: Browser;
let site: Site;
let complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-library-'));
  await cp(at('fixtures/library'), folder, { recursive: true });
  await cp(at('../../dist'), join(folder, 'package'), { recursive: true });
  await writeFile(join(folder, 'fingerprint.js'), `export ${fingerprint.toString()}`);

  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const map = /<script type="importmap">(.*?)<\/script>/s.exec(html)![1]!;
  const hash = createHash('sha256').update(map).digest('base64');
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'; connect-src 'self'; worker-src 'self'; img-src data:`;
  [browser, site] = await Promise.all([
    launch(),
    serve(folder, '/some/path/', { 'content-security-policy': policy }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  const heard = complaints;
  complaints = [];
  expect(heard).toEqual([]);
});

async function open(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(site.url); // returns once the module has run
  return page;
}

describe('The package on a page', () => {
  it('runs the program of the README under a policy without unsafe-eval', async () => {
    const page = await open();
    expect(await page.evaluate(() => library.canEval())).toBe(false);
    complaints = []; // Chromium reports the eval that it refused.
    const { names, loss, accuracy, predictions, same } = await page.evaluate(() => library.program());
    expect(names).toEqual(['loss', 'accuracy', 'valLoss', 'valAccuracy']);
    expect(loss).toBeLessThan(0.5);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(predictions).toBe(5000);
    expect(same).toBe(true);
  });

  it('lets the page draw while it trains', async () => {
    const page = await open();
    const { frames } = await page.evaluate(() => library.program());
    expect(frames).toBeGreaterThan(3);
  });

  it('loads the SIMD flavour and nothing that it does not need', async () => {
    const page = await open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)!));
    await page.evaluate(() => library.program());
    expect(asked.sort()).toEqual(['digits.wasm', 'mlp.js', 'mlp.wasm']);
  });
});

describe('The same seed gives the same bits as in Node', () => {
  let node: Record<string, string>;
  beforeAll(async () => {
    node = await fingerprint({ ...mlp, ...digits }, { seed: 42 });
  });

  it('on a page', async () => {
    const page = await open();
    expect(await page.evaluate(() => library.fingerprint({ seed: 42 }))).toEqual(node);
  });

  it('in a module worker', async () => {
    const page = await open();
    expect(await page.evaluate(() => library.inWorker({ seed: 42 }))).toEqual(node);
  });

  it('without SIMD', async () => {
    const page = await open();
    expect(await page.evaluate(() => library.inWorker({ seed: 42, init: { simd: false } }))).toEqual(node);
  });
});

describe('init on a page', () => {
  it('says which address it tried when the module is missing', async () => {
    const page = await open();
    await page.route('**/mlp.wasm', (route) => route.fulfill({ status: 404, body: 'Not found' }));
    const message = await page.evaluate(() => library.initError());
    complaints = []; // Chromium reports the 404.
    expect(message).toBe(
      `Error: mlp-wasm: could not load the WebAssembly module from ${site.url}package/mlp.wasm: the server answered 404 Not Found`,
    );
  });

  it('says so when there is a page in its place, and works once it is there', async () => {
    const page = await open();
    await page.route('**/mlp.wasm', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
    );
    const message = await page.evaluate(() => library.initError());
    expect(message).toMatch(
      /could not load the WebAssembly module from http.*\/package\/mlp\.wasm: .*magic word/,
    );
    await page.unroute('**/mlp.wasm');
    expect(await page.evaluate(() => library.initError())).toBe('no error');
  });

  it('takes a wasmUrl as the page sees it', async () => {
    const page = await open();
    const elsewhere = await page.evaluate(() => library.initError({ wasmUrl: 'nowhere/mlp.wasm' }));
    complaints = []; // Chromium reports the 404.
    expect(elsewhere).toMatch(/from nowhere\/mlp\.wasm: the server answered 404/);
    expect(await page.evaluate(() => library.initError({ wasmUrl: 'package/mlp.wasm' }))).toBe('no error');
  });
});
