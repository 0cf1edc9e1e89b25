#include "mlp/random.h"

#include <cmath>
#include <cstring>
#include <utility>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace mlp {
namespace {

// Logarithm, sine and cosine are computed by series, because those of the C library give other bits in other builds and
// bring large tables for arguments that never come here.

// ln x for normal x > 0. x = m·2^e with m in [√½, √2); ln m = 2 artanh s = 2(s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1).
// |s| < 0.172: the first term left out is below 2e-18 of the sum.
double ln(double x) {
  int exponent;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  double sum = 0;
  for (int n = 21; n >= 1; n -= 2) sum = sum * (s * s) + 1.0 / n;
  return exponent * 0.69314718055994531 + 2 * s * sum;
}

typedef std::uint32_t Words __attribute__((vector_size(16)));

// The upper and lower halves of x·factor, of four numbers at once.
struct Halves {
  Words upper, lower;
};
inline Halves product(Words x, std::uint32_t factor) {
#ifdef __wasm_simd128__
  const v128_t factors = wasm_i32x4_splat(static_cast<std::int32_t>(factor));
  const v128_t first = wasm_u64x2_extmul_low_u32x4((v128_t)x, factors);
  const v128_t last = wasm_u64x2_extmul_high_u32x4((v128_t)x, factors);
  return {(Words)wasm_i32x4_shuffle(first, last, 1, 3, 5, 7), (Words)wasm_i32x4_shuffle(first, last, 0, 2, 4, 6)};
#else
  Words upper;
  for (int i = 0; i < 4; ++i) upper[i] = static_cast<std::uint32_t>(std::uint64_t{x[i]} * factor >> 32);
  return {upper, x * factor};
#endif
}

constexpr std::uint32_t kFactor0 = 0xD2511F53u, kFactor1 = 0xCD9E8D57u;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9u, kWeyl1 = 0xBB67AE85u;  // the golden ratio, and √3 − 1

// Four blocks of the generator, of counter[0] and the three after it, which must not pass 2³². The key comes as two
// numbers, not in memory, because LLVM 14 reads what it copies into all lanes of a vector behind a later store.
void fourBlocks(const std::array<std::uint32_t, 4>& counter, std::uint32_t key0, std::uint32_t key1,
                std::uint32_t* words) {
  Words a = Words{0, 1, 2, 3} + counter[0], b = Words{} + counter[1];
  Words c = Words{} + counter[2], d = Words{} + counter[3];
  for (int round = 0; round < 10; ++round) {
    const Halves product0 = product(a, kFactor0), product1 = product(c, kFactor1);
    a = product1.upper ^ b ^ key0;
    b = product1.lower;
    c = product0.upper ^ d ^ key1;
    d = product0.lower;
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  // Blocks of words, from words of blocks.
  const Words ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Words lastAb = __builtin_shufflevector(a, b, 2, 6, 3, 7), lastCd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const Words blocks[4] = {__builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                           __builtin_shufflevector(lastAb, lastCd, 0, 1, 4, 5),
                           __builtin_shufflevector(lastAb, lastCd, 2, 3, 6, 7)};
  std::memcpy(words, blocks, sizeof blocks);
}

}  // namespace

// The turn is split into whole quarters and a rest of at most an eighth to either side, because for so small an angle
// the Taylor series are exact to 3e-18.
Direction direction(std::uint32_t turn) {
  const std::uint32_t quarters = (turn + 0x20000000u) >> 30;
  const double angle = static_cast<std::int32_t>(turn - (quarters << 30)) * (6.283185307179586 * 0x1p-32);
  double cosine = 1, sine = 1;
  for (int n = 16; n >= 2; n -= 2) {
    cosine = 1 - angle * angle / (n * (n - 1)) * cosine;
    sine = 1 - angle * angle / (n * (n + 1)) * sine;
  }
  sine *= angle;
  switch (quarters) {
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    case 3:
      return {sine, -cosine};
  }
  return {cosine, sine};
}

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{kFactor0} * counter[0];
    const std::uint64_t product1 = std::uint64_t{kFactor1} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += kWeyl0;  // Weyl sequences
    key[1] += kWeyl1;
  }
  return counter;
}

Random::Random(std::uint64_t seed, Stream stream, std::uint32_t substream, std::uint32_t section)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, section, substream, static_cast<std::uint32_t>(stream)},
      block_{} {}

std::uint32_t Random::nextUint32() {
  if (used_ == 4) {
    block_ = philox4x32(counter_, key_);
    if (++counter_[0] == 0) ++counter_[1];
    used_ = 0;
  }
  return block_[static_cast<std::size_t>(used_++)];
}

void Random::fill(std::uint32_t* words, std::int32_t count) {
  while (count > 0) {
    if (used_ == 4 && count >= 16 && counter_[0] < 0xFFFFFFF0u) {
      fourBlocks(counter_, key_[0], key_[1], words);
      counter_[0] += 4;
      words += 16;
      count -= 16;
    } else {
      *words++ = nextUint32();
      --count;
    }
  }
}

double Random::uniform() { return (nextUint32() >> 8) * 0x1p-24; }

std::uint32_t Random::below(std::uint32_t bound) {
  std::uint64_t product = std::uint64_t{nextUint32()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t threshold = (0u - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{nextUint32()} * bound;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

double Random::normal() {
  if (hasSpareNormal_) {
    hasSpareNormal_ = false;
    return spareNormal_;
  }
  const double radius = std::sqrt(-2 * ln((nextUint32() + 1.0) * 0x1p-32));
  const Direction towards = direction(nextUint32());
  spareNormal_ = radius * towards.sine;
  hasSpareNormal_ = true;
  return radius * towards.cosine;
}

void Random::shuffle(std::int32_t* values, std::int32_t count) {
  for (std::int32_t i = count - 1; i > 0; --i) {
    std::swap(values[i], values[below(static_cast<std::uint32_t>(i) + 1)]);
  }
}

}  // namespace mlp
