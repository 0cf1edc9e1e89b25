/** `http://` in Node, against a server that does all that servers do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dense, init, sequential, type Sequential } from 'mlp-wasm';
import { copyModel, load, loadBytes, save, type Progress } from 'mlp-wasm/storage';
import { weightBits } from '../support/bits.js';
import { expectError } from '../support/refusals.js';

let server: Server;
let base: string;
let model: Sequential;
let file: Uint8Array;
/** The server's files, and the requests that it had. */
const files = new Map<string, Buffer>();
const asked: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];

/** Answers of its own to some paths. */
const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  '/page': (response) => response.setHeader('content-type', 'text/html').end('\n<!DOCTYPE html><title>Home</title>'),
  '/empty': (response) => response.end(),
  '/204': (response) => response.writeHead(204).end(),
  '/gzip': (response) => {
    const packed = gzipSync(file);
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
  },
  '/slow': (response) => {
    response.writeHead(200, { 'content-length': file.length });
    let at = 0;
    const send = () => {
      if (at >= file.length) return void response.end();
      response.write(file.subarray(at, (at += 40)));
      setTimeout(send, 1);
    };
    send();
  },
  '/unmeasured': (response) => void (response.write(file.subarray(0, 50)), response.end(file.subarray(50))),
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 50));
    setTimeout(() => response.destroy(), 20);
  },
  '/never': (response) => void response.write('x'),
};

beforeAll(async () => {
  await init();
  model = sequential({ seed: 1, layers: [dense({ units: 3, inputShape: [20] })] });
  file = await model.save();
  server = createServer((request, response) => {
    const { method = '', url: path = '' } = request;
    asked.push({ method, path, headers: request.headers });
    const status = /^\/status\/(\d+)/.exec(path)?.[1];
    if (status) return void response.writeHead(Number(status)).end('reasons');
    if (path in ANSWERS) return ANSWERS[path]!(response);
    if (method === 'GET') {
      const found = files.get(path);
      return void (found ? response.end(found) : response.writeHead(404).end());
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      files.set(path, Buffer.concat(chunks));
      response.writeHead(201).end('stored');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => void asked.splice(0));
afterAll(() => {
  model.dispose();
  server.closeAllConnections();
  server.close();
});

describe('Over HTTP', () => {
  it.each(['PUT', 'POST'] as const)('a model is sent as the body of a %s, and loaded', async (method) => {
    const url = `${base}/${method}`;
    const { response, bytes } = await save(model, url, { method, headers: { authorization: 'Bearer 1' } });
    expect(bytes).toBe(file.length);
    expect([response!.status, await response!.text()]).toEqual([201, 'stored']);
    using loaded = await load(new URL(url), { headers: [['x-a', 'b']] });
    expect(weightBits(loaded)).toEqual(weightBits(model));
    expect(asked).toMatchObject([
      {
        method,
        headers: {
          authorization: 'Bearer 1',
          'content-type': 'application/octet-stream',
          'content-length': `${file.length}`,
        },
      },
      { method: 'GET', headers: { 'x-a': 'b' } },
    ]);
  });

  it('the type of the content is what the caller says', async () => {
    await save(model, `${base}/typed`, { headers: new Headers({ 'content-type': 'model/x' }) });
    expect(asked[0]!.headers['content-type']).toBe('model/x');
  });

  it.each([
    ['/slow', true],
    ['/unmeasured', false],
    ['/gzip', false],
  ])('%s: progress is told, to the end', async (path, isMeasured) => {
    const told: Progress[] = [];
    const bytes = await loadBytes(base + path, { onProgress: (progress) => void told.push(progress) });
    expect(bytes).toEqual(file);
    expect(told.at(-1)).toEqual({ loaded: file.length, total: file.length });
    expect(told.every(({ loaded }, i) => i === 0 || loaded >= told[i - 1]!.loaded)).toBe(true);
    expect(told.length).toBeGreaterThan(1);
    for (const { total } of told.slice(0, -1)) expect(total).toBe(isMeasured ? file.length : undefined);
  });

  it('a model is copied from one address to another', async () => {
    await save(model, `${base}/a`);
    await copyModel(`${base}/a`, `${base}/b`, { method: 'POST' });
    expect(files.get('/b')!.equals(file)).toBe(true);
  });

  it('addresses of data are read, too', async () => {
    using loaded = await load(`data:application/octet-stream;base64,${Buffer.from(file).toString('base64')}`);
    expect(weightBits(loaded)).toEqual(weightBits(model));
    await expect(load('data:,nothing')).rejects.toThrow(/^load: data:,nothing: readSafetensors: /);
  });
});

describe('Over HTTP, errors name the address and', () => {
  it.each([
    ['404', '/missing', 'the server answered 404 Not Found: is the address right?'],
    [
      '401',
      '/status/401',
      'the server answered 401 Unauthorized: it wants to know who asks; give headers, or credentials',
    ],
    ['403', '/status/403', 'the server answered 403 Forbidden: it does not allow this; give headers, or credentials'],
    ['500', '/status/500', 'the server answered 500 Internal Server Error'],
    [
      'a page in place of the file',
      '/page',
      "expected a file, got one that begins with '<!DOCTYPE html><title>Ho', as a web page does: is the address right?",
    ],
    ['an empty answer', '/empty', 'expected a file, got an answer of 0 bytes (200 OK)'],
    ['no content', '/204', 'expected a file, got an answer of 0 bytes (204 No Content)'],
  ])('%s', async (_name, path, message) => {
    await expectError(() => load(base + path), Error, `load: ${base}${path}: ${message}`);
  });

  it.each([
    [405, 'Method Not Allowed: it takes no such request there; save has the option method'],
    [413, 'Payload Too Large: the file is larger than it takes'],
    [429, 'Too Many Requests: it was asked too often; try later'],
  ])('what a save gets: %i', async (status, rest) => {
    const url = `${base}/status/${status}`;
    await expectError(() => save(model, url), Error, `save: ${url}: the server answered ${status} ${rest}`);
  });

  it('a connection that breaks off', async () => {
    await expect(load(`${base}/broken`)).rejects.toThrow(/^load: .*\/broken: the connection broke off: \w+/);
  });

  it('nobody who answers', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    await expect(load(`http://127.0.0.1:${port}/a`)).rejects.toThrow(
      new RegExp(`^load: http://127\\.0\\.0\\.1:${port}/a: no answer: .*ECONNREFUSED`),
    );
  });

  it('a file that is no model', async () => {
    files.set('/short', Buffer.from(file.subarray(0, 60)));
    await expect(load(`${base}/short`)).rejects.toThrow(/^load: .*\/short: readSafetensors: .*truncated$/);
  });

  it.each(['/never', '/slow'])('an abort its reason: %s', async (path) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const loaded = loadBytes(base + path, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(loaded).rejects.toBe(reason);
    await expect(loadBytes(base + path, { signal: AbortSignal.timeout(0) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
