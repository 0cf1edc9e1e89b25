/** Zip archives, by fflate, but without trust in what they promise. */
import { unzipSync, zipSync, type UnzipFileInfo } from 'fflate';
import { excerpt } from '../check/bytes.js';
import { messageOf } from '../check/realm.js';
import type { ExportedFile } from './options.js';

/** The least that an entry takes in an archive's directory. */
const ENTRY_BYTES = 46;

/** An archive's content may be this many times its size, and this many bytes more: weights are hard to compress. */
const MOST_GROWTH = 100;
const ANYWAY = 2 ** 24;

/** The names in an archive. */
export function zipNames(argument: string, archive: Uint8Array): string[] {
  const names: string[] = [];
  unzip(argument, archive, (name) => names.push(name) < 0);
  return names;
}

/**
 * The files of an archive by name.
 *
 * @param wanted those that are needed. Default: all.
 * @throws {RangeError} where it is broken, encrypted, or promises more than its size can hold.
 */
export function unzip(
  argument: string,
  archive: Uint8Array,
  wanted: (name: string) => boolean = () => true,
): Map<string, Uint8Array> {
  let entries = 0;
  let total = 0;
  let refusal: RangeError | undefined;
  const refuse = (expected: string, got: string): never => {
    throw (refusal = new RangeError(`${argument}: expected ${expected}, got ${got}`));
  };
  const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
    if (++entries > archive.length / ENTRY_BYTES) refuse('an archive with room for its entries', `${entries} or more`);
    if (!wanted(name)) return false;
    if (name === '__proto__') refuse('names of files', excerpt(name)); // because fflate collects them in an object
    if ((total += originalSize) > MOST_GROWTH * archive.length + ANYWAY) {
      refuse(`content of at most ${MOST_GROWTH} times the archive's size`, `${total} bytes`);
    }
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(archive, { filter })));
  } catch (cause) {
    if (refusal) throw refusal;
    const got = excerpt(messageOf(cause));
    throw new RangeError(`${argument}: expected a whole zip archive, got one that does not open (${got})`, { cause });
  }
}

/** The first day that zip knows, so that an archive is the same whenever it is written. */
const ZIP_TIME = new Date(1980, 0, 1);

/** An archive of files as they are, not compressed, because numbers hardly can be. */
export function zip(files: readonly ExportedFile[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 0, mtime: ZIP_TIME });
}
