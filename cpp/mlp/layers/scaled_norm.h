// The common part of batch and layer normalisation: factors γ and terms β on numbers that are centred and scaled.
#pragma once

#include <algorithm>

#include "mlp/layers/layer.h"

namespace mlp {

// z = γ·x̂ + β, x̂ = (x − mean)/√(variance + ε)
class ScaledNorm : public Layer {
 public:
  explicit ScaledNorm(const LayerOptions& options) : Layer(options) {}

  Size kernelSize() const override { return options().scale ? units() : 0; }  // γ
  Size biasSize() const override { return options().center ? units() : 0; }   // β
  Size memorySize(Index rows) const override {
    return Size(rows) * units() + std::max(rows, units());  // x̂, 1/deviation
  }

  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void backward(const Pass& pass, const Input& x, ConstMatrixMap delta, Scalar* gradients) const override;
  void forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, MatrixMap zTangent) const override;

 protected:
  // z ← γ ⊙ x̂ + β. Null: no γ, no β. x̂ may be where z is.
  static void scaleAndShift(const Scalar* normalized, const Scalar* gamma, const Scalar* beta, MatrixMap z);
  const Scalar* gamma(const Pass& pass) const { return options().scale ? pass.parameters : nullptr; }
  const Scalar* beta(const Pass& pass) const { return options().center ? pass.parameters + kernelSize() : nullptr; }
  Scalar gamma(const Pass& pass, Index unit) const { return options().scale ? pass.parameters[unit] : Scalar(1); }
};

}  // namespace mlp
