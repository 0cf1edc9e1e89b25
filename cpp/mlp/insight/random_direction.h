// Directions in the space of parameters, for a walk over the surface of the loss.
#pragma once

#include <cstdint>

#include "mlp/types.h"

namespace mlp {

// to ← `count` standard normal numbers: direction `number` of those that a seed gives.
void randomDirection(std::uint64_t seed, std::uint32_t number, Scalar* to, Index count);

}  // namespace mlp
