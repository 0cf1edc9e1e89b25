// Layers that do something in training only: each draw is a function of (seed, layer, step), whatever else is drawn.
#pragma once

#include "mlp/layer.h"

namespace mlp {

// z = x ⊙ f + c with factors f and terms c drawn in training; outside of it z = x.
class Noise : public Layer {
 public:
  enum class Kind {
    // Drops numbers with probability `rate`, divides what is left by 1 − rate (Srivastava et al. 2014).
    kDropout,
    // Sets them to −λα, selu's limit, instead, and keeps mean and variance (Klambauer et al. 2017).
    kAlphaDropout,
    // Adds normal numbers with deviation `rate`.
    kGaussian,
  };

  Noise(const LayerOptions& options, Kind kind, Scalar rate) : Layer(options), kind_(kind), rate_(rate) {}

  Index memorySize(Index rows) const override { return rows * units(); }
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;

 private:
  Kind kind_;
  Scalar rate_;
};

}  // namespace mlp
