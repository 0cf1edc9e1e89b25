/**
 * `localstorage://name`, in pages: one entry for each model, because an entry is written whole or not at all. Its first
 * line has the date and the size, by which a list needs no decoding and a damaged entry is known; then comes the file as
 * base64. Browsers give a site about 5 million characters, so 3.7 MB at most.
 */
import type { ByteArray } from '../check/realm.js';
import { missing } from './missing.js';
import { failure, isQuotaError, refusal, sizeOf, type Place, type Store, type StoredModel } from './store.js';

/** Begins the key of every entry, because the site has entries of its own. */
const PREFIX = 'mlp-wasm/models/';
const SCHEME = 'localstorage://';

export const browserStorage: Store = {
  async save(place, bytes, _options, { dateSaved }) {
    const entry = `${dateSaved.toISOString()} ${bytes.length}\n${toBase64(bytes)}`;
    try {
      storageFor(place).setItem(PREFIX + place.name, entry);
    } catch (cause) {
      if (!isQuotaError(cause)) throw cause;
      throw refusal(
        place,
        `expected room for ${sizeOf(bytes.length)}, as base64 ${sizeOf(entry.length)}, got none: localStorage is full. ` +
          'What was stored before is as it was; indexeddb:// has more room',
        cause,
      );
    }
    return undefined;
  },

  async load(place) {
    const entry = storageFor(place).getItem(PREFIX + place.name);
    if (entry === null) throw missing(place, namesIn(storageFor(place)), SCHEME);
    const about = aboutOf(entry);
    const bytes = about && fromBase64(entry.slice(entry.indexOf('\n') + 1));
    if (!bytes || bytes.length !== about.bytes) {
      const got = bytes ? `${bytes.length}` : 'something else';
      throw refusal(place, `expected ${about?.bytes ?? 'its'} bytes as base64, got ${got}: the entry is damaged`);
    }
    return bytes;
  },

  async remove(place) {
    const storage = storageFor(place);
    const names = namesIn(storage);
    if (!names.includes(place.name)) throw missing(place, names, SCHEME);
    storage.removeItem(PREFIX + place.name);
  },

  async list(method) {
    if (!globalThis.document) return {};
    const storage = storageFor({ method, argument: '', url: SCHEME, name: '' });
    const found: Record<string, StoredModel> = {};
    for (const name of namesIn(storage)) {
      const about = aboutOf(storage.getItem(PREFIX + name)!);
      if (about) found[`${SCHEME}${name}`] = about;
    }
    return found;
  },
};

/**
 * The page's localStorage. Node's, where it has one, is another, and files are better there.
 *
 * @throws {Error} where there is none, or the page may not use it.
 */
function storageFor(place: Place): Storage {
  let storage: Storage | undefined;
  try {
    storage = globalThis.document && globalThis.localStorage;
  } catch (cause) {
    throw failure(place, 'the browser', cause);
  }
  if (!storage) {
    throw refusal(
      place,
      'expected a page, got an engine without localStorage; workers have indexeddb://, Node file://',
    );
  }
  return storage;
}

function namesIn(storage: Storage): string[] {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i)!);
  return keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
}

function aboutOf(entry: string): StoredModel | undefined {
  const [, date, bytes] = /^(\S+) (\d+)\n/.exec(entry) ?? [];
  return date === undefined ? undefined : { dateSaved: new Date(date), bytes: Number(bytes) };
}

/** Bytes that become text at once: a multiple of 3, whose base64 needs no padding, and few enough to be arguments. */
const CHUNK = 3 * 4096;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let begin = 0; begin < bytes.length; begin += CHUNK) {
    text += btoa(String.fromCharCode(...bytes.subarray(begin, begin + CHUNK)));
  }
  return text;
}

/** Undefined for text that is no base64. */
function fromBase64(text: string): ByteArray | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
