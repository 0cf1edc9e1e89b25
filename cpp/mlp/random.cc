#include "mlp/random.h"

#include <cmath>
#include <utility>

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
    const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9u;  // Weyl sequence: the golden ratio
    key[1] += 0xBB67AE85u;  // and √3 − 1
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
