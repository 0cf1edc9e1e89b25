#include "mlp/constraint.h"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

constexpr Option<Constraint> kMaxNorm[] = {
    {{"maxValue", OptionKind::kNumber, 2, 0, kAnyNumber}, assign<&Constraint::maxValue>}};

constexpr ConstraintKind kConstraints[] = {
    {"maxNorm", Constraint::Kind::kMaxNorm, kMaxNorm},
    {"nonNeg", Constraint::Kind::kNonNeg, {}},
    {"unitNorm", Constraint::Kind::kUnitNorm, {}},
};

}  // namespace

void Constraint::apply(MatrixMap weights) const {
  if (kind == Kind::kNone || weights.size() == 0) return;
  if (kind == Kind::kNonNeg) {
    for (Index i = 0; i < weights.size(); ++i) weights.data()[i] = std::max(weights.data()[i], Scalar(0));
    return;
  }
  for (Index column = 0; column < weights.cols(); ++column) {
    double squares = 0;
    for (Index row = 0; row < weights.rows(); ++row) {
      squares += static_cast<double>(weights(row, column)) * static_cast<double>(weights(row, column));
    }
    const double norm = std::sqrt(squares);
    // Below its bound a column stays as it is, to the bit.
    if (kind == Kind::kMaxNorm && norm <= static_cast<double>(maxValue)) continue;
    const double target = kind == Kind::kMaxNorm ? static_cast<double>(maxValue) : 1;
    const Scalar factor = static_cast<Scalar>(target / (norm + 1e-7));
    for (Index row = 0; row < weights.rows(); ++row) weights(row, column) *= factor;
  }
}

Table<ConstraintKind> constraints() { return kConstraints; }

const ConstraintKind* findConstraint(std::string_view name) { return findNamed(constraints(), name); }

}  // namespace mlp
