/** The place of my digits: a database of their own in IndexedDB, a record each, so that tabs do not disturb each other. */
import type { IDBPDatabase } from 'idb';
import type { Weight } from 'mlp-wasm';
import type { MyDigit } from './my-digit.js';

const DIGITS = 'digits';
const HAND = 'hand';

/** Weights of the pretrained network after it has learned a hand. */
export interface KeptHand {
  /** Of the weights' file that it began with. */
  fingerprint: string;
  weights: Pick<Weight, 'shape' | 'data'>[];
  /** Of these weights, where it is known: see `NetworkSnapshot`. */
  refuseAbove?: number | undefined;
}

export class Shelf {
  #opened: Promise<IDBPDatabase> | undefined;

  #open(): Promise<IDBPDatabase> {
    this.#opened ??= import('idb').then(({ openDB }) =>
      openDB('mlp-wasm my digits', 1, {
        upgrade: (database) => {
          database.createObjectStore(DIGITS, { keyPath: 'id' });
          database.createObjectStore(HAND);
        },
      }),
    );
    this.#opened.catch(() => (this.#opened = undefined));
    return this.#opened;
  }

  async all(): Promise<MyDigit[]> {
    const found = (await (await this.#open()).getAll(DIGITS)) as MyDigit[];
    return found.sort((a, b) => a.time - b.time);
  }

  /** All of it, or nothing. */
  async write(changed: readonly MyDigit[], deleted: readonly string[]): Promise<void> {
    const transaction = (await this.#open()).transaction(DIGITS, 'readwrite');
    const requests = [
      ...changed.map((digit) => transaction.store.put(digit)),
      ...deleted.map((id) => transaction.store.delete(id)),
    ];
    await Promise.all([...requests, transaction.done]);
  }

  async hand(): Promise<KeptHand | undefined> {
    return (await (await this.#open()).get(HAND, 'current')) as KeptHand | undefined;
  }

  async keepHand(hand: KeptHand | undefined): Promise<void> {
    const database = await this.#open();
    await (hand ? database.put(HAND, hand, 'current') : database.delete(HAND, 'current'));
  }
}
