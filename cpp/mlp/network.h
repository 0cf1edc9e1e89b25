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
#include "mlp/layer.h"
#include "mlp/loss.h"
#include "mlp/types.h"

namespace mlp {

class Network {
 public:
  Network(Index features, std::uint64_t seed) : features_(features), seed_(seed) {}

  // Appends a layer, whose inputs are the outputs so far, and draws its initial parameters.
  void add(std::shared_ptr<Layer> layer);

  Index features() const { return features_; }
  Index outputs() const { return layers_.empty() ? features_ : layers_.back()->units(); }
  std::uint64_t seed() const { return seed_; }
  const std::vector<std::shared_ptr<const Layer>>& layers() const { return layers_; }
  // Whether x may be a sparse batch.
  bool acceptsSparse() const { return !layers_.empty() && layers_.front()->acceptsSparse(); }

  // All parameters, layer by layer, kernel before bias; and ∂L/∂ of each, in the same places.
  Vector& parameters() { return parameters_; }
  const Vector& parameters() const { return parameters_; }
  Vector& gradients() { return gradients_; }
  // What layers learn in another way than by gradients: moving averages, statistics of the features.
  Vector& state() { return state_; }

  // Room for batches of up to this many rows. Nothing is allocated in a pass that fits.
  void reserve(Index rows);

  // x: rows × features. Returns the last layer's activations, rows × outputs, valid until the next pass.
  ConstMatrixMap forward(const Input& x, const Mode& mode = {});

  // What reaches a layer outside of training: x itself, which must be dense then, or the activations before it.
  ConstMatrixMap inputsOf(std::size_t layer, const Input& x);

  // Forward pass and mean loss, penalties included. targets: rows × outputs.
  double loss(const Input& x, ConstMatrixMap targets, const Objective& objective, const Mode& mode = {});

  // The same, and the backward pass: fills gradients() and every delta. weights: rows, as Objective::evaluate.
  double lossAndGradients(const Input& x, ConstMatrixMap targets, const Objective& objective, const Mode& mode = {},
                          const Scalar* weights = nullptr);

  // inputGrad ← ∂f/∂x, rows × features, of the last pass, which was none of training. f is for each row the
  // activation of one unit of the last layer, units[row], or with `logits` its z. Fills every delta, not gradients().
  void inputGradient(const std::int32_t* units, bool logits, Scalar* inputGrad);

  // Penalties on parameters, and on the activations of the last pass as means over its rows.
  double penalty() const;

  // Brings the parameters back to where constraints hold.
  void constrain();

  // Of the last pass: rows × units.
  ConstMatrixMap z(std::size_t layer) const { return view(places_[layer].z, layer); }
  ConstMatrixMap a(std::size_t layer) const { return view(places_[layer].a, layer); }
  ConstMatrixMap delta(std::size_t layer) const { return view(places_[layer].delta, layer); }

  // What a layer works with in a pass, or in what follows from the last one.
  Pass pass(std::size_t layer, const Mode& mode);
  Input inputOf(std::size_t layer, const Input& x) const { return layer == 0 ? x : Input(a(layer - 1)); }

 private:
  // Where a layer's matrices start in the workspace. `a` is `z` where the activation is the identity.
  struct Places {
    Index z, a, delta, memory;
  };

  void addActivityGradient(std::size_t layer, Scalar* gradient) const;

  ConstMatrixMap view(Index place, std::size_t layer) const {
    return ConstMatrixMap(workspace_.data() + place, rows_, layers_[layer]->units());
  }

  Index features_;
  std::uint64_t seed_;
  std::vector<std::shared_ptr<const Layer>> layers_;
  Vector parameters_;
  Vector gradients_;
  Vector state_;

  Index capacity_ = 0;  // rows that fit
  Index rows_ = 0;      // rows of the last pass
  std::vector<Places> places_;
  Vector workspace_;
  Vector scratch_;
};

}  // namespace mlp
