// Activations: a = σ(z), and what σ does to the error signal on the way back. One entry each in activation.cc.
#pragma once

#include <string_view>

#include "mlp/types.h"

namespace mlp {

using ActivationForward = void(const Scalar* z, Scalar* a, Index rows, Index units, Scalar alpha);

struct Activation {
  const char* name;
  double defaultAlpha;  // 0 where the formula has no α

  // a ← σ(z), row by row. rows × units each; `a` is never the same memory as `z`. nullptr: a is z.
  ActivationForward* forward;

  // delta ← delta·∂a/∂z, in place: comes in as ∂L/∂a, leaves as Δ = ∂L/∂z. rows × units each. nullptr: no change.
  void (*backward)(const Scalar* z, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar alpha);

  // The number of the smooth piece of σ that z lies in, because a difference quotient across two pieces is no slope.
  // nullptr: σ is one piece.
  int (*piece)(Scalar z, Scalar alpha);

  // σ''(z) of an element-wise σ, on the piece that z lies in. nullptr: 0.
  Scalar (*second)(Scalar z, Scalar a, Scalar alpha) = nullptr;

  // The second derivative of a σ that is not element-wise, for one row and along a direction dz: `tangent` comes in as
  // dz and leaves as da; bend += Σₖ ∂L/∂aₖ·∂²aₖ/∂z²·dz. `gradient`: ∂L/∂a. nullptr: σ is element-wise.
  void (*rowTangent)(const Scalar* a, const Scalar* gradient, Index units, Scalar* tangent, Scalar* bend) = nullptr;
};

// forward and backward of an activation, if it has them, with the rows shared among threads.
void activate(const Activation& activation, const Scalar* z, Scalar* a, Index rows, Index units, Scalar alpha);
void deactivate(const Activation& activation, const Scalar* z, const Scalar* a, Scalar* delta, Index rows, Index units,
                Scalar alpha);

Table<Activation> activations();
const Activation* findActivation(std::string_view name);  // nullptr where there is none

// `forward` of the activation in this place of the table. A program that predicts and never trains calls this and links
// nothing else of activations.
ActivationForward* activationForward(std::size_t place);

}  // namespace mlp
