/** The form of a store, one for each scheme of addresses, and of the sentences that stores refuse by. */
import { messageOf, type ByteArray } from '../check/realm.js';

/** How far a transfer has come, in bytes. */
export interface Progress {
  loaded: number;
  /** Bytes of the whole; absent where the server does not say. */
  total?: number;
}

/** Options of everything that moves a file. */
export interface TransferOptions {
  /** Ends it: the promise rejects with the signal's reason, and what was stored before stays as it was. */
  signal?: AbortSignal;
  /**
   * Hears how far it has come: of what arrives over the network or from a `Blob` as it does, and of everything once at
   * the end, when `loaded` is all.
   */
  onProgress?: (progress: Progress) => void;
  /** Of `http(s)://`: headers to send along, as `fetch` takes them. */
  headers?: Record<string, string> | [string, string][] | Headers;
  /** Of `http(s)://`: who gets cookies, as in `fetch`. Default `'same-origin'`. */
  credentials?: 'omit' | 'same-origin' | 'include';
}

/** Options of {@link save}. */
export interface SaveOptions extends TransferOptions {
  /** Of `http(s)://`: how it is sent, as the body of the request. Default `'PUT'`. */
  method?: 'PUT' | 'POST';
}

/** A stored model, as {@link listModels} tells of it. */
export interface StoredModel {
  /** When it was saved. */
  dateSaved: Date;
  /** Size of the file, in bytes. */
  bytes: number;
}

/** The place of a file. */
export interface Place {
  /** The public function that was called, which opens the error. */
  method: string;
  /** Its argument that has the address. */
  argument: string;
  /** The whole address. */
  url: string;
  /** All that follows the `://`. */
  name: string;
}

/** The work that a scheme allows; a method is missing where it cannot be done. */
export interface Store {
  /** Resolves once the whole is stored; where it rejects, what was there before is still there. */
  save?(place: Place, bytes: ByteArray, options: SaveOptions, about: StoredModel): Promise<Response | undefined>;
  load?(place: Place, options: TransferOptions): Promise<ByteArray>;
  remove?(place: Place): Promise<void>;
  /** Its models by address. */
  list?(method: string): Promise<Record<string, StoredModel>>;
}

/** Longest address in an error: one of `data:` holds a whole file. */
const LONGEST = 200;

/** An address as errors show it. */
export function cut(url: string): string {
  return url.length <= LONGEST ? url : `${url.slice(0, LONGEST - 1)}…`;
}

export function refusal(place: Place, sentence: string, cause?: unknown): Error {
  const text = `${place.method}: ${cut(place.url)}: ${sentence}`;
  return cause === undefined ? new Error(text) : new Error(text, { cause });
}

/** The error for a store that fails for a reason of its own. */
export function failure(place: Place, whose: string, cause: unknown): Error {
  const name = (cause as Partial<Error> | undefined)?.name;
  return refusal(place, `${whose} refused: ${name ? `${name}: ` : ''}${messageOf(cause)}`, cause);
}

/** True for the error of a store that is full: engines have called it by three names. */
export function isQuotaError(error: unknown): boolean {
  const { name } = error as { name?: unknown };
  return name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED' || name === 'QUOTA_EXCEEDED_ERR';
}

/** A size for people. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
