#include "mlp/objective.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "mlp/error.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

constexpr Index kRowsAtOnce = 256;  // their losses lie on the stack

// Cost of one output of a row, in multiplications: about an exponential and a logarithm.
constexpr double kLossWork = 100;

}  // namespace

Objective::Objective(const Loss& loss, const LossOptions& options, const Activation& output, Scalar outputAlpha)
    : loss_(&loss), options_(options), output_(&output), outputAlpha_(outputAlpha) {
  const bool linear = std::string_view(output.name) == "linear";
  if (options.fromLogits && !(loss.fromLogits && linear)) {
    fail(std::string("fromLogits: expected a cross-entropy after a linear layer, got ") + loss.name + " after " +
         output.name);
  }
  fused_ = options.fromLogits ||
           (loss.fromLogits && std::find(loss.fused.begin(), loss.fused.end(), output.name) != loss.fused.end());
}

double Objective::total(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights, Scalar scale,
                        Scalar* delta, double sum) const {
  const Index rows = a.rows();
  const Index units = a.cols();
  const RowLoss rowLoss = fused_ ? loss_->fromLogits : loss_->fromActivations;
  const Scalar* prediction = fused_ ? z.data() : a.data();
  double losses[kRowsAtOnce];  // added up in the order of the rows, however many threads made them
  for (Index first = 0; first < rows; first += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, rows - first);
    parallelRanges(count, partsOf(kLossWork * static_cast<double>(count) * static_cast<double>(units)),
                   [&](Index begin, Index end, int) {
                     for (Index i = begin; i < end; ++i) {
                       const Index place = (first + i) * units;
                       const Scalar weight = weights ? weights[first + i] : Scalar(1);
                       Scalar* const rowDelta = delta ? delta + place : nullptr;
                       if (weight != 0) {
                         losses[i] = weight * rowLoss(prediction + place, targets.data() + place, units, options_,
                                                      weight * scale, rowDelta);
                       } else {
                         losses[i] = 0;
                         if (rowDelta) std::fill(rowDelta, rowDelta + units, Scalar(0));
                       }
                     }
                   });
    for (Index i = 0; i < count; ++i) sum += losses[i];
  }
  if (delta && !fused_) deactivate(*output_, z.data(), a.data(), delta, rows, units, outputAlpha_);
  return sum;
}

double Objective::evaluate(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, Scalar* delta,
                           const Scalar* weights) const {
  const double rows = static_cast<double>(a.rows());
  return total(z, a, targets, weights, static_cast<Scalar>(1 / rows), delta, 0) / rows;
}

double Objective::sum(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights,
                      double sum) const {
  return total(z, a, targets, weights, 1, nullptr, sum);
}

}  // namespace mlp
