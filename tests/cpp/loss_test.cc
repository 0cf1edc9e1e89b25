#include "mlp/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "support/losses.h"
#include "support/testing.h"

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

// Keeps p between the library's own limits, because in float 1 − 1e-7 is 1 − 1.2e-7.
double clipped(double q) { return std::min(std::max(q, double(Scalar(1e-7))), double(1 - Scalar(1e-7))); }

double binaryCrossentropy(const Row& p, const Row& y, const LossOptions& options) {
  const double s = options.labelSmoothing;
  const auto term = [s](double q, double target) {
    const double t = target * (1 - s) + s / 2;
    return -t * std::log(clipped(q)) - (1 - t) * std::log(1 - clipped(q));
  };
  return options.sumReduction ? sumOf(p, y, term) : meanOf(p, y, term);
}

double crossentropy(const Row& p, const Row& y, const LossOptions& options) {
  const double s = options.labelSmoothing, units = static_cast<double>(p.size());
  const double whole = std::accumulate(p.begin(), p.end(), 0.0);
  return sumOf(p, y, [=](double q, double t) {
    return -(t * (1 - s) + s / units) * std::log(clipped(whole == 0 ? 0 : q / whole));
  });
}

double lengthOf(const Row& row) {
  return std::max(1e-7, std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0)));
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
         return meanOf(p, y, [](double q, double t) { return q - t * std::log(std::max(q, 0.0) + 1e-7); });
       }},
      {"kullbackLeiblerDivergence",
       [](const Row& p, const Row& y, const LossOptions&) {
         return sumOf(p, y, [](double q, double t) { return t > 0 ? t * std::log(t / clipped(q)) : 0; });
       }},
      {"squaredHinge",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return std::pow(std::max(0.0, 1 - t * q), 2); });
       }},
      {"meanAbsolutePercentageError",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) { return 100 * std::abs(q - t) / std::max(std::abs(t), 1e-7); });
       }},
      {"meanSquaredLogarithmicError",
       [](const Row& p, const Row& y, const LossOptions&) {
         return meanOf(p, y, [](double q, double t) {
           return std::pow(std::log1p(std::max(q, 1e-7)) - std::log1p(std::max(t, 1e-7)), 2);
         });
       }},
      {"cosineSimilarity",
       [](const Row& p, const Row& y, const LossOptions&) {
         return -std::inner_product(p.begin(), p.end(), y.begin(), 0.0) / (lengthOf(p) * lengthOf(y));
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
        const double expected = formulas().at(variant.loss->name)(rowOf(p, row), rowOf(y, row), variant.options);
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
            if (!variant.loss->piece) return 0;
            Matrix moved = p.row(row);
            moved(0, static_cast<Index>(i)) = Scalar(q);
            return variant.loss->piece(moved.data(), y.row(row).data(), units, static_cast<Index>(i), variant.options);
          };
          if (piece(up[i]) != piece(down[i])) continue;
          const double above = formula(up, target, variant.options);
          const double slope = (above - formula(down, target, variant.options)) / (2 * h);
          const double rounding = std::numeric_limits<double>::epsilon() * std::abs(above) / h;
          EXPECT_NEAR(double(gradient[i]), kScale * slope, within(1e-8, 2e-6) * (1 + std::abs(slope)) + rounding)
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

// Outputs that no probability and no mean of counts can be, as a linear layer gives them.
Matrix strayPredictions(Random& random, Index rows, Index units) {
  Matrix p = randomNormal(random, rows, units, 2);
  for (Index i = 0; i < p.size(); i += 5) p.data()[i] = Scalar(i % 2 ? 1.5 : -1e-3);
  return p;
}

TEST(LossTest, OutsideOfItsDomainALossHasTheSlopeOfItsClippedValue) {
  constexpr double h = 1e-6;  // a hundredth of it would be rounding, ten of it the bend of a logarithm at 1e-3
  Random random = testRandom(28);
  std::size_t compared = 0;
  for (const Variant& variant : variants()) {
    const std::string name = variant.loss->name;
    const Formula formula = formulas().at(name);
    for (const Index units : {2, 5}) {
      const Matrix p = strayPredictions(random, 60, units), y = randomTargets(random, variant.loss->targets, 60, units);
      for (Index row = 0; row < p.rows(); ++row) {
        Matrix gradient(1, units);
        const double value = rowLoss(variant, p, y, row, 1, gradient.data());
        const double expected = formula(rowOf(p, row), rowOf(y, row), variant.options);
        EXPECT_NEAR(value, expected, within(1e-9, 1e-4) * (1 + std::abs(expected))) << variant.words;
        for (Index i = 0; i < units; ++i) {
          Row up = rowOf(p, row), down = up;
          up[static_cast<std::size_t>(i)] += h;
          down[static_cast<std::size_t>(i)] -= h;
          bool smooth = true;
          for (Index j = 0; variant.loss->piece && j < units; ++j) {  // moving one output moves the shares of all
            int pieces[2];
            for (const int side : {0, 1}) {
              Matrix moved = p.row(row);
              moved(0, i) += Scalar(side == 0 ? -2 * h : 2 * h);
              pieces[side] = variant.loss->piece(moved.data(), y.row(row).data(), units, j, variant.options);
            }
            smooth = smooth && pieces[0] == pieces[1];
          }
          if (!smooth) continue;
          const double slope =
              (formula(up, rowOf(y, row), variant.options) - formula(down, rowOf(y, row), variant.options)) / (2 * h);
          EXPECT_NEAR(double(gradient(0, i)), slope, within(1e-5, 1e-3) * (1 + std::abs(slope)))
              << variant.words << ", ŷ = " << p.row(row) << ", y = " << y.row(row) << ", output " << i;
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 5000u);
}

TEST(LossTest, OutputsThatSumToNothingCostWhatAProbabilityOfNothingDoes) {
  const Matrix p = Matrix::Zero(1, 3), y = (Matrix(1, 3) << 0, 1, 0).finished();
  Matrix gradient(1, 3);
  const double value =
      lossCalled("categoricalCrossentropy").fromActivations(p.data(), y.data(), 3, {}, 1, gradient.data());
  EXPECT_NEAR(value, -std::log(1e-7), 1e-5);
  EXPECT_EQ(gradient.norm(), 0);
}

// keras #8883: with a sum of logarithms of outputs that are no distribution, all outputs become 1.
TEST(LossTest, SigmoidOutputsUnderACrossentropyOfClassesAreTakenAsShares) {
  const Matrix all = Matrix::Ones(1, 4), y = (Matrix(1, 4) << 0, 0, 1, 0).finished();
  for (const char* name : {"categoricalCrossentropy", "sparseCategoricalCrossentropy"}) {
    Matrix gradient(1, 4);
    const double value = lossCalled(name).fromActivations(all.data(), y.data(), 4, {}, 1, gradient.data());
    EXPECT_NEAR(value, std::log(4.0), 1e-6) << name << ": all alike is no answer";
    EXPECT_LT(difference(gradient, (Matrix(1, 4) << 0.25, 0.25, -0.75, 0.25).finished()), 1e-6) << name;
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

}  // namespace
}  // namespace mlp
