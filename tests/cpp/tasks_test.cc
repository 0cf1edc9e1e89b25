// Small problems that a network has to learn, each from a fixed seed to a stated loss or accuracy. Each
// prints what it reached.

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "mlp/training/trainer.h"
#include "support/testing.h"

namespace mlp {
namespace {

constexpr double kPi = 3.14159265358979324;

OptimizerOptions learningRate(double value, double momentum = 0) {
  OptimizerOptions options;
  options.learningRate = value;
  options.momentum = momentum;
  return options;
}

struct Score {
  double loss, accuracy;
};

Score evaluate(Model& model, const Samples& samples) {
  Totals totals = model.emptyTotals();
  model.evaluate(samples, 0, samples.rows, 64, totals);
  const Score score{model.meanLoss(totals), model.metricCount() == 0 ? 0 : model.result(0, totals)};
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::cout << test->name() << ": loss " << score.loss << ", accuracy " << score.accuracy << '\n';
  return score;
}

void train(Model& model, const Samples& samples, Index batchSize, int epochs) {
  Trainer trainer(model, samples, batchSize, true);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    trainer.beginEpoch();
    trainer.run(trainer.batchesPerEpoch(), 1e9);
  }
}

// Samples with a class each.
struct Points {
  Matrix x;
  std::vector<std::int32_t> classes;

  Samples samples() const { return samplesOf(x, nullptr, &classes); }
};

struct Xor {
  Matrix x = (Matrix(4, 2) << 0, 0, 0, 1, 1, 0, 1, 1).finished();
  Matrix y = (Matrix(4, 1) << 0, 1, 1, 0).finished();
  Samples samples() const { return samplesOf(x, &y, nullptr); }
};

TEST(Tasks, XorIsLearntBySigmoidsAndSumOfSquares) {
  const Xor xors;
  Model model =
      makeModel(2, {{4, "sigmoid"}, {1, "sigmoid"}}, "sumOfSquares", "sgd", learningRate(2, 0.9), {"accuracy"});
  train(model, xors.samples(), 4, 1500);
  const Score score = evaluate(model, xors.samples());
  EXPECT_LT(score.loss, 1e-3);
  EXPECT_EQ(score.accuracy, 1);
}

TEST(Tasks, XorIsLearntByTwoHiddenTanhUnitsAndAdam) {
  const Xor xors;
  Model model =
      makeModel(2, {{2, "tanh"}, {1, "sigmoid"}}, "binaryCrossentropy", "adam", learningRate(0.1), {"accuracy"}, 2);
  train(model, xors.samples(), 4, 500);
  const Score score = evaluate(model, xors.samples());
  EXPECT_LT(score.loss, 1e-2);
  EXPECT_EQ(score.accuracy, 1);
}

// Lang & Witbrock 1988: two arms of 97 points and three turns each.
TEST(Tasks, TwoSpiralsAreToldApart) {
  constexpr int kPerArm = 97;
  Points spirals{Matrix(2 * kPerArm, 2), {}};
  for (int i = 0; i < kPerArm; ++i) {
    const double angle = i * kPi / 16, radius = 2.5 * (104 - i) / 104;
    for (const int arm : {0, 1}) {
      const double sign = arm == 0 ? 1 : -1;
      spirals.x.row(2 * i + arm) << static_cast<Scalar>(sign * radius * std::sin(angle)),
          static_cast<Scalar>(sign * radius * std::cos(angle));
      spirals.classes.push_back(arm);
    }
  }
  const LayerSpec hidden = {24, "gelu", true, std::nan(""), "heNormal"};
  Model model = makeModel(2, {hidden, hidden, {2, "softmax"}}, "sparseCategoricalCrossentropy", "adam",
                          learningRate(0.01), {"accuracy"});
  EXPECT_LT(evaluate(model, spirals.samples()).accuracy, 0.7);
  train(model, spirals.samples(), 32, 500);
  const Score score = evaluate(model, spirals.samples());
  EXPECT_LT(score.loss, 0.05);
  EXPECT_EQ(score.accuracy, 1);
}

TEST(Tasks, TheSineIsFitted) {
  constexpr Index kRows = 128;
  Matrix x(kRows, 1), y(kRows, 1), between(kRows, 1), sine(kRows, 1);
  for (Index i = 0; i < kRows; ++i) {
    x(i, 0) = static_cast<Scalar>(-kPi + 2 * kPi * static_cast<double>(i) / kRows);
    between(i, 0) = x(i, 0) + static_cast<Scalar>(kPi / kRows);
    y(i, 0) = std::sin(x(i, 0));
    sine(i, 0) = std::sin(between(i, 0));
  }
  Model model =
      makeModel(1, {{16, "tanh"}, {16, "tanh"}, {1, "linear"}}, "meanSquaredError", "adam", learningRate(0.01));
  train(model, samplesOf(x, &y, nullptr), 32, 200);
  EXPECT_LT(evaluate(model, samplesOf(x, &y, nullptr)).loss, 1e-3);
  EXPECT_LT(evaluate(model, samplesOf(between, &sine, nullptr)).loss, 1e-3) << "between the points too";
}

// Three classes in four dimensions, of the means and spreads of the iris flowers (Fisher 1936): one stands
// apart, two touch.
Points irisLike(std::uint32_t number, int perClass) {
  const double means[3][4] = {{5.01, 3.43, 1.46, 0.25}, {5.94, 2.77, 4.26, 1.33}, {6.59, 2.97, 5.55, 2.03}};
  const double spreads[3][4] = {{0.35, 0.38, 0.17, 0.11}, {0.52, 0.31, 0.47, 0.20}, {0.64, 0.32, 0.55, 0.27}};
  Random random = testRandom(number);
  Points points{Matrix(3 * perClass, 4), {}};
  for (int i = 0; i < 3 * perClass; ++i) {
    for (int j = 0; j < 4; ++j) {
      const double mean = (means[0][j] + means[1][j] + means[2][j]) / 3;  // taken off: networks like centred inputs
      points.x(i, j) = static_cast<Scalar>(means[i % 3][j] - mean + spreads[i % 3][j] * random.normal());
    }
    points.classes.push_back(i % 3);
  }
  return points;
}

TEST(Tasks, IrisLikeBlobsAreClassified) {
  const Points training = irisLike(300, 50), test = irisLike(301, 50);
  for (const char* optimizer : {"sgd", "rmsprop", "adam"}) {
    Model model = makeModel(
        4, {{8, "relu", true, std::nan(""), "heNormal"}, {3, "softmax"}}, "sparseCategoricalCrossentropy", optimizer,
        optimizer == std::string("sgd") ? learningRate(0.05, 0.9) : learningRate(0.01), {"accuracy"});
    train(model, training.samples(), 16, 60);
    EXPECT_GE(evaluate(model, training.samples()).accuracy, 0.96) << optimizer;
    const Score unseen = evaluate(model, test.samples());
    EXPECT_GE(unseen.accuracy, 0.94) << optimizer;
    EXPECT_LT(unseen.loss, 0.2) << optimizer;
  }
}

TEST(Tasks, AWideHingeSeparatesTwoBlobs) {
  Random random = testRandom(302);
  Matrix x = randomNormal(random, 80, 2, 0.5), y(80, 1);
  for (Index row = 0; row < 80; ++row) {
    y(row, 0) = row % 2 ? Scalar(1) : Scalar(-1);
    x.row(row).array() += Scalar(1.5) * y(row, 0);
  }
  Model model = makeModel(2, {{1, "linear"}}, "hinge", "sgd", learningRate(0.1), {"accuracy"});
  const Samples samples = samplesOf(x, &y, nullptr);
  train(model, samples, 16, 50);
  const Score score = evaluate(model, samples);
  EXPECT_EQ(score.accuracy, 1);
  EXPECT_LT(score.loss, 0.02);
}

}  // namespace
}  // namespace mlp
