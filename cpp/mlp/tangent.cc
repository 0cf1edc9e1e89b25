// The passes of layers differentiated along a direction (Pearlmutter 1994), outside of training.
// V = R{kernel}.
#include <algorithm>

#include "mlp/dense.h"
#include "mlp/gemm.h"
#include "mlp/normalize.h"

namespace mlp {
namespace {

Pass withParameters(Pass pass, const Scalar* parameters) {
  pass.parameters = parameters;
  return pass;
}

void add(Scalar* to, const Scalar* from, Index count) {
  for (Index i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace

void Layer::forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
                           MatrixMap zTangent) const {
  inputGradient(pass, ConstMatrixMap(tangents.x, x.rows, inputs()), zTangent);
}

// The product rule:
//   R{∂L/∂W} = ∂L/∂W of (X, R{Δ}) + ∂L/∂W of (R{X}, Δ)
//   R{∂L/∂X} = ∂L/∂X of (W, R{Δ}) + ∂L/∂X of (V, Δ)
void Layer::backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, ConstMatrixMap delta,
                            ConstMatrixMap deltaTangent, Scalar* gradientTangents,
                            Scalar* inputGradTangent) const {
  backward(pass, x, deltaTangent, gradientTangents);
  const bool hasKernel = kernelSize() > 0;
  if (hasKernel && tangents.x) {
    Pass remembering = pass;
    remembering.memory = tangents.memory;
    backward(remembering, ConstMatrixMap(tangents.x, x.rows, inputs()), delta, tangents.spare);
    add(gradientTangents, tangents.spare, kernelSize());
  }
  if (!inputGradTangent) return;
  inputGradient(pass, deltaTangent, MatrixMap(inputGradTangent, x.rows, inputs()));
  if (!hasKernel) return;
  inputGradient(withParameters(pass, tangents.parameters), delta,
                MatrixMap(tangents.spare, x.rows, inputs()));
  add(inputGradTangent, tangents.spare, x.rows * inputs());
}

// R{Z} = X·V + R{b} + R{X}·W
void Dense::forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
                           MatrixMap zTangent) const {
  forward(withParameters(pass, tangents.parameters), x, zTangent);
  if (!tangents.x) return;
  multiply(ConstMatrixMap(tangents.x, x.rows, inputs()), ConstMatrixMap(pass.parameters, inputs(), units()),
           nullptr, MatrixMap(tangents.spare, x.rows, units()), pass.scratch);
  add(zTangent.data(), tangents.spare, zTangent.size());
}

// R{Z} = γ ⊙ R{x̂} + R{γ} ⊙ x̂ + R{β}. ∂x̂/∂x is symmetric: it does with R{X} what it does, where γ = 1, with Δ.
void Normalize::forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
                               MatrixMap zTangent) const {
  const Scalar* const gammaTangent = tangents.parameters;
  const Scalar* const betaTangent = tangents.parameters + kernelSize();
  if (tangents.x) {
    std::fill(tangents.spare, tangents.spare + units(), Scalar(1));
    inputGradient(withParameters(pass, tangents.spare), ConstMatrixMap(tangents.x, x.rows, inputs()),
                  MatrixMap(tangents.memory, x.rows, units()));
  }
  for (Index row = 0; row < x.rows; ++row) {
    for (Index j = 0; j < units(); ++j) {
      const Index i = row * units() + j;
      Scalar sum = gamma(pass, j) * tangents.memory[i];
      if (kernelSize() > 0) sum += gammaTangent[j] * pass.memory[i];
      if (biasSize() > 0) sum += betaTangent[j];
      zTangent.data()[i] = sum;
    }
  }
}

// ∂L/∂X also depends on x̂ and on the deviation s of the row: with g = γ ⊙ Δ,
//   R{1/s} = −mean(x̂ ⊙ R{x})/s²
//   R{∂L/∂X} += R{1/s}·s·∂L/∂X − (R{x̂}·mean(g ⊙ x̂) + x̂·mean(g ⊙ R{x̂}))/s
void LayerNormalization::backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
                                         ConstMatrixMap delta, ConstMatrixMap deltaTangent,
                                         Scalar* gradientTangents, Scalar* inputGradTangent) const {
  Layer::backwardTangent(pass, x, tangents, delta, deltaTangent, gradientTangents, inputGradTangent);
  if (!inputGradTangent) return;
  inputGradient(pass, delta, MatrixMap(tangents.spare, x.rows, inputs()));
  const Scalar share = 1 / static_cast<Scalar>(units());
  for (Index row = 0; row < x.rows; ++row) {
    const Index first = row * units();
    const Scalar inverse = pass.memory[x.rows * units() + row];
    const Scalar *const normalized = pass.memory + first, *const normalizedTangent = tangents.memory + first;
    Scalar stretch = 0, along = 0, turned = 0;  // the three means
    for (Index j = 0; j < units(); ++j) {
      const Scalar g = gamma(pass, j) * delta(row, j);
      stretch += normalized[j] * tangents.x[first + j] * share;
      along += g * normalized[j] * share;
      turned += g * normalizedTangent[j] * share;
    }
    for (Index j = 0; j < units(); ++j) {
      inputGradTangent[first + j] -= inverse * (stretch * tangents.spare[first + j] +
                                                normalizedTangent[j] * along + normalized[j] * turned);
    }
  }
}

}  // namespace mlp
