/**
 * Zip archives, in. fflate would cut what is longer than the directory says, and take its time for all of it. Source: PKWARE's "APPNOTE.TXT - .ZIP File Format Specification" 6.3.
 */
import { excerpt } from '../check/bytes.js';
import { crc32 } from './crc32.js';
import { inflated } from './inflate.js';

/** An entry of the directory. */
interface Entry {
  name: string;
  /** 0: as it is; 8: deflated. */
  method: number;
  isEncrypted: boolean;
  /** Bytes in the archive, and of the file. */
  packed: number;
  size: number;
  /** The checksum of the file; 0 where its writer did without, as PyTorch can. */
  crc: number;
  /** The place of its header. */
  at: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LARGE_LOCATOR = 0x07064b50;
const LARGE_END = 0x06064b50;

/** Bytes of the headers, without names. */
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;

/** The longest remark behind the end of an archive. */
const LONGEST_REMARK = 65_535;

/** A number that stands elsewhere, because it takes more than four bytes. */
const ELSEWHERE = 2 ** 32 - 1;

/** An archive's content may be this many times its size, and this many bytes more: weights are hard to compress. */
const MOST_GROWTH = 100;
const ANYWAY = 2 ** 24;

/** The names in an archive. */
export function zipNames(argument: string, archive: Uint8Array): string[] {
  return new Archive(argument, archive).entries().map(({ name }) => name);
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
  const opened = new Archive(argument, archive);
  const entries = opened.entries().filter(({ name }) => wanted(name));
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (!(total <= MOST_GROWTH * archive.length + ANYWAY)) {
    throw opened.refused(`content of at most ${MOST_GROWTH} times the archive's size`, `${total} bytes`);
  }
  return new Map(entries.map((entry) => [entry.name, opened.content(entry)]));
}

class Archive {
  readonly #view: DataView;

  constructor(
    readonly argument: string,
    readonly bytes: Uint8Array,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  refused(expected: string, got: string): RangeError {
    return new RangeError(`${this.argument}: expected ${expected}, got ${got}`);
  }

  /** A number of 2, 4 or 8 bytes. */
  #number(at: number, size: 2 | 4 | 8): number {
    if (!(at >= 0 && at + size <= this.bytes.length)) {
      throw this.refused('a whole zip archive', `one that ends before byte ${at + size}`);
    }
    if (size === 2) return this.#view.getUint16(at, true);
    return size === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  #isAt(at: number, signature: number): boolean {
    return at >= 0 && at + 4 <= this.bytes.length && this.#view.getUint32(at, true) === signature;
  }

  entries(): Entry[] {
    const [count, begin] = this.#directory();
    if (count > this.bytes.length / CENTRAL_BYTES) {
      throw this.refused('an archive with room for its entries', `${count}`);
    }
    let at = begin;
    return Array.from({ length: count }, () => {
      if (!this.#isAt(at, CENTRAL)) throw this.refused('a whole zip archive', `no entry of its directory at ${at}`);
      const lengths = [28, 30, 32].map((place) => this.#number(at + place, 2)) as [number, number, number];
      const nameAt = at + CENTRAL_BYTES;
      const name = new TextDecoder().decode(this.#bytes(nameAt, lengths[0]));
      const sizes = [24, 20, 42].map((place) => this.#number(at + place, 4)) as [number, number, number];
      this.#largeSizes(sizes, nameAt + lengths[0], lengths[1]);
      const [size, packed, header] = sizes;
      const [flags, method] = [this.#number(at + 8, 2), this.#number(at + 10, 2)];
      const crc = this.#number(at + 16, 4);
      at = nameAt + lengths[0] + lengths[1] + lengths[2];
      return { name, method, isEncrypted: (flags & 1) === 1, packed, size, crc, at: header };
    });
  }

  /** The count of entries and where their directory begins, which stands at the end of an archive. */
  #directory(): [count: number, at: number] {
    const last = this.bytes.length - END_BYTES;
    let end = last;
    while (!this.#isAt(end, END)) {
      if (--end < Math.max(0, last - LONGEST_REMARK)) throw this.refused('a whole zip archive', 'one without its end');
    }
    if (this.#isAt(end - LOCATOR_BYTES, LARGE_LOCATOR)) {
      const large = this.#number(end - LOCATOR_BYTES + 8, 8);
      if (this.#isAt(large, LARGE_END)) return [this.#number(large + 32, 8), this.#number(large + 48, 8)];
    }
    return [this.#number(end + 10, 2), this.#number(end + 16, 4)];
  }

  /** Puts in those of an entry's sizes that stand elsewhere: in their order, in the part that has number 1. */
  #largeSizes(sizes: number[], at: number, length: number): void {
    if (!sizes.includes(ELSEWHERE)) return;
    for (let place = at; place + 4 <= at + length; place += 4 + this.#number(place + 2, 2)) {
      if (this.#number(place, 2) !== 1) continue;
      let next = place + 4;
      sizes.forEach((size, i) => {
        if (size === ELSEWHERE) sizes[i] = this.#number((next += 8) - 8, 8);
      });
      return;
    }
  }

  #bytes(at: number, length: number): Uint8Array {
    if (!(at + length <= this.bytes.length)) {
      throw this.refused('a whole zip archive', `one that ends before byte ${at + length}`);
    }
    return this.bytes.subarray(at, at + length);
  }

  content(entry: Entry): Uint8Array {
    const { name, crc } = entry;
    const content = this.#unpacked(entry);
    if (crc !== 0 && crc32(content) !== crc) {
      throw this.refused(`'${excerpt(name)}' in the archive with the checksum it was written with`, 'a damaged one');
    }
    return content;
  }

  #unpacked({ name, method, isEncrypted, packed, size, at }: Entry): Uint8Array {
    const where = `'${excerpt(name)}' in the archive`;
    if (isEncrypted || (method !== 0 && method !== 8)) {
      throw this.refused(`${where} as it is, or deflated`, isEncrypted ? 'encrypted' : `method ${method}`);
    }
    if (!this.#isAt(at, LOCAL)) throw this.refused(`${where} at ${at}`, 'another place');
    const begin = at + LOCAL_BYTES + this.#number(at + 26, 2) + this.#number(at + 28, 2);
    const bytes = this.#bytes(begin, packed);
    if (method === 8) return inflated(`${this.argument}: '${excerpt(name)}'`, bytes, size);
    if (packed !== size) throw this.refused(`${size} bytes of ${where}`, `${packed}`);
    return bytes;
  }
}
