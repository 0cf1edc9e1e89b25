// A fully connected layer.
//
//   Z = X·W + b,  A = σ(Z)      X: rows × inputs, W (kernel): inputs × units, b (bias): units, Z and A: rows × units
//
// It owns no numbers: parameters and gradients are pieces of the network's flat buffers, activations of its
// workspace.
#pragma once

#include <string>

#include "mlp/activation.h"
#include "mlp/batcher.h"
#include "mlp/initializer.h"
#include "mlp/types.h"

namespace mlp {

struct DenseOptions {
  std::string name;
  Index units = 0;
  const Activation* activation = nullptr;  // see findActivation
  Scalar alpha = 0;                        // of the activation
  bool useBias = true;
  const Initializer* kernelInitializer = nullptr;  // see findInitializer
  InitializerOptions kernelInitializerOptions;
  const Initializer* biasInitializer = nullptr;
  InitializerOptions biasInitializerOptions;
};

class Dense {
 public:
  Dense(Index inputs, Index parameterOffset, const DenseOptions& options);

  const DenseOptions& options() const { return options_; }
  Index inputs() const { return inputs_; }
  Index units() const { return options_.units; }
  Index kernelSize() const { return inputs_ * options_.units; }
  Index biasSize() const { return options_.useBias ? options_.units : 0; }
  // Where the kernel starts in the flat buffers; the bias follows it.
  Index kernelOffset() const { return offset_; }
  Index biasOffset() const { return offset_ + kernelSize(); }
  // Numbers of scratch that forward and backward need for this many rows.
  Index scratchSize(Index rows) const;

  void initialize(Scalar* parameters, std::uint64_t seed, std::uint32_t layer) const;

  // z ← x·W + b, a ← σ(z); `a` is `z` itself where σ is the identity.
  void forward(const Scalar* parameters, const Input& x, MatrixMap z, Scalar* a, Scalar* scratch) const;

  // From Δ = ∂L/∂Z:  ∂L/∂W ← Xᵀ·Δ,  ∂L/∂b ← column sums of Δ.
  void backward(const Input& x, ConstMatrixMap delta, Scalar* gradients, Scalar* scratch) const;

  // inputGrad ← ∂L/∂X = Δ·Wᵀ, rows × inputs.
  void inputGradient(const Scalar* parameters, ConstMatrixMap delta, MatrixMap inputGrad, Scalar* scratch) const;

 private:
  DenseOptions options_;
  Index inputs_;
  Index offset_;
};

}  // namespace mlp
