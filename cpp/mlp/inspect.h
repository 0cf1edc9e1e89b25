// What a person can ask a network about its gradients.
#pragma once

#include <vector>

#include "mlp/loss.h"
#include "mlp/network.h"

namespace mlp {

struct GradientCheck {
  double worstRelativeError = 0;  // |analytic − numeric| / max(|analytic|, |numeric|, floor)
  Index parameter = 0;            // where: position in the flat parameter buffer
  double analytic = 0;
  double numeric = 0;
  Index checked = 0;
  Index skipped = 0;  // the difference would have straddled a kink
};

// The analytic gradient against central differences of fourth order,
//   f'(θ) ≈ (8(f(θ+h) − f(θ−h)) − (f(θ+2h) − f(θ−2h))) / 12h,   h = ½ε^(1/5),
// for `samples` parameters drawn from the network's seed, or all of them where samples ≥ their count. `floor` of
// the relative error: this share of the largest gradient, or of the loss if that is larger, because the difference is
// itself only good to some ε·loss/h: where all gradients vanish it is nothing but that. The parameters are afterwards
// as they were.
GradientCheck gradientCheck(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                            Index samples, double floorShare);

struct LayerNorms {
  double delta, kernelGrad, biasGrad;  // Euclidean
};

// ‖Δˡ‖, ‖∂L/∂Wˡ‖, ‖∂L/∂bˡ‖ for every layer: how document 001 §9 sees gradients vanish or explode.
std::vector<LayerNorms> gradientNorms(Network& network, const Input& x, ConstMatrixMap targets,
                                      const Objective& objective);

// Where numbers are not finite after a training step; −1 where they are.
struct NonFinite {
  Index layer = -1;      // the first one with such activations
  Index parameter = -1;  // the last one: gradients are computed backwards
};

NonFinite firstNonFinite(const Network& network);

// to ← `count` standard normal numbers: direction `number` of those that a seed gives.
void randomDirection(std::uint64_t seed, std::uint32_t number, Scalar* to, Index count);

struct Sharpness {
  double lambdaMax = 0;
  int iterations = 0;
  bool converged = false;
};

// Largest eigenvalue λ_max of the Hessian H of the loss: the stability bound of document 001 §11 is 2/λ_max. By Lanczos
// (1950) on the exact products of curvature.h: in the vectors v, Hv, H²v … made orthonormal, H is tridiagonal, and λ is
// the largest eigenvalue of that; close second eigenvalues and larger negative ones do not get in its way. An iteration
// is one product. That rounding makes later vectors less than orthogonal gives copies of eigenvalues, but no others
// (Paige 1980). Converged: ‖Hu − λu‖ ≤ tolerance·|λ|, u being the eigenvector as it is known, or down to rounding.
Sharpness sharpness(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                    int maxIterations, double tolerance);

}  // namespace mlp
