// Exact products H·v of the Hessian H of the loss with vectors, by Pearlmutter's R-operator (Pearlmutter 1994): all that
// backpropagation computes, differentiated along v in the space of parameters. R{θ} = v, and by the rules of
// differentiation
//
//   R{Z} = R{A}·W + A·R{W} + R{b}          R{A} = σ'(Z) ⊙ R{Z}          A, R{A}: of the layer before, where R{X} = 0
//   R{Δ} = σ'(Z) ⊙ R{∂L/∂A} + σ''(Z) ⊙ R{Z} ⊙ ∂L/∂A
//   R{∂L/∂A} = R{Δ}·Wᵀ + Δ·R{W}ᵀ           Δ, W: of the layer behind; of the loss, ∂²L/∂A²·R{A}
//   R{∂L/∂W} = R{A}ᵀ·Δ + Aᵀ·R{Δ},          R{∂L/∂b} = Σ_rows R{Δ},          which are H·v
//
// for dense layers; tangent.cc has what others have in the places of W and Wᵀ. Six products of matrices a layer, two
// of the first one, where a gradient has three and two.
#pragma once

#include <memory>

#include "mlp/loss.h"
#include "mlp/network.h"

namespace mlp {

// Of the loss outside of training, penalties included, at the parameters that the network has now; until its next pass.
class Curvature {
 public:
  // Costs a gradient, which it leaves in the network. `x` and `targets` must outlive it.
  Curvature(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective);

  // product ← H·v, as many numbers as the network has parameters. At kinks, of the smooth piece that each number is in.
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

  View viewOf(std::size_t layer, const Scalar* v);
  void curveLoss(bool here, RowCurve curve, const Scalar* prediction, const View& view, Scalar* product);

  Network& network_;
  Input x_;
  ConstMatrixMap targets_;
  Objective objective_;
  std::size_t layers_;
  std::size_t first_ = 0;  // layer with parameters: nothing before it depends on them
  std::unique_ptr<Scalar[]> storage_;
  std::unique_ptr<Places[]> places_;
  Scalar* back_;   // R{∂L/∂A} of one layer
  Scalar* spare_;  // see Tangents
};

}  // namespace mlp
