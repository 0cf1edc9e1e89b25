// The objective of training: a loss with its options, over the rows of a batch. It belongs to the activation of the last
// layer, because loss and activation together may have a form from logits.
#pragma once

#include "mlp/activation.h"
#include "mlp/loss.h"
#include "mlp/types.h"

namespace mlp {

// Gives the loss of a network's outputs, and Δ of the last layer.
class Objective {
 public:
  Objective(const Loss& loss, const LossOptions& options, const Activation& output, Scalar outputAlpha);

  // Mean over the rows: Σ wᵢ·lossᵢ / rows, with a weight for each row, or 1 where `weights` is null. It divides by the
  // rows, not by Σ wᵢ, as Keras does ('sum_over_batch_size' in keras/losses/loss.py). Where `delta` is not null it
  // becomes Δ = ∂L/∂z, rows × units. A row of weight 0 adds 0 to both, even where its loss is infinite or NaN.
  double evaluate(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, Scalar* delta,
                  const Scalar* weights = nullptr) const;

  // `sum` + Σ wᵢ·lossᵢ, added row by row: however rows are cut into batches, the bits are the same.
  double sum(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights = nullptr,
             double sum = 0) const;

  const Loss& loss() const { return *loss_; }
  const LossOptions& options() const { return options_; }
  const Activation& output() const { return *output_; }
  // True if Δ comes straight from the logits.
  bool fused() const { return fused_; }

 private:
  double total(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights, Scalar scale,
               Scalar* delta, double sum) const;

  const Loss* loss_;
  LossOptions options_;
  const Activation* output_;
  Scalar outputAlpha_;
  bool fused_;
};

}  // namespace mlp
