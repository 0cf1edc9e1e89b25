// Document 002, "Deriving Backpropagation": its methods work here, and none of its slips got in.
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

TEST(Document002GeneralEquations, EquationsOneToFourHoldForReluSigmoidAndSoftmax) {
  Random random = testRandom(120);
  LossOptions sum;
  sum.sumReduction = true;
  const Matrix x = randomNormal(random, 7, 4);
  for (const char* hidden : {"relu", "sigmoid"}) {
    Network multiLabel = randomNetwork(random, 4, {{5, hidden}, {6, hidden}, {3, "sigmoid"}});
    expectAsByPlainLoops(multiLabel, x, randomLabels(random, 7, 3), objectiveOf(multiLabel, "binaryCrossentropy", sum),
                         predictionLessTarget, binaryCrossentropySum);
    Network classes = randomNetwork(random, 4, {{5, hidden}, {6, hidden}, {3, "softmax"}});
    expectAsByPlainLoops(classes, x, randomTargets(random, TargetKind::kClassIndex, 7, 3),
                         objectiveOf(classes, "categoricalCrossentropy"), predictionLessTarget,
                         categoricalCrossentropy);
  }
}

// φ = −2/n (y − a) where z > 0, else 0
TEST(Document002GeneralEquations, ReluMayBeTheOutputOfAMeanSquaredError) {
  Random random = testRandom(121);
  Network network = randomNetwork(random, 4, {{5, "relu"}, {3, "relu"}});
  const Matrix x = randomNormal(random, 9, 4), y = randomNormal(random, 9, 3);
  const LastDelta delta = [](const PlainLayer& last, const Column& target) {
    Column phi;
    for (std::size_t i = 0; i < target.size(); ++i) {
      phi.push_back(last.z[i] > 0 ? -2.0 / 3 * (target[i] - last.a[i]) : 0);
    }
    return phi;
  };
  const auto loss = [](const Column& p, const Column& target) { return 2 * sumOfSquares(p, target) / 3; };
  expectAsByPlainLoops(network, x, y, objectiveOf(network, "meanSquaredError"), delta, loss);
  EXPECT_TRUE((network.z(1).array() > 0).any() && (network.z(1).array() < 0).any());
}

TEST(Document002GeneralEquations, TheSlopeOfReluAtZeroIsZero) {
  Network network = makeNetwork(1, {{1, "relu"}, {1, "linear"}});
  network.parameters() << 0, 0, 1, 0;
  const Matrix x = Matrix::Ones(1, 1), y = Matrix::Ones(1, 1);
  network.lossAndGradients(view(x), view(y), objectiveOf(network, "meanSquaredError"));
  EXPECT_EQ(network.z(0)(0, 0), 0);
  EXPECT_EQ(network.delta(1)(0, 0), -2);
  EXPECT_EQ(network.delta(0)(0, 0), 0);
}

// L = −z_γ + ln Σ e^z
TEST(Document002GeneralEquations, SoftmaxWithCrossEntropyIsTheLogSumExpOfTheLogits) {
  for (const double size : {1.0, 100.0, 1e4}) {
    Network network = makeNetwork(3, {{3, "softmax", false}});
    network.parameters().setZero();
    for (Index i = 0; i < 3; ++i) network.parameters()[4 * i] = 1;  // z = x
    const Matrix x = Scalar(size) * (Matrix(2, 3) << 0.5, -1, 1, 0.25, 0.75, -0.5).finished();
    const Matrix y = oneHotRows({1, 1}, 3);
    const double loss = network.lossAndGradients(view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
    double expected = 0;
    for (Index row = 0; row < 2; ++row) {
      const Column z = rowOf(x, row);
      const double top = *std::max_element(z.begin(), z.end());
      double sum = 0;
      for (const double zk : z) sum += std::exp(zk - top);
      expected += (top + std::log(sum) - z[1]) / 2;
    }
    EXPECT_NEAR(loss, expected, kTolerance * expected) << "logits of " << size;
    EXPECT_TRUE(network.gradients().allFinite());
  }
}

// 002 §2.2 writes Σₖ w φᵢ σ(z): the wrong unit's error signal, and σ without its prime.
TEST(Slip002, TheRecursionSumsTheErrorSignalsOfTheNextLayerTimesTheSlope) {
  const Square s(201);
  const auto core = Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3);
  const auto sigma = [&](std::size_t i) { return sigmoidOf(s.z1()[i]); };
  expectNear(core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * s.slope(i); }), kTolerance,
             "φ");
  EXPECT_TRUE(
      clearlyDiffers(core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[i] * sigma(i); })));
  EXPECT_TRUE(
      clearlyDiffers(core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[i] * s.slope(i); })));
  EXPECT_TRUE(
      clearlyDiffers(core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * sigma(i); })));
}

// 002 §3.2.1 writes ∇L = −y/a − (1 − y)/(1 − a).
TEST(Slip002, TheSlopeOfTheBinaryCrossEntropyHasAPlusSign) {
  LossOptions options;
  options.sumReduction = true;
  const Matrix a = (Matrix(1, 4) << 0.2, 0.7, 0.4, 0.9).finished(), y = (Matrix(1, 4) << 0, 0, 1, 0.5).finished();
  Matrix slope(1, 4);
  lossCalled("binaryCrossentropy").fromActivations(a.data(), y.data(), 4, options, 1, slope.data());
  Column right, slip;
  for (Index i = 0; i < 4; ++i) {
    const double p = static_cast<double>(a(0, i)), t = static_cast<double>(y(0, i));
    right.push_back(-t / p + (1 - t) / (1 - p));
    slip.push_back(-t / p - (1 - t) / (1 - p));
  }
  expectNear(Vector(slope.row(0)), right, kTolerance, "∇L");
  EXPECT_TRUE(clearlyDiffers(Vector(slope.row(0)), slip));

  // So the fused error signal of a sigmoid is a − y, and the slip would give another.
  const Square s(202, "binaryCrossentropy");
  Column fused, fusedSlip;
  for (std::size_t i = 0; i < 3; ++i) {
    const double p = s.plain.layers[1].a[i], t = static_cast<double>(s.y(0, static_cast<Index>(i)));
    fused.push_back((-t / p + (1 - t) / (1 - p)) * p * (1 - p));
    fusedSlip.push_back((-t / p - (1 - t) / (1 - p)) * p * (1 - p));
  }
  const auto core = Eigen::Map<const Eigen::VectorXd>(s.lastDelta.data(), 3);
  expectNear(core, fused, kTolerance, "φ");
  EXPECT_TRUE(clearlyDiffers(core, fusedSlip));
}

// 002 §3.2.2 writes σ(x)(1 − σ(x)) and so takes the slope where the layer's input is; read as the output's
// case copied, the error signal would not pass the kernel at all.
TEST(Slip002, AHiddenSigmoidHasItsSlopeAtItsOwnPreActivation) {
  const Square s(203, "binaryCrossentropy");
  const auto core = Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3);
  const auto slopeAt = [](double x) { return sigmoidOf(x) * (1 - sigmoidOf(x)); };
  expectNear(core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * slopeAt(s.z1()[i]); }),
             kTolerance, "φ");
  EXPECT_TRUE(clearlyDiffers(
      core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * slopeAt(s.plain.input[i]); })));
  Column copied;
  for (std::size_t i = 0; i < 3; ++i) copied.push_back(s.lastDelta[i] * slopeAt(s.z1()[i]));
  EXPECT_TRUE(clearlyDiffers(core, copied));
}

// 000 and 001 halve the squared error, 002 takes its mean over the outputs: each has its own name.
TEST(SlipOfTheScalings, TheThreeSquaredErrorsHaveDifferentNames) {
  const Matrix p = (Matrix(1, 3) << 1, 2, 4).finished(), y = (Matrix(1, 3) << 0, 4, 1).finished();  // errors 1, −2, 3
  Matrix slope(1, 3);
  const LossOptions options;
  EXPECT_EQ(lossCalled("sumOfSquares").fromActivations(p.data(), y.data(), 3, options, 1, slope.data()), 7) << "½Σ";
  EXPECT_EQ(slope, (Matrix(1, 3) << 1, -2, 3).finished());
  const double mean = lossCalled("meanSquaredError").fromActivations(p.data(), y.data(), 3, options, 1, slope.data());
  EXPECT_NEAR(mean, 14.0 / 3, kTolerance) << "1/n Σ";
  expectNear(Vector(slope.row(0)), {2.0 / 3, -4.0 / 3, 2}, kTolerance, "2/n (ŷ − y)");
  EXPECT_GT(std::abs(mean - 7), 1);
  // With one output sumOfSquares is the ½(ŷ − y)² of 000 and 001, and half of 002's.
  EXPECT_EQ(lossCalled("sumOfSquares").fromActivations(p.data() + 2, y.data() + 2, 1, options, 1, slope.data()), 4.5);
  EXPECT_EQ(slope(0, 0), 3);
  EXPECT_EQ(lossCalled("meanSquaredError").fromActivations(p.data() + 2, y.data() + 2, 1, options, 1, slope.data()), 9);
  EXPECT_EQ(slope(0, 0), 6);
}

}  // namespace
}  // namespace mlp
