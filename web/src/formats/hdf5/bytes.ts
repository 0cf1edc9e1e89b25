/**
 * The bytes of an HDF5 file, little-endian numbers in them, and how much may be read. Structures point at each other by
 * address, so that a file of few bytes could make a reader go round for ever, or read the same megabyte a million times:
 * each structure is visited once, and all that is read adds up to a few times the file.
 */
import { malformed } from '../../check/bytes.js';

/** A file may be read as many times over, and a little more. */
const MOST_READ = 8;
const ANYWAY = 2 ** 16;

export class FileBytes {
  /** Bytes of an address, and of a length. */
  offsetSize = 8;
  lengthSize = 8;
  /** The byte that addresses count from. */
  base = 0;
  readonly #view: DataView;
  readonly #visited = new Set<number>();
  #left: number;

  /** @param argument opens the errors */
  constructor(
    readonly argument: string,
    readonly bytes: Uint8Array,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#left = MOST_READ * bytes.length + ANYWAY;
  }

  /** A stretch that is about to be read. */
  spend(at: number, count: number, what: string): void {
    const { length } = this.bytes;
    if (!(at >= 0 && count >= 0 && at + count <= length)) {
      throw this.refused(`${count} bytes of ${what} at ${at}`, `a file of ${length} bytes`);
    }
    if ((this.#left -= count) < 0) {
      throw this.refused('parts that are read once', `${what} at ${at}, after more than the file could hold`);
    }
  }

  /** Bytes that are about to be made of some in the file, which count as if they were read. */
  grow(count: number, what: string): void {
    if ((this.#left -= count) < 0)
      throw this.refused(`${what} of a few times the file's size`, `${count} bytes or more`);
  }

  /** Refuses a structure that was there before: a circle, or one for many. */
  visit(at: number, what: string): void {
    if (this.#visited.has(at)) throw this.refused(`each ${what} once`, `the one at ${at} again`);
    this.#visited.add(at);
  }

  refused(expected: string, got: string): RangeError {
    return malformed(this.argument, expected, got);
  }

  /** An unsigned integer of `size` bytes; beyond 2⁵³ only about. */
  uint(at: number, size: number, what: string): number {
    this.spend(at, size, what);
    let value = 0;
    for (let i = size - 1; i >= 0; --i) value = value * 256 + this.bytes[at + i]!;
    return value;
  }

  /** The byte that an address leads to; -1 for the one that says nowhere. */
  address(at: number, what: string): number {
    const value = this.uint(at, this.offsetSize, what);
    return value >= 2 ** (8 * this.offsetSize) - 2 ** 11 ? -1 : value + this.base;
  }

  length(at: number, what: string): number {
    return this.uint(at, this.lengthSize, what);
  }

  /** @throws {RangeError} where four letters are not there. */
  signature(at: number, letters: string, what: string): void {
    this.spend(at, 4, what);
    const found = String.fromCharCode(...this.bytes.subarray(at, at + 4));
    if (found !== letters) throw this.refused(`${letters}, by which ${what} begins, at ${at}`, JSON.stringify(found));
  }

  /** UTF-8, up to a byte of 0 or to the end of the stretch. */
  text(at: number, most: number, what: string): string {
    const end = this.bytes.subarray(at, at + most).indexOf(0);
    const count = end < 0 ? most : end;
    this.spend(at, count, what);
    return new TextDecoder().decode(this.bytes.subarray(at, at + count));
  }

  /** The view of all bytes, of which a stretch was spent. */
  get view(): DataView {
    return this.#view;
  }
}
