// A fully connected layer.
//
//   Z = X·W + b,  A = σ(Z)      X: rows × inputs, W (kernel): inputs × units, b (bias): units, Z and A: rows × units
#pragma once

#include "mlp/layers/inference.h"
#include "mlp/layers/layer.h"

namespace mlp {

class Dense final : public Layer {
 public:
  explicit Dense(const LayerOptions& options) : Layer(options) {}

  Size kernelSize() const override { return Size(inputs()) * units(); }
  Size biasSize() const override { return options().useBias ? units() : 0; }
  Size scratchSize(Index rows, bool sparse) const override;
  bool acceptsSparse() const override { return true; }

  Size drawBytes() const override;
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
  // Outside of training, without an object: see inference.h.
  static void infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch);
};

}  // namespace mlp
