// The stack of layers: the general forward and backward passes for any depth, activation and loss.
//
//   Δᴸ = ∂L/∂Aᴸ ⊙ σ'(Zᴸ), or straight from the logits where loss and activation are a fused pair
//   Δˡ = (Δˡ⁺¹ (Wˡ⁺¹)ᵀ) ⊙ σ'(Zˡ)
//   ∂L/∂Wˡ = (Aˡ⁻¹)ᵀ Δˡ,   ∂L/∂bˡ = Σ_rows Δˡ
//
// for dense layers; others have transformations of their own in the places of W and Wᵀ, see layer.h.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/layers/layer.h"
#include "mlp/objective.h"
#include "mlp/types.h"

namespace mlp {

class Network {
 public:
  Network(Index features, std::uint64_t seed) : features_(features), seed_(seed) {}
  Network(Network&&) = default;
  Network& operator=(Network&&) = default;

  // Appends a layer, whose inputs are the outputs so far. Passes and parameters wait for build().
  void append(std::unique_ptr<Layer> layer);
  // Makes room for the numbers of what was appended, and draws the initial parameters.
  void build();
  Size buildBytes() const;
  void add(std::unique_ptr<Layer> layer) {
    append(std::move(layer));
    build();
  }

  Index features() const { return features_; }
  Index outputs() const { return layers_.empty() ? features_ : layers_.back()->units(); }
  std::uint64_t seed() const { return seed_; }
  const std::vector<std::unique_ptr<const Layer>>& layers() const { return layers_; }
  // True if x may be a sparse batch.
  bool acceptsSparse() const { return !layers_.empty() && layers_.front()->acceptsSparse(); }

  // All parameters, layer by layer, kernel before bias; and ∂L/∂ of each, in the same places.
  Vector& parameters() { return parameters_; }
  const Vector& parameters() const { return parameters_; }
  Vector& gradients() { return gradients_; }
  // Numbers that layers learn in another way than by gradients: moving averages, statistics of the features.
  Vector& state() { return state_; }
  const Vector& state() const { return state_; }

  // Room for batches of up to this many rows. Nothing is allocated in a pass that fits. `sparse`: x is a sparse batch.
  void reserve(Index rows, bool sparse = false);
  // Bytes that reserve() allocates; 0 if there is room already.
  Size reserveBytes(Index rows, bool sparse) const;

  // x: rows × features. Returns the last layer's activations, rows × outputs, valid until the next pass.
  ConstMatrixMap forward(const Input& x, const Mode& mode = {});

  // The same through the layers `first` to `last` alone, of which the former is given x, dense unless it is layer 0. They
  // give the bits that they give in a whole pass. Returns the activations of `last`.
  ConstMatrixMap forward(const Input& x, std::size_t first, std::size_t last, const Mode& mode = {});

  // The inputs of a layer outside of training: x itself, which must be dense then, or the activations before it.
  ConstMatrixMap inputsOf(std::size_t layer, const Input& x);

  // Forward pass and mean loss, penalties included. targets: rows × outputs.
  double loss(const Input& x, ConstMatrixMap targets, const Objective& objective, const Mode& mode = {});

  // The same, and the backward pass: fills gradients() and every delta. weights: rows, as Objective::evaluate. In
  // training, gradients of frozen layers are zero, and deltas end where nothing before them is trained.
  double lossAndGradients(const Input& x, ConstMatrixMap targets, const Objective& objective, const Mode& mode = {},
                          const Scalar* weights = nullptr);

  // inputGrad ← ∂f/∂x, rows × features, of the last pass, which must not be one of training. In each row, f is the
  // activation of unit units[row] of the last layer, or with `logits` its z. Fills every delta, not gradients().
  void inputGradient(const std::int32_t* units, bool logits, Scalar* inputGrad);

  // Penalties on parameters, and on the activations of the last pass as means over its rows.
  double penalty() const;

  // Moves the parameters so that their constraints hold.
  void constrain();

  // Runs function(offset, count) for the parameters that training changes, in as few pieces as they lie in.
  template <class Function>
  void eachTrainable(const Function& function) const {
    Index begin = 0, end = 0;
    for (const auto& layer : layers_) {
      if (!layer->trainable()) continue;
      if (layer->kernelOffset() != end) {
        if (begin < end) function(begin, end - begin);
        begin = layer->kernelOffset();
      }
      end = layer->kernelOffset() + static_cast<Index>(layer->kernelSize() + layer->biasSize());
    }
    if (begin < end) function(begin, end - begin);
  }
  // Sets numbers, one for each parameter, to zero where layers are frozen.
  void zeroFrozen(Scalar* numbers) const;

  // The layers that the last pass went through: from passBegin() to before passEnd().
  std::size_t passBegin() const { return passBegin_; }
  std::size_t passEnd() const { return passEnd_; }
  // Matrices of the last pass, rows × units.
  ConstMatrixMap z(std::size_t layer) const { return view(places_[layer].z, layer); }
  ConstMatrixMap a(std::size_t layer) const { return view(places_[layer].a, layer); }
  ConstMatrixMap delta(std::size_t layer) const { return view(places_[layer].delta, layer); }

  // The numbers that layer i works with, in a pass or in computations on the last one.
  Pass pass(std::size_t i, const Mode& mode);
  Input inputOf(std::size_t layer, const Input& x) const { return layer == 0 ? x : Input(a(layer - 1)); }

 private:
  // Positions of a layer's matrices in the workspace. `a` equals `z` if the activation is the identity.
  struct Places {
    Index z, a, delta, memory;
  };

  struct Room {
    Size workspace = 0, scratch = 0;
  };
  Room roomFor(Index rows, bool sparse, std::vector<Places>* places) const;

  void forgetRows(const Scalar* weights);
  void addActivityGradient(std::size_t i, Scalar* gradient) const;

  ConstMatrixMap view(Index place, std::size_t layer) const {
    return ConstMatrixMap(workspace_.data() + place, rows_, layers_[layer]->units());
  }

  Index features_;
  std::uint64_t seed_;
  std::vector<std::unique_ptr<const Layer>> layers_;
  Vector parameters_;
  Vector gradients_;
  Vector state_;

  std::size_t built_ = 0;    // layers that have their parameters
  Size parameterCount_ = 0;  // of all layers
  Size stateCount_ = 0;
  // The first layer with parameters that training changes; the number of layers if there is none.
  std::size_t firstTrained_ = 0;

  Index capacity_ = 0;       // rows that fit
  Index denseCapacity_ = 0;  // rows that fit if x is dense
  Index rows_ = 0;           // rows of the last pass
  std::size_t passBegin_ = 0, passEnd_ = 0;
  std::vector<Places> places_;
  Vector workspace_;
  Vector scratch_;
};

}  // namespace mlp
