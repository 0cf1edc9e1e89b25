// Four numbers that the compiler keeps in one register (two, in double): GCC's and Clang's vector extension. The same
// source becomes v128 in WebAssembly and SSE, AVX or NEON natively.
#pragma once

#include <cstring>

#include "mlp/types.h"

// Before a loop that shall not be unrolled, and before one over fewer numbers than a vector has, of which vectors shall not
// be made either. Clang alone does both unasked.
#ifdef __clang__
#define MLP_ROLLED _Pragma("clang loop unroll(disable)")
#define MLP_REST _Pragma("clang loop unroll(disable) vectorize(disable)")
#else
#define MLP_ROLLED
#define MLP_REST
#endif

namespace mlp {

typedef Scalar Vec __attribute__((vector_size(4 * sizeof(Scalar))));

constexpr Index kLanes = 4;

inline Vec load(const Scalar* from) {
  Vec v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline void store(Scalar* to, Vec v) { std::memcpy(to, &v, sizeof v); }

inline Vec splat(Scalar x) { return Vec{x, x, x, x}; }

// a·b + c. Relaxed SIMD may round it once instead of twice; only the flavour built for it does.
inline Vec multiplyAdd(Vec a, Vec b, Vec c) {
#if defined(__wasm_relaxed_simd__) && __clang_major__ >= 17
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#elif defined(__wasm_relaxed_simd__)
  // The prototype's instruction, which scripts/relaxed.mjs turns into the final one. Its first operand was
  // the addend; the final one's is the last: the order here is the final one.
  return __builtin_wasm_fma_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

// Calling the C library's memcpy takes longer than copying a row of a small network does.
inline void copy(const Scalar* from, Index count, Scalar* to) {
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) store(to + i, load(from + i));
  MLP_REST
  for (; i < count; ++i) to[i] = from[i];
}

inline bool allFinite(const Scalar* numbers, Index count) {
  Vec differences = splat(0);  // x − x is 0, or else NaN, which stays
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) differences += load(numbers + i) - load(numbers + i);
  Scalar sum = differences[0] + differences[1] + differences[2] + differences[3];
  for (; i < count; ++i) sum += numbers[i] - numbers[i];
  return sum == 0;
}

}  // namespace mlp
