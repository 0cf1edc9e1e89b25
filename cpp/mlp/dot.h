// Sums over long vectors, in double and always in the same order: the same bits with any number of threads.
#pragma once

#include "mlp/types.h"

namespace mlp {

double dot(const Scalar* a, const Scalar* b, Index count);

}  // namespace mlp
