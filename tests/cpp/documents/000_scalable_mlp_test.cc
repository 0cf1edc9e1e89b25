// Document 000, "Backpropagation Explanation for a Scalable Multilayer Perceptron":
// its methods work here, and none of its slips got in.
//
// Each test of a slip computes what the document should say and what it says; the core agrees with the first and with
// the second not at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/plain.h"

namespace mlp {
namespace {

TEST(Document000ScalableMlpWithSumOfSquares, HasAnyNumberOfSigmoidLayersOfAnySizeAndAnyOutputWidth) {
  const std::vector<std::vector<Index>> sizes = {{1}, {3}, {4, 1}, {1, 1, 1}, {9, 2, 5}, {3, 7, 2, 6, 4, 8, 2}};
  Random random = testRandom(100);
  for (const std::vector<Index>& units : sizes) {
    std::vector<LayerSpec> layers;
    for (const Index n : units) layers.push_back({n, "sigmoid"});
    Network network = randomNetwork(random, 5, layers);
    const Matrix x = randomNormal(random, 7, 5), y = randomLabels(random, 7, units.back());
    expectAsByPlainLoops(network, x, y, objectiveOf(network, "sumOfSquares"), sumOfSquaresDelta, sumOfSquares);
  }
}

TEST(Document000ScalableMlpWithSumOfSquares, StepsByFullBatchGradientDescent) {
  Random random = testRandom(101);
  Model model = makeModel(2, {{3, "sigmoid"}, {1, "sigmoid"}}, "sumOfSquares", "sgd", rate(0.5));
  const Matrix x = randomNormal(random, 9, 2), y = randomLabels(random, 9, 1);
  Network network = makeNetwork(2, {{3, "sigmoid"}, {1, "sigmoid"}});
  network.parameters() = model.network.parameters();
  network.lossAndGradients(view(x), view(y), model.objective());
  train(model, samplesOf(x, &y, nullptr), 9, 1);
  const Vector expected = network.parameters() - Scalar(0.5) * network.gradients();  // θ − α∇L
  EXPECT_TRUE(sameBits(model.network.parameters(), expected));
}

TEST(Document000ScalableMlpWithSumOfSquares, LearnsABinaryProblem) {
  constexpr Index kRows = 150;
  Random random = testRandom(102);
  const Matrix x = randomNormal(random, kRows, 2);
  Matrix y(kRows, 1);
  for (Index row = 0; row < kRows; ++row) y(row, 0) = x.row(row).squaredNorm() < 1.2 ? 1 : 0;  // inside a circle
  Model model =
      makeModel(2, {{6, "sigmoid"}, {4, "sigmoid"}, {1, "sigmoid"}}, "sumOfSquares", "sgd", rate(8), {"accuracy"});
  const Samples samples = samplesOf(x, &y, nullptr);
  EXPECT_LT(accuracyOf(model, samples), 0.8);
  train(model, samples, kRows, 1500);
  EXPECT_GE(accuracyOf(model, samples), 0.97);
  EXPECT_LT(model.network.loss(view(x), view(y), model.objective()), 0.03);
}

// 000 §3.3 writes (W·δ) ⊙ σ'.
TEST(Slip000, TheErrorSignalComesBackThroughTheTransposedKernel) {
  const Square s(200);
  const Column right = s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * s.slope(i); });
  const Column slip = s.eachUnit([&](auto i, auto k) { return s.w2()[i][k] * s.lastDelta[k] * s.slope(i); });
  expectNear(Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3), right, kTolerance, "δ");
  EXPECT_TRUE(clearlyDiffers(Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3), slip));
}

}  // namespace
}  // namespace mlp
