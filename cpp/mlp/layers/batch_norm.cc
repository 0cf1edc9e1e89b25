#include "mlp/layers/batch_norm.h"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

// x̂ of one unit: column j of `normalized` ← (that of x − mean)/√(variance + ε). Returns 1/√(variance + ε).
inline Scalar normalizeUnit(ConstMatrixMap x, Index j, double mean, double variance, Scalar epsilon,
                            Scalar* normalized) {
  const Scalar inverse = static_cast<Scalar>(1 / std::sqrt(variance + static_cast<double>(epsilon)));
  const Scalar centre = static_cast<Scalar>(mean);
  for (Index row = 0; row < x.rows(); ++row) normalized[row * x.cols() + j] = (x(row, j) - centre) * inverse;
  return inverse;
}

}  // namespace

void BatchNormalization::initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const {
  ScaledNorm::initialize(parameters, state, seed);
  std::fill(state, state + units(), Scalar(0));
  std::fill(state + units(), state + 2 * units(), Scalar(1));
}

void BatchNormalization::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const ConstMatrixMap input = x.matrix();
  const Index rows = input.rows();
  Scalar* const normalized = pass.memory;
  Scalar* const inverse = pass.memory + rows * units();
  for (Index j = 0; j < units(); ++j) {
    Scalar* const moving[] = {pass.state + j, pass.state + units() + j};
    double mean = static_cast<double>(*moving[0]), variance = static_cast<double>(*moving[1]);
    if (usesBatch(pass)) {
      mean = variance = 0;
      for (Index row = 0; row < rows; ++row) mean += static_cast<double>(input(row, j));
      mean /= static_cast<double>(rows);
      for (Index row = 0; row < rows; ++row) {
        const double d = static_cast<double>(input(row, j)) - mean;
        variance += d * d;
      }
      variance /= static_cast<double>(rows);
      const Scalar batch[] = {static_cast<Scalar>(mean), static_cast<Scalar>(variance)};
      for (int i : {0, 1}) *moving[i] = options().momentum * *moving[i] + (1 - options().momentum) * batch[i];
    }
    inverse[j] = normalizeUnit(input, j, mean, variance, options().epsilon, normalized);
  }
  scaleAndShift(normalized, gamma(pass), beta(pass), z);
}

void BatchNormalization::infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar*) {
  const auto& [gamma, beta, mean, variance] = layer.weights;
  for (Index j = 0; j < layer.units; ++j) {
    normalizeUnit(x.matrix(), j, static_cast<double>(mean[j]), static_cast<double>(variance[j]), layer.epsilon,
                  z.data());
  }
  scaleAndShift(z.data(), gamma, beta, z);
}

// In training, mean and variance of the batch depend on x, too:
//   ∂L/∂x = γ/(N·deviation)·(N·Δ − Σ Δ − x̂ ⊙ Σ Δ ⊙ x̂), sums over the N rows
void BatchNormalization::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  const Index rows = delta.rows();
  const Scalar* const normalized = pass.memory;
  const Scalar* const inverse = pass.memory + rows * units();
  for (Index j = 0; j < units(); ++j) {
    Scalar meanDelta = 0, meanProduct = 0;
    if (usesBatch(pass)) {
      for (Index row = 0; row < rows; ++row) {
        meanDelta += delta(row, j);
        meanProduct += delta(row, j) * normalized[row * units() + j];
      }
      meanDelta /= static_cast<Scalar>(rows);
      meanProduct /= static_cast<Scalar>(rows);
    }
    const Scalar factor = gamma(pass, j) * inverse[j];
    for (Index row = 0; row < rows; ++row) {
      inputGrad(row, j) = factor * (delta(row, j) - meanDelta - normalized[row * units() + j] * meanProduct);
    }
  }
}

}  // namespace mlp
