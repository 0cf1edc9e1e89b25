// The stack of layers: the general forward and backward passes for any depth, activation and loss.
//
//   Δᴸ = ∂L/∂Aᴸ ⊙ σ'(Zᴸ), or straight from the logits where loss and activation are a fused pair
//   Δˡ = (Δˡ⁺¹ (Wˡ⁺¹)ᵀ) ⊙ σ'(Zˡ)
//   ∂L/∂Wˡ = (Aˡ⁻¹)ᵀ Δˡ,   ∂L/∂bˡ = Σ_rows Δˡ
#pragma once

#include <cstdint>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/dense.h"
#include "mlp/loss.h"
#include "mlp/types.h"

namespace mlp {

class Network {
 public:
  Network(Index features, std::uint64_t seed) : features_(features), seed_(seed) {}

  // Appends a layer and draws its initial parameters.
  void add(const DenseOptions& options);

  Index features() const { return features_; }
  Index outputs() const { return layers_.empty() ? features_ : layers_.back().units(); }
  std::uint64_t seed() const { return seed_; }
  const std::vector<Dense>& layers() const { return layers_; }

  // All parameters, layer by layer, kernel before bias; and ∂L/∂ of each, in the same places.
  Vector& parameters() { return parameters_; }
  const Vector& parameters() const { return parameters_; }
  Vector& gradients() { return gradients_; }

  // Room for batches of up to this many rows. Nothing is allocated in a pass that fits.
  void reserve(Index rows);

  // x: rows × features. Returns the last layer's activations, rows × outputs, valid until the next pass.
  ConstMatrixMap forward(const Input& x);

  // Forward pass and mean loss. targets: rows × outputs.
  double loss(const Input& x, ConstMatrixMap targets, const Objective& objective);

  // The same, and the backward pass: fills gradients() and every delta.
  double lossAndGradients(const Input& x, ConstMatrixMap targets, const Objective& objective);

  // Of the last pass: rows × units.
  ConstMatrixMap z(std::size_t layer) const { return view(places_[layer].z, layer); }
  ConstMatrixMap a(std::size_t layer) const { return view(places_[layer].a, layer); }
  ConstMatrixMap delta(std::size_t layer) const { return view(places_[layer].delta, layer); }

 private:
  // Where a layer's matrices start in the workspace. `a` is `z` where the activation is the identity.
  struct Places {
    Index z, a, delta;
  };

  ConstMatrixMap view(Index place, std::size_t layer) const {
    return ConstMatrixMap(workspace_.data() + place, rows_, layers_[layer].units());
  }

  Index features_;
  std::uint64_t seed_;
  std::vector<Dense> layers_;
  Vector parameters_;
  Vector gradients_;

  Index capacity_ = 0;  // rows that fit
  Index rows_ = 0;      // rows of the last pass
  std::vector<Places> places_;
  Vector workspace_;
  Vector scratch_;
};

}  // namespace mlp
