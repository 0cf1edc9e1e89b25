#include "mlp/objective.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/losses.h"
#include "support/testing.h"

namespace mlp {
namespace {

// The loss and Δ that an objective gives for z and a of one output layer.
struct Judged {
  double loss;
  Matrix delta;
};

Judged judge(const Objective& objective, const Matrix& z, const Matrix& a, const Matrix& y) {
  Judged judged{0, Matrix(z.rows(), z.cols())};
  judged.loss = objective.evaluate(view(z), view(a), view(y), judged.delta.data());
  return judged;
}

Matrix activate(const Activation& activation, const Matrix& z) {
  Matrix a = z;
  if (activation.forward) activation.forward(z.data(), a.data(), z.rows(), z.cols(), 0);
  return a;
}

// Probabilities of logits, for a loss that is fused with this activation.
Matrix probabilities(std::string_view activation, const Matrix& z) {
  return activate(activationCalled(activation == "logSoftmax" ? "softmax" : activation), z);
}

TEST(ObjectiveTest, FusedPairsAgreeWithTheTwoStepsTheyReplace) {
  Random random = testRandom(22);
  for (const Variant& variant : variants()) {
    for (const std::string_view name : variant.loss->fused) {
      const Activation& activation = activationCalled(name);
      const Activation& link = activationCalled(name == "logSoftmax" ? "softmax" : name);
      const Matrix z = randomNormal(random, 9, 4), y = randomTargets(random, variant.loss->targets, 9, 4);
      const Matrix p = probabilities(name, z);
      const Objective objective(*variant.loss, variant.options, activation, 0);
      ASSERT_TRUE(objective.fused());
      const Judged fused = judge(objective, z, activate(activation, z), y);

      double loss = 0;
      Matrix delta(9, 4);
      for (Index row = 0; row < 9; ++row) loss += rowLoss(variant, p, y, row, Scalar(1) / 9, delta.row(row).data()) / 9;
      link.backward(z.data(), p.data(), delta.data(), 9, 4, 0);
      EXPECT_NEAR(fused.loss, loss, within(1e-13, 2e-6)) << variant.words << " after " << name;
      EXPECT_LT(difference(fused.delta, delta), within(1e-13, 2e-6)) << variant.words << " after " << name;
    }
  }
}

TEST(ObjectiveTest, FromLogitsAfterALinearLayerIsTheFusedPair) {
  Random random = testRandom(23);
  for (const Variant& variant : variants()) {
    if (!variant.loss->fromLogits) continue;
    LossOptions options = variant.options;
    options.fromLogits = true;
    const std::string_view name = variant.loss->fused.front();
    const Matrix z = randomNormal(random, 5, 3), y = randomTargets(random, variant.loss->targets, 5, 3);
    const Judged fromLogits = judge(Objective(*variant.loss, options, activationCalled("linear"), 0), z, z, y);
    const Judged fused = judge(Objective(*variant.loss, variant.options, activationCalled(name), 0), z,
                               activate(activationCalled(name), z), y);
    EXPECT_EQ(fromLogits.loss, fused.loss) << variant.words;
    EXPECT_TRUE(sameBits(fromLogits.delta, fused.delta)) << variant.words;
  }
}

TEST(ObjectiveTest, TheErrorSignalOfFusedPairsIsPredictionLessTarget) {
  Random random = testRandom(24);
  const Matrix z = randomNormal(random, 8, 5);
  LossOptions sum;
  sum.sumReduction = true;
  const Matrix labels = randomTargets(random, TargetKind::kProbability, 8, 5);
  Matrix a = activate(activationCalled("sigmoid"), z);
  EXPECT_LT(
      difference(
          judge(Objective(lossCalled("binaryCrossentropy"), sum, activationCalled("sigmoid"), 0), z, a, labels).delta,
          Matrix((a - labels) / 8)),
      within(1e-15, 1e-6));
  const Matrix classes = randomTargets(random, TargetKind::kClassIndex, 8, 5);
  a = activate(activationCalled("softmax"), z);
  EXPECT_LT(difference(judge(Objective(lossCalled("categoricalCrossentropy"), {}, activationCalled("softmax"), 0), z, a,
                             classes)
                           .delta,
                       Matrix((a - classes) / 8)),
            within(1e-15, 1e-6));
}

TEST(ObjectiveTest, HugeLogitsGiveFiniteLossAndGradients) {
  const Matrix pattern = (Matrix(6, 3) << 1, -1, 0, -1, 1, 1, 1, 1, 1, -1, -1, -1, 0.5, 1, -0.5, 0, 0, 1).finished();
  const Matrix y = (Matrix(6, 3) << 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0).finished();
  for (const double size : {88.0, 1e4, 1e30}) {
    const Matrix z = Scalar(size) * pattern;
    for (const Variant& variant : variants()) {
      for (const std::string_view name : variant.loss->fused) {
        const Objective objective(*variant.loss, variant.options, activationCalled(name), 0);
        const Judged judged = judge(objective, z, activate(activationCalled(name), z), y);
        EXPECT_TRUE(std::isfinite(judged.loss)) << variant.words << " after " << name << ", logits ±" << size;
        EXPECT_TRUE(judged.delta.allFinite()) << variant.words << " after " << name << ", logits ±" << size;
        EXPECT_GT(judged.loss, size / 8) << "wrong answers this sure cost in proportion";
        EXPECT_LE(judged.delta.cwiseAbs().maxCoeff(), 1) << "|ŷ − y| ≤ 1";
      }
    }
  }
}

TEST(ObjectiveTest, HugeLogitsGiveTheExactLossAndErrorSignal) {
  const Matrix z = (Matrix(2, 2) << 1e4, -1e4, -1e4, 1e4).finished();
  const Matrix y = (Matrix(2, 2) << 0, 0, 0, 1).finished();
  const Judged binary = judge(Objective(lossCalled("binaryCrossentropy"), {}, activationCalled("sigmoid"), 0), z,
                              activate(activationCalled("sigmoid"), z), y);
  EXPECT_EQ(binary.loss, 1e4 / 4);
  EXPECT_EQ(binary.delta(0, 0), Scalar(0.25));
  EXPECT_NEAR(double(binary.delta(0, 1)), 0, 1e-30);
  EXPECT_NEAR(double(binary.delta(1, 1)), 0, 1e-30);

  const Matrix classes = (Matrix(2, 2) << 0, 1, 0, 1).finished();
  const Judged categorical = judge(Objective(lossCalled("categoricalCrossentropy"), {}, activationCalled("softmax"), 0),
                                   z, activate(activationCalled("softmax"), z), classes);
  EXPECT_EQ(categorical.loss, 1e4);
  EXPECT_EQ(categorical.delta(0, 0), Scalar(0.5));
  EXPECT_EQ(categorical.delta(0, 1), Scalar(-0.5));
  EXPECT_NEAR(double(categorical.delta.row(1).norm()), 0, 1e-30);
}

double fusedLoss(const char* name, const char* activation, const Matrix& z, const Matrix& y) {
  return judge(Objective(lossCalled(name), {}, activationCalled(activation), 0), z,
               activate(activationCalled(activation), z), y)
      .loss;
}

TEST(ObjectiveTest, TheSmallLossesOfSureAnswersKeepTheirDigits) {
  const Matrix one = Matrix::Ones(1, 1), zero = Matrix::Zero(1, 1);
  for (const double z : {3.0, 10.0, 20.0, 40.0}) {
    const double expected = std::log1p(std::exp(-z));
    EXPECT_NEAR(fusedLoss("binaryCrossentropy", "sigmoid", Scalar(z) * one, one) / expected, 1, 1e-6) << z;
    EXPECT_NEAR(fusedLoss("binaryCrossentropy", "sigmoid", Scalar(-z) * one, zero) / expected, 1, 1e-6) << -z;
  }
  for (const double d : {1e-1, 1e-2, 1e-3, 1e-4}) {
    const Scalar p = Scalar(d), y = 0;
    const double value = lossCalled("logCosh").fromActivations(&p, &y, 1, {}, 1, nullptr);
    EXPECT_NEAR(value / (d * d / 2 - d * d * d * d / 12), 1, 1e-5) << d;
  }
}

TEST(ObjectiveTest, WhatAllLogitsShareCostsNoDigits) {
  const Matrix y = (Matrix(1, 3) << 0, 1, 0).finished();
  const Matrix z = (Matrix(1, 3) << 0.5, 1.25, -2).finished(), shifted = (z.array() + Scalar(8192)).matrix();
  for (const char* name : {"categoricalCrossentropy", "sparseCategoricalCrossentropy", "kullbackLeiblerDivergence"}) {
    EXPECT_EQ(fusedLoss(name, "softmax", shifted, y), fusedLoss(name, "softmax", z, y)) << name;
  }
}

TEST(ObjectiveTest, SumReductionIsTheMeanTimesTheOutputs) {
  Random random = testRandom(25);
  const Matrix z = randomNormal(random, 4, 3), a = activate(activationCalled("sigmoid"), z);
  const Matrix y = randomTargets(random, TargetKind::kProbability, 4, 3);
  LossOptions options;
  const Judged mean =
      judge(Objective(lossCalled("binaryCrossentropy"), options, activationCalled("sigmoid"), 0), z, a, y);
  options.sumReduction = true;
  const Judged sum =
      judge(Objective(lossCalled("binaryCrossentropy"), options, activationCalled("sigmoid"), 0), z, a, y);
  EXPECT_NEAR(sum.loss, 3 * mean.loss, within(1e-14, 1e-6));
  EXPECT_LT(difference(sum.delta, Matrix(3 * mean.delta)), within(1e-14, 1e-6));
}

TEST(ObjectiveTest, FullLabelSmoothingForgetsTheLabels) {
  Random random = testRandom(26);
  LossOptions options;
  options.labelSmoothing = 1;
  const Matrix z = randomNormal(random, 4, 3);
  const Matrix one = oneHotRows({0, 1, 2, 0}, 3), other = oneHotRows({2, 2, 1, 1}, 3);
  for (const char* name : {"binaryCrossentropy", "categoricalCrossentropy", "sparseCategoricalCrossentropy"}) {
    const Loss& loss = lossCalled(name);
    const Activation& activation = activationCalled(loss.fused.front());
    const Objective objective(loss, options, activation, 0);
    const Matrix a = activate(activation, z);
    EXPECT_EQ(judge(objective, z, a, one).loss, judge(objective, z, a, other).loss) << name;
  }
}

TEST(ObjectiveTest, TheLossOfABatchIsTheMeanOverItsRows) {
  Random random = testRandom(27);
  for (const Variant& variant : variants()) {
    const Matrix z = randomPredictions(random, variant.loss->targets, 6, 3);
    const Matrix y = randomTargets(random, variant.loss->targets, 6, 3);
    const Objective objective(*variant.loss, variant.options, activationCalled("linear"), 0);
    EXPECT_FALSE(objective.fused());
    double sum = 0;
    Matrix deltas(6, 3);
    for (Index row = 0; row < 6; ++row) {
      const Matrix zRow = z.row(row), yRow = y.row(row);
      const Judged one = judge(objective, zRow, zRow, yRow);
      sum += one.loss;
      deltas.row(row) = one.delta / 6;
    }
    const Judged whole = judge(objective, z, z, y);
    EXPECT_NEAR(whole.loss, sum / 6, within(1e-15, 1e-15) * 6 * std::abs(sum)) << variant.words;
    EXPECT_NEAR(objective.sum(view(z), view(z), view(y)), sum, 1e-14 * std::abs(sum)) << variant.words;
    EXPECT_LT(difference(whole.delta, deltas), within(1e-15, 1e-6)) << variant.words;
  }
}

TEST(ObjectiveTest, ARowOfWeightZeroAddsNothingEvenWhereItsLossIsInfinite) {
  const Scalar infinity = std::numeric_limits<Scalar>::infinity(), nan = std::numeric_limits<Scalar>::quiet_NaN();
  for (const Scalar stray : {infinity, -infinity, nan, Scalar(3e38)}) {
    const Matrix z = (Matrix(2, 2) << stray, 1, 2, 3).finished(), y = (Matrix(2, 2) << -3e38, 1, 2, 1).finished();
    const Scalar weights[] = {0, 1};
    const Objective objective(lossCalled("meanSquaredError"), {}, activationCalled("linear"), 0);
    Matrix delta(2, 2);
    EXPECT_EQ(objective.evaluate(view(z), view(z), view(y), delta.data(), weights), 1);
    EXPECT_EQ(delta, (Matrix(2, 2) << 0, 0, 0, 1).finished());
    EXPECT_EQ(objective.sum(view(z), view(z), view(y), weights), 2);
  }
}

TEST(ObjectiveTest, FromLogitsIsRefusedWhereItMakesNoSense) {
  LossOptions options;
  options.fromLogits = true;
  for (const Loss& loss : losses()) {
    for (const Activation& activation : activations()) {
      const bool sensible = loss.fromLogits && std::string(activation.name) == "linear";
      if (sensible) {
        EXPECT_TRUE(Objective(loss, options, activation, 0).fused());
        continue;
      }
      try {
        Objective(loss, options, activation, 0);
        ADD_FAILURE() << loss.name << " from logits after " << activation.name << " was accepted";
      } catch (const std::invalid_argument& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("fromLogits"), std::string::npos) << message;
        EXPECT_NE(message.find(loss.name), std::string::npos) << message;
        EXPECT_NE(message.find(activation.name), std::string::npos) << message;
      }
    }
  }
}

}  // namespace
}  // namespace mlp
