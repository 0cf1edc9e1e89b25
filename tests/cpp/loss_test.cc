#include "mlp/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "testing.h"

namespace mlp {
namespace {

using Row = std::vector<double>;

// The value of one sample in double, straight from the definition: ŷ, y → number.
using Formula = double (*)(const Row& p, const Row& y, const LossOptions& options);

template <class Term>
double sumOf(const Row& p, const Row& y, Term term) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += term(p[i], y[i]);
  return sum;
}

template <class Term>
double meanOf(const Row& p, const Row& y, Term term) {
  return sumOf(p, y, term) / static_cast<double>(p.size());
}

double binaryCrossentropy(const Row& p, const Row& y, const LossOptions& options) {
  const double s = options.labelSmoothing;
  const auto term = [s](double q, double target) {
    const double t = target * (1 - s) + s / 2;
    return -t * std::log(q) - (1 - t) * std::log(1 - q);
  };
  return options.sumReduction ? sumOf(p, y, term) : meanOf(p, y, term);
}

double crossentropy(const Row& p, const Row& y, const LossOptions& options) {
  const double s = options.labelSmoothing, units = static_cast<double>(p.size());
  return sumOf(p, y, [=](double q, double t) { return -(t * (1 - s) + s / units) * std::log(q); });
}

const std::map<std::string, Formula>& formulas() {
  static const std::map<std::string, Formula> table = {
      {"meanSquaredError",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return (q - t) * (q - t); });
       }},
      {"sumOfSquares",
       [](const Row& p, const Row& y, const LossOptions&) {
         return sumOf(p, y, [](double q, double t) { return 0.5 * (q - t) * (q - t); });
       }},
      {"meanAbsoluteError",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return std::abs(q - t); });
       }},
      {"huber",
       [](const Row& p, const Row& y, const LossOptions& options) {
         const double delta = options.delta;
         return meanOf(p, y, [delta](double q, double t) {
           const double d = std::abs(q - t);
           return d <= delta ? 0.5 * d * d : delta * d - 0.5 * delta * delta;
         });
       }},
      {"binaryCrossentropy", binaryCrossentropy},
      {"categoricalCrossentropy", crossentropy},
      {"sparseCategoricalCrossentropy", crossentropy},
      {"hinge",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return std::max(0.0, 1 - t * q); });
       }},
      {"poisson",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return q - t * std::log(q + 1e-7); });
       }},
      {"kullbackLeiblerDivergence",
       [](const Row& p, const Row& y, const LossOptions&) {
         return sumOf(p, y, [](double q, double t) { return t > 0 ? t * std::log(t / q) : 0; });
       }},
      {"logCosh",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return std::log(std::cosh(q - t)); });
       }},
  };
  return table;
}

Row rowOf(const Matrix& matrix, Index row) {
  Row values;
  for (Index i = 0; i < matrix.cols(); ++i) values.push_back(static_cast<double>(matrix(row, i)));
  return values;
}

struct Variant {
  const Loss* loss;
  LossOptions options;
  std::string words;
};

// Every loss, with its options where it has any.
std::vector<Variant> variants() {
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
Matrix randomPredictions(Random& random, TargetKind kind, Index rows, Index units) {
  Matrix p = randomNormal(random, rows, units, 1.5);
  if (kind == TargetKind::kNonNegative) p = p.cwiseAbs().array() + Scalar(0.1);
  if (kind == TargetKind::kProbability || kind == TargetKind::kClassIndex) {
    for (Index i = 0; i < p.size(); ++i) p.data()[i] = static_cast<Scalar>(random.uniform(0.05, 0.95));
  }
  return p;
}

double rowLoss(const Variant& variant, const Matrix& p, const Matrix& y, Index row, Scalar scale = 1,
               Scalar* gradient = nullptr) {
  return variant.loss->fromActivations(p.row(row).data(), y.row(row).data(), p.cols(), variant.options, scale,
                                       gradient);
}

TEST(LossTest, NamesAreUniqueAndFound) {
  EXPECT_TRUE(allDifferent(namesIn(losses())));
  for (const Loss& loss : losses()) EXPECT_EQ(findLoss(loss.name), &loss);
  EXPECT_EQ(findLoss("mse"), nullptr);
}

TEST(LossTest, EveryLossHasItsFormulaHere) {
  for (const Loss& loss : losses()) EXPECT_EQ(formulas().count(loss.name), 1u) << loss.name;
  EXPECT_EQ(formulas().size(), losses().size());
}

TEST(LossTest, EveryFusedActivationExists) {
  for (const Loss& loss : losses()) {
    EXPECT_EQ(loss.fused.empty(), loss.fromLogits == nullptr) << loss.name;
    for (const std::string_view name : loss.fused) EXPECT_NE(findActivation(name), nullptr) << name;
  }
}

TEST(LossTest, ValuesAreThoseOfTheFormula) {
  Random random = testRandom(20);
  for (const Variant& variant : variants()) {
    for (const Index units : {1, 2, 7}) {
      const Matrix p = randomPredictions(random, variant.loss->targets, 50, units);
      const Matrix y = randomTargets(random, variant.loss->targets, 50, units);
      for (Index row = 0; row < p.rows(); ++row) {
        const double expected =
            formulas().at(variant.loss->name)(rowOf(p, row), rowOf(y, row), variant.options);
        EXPECT_NEAR(rowLoss(variant, p, y, row), expected, within(1e-13, 2e-6) * (1 + std::abs(expected)))
            << variant.words << ", " << units << " units";
      }
    }
  }
}

TEST(LossTest, GradientsAreThoseOfTheFormulaByCentralDifferences) {
  constexpr double h = 1e-5;
  constexpr Scalar kScale = Scalar(0.25);
  Random random = testRandom(21);
  for (const Variant& variant : variants()) {
    const Formula formula = formulas().at(variant.loss->name);
    for (const Index units : {1, 2, 7}) {
      const Matrix p = randomPredictions(random, variant.loss->targets, 50, units);
      const Matrix y = randomTargets(random, variant.loss->targets, 50, units);
      for (Index row = 0; row < p.rows(); ++row) {
        std::vector<Scalar> gradient(static_cast<std::size_t>(units));
        rowLoss(variant, p, y, row, kScale, gradient.data());
        for (std::size_t i = 0; i < gradient.size(); ++i) {
          Row up = rowOf(p, row), down = up;
          const Row target = rowOf(y, row);
          up[i] += h;
          down[i] -= h;
          const auto piece = [&](double q) {
            return variant.loss->piece ? variant.loss->piece(Scalar(q), Scalar(target[i]), variant.options)
                                       : 0;
          };
          if (piece(up[i]) != piece(down[i])) continue;
          const double slope =
              (formula(up, target, variant.options) - formula(down, target, variant.options)) / (2 * h);
          EXPECT_NEAR(double(gradient[i]), kScale * slope, within(1e-8, 2e-6) * (1 + std::abs(slope)))
              << variant.words << ", output " << i << " of " << units;
        }
      }
    }
  }
}

TEST(LossTest, SlopesAtKinksAreThoseThatTheHeaderPromises) {
  const Scalar y = 1;
  Scalar slope = 9;
  const LossOptions options;
  lossCalled("meanAbsoluteError").fromActivations(&y, &y, 1, options, 1, &slope);
  EXPECT_EQ(slope, 0);
  lossCalled("hinge").fromActivations(&y, &y, 1, options, 1, &slope);
  EXPECT_EQ(slope, 0) << "yŷ = 1 costs nothing";
  const Scalar two = 2;
  const double value = lossCalled("huber").fromActivations(&two, &y, 1, options, 1, &slope);
  EXPECT_EQ(value, 0.5);
  EXPECT_EQ(slope, 1) << "parabola and line meet in value and slope";
}

// What the objective does with z and a of one output layer.
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

// Probabilities of logits, where the loss is fused with this activation.
Matrix probabilities(std::string_view activation, const Matrix& z) {
  return activate(activationCalled(activation == "logSoftmax" ? "softmax" : activation), z);
}

TEST(LossTest, FusedPairsAgreeWithTheTwoStepsTheyReplace) {
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
      for (Index row = 0; row < 9; ++row)
        loss += rowLoss(variant, p, y, row, Scalar(1) / 9, delta.row(row).data()) / 9;
      link.backward(z.data(), p.data(), delta.data(), 9, 4, 0);
      EXPECT_NEAR(fused.loss, loss, within(1e-13, 2e-6)) << variant.words << " after " << name;
      EXPECT_LT(difference(fused.delta, delta), within(1e-13, 2e-6)) << variant.words << " after " << name;
    }
  }
}

TEST(LossTest, FromLogitsAfterALinearLayerIsTheFusedPair) {
  Random random = testRandom(23);
  for (const Variant& variant : variants()) {
    if (!variant.loss->fromLogits) continue;
    LossOptions options = variant.options;
    options.fromLogits = true;
    const std::string_view name = variant.loss->fused.front();
    const Matrix z = randomNormal(random, 5, 3), y = randomTargets(random, variant.loss->targets, 5, 3);
    const Judged fromLogits =
        judge(Objective(*variant.loss, options, activationCalled("linear"), 0), z, z, y);
    const Judged fused = judge(Objective(*variant.loss, variant.options, activationCalled(name), 0), z,
                               activate(activationCalled(name), z), y);
    EXPECT_EQ(fromLogits.loss, fused.loss) << variant.words;
    EXPECT_TRUE(sameBits(fromLogits.delta, fused.delta)) << variant.words;
  }
}

TEST(LossTest, TheErrorSignalOfFusedPairsIsPredictionLessTarget) {
  Random random = testRandom(24);
  const Matrix z = randomNormal(random, 8, 5);
  LossOptions sum;
  sum.sumReduction = true;
  const Matrix labels = randomTargets(random, TargetKind::kProbability, 8, 5);
  Matrix a = activate(activationCalled("sigmoid"), z);
  EXPECT_LT(difference(judge(Objective(lossCalled("binaryCrossentropy"), sum, activationCalled("sigmoid"), 0),
                             z, a, labels)
                           .delta,
                       Matrix((a - labels) / 8)),
            within(1e-15, 1e-6));
  const Matrix classes = randomTargets(random, TargetKind::kClassIndex, 8, 5);
  a = activate(activationCalled("softmax"), z);
  EXPECT_LT(
      difference(judge(Objective(lossCalled("categoricalCrossentropy"), {}, activationCalled("softmax"), 0),
                       z, a, classes)
                     .delta,
                 Matrix((a - classes) / 8)),
      within(1e-15, 1e-6));
}

TEST(LossTest, HugeLogitsGiveFiniteLossAndGradients) {
  const Matrix pattern =
      (Matrix(6, 3) << 1, -1, 0, -1, 1, 1, 1, 1, 1, -1, -1, -1, 0.5, 1, -0.5, 0, 0, 1).finished();
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

TEST(LossTest, HugeLogitsGiveTheExactLossAndErrorSignal) {
  const Matrix z = (Matrix(2, 2) << 1e4, -1e4, -1e4, 1e4).finished();
  const Matrix y = (Matrix(2, 2) << 0, 0, 0, 1).finished();
  const Judged binary = judge(Objective(lossCalled("binaryCrossentropy"), {}, activationCalled("sigmoid"), 0),
                              z, activate(activationCalled("sigmoid"), z), y);
  EXPECT_EQ(binary.loss, 1e4 / 4);
  EXPECT_EQ(binary.delta(0, 0), Scalar(0.25));
  EXPECT_NEAR(double(binary.delta(0, 1)), 0, 1e-30);
  EXPECT_NEAR(double(binary.delta(1, 1)), 0, 1e-30);

  const Matrix classes = (Matrix(2, 2) << 0, 1, 0, 1).finished();
  const Judged categorical =
      judge(Objective(lossCalled("categoricalCrossentropy"), {}, activationCalled("softmax"), 0), z,
            activate(activationCalled("softmax"), z), classes);
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

TEST(LossTest, TheSmallLossesOfSureAnswersKeepTheirDigits) {
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

TEST(LossTest, WhatAllLogitsShareCostsNoDigits) {
  const Matrix y = (Matrix(1, 3) << 0, 1, 0).finished();
  const Matrix z = (Matrix(1, 3) << 0.5, 1.25, -2).finished(), shifted = (z.array() + Scalar(8192)).matrix();
  for (const char* name :
       {"categoricalCrossentropy", "sparseCategoricalCrossentropy", "kullbackLeiblerDivergence"}) {
    EXPECT_EQ(fusedLoss(name, "softmax", shifted, y), fusedLoss(name, "softmax", z, y)) << name;
  }
}

TEST(LossTest, SaturatedProbabilitiesGiveFiniteLossAndGradients) {
  const Matrix p = (Matrix(1, 4) << 0, 1, 0, 1).finished(), y = (Matrix(1, 4) << 1, 0, 0, 1).finished();
  for (const Variant& variant : variants()) {
    Matrix gradient(1, 4);
    EXPECT_TRUE(std::isfinite(rowLoss(variant, p, y, 0, 1, gradient.data()))) << variant.words;
    EXPECT_TRUE(gradient.allFinite()) << variant.words;
  }
}

TEST(LossTest, HugeErrorsGiveFiniteLogCoshAndHuber) {
  for (const double size : {100.0, 1e4, 1e30}) {
    const Scalar p = Scalar(size), y = -p;
    for (const char* name : {"logCosh", "huber", "meanAbsoluteError"}) {
      Scalar slope = 0;
      const double value = lossCalled(name).fromActivations(&p, &y, 1, {}, 1, &slope);
      EXPECT_NEAR(value, 2 * size, 1 + 1e-6 * size) << name;
      EXPECT_EQ(slope, 1) << name;
    }
  }
}

TEST(LossTest, SumReductionIsTheMeanTimesTheOutputs) {
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

TEST(LossTest, FullLabelSmoothingForgetsTheLabels) {
  Random random = testRandom(26);
  LossOptions options;
  options.labelSmoothing = 1;
  const Matrix z = randomNormal(random, 4, 3);
  const Matrix one = oneHotRows({0, 1, 2, 0}, 3), other = oneHotRows({2, 2, 1, 1}, 3);
  for (const char* name :
       {"binaryCrossentropy", "categoricalCrossentropy", "sparseCategoricalCrossentropy"}) {
    const Loss& loss = lossCalled(name);
    const Activation& activation = activationCalled(loss.fused.front());
    const Objective objective(loss, options, activation, 0);
    const Matrix a = activate(activation, z);
    EXPECT_EQ(judge(objective, z, a, one).loss, judge(objective, z, a, other).loss) << name;
  }
}

TEST(LossTest, TheLossOfABatchIsTheMeanOverItsRows) {
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

TEST(LossTest, FromLogitsIsRefusedWhereItMakesNoSense) {
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
