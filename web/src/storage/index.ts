/**
 * mlp-wasm/storage: models kept by address, with TensorFlow.js's schemes.
 *
 * | address | where | save | load | list, remove |
 * |---|---|---|---|---|
 * | `indexeddb://name` | pages and workers | yes | yes | yes |
 * | `localstorage://name` | pages | up to about 3.7 MB | yes | yes |
 * | `downloads://name` | pages | yes | – (load a `File`) | – |
 * | `http(s)://…`, in a page also relative to it | everywhere | PUT or POST | yes | – |
 * | `blob:…`, `data:…` | everywhere | – | yes | – |
 * | `file:///path`, `file://./path` | Node, Deno, Bun | yes | yes | remove |
 *
 * Each save is whole or not at all: where it fails, for want of room say, the old file is still there.
 *
 * @packageDocumentation
 */
import { checkFunction, checkName, checkObject, rangeError, shown, typeError } from '../check/arguments.js';
import { asBytes, type Bytes } from '../check/bytes.js';
import { isAbortSignal, isBlob, isError, isUrl, messageOf, type ByteArray } from '../check/realm.js';
import { loadCheckpoint, loadModel, readSafetensors, type Sequential } from '../index.js';
import { download } from './download.js';
import { http, inline } from './http.js';
import { indexedDb } from './indexed-db.js';
import { browserStorage } from './local-storage.js';
import { nodeFile, realPath } from './node-file.js';
import { readAll } from './reading.js';
import {
  cut,
  failure,
  type Place,
  type SaveOptions,
  type Store,
  type StoredModel,
  type TransferOptions,
} from './store.js';

export type { Progress, SaveOptions, StoredModel, TransferOptions } from './store.js';

/** Anything that becomes a file by itself: a `Sequential`, one in a worker, an estimator of `mlp-wasm/tables` … */
export interface Savable {
  save(): Promise<Uint8Array | ArrayBuffer> | Uint8Array | ArrayBuffer;
}

/** Result of {@link save}. */
export interface SaveResult extends StoredModel {
  /** The address that it was saved to. */
  url: string;
  /** Of `http(s)://`: the server's answer, whose body is still to be read. */
  response?: Response;
}

const STORES: Record<string, Store> = {
  'indexeddb:': indexedDb,
  'localstorage:': browserStorage,
  'downloads:': download,
  'http:': http,
  'https:': http,
  'blob:': inline,
  'data:': inline,
  'file:': nodeFile,
};

/**
 * Saves a model, or a file that was made already: {@link Sequential.checkpoint}'s, say.
 *
 * @param model a model, or bytes, which are copied: they may be changed while they are saved
 * @param url where to: see the table of this module
 * @returns once all of it is stored; of `downloads://` once the browser was handed it, because pages hear no more of it.
 * @throws {TypeError | RangeError} naming the argument that is wrong.
 * @throws {Error} naming the address, where there is no room, no such folder, no such store in this engine, or a server
 *   refuses. What was stored there before is then as it was.
 * @example
 * await save(model, 'indexeddb://digits');
 * await save(model, 'https://example.org/models/digits', { method: 'POST', headers: { authorization } });
 */
export async function save(model: Savable | Bytes, url: string | URL, options: SaveOptions = {}): Promise<SaveResult> {
  const [store, place] = storeOf('save', 'url', url, 'save');
  const given = checkOptions('save', options, ['method']);
  const bytes = await bytesOf(model);
  return put(store, place, bytes, given);
}

/**
 * Loads a model. One that {@link Sequential.checkpoint} wrote can train on with `resume: true`.
 *
 * @param source its address, or what a visitor chose or dropped: a `File` or `Blob`
 * @throws {TypeError | RangeError} naming the argument that is wrong, or the address and what is wrong with the file.
 * @throws {Error} naming the address, where nothing is stored, no server answers or answers with an error or a web page;
 *   and before `init` of `mlp-wasm` is done.
 * @example
 * const model = await load('indexeddb://digits');
 * const other = await load('models/digits.safetensors', { onProgress: ({ loaded, total }) => show(loaded / total) });
 */
export async function load(source: string | URL | Blob, options: TransferOptions = {}): Promise<Sequential> {
  const bytes = await get('load', source, options);
  try {
    const { metadata } = readSafetensors(bytes);
    return await (metadata['training'] === undefined ? loadModel : loadCheckpoint)(bytes);
  } catch (cause) {
    throw withAddress(cause, whereOf(source));
  }
}

/**
 * Loads a file as it is: for a model in a worker (`mlp.loadModel(bytes)`), and for files that are no `Sequential`.
 *
 * @param source as of {@link load}
 * @returns its bytes, in memory of their own
 * @throws as {@link load}, but for what is wrong within the file.
 */
export async function loadBytes(source: string | URL | Blob, options: TransferOptions = {}): Promise<ByteArray> {
  return get('loadBytes', source, options);
}

/**
 * The models in `indexeddb://` and `localstorage://`, by address, in the order of the alphabet; none where an engine has
 * neither, as Node.
 *
 * @throws {Error} where the browser refuses to look.
 */
export async function listModels(): Promise<Record<string, StoredModel>> {
  const all: [string, StoredModel][] = [];
  for (const store of Object.values(STORES)) all.push(...Object.entries((await store.list?.('listModels')) ?? {}));
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Removes a model from `indexeddb://`, `localstorage://` or `file://`.
 *
 * @throws {TypeError | RangeError} for another address; {Error} where there is no such model.
 */
export async function removeModel(url: string | URL): Promise<void> {
  const [store, place] = storeOf('removeModel', 'url', url, 'remove');
  await store.remove!(place);
}

/**
 * Copies a model from one address to another, as it is, over what is there.
 *
 * @throws as {@link loadBytes} and {@link save}; {RangeError} where both are the same.
 */
export async function copyModel(from: string | URL, to: string | URL, options: SaveOptions = {}): Promise<SaveResult> {
  return copy('copyModel', from, to, options);
}

/**
 * As {@link copyModel}; then the model is removed where it was. If that fails it is at both places.
 */
export async function moveModel(from: string | URL, to: string | URL, options: SaveOptions = {}): Promise<SaveResult> {
  const [store, place] = storeOf('moveModel', 'from', from, 'remove');
  const result = await copy('moveModel', from, to, options);
  await store.remove!(place);
  return result;
}

async function copy(method: string, from: string | URL, to: string | URL, options: SaveOptions): Promise<SaveResult> {
  const [source, here] = storeOf(method, 'from', from, 'load');
  const [target, there] = storeOf(method, 'to', to, 'save');
  const given = checkOptions(method, options, ['method']);
  if ((await identity(source, here)) === (await identity(target, there))) {
    throw rangeError(`${method}: to`, 'another address than from', there.url);
  }
  given.signal?.throwIfAborted();
  return put(target, there, await source.load!(here, given), given);
}

/** The same for two addresses of one place. */
async function identity(store: Store, place: Place): Promise<string> {
  return store === nodeFile ? `file ${await realPath(place)}` : place.url;
}

async function put(store: Store, place: Place, bytes: ByteArray, options: SaveOptions): Promise<SaveResult> {
  options.signal?.throwIfAborted();
  const about = { dateSaved: new Date(), bytes: bytes.length };
  const response = await store.save!(place, bytes, options, about);
  options.onProgress?.({ loaded: bytes.length, total: bytes.length });
  return { url: place.url, ...about, ...(response && { response }) };
}

async function get(method: string, source: string | URL | Blob, options: TransferOptions): Promise<ByteArray> {
  const place = isBlob(source)
    ? { method, argument: 'source', url: whereOf(source), name: '' }
    : storeOf(method, 'source', source, 'load')[1];
  const given = checkOptions(method, options, []);
  given.signal?.throwIfAborted();
  const bytes = isBlob(source)
    ? await readAll(source.stream(), source.size, given, (cause) => failure(place, 'the browser', cause))
    : await storeOf(method, 'source', source, 'load')[0].load!(place, given);
  given.onProgress?.({ loaded: bytes.length, total: bytes.length });
  return bytes;
}

/** The store and the place of an address, where the store can do `work`. */
function storeOf(method: string, argument: string, url: unknown, work: keyof Store): [Store, Place] {
  const able = Object.keys(STORES).filter((scheme) => STORES[scheme]![work]);
  const named = able.filter((scheme) => !/^(?:blob|data):/.test(scheme)).map((scheme) => `${scheme}//…`);
  const expected = `an address like ${named.join(', ')}${work === 'load' ? ', or a File' : ''}`;
  if (typeof url !== 'string' && !isUrl(url)) throw typeError(`${method}: ${argument}`, expected, url);
  let address = String(url);
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(address) && address !== '' && base !== undefined && able.includes('http:')) {
    address = new URL(address, base).href;
  }
  const [, scheme, name] = /^([a-z][a-z0-9+.-]*:)(.*)$/is.exec(address) ?? [];
  const store = STORES[scheme?.toLowerCase() ?? ''];
  const isWhole = /^(?:blob|data):$/i.test(scheme ?? '') || (name?.startsWith('//') && name.length > 2);
  if (!store?.[work] || !isWhole) throw rangeError(`${method}: ${argument}`, expected, address);
  return [store, { method, argument, url: address, name: name!.replace(/^\/\//, '') }];
}

/** The place of a file, for an error. */
function whereOf(source: string | URL | Blob): string {
  return isBlob(source) ? `the file ${shown((source as Partial<File>).name ?? '(a Blob)')}` : cut(String(source));
}

function checkOptions<Options extends SaveOptions>(method: string, options: Options, more: string[]): Options {
  const names = ['signal', 'onProgress', 'headers', 'credentials', ...more];
  const given = checkObject(`${method}: options`, options, names);
  const { signal, onProgress, credentials, headers } = given;
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw typeError(`${method}: signal`, 'an AbortSignal', signal);
  }
  if (onProgress !== undefined) checkFunction(`${method}: onProgress`, onProgress);
  if (credentials !== undefined) {
    checkName(`${method}: credentials`, credentials, ['omit', 'same-origin', 'include']);
  }
  if (given.method !== undefined) checkName(`${method}: method`, given.method, ['PUT', 'POST']);
  if (headers === undefined) return given;
  try {
    return { ...given, headers: new Headers(headers) };
  } catch (cause) {
    throw new TypeError(`${method}: headers: expected headers as fetch takes them: ${messageOf(cause)}`, { cause });
  }
}

/** The file of a model, or a copy of the bytes given. */
async function bytesOf(model: Savable | Bytes): Promise<ByteArray> {
  const expected = 'a model, a Uint8Array or an ArrayBuffer';
  const isModel = typeof (model as Partial<Savable> | null | undefined)?.save === 'function';
  const given: unknown = isModel ? await (model as Savable).save() : model;
  const bytes = new Uint8Array(asBytes(isModel ? 'save: what model.save() gives' : 'save: model', given, expected));
  if (bytes.length === 0) throw rangeError('save: model', 'bytes', bytes);
  return bytes;
}

/** An error of what reads models, which begins with the address, and is of the same class. */
function withAddress(cause: unknown, where: string): unknown {
  if (!isError(cause)) return cause;
  const Kind = { TypeError, RangeError }[cause.name] ?? Error;
  return new Kind(`load: ${where}: ${cause.message}`, { cause });
}
