/** Mutations that know nothing of a format. */
import type { Draws } from './draws.js';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Makes another file of one. `others` are whole files of the same kind. */
export type Mutation = (file: Bytes, draws: Draws, others: readonly Bytes[]) => Bytes;

/** Bytes at which parsers tend to change their mind. */
const TELLING_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, ...new TextEncoder().encode('\n\r\t ",;:-.019eE{}[]\\')];

/** Numbers at which sizes, places and products tend to go wrong. */
export const TELLING_NUMBERS = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  255,
  256,
  65_535,
  65_536,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  2 ** 64 - 2 ** 11,
];

/** Files beyond this are not blown up any more. */
const LARGEST = 2 ** 18;

export function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A place, half of the time early, where headers are. */
const place = (file: Bytes, draws: Draws) => draws.below(draws.below(2) ? Math.min(file.length, 128) : file.length + 1);

/** Begin and end of a stretch. */
function stretch(file: Bytes, draws: Draws): [number, number] {
  const begin = place(file, draws);
  return [begin, Math.min(file.length, begin + 1 + draws.below(draws.of([4, 32, file.length]) || 1))];
}

export const BYTE_MUTATIONS: readonly Mutation[] = [
  function truncate(file, draws) {
    return file.slice(0, place(file, draws));
  },
  function setBytes(file, draws) {
    const changed = file.slice();
    for (let n = 1 + draws.below(4); n > 0; --n) {
      changed[place(file, draws)] = draws.below(2) ? draws.of(TELLING_BYTES) : draws.below(256);
    }
    return changed;
  },
  function flipBit(file, draws) {
    const changed = file.slice();
    const at = place(file, draws);
    if (at < file.length) changed[at]! ^= 1 << draws.below(8);
    return changed;
  },
  function cut(file, draws) {
    const [begin, end] = stretch(file, draws);
    return joined(file.subarray(0, begin), file.subarray(end));
  },
  function insert(file, draws) {
    const at = place(file, draws);
    const more = Uint8Array.from({ length: 1 + draws.below(8) }, () => draws.of(TELLING_BYTES));
    return joined(file.subarray(0, at), more, file.subarray(at));
  },
  function repeat(file, draws) {
    const [begin, end] = stretch(file, draws);
    return joined(file.subarray(0, end), file.subarray(begin));
  },
  function move(file, draws) {
    const [begin, end] = stretch(file, draws);
    const rest = joined(file.subarray(0, begin), file.subarray(end));
    const at = place(rest, draws);
    return joined(rest.subarray(0, at), file.subarray(begin, end), rest.subarray(at));
  },
  function setNumber(file, draws) {
    const changed = file.slice();
    const size = draws.of([2, 4, 8]);
    const at = place(file, draws);
    if (at + size > file.length) return changed;
    const view = new DataView(changed.buffer);
    const number = BigInt(draws.below(3) ? draws.of(TELLING_NUMBERS) : file.length - draws.below(16));
    const little = draws.below(2) === 0;
    if (size === 8) view.setBigUint64(at, number, little);
    else if (size === 4) view.setUint32(at, Number(BigInt.asUintN(32, number)), little);
    else view.setUint16(at, Number(BigInt.asUintN(16, number)), little);
    return changed;
  },
  function join(file, draws, others) {
    return draws.below(2) ? joined(file, draws.of(others)) : joined(draws.of(others), file);
  },
  function cross(file, draws, others) {
    const other = draws.of(others);
    return joined(file.subarray(0, place(file, draws)), other.subarray(place(other, draws)));
  },
  function blowUp(file, draws) {
    if (file.length > LARGEST || draws.below(8) > 0) return file; // seldom, because large files take long
    const [begin, end] = stretch(file, draws);
    const more = new Uint8Array((LARGEST >> draws.below(8)) - draws.below(4));
    const part = file.subarray(begin, Math.min(end, begin + more.length));
    more.set(part);
    for (let size = Math.max(1, part.length); size < more.length; size *= 2) more.copyWithin(size, 0, size);
    return joined(file.subarray(0, begin), more, file.subarray(end));
  },
];
