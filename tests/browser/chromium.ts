/** A browser for the tests, and the smallest server a page can have: files, under a path of its own. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';

/** Chromium: CHROMIUM_PATH, else Debian's, else whatever PATH has. */
function executable(): string {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'chromium'));
  const found = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', ...onPath].find(
    (path) => path && existsSync(path),
  );
  if (!found) throw new Error('no Chromium: install it, or name one in CHROMIUM_PATH');
  return found;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable(),
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
};

/** A folder on the web. */
export interface Site {
  /** Where it is; ends with the path it was put under. */
  url: string;
  close(): Promise<void>;
}

/** Serves `folder` under `path`, which begins and ends with a slash, and nothing anywhere else; all with `headers`. */
export async function serve(
  folder: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Site> {
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
