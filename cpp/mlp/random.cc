#include "mlp/random.h"

#include <cmath>
#include <utility>

namespace mlp {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9u;  // Weyl sequence: the golden ratio
    key[1] += 0xBB67AE85u;  // and √3 − 1
  }
  return counter;
}

Random::Random(std::uint64_t seed, Stream stream, std::uint32_t substream)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, 0, substream, static_cast<std::uint32_t>(stream)},
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
  const double radius = std::sqrt(-2 * std::log((nextUint32() + 1.0) * 0x1p-32));
  const double angle = 6.283185307179586 * (nextUint32() * 0x1p-32);
  spareNormal_ = radius * std::sin(angle);
  hasSpareNormal_ = true;
  return radius * std::cos(angle);
}

void Random::shuffle(std::int32_t* values, std::int32_t count) {
  for (std::int32_t i = count - 1; i > 0; --i) {
    std::swap(values[i], values[below(static_cast<std::uint32_t>(i) + 1)]);
  }
}

}  // namespace mlp
