/** Measures in headless Chromium: a fresh page in a fresh context, with nothing cached, for every measurement. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from '../../../scripts/setup.mjs';
import { BENCH } from '../paths.mjs';
import { serve } from './server.mjs';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Chromium {
  static async launch({ bundles, data }) {
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: ARGS });
    const folders = { bench: bundles, data, modules: path.join(BENCH, 'node_modules') };
    const servers = { isolated: await serve(folders, true), plain: await serve(folders, false) };
    return new Chromium(browser, servers);
  }

  constructor(browser, servers) {
    Object.assign(this, { browser, servers, version: browser.version() });
  }

  /** @param {{ isolated?: boolean, cold: boolean }} how: `cold` in the page itself, otherwise in a worker of it */
  async measure(job, { isolated = false, cold }) {
    const server = isolated ? this.servers.isolated : this.servers.plain;
    server.requested.clear();
    const context = await this.browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(server.origin);
      if (isolated && !(await page.evaluate('crossOriginIsolated'))) throw new Error('the page is not isolated');
      await page.evaluate(() => import('/bench/hosts/page.js'));
      const inPage = { ...job, package: `${server.origin}/bench/package/index.js` };
      const result = await page.evaluate(
        ([job, cold]) => (cold ? globalThis.measureHere(job) : globalThis.measureInWorker(job)),
        [inPage, cold],
      );
      for (const key of ['outputs', 'outputsAfter']) {
        if (result[key]) writeFileSync(`${job.outputs}.${key}`, Float32Array.from(result[key]));
        delete result[key];
      }
      const wasm = [...server.requested].filter((name) => name.endsWith('.wasm')).map((name) => path.basename(name));
      return { ...result, wasm };
    } finally {
      await context.close();
    }
  }

  /** @returns how many milliseconds `start` takes in a page that has loaded nothing yet */
  async time(start) {
    const context = await this.browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(this.servers.plain.origin);
      return await page.evaluate(`(async () => {
        const began = performance.now();
        await (${start})();
        return performance.now() - began;
      })()`);
    } finally {
      await context.close();
    }
  }

  async close() {
    await this.browser.close();
    Object.values(this.servers).forEach((server) => server.close());
  }
}
