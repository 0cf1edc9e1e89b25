/** A browser for the tests, and the smallest server a page can have: files, under a path of its own. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { requiredChromium } from '../../scripts/setup.mjs';

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: requiredChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Headers that let a page share memory between threads. */
export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Puts errors and warnings of a page among `complaints`. */
export function hear(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    // Playwright's own, where a test has no service workers.
    if (message.text() === 'Service Worker registration blocked by Playwright') return;
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
}

/** After a test: closes its pages, and expects that none of them had `complaints`, which are then forgotten. */
export async function closeInSilence(browser: Browser, complaints: string[]): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
}

const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** A folder on the web. */
export interface Site {
  /** Its address; ends with the path it was put under. */
  url: string;
  close(): Promise<void>;
}

/** Serves `folder` under `path`, which begins and ends with a slash, and nothing anywhere else; all with `headers`. */
export async function serve(folder: string, path: string, headers: Record<string, string> = {}): Promise<Site> {
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const inside = normalize(decodeURIComponent(pathname.slice(path.length)));
      const file = join(folder, inside === '.' ? 'index.html' : inside);
      try {
        if (!pathname.startsWith(path) || inside.startsWith('..')) throw new Error('outside');
        const body = await readFile(file);
        response.setHeader('content-type', MEDIA_TYPES[extname(file)] ?? 'application/octet-stream');
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.end(request.method === 'HEAD' ? undefined : body);
      } catch {
        response.statusCode = 404;
        response.end();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
