/**
 * Owner of `myDigits` in the store. Every change can be undone, and is written at once; what cannot be written stays in
 * this tab, is said, and is tried again with the next change.
 */
import type { PageStore } from '../state.js';
import type { MyDigit } from './my-digit.js';
import { Shelf } from './shelf.js';

const UNDO_AT_MOST = 100;

export class Collection {
  readonly shelf = new Shelf();
  readonly #store: PageStore;
  readonly #past: (readonly MyDigit[])[] = [];
  /** Digits that are written, by id. */
  readonly #written = new Map<string, MyDigit>();
  /** One write after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(store: PageStore) {
    this.#store = store;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  async load(): Promise<void> {
    try {
      const found = await this.shelf.all();
      for (const digit of found) this.#written.set(digit.id, digit);
      // Some may have been drawn meanwhile.
      if (found.length > 0) this.#store.set({ myDigits: [...found, ...this.#store.state.myDigits] });
    } catch {
      // Said when there is something to lose.
    }
  }

  change(next: readonly MyDigit[]): void {
    this.#past.push(this.#store.state.myDigits);
    if (this.#past.length > UNDO_AT_MOST) this.#past.shift();
    this.#become(next);
  }

  undo(): void {
    const before = this.#past.pop();
    if (before) this.#become(before);
  }

  add(...digits: MyDigit[]): void {
    this.change([...this.#store.state.myDigits, ...digits]);
  }

  relabel(ids: ReadonlySet<string>, label: number): void {
    this.change(this.#store.state.myDigits.map((digit) => (ids.has(digit.id) ? { ...digit, label } : digit)));
  }

  remove(ids: ReadonlySet<string>): void {
    this.change(this.#store.state.myDigits.filter(({ id }) => !ids.has(id)));
  }

  #become(next: readonly MyDigit[]): void {
    this.#store.set({ myDigits: next });
    this.#queue = this.#queue.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const { myDigits } = this.#store.state;
    const present = new Set(myDigits.map(({ id }) => id));
    const changed = myDigits.filter((digit) => this.#written.get(digit.id) !== digit);
    const deleted = [...this.#written.keys()].filter((id) => !present.has(id));
    if (changed.length + deleted.length === 0) return this.#store.set({ myDigitsTrouble: undefined });
    try {
      await this.shelf.write(changed, deleted);
      for (const digit of changed) this.#written.set(digit.id, digit);
      for (const id of deleted) this.#written.delete(id);
      this.#store.set({ myDigitsTrouble: undefined });
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
      this.#store.set({ myDigitsTrouble: isFull ? 'full' : 'closed' });
    }
  }
}
