/** Zip archives: what is in them is changed, put elsewhere, packed beyond measure, or not what the directory says. */
import { deflateRawSync } from 'node:zlib';
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { BYTE_MUTATIONS, joined, TELLING_NUMBERS, type Bytes, type Mutation } from './bytes.js';
import type { Draws } from './draws.js';

/** An entry as it lies in an archive; sizes that it does not have where it lies about them. */
interface Entry {
  name: string;
  content: Uint8Array;
  /** 0: as it is, 8: deflated. */
  method: number;
  size: number;
}

export const entryOf = (name: string, content: Uint8Array, isDeflated = false): Entry => ({
  name,
  content: isDeflated ? deflateRawSync(content, { level: 1 }) : content,
  method: isDeflated ? 8 : 0,
  size: content.length,
});

/** The names and contents of an archive, without what would take long; undefined for what is none. */
export function contentsOf(archive: Bytes): [name: string, content: Uint8Array][] | undefined {
  try {
    let [entries, left] = [0, 2 ** 20];
    const filter = ({ compression, size, originalSize }: UnzipFileInfo) => {
      if (++entries > archive.length / 46) throw new RangeError('a directory that cannot be');
      return (left -= compression ? 100 * size + originalSize : size) > 0;
    };
    return Object.entries(unzipSync(archive, { filter }));
  } catch {
    return undefined;
  }
}

/** Bytes of what is in an archive, as it says; no more than a reader may take of one so long. */
export function unpackedSize(archive: Bytes): number {
  let [entries, size] = [0, 0];
  try {
    const filter = ({ originalSize }: UnzipFileInfo) => {
      if (++entries > archive.length / 46) throw new RangeError('a directory that cannot be');
      size += originalSize;
      return false;
    };
    unzipSync(archive, { filter });
  } catch {
    // no archive, from there on
  }
  return Math.min(Math.max(archive.length, size), 100 * archive.length + 2 ** 24);
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** An archive of entries, as they say that they are: no library would write those that lie. */
export function archiveOf(entries: readonly Entry[]): Bytes {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, method, size } of entries) {
    const letters = new TextEncoder().encode(name);
    const header = (signature: number, length: number, shift: number) => {
      const view = new DataView(new ArrayBuffer(length));
      view.setUint32(0, signature, true);
      view.setUint16(shift + 8, method, true);
      view.setUint32(shift + 18, content.length, true);
      view.setUint32(shift + 22, size >>> 0, true);
      view.setUint16(shift + 26, letters.length, true);
      return view;
    };
    const central = header(CENTRAL, 46, 2);
    central.setUint32(42, at, true);
    directory.push(new Uint8Array(central.buffer), letters);
    const local = [new Uint8Array(header(LOCAL, 30, 0).buffer), letters, content];
    parts.push(...local);
    at += local.reduce((sum, { length }) => sum + length, 0);
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, END, true);
  for (const place of [8, 10]) end.setUint16(place, entries.length, true);
  end.setUint32(12, joined(...directory).length, true);
  end.setUint32(16, at, true);
  return joined(...parts, ...directory, new Uint8Array(end.buffer));
}

/** An archive with its entries as they are, but for what `change` does. */
function rewritten(
  archive: Bytes,
  draws: Draws,
  change: (entries: Entry[], contents: [string, Uint8Array][]) => void,
): Bytes {
  const contents = contentsOf(archive);
  if (!contents || contents.length === 0) return archive;
  const isDeflated = draws.below(4) === 0;
  const entries = contents.map(([name, content]) => entryOf(name, content, isDeflated));
  change(entries, contents);
  return archiveOf(entries);
}

/** Zeros, a thousand times as many as their bytes: more than any of these archives may hold. */
const BOMB_SIZE = 2 ** 26;
let bomb: Uint8Array | undefined;

export const ZIP_MUTATIONS: readonly Mutation[] = [
  function renameEntry(file, draws) {
    return rewritten(file, draws, (entries) => {
      const entry = draws.of(entries);
      const others = ['', 'x', '/', '..', '../' + entry.name, '__proto__', 'constructor', `${entry.name}/`, 'é'];
      entry.name = draws.of([...others, draws.of(entries).name, entry.name.slice(1), 'n'.repeat(3000)]);
    });
  },
  function moveEntries(file, draws) {
    return rewritten(file, draws, (entries) => {
      const [a, b] = [draws.below(entries.length), draws.below(entries.length)];
      const change = draws.below(4);
      if (change === 0) entries.splice(a, 1);
      else if (change === 1) entries.push(...Array<Entry>(draws.of([1, 2, 300])).fill(entries[a]!));
      else if (change === 2) [entries[a]!.content, entries[b]!.content] = [entries[b]!.content, entries[a]!.content];
      else [entries[a], entries[b]] = [entries[b]!, entries[a]!];
    });
  },
  function changeContent(file, draws, others) {
    return rewritten(file, draws, (entries, contents) => {
      const at = draws.below(entries.length);
      const [name, content] = contents[at]!;
      entries[at] = entryOf(name, draws.of(BYTE_MUTATIONS)(new Uint8Array(content), draws, others), true);
    });
  },
  function explode(file, draws) {
    if (draws.below(8) > 0) return file; // seldom, because it takes long
    // Beside the size that it has, one that a directory is believed for.
    return rewritten(file, draws, (entries) => {
      bomb ??= deflateRawSync(new Uint8Array(BOMB_SIZE), { level: 9 });
      const entry = draws.of(entries);
      entry.size = draws.of([BOMB_SIZE, BOMB_SIZE, 0, entry.size, 2 ** 20, 2 ** 32 - 1]);
      Object.assign(entry, { content: bomb, method: 8 });
    });
  },
  function lie(file, draws) {
    return rewritten(file, draws, (entries) => {
      const entry = draws.of(entries);
      if (draws.below(3) === 0) entry.method = draws.of([0, 8, 8, 1, 9, 12, 65_535]);
      else entry.size = draws.of([...TELLING_NUMBERS, entry.size - 1, entry.size + 1, 2 * entry.size]);
    });
  },
  function changeDirectory(file, draws) {
    const changed = file.slice();
    const text = Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1');
    const places = [...text.matchAll(/PK(?:\x01\x02|\x03\x04|\x05\x06)/g)].map(({ index }) => index);
    if (places.length === 0) return changed;
    const at = draws.of(places) + 4 + 2 * draws.below(20);
    const size = draws.of([2, 4]);
    if (at + size > changed.length) return changed;
    const view = new DataView(changed.buffer);
    const number = draws.below(2) ? draws.of(TELLING_NUMBERS) : draws.of([...places, file.length, file.length - 22]);
    if (size === 2) view.setUint16(at, number % 65_536, true);
    else view.setUint32(at, number % 2 ** 32, true);
    return changed;
  },
];
