/**
 * Owner of `runs` in the store: what became of each run, written at its end into a database of its own in IndexedDB, a
 * record each, so that tabs do not disturb each other. What cannot be written stays in this tab.
 */
import type { IDBPDatabase } from 'idb';
import type { Settings } from '../settings/settings.js';
import type { PageStore } from '../state.js';
import { isRunning } from './run.js';
import type { Curve, Run } from './run.js';

/** A run that is over, as it is kept: without its network. */
export interface PastRun extends Pick<Run, 'threads' | 'loss' | 'valAccuracy' | 'isTouched'> {
  /** The moment at which Train was pressed, in ms since 1970: its key. */
  began: number;
  /** The visitor's own. */
  name?: string;
  isPinned: boolean;
  phase: 'done' | 'stopped' | 'failed';
  settings: Settings;
  epoch: number;
  milliseconds: number;
  /** The file whose network it began with. */
  openedFrom?: string;
  curve: Curve;
}

const RUNS = 'runs';
/** Beyond, the oldest one that is not pinned goes. */
const RUNS_AT_MOST = 200;

export class PastRuns {
  readonly #store: PageStore;
  #opened: Promise<IDBPDatabase> | undefined;
  /** One write after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #loaded: Promise<void>;
  #removed: PastRun | undefined;

  constructor(store: PageStore) {
    this.#store = store;
    this.#loaded = this.#load();
    let was = store.state.run;
    store.on(['run'], () => {
      const { run } = store.state;
      // A single step, and its undoing, are too short for a phase of their own.
      const hasMoved = run.began === was.began && run.epoch !== was.epoch;
      if ((isRunning(was.phase) || hasMoved) && !isRunning(run.phase)) void this.#record(run);
      was = run;
    });
  }

  /** True if there is a run that was removed and can be brought back. */
  get canUndo(): boolean {
    return this.#removed !== undefined;
  }

  change(began: number, patch: Pick<PastRun, 'name'> | Pick<PastRun, 'isPinned'>): void {
    const run = this.#store.state.runs.find((one) => one.began === began);
    if (run) this.#put({ ...run, ...patch });
  }

  remove(began: number): void {
    this.#removed = this.#store.state.runs.find((one) => one.began === began);
    this.#store.set({ runs: this.#store.state.runs.filter((one) => one.began !== began) });
    this.#write((database) => database.delete(RUNS, began));
  }

  undo(): void {
    const run = this.#removed;
    this.#removed = undefined;
    if (run) this.#put(run);
  }

  async #record({ phase, began, settings, opened, ...rest }: Run): Promise<void> {
    await this.#loaded; // its name, where it is known already
    if (began === undefined || !settings || rest.epoch === 0 || phase === 'idle') return;
    const { epoch, milliseconds, threads, loss, valAccuracy, isTouched, curve } = rest;
    const known = this.#store.state.runs.find((one) => one.began === began);
    this.#put({
      began,
      isPinned: known?.isPinned ?? false,
      ...(known?.name && { name: known.name }),
      phase: phase as PastRun['phase'],
      settings,
      epoch,
      milliseconds,
      curve,
      ...(threads !== undefined && { threads }),
      ...(loss !== undefined && { loss }),
      ...(valAccuracy !== undefined && { valAccuracy }),
      ...(isTouched && { isTouched }),
      ...(opened && { openedFrom: opened.name }),
    });
  }

  #put(run: PastRun): void {
    const runs = [...this.#store.state.runs.filter(({ began }) => began !== run.began), run];
    this.#store.set({ runs: runs.sort((a, b) => b.began - a.began) });
    this.#write((database) => database.put(RUNS, run));
    const oldest = runs.length > RUNS_AT_MOST ? runs.filter(({ isPinned }) => !isPinned).at(-1) : undefined;
    if (!oldest || oldest === run) return;
    this.#store.set({ runs: this.#store.state.runs.filter((one) => one !== oldest) });
    this.#write((database) => database.delete(RUNS, oldest.began));
  }

  async #load(): Promise<void> {
    try {
      const found = (await (await this.#open()).getAll(RUNS)) as PastRun[];
      const { runs } = this.#store.state;
      const others = found.filter(({ began }) => !runs.some((one) => one.began === began));
      this.#store.set({ runs: [...runs, ...others].sort((a, b) => b.began - a.began) });
    } catch {
      // No storage: the page forgets.
    }
  }

  #write(change: (database: IDBPDatabase) => Promise<unknown>): void {
    this.#queue = this.#queue.then(async () => {
      try {
        await change(await this.#open());
      } catch {
        // Full, or switched off: kept in this tab.
      }
    });
  }

  #open(): Promise<IDBPDatabase> {
    this.#opened ??= import('idb').then(({ openDB }) =>
      openDB('mlp-wasm runs', 1, {
        upgrade: (database) => void database.createObjectStore(RUNS, { keyPath: 'began' }),
      }),
    );
    this.#opened.catch(() => (this.#opened = undefined));
    return this.#opened;
  }
}
