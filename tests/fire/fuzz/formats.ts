/** Mutations that know a format: they go past the first check, to those behind it. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { joined, TELLING_NUMBERS, type Bytes, type Mutation } from './bytes.js';
import type { Draws } from './draws.js';
import { mutatedJson } from './json.js';

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A safetensors file of a header and numbers; its length says what the header is long, mostly. */
function safetensors(header: string, numbers: Uint8Array, draws: Draws): Bytes {
  const json = bytesOf(header);
  const length = new Uint8Array(8);
  const wrong = draws.below(16) === 0 ? draws.below(9) - 4 : 0;
  new DataView(length.buffer).setBigUint64(0, BigInt(Math.max(0, json.length + wrong)), true);
  return joined(length, json, numbers);
}

/** The parts of a file that is still a safetensors file from afar. */
function partsOf(file: Bytes): { header: string; numbers: Bytes } {
  const length = file.length < 8 ? 0 : Number(new DataView(file.buffer).getBigUint64(0, true));
  const end = Math.min(file.length, 8 + length);
  return { header: textOf(file.subarray(8, end)), numbers: file.slice(end) };
}

export const SAFETENSORS_MUTATIONS: readonly Mutation[] = [
  function changeHeader(file, draws) {
    const { header, numbers } = partsOf(file);
    return safetensors(mutatedJson(header, draws), numbers, draws);
  },
  function changeTexts(file, draws) {
    // Only in the metadata, where a model keeps its architecture and its training.
    const { header, numbers } = partsOf(file);
    try {
      const { __metadata__: metadata, ...rest } = JSON.parse(header) as Record<string, Record<string, string>>;
      const key = draws.of(Object.keys(metadata!));
      metadata![key] = mutatedJson(metadata![key]!, draws);
      return safetensors(JSON.stringify({ __metadata__: metadata, ...rest }), numbers, draws);
    } catch {
      return file;
    }
  },
  function changeNumbers(file, draws) {
    const { header, numbers } = partsOf(file);
    const view = new DataView(numbers.buffer);
    for (let n = 1 + draws.below(3); n > 0 && numbers.length >= 4; --n) {
      const bits = draws.of([0x7fc00000, 0x7f800001, 0xff800000, 0x7f7fffff, 0x80000000, 1, draws.below(2 ** 32)]);
      view.setUint32(4 * draws.below(numbers.length >> 2), bits, true);
    }
    return safetensors(header, numbers, draws);
  },
  function changeShape(file, draws) {
    // A tensor of another shape that fits its numbers, or numbers that fit another shape.
    const { header, numbers } = partsOf(file);
    try {
      const infos = JSON.parse(header) as Record<string, { shape: number[]; data_offsets: number[] }>;
      const info = infos[draws.of(Object.keys(infos).filter((name) => name !== '__metadata__'))]!;
      if (draws.below(2))
        info.shape = draws.of([[...info.shape].reverse(), [...info.shape, 1], info.shape.slice(1), []]);
      else {
        const d = draws.below(info.shape.length);
        info.shape[d] = Number(info.shape[d]) + draws.of([-1, 1, Number(info.shape[d])]);
        const [begin, end] = info.data_offsets as [number, number];
        const size = 4 * info.shape.reduce((product, size) => product * size, 1);
        for (const { data_offsets: offsets } of Object.values(infos)) {
          if (offsets && offsets[0]! >= end) for (const i of [0, 1]) offsets[i] = offsets[i]! + begin + size - end;
        }
        info.data_offsets = [begin, begin + size];
        const middle = new Uint8Array(Math.max(0, Math.min(size, 2 ** 16)));
        return safetensors(
          JSON.stringify(infos),
          joined(numbers.subarray(0, begin), middle, numbers.subarray(end)),
          draws,
        );
      }
      return safetensors(JSON.stringify(infos), numbers, draws);
    } catch {
      return file;
    }
  },
  function pad(file, draws) {
    const { header, numbers } = partsOf(file);
    const space = draws.of([' ', '\n', '\t', '\u00a0', '\0', '\ufeff']).repeat(draws.of([1, 7, 8, 5000]));
    return safetensors(draws.below(2) ? header + space : space + header, numbers, draws);
  },
];

/** The content of a file that may be gzip, and a function that puts it back into what it was. */
function unzipped(file: Bytes): { plain: Bytes; again: (plain: Uint8Array) => Bytes } {
  if (file[0] === 0x1f && file[1] === 0x8b) {
    try {
      const plain = new Uint8Array(gunzipSync(file, { maxOutputLength: 2 ** 20 }));
      return { plain, again: (bytes) => new Uint8Array(gzipSync(bytes, { level: 1 })) };
    } catch {
      // no gzip any more
    }
  }
  return { plain: file, again: (bytes) => new Uint8Array(bytes) };
}

const IDX_SIZES = new Map([
  [0x08, 1],
  [0x09, 1],
  [0x0b, 2],
  [0x0c, 4],
  [0x0d, 4],
  [0x0e, 8],
]);

export const IDX_MUTATIONS: readonly Mutation[] = [
  function changeIdxHeader(file, draws) {
    const { plain, again } = unzipped(file);
    const changed = plain.slice();
    if (changed.length < 8) return file;
    const rank = changed[3]!;
    const view = new DataView(changed.buffer);
    switch (draws.below(3)) {
      case 0:
        changed[2] = draws.below(2) ? draws.of([...IDX_SIZES.keys()]) : draws.below(256);
        break;
      case 1:
        changed[3] = draws.of([0, 1, 2, 3, 4, 255, rank + 1, rank - 1]);
        break;
      default: {
        const at = 4 + 4 * draws.below(rank);
        if (at + 4 <= changed.length) {
          const size = view.getUint32(at);
          view.setUint32(at, draws.of([...TELLING_NUMBERS, size + 1, size - 1, 2 * size]) >>> 0);
        }
      }
    }
    return again(changed);
  },
  function fitElements(file, draws) {
    // As many elements as the header promises, as far as that is not too large.
    const { plain, again } = unzipped(file);
    const start = 4 + 4 * (plain[3] ?? 0);
    if (plain.length < start) return file;
    const view = new DataView(plain.buffer);
    let size = IDX_SIZES.get(plain[2]!) ?? 1;
    for (let at = 4; at < start; at += 4) size *= view.getUint32(at);
    const wrong = draws.below(4) === 0 ? draws.of([-1, 1]) : 0;
    const elements = new Uint8Array(Math.max(0, Math.min(size, 2 ** 18) + wrong));
    elements.set(plain.subarray(start, start + elements.length));
    return again(joined(plain.subarray(0, start), elements));
  },
  function zip(file, draws) {
    return new Uint8Array(gzipSync(file, { level: draws.of([0, 1, 9]) }));
  },
  function unzip(file) {
    return unzipped(file).plain;
  },
  function changeZip(file, draws) {
    // The fields of its header (flags, extra, name, comment) or its end (checksum, length).
    if (file[0] !== 0x1f) return file;
    const changed = file.slice();
    const at = draws.below(2) ? draws.below(10) : file.length - 1 - draws.below(8);
    if (at >= 0 && at < file.length) changed[at] = draws.below(256);
    return changed;
  },
  function addMember(file, draws, others) {
    const second = draws.below(2) ? gzipSync(draws.of(others)) : gzipSync(new Uint8Array(0));
    return joined(file, second);
  },
];

const CELLS = ['', ' ', '0', '-1', '.5', '1.', '1e5', '1e39', '1e999', '1,5', '1.000.000', '1 000', 'NaN', 'inf', '?'];
const MORE_CELLS = ['$5', '5%', '0x10', 'label', 'y', 'class', 'a', '"', '""', '"a', 'a"', '"a""b"', '"\n"', '\u00a0'];
const LONG_CELLS = ['9'.repeat(400), 'x'.repeat(5000), '"'.repeat(99), '1'.repeat(3000) + '.', ','.repeat(1000)];

export const CSV_MUTATIONS: readonly Mutation[] = [
  function changeCell(file, draws) {
    const text = textOf(file);
    const cells = Array.from(text.matchAll(/[^,;|\t\r\n]+/g));
    if (cells.length === 0) return bytesOf(draws.of(CELLS));
    const { 0: cell, index } = draws.of(cells);
    const other = draws.below(8)
      ? draws.of([...CELLS, ...MORE_CELLS, draws.of(cells)[0]])
      : draws.of([...LONG_CELLS, `"${cell}"`]);
    return bytesOf(text.slice(0, index) + other + text.slice(index + cell.length));
  },
  function changeMarks(file, draws) {
    // One delimiter or line end, or all of a kind.
    const text = textOf(file);
    const from = draws.of([',', ';', '\t', '|', '\n', '\r\n', '"', '.']);
    const to = draws.of([',', ';', '\t', '|', '\n', '\r\n', '\r', '"', '""', '', ' ', '\u2028', '\0', ',,', '\n\n']);
    if (draws.below(2)) return bytesOf(text.replaceAll(from, to));
    const found = Array.from(text.matchAll(new RegExp(`[${from === '|' ? '|' : from}]`, 'g')));
    if (found.length === 0) return file;
    const { index } = draws.of(found);
    return bytesOf(text.slice(0, index) + to + text.slice(index + 1));
  },
  function changeRows(file, draws) {
    const lines = textOf(file).split('\n');
    const at = draws.below(lines.length);
    const change = draws.below(4);
    if (change === 0) lines.splice(at, 1);
    else if (change === 1) lines.splice(at, 0, ...Array<string>(draws.of([1, 2, 150])).fill(lines[at]!));
    else if (change === 2) lines.splice(at, 0, '');
    else lines.reverse();
    return bytesOf(lines.join('\n'));
  },
  function changeColumns(file, draws) {
    const change = draws.below(3);
    const times = file.length > 10_000 ? 2 : draws.of([1, 2, 50]);
    const lines = textOf(file).split('\n');
    const wider = (line: string) => {
      const cells = line.split(',');
      if (change === 0) cells.pop();
      else if (change === 1) cells.push(cells[0]!);
      else return Array<string>(times).fill(line).join();
      return cells.join();
    };
    return bytesOf(lines.map(wider).join('\n'));
  },
  function markBytes(file, draws) {
    const mark = draws.of([
      [0xef, 0xbb, 0xbf],
      [0xff, 0xfe],
      [0xed, 0xa0, 0x80],
      [0xc0, 0x80],
      [0xf4, 0x90],
    ]);
    const at = draws.below(4) ? 0 : draws.below(file.length + 1);
    return joined(file.subarray(0, at), Uint8Array.from(mark), file.subarray(at));
  },
];

/** HDF5 with a Keras model in it: addresses that lead elsewhere, sizes, and the JSON of the layers. */
export const KERAS_MUTATIONS: readonly Mutation[] = [
  function otherAddress(file, draws) {
    const changed = file.slice();
    const words = Math.floor(file.length / 8);
    if (words === 0) return changed;
    const [from, to] = [8 * draws.below(words), 8 * draws.below(words)];
    changed.copyWithin(to, from, from + 8);
    return changed;
  },
  function wordAtStructure(file, draws) {
    const changed = file.slice();
    const letters = draws.of(['TREE', 'SNOD', 'HEAP', 'GCOL', 'OHDR', 'OCHK', '\x89HDF']);
    const places = [...latin1(file).matchAll(new RegExp(letters, 'g'))].map(({ index }) => index);
    if (places.length === 0) return changed;
    const at = draws.of(places) + draws.below(64);
    if (at + 8 > file.length) return changed;
    const view = new DataView(changed.buffer);
    const number = draws.of([...TELLING_NUMBERS, ...places, file.length]);
    if (draws.below(2)) view.setBigUint64(at, BigInt(number), true);
    else view.setUint16(at, number % 65_536, true);
    return changed;
  },
  function circle(file, draws) {
    // An address that leads to a structure leads to another one, or to the one that it stands in.
    const changed = file.slice();
    const text = latin1(file);
    const base = Math.max(0, text.indexOf('\x89HDF')); // in a .keras file that of the weights within
    const places = [...text.matchAll(/TREE|SNOD|HEAP|GCOL|OHDR|OCHK/g)].map(({ index }) => index - base);
    const view = new DataView(changed.buffer);
    const headers = [96, ...places]; // the root of an old file stands behind its superblock
    const known = new Set(headers);
    const leading: number[] = [];
    for (let at = base; at + 8 <= file.length; ++at) {
      if (known.has(view.getUint32(at, true)) && view.getUint32(at + 4, true) === 0) leading.push(at);
    }
    if (leading.length === 0) return changed;
    const at = draws.of(leading);
    view.setUint32(
      at,
      draws.below(2) ? draws.of(headers) : (headers.filter((place) => place < at - base).pop() ?? 0),
      true,
    );
    return changed;
  },
  function configuration(file, draws) {
    const changed = file.slice();
    const at = latin1(file).indexOf('{"class_name"');
    if (at < 0) return changed;
    const end = file.indexOf(0, at);
    const text = mutatedJson(new TextDecoder().decode(file.subarray(at, end)), draws);
    const bytes = new TextEncoder().encode(text).subarray(0, end - at);
    changed.fill(0x20, at, end);
    changed.set(bytes, at);
    return changed;
  },
];

const latin1 = (file: Bytes) => Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1');

/** A model.json and the numbers beside it, in one: the length of the JSON, the JSON, the numbers. */
export function packed(json: Uint8Array, numbers: Uint8Array): Bytes {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length, true);
  return joined(length, json, numbers);
}

/** The two files that {@link packed} made one of. */
export function unpacked(file: Bytes): { json: Bytes; numbers: Bytes } {
  const length = file.length < 4 ? 0 : new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const end = Math.min(file.length, 4 + length);
  return { json: file.slice(4, end), numbers: file.slice(end) };
}

/** Of {@link packed} models: their JSON, and as many numbers as it says or other ones. */
export const TFJS_MUTATIONS: readonly Mutation[] = [
  function changeModel(file, draws) {
    const { json, numbers } = unpacked(file);
    return packed(bytesOf(mutatedJson(textOf(json), draws)), numbers);
  },
  function changeNumbers(file, draws) {
    const { json, numbers } = unpacked(file);
    if (numbers.length === 0) return file;
    if (draws.below(3) === 0) return packed(json, numbers.subarray(0, draws.below(numbers.length)));
    for (let n = 1 + draws.below(4); n > 0; --n) numbers[draws.below(numbers.length)] = draws.below(256);
    return packed(json, numbers);
  },
];

/** `.npy`: the dictionary of its header, as long as it was or not. */
export const NUMPY_MUTATIONS: readonly Mutation[] = [
  function changeDictionary(file, draws) {
    const text = Buffer.from(file).toString('latin1');
    const places = [...text.matchAll(/'descr': *'[^']*'|\([\d, ]*\)|False|True|\{'descr/g)];
    if (places.length === 0) return file;
    const { 0: found, index } = draws.of(places);
    const other = draws.of([
      "'descr': '>f8'",
      "'descr': '<i8'",
      "'descr': '|O'",
      "'descr': ''",
      "'descr': '__proto__'",
      '()',
      '(0,)',
      `(${draws.of(TELLING_NUMBERS)}, ${draws.below(9)})`,
      `(${'9, '.repeat(40)})`,
      'True',
      "{'shape': (1,), 'descr",
    ]);
    const fitting = draws.below(3) ? other.padEnd(found.length).slice(0, found.length) : other;
    return Buffer.from(text.slice(0, index) + fitting + text.slice(index + found.length), 'latin1').slice();
  },
];

/** An archive of skops, whose schema is changed. */
export const SKOPS_MUTATIONS: readonly Mutation[] = [
  function schema(file, draws) {
    try {
      const files = unzipSync(file);
      const text = new TextDecoder().decode(files['schema.json']);
      return new Uint8Array(zipSync({ ...files, 'schema.json': bytesOf(mutatedJson(text, draws)) }, { level: 0 }));
    } catch {
      return file;
    }
  },
  function otherArray(file, draws) {
    const changed = file.slice();
    const places = [...latin1(file).matchAll(/"file": *"/g)].map(({ index }) => index);
    if (places.length < 2) return changed;
    const [from, to] = [draws.of(places), draws.of(places)];
    changed.copyWithin(to, from, from + 32);
    return changed;
  },
];
