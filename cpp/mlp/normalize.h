// Layers that centre and scale: by the batch, by the row, or by statistics of the features.
#pragma once

#include "mlp/layer.h"

namespace mlp {

struct NormalizeOptions : LayerOptions {
  Scalar epsilon = Scalar(1e-3);
  Scalar momentum = Scalar(0.99);  // of the moving averages; batch normalisation only
  bool center = true;              // whether there is a β, the bias
  bool scale = true;               // whether there is a γ, the kernel
};

// z = γ·x̂ + β, x̂ = (x − mean)/√(variance + ε), mean and variance over `kind`.
class Normalize : public Layer {
 public:
  Normalize(const NormalizeOptions& options) : Layer(options), options_(options) {}

  Index kernelSize() const override { return options_.scale ? units() : 0; }
  Index biasSize() const override { return options_.center ? units() : 0; }
  Index memorySize(Index rows) const override { return rows * units() + std::max(rows, units()); }  // x̂, 1/deviation

  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void backward(const Pass& pass, const Input& x, ConstMatrixMap delta, Scalar* gradients) const override;
  void forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, MatrixMap zTangent) const override;

 protected:
  // γ and β on x̂.
  void scaleAndShift(const Pass& pass, const Scalar* normalized, MatrixMap z) const;
  Scalar gamma(const Pass& pass, Index unit) const { return options_.scale ? pass.parameters[unit] : Scalar(1); }
  const NormalizeOptions& options() const { return options_; }

 private:
  NormalizeOptions options_;
};

// Each unit over the rows of the batch (Ioffe & Szegedy 2015); outside of training, by moving averages of the batches'
// means and variances, which are the layer's state.
class BatchNormalization : public Normalize {
 public:
  using Normalize::Normalize;
  Index stateSize() const override { return 2 * units(); }
  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
};

// Each row over its units (Ba, Kiros & Hinton 2016).
class LayerNormalization : public Normalize {
 public:
  using Normalize::Normalize;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
  void backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, ConstMatrixMap delta,
                       ConstMatrixMap deltaTangent, Scalar* gradientTangents, Scalar* inputGradTangent) const override;
};

// z = (x − mean)/max(√variance, 1e-7) with the mean and variance of every feature, which are the layer's state and come
// from data: see adapt() of model.h.
class Normalization : public Layer {
 public:
  explicit Normalization(const LayerOptions& options) : Layer(options) {}
  bool adapts() const override { return true; }
  Index stateSize() const override { return 2 * units(); }
  Index memorySize(Index) const override { return units(); }  // 1/deviation
  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
};

// z = x: for an activation on its own.
class Identity : public Layer {
 public:
  explicit Identity(const LayerOptions& options) : Layer(options) {}
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
};

}  // namespace mlp
