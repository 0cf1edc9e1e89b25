#include "mlp/layers/layer_norm.h"

#include <cmath>

namespace mlp {
namespace {

// x̂ of one row: normalized ← (x − mean)/√(variance + ε). Returns 1/√(variance + ε).
inline Scalar normalizeRow(const Scalar* x, Index units, Scalar epsilon, Scalar* normalized) {
  double mean = 0, variance = 0;
  for (Index j = 0; j < units; ++j) mean += static_cast<double>(x[j]);
  mean /= static_cast<double>(units);
  for (Index j = 0; j < units; ++j) {
    const double d = static_cast<double>(x[j]) - mean;
    variance += d * d;
  }
  variance /= static_cast<double>(units);
  const Scalar inverse = static_cast<Scalar>(1 / std::sqrt(variance + static_cast<double>(epsilon)));
  for (Index j = 0; j < units; ++j) normalized[j] = (x[j] - static_cast<Scalar>(mean)) * inverse;
  return inverse;
}

}  // namespace

void LayerNormalization::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  Scalar* const inverse = pass.memory + x.rows * units();
  for (Index row = 0; row < x.rows; ++row) {
    const Index first = row * units();
    inverse[row] = normalizeRow(x.dense + first, units(), options().epsilon, pass.memory + first);
  }
  scaleAndShift(pass.memory, gamma(pass), beta(pass), z);
}

void LayerNormalization::infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar*) {
  for (Index first = 0; first < z.size(); first += layer.units) {
    normalizeRow(x.dense + first, layer.units, layer.epsilon, z.data() + first);
  }
  scaleAndShift(z.data(), layer.weights[0], layer.weights[1], z);
}

// With g = γ ⊙ Δ:  ∂L/∂x = (g − mean g − x̂·mean(g ⊙ x̂))/deviation, means over the units of the row.
void LayerNormalization::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  const Scalar* const inverse = pass.memory + delta.rows() * units();
  for (Index row = 0; row < delta.rows(); ++row) {
    const Scalar* const normalized = pass.memory + row * units();
    Scalar mean = 0, meanProduct = 0;
    for (Index j = 0; j < units(); ++j) {
      const Scalar g = gamma(pass, j) * delta(row, j);
      mean += g;
      meanProduct += g * normalized[j];
    }
    mean /= static_cast<Scalar>(units());
    meanProduct /= static_cast<Scalar>(units());
    for (Index j = 0; j < units(); ++j) {
      inputGrad(row, j) = inverse[row] * (gamma(pass, j) * delta(row, j) - mean - normalized[j] * meanProduct);
    }
  }
}

// ∂L/∂X also depends on x̂ and on the deviation s of the row: with g = γ ⊙ Δ,
//   R{1/s} = −mean(x̂ ⊙ R{x})/s²
//   R{∂L/∂X} += R{1/s}·s·∂L/∂X − (R{x̂}·mean(g ⊙ x̂) + x̂·mean(g ⊙ R{x̂}))/s
MLP_SMALL void LayerNormalization::backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
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
      inputGradTangent[first + j] -=
          inverse * (stretch * tangents.spare[first + j] + normalizedTangent[j] * along + normalized[j] * turned);
    }
  }
}

}  // namespace mlp
