/**
 * HDF5, as much of it as Keras' files have: groups (symbol tables, or links in their header), datasets of numbers that lie
 * in one piece or in chunks, attributes. The layout is that of The HDF Group's "HDF5 File Format Specification Version 3.0".
 */
import { excerpt } from '../../check/bytes.js';
import { FileBytes } from './bytes.js';
import { readChunks } from './chunks.js';
import {
  ATTRIBUTE,
  ATTRIBUTE_INFO,
  DATASPACE,
  DATATYPE,
  FILTERS,
  LAYOUT,
  LINK,
  LINK_INFO,
  readHeader,
  SYMBOL_TABLE,
  type Message,
} from './header.js';
import { countOf, readDataspace, readDatatype, numbersIn, Texts } from './values.js';

/** A group, or a dataset. */
export interface Hdf5Object {
  /** From the root, without a `/` before it; `''` is the root. */
  path: string;
  isDataset: boolean;
  /** An attribute's texts; undefined where there is none, or none of texts. */
  texts(attribute: string): string[] | undefined;
  /** A dataset's shape and numbers. */
  numbers(): { shape: number[]; data: Float32Array };
}

/** Groups that may stand in each other. */
const DEEPEST = 32;

/** The first byte, but for 0, that a file may begin at, behind bytes of another program: 0, 512, 1024 … */
const FIRST_PLACE = 512;

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

const LATEST = "written anew with h5py's default libver, it can be read";

/** True for bytes that begin as HDF5 does. */
export const isHdf5 = (bytes: Uint8Array) => beginOf(bytes) >= 0;

function beginOf(bytes: Uint8Array): number {
  for (let at = 0; at + 8 <= bytes.length; at = at ? 2 * at : FIRST_PLACE) {
    if (SIGNATURE.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/**
 * All groups and datasets of a file by their paths; a backslash in a name, which Keras 2 leaves on Windows, counts as `/`.
 *
 * @param argument opens the errors
 * @throws {RangeError} where it is broken, or has what Keras' files have not.
 */
export function readHdf5(argument: string, bytes: Uint8Array): Map<string, Hdf5Object> {
  const file = new FileBytes(argument, bytes);
  const texts = new Texts(file);
  const objects = new Map<string, Hdf5Object>();
  const open = [{ path: '', at: rootOf(file), depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { path, at, depth } = next;
    if (depth > DEEPEST) throw file.refused(`groups at most ${DEEPEST} deep`, excerpt(path));
    const messages = readHeader(file, at);
    objects.set(path, objectOf(file, texts, path, messages));
    for (const [name, address] of linksOf(file, messages)) {
      const inner = name.replaceAll('\\', '/');
      open.push({ path: path ? `${path}/${inner}` : inner, at: address, depth: depth + 1 });
    }
  }
  return objects;
}

/** The address of the root's header. */
function rootOf(file: FileBytes): number {
  const begin = beginOf(file.bytes);
  if (begin < 0) throw file.refused('an HDF5 file', 'one that does not begin as such');
  const version = file.uint(begin + 8, 1, 'a superblock');
  if (version > 3) throw file.refused('a superblock of version 0 to 3', String(version));
  const sizes = begin + (version < 2 ? 13 : 9);
  file.offsetSize = file.uint(sizes, 1, 'a superblock');
  file.lengthSize = file.uint(sizes + 1, 1, 'a superblock');
  for (const size of [file.offsetSize, file.lengthSize]) {
    if (size !== 4 && size !== 8) throw file.refused('addresses of 4 or 8 bytes', String(size));
  }
  const addresses = begin + (version < 2 ? (version === 1 ? 28 : 24) : 12);
  file.base = file.uint(addresses, file.offsetSize, 'a superblock');
  // In the first versions a symbol's entry follows: the place of its name, then its header.
  return file.address(addresses + (version < 2 ? 5 : 3) * file.offsetSize, 'a superblock');
}

/** Names of what is in a group, and the addresses of the headers. */
function linksOf(file: FileBytes, messages: readonly Message[]): [string, number][] {
  const links: [string, number][] = [];
  for (const { kind, at } of messages) {
    if (kind === LINK) {
      const link = readLink(file, at);
      if (link) links.push(link);
    } else if (kind === SYMBOL_TABLE) {
      const heap = file.address(at + file.offsetSize, 'a group');
      file.signature(heap, 'HEAP', 'the names of a group');
      const size = file.length(heap + 8, 'the names of a group');
      const names = file.address(heap + 8 + 2 * file.lengthSize, 'the names of a group');
      file.spend(names, size, 'the names of a group');
      readTree(file, file.address(at, 'a group'), undefined, (name, address) => {
        if (name >= size) throw file.refused(`a name before ${size}`, String(name));
        links.push([file.text(names + name, size - name, 'a name'), address]);
      });
    } else if (kind === LINK_INFO) {
      const flags = file.uint(at + 1, 1, 'a group');
      if (file.address(at + 2 + (flags & 1 ? 8 : 0), 'a group') >= 0) {
        throw file.refused(
          'groups with a list of names',
          `one of the newest layout, with more than 8 names; ${LATEST}`,
        );
      }
    }
  }
  return links;
}

/** A link that stands in the header; undefined for one by path, or into another file. */
function readLink(file: FileBytes, at: number): [string, number] | undefined {
  const flags = file.uint(at + 1, 1, 'a link');
  let place = at + 2;
  const kind = flags & 8 ? file.uint(place++, 1, 'a link') : 0;
  if (flags & 4) place += 8; // when it was made
  if (flags & 16) ++place; // its letters
  const width = 1 << (flags & 3);
  const length = file.uint(place, width, 'a link');
  const name = file.text(place + width, length, 'a name');
  return kind === 0 ? [name, file.address(place + width + length, 'a link')] : undefined;
}

/** Entries of a group: nodes of a tree, each of a level below the one above it, down to tables of symbols. */
function readTree(file: FileBytes, at: number, level: number | undefined, take: (name: number, at: number) => void) {
  file.visit(at, 'tree of names');
  if (level === -1) {
    file.signature(at, 'SNOD', 'a table of names');
    const count = file.uint(at + 6, 2, 'a table of names');
    const size = 2 * file.offsetSize + 24;
    file.spend(at + 8, count * size, 'a table of names');
    for (let place = at + 8; place < at + 8 + count * size; place += size) {
      const cached = file.uint(place + 2 * file.offsetSize, 4, 'a table of names');
      if (cached === 2) continue; // a link by path
      take(file.uint(place, file.offsetSize, 'a name'), file.address(place + file.offsetSize, 'a name'));
    }
    return;
  }
  file.signature(at, 'TREE', 'a tree of names');
  const own = file.uint(at + 5, 1, 'a tree of names');
  const count = file.uint(at + 6, 2, 'a tree of names');
  if (file.uint(at + 4, 1, 'a tree of names') !== 0 || own !== (level ?? own) || own > DEEPEST) {
    throw file.refused(`a tree of names of level ${level ?? 0}`, `one of level ${own}`);
  }
  const size = file.lengthSize + file.offsetSize;
  const first = at + 8 + 2 * file.offsetSize + file.lengthSize;
  for (let i = 0; i < count; ++i) readTree(file, file.address(first + i * size, 'a tree of names'), own - 1, take);
}

function objectOf(file: FileBytes, texts: Texts, path: string, messages: readonly Message[]): Hdf5Object {
  const of = (kind: number) => messages.find((message) => message.kind === kind);
  const layout = of(LAYOUT);
  return {
    path,
    isDataset: layout !== undefined,
    texts(attribute) {
      for (const message of messages) {
        if (message.kind !== ATTRIBUTE) continue;
        const found = readAttribute(file, texts, message, attribute);
        if (found) return found;
      }
      const dense = of(ATTRIBUTE_INFO);
      if (dense) {
        const flags = file.uint(dense.at + 1, 1, 'attributes');
        if (file.address(dense.at + 2 + (flags & 1 ? 2 : 0), 'attributes') >= 0) {
          throw file.refused('attributes in their header', `more than 8 in the newest layout; ${LATEST}`);
        }
      }
      return undefined;
    },
    numbers() {
      const [type, space] = [of(DATATYPE), of(DATASPACE)];
      if (!layout || !type || !space) {
        const isShared = messages.some(({ kind }) => kind === -DATATYPE);
        throw file.refused(`a dataset ${excerpt(path)}`, isShared ? 'one of a named type' : 'a group');
      }
      const shape = readDataspace(file, space.at);
      let datatype = readDatatype(file, type.at);
      // Numbers of a type that h5py does not know are two bytes of anything, with a remark.
      if (datatype.kind === 'opaque' && datatype.size === 2 && this.texts('dtype')?.[0] === 'bfloat16') {
        datatype = { ...datatype, kind: 'brain', isBigEndian: false };
      }
      const filters = of(FILTERS)?.at;
      const bytes = isChunked(file, layout.at)
        ? readChunks(file, path, layout.at, filters, shape, datatype.size)
        : readWhole(file, path, layout.at, filters !== undefined, countOf(shape) * datatype.size);
      return { shape, data: numbersIn(file, datatype, bytes) };
    },
  };
}

/** True for a layout in chunks of the version that everybody writes. */
const isChunked = (file: FileBytes, at: number) =>
  file.uint(at, 1, 'a dataset') === 3 && file.uint(at + 1, 1, 'a dataset') === 2;

/** The bytes of a dataset in one piece. */
function readWhole(file: FileBytes, path: string, layout: number, isFiltered: boolean, wanted: number): Uint8Array {
  const [at, size] = readLayout(file, path, layout, isFiltered);
  if (!(wanted <= size)) throw file.refused(`${wanted} bytes of ${excerpt(path)}`, String(size));
  file.spend(at, wanted, 'numbers');
  return file.bytes.subarray(at, at + wanted);
}

/** The place of a dataset's numbers, and their bytes. */
function readLayout(file: FileBytes, path: string, at: number, isFiltered: boolean): [number, number] {
  const version = file.uint(at, 1, 'a dataset');
  const isOld = version < 3; // with the kind behind the number of axes, and sizes of axes behind the address
  const kind = file.uint(at + (isOld ? 2 : 1), 1, 'a dataset');
  if (kind > 1 || isFiltered || version > 4) {
    throw file.refused(
      `the numbers of ${excerpt(path)} in one piece, or in chunks as h5py writes them`,
      `a dataset of another layout; ${LATEST}`,
    );
  }
  const axes = isOld ? file.uint(at + 1, 1, 'a dataset') : 0;
  if (kind === 0) {
    const sizeAt = at + (isOld ? 8 + 4 * axes : 2);
    const width = isOld ? 4 : 2;
    return [sizeAt + width, file.uint(sizeAt, width, 'a dataset')];
  }
  const addressAt = at + (isOld ? 8 : 2);
  const begin = file.address(addressAt, 'a dataset');
  // The old layout does not say its size: the shape does.
  const size = isOld ? file.bytes.length - begin : file.length(addressAt + file.offsetSize, 'a dataset');
  return begin < 0 ? [0, 0] : [begin, size];
}

/** The texts of an attribute, if it is the one and has such. */
function readAttribute(file: FileBytes, texts: Texts, { at, size }: Message, wanted: string): string[] | undefined {
  const version = file.uint(at, 1, 'an attribute');
  const flags = version > 1 ? file.uint(at + 1, 1, 'an attribute') : 0;
  const [name, type, space] = [2, 4, 6].map((place) => file.uint(at + place, 2, 'an attribute'));
  const padded = (length: number) => (version === 1 ? Math.ceil(length / 8) * 8 : length);
  const nameAt = at + (version === 3 ? 9 : 8);
  if (file.text(nameAt, name!, 'an attribute') !== wanted || flags & 3) return undefined;
  const typeAt = nameAt + padded(name!);
  const spaceAt = typeAt + padded(type!);
  const dataAt = spaceAt + padded(space!);
  const datatype = readDatatype(file, typeAt);
  if (datatype.kind !== 'text' && datatype.kind !== 'texts') return undefined;
  const count = countOf(readDataspace(file, spaceAt));
  if (!(dataAt + count * datatype.size <= at + size)) {
    throw file.refused(`${count} texts of ${excerpt(wanted)}`, `an attribute of ${size} bytes`);
  }
  return texts.read(datatype, dataAt, count);
}
