/** A server for the pages, with cross-origin isolation (which shared memory needs) or without. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { createGzip } from 'node:zlib';

const TYPES = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const PAGE = '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><body>';

/**
 * @param {Record<string, string>} folders by the first part of the path: { data: folder, … }; of a folder in it, index.html
 * @param {boolean} [gzips] packs what it sends, as most hosts do
 * @returns {Promise<{ origin: string, close(): void, requested: Set<string> }>}
 */
export function serve(folders, isolated, gzips = false) {
  const requested = new Set();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    const headers = isolated ? ISOLATION : {};
    if (pathname === '/') return response.writeHead(200, { ...headers, 'Content-Type': 'text/html' }).end(PAGE);
    const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const [, first, ...rest] = decodeURIComponent(name).split('/');
    const file = folders[first] && path.join(folders[first], path.join('/', ...rest));
    if (!file || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404, headers).end();
    requested.add(name);
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    const body = createReadStream(file);
    const form = gzips ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': statSync(file).size };
    response.writeHead(200, { ...headers, 'Content-Type': type, ...form });
    (gzips ? body.pipe(createGzip()) : body).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const close = () => server.close();
      resolve({ origin: `http://127.0.0.1:${server.address().port}`, close, requested });
    });
  });
}
