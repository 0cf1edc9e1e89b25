/** Checks wherever numbers go into the memory of a module. */

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | Uint8ClampedArray;

/**
 * The bytes of as many numbers.
 *
 * @throws {RangeError} where the array has more or fewer of them, as one whose buffer was transferred or resized.
 */
export function bytesOf(array: Numbers, length: number): Uint8Array {
  if (array.length === length) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    if (bytes.length === length * array.BYTES_PER_ELEMENT) return bytes;
  }
  throw new RangeError(
    `expected an array of ${length} numbers, as it was when it was checked, got ${array.length}: ` +
      'its buffer was transferred or resized meanwhile',
  );
}

/** The error where `bytes` bytes more do not fit into a heap of `heap` bytes. */
export function outOfMemory(bytes: number, heap: number): RangeError {
  const megabytes = (value: number) => `${Math.ceil(value / 2 ** 20)} MB`;
  return new RangeError(
    `out of memory: expected room for ${megabytes(bytes)} more, got a heap of ` +
      `${megabytes(heap)} that can not grow so far (WebAssembly ends at 4096 MB)`,
  );
}
