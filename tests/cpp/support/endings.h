// The ends that networks may have: every loss after every activation that it can judge.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {

enum class Range { kAny, kPositive, kUnit };

// The range of an activation's outputs for ordinary z, found by trying.
inline Range rangeOf(const Activation& activation) {
  if (!activation.forward) return Range::kAny;
  Random random = testRandom(53);
  Matrix z(50, 4), a(50, 4);
  for (Index i = 0; i < z.size(); ++i) z.data()[i] = static_cast<Scalar>(random.uniform(-2.9, 2.9));
  activation.forward(z.data(), a.data(), 50, 4, static_cast<Scalar>(activation.defaultAlpha));
  return a.minCoeff() <= 0 ? Range::kAny : a.maxCoeff() >= 1 ? Range::kPositive : Range::kUnit;
}

// True if a loss can judge the outputs of this activation, because logarithms need probabilities, or at least positive
// numbers.
inline bool makesSense(const Loss& loss, const Activation& output) {
  if (std::find(loss.fused.begin(), loss.fused.end(), output.name) != loss.fused.end()) return true;
  // No outputs that may all be near 0, because there their direction turns too fast for the long steps of differences
  // in float.
  if (!kDouble && loss.name == std::string_view("cosineSimilarity")) return rangeOf(output) != Range::kAny;
  switch (loss.targets) {
    case TargetKind::kProbability:
    case TargetKind::kClassIndex:
      return rangeOf(output) == Range::kUnit;
    case TargetKind::kNonNegative:
      return rangeOf(output) != Range::kAny;
    default:
      return true;
  }
}

struct Ending {
  const Loss* loss;
  LossOptions options;
  const Activation* output;
};

// Every loss after every activation that it can judge, and after logits.
inline std::vector<Ending> endings() {
  std::vector<Ending> list;
  for (const Loss& loss : losses()) {
    for (const Activation& output : activations()) {
      if (makesSense(loss, output)) list.push_back({&loss, {}, &output});
    }
    if (!loss.fromLogits) continue;
    LossOptions options;
    options.fromLogits = true;
    list.push_back({&loss, options, &activationCalled("linear")});
    if (loss.targets == TargetKind::kProbability && std::string(loss.name) == "binaryCrossentropy") {
      options.sumReduction = true;
    }
    options.labelSmoothing = Scalar(0.125);
    list.push_back({&loss, options, &activationCalled("linear")});
  }
  return list;
}

// Draws parameters for which differences are exact enough. Logarithms bend too much near zero, so their arguments stay
// above 0.1: the outputs, and for the binary cross-entropy 1 − output (but for softmax of one unit, which is 1). A
// direction turns too fast near zero, so the outputs of each row stay longer than 0.3 if their cosine is taken.
inline void drawParameters(Network& network, Random& random, const Ending& ending, const Objective& objective,
                           ConstMatrixMap x) {
  const TargetKind targets = ending.loss->targets;
  const bool logarithm = !objective.fused() && targets != TargetKind::kAny && targets != TargetKind::kSign;
  const bool direction = ending.loss->name == std::string_view("cosineSimilarity");
  for (double stddev = 0.4; stddev > 1e-3 && stddev < 20; stddev *= direction ? 1.1 : 0.9) {
    randomizeParameters(network, random, stddev);
    const ConstMatrixMap outputs = network.forward(x);
    if (!(outputs.cwiseAbs().maxCoeff() < 100)) continue;  // a tower of exponentials
    if (direction && !(outputs.rowwise().norm().minCoeff() > 0.3)) continue;
    if (!logarithm) return;
    if (outputs.minCoeff() > 0.1 && (targets != TargetKind::kProbability || outputs.maxCoeff() < 0.9)) return;
  }
}

}  // namespace mlp
