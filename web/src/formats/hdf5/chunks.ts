/** Datasets in chunks, as compression needs them: a tree tells where they lie, and filters are undone that packed them. */
import { excerpt } from '../../check/bytes.js';
import { inflated } from '../inflate.js';
import { eachStrided } from '../numbers.js';
import type { FileBytes } from './bytes.js';
import { countOf } from './values.js';

/** A dataset: its name for errors, its lengths and those of a chunk, and the bytes of an element and of a chunk. */
interface Dataset {
  what: string;
  shape: readonly number[];
  sides: readonly number[];
  element: number;
  bytes: number;
}

/** A chunk: its place in the file, the filters that it was spared as bits, and its first element's place on each axis. */
interface Chunk {
  at: number;
  size: number;
  spared: number;
  begin: number[];
}

const DEEPEST = 32;
const [DEFLATE, SHUFFLE, CHECKSUM] = [1, 2, 3];
const OTHERS: Record<number, string> = { 4: 'szip', 5: 'nbit', 6: 'scaleoffset', 32_000: 'lzf', 32_001: 'blosc' };

/**
 * The bytes of all elements, in rows.
 *
 * @param layout and `filters`: where the messages stand, the former of version 3
 * @param element bytes of one
 * @throws {RangeError} where a chunk is missing, is broken, or was packed otherwise than by deflate and shuffle.
 */
export function readChunks(
  file: FileBytes,
  path: string,
  layout: number,
  filters: number | undefined,
  shape: readonly number[],
  element: number,
): Uint8Array {
  const what = `the chunks of ${excerpt(path)}`;
  const axes = file.uint(layout + 2, 1, what) - 1; // the last one has the bytes of an element
  if (axes !== shape.length || axes === 0) throw file.refused(`${what} of ${shape.length} axes`, String(axes));
  const first = layout + 3 + file.offsetSize;
  const sides = shape.map((_, axis) => file.uint(first + 4 * axis, 4, what));
  const dataset = { what, shape, sides, element, bytes: countOf(sides) * element };
  const count = countOf(shape.map((length, axis) => Math.ceil(length / sides[axis]!)));
  const pipeline = filters === undefined ? [] : readFilters(file, path, filters);
  file.grow(countOf(shape) * element, what);
  const all = new Uint8Array(countOf(shape) * element);
  // Chunks may reach beyond the end of an axis, above all where it was to grow.
  if (!(dataset.bytes <= 16 * all.length + 2 ** 16)) throw file.refused(`${what} within [${shape}]`, `[${sides}]`);
  const chunks = chunksIn(file, dataset, file.address(layout + 3, what));
  if (chunks.length !== count) throw file.refused(`all ${count} of ${what}`, String(chunks.length));
  const seen = new Set<string>();
  for (const chunk of chunks) {
    const { begin } = chunk;
    if (begin.some((place, axis) => place % sides[axis]! !== 0 || place >= shape[axis]!)) {
      throw file.refused(`${what} within [${shape}]`, `one at [${begin}]`);
    }
    seen.add(String(begin));
    copy(unpacked(file, dataset, chunk, pipeline), dataset, begin, all);
  }
  if (seen.size !== count) throw file.refused(`each of ${what} once`, `${count - seen.size} again`);
  return all;
}

/** Copies a chunk to its place, row by row; at the ends of axes there is less of it. */
function copy(chunk: Uint8Array, { shape, sides, element }: Dataset, begin: readonly number[], all: Uint8Array): void {
  const stridesOf = (sizes: readonly number[]) => sizes.map((_, axis) => element * countOf(sizes.slice(axis + 1)));
  const [from, to] = [stridesOf(sides), stridesOf(shape)];
  const part = begin.map((place, axis) => Math.min(sides[axis]!, shape[axis]! - place));
  const length = element * part.pop()!;
  const start = begin.reduce((sum, place, axis) => sum + place * to[axis]!, 0);
  const rows: Uint8Array[] = [];
  eachStrided(part, from, (_, place) => rows.push(chunk.subarray(place, place + length)));
  eachStrided(part, to, (i, place) => all.set(rows[i]!, start + place));
}

/** The chunks of a tree: nodes, each of a level below the one above it. */
function chunksIn(file: FileBytes, { what, shape }: Dataset, root: number): Chunk[] {
  const chunks: Chunk[] = [];
  const open = root < 0 ? [] : [{ at: root, level: -1 }];
  for (let node = open.pop(); node; node = open.pop()) {
    const { at } = node;
    file.visit(at, 'tree of chunks');
    file.signature(at, 'TREE', what);
    const [kind, level, count] = [file.uint(at + 4, 1, what), file.uint(at + 5, 1, what), file.uint(at + 6, 2, what)];
    if (kind !== 1 || level > DEEPEST || (node.level >= 0 && level !== node.level)) {
      throw file.refused(`a tree of chunks of level ${Math.max(0, node.level)}`, `one of level ${level}`);
    }
    const key = 16 + 8 * shape.length;
    for (let i = 0, place = at + 8 + 2 * file.offsetSize; i < count; ++i, place += key + file.offsetSize) {
      const child = file.address(place + key, what);
      const begin = shape.map((_, axis) => file.uint(place + 8 + 8 * axis, 8, what));
      if (level > 0) open.push({ at: child, level: level - 1 });
      else chunks.push({ at: child, size: file.uint(place, 4, what), spared: file.uint(place + 4, 4, what), begin });
    }
  }
  return chunks;
}

/** The numbers of the filters that chunks passed, in this order. */
function readFilters(file: FileBytes, path: string, at: number): number[] {
  const isFirst = file.uint(at, 1, 'filters') === 1;
  let place = at + (isFirst ? 8 : 2);
  return Array.from({ length: file.uint(at + 1, 1, 'filters') }, () => {
    const filter = file.uint(place, 2, 'filters');
    if (![DEFLATE, SHUFFLE, CHECKSUM].includes(filter)) {
      const got = `${OTHERS[filter] ?? `filter ${filter}`}; written anew without, it can be read`;
      throw file.refused(`${excerpt(path)} packed by deflate or shuffle`, got);
    }
    const name = isFirst ? file.uint(place + 2, 2, 'filters') : 0; // the second version names only filters of others
    place += isFirst ? 6 : 4;
    const values = file.uint(place, 2, 'filters');
    place += 2 + (isFirst ? 8 * Math.ceil(name / 8) + 8 * Math.ceil(values / 2) : 4 * values);
    return filter;
  });
}

/** A chunk as it was before the filters. */
function unpacked(file: FileBytes, dataset: Dataset, chunk: Chunk, filters: readonly number[]): Uint8Array {
  const { what, bytes, element } = dataset;
  file.spend(chunk.at, chunk.size, what);
  const content = filters.reduceRight(
    (packed, filter, i) => {
      if ((chunk.spared >>> i) & 1) return packed;
      if (filter === CHECKSUM) return packed.subarray(0, -4);
      if (filter === SHUFFLE) return inOrder(packed, element);
      return inflated(`${file.argument}: ${what}`, packed.subarray(2), bytes); // two bytes tell that it is deflate
    },
    file.bytes.subarray(chunk.at, chunk.at + chunk.size),
  );
  if (content.length !== bytes) throw file.refused(`${bytes} bytes of ${what}`, String(content.length));
  return content;
}

/** Elements whose first bytes stood together, then their second ones, and so on. */
function inOrder(bytes: Uint8Array, element: number): Uint8Array {
  const count = Math.floor(bytes.length / element);
  const ordered = bytes.slice();
  for (let i = 0; i < count; ++i) {
    for (let byte = 0; byte < element; ++byte) ordered[i * element + byte] = bytes[byte * count + i]!;
  }
  return ordered;
}
