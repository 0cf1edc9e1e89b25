// Layers that drop numbers at random in training, in two ways. Outside of training z = x. Each draw is a function of
// (seed, layer,
// step), whatever else is drawn.
#pragma once

#include "mlp/layers/layer.h"

namespace mlp {

// z = x ⊙ f + c, with factors f and terms c drawn in training.
class Dropout : public Layer {
 public:
  explicit Dropout(const LayerOptions& options) : Layer(options) {}

  bool draws() const override { return options().rate != 0; }
  Size memorySize(Index rows) const override { return Size(rows) * units(); }  // f
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
  void inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const override;

 protected:
  // The two results for a number x: x·kept + shift, or `dropped`.
  struct Outcome {
    Scalar kept, shift, dropped;
  };
  // Drops with probability `rate`, divides what is left by 1 − rate (Srivastava et al. 2014).
  virtual Outcome outcome() const;
};

// Sets dropped numbers to −λα, the limit of selu, and keeps mean and variance (Klambauer et al. 2017).
class AlphaDropout : public Dropout {
 public:
  using Dropout::Dropout;

 protected:
  Outcome outcome() const override;
};

}  // namespace mlp
