/** Memory of a module that allocates nothing itself. */
import { outOfMemory } from '../wasm/copying.js';
import type { Pointer } from '../wasm/native.js';

/** Cache lines: numbers that begin anywhere else take longer to read. */
const ALIGNMENT = 64;

/** WebAssembly's pages. */
const PAGE = 65_536;

/** Pages there may be: one less than all, so that the end of memory is a number of 32 bits too. */
const MOST_PAGES = 65_535;

/** Blocks from `base` on: each lies in the first gap that is wide enough, so that what was freed is used again. */
export class Blocks {
  readonly #memory: WebAssembly.Memory;
  readonly #base: Pointer;
  /** In the order of their addresses. */
  readonly #used: { begin: Pointer; end: Pointer }[] = [];

  constructor(memory: WebAssembly.Memory, base: Pointer) {
    this.#memory = memory;
    this.#base = Math.ceil(base / ALIGNMENT) * ALIGNMENT;
  }

  /**
   * A block of parts with so many bytes, each of which begins on a cache line. It is freed by its first part.
   *
   * @throws {RangeError} when WebAssembly's 4 GB, or what the device gives, is used up.
   */
  allocate<Parts extends number[]>(...bytes: Parts): { [Part in keyof Parts]: Pointer } {
    let size = 0;
    const parts = bytes.map((count) => {
      const part = size;
      size += Math.ceil(count / ALIGNMENT) * ALIGNMENT;
      return part;
    });
    let begin = this.#base;
    let place = 0;
    for (; place < this.#used.length; ++place) {
      const block = this.#used[place]!;
      if (block.begin - begin >= size) break;
      begin = block.end;
    }
    const pages = Math.ceil((begin + size) / PAGE);
    const had = this.#memory.buffer.byteLength;
    if (pages * PAGE > had) {
      if (pages > MOST_PAGES) throw outOfMemory(size, had);
      try {
        this.#memory.grow(pages - had / PAGE);
      } catch {
        throw outOfMemory(size, had);
      }
    }
    this.#used.splice(place, 0, { begin, end: begin + size });
    return parts.map((part) => begin + part) as { [Part in keyof Parts]: Pointer };
  }

  free(pointer: Pointer): void {
    const place = this.#used.findIndex(({ begin }) => begin === pointer);
    if (place >= 0) this.#used.splice(place, 1);
  }
}
