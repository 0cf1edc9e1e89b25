/**
 * The module's memory. No other file makes a view of it, and no view is used by a call after the one that made it
 * without a look at whether memory grew: then old views read as empty.
 */
import { mlp, type Pointer } from './wasm.js';

/**
 * Memory for `bytes` bytes.
 *
 * @throws {RangeError} when WebAssembly's 4 GB, or what the device gives, is used up.
 */
export function allocate(bytes: number): Pointer {
  // Unsigned: addresses from 2 GB on come out of the module as negative numbers.
  const pointer = bytes < 2 ** 32 ? mlp()._malloc(Math.max(1, bytes)) >>> 0 : 0;
  if (pointer === 0) {
    const megabytes = (value: number) => `${Math.ceil(value / 2 ** 20)} MB`;
    throw new RangeError(
      `out of memory: expected room for ${megabytes(bytes)} more, got a heap of ` +
        `${megabytes(mlp().HEAPU8.length)} that can not grow so far (WebAssembly ends at 4096 MB)`,
    );
  }
  return pointer;
}

/** What a call into the core allocates beside its matrices: names, handles, headers of blocks. */
const SMALL_BYTES = 65_536;

/**
 * Call it last before the core allocates `bytes` bytes itself: out of memory there, the module would abort for good.
 *
 * @throws {RangeError} unless they could be allocated now.
 */
export function reserve(bytes: number): void {
  mlp()._free(allocate(bytes + SMALL_BYTES));
}

export function free(pointer: Pointer): void {
  mlp()._free(pointer);
}

/** A copy of `array` in memory; the caller frees it. */
export function copyIn(
  array: Float32Array | Float64Array | Int32Array | Uint8Array | Uint8ClampedArray,
): Pointer {
  const pointer = allocate(array.byteLength);
  mlp().HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
  return pointer;
}

/** Overwrites what `pointer` points at. */
export function overwrite(pointer: Pointer, array: Float32Array): void {
  mlp().HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
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
export function copyFloats<To extends Float32Array = Float32Array<ArrayBuffer>>(
  pointer: Pointer,
  length: number,
  to?: To,
): To {
  const floats = new Float32Array(mlp().HEAPU8.buffer, pointer, length);
  if (!to) return floats.slice() as Float32Array as To;
  to.set(floats);
  return to;
}

/** Floats that stay at one place in memory and are used so often that a view each time would be garbage. */
export class FloatBlock {
  #view: Float32Array<ArrayBuffer> | undefined;

  constructor(
    readonly pointer: Pointer,
    readonly length: number,
  ) {}

  /** The floats themselves, until memory grows: not to be kept. */
  get view(): Float32Array<ArrayBuffer> {
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

  copyIn(array: Parameters<typeof copyIn>[0] | undefined): Pointer {
    if (!array) return 0;
    const pointer = copyIn(array);
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
