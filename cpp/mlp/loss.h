// Losses: a value per sample, then the mean over the samples of the batch. One entry each in loss.cc.
#pragma once

#include <string_view>

#include "mlp/option.h"
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

// The values that a loss allows as targets.
enum class TargetKind { kAny, kProbability, kSign, kNonNegative, kClassIndex };

inline constexpr std::string_view kTargetKindNames[] = {"any", "probability", "sign", "nonNegative", "classIndex"};
constexpr std::string_view nameOf(TargetKind kind) { return kTargetKindNames[static_cast<int>(kind)]; }

struct Loss {
  const char* name;
  TargetKind targets;
  RowLoss fromActivations;

  // The same from logits z, used if the last layer's activation is one of `fused`, because it stays exact for any z and
  // its gradient is Δ = ∂L/∂z at once. nullptr: the loss has no such form.
  RowLoss fromLogits;
  Table<std::string_view> fused;

  // The number of the smooth piece of the loss that output i of a row of `units` lies in, as Activation::piece.
  // nullptr: the loss is one piece.
  int (*piece)(const Scalar* prediction, const Scalar* target, Index units, Index i, const LossOptions& options);

  // The second derivatives of fromActivations, and of fromLogits where there is one.
  RowCurve curveFromActivations = nullptr;
  RowCurve curveFromLogits = nullptr;

  Table<Option<LossOptions>> options = {};  // the ones it takes
};

Table<Loss> losses();
const Loss* findLoss(std::string_view name);  // nullptr where there is none

}  // namespace mlp
