/** Zip archives, out, by fflate. */
import { zipSync } from 'fflate';
import type { ExportedFile } from './options.js';

/** The first day that zip knows, so that an archive is the same whenever it is written. */
const ZIP_TIME = new Date(1980, 0, 1);

/** An archive of files as they are, not compressed, because numbers hardly can be. */
export function zip(files: readonly ExportedFile[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 0, mtime: ZIP_TIME });
}
