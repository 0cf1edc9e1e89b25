/** mlp-wasm/storage in Chromium: what is stored is stored whole, is found again, and survives what fails. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { hear } from './chromium.js';
import { visitLibrary, type Library } from './library.js';

declare const library: Library;

const here = visitLibrary();

/** In the page: the error of a call on mlp-wasm/storage, as text. */
const errorOf = (page: Page, method: 'load' | 'loadBytes' | 'save' | 'removeModel', ...args: unknown[]) =>
  page.evaluate(
    async ({ method, args }) => {
      const given = args.map((arg) => (arg === 'BYTES' ? Uint8Array.of(1, 2, 3) : arg));
      try {
        await (library.storage[method] as (...args: unknown[]) => Promise<unknown>)(...given);
        return 'no error';
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
    },
    { method, args },
  );

/** Room for the site, in bytes. */
async function limit(page: Page, quotaSize: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(here.site.url).origin, quotaSize });
}

describe.each(['indexeddb', 'localstorage'])('%s://', (scheme) => {
  const url = `${scheme}://größe 1/a?b#c`;

  it('keeps a model to the bit, lists and removes it, also after a reload', async () => {
    const page = await here.open();
    const { bytes, same, listed } = await page.evaluate((url) => library.inPage('keepModels', { url }), url);
    expect([same, listed]).toEqual([true, [[url, bytes]]]);
    await page.reload();
    const after = await page.evaluate(async (url) => {
      const { listModels, loadBytes, removeModel } = library.storage;
      const [size, listed] = [(await loadBytes(url)).length, await listModels()];
      await removeModel(url);
      const { dateSaved } = listed[url]!;
      return { size, names: Object.keys(listed), age: Date.now() - +dateSaved, left: await listModels() };
    }, url);
    expect(after).toEqual({ size: bytes, names: [url], age: expect.any(Number) as number, left: {} });
    expect(after.age).toBeGreaterThanOrEqual(0);
    expect(after.age).toBeLessThan(60_000);
  });

  it('keeps every byte, of a part of a longer array too, and not the array itself', async () => {
    const page = await here.open();
    const result = await page.evaluate(async (url) => {
      const whole = new Uint8Array(100_000).map((_, i) => (i * 31) ^ (i >> 8));
      const part = whole.subarray(1, 99_999);
      const saved = library.storage.save(part, url);
      const expected = part.slice();
      whole.fill(0);
      await saved;
      const got = await library.storage.loadBytes(url);
      return (
        got.length === expected.length && got.buffer.byteLength === got.length && got.every((b, i) => b === expected[i])
      );
    }, url);
    expect(result).toBe(true);
  });

  it('says of a name that is missing which there are', async () => {
    const page = await here.open();
    const none = `expected a stored model, got no such name; ${scheme}:// has none at all`;
    for (const method of ['load', 'loadBytes', 'removeModel'] as const) {
      expect(await errorOf(page, method, `${scheme}://iris`)).toBe(`Error: ${method}: ${scheme}://iris: ${none}`);
    }
    await errorOf(page, 'save', 'BYTES', `${scheme}://iris`);
    await errorOf(page, 'save', 'BYTES', `${scheme}://wine`);
    expect(await errorOf(page, 'load', `${scheme}://iriss`)).toBe(
      `Error: load: ${scheme}://iriss: expected a stored model, got no such name; ${scheme}:// has 'iris', 'wine'. Did you mean 'iris'?`,
    );
  });

  it('loses nothing when there is no more room', async () => {
    const page = await here.open();
    if (scheme === 'indexeddb') await limit(page, 3_000_000);
    const result = await page.evaluate(async (scheme) => {
      const { save, loadBytes, listModels, removeModel } = library.storage;
      const url = `${scheme}://kept`;
      await save(new Uint8Array(1_000_000).fill(7), url);
      // Random, because what is stored may be compressed.
      const large = new Uint8Array(8_000_000);
      for (let at = 0; at < large.length; at += 65_536) crypto.getRandomValues(large.subarray(at, at + 65_536));
      const errors: string[] = [];
      for (const to of [url, `${scheme}://new`]) {
        await save(large, to).catch((error: Error) => errors.push(`${error.name}: ${error.message}`));
      }
      const kept = await loadBytes(url);
      const listed = Object.entries(await listModels()).map(([name, { bytes }]) => [name, bytes]);
      await removeModel(url);
      await save(Uint8Array.of(1), `${scheme}://new`); // there is room again
      return { errors, listed, isKept: kept.length === 1_000_000 && kept.every((byte) => byte === 7) };
    }, scheme);
    expect(result.isKept).toBe(true);
    expect(result.listed).toEqual([[`${scheme}://kept`, 1_000_000]]);
    const reason =
      scheme === 'indexeddb'
        ? /^Error: save: indexeddb:\/\/(kept|new): expected room for 8\.0 MB, got none: the browser's storage for this site is full\. What was stored before is as it was; removeModel makes room$/
        : /^Error: save: localstorage:\/\/(kept|new): expected room for 8\.0 MB, as base64 10\.7 MB, got none: localStorage is full\. What was stored before is as it was; indexeddb:\/\/ has more room$/;
    expect(result.errors).toHaveLength(2);
    for (const error of result.errors) expect(error).toMatch(reason);
  });

  it('keeps one of many that are saved at once, whole', async () => {
    const page = await here.open();
    const other = await page.context().newPage();
    hear(other, here.complaints);
    await other.goto(here.site.url);
    const saveMany = (page: Page, from: number) =>
      page.evaluate(
        async ({ scheme, from }) => {
          const { save, loadBytes } = library.storage;
          const url = `${scheme}://same`;
          let mixed = 0;
          const saves = Array.from({ length: 12 }, (_, i) =>
            save(new Uint8Array(20_000 + from + i).fill(from + i), url),
          );
          await saves[0];
          for (let i = 0; i < 12; ++i) {
            const bytes = await loadBytes(url);
            if (bytes.length !== 20_000 + bytes[0]! || bytes.some((byte) => byte !== bytes[0])) mixed++;
          }
          await Promise.all(saves);
          return mixed;
        },
        { scheme, from },
      );
    expect(await Promise.all([saveMany(page, 10), saveMany(other, 100)])).toEqual([0, 0]);
    const sizesIn = (page: Page) =>
      page.evaluate(async (url) => {
        const { loadBytes, listModels } = library.storage;
        return [(await loadBytes(url)).length, (await listModels())[url]!.bytes];
      }, `${scheme}://same`);
    // Two pages may be two processes, and each hears of what the other wrote to localStorage a little later.
    await expect
      .poll(async () => new Set([...(await sizesIn(page)), ...(await sizesIn(other))]).size, { timeout: 10_000 })
      .toBe(1);
  });

  it('rejects with the reason of an abort, before and meanwhile', async () => {
    const page = await here.open();
    const result = await page.evaluate(async (scheme) => {
      const { save, load, loadBytes } = library.storage;
      const url = `${scheme}://a`;
      await save(Uint8Array.of(1), url);
      const told: string[] = [];
      const name = (error: unknown) => void told.push((error as Error).name);
      await save(Uint8Array.of(2), url, { signal: AbortSignal.abort() }).catch(name);
      await load(url, { signal: AbortSignal.abort() }).catch(name);
      if (scheme === 'indexeddb') {
        // While the transaction is under way.
        const stop = new AbortController();
        const { abort } = IDBTransaction.prototype;
        let aborted = 0;
        IDBTransaction.prototype.abort = function () {
          aborted++;
          abort.call(this);
        };
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...args) {
          queueMicrotask(() => stop.abort(new RangeError('enough')));
          return put.apply(this, args);
        };
        await save(new Uint8Array(500_000), url, { signal: stop.signal }).catch(name);
        IDBObjectStore.prototype.put = put;
        IDBTransaction.prototype.abort = abort;
        told.push(`aborted ${aborted}`);
      }
      return { told, kept: [...(await loadBytes(url))] };
    }, scheme);
    const meanwhile = scheme === 'indexeddb' ? ['RangeError', 'aborted 1'] : [];
    expect(result).toEqual({ told: ['AbortError', 'AbortError', ...meanwhile], kept: [1] });
  });

  it('says that an entry is damaged', async () => {
    const page = await here.open();
    const error = await page.evaluate(async (scheme) => {
      const { save, load } = library.storage;
      const url = `${scheme}://a`;
      await save(new Uint8Array(1000), url);
      if (scheme === 'localstorage') {
        const key = 'mlp-wasm/models/a';
        localStorage.setItem(key, localStorage.getItem(key)!.slice(0, -400));
      } else {
        const request = indexedDB.open('mlp-wasm-models');
        await new Promise((resolve) => (request.onsuccess = resolve));
        const transaction = request.result.transaction('files', 'readwrite');
        transaction.objectStore('files').put(new Uint8Array(700), 'a');
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        request.result.close();
      }
      return load(url).catch(({ message }: Error) => message);
    }, scheme);
    expect(error).toBe(
      `load: ${scheme}://a: expected 1000 bytes${scheme === 'localstorage' ? ' as base64' : ''}, got 70${scheme === 'localstorage' ? 2 : 0}: the entry is damaged`,
    );
  });
});

describe('On a page', () => {
  it('both stores are listed in order, and models are copied and moved between them', async () => {
    const page = await here.open();
    const result = await page.evaluate(async () => {
      const { save, copyModel, moveModel, loadBytes, listModels } = library.storage;
      localStorage.setItem('of the site', 'x');
      await save(Uint8Array.of(1), 'localstorage://b');
      await copyModel('localstorage://b', 'indexeddb://c');
      await moveModel('localstorage://b', 'indexeddb://a');
      const same = await moveModel('indexeddb://a', 'indexeddb://a').catch(({ message }: Error) => message);
      return { names: Object.keys(await listModels()), a: [...(await loadBytes('indexeddb://a'))], same };
    });
    expect(result).toEqual({
      names: ['indexeddb://a', 'indexeddb://c'],
      a: [1],
      same: "moveModel: to: expected another address than from, got 'indexeddb://a'",
    });
  });

  it.each([
    ['model', 'model.safetensors'],
    ['table.csv', 'table.csv'],
  ])('downloads://%s is a file %s', async (name, file) => {
    const page = await here.open();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.evaluate((name) => library.storage.save(Uint8Array.of(1, 2, 3), `downloads://${name}`), name),
    ]);
    expect(download.suggestedFilename()).toBe(file);
    expect([...(await readFile(await download.path()))]).toEqual([1, 2, 3]);
  });

  it('a file that a visitor chooses is loaded', async () => {
    const page = await here.open();
    const same = await page.evaluate(async () => {
      await library.mlp.init();
      const model = library.mlp.sequential({ seed: 1, layers: [library.mlp.dense({ units: 2, inputShape: [3] })] });
      const loaded = await library.storage.load(new File([await model.save()], 'a.safetensors'));
      return loaded.predict([[1, 2, 3]]).join() === model.predict([[1, 2, 3]]).join();
    });
    expect(same).toBe(true);
  });

  it('addresses are relative to the page, and errors of servers are told', async () => {
    const page = await here.open();
    const bytes = Buffer.alloc(200_000, 3);
    await page.route('**/models/a.bin', (route) => route.fulfill({ body: bytes }));
    await page.route('**/models/home', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><html><title>Home</title></html>' }),
    );
    await page.route('**/models/gone', (route) => route.abort());
    const told = await page.evaluate(async () => {
      const told: [number, number | undefined][] = [];
      await library.storage.loadBytes('models/a.bin', {
        onProgress: ({ loaded, total }) => void told.push([loaded, total]),
      });
      return told;
    });
    expect(told.at(-1)).toEqual([200_000, 200_000]);
    expect(await errorOf(page, 'load', './models/home')).toBe(
      `Error: load: ${here.site.url}models/home: expected a file, got one that begins with '<!doctype html><html><ti', as a web page does: is the address right?`,
    );
    expect(await errorOf(page, 'load', 'models/missing')).toBe(
      `Error: load: ${here.site.url}models/missing: the server answered 404 Not Found: is the address right?`,
    );
    expect(await errorOf(page, 'load', 'models/gone')).toBe(
      `Error: load: ${here.site.url}models/gone: no answer: Failed to fetch. Either there is no connection, or the server does not allow this page to ask (CORS, Content-Security-Policy)`,
    );
    here.complaints.splice(0); // Chromium reports the 404 and the other.
  });

  it('a model is sent to where the page came from', async () => {
    const page = await here.open();
    const sent: [string, string | undefined, number][] = [];
    await page.route('**/api/model', (route) => {
      const request = route.request();
      sent.push([request.method(), request.headers()['x-key'], request.postDataBuffer()!.length]);
      return route.fulfill({ status: 201, body: '{"id":5}' });
    });
    const answer = await page.evaluate(async () => {
      const options = { method: 'POST', headers: { 'x-key': 'k' } } as const;
      const { response } = await library.storage.save(new Uint8Array(5000).fill(1), 'api/model', options);
      return response!.json() as Promise<unknown>;
    });
    expect([answer, sent]).toEqual([{ id: 5 }, [['POST', 'k', 5000]]]);
  });

  it('what a page has not is refused', async () => {
    const page = await here.open();
    expect(await errorOf(page, 'load', 'file:///a')).toBe(
      'Error: load: file:///a: expected Node, which has files, got a browser; there, downloads:// saves one, and load takes a File',
    );
  });

  it('a browser that keeps nothing says so', async () => {
    const page = await here.open();
    // As in a frame of another site, or with all cookies blocked.
    const errors = await page.evaluate(async () => {
      const deny = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
      Object.defineProperty(globalThis, 'localStorage', { get: deny });
      IDBFactory.prototype.open = deny;
      const told: string[] = [];
      for (const url of ['localstorage://a', 'indexeddb://a']) {
        await library.storage.save(Uint8Array.of(1), url).catch((error: Error) => told.push(error.message));
      }
      await library.storage.listModels().catch((error: Error) => told.push(error.message));
      return told;
    });
    expect(errors).toEqual([
      'save: localstorage://a: the browser refused: SecurityError: The operation is insecure.',
      'save: indexeddb://a: IndexedDB refused: SecurityError: The operation is insecure.',
      'listModels: indexeddb://: IndexedDB refused: SecurityError: The operation is insecure.',
    ]);
  });
});

describe('In a worker', () => {
  it('indexeddb:// is the same as the page has, and no other store of pages is there', async () => {
    const page = await here.open();
    const url = 'indexeddb://shared';
    const { same } = await page.evaluate((url) => library.inWorker('keepModels', { url }), url);
    expect(same).toBe(true);
    expect(await page.evaluate(async (url) => (await library.storage.loadBytes(url)).length, url)).toBeGreaterThan(0);
    const { error } = await page.evaluate(() => library.inWorker('keepModels', { url: 'localstorage://a' }));
    expect(error).toBe(
      'save: localstorage://a: expected a page, got an engine without localStorage; workers have indexeddb://, Node file://',
    );
  });

  it('a model that lives there is saved and loaded from the page', async () => {
    const page = await here.open();
    const same = await page.evaluate(async () => {
      const mlp = await library.connect();
      const model = await mlp.sequential({ layers: [mlp.dense({ units: 2, inputShape: [2] })] });
      await library.storage.save(model, 'indexeddb://remote');
      const loaded = await mlp.loadModel(await library.storage.loadBytes('indexeddb://remote'));
      const [a, b] = await Promise.all([model.predict([[1, 2]]), loaded.predict([[1, 2]])]);
      mlp.terminate();
      return a.join() === b.join();
    });
    expect(same).toBe(true);
  });
});
