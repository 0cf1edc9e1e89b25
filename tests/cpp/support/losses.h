// Every loss with its options, and outputs that it can judge.
#pragma once

#include <string>
#include <vector>

#include "mlp/loss.h"
#include "support/testing.h"

namespace mlp {

struct Variant {
  const Loss* loss;
  LossOptions options;
  std::string words;
};

// Every loss, with its options where it has any.
inline std::vector<Variant> variants() {
  std::vector<Variant> list;
  for (const Loss& loss : losses()) {
    const std::string name = loss.name;
    list.push_back({&loss, {}, name});
    LossOptions options;
    if (name == "huber") {
      options.delta = Scalar(0.5);
      list.push_back({&loss, options, name + ", delta 0.5"});
    }
    if (name == "binaryCrossentropy") {
      options.sumReduction = true;
      list.push_back({&loss, options, name + ", summed"});
    }
    if (loss.fromLogits && name != "kullbackLeiblerDivergence") {
      options.labelSmoothing = Scalar(0.125);
      list.push_back({&loss, options, name + ", smoothed" + (options.sumReduction ? " and summed" : "")});
    }
  }
  return list;
}

// Predictions in the domain of the loss.
inline Matrix randomPredictions(Random& random, TargetKind kind, Index rows, Index units) {
  Matrix p = randomNormal(random, rows, units, 1.5);
  if (kind == TargetKind::kNonNegative) p = p.cwiseAbs().array() + Scalar(0.1);
  if (kind == TargetKind::kProbability || kind == TargetKind::kClassIndex) {
    for (Index i = 0; i < p.size(); ++i) p.data()[i] = static_cast<Scalar>(random.uniform(0.05, 0.95));
  }
  return p;
}

inline double rowLoss(const Variant& variant, const Matrix& p, const Matrix& y, Index row, Scalar scale = 1,
                      Scalar* gradient = nullptr) {
  return variant.loss->fromActivations(p.row(row).data(), y.row(row).data(), p.cols(), variant.options, scale,
                                       gradient);
}

}  // namespace mlp
