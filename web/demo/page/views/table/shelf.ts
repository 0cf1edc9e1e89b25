/** The place of the visitor's table and of the model that learned from it: a database of their own in IndexedDB. */
import type { IDBPDatabase } from 'idb';
import type { TableState } from './state.js';

const STORE = 'table';
const KEY = 'current';

/** Everything that a reload brings back. */
export type KeptTable = Pick<
  TableState,
  'source' | 'options' | 'included' | 'target' | 'task' | 'fields' | 'run' | 'model' | 'importance'
>;

export class TableShelf {
  #opened: Promise<IDBPDatabase> | undefined;
  /** One write after the other; of those that wait the last one counts. */
  #queue: Promise<unknown> = Promise.resolve();
  #next: KeptTable | undefined;

  #open(): Promise<IDBPDatabase> {
    this.#opened ??= import('idb').then(({ openDB }) =>
      openDB('mlp-wasm your table', 1, { upgrade: (database) => void database.createObjectStore(STORE) }),
    );
    this.#opened.catch(() => (this.#opened = undefined));
    return this.#opened;
  }

  async get(): Promise<KeptTable | undefined> {
    return (await (await this.#open()).get(STORE, KEY)) as KeptTable | undefined;
  }

  /** @returns false where the browser does not keep it */
  set(kept: KeptTable): Promise<boolean> {
    this.#next = kept;
    const written = this.#queue.then(async () => {
      if (this.#next !== kept) return true;
      try {
        await (await this.#open()).put(STORE, kept, KEY);
        return true;
      } catch {
        return false;
      }
    });
    this.#queue = written;
    return written;
  }

  async forget(): Promise<void> {
    this.#next = undefined;
    await this.#queue;
    await (await this.#open()).delete(STORE, KEY);
  }
}
