#include "mlp/layers/feature_norm.h"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

// z ← (x − mean)/√variance. inverse ← 1/√variance.
inline void normalizeFeatures(ConstMatrixMap x, const Scalar* mean, const Scalar* variance, Scalar* inverse,
                              MatrixMap z) {
  for (Index j = 0; j < x.cols(); ++j) {
    const Scalar deviation = std::sqrt(variance[j]);
    inverse[j] = deviation == 0 ? Scalar(1) : 1 / deviation;
  }
  for (Index row = 0; row < x.rows(); ++row) {
    for (Index j = 0; j < x.cols(); ++j) z(row, j) = (x(row, j) - mean[j]) * inverse[j];
  }
}

}  // namespace

void Normalization::initialize(Scalar*, Scalar* state, std::uint64_t) const {
  std::fill(state, state + units(), Scalar(0));
  std::fill(state + units(), state + 2 * units(), Scalar(1));
}

void Normalization::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  normalizeFeatures(x.matrix(), pass.state, pass.state + units(), pass.memory, z);
}

void Normalization::infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch) {
  normalizeFeatures(x.matrix(), layer.weights[0], layer.weights[1], scratch, z);
}

void Normalization::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  for (Index row = 0; row < delta.rows(); ++row) {
    for (Index j = 0; j < units(); ++j) inputGrad(row, j) = delta(row, j) * pass.memory[j];
  }
}

}  // namespace mlp
