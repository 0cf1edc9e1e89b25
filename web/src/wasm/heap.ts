/**
 * The module's memory. Only this file makes views of it, because a view reads as empty once memory has grown: each call
 * makes its own view, or first looks whether the one it has is still of the present memory.
 */
import type { Floats } from '../check/realm.js';
import { bytesOf, outOfMemory, type Numbers } from './copying.js';
import { mlp } from './module.js';
import type { Pointer } from './native.js';

/** Allowance for what a call into the core allocates beside its matrices: names, arguments, handles, headers of blocks. */
const SMALL_BYTES = 65_536;

/** A block of so many bytes, or 0. */
function take(bytes: number): Pointer {
  // Unsigned: addresses from 2 GB on come out of the module as negative numbers.
  const pointer = bytes < 2 ** 32 ? mlp()._malloc(Math.max(1, bytes)) >>> 0 : 0;
  // The module's malloc grows the memory for all that it grants; this makes sure before anything is written.
  return pointer + bytes > mlp().HEAPU8.length ? 0 : pointer;
}

/**
 * Memory for `bytes` bytes. Beside it there is left what the next call into the core takes for its arguments: without
 * that it would abort before it could be asked how much it needs.
 *
 * @throws {RangeError} when WebAssembly's 4 GB, or what the device gives, is used up.
 */
export function allocate(bytes: number): Pointer {
  const pointer = take(bytes);
  const small = pointer && take(SMALL_BYTES);
  if (small) {
    mlp()._free(small);
    return pointer;
  }
  if (pointer) mlp()._free(pointer);
  throw outOfMemory(bytes, mlp().HEAPU8.length);
}

/**
 * Makes sure that the core can allocate `bytes` bytes, because without memory the module aborts for good. To be called
 * last before the core does so.
 *
 * @throws {RangeError} unless they could be allocated now.
 */
export function reserve(bytes: number): void {
  // In one piece: where the matrices fill their block, the headers between them need what is behind it.
  mlp()._free(allocate(bytes + SMALL_BYTES));
}

export function free(pointer: Pointer): void {
  mlp()._free(pointer);
}

/** A copy of `array` in memory, which has `length` numbers; the caller frees it. */
export function copyIn(array: Numbers, length = array.length): Pointer {
  const bytes = bytesOf(array, length);
  const pointer = allocate(bytes.length);
  mlp().HEAPU8.set(bytes, pointer);
  return pointer;
}

/** Overwrites `length` numbers from `pointer` on. */
export function overwrite(pointer: Pointer, array: Numbers, length = array.length): void {
  mlp().HEAPU8.set(bytesOf(array, length), pointer);
}

/** The same for doubles. */
export function writeDoubles(pointer: Pointer, array: Float64Array): void {
  new Float64Array(mlp().HEAPU8.buffer, pointer, array.length).set(array);
}

/** A copy of `length` doubles from memory. */
export function copyDoubles(pointer: Pointer, length: number): Float64Array {
  return new Float64Array(mlp().HEAPU8.buffer, pointer, length).slice();
}

/** A copy of `length` floats from memory, in `to` if it is given. */
export function copyFloats<To extends Float32Array = Floats>(pointer: Pointer, length: number, to?: To): To {
  const floats = new Float32Array(mlp().HEAPU8.buffer, pointer, length);
  if (!to) return floats.slice() as Float32Array as To;
  to.set(floats);
  return to;
}

/** Floats that stay at one place in memory and are used so often that a view each time would be garbage. */
export class FloatBlock {
  #view: Floats | undefined;

  constructor(
    readonly pointer: Pointer,
    readonly length: number,
  ) {}

  /** The floats themselves, until memory grows: not to be kept. */
  get view(): Floats {
    const { buffer } = mlp().HEAPU8;
    if (this.#view?.buffer !== buffer) this.#view = new Float32Array(buffer, this.pointer, this.length);
    return this.#view;
  }
}

/** Runs `use` and frees whatever it allocated through `scope`, however it ends. */
export function scoped<Result>(use: (scope: Scope) => Result): Result {
  const scope = new Scope();
  try {
    return use(scope);
  } finally {
    scope.free();
  }
}

/** Allocations that end together. */
export class Scope {
  #pointers: Pointer[] = [];

  copyIn(array: Numbers | undefined, length?: number): Pointer {
    if (!array) return 0;
    const pointer = copyIn(array, length);
    this.#pointers.push(pointer);
    return pointer;
  }

  allocate(bytes: number): Pointer {
    const pointer = allocate(bytes);
    this.#pointers.push(pointer);
    return pointer;
  }

  free(): void {
    for (const pointer of this.#pointers) free(pointer);
    this.#pointers = [];
  }
}

/**
 * Memory for arrays that come again and again in the same order: the n-th of each round takes the memory of the n-th of
 * the round before, unless it is longer.
 */
export class KeptBlocks {
  #blocks: { pointer: Pointer; bytes: number }[] = [];
  #next = 0;

  /** Begins a round: the next array is the first again. */
  restart(): void {
    this.#next = 0;
  }

  copyIn(array: Numbers | undefined, length = array?.length): Pointer {
    const place = this.#next++;
    if (!array) return 0;
    const bytes = bytesOf(array, length!);
    const block = (this.#blocks[place] ??= { pointer: 0, bytes: -1 });
    if (block.bytes < bytes.length) {
      if (block.bytes >= 0) free(block.pointer);
      block.bytes = -1; // until there is new memory, because allocate() may throw
      block.pointer = allocate(bytes.length);
      block.bytes = bytes.length;
    }
    mlp().HEAPU8.set(bytes, block.pointer);
    return block.pointer;
  }

  free(): void {
    for (const block of this.#blocks) if (block && block.bytes >= 0) free(block.pointer);
    this.#blocks = [];
  }
}
