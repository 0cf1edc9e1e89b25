// Losses: a value per sample, then the mean over the samples of the batch. One entry each in loss.cc.
#pragma once

#include <string_view>

#include "mlp/activation.h"
#include "mlp/types.h"

namespace mlp {

struct LossOptions {
  Scalar delta = 1;           // huber: where the parabola meets the line
  Scalar labelSmoothing = 0;  // cross-entropies: share of a target spread evenly over the classes
  bool sumReduction = false;  // binaryCrossentropy: sum over a sample's outputs instead of their mean
  bool fromLogits = false;    // cross-entropies: the last layer is linear and gives logits
};

// The value of one sample, and, where `gradient` is not null, gradient[i] ← scale · ∂value/∂prediction[i].
// `prediction` (activations or logits), `target`, `gradient`: `units` numbers each.
using RowLoss = double (*)(const Scalar* prediction, const Scalar* target, Index units, const LossOptions& options,
                           Scalar scale, Scalar* gradient);

// product[i] ← scale · Σⱼ ∂²value/∂prediction[i]∂prediction[j] · tangent[j], `units` numbers each.
using RowCurve = void (*)(const Scalar* prediction, const Scalar* target, const Scalar* tangent, Index units,
                          const LossOptions& options, Scalar scale, Scalar* product);

// What the targets of a loss must be.
enum class TargetKind { kAny, kProbability, kSign, kNonNegative, kClassIndex };

struct Loss {
  const char* name;
  TargetKind targets;
  RowLoss fromActivations;

  // The same from logits z, where the last layer's activation is one of `fused`: stable for any z, and the
  // gradient is Δ = ∂L/∂z at once. nullptr: there is none.
  RowLoss fromLogits;
  Table<std::string_view> fused;

  // Which smooth piece of the loss the pair lies in, as Activation::piece. nullptr: one piece.
  int (*piece)(Scalar prediction, Scalar target, const LossOptions& options);

  // The second derivatives of fromActivations, and of fromLogits where there is one.
  RowCurve curveFromActivations = nullptr;
  RowCurve curveFromLogits = nullptr;
};

Table<Loss> losses();
const Loss* findLoss(std::string_view name);  // nullptr where there is none

// A loss with its options on top of an output activation: how a network is judged and where Δ of the last layer
// comes from.
class Objective {
 public:
  Objective(const Loss& loss, const LossOptions& options, const Activation& output, Scalar outputAlpha);

  // Mean over the rows: Σ wᵢ·lossᵢ / rows, with a weight for each row, or 1 where `weights` is null. It divides by the
  // rows, not by Σ wᵢ, as Keras does ('sum_over_batch_size' in keras/losses/loss.py). Where `delta` is not null it
  // becomes Δ = ∂L/∂z, rows × units.
  double evaluate(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, Scalar* delta,
                  const Scalar* weights = nullptr) const;

  // `sum` + Σ wᵢ·lossᵢ, added row by row: however rows are cut into batches, the bits are the same.
  double sum(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights = nullptr,
             double sum = 0) const;

  const Loss& loss() const { return *loss_; }
  const LossOptions& options() const { return options_; }
  const Activation& output() const { return *output_; }
  // Whether Δ comes straight from the logits.
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
