#include "mlp/clip.h"

#include <cmath>

#include "mlp/dot.h"

namespace mlp {

void clipNorm(Scalar* gradients, Index count, double limit) {
  const double norm = std::sqrt(dot(gradients, gradients, count));
  if (norm <= limit) return;
  const Scalar scale = static_cast<Scalar>(limit / norm);
  for (Index i = 0; i < count; ++i) gradients[i] *= scale;
}

void clipValue(Scalar* gradients, Index count, double limit) {
  const Scalar high = static_cast<Scalar>(limit), low = -high;
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i] > high ? high : gradients[i];
    gradients[i] = g < low ? low : g;
  }
}

}  // namespace mlp
