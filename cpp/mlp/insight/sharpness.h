// Sharpness, the largest curvature λ_max of the loss: gradient descent is stable for rates below 2/λ_max (document 001
// §11).
#pragma once

#include "mlp/network.h"
#include "mlp/objective.h"

namespace mlp {

struct Sharpness {
  double lambdaMax = 0;
  int iterations = 0;
  bool converged = false;
};

// Largest eigenvalue λ_max of the Hessian H of the loss, in the parameters that training changes. By Lanczos
// (1950) on the exact products of curvature.h: in the vectors v, Hv, H²v … made orthonormal, H is tridiagonal, and λ is
// the largest eigenvalue of that; close second eigenvalues and larger negative ones do not get in its way. An iteration
// is one product. Rounding makes later vectors less than orthogonal, which adds copies of eigenvalues, but no others
// (Paige 1980). Converged: ‖Hu − λu‖ ≤ tolerance·|λ|, u being the eigenvector found so far, or down to rounding.
Sharpness sharpness(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                    int maxIterations, double tolerance);

// Bytes that sharpness() allocates for `rows` rows, beside Model::wholeBatchBytes().
Size sharpnessBytes(const Network& network, Index rows, int maxIterations);

}  // namespace mlp
