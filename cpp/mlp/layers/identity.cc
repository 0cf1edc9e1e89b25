#include "mlp/layers/identity.h"

#include <algorithm>

namespace mlp {

void Identity::forward(const Pass&, const Input& x, MatrixMap z) const {
  std::copy(x.dense, x.dense + z.size(), z.data());
}

void Identity::infer(const LayerInference&, const InferenceInput& x, MatrixMap z, Scalar*) {
  std::copy(x.dense, x.dense + z.size(), z.data());
}

void Identity::inputGradient(const Pass&, ConstMatrixMap delta, MatrixMap inputGrad) const {
  std::copy(delta.data(), delta.data() + delta.size(), inputGrad.data());
}

}  // namespace mlp
