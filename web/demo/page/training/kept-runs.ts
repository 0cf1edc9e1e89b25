/**
 * Storage that outlives a reload: the current run with its network's checkpoint, the run that Reset took away, and the
 * files of MNIST that were given. Kept in IndexedDB, by one tab at a time; in another tab, or where the browser does not
 * store, the page works and forgets.
 */
import type { IDBPDatabase } from 'idb';
import type { MnistFiles } from '../settings/mnist-files.js';
import type { PageStore } from '../state.js';
import type { Mistakes } from './judge.js';
import type { Run } from './run.js';

/** A run and the checkpoint that its network goes on from. */
export interface KeptRun {
  run: Run;
  mistakes: Mistakes | undefined;
  checkpoint: Uint8Array<ArrayBuffer>;
}

interface Contents {
  /** Without a checkpoint until there is a first one. */
  current: KeptRun | Pick<KeptRun, 'run'>;
  /** The run that Reset took away. */
  previous: KeptRun;
  mnist: MnistFiles['given'];
}

const STORE = 'kept';
const LOCK = 'mlp-wasm:kept';
/** How long a reloaded page waits for the page before it to let go. */
const PATIENCE_MS = 5000;

/** Why nothing is kept: another tab keeps already, or the browser stores no more, or nothing at all. */
export type Obstacle = 'tab' | 'browser';

export class KeptRuns {
  #obstacle: Obstacle | undefined;
  readonly #database: Promise<IDBPDatabase | undefined>;
  /** One write after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor() {
    this.#database = this.#open().catch(() => this.#meet('browser'));
  }

  #meet(obstacle: Obstacle): undefined {
    this.#obstacle = obstacle;
  }

  async #open(): Promise<IDBPDatabase | undefined> {
    const { openDB } = await import('idb');
    if (!(await holdsLock())) return this.#meet('tab');
    return openDB('mlp-wasm', 1, { upgrade: (database) => void database.createObjectStore(STORE) });
  }

  /** The value kept under a name. */
  async get<Name extends keyof Contents>(name: Name): Promise<Contents[Name] | undefined> {
    try {
      return (await (await this.#database)?.get(STORE, name)) as Contents[Name] | undefined;
    } catch {
      return this.#meet('browser');
    }
  }

  /** Keeps a value under a name; `undefined` deletes it. */
  set<Name extends keyof Contents>(name: Name, value: Contents[Name] | undefined): void {
    this.#waiting++;
    this.#queue = this.#queue.then(async () => {
      try {
        const database = await this.#database;
        await (value === undefined ? database?.delete(STORE, name) : database?.put(STORE, value, name));
      } catch {
        this.#meet('browser');
      } finally {
        this.#waiting--;
      }
    });
  }

  /** The obstacle met on the way, once all that was to be kept is written or given up. */
  async obstacle(): Promise<Obstacle | undefined> {
    await this.#queue;
    return this.#obstacle;
  }

  /** True while earlier writes are under way. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }
}

/** Gives the page the files of MNIST that were kept, and from now on keeps those that the visitor gives. */
export async function keepFiles(store: PageStore, kept: KeptRuns): Promise<void> {
  let known = await kept.get('mnist');
  const { mnist } = store.state;
  if (known) store.set({ mnist: { ...mnist, given: { ...known, ...mnist.given } } });
  store.on(['mnist'], () => {
    const { given } = store.state.mnist;
    if (given === known || Object.keys(given).length === 0) return;
    known = given;
    kept.set('mnist', given);
  });
}

/** True if this tab is the one that keeps; it stays so until it is closed. */
function holdsLock(): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks
      // Held by a promise that is never kept.
      .request(LOCK, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => new Promise(() => resolve(true)))
      .catch(() => resolve(false));
  });
}
