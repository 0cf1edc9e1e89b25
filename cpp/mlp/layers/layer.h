// The base of all layers: z = T(x), a = σ(z). Each kind of layer has its own T; σ is one of the activations.
//
// A layer owns no numbers. Parameters, gradients and state are pieces of the network's flat buffers; activations and
// the memory of a layer between its forward and its backward pass are pieces of the network's workspace.
#pragma once

#include <cstdint>

#include "mlp/activation.h"
#include "mlp/batcher.h"
#include "mlp/constraint.h"
#include "mlp/initializer.h"
#include "mlp/random.h"
#include "mlp/regularizer.h"
#include "mlp/types.h"

namespace mlp {

// The mode of a pass. In training, dropout drops, noise is added, and batch normalisation uses the statistics of the
// batch and moves its averages; `step` numbers the draws, so that each can be made again.
struct Mode {
  bool training = false;
  std::uint32_t step = 0;
};

// The numbers that a layer works with in one pass.
struct Pass {
  const Scalar* parameters;  // of the layer: its kernel, then its bias
  Scalar* state;             // of the layer: numbers that are learnt, but not by gradients
  Scalar* memory;            // memorySize(rows) numbers from forward() to backward() and inputGradient()
  Scalar* scratch;           // scratchSize(rows) numbers
  Mode mode;
  std::uint64_t seed;

  // The same pass with other parameters.
  Pass with(const Scalar* others) const {
    Pass pass = *this;
    pass.parameters = others;
    return pass;
  }
};

// Derivatives of a layer's numbers along one direction in the space of all parameters: R{·} in Pearlmutter 1994.
struct Tangents {
  const Scalar* parameters;  // of the layer: R{kernel}, then R{bias}
  const Scalar* x;           // R{X}, rows × inputs; nullptr: zero
  Scalar* memory;            // memorySize(rows) numbers from forwardTangent() to backwardTangent(), zero at first
  Scalar* spare;             // room for rows × inputs, for rows × units, or for the parameters
};

// An initialiser and its options.
struct InitializerChoice {
  InitializerChoice(const Initializer* chosen = nullptr) : initializer(chosen) {}

  const Initializer* initializer;  // see findInitializer
  InitializerOptions options;
};

// The options of all layers. Each kind reads its own part, listed in kinds.cc.
struct LayerOptions {
  Index inputs = 0;
  Index units = 0;
  bool trainable = true;
  const Activation* activation = nullptr;  // see findActivation
  Scalar alpha = 0;                        // of the activation
  Regularizer activityRegularizer;         // on a, averaged over the rows

  bool useBias = true;
  InitializerChoice kernelInitializer;
  InitializerChoice biasInitializer;
  Regularizer kernelRegularizer;
  Regularizer biasRegularizer;
  Constraint kernelConstraint;
  Constraint biasConstraint;

  Scalar rate = 0;    // share of numbers that are dropped
  Scalar stddev = 0;  // of noise

  Scalar epsilon = Scalar(1e-3);   // added to variances
  Scalar momentum = Scalar(0.99);  // of moving averages
  bool center = true;              // there is a β, the bias
  bool scale = true;               // there is a γ, the kernel
};

class Layer {
 public:
  virtual ~Layer() = default;

  Index inputs() const { return options_.inputs; }
  Index units() const { return options_.units; }
  const Activation& activation() const { return *options_.activation; }
  Scalar alpha() const { return options_.alpha; }
  const Regularizer& activityRegularizer() const { return options_.activityRegularizer; }
  // False if the layer is frozen: training leaves it as it is. Its parameters have no penalties and no constraints
  // then, and batch normalisation uses its moving averages in training too.
  bool trainable() const { return options_.trainable; }
  // True if its parameters have penalties. Asked before they are computed, because tiny networks would notice the calls.
  bool penalized() const { return trainable() && (options_.kernelRegularizer.any() || options_.biasRegularizer.any()); }

  // Positions of the layer's numbers in the network's buffers. The bias follows the kernel.
  Index kernelOffset() const { return parameterOffset_; }
  Index biasOffset() const { return parameterOffset_ + static_cast<Index>(kernelSize()); }
  Index stateOffset() const { return stateOffset_; }
  // The layer's number in the network.
  std::uint32_t index() const { return index_; }
  void place(std::uint32_t index, Index parameterOffset, Index stateOffset) {
    index_ = index;
    parameterOffset_ = parameterOffset;
    stateOffset_ = stateOffset;
  }

  // Kernel: inputs × units of a dense layer, the factors γ (units) of a normalising one. Bias: units.
  virtual Size kernelSize() const { return 0; }
  virtual Size biasSize() const { return 0; }
  virtual Size stateSize() const { return 0; }
  virtual Size memorySize(Index /*rows*/) const { return 0; }
  // Smaller if x is a sparse batch, because its own products need no scratch.
  virtual Size scratchSize(Index /*rows*/, bool /*sparse*/) const { return 0; }
  // True if the state is the mean and variance of the inputs, which Model::adapt() sets.
  virtual bool adapts() const { return false; }
  // True if training draws random numbers, so that the same parameters give another loss in every step.
  virtual bool draws() const { return false; }
  // True if x may be a sparse batch.
  virtual bool acceptsSparse() const { return false; }

  // Bytes that initialize() allocates while it draws.
  virtual Size drawBytes() const { return 0; }
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

  // The passes differentiated along a direction (Pearlmutter 1994), as they are outside of training.
  // zTangent ← R{Z}, rows × units. This version is right for layers without parameters whose ∂z/∂x is diagonal.
  virtual void forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, MatrixMap zTangent) const;
  // From Δ and R{Δ}, rows × units: R{gradients} without penalties, and, where it is not null, inputGradTangent ←
  // R{∂L/∂X}, rows × inputs. This version is right for layers whose gradients are linear in Δ, in their kernel and in x
  // (or in their memory of it).
  virtual void backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, ConstMatrixMap delta,
                               ConstMatrixMap deltaTangent, Scalar* gradientTangents, Scalar* inputGradTangent) const;

  // Moves the parameters so that their constraints hold.
  virtual void constrain(Scalar* /*parameters*/) const {}

 protected:
  explicit Layer(const LayerOptions& options) : options_(options) {}

  const LayerOptions& options() const { return options_; }

  // The generator of this pass's draws.
  Random random(const Pass& pass) const;

  // to += from
  static void add(Scalar* to, const Scalar* from, Index count);

 private:
  LayerOptions options_;
  std::uint32_t index_ = 0;
  Index parameterOffset_ = 0;
  Index stateOffset_ = 0;
};

}  // namespace mlp
