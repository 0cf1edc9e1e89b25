// An activation on its own: z = x.
#pragma once

#include "mlp/layers/inference.h"
#include "mlp/layers/layer.h"

namespace mlp {

class Identity : public Layer {
 public:
  explicit Identity(const LayerOptions& options) : Layer(options) {}
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
  // Outside of training, without an object: see inference.h.
  static void infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch);
};

}  // namespace mlp
