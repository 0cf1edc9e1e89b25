// Exact products H·v of the Hessian H of the loss with vectors, by Pearlmutter's R-operator (Pearlmutter 1994): every
// number of backpropagation is differentiated along v in the space of parameters. R{θ} = v, and by the rules of
// differentiation
//
//   R{Z} = R{A}·W + A·R{W} + R{b}          R{A} = σ'(Z) ⊙ R{Z}          A, R{A}: of the layer before, where R{X} = 0
//   R{Δ} = σ'(Z) ⊙ R{∂L/∂A} + σ''(Z) ⊙ R{Z} ⊙ ∂L/∂A
//   R{∂L/∂A} = R{Δ}·Wᵀ + Δ·R{W}ᵀ           Δ, W: of the layer behind; of the loss, ∂²L/∂A²·R{A}
//   R{∂L/∂W} = R{A}ᵀ·Δ + Aᵀ·R{Δ},          R{∂L/∂b} = Σ_rows R{Δ},          which are H·v
//
// for dense layers; other layers have functions of their own in the places of W and Wᵀ (layer.h). It costs six products
// of matrices a layer and two for the first one, a gradient three and two.
#pragma once

#include <memory>

#include "mlp/network.h"
#include "mlp/objective.h"

namespace mlp {

// The Hessian of the loss outside of training, penalties included, at the present parameters of the network. Valid
// until the network's next pass.
class Curvature {
 public:
  // Costs a gradient, which it leaves in the network. `x` and `targets` must outlive it.
  Curvature(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective);

  // Bytes that a Curvature allocates for `rows` rows.
  static Size bytes(const Network& network, Index rows);

  // product ← H·v, as many numbers as the network has parameters. At kinks it is that of the smooth piece that each
  // number lies on.
  void multiply(const Scalar* v, Scalar* product);

 private:
  // A layer's matrices, rows × units.
  struct Places {
    Scalar* gradient;  // ∂L/∂A, times σ''(Z) where σ is element-wise
    Scalar* tangent;   // R{Z}, then R{A}
    Scalar* delta;     // R{Δ}
    Scalar* memory;    // see Tangents
  };
  struct View;

  // First layer with parameters: nothing before it depends on them.
  static std::size_t firstOf(const Network& network);
  // Numbers that all layers' matrices take, and the widest layer's activations.
  struct Room {
    Size layers = 0, widest = 0;
  };
  static Room roomFor(const Network& network, Index rows);

  View viewOf(std::size_t i, const Scalar* v);
  void curveLoss(bool here, RowCurve curve, const Scalar* prediction, const View& view, Scalar* product);

  Network& network_;
  Input x_;
  ConstMatrixMap targets_;
  Objective objective_;
  std::size_t layers_;
  std::size_t first_;
  std::unique_ptr<Scalar[]> storage_;
  std::unique_ptr<Places[]> places_;
  Scalar* back_;   // R{∂L/∂A} of one layer
  Scalar* spare_;  // see Tangents
};

}  // namespace mlp
