/**
 * `indexeddb://name`, in pages and workers: a database with the files in one store and what is told of them in another,
 * so that a list reads no file. Both are written in one transaction, because then a save that fails changes neither.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { isUint8Array, tagOf, type ByteArray } from '../check/realm.js';
import { missing } from './missing.js';
import { failure, isQuotaError, refusal, sizeOf, type Place, type Store, type StoredModel } from './store.js';

const DATABASE = 'mlp-wasm-models';
const SCHEME = 'indexeddb://';

interface Contents extends DBSchema {
  files: { key: string; value: Uint8Array };
  about: { key: string; value: StoredModel };
}

const STORES = ['files', 'about'] as const;

export const indexedDb: Store = {
  save: (place, bytes, { signal }, about) =>
    inDatabase(place, signal, async (database) => {
      const transaction = database.transaction(STORES, 'readwrite', { durability: 'strict' });
      const stop = () => transaction.abort();
      signal?.addEventListener('abort', stop);
      try {
        // Only the transaction tells why it failed: a request that went down with it says no more than that.
        transaction
          .objectStore('files')
          .put(bytes, place.name)
          .catch(() => {});
        transaction
          .objectStore('about')
          .put(about, place.name)
          .catch(() => {});
        await transaction.done;
      } catch (cause) {
        if (!isQuotaError(cause)) throw cause;
        throw refusal(
          place,
          `expected room for ${sizeOf(bytes.length)}, got none: the browser's storage for this site is full. ` +
            'What was stored before is as it was; removeModel makes room',
          cause,
        );
      } finally {
        signal?.removeEventListener('abort', stop);
      }
      return undefined;
    }),

  load: (place, { signal }) =>
    inDatabase(place, signal, async (database) => {
      const transaction = database.transaction(STORES);
      const [file, about] = await Promise.all([
        transaction.objectStore('files').get(place.name),
        transaction.objectStore('about').get(place.name),
      ]);
      signal?.throwIfAborted();
      if (!about) throw missing(place, await database.getAllKeys('about'), SCHEME);
      if (!isUint8Array(file) || file.length !== about.bytes) {
        const got = isUint8Array(file) ? `${file.length}` : 'none';
        throw refusal(place, `expected ${about.bytes} bytes, got ${got}: the entry is damaged`);
      }
      return file as ByteArray;
    }),

  remove: (place) =>
    inDatabase(place, undefined, async (database) => {
      const transaction = database.transaction(STORES, 'readwrite', { durability: 'strict' });
      const names = await transaction.objectStore('about').getAllKeys();
      if (!names.includes(place.name)) throw missing(place, names, SCHEME);
      await Promise.all([...STORES.map((name) => transaction.objectStore(name).delete(place.name)), transaction.done]);
    }),

  async list(method) {
    // A list is of all stores: where this one is missing, it has nothing.
    if (!globalThis.indexedDB) return {};
    return inDatabase({ method, argument: '', url: SCHEME, name: '' }, undefined, async (database) => {
      const store = database.transaction('about').store;
      const [names, all] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return Object.fromEntries(names.map((name, i) => [`${SCHEME}${name}`, all[i]!]));
    });
  },
};

/**
 * Opens the database for one work. It is closed after each, because one that stays open keeps other pages from deleting
 * it, and a later version of the package from changing it.
 */
async function inDatabase<Result>(
  place: Place,
  signal: AbortSignal | undefined,
  work: (database: IDBPDatabase<Contents>) => Promise<Result>,
): Promise<Result> {
  if (!globalThis.indexedDB) {
    throw refusal(place, 'expected an engine with IndexedDB, got one without; Node has file://');
  }
  let database: IDBPDatabase<Contents> | undefined;
  try {
    database = await openDB<Contents>(DATABASE, 1, {
      upgrade: (made) => STORES.forEach((name) => made.createObjectStore(name)),
    });
    signal?.throwIfAborted();
    return await work(database);
  } catch (cause) {
    signal?.throwIfAborted();
    // Errors of the engine are DOMExceptions and their kin; sentences of this room go on as they are.
    throw tagOf(cause) === 'Error' ? cause : failure(place, 'IndexedDB', cause);
  } finally {
    database?.close();
  }
}
