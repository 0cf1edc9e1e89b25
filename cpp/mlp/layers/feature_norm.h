// Centres and scales each feature by a mean and a variance learnt from data, see adapt() of model.h.
//
//   z = (x − mean)/√variance
//
// A feature of variance 0 is divided by 1, as in scikit-learn, because a feature that never varied does not tell its
// scale.
#pragma once

#include "mlp/layers/inference.h"
#include "mlp/layers/layer.h"

namespace mlp {

class Normalization : public Layer {
 public:
  explicit Normalization(const LayerOptions& options) : Layer(options) {}
  bool adapts() const override { return true; }
  Size stateSize() const override { return 2 * Size(units()); }  // mean, variance
  Size memorySize(Index) const override { return units(); }      // 1/deviation
  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
  // Outside of training, without an object: see inference.h.
  static void infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch);
};

}  // namespace mlp
