// What every layer is to the network: z = T(x), a = σ(z). T is the layer's own, σ one of the activations.
//
// A layer owns no numbers. Parameters, gradients and state are pieces of the network's flat buffers; activations and
// what a layer keeps from its forward to its backward pass are pieces of the network's workspace.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/activation.h"
#include "mlp/batcher.h"
#include "mlp/random.h"
#include "mlp/types.h"

namespace mlp {

// How a pass is made. In training, dropout drops, noise is added, and batch normalisation uses the statistics of the
// batch and moves its averages; `step` numbers the draws, so that each can be made again.
struct Mode {
  bool training = false;
  std::uint32_t step = 0;
};

// What a layer works with in one pass.
struct Pass {
  const Scalar* parameters;  // of the layer: its kernel, then its bias
  Scalar* state;             // of the layer: what is learnt, but not by gradients
  Scalar* memory;            // memorySize(rows) numbers from forward() to backward() and inputGradient()
  Scalar* scratch;           // scratchSize(rows) numbers
  Mode mode;
  std::uint64_t seed;
};

// Derivatives along one direction in the space of all parameters, R{·} in Pearlmutter 1994, of what a layer works with.
struct Tangents {
  const Scalar* parameters;  // of the layer: R{kernel}, then R{bias}
  const Scalar* x;           // R{X}, rows × inputs; nullptr: zero
  Scalar* memory;            // memorySize(rows) numbers from forwardTangent() to backwardTangent(), zero at first
  Scalar* spare;             // room for rows × inputs, for rows × units, or for the parameters
};

// Penalties on numbers v: l1·Σ|v| + l2·Σv².
struct Regularizer {
  Scalar l1 = 0;
  Scalar l2 = 0;

  bool any() const { return l1 != 0 || l2 != 0; }
  double penalty(const Scalar* values, Index count) const;
  // gradients += factor·∂penalty/∂v: factor·(l1·sign(v) + 2·l2·v). `smooth`: without the first, which is constant; of
  // R{v} that is R{∂penalty/∂v}.
  void addGradient(const Scalar* values, Index count, Scalar factor, Scalar* gradients, bool smooth = false) const;
};

// What a layer is, whatever its kind.
struct LayerOptions {
  std::string name;
  Index inputs = 0;
  Index units = 0;
  const Activation* activation = nullptr;  // see findActivation
  Scalar alpha = 0;                        // of the activation
  Regularizer activityRegularizer;         // on a, averaged over the rows
};

class Layer {
 public:
  virtual ~Layer() = default;

  const std::string& name() const { return base_.name; }
  Index inputs() const { return base_.inputs; }
  Index units() const { return base_.units; }
  const Activation& activation() const { return *base_.activation; }
  Scalar alpha() const { return base_.alpha; }
  const Regularizer& activityRegularizer() const { return base_.activityRegularizer; }

  // Where the layer's numbers are in the network's buffers. The bias follows the kernel.
  Index kernelOffset() const { return parameterOffset_; }
  Index biasOffset() const { return parameterOffset_ + kernelSize(); }
  Index stateOffset() const { return stateOffset_; }
  // The layer's number in the network.
  std::uint32_t index() const { return index_; }
  void place(std::uint32_t index, Index parameterOffset, Index stateOffset) {
    index_ = index;
    parameterOffset_ = parameterOffset;
    stateOffset_ = stateOffset;
  }

  // Kernel: inputs × units of a dense layer, the factors γ (units) of a normalising one. Bias: units.
  virtual Index kernelSize() const { return 0; }
  virtual Index biasSize() const { return 0; }
  virtual Index stateSize() const { return 0; }
  virtual Index memorySize(Index /*rows*/) const { return 0; }
  virtual Index scratchSize(Index /*rows*/) const { return 0; }
  // Whether the state is the mean and variance of the inputs, which Model::adapt() sets.
  virtual bool adapts() const { return false; }
  // Whether x may be a sparse batch.
  virtual bool acceptsSparse() const { return false; }

  virtual void initialize(Scalar* /*parameters*/, Scalar* /*state*/, std::uint64_t /*seed*/) const {}

  // z ← T(x), rows × units.
  virtual void forward(const Pass& pass, const Input& x, MatrixMap z) const = 0;

  // From Δ = ∂L/∂Z, rows × units: the gradients of kernel and bias, without penalties.
  virtual void backward(const Pass& /*pass*/, const Input& /*x*/, ConstMatrixMap /*delta*/,
                        Scalar* /*gradients*/) const {}

  // inputGrad ← ∂L/∂X, rows × inputs.
  virtual void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const = 0;

  // Penalties on the parameters.
  virtual double penalty(const Scalar* /*parameters*/) const { return 0; }
  // gradients += ∂penalty/∂parameters; `smooth` as of Regularizer.
  virtual void addPenaltyGradient(const Scalar* /*parameters*/, bool /*smooth*/, Scalar* /*gradients*/) const {}

  // The passes differentiated along a direction, as they are outside of training: tangent.cc.
  //
  // zTangent ← R{Z}, rows × units. Here: of layers without parameters whose ∂z/∂x is diagonal.
  virtual void forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, MatrixMap zTangent) const;
  // From Δ and R{Δ}, rows × units: R{gradients} without penalties, and, where it is not null, inputGradTangent ←
  // R{∂L/∂X}, rows × inputs. Here: of layers whose gradients are linear in Δ, in their kernel and in x (or in what they
  // remember of it).
  virtual void backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, ConstMatrixMap delta,
                               ConstMatrixMap deltaTangent, Scalar* gradientTangents, Scalar* inputGradTangent) const;

  // Brings the parameters back to where constraints hold.
  virtual void constrain(Scalar* /*parameters*/) const {}

 protected:
  explicit Layer(const LayerOptions& base) : base_(base) {}

  // The generator of this pass's draws.
  Random random(const Pass& pass) const;

 private:
  LayerOptions base_;
  std::uint32_t index_ = 0;
  Index parameterOffset_ = 0;
  Index stateOffset_ = 0;
};

}  // namespace mlp
