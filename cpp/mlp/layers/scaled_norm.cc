#include "mlp/layers/scaled_norm.h"

#include <algorithm>

namespace mlp {

void ScaledNorm::initialize(Scalar* parameters, Scalar*, std::uint64_t) const {
  std::fill(parameters, parameters + kernelSize(), Scalar(1));
  std::fill(parameters + kernelSize(), parameters + kernelSize() + biasSize(), Scalar(0));
}

void ScaledNorm::scaleAndShift(const Scalar* normalized, const Scalar* gamma, const Scalar* beta, MatrixMap z) {
  for (Index row = 0; row < z.rows(); ++row, normalized += z.cols()) {
    for (Index j = 0; j < z.cols(); ++j) {
      z(row, j) = (gamma ? gamma[j] : Scalar(1)) * normalized[j] + (beta ? beta[j] : Scalar(0));
    }
  }
}

// ∂L/∂γ = Σ_rows Δ ⊙ x̂,  ∂L/∂β = Σ_rows Δ.
void ScaledNorm::backward(const Pass& pass, const Input&, ConstMatrixMap delta, Scalar* gradients) const {
  Scalar* const betaGrad = gradients + kernelSize();
  std::fill(gradients, gradients + kernelSize() + biasSize(), Scalar(0));
  const Scalar* normalized = pass.memory;
  const Index gammas = options().scale ? units() : 0, betas = options().center ? units() : 0;
  for (Index row = 0; row < delta.rows(); ++row, normalized += units()) {
    for (Index j = 0; j < gammas; ++j) gradients[j] += delta(row, j) * normalized[j];
    for (Index j = 0; j < betas; ++j) betaGrad[j] += delta(row, j);
  }
}

// R{Z} = γ ⊙ R{x̂} + R{γ} ⊙ x̂ + R{β}. inputGradient() with γ = 1 makes R{x̂} of R{X}, because ∂x̂/∂x is symmetric.
MLP_SMALL void ScaledNorm::forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
                                          MatrixMap zTangent) const {
  const Scalar* const gammaTangent = tangents.parameters;
  const Scalar* const betaTangent = tangents.parameters + kernelSize();
  if (tangents.x) {
    std::fill(tangents.spare, tangents.spare + units(), Scalar(1));
    inputGradient(pass.with(tangents.spare), ConstMatrixMap(tangents.x, x.rows, inputs()),
                  MatrixMap(tangents.memory, x.rows, units()));
  }
  for (Index row = 0; row < x.rows; ++row) {
    for (Index j = 0; j < units(); ++j) {
      const Index i = row * units() + j;
      Scalar sum = gamma(pass, j) * tangents.memory[i];
      if (options().scale) sum += gammaTangent[j] * pass.memory[i];
      if (options().center) sum += betaTangent[j];
      zTangent.data()[i] = sum;
    }
  }
}

}  // namespace mlp
