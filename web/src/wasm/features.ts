/** Tests for what the engine can do. */

/** True if the engine runs 128-bit SIMD: a module of one function, `i8x16.popcnt(i8x16.splat(0))`. */
export function supportsSimd(): boolean {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
    ]),
  );
}

/** The same for relaxed SIMD: `f32x4.relaxed_madd` of three `i8x16.splat(0)`. */
export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15,
      65, 0, 253, 15, 253, 133, 2, 11,
    ]),
  );
}
