// Normalises each row over its units (Ba, Kiros & Hinton 2016).
#pragma once

#include "mlp/layers/inference.h"
#include "mlp/layers/scaled_norm.h"

namespace mlp {

class LayerNormalization : public ScaledNorm {
 public:
  using ScaledNorm::ScaledNorm;
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;
  void backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, ConstMatrixMap delta,
                       ConstMatrixMap deltaTangent, Scalar* gradientTangents, Scalar* inputGradTangent) const override;
  // Outside of training, without an object: see inference.h.
  static void infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch);
};

}  // namespace mlp
