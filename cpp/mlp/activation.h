// Activations: a = σ(z), and what σ does to the error signal on the way back. One entry each in activation.cc.
#pragma once

#include <string_view>

#include "mlp/types.h"

namespace mlp {

struct Activation {
  const char* name;
  double defaultAlpha;  // 0 where the formula has no α

  // a ← σ(z), row by row. rows × units each; `a` is never the same memory as `z`. nullptr: a is z.
  void (*forward)(const Scalar* z, Scalar* a, Index rows, Index units, Scalar alpha);

  // delta ← delta·∂a/∂z, in place: comes in as ∂L/∂a, leaves as Δ = ∂L/∂z. rows × units each. nullptr: no change.
  void (*backward)(const Scalar* z, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar alpha);

  // Which smooth piece of σ the point z lies in: difference quotients across pieces mean nothing.
  // nullptr: one piece.
  int (*piece)(Scalar z, Scalar alpha);

  // σ''(z) of an element-wise σ, on the piece that z lies in. nullptr: 0.
  Scalar (*second)(Scalar z, Scalar a, Scalar alpha) = nullptr;

  // Of a σ that is not element-wise, one row, along a direction dz: `tangent` comes in as dz and leaves as da; bend +=
  // Σₖ ∂L/∂aₖ·∂²aₖ/∂z²·dz. `gradient`: ∂L/∂a. nullptr: it is element-wise.
  void (*rowTangent)(const Scalar* a, const Scalar* gradient, Index units, Scalar* tangent, Scalar* bend) = nullptr;
};

// The two functions, where there are any, with the rows shared among threads.
void activate(const Activation& activation, const Scalar* z, Scalar* a, Index rows, Index units, Scalar alpha);
void deactivate(const Activation& activation, const Scalar* z, const Scalar* a, Scalar* delta, Index rows,
                Index units, Scalar alpha);

Table<Activation> activations();
const Activation* findActivation(std::string_view name);  // nullptr where there is none

}  // namespace mlp
