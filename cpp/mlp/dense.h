// A fully connected layer.
//
//   Z = X·W + b,  A = σ(Z)      X: rows × inputs, W (kernel): inputs × units, b (bias): units, Z and A: rows × units
#pragma once

#include "mlp/constraint.h"
#include "mlp/initializer.h"
#include "mlp/layer.h"
#include "mlp/types.h"

namespace mlp {

struct DenseOptions : LayerOptions {
  bool useBias = true;
  const Initializer* kernelInitializer = nullptr;  // see findInitializer
  InitializerOptions kernelInitializerOptions;
  const Initializer* biasInitializer = nullptr;
  InitializerOptions biasInitializerOptions;
  Regularizer kernelRegularizer;
  Regularizer biasRegularizer;
  Constraint kernelConstraint;
  Constraint biasConstraint;
};

class Dense : public Layer {
 public:
  explicit Dense(const DenseOptions& options) : Layer(options), options_(options) {}

  Index kernelSize() const override { return inputs() * units(); }
  Index biasSize() const override { return options_.useBias ? units() : 0; }
  Index scratchSize(Index rows) const override;
  bool acceptsSparse() const override { return true; }

  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  // ∂L/∂W = Xᵀ·Δ,  ∂L/∂b = column sums of Δ.
  void backward(const Pass& pass, const Input& x, ConstMatrixMap delta, Scalar* gradients) const override;
  // ∂L/∂X = Δ·Wᵀ.
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
  double penalty(const Scalar* parameters) const override;
  void addPenaltyGradient(const Scalar* parameters, bool smooth, Scalar* gradients) const override;
  void forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, MatrixMap zTangent) const override;
  void constrain(Scalar* parameters) const override;

 private:
  DenseOptions options_;
};

}  // namespace mlp
