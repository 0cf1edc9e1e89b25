// Normalises each unit over the rows of the batch (Ioffe & Szegedy 2015). Outside of training, and where the layer is
// frozen, by moving averages of the batches' means and variances, which are the layer's state.
#pragma once

#include "mlp/layers/inference.h"
#include "mlp/layers/scaled_norm.h"

namespace mlp {

class BatchNormalization : public ScaledNorm {
 public:
  using ScaledNorm::ScaledNorm;
  Size stateSize() const override { return 2 * Size(units()); }
  void initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const override;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
  // Outside of training, without an object: see inference.h.
  static void infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch);

 private:
  bool usesBatch(const Pass& pass) const { return pass.mode.training && trainable(); }
};

}  // namespace mlp
