#include "mlp/regularizer.h"

#include <cmath>

namespace mlp {
namespace {

constexpr Option<Regularizer> kOptions[] = {
    {{"l1", OptionKind::kNumber, 0.01, 0, kLargeNumber}, assign<&Regularizer::l1>},
    {{"l2", OptionKind::kNumber, 0.01, 0, kLargeNumber}, assign<&Regularizer::l2>},
};

constexpr RegularizerKind kRegularizers[] = {
    {"l1", {kOptions, 1}},
    {"l2", {kOptions + 1, 1}},
    {"l1l2", kOptions},
};

}  // namespace

Table<RegularizerKind> regularizers() { return kRegularizers; }

const RegularizerKind* findRegularizer(std::string_view name) { return findNamed(regularizers(), name); }

double Regularizer::penalty(const Scalar* values, Size count) const {
  if (!any()) return 0;
  double absolutes = 0, squares = 0;
  for (Size i = 0; i < count; ++i) {
    absolutes += std::abs(static_cast<double>(values[i]));
    squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  }
  return static_cast<double>(l1) * absolutes + static_cast<double>(l2) * squares;
}

void Regularizer::addGradient(const Scalar* values, Size count, Scalar factor, Scalar* gradients, bool smooth) const {
  if (!any()) return;
  const Scalar slope = smooth ? 0 : factor * l1, twice = factor * 2 * l2;
  for (Size i = 0; i < count; ++i) {
    const Scalar v = values[i];
    gradients[i] += slope * static_cast<Scalar>((v > 0) - (v < 0)) + twice * v;
  }
}

}  // namespace mlp
