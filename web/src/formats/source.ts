/** The files that a model comes from: one that tells what it is, and those beside it. */
import { asBytes, beginningOf, type Bytes } from '../check/bytes.js';
import { isBlob, isError, isUrl } from '../check/realm.js';
import { shown, typeError } from '../check/arguments.js';
import type { TransferOptions } from '../storage/store.js';

/** Anything that {@link loadAny} takes: an address, the bytes of a file, or several files by name. */
export type ModelSource = string | URL | Bytes | Blob | readonly File[] | Readonly<Record<string, Bytes | Blob>>;

/** A file of a model. */
export interface SourceFile {
  /** Its name without folders; `''` where nobody said. */
  name: string;
  bytes: Uint8Array;
}

/** The files of a model. */
export interface Source {
  /** Those at hand; of an address only the one that it leads to. */
  files: SourceFile[];
  /**
   * The bytes of a file that another one names.
   *
   * @param path as it stands there, relative to the file that names it
   * @throws {Error} where there is none.
   */
  beside(path: string): Promise<Uint8Array>;
}

const EXPECTED = 'an address, the bytes of a file, a File, an array of Files or an object of files by name';

/**
 * @throws {TypeError} where `source` is none.
 * @throws {Error} naming the address, where nothing can be loaded from there.
 */
export async function openSource(method: string, source: ModelSource, options: TransferOptions): Promise<Source> {
  if (typeof source === 'string' || isUrl(source)) return openAddress(String(source), options);
  if (isBlob(source)) return openFiles(method, [await readBlob(source, options)]);
  if (Array.isArray(source)) {
    return openFiles(
      method,
      await Promise.all(source.map((file: unknown, i) => readEntry(`${method}: source[${i}]`, file, options))),
    );
  }
  if (typeof source === 'object' && source !== null && Object.getPrototypeOf(source) === Object.prototype) {
    const entries = Object.entries(source as Record<string, Bytes | Blob>);
    const files = entries.map(async ([name, file]) => ({
      ...(await readEntry(`${method}: source[${shown(name)}]`, file, options)),
      name,
    }));
    return openFiles(method, await Promise.all(files));
  }
  return openFiles(method, [{ name: '', bytes: asBytes(`${method}: source`, source, EXPECTED) }]);
}

async function readEntry(argument: string, file: unknown, options: TransferOptions): Promise<SourceFile> {
  if (isBlob(file)) return readBlob(file, options);
  return { name: '', bytes: asBytes(argument, file, 'a File, a Blob or the bytes of a file') };
}

async function readBlob(blob: Blob, options: TransferOptions): Promise<SourceFile> {
  return { name: (blob as Partial<File>).name ?? '', bytes: await load(blob, options) };
}

function openFiles(method: string, given: SourceFile[]): Source {
  if (given.length === 0) throw typeError(`${method}: source`, 'at least one file', given);
  const files = given.map(({ name, bytes }) => ({ name, bytes: plain(bytes) }));
  return {
    files,
    beside(path) {
      const name = baseName(path);
      const found = files.find((file) => baseName(file.name) === name);
      if (found) return Promise.resolve(found.bytes);
      const given = files.map((file) => shown(file.name)).join(', ');
      throw new RangeError(`${method}: source: expected the file ${shown(name)}, too, got only ${given}`);
    },
  };
}

/** The same bytes as no more than a `Uint8Array`: what `slice` gives of a Node `Buffer` would be no copy. */
export const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

async function openAddress(url: string, options: TransferOptions): Promise<Source> {
  return {
    files: [{ name: baseName(url.replace(/[?#].*$/s, '')), bytes: await load(url, options) }],
    beside: (path) => load(beside(url, path), options),
  };
}

/** The bytes of an address or a file; errors begin with the name of the function that was called. */
async function load(source: string | Blob, options: TransferOptions): Promise<Uint8Array> {
  const { loadBytes } = await import('../storage/index.js');
  try {
    return plain(await loadBytes(source, options));
  } catch (cause) {
    if (!isError(cause) || !cause.message.startsWith('loadBytes')) throw cause;
    const Kind = { TypeError, RangeError }[cause.name] ?? Error;
    throw new Kind(cause.message.replace('loadBytes', 'loadAny'), { cause });
  }
}

/** The address of `path` as seen from `url`, which may be relative to the page. */
function beside(url: string, path: string): string {
  const [before = '', query = ''] = url.split(/(?=[?#])/);
  return before.slice(0, before.lastIndexOf('/') + 1) + path + query;
}

const baseName = (path: string) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** The JSON of files that were looked at, because several formats ask before one of them reads it. */
const known = new WeakMap<SourceFile, Record<string, unknown> | undefined>();

/** The JSON of a file, if it is one of an object; undefined for all else. It is the same object each time: not to be changed. */
export function jsonOf(file: SourceFile): Readonly<Record<string, unknown>> | undefined {
  if (!known.has(file)) known.set(file, parsed(file));
  return known.get(file);
}

function parsed({ bytes }: SourceFile): Record<string, unknown> | undefined {
  // Looked at first, because a large file of numbers is not worth being decoded.
  if (!/^\s*\{/.test(String.fromCharCode(...bytes.subarray(0, 100)).replace(/^\u00ef\u00bb\u00bf/, '')))
    return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A file in the words of an error. */
export function described({ name, bytes }: SourceFile): string {
  return `${name ? `${shown(name)}, ` : ''}${bytes.length} bytes that begin with ${beginningOf(bytes) ?? hex(bytes)}`;
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
