// The search for infinities and NaN after a training step.
#pragma once

#include "mlp/network.h"

namespace mlp {

// Positions of numbers that are not finite; −1 if all are.
struct NonFinite {
  Index layer = -1;      // the first one with such activations
  Index parameter = -1;  // the last one: gradients are computed backwards
};

NonFinite firstNonFinite(const Network& network);

}  // namespace mlp
