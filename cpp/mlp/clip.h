// Gradients kept within bounds before a step (Pascanu, Mikolov & Bengio 2013; Keras' three ways).
#pragma once

#include "mlp/types.h"

namespace mlp {

// g ← g·limit/‖g‖ where ‖g‖ > limit.
void clipNorm(Scalar* gradients, Index count, double limit);

// Each entry into [−limit, limit].
void clipValue(Scalar* gradients, Index count, double limit);

}  // namespace mlp
