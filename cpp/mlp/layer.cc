#include "mlp/layer.h"

#include <cmath>

namespace mlp {

double Regularizer::penalty(const Scalar* values, Index count) const {
  if (!any()) return 0;
  double absolutes = 0, squares = 0;
  for (Index i = 0; i < count; ++i) {
    absolutes += std::abs(static_cast<double>(values[i]));
    squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  }
  return static_cast<double>(l1) * absolutes + static_cast<double>(l2) * squares;
}

void Regularizer::addGradient(const Scalar* values, Index count, Scalar factor, Scalar* gradients, bool smooth) const {
  if (!any()) return;
  const Scalar slope = smooth ? 0 : factor * l1, twice = factor * 2 * l2;
  for (Index i = 0; i < count; ++i) {
    const Scalar v = values[i];
    gradients[i] += slope * static_cast<Scalar>((v > 0) - (v < 0)) + twice * v;
  }
}

Random Layer::random(const Pass& pass) const {
  // Streams have small numbers: what is above them tells layers apart.
  const auto stream = static_cast<std::uint32_t>(Stream::kDropout) | (index_ + 1) << 8;
  return Random(pass.seed, static_cast<Stream>(stream), pass.mode.step);
}

}  // namespace mlp
