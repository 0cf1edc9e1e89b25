// The gradients that backpropagation computes, held against differences of the loss.
#pragma once

#include "mlp/network.h"
#include "mlp/objective.h"

namespace mlp {

struct GradientCheck {
  double worstRelativeError = 0;  // |analytic − numeric| / max(|analytic|, |numeric|, floor)
  Index parameter = 0;            // the worst one's position in the flat parameter buffer
  double analytic = 0;
  double numeric = 0;
  Index checked = 0;
  Index skipped = 0;  // the difference would have straddled a kink
};

// The analytic gradient against central differences of fourth order,
//   f'(θ) ≈ (8(f(θ+h) − f(θ−h)) − (f(θ+2h) − f(θ−2h))) / 12h,   h = ½ε^(1/5),
// for `samples` parameters drawn from the network's seed, or all of them where samples ≥ their count. The floor of the
// relative error is `floorShare` of the largest gradient, or of the loss if that is larger, because the difference
// itself is wrong by some ε·loss/h, and by nothing else if all gradients vanish. The parameters are afterwards as they
// were.
GradientCheck gradientCheck(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                            Index samples, double floorShare);

// Bytes that gradientCheck() allocates for `rows` rows, beside Model::wholeBatchBytes().
Size gradientCheckBytes(const Network& network, const Objective& objective, Index rows);

}  // namespace mlp
