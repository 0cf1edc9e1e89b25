#include "mlp/insight/random_direction.h"

#include "mlp/random.h"

namespace mlp {

void randomDirection(std::uint64_t seed, std::uint32_t number, Scalar* to, Index count) {
  // Substreams are counted down from the top, because layers count theirs up from 0. The topmost is that of
  // sharpness().
  Random random(seed, Stream::kInitializer, ~1u - number);
  for (Index i = 0; i < count; ++i) to[i] = static_cast<Scalar>(random.normal());
}

}  // namespace mlp
