/**
 * `file://`, in Node, Deno and Bun: `file:///absolute/path`, `file://./relative` to the working directory, and what
 * `pathToFileURL` gives. A file is written under another name beside its place and then renamed, because whoever reads
 * it meanwhile, or after a crash, then has the old one or the new one and never a part.
 */
import { rangeError } from '../check/arguments.js';
import { failure, refusal, type Place, type Store } from './store.js';

export const nodeFile: Store = {
  async save(place, bytes, { signal }) {
    const { open, rename, unlink, stat } = modulesFor(place).fs;
    const path = await realPath(place);
    const beside = `${path}.${crypto.randomUUID()}.tmp`;
    let isMade = false;
    try {
      const before = await stat(path).catch(() => undefined);
      const file = await open(beside, 'wx', before ? before.mode & 0o777 : 0o666);
      isMade = true;
      try {
        await file.writeFile(bytes, signal ? { signal } : {});
        await file.sync(); // because a rename may reach the disk before what is renamed
      } finally {
        await file.close();
      }
      signal?.throwIfAborted();
      await rename(beside, path);
      return undefined;
    } catch (cause) {
      if (isMade) await unlink(beside).catch(() => {}); // gone already, where the rename was done
      signal?.throwIfAborted();
      throw problem(place, path, cause);
    }
  },

  async load(place, { signal }) {
    const { readFile } = modulesFor(place).fs;
    const path = pathOf(place);
    try {
      return new Uint8Array(await readFile(path, signal ? { signal } : {})); // not a Buffer, which has other methods
    } catch (cause) {
      signal?.throwIfAborted();
      throw problem(place, path, cause);
    }
  },

  async remove(place) {
    const path = pathOf(place);
    try {
      await modulesFor(place).fs.unlink(path);
    } catch (cause) {
      throw problem(place, path, cause);
    }
  },
};

/** The path of a file that may be reached by several addresses. */
export async function realPath(place: Place): Promise<string> {
  const path = pathOf(place);
  return modulesFor(place)
    .fs.realpath(path)
    .catch(() => path);
}

function modulesFor(place: Place) {
  const { process } = globalThis;
  if (!process?.getBuiltinModule) {
    throw refusal(
      place,
      'expected Node, which has files, got a browser; there, downloads:// saves one, and load takes a File',
    );
  }
  return { fs: process.getBuiltinModule('node:fs/promises'), url: process.getBuiltinModule('node:url'), process };
}

function pathOf(place: Place): string {
  const { url: urls, process } = modulesFor(place);
  const { method, argument, url, name } = place;
  const folder = urls.pathToFileURL(`${process.cwd()}/`);
  const isRelative = /^\.{1,2}\//.test(name);
  if (!isRelative && !name.startsWith('/')) {
    throw rangeError(`${method}: ${argument}`, "'file:///…' or 'file://./…'", url);
  }
  const address = new URL(isRelative ? name : url, folder);
  if (address.search || address.hash) {
    throw rangeError(`${method}: ${argument}`, 'a path in which ? and # are written %3F and %23', url);
  }
  return urls.fileURLToPath(address);
}

/** Sentences for the errors that a path gets. */
const PROBLEMS: Record<string, string> = {
  EACCES: 'this user may not',
  EDQUOT: 'there is no room left for this user; what was there before is as it was',
  EISDIR: 'it is a folder',
  ENOSPC: 'there is no room left on the disk; what was there before is as it was',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'this user may not',
  EROFS: 'the disk is read only',
};

function problem(place: Place, path: string, cause: unknown): Error {
  const code = String((cause as { code?: unknown }).code);
  if (code === 'ENOENT') {
    const expected = place.method === 'save' ? 'an existing folder, got none for' : 'a file, got none at';
    return refusal(place, `expected ${expected} ${path}`, cause);
  }
  return PROBLEMS[code] ? refusal(place, `${PROBLEMS[code]}: ${path}`, cause) : failure(place, 'the system', cause);
}
