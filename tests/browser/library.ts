/** The page of fixtures/library, which loads the package without a bundler, and what tests may ask of it. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type * as mlp from 'mlp-wasm';
import type { InitOptions } from 'mlp-wasm';
import type * as charts from 'mlp-wasm/charts';
import type * as digits from 'mlp-wasm/digits';
import type * as storage from 'mlp-wasm/storage';
import type * as tables from 'mlp-wasm/tables';
import type { connect, transfer } from 'mlp-wasm/worker';
import { fingerprint } from '../js/support/fingerprint.js';
import { predictions } from '../js/support/predictions.js';
import { relay } from '../js/support/relay.js';
import { deviations } from '../js/support/relaxed.js';
import { shareWork } from '../js/support/shared-work.js';
import { askTable } from '../js/support/ask-table.js';
import { keepModels } from '../js/support/keep-models.js';
import { closeInSilence, hear, launch, serve, type Site } from './chromium.js';

/** Works that the page can run, in itself or in a worker. */
const WORKS = { fingerprint, deviations, predictions, shareWork, relay, keepModels, askTable };
type Works = typeof WORKS;

/** Runs one of them with these options. */
type Run = <Name extends keyof Works>(name: Name, options: Parameters<Works[Name]>[1]) => ReturnType<Works[Name]>;

/** The page's global `library`, of fixtures/library/main.js. */
export interface Library {
  connect: typeof connect;
  transfer: typeof transfer;
  mlp: typeof mlp;
  charts: typeof charts;
  digits: typeof digits;
  storage: typeof storage;
  tables: typeof tables;
  program(): Promise<{
    names: string[];
    loss: number;
    accuracy: number;
    predictions: number;
    same: boolean;
    frames: number;
  }>;
  initError(options?: InitOptions): Promise<string>;
  inPage: Run;
  inWorker: Run;
  endedInTheMiddle: Run;
  canEval(): Promise<boolean>;
}

/** A folder with the page and the package. */
export async function makeLibrary(): Promise<{ folder: string; remove(): Promise<void> }> {
  const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-library-'));
  await cp(at('fixtures/library'), folder, { recursive: true });
  await cp(at('../../dist'), join(folder, 'package'), { recursive: true });
  const works = Object.values(WORKS).map((work) => `export ${work.toString()}`);
  await writeFile(join(folder, 'works.js'), works.join('\n'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Serves it with these headers and a strict policy, which allows workers from `workers`, and scripts of `others`. */
export async function serveLibrary(
  folder: string,
  headers: Record<string, string> = {},
  workers = "'self'",
  others = '',
): Promise<Site> {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const map = /<script type="importmap">(.*?)<\/script>/s.exec(html)![1]!;
  const hash = createHash('sha256').update(map).digest('base64');
  const policy = `default-src 'none'; script-src 'self' ${others} 'wasm-unsafe-eval' 'sha256-${hash}'; connect-src 'self' ${others}; worker-src ${workers}; img-src data:`;
  return serve(folder, '/some/path/', { ...headers, 'content-security-policy': policy });
}

/** Shared by the tests of a file: a browser, and the library's page under its strict policy. */
export class LibraryVisit {
  browser!: Browser;
  site!: Site;
  /** The folder that is served. */
  folder!: string;
  /** Complaints of the pages of the current test; a test that provokes some empties it. */
  readonly complaints: string[] = [];

  /** The page in a context of its own; returns once its module has run. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await this.browser.newContext(options)).newPage();
    hear(page, this.complaints);
    await page.goto(this.site.url);
    return page;
  }
}

/** Starts and ends what the tests of a file or `describe` need; every test must leave the console silent. */
export function visitLibrary(): LibraryVisit {
  const visit = new LibraryVisit();
  let made: Awaited<ReturnType<typeof makeLibrary>>;
  beforeAll(async () => {
    made = await makeLibrary();
    visit.folder = made.folder;
    [visit.browser, visit.site] = await Promise.all([launch(), serveLibrary(made.folder)]);
  });
  afterAll(async () => {
    await visit.browser?.close();
    await visit.site?.close();
    await made?.remove();
  });
  afterEach(() => closeInSilence(visit.browser, visit.complaints));
  return visit;
}
