#include "mlp/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

using Row = std::vector<double>;

// σ in double, straight from its definition, on one row.
using Formula = std::function<Row(const Row& z, double alpha)>;

Formula each(double (*function)(double z, double alpha)) {
  return [function](const Row& z, double alpha) {
    Row a;
    for (const double x : z) a.push_back(function(x, alpha));
    return a;
  };
}

double sigmoidOf(double z) { return 1 / (1 + std::exp(-z)); }

double logSumExp(const Row& z) {
  double top = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const double x : z) top = std::max(top, x);
  for (const double x : z) sum += std::exp(x - top);
  return top + std::log(sum);
}

const std::map<std::string, Formula>& formulas() {
  static const std::map<std::string, Formula> table = {
      {"linear", each([](double z, double) { return z; })},
      {"sigmoid", each([](double z, double) { return sigmoidOf(z); })},
      {"tanh", each([](double z, double) { return std::tanh(z); })},
      {"relu", each([](double z, double) { return std::max(z, 0.0); })},
      {"leakyRelu", each([](double z, double alpha) { return z > 0 ? z : alpha * z; })},
      {"elu", each([](double z, double alpha) { return z > 0 ? z : alpha * std::expm1(z); })},
      {"selu",
       each([](double z, double) { return 1.05070098735548049 * (z > 0 ? z : 1.67326324235437728 * std::expm1(z)); })},
      {"gelu", each([](double z, double) { return 0.5 * z * (1 + std::erf(z / std::sqrt(2.0))); })},
      {"geluTanh", each([](double z, double) {
         return 0.5 * z * (1 + std::tanh(std::sqrt(2 / 3.14159265358979324) * (z + 0.044715 * z * z * z)));
       })},
      {"silu", each([](double z, double) { return z * sigmoidOf(z); })},
      {"softplus",
       each([](double z, double) { return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); })},
      {"softsign", each([](double z, double) { return z / (1 + std::abs(z)); })},
      {"exponential", each([](double z, double) { return std::exp(std::min(z, 88.0)); })},
      {"hardSigmoid", each([](double z, double) { return std::min(std::max(z / 6 + 0.5, 0.0), 1.0); })},
      {"softmax",
       [](const Row& z, double) {
         Row a;
         for (const double x : z) a.push_back(std::exp(x - logSumExp(z)));
         return a;
       }},
      {"logSoftmax",
       [](const Row& z, double) {
         Row a;
         for (const double x : z) a.push_back(x - logSumExp(z));
         return a;
       }},
  };
  return table;
}

const Formula& formulaOf(const Activation& activation) { return formulas().at(activation.name); }

Matrix apply(const Activation& activation, const Matrix& z, double alpha) {
  if (!activation.forward) return z;
  Matrix a(z.rows(), z.cols());
  activation.forward(z.data(), a.data(), z.rows(), z.cols(), static_cast<Scalar>(alpha));
  return a;
}

// delta·∂a/∂z
Matrix pullBack(const Activation& activation, const Matrix& z, Matrix delta, double alpha) {
  if (!activation.backward) return delta;
  const Matrix a = apply(activation, z, alpha);
  activation.backward(z.data(), a.data(), delta.data(), z.rows(), z.cols(), static_cast<Scalar>(alpha));
  return delta;
}

Row rowOf(const Matrix& matrix, Index row) {
  Row values;
  for (Index i = 0; i < matrix.cols(); ++i) values.push_back(static_cast<double>(matrix(row, i)));
  return values;
}

// Points from −12 to 12, five a row, an odd number of rows: neighbours a row apart, all kinks hit or passed.
Matrix points() {
  constexpr Index kUnits = 5;
  Matrix z(961 / kUnits, kUnits);
  for (Index i = 0; i < z.size(); ++i) {
    z.data()[i] = static_cast<Scalar>((i % kUnits) * 4.8 - 12 + (i / kUnits) * 0.025);
  }
  return z;
}

std::vector<double> alphasOf(const Activation& activation) {
  return activation.defaultAlpha == 0 ? Row{0} : Row{activation.defaultAlpha, 0.5, 1.25};
}

TEST(ActivationTest, NamesAreUniqueAndFound) {
  EXPECT_TRUE(allDifferent(namesIn(activations())));
  for (const Activation& activation : activations()) EXPECT_EQ(findActivation(activation.name), &activation);
  EXPECT_EQ(findActivation("reLU"), nullptr);
  EXPECT_EQ(findActivation(""), nullptr);
}

TEST(ActivationTest, EveryActivationHasItsFormulaHere) {
  for (const Activation& activation : activations())
    EXPECT_EQ(formulas().count(activation.name), 1u) << activation.name;
  EXPECT_EQ(formulas().size(), activations().size());
}

TEST(ActivationTest, ValuesAreThoseOfTheFormula) {
  const Matrix z = points();
  for (const Activation& activation : activations()) {
    for (const double alpha : alphasOf(activation)) {
      const Matrix a = apply(activation, z, alpha);
      for (Index row = 0; row < z.rows(); ++row) {
        const Row expected = formulaOf(activation)(rowOf(z, row), static_cast<double>(static_cast<Scalar>(alpha)));
        for (Index i = 0; i < z.cols(); ++i) {
          const double value = expected[static_cast<std::size_t>(i)];
          // geluTanh's tail is a difference of nearly equal numbers, hence the absolute part.
          EXPECT_NEAR(double(a(row, i)), value, within(1e-14, 1e-6) * (std::abs(value) + 1))
              << activation.name << '(' << z(row, i) << ')';
        }
      }
    }
  }
}

// Every row of the Jacobian in turn: delta = eₖ gives ∂aₖ/∂z, and the formula's central difference the same.
TEST(ActivationTest, DerivativesAreThoseOfTheFormulaByCentralDifferences) {
  constexpr double h = 1e-4;
  const Matrix z = points();
  for (const Activation& activation : activations()) {
    for (const double givenAlpha : alphasOf(activation)) {
      const double alpha = static_cast<double>(static_cast<Scalar>(givenAlpha));
      for (Index k = 0; k < z.cols(); ++k) {
        Matrix delta = Matrix::Zero(z.rows(), z.cols());
        delta.col(k).setConstant(2);
        const Matrix pulled = pullBack(activation, z, delta, alpha);
        for (Index row = 0; row < z.rows(); ++row) {
          for (Index i = 0; i < z.cols(); ++i) {
            Row up = rowOf(z, row), down = up;
            up[static_cast<std::size_t>(i)] += h;
            down[static_cast<std::size_t>(i)] -= h;
            const auto piece = [&](double x) {
              return activation.piece ? activation.piece(static_cast<Scalar>(x), static_cast<Scalar>(alpha)) : 0;
            };
            if (piece(double(z(row, i)) + 2 * h) != piece(double(z(row, i)) - 2 * h)) continue;
            const auto k0 = static_cast<std::size_t>(k);
            const double slope =
                (formulaOf(activation)(up, alpha)[k0] - formulaOf(activation)(down, alpha)[k0]) / (2 * h);
            EXPECT_NEAR(double(pulled(row, i)), 2 * slope, within(1e-7, 4e-6) * std::max(1.0, std::abs(slope)))
                << activation.name << ", ∂a[" << k << "]/∂z[" << i << "] at " << z(row, i);
          }
        }
      }
    }
  }
}

TEST(ActivationTest, BackwardScalesTheErrorSignalItIsGiven) {
  Random random = testRandom(10);
  const Matrix z = randomNormal(random, 7, 4), delta = randomNormal(random, 7, 4);
  for (const Activation& activation : activations()) {
    const double alpha = activation.defaultAlpha;
    const Matrix once = pullBack(activation, z, delta, alpha);
    const Matrix twice = pullBack(activation, z, 2 * delta, alpha);
    EXPECT_LT(difference(twice, Matrix(2 * once)), within(1e-14, 1e-6)) << activation.name;
    EXPECT_EQ(pullBack(activation, z, Matrix::Zero(7, 4), alpha).norm(), 0) << activation.name;
  }
}

TEST(ActivationTest, ExtremeInputsGiveFiniteValuesAndSlopes) {
  for (const double size : {50.0, 89.0, 104.0, 1e3, 1e4, 1e6}) {
    const Matrix z =
        Scalar(size) * (Matrix(5, 3) << 1, -1, 0, 1, 1, 1, -1, -1, -1, -1, -1, 1, 0.5, -0.25, 0.75).finished();
    for (const Activation& activation : activations()) {
      const Matrix a = apply(activation, z, activation.defaultAlpha);
      const Matrix slopes = pullBack(activation, z, Matrix::Ones(5, 3), activation.defaultAlpha);
      EXPECT_TRUE(a.allFinite()) << activation.name << "(±" << size << ')';
      EXPECT_TRUE(slopes.allFinite()) << activation.name << "'(±" << size << ')';
      for (Index row = 0; row < z.rows(); ++row) {
        const Row expected = formulaOf(activation)(rowOf(z, row), activation.defaultAlpha);
        for (Index i = 0; i < z.cols(); ++i) {
          const double value = expected[static_cast<std::size_t>(i)];
          EXPECT_NEAR(double(a(row, i)), value, within(1e-13, 1e-6) * std::max(size, std::abs(value)))
              << activation.name << '(' << z(row, i) << ')';
        }
      }
    }
  }
}

// Numbers of every exponent that a float has, and between them, of both signs: from denormals up to those that α or
// selu's 1.05 would make too large for a float.
std::vector<float> everySize() {
  std::vector<float> sizes = {0, 3.2e38f};
  for (int exponent = -149; exponent < 128; ++exponent) {
    for (const float mantissa : {1.0f, 1.2345678f, 1.75f}) {
      const float size = std::ldexp(mantissa, exponent);
      if (size < 3.2e38f) sizes.push_back(size);
    }
  }
  return sizes;
}

TEST(ActivationTest, EveryFiniteFloatGivesAFiniteValueSlopeAndCurvature) {
  for (const Activation& activation : activations()) {
    const Scalar alpha = static_cast<Scalar>(activation.defaultAlpha);
    for (const float size : everySize()) {
      if (activation.rowTangent && size > 1.6e38f) continue;  // the difference of two logits is no float
      for (const Scalar z : {Scalar(size), Scalar(-size)}) {
        const Matrix row = (Matrix(1, 3) << z, -z, z / 2).finished();
        const Matrix a = apply(activation, row, activation.defaultAlpha);
        EXPECT_TRUE(a.allFinite()) << activation.name << '(' << z << ") is " << a;
        const Matrix slopes = pullBack(activation, row, Matrix::Ones(1, 3), activation.defaultAlpha);
        EXPECT_TRUE(slopes.allFinite()) << activation.name << "'(" << z << ") is " << slopes;
        if (activation.second) {
          EXPECT_TRUE(std::isfinite(activation.second(z, a(0, 0), alpha))) << activation.name << "''(" << z << ')';
        }
        if (activation.rowTangent) continue;
        const double expected = formulaOf(activation)({double(z)}, activation.defaultAlpha)[0];
        EXPECT_NEAR(double(a(0, 0)), expected, within(1e-13, 2e-6) * std::max(1.0, std::abs(expected)))
            << activation.name << '(' << z << ')';
      }
    }
  }
}

TEST(ActivationTest, NanStaysNan) {
  const Matrix z = Matrix::Constant(1, 3, std::numeric_limits<Scalar>::quiet_NaN());
  for (const Activation& activation : activations()) {
    EXPECT_TRUE(apply(activation, z, activation.defaultAlpha).array().isNaN().all()) << activation.name;
  }
}

TEST(ActivationTest, TheSlopeOfReluAtZeroIsZero) {
  const Matrix z = (Matrix(1, 4) << 0, -0.0, 1e-30, -1e-30).finished();
  const Matrix slopes = pullBack(activationCalled("relu"), z, Matrix::Ones(1, 4), 0);
  EXPECT_EQ(slopes, (Matrix(1, 4) << 0, 0, 1, 0).finished());
}

TEST(ActivationTest, RowsOfSoftmaxSumToOne) {
  Random random = testRandom(11);
  for (const double spread : {0.1, 1.0, 30.0, 1e4}) {
    for (const Index units : {1, 2, 10, 257}) {
      const Matrix a = apply(activationCalled("softmax"), randomNormal(random, 20, units, spread), 0);
      EXPECT_GE(a.minCoeff(), 0);
      for (Index row = 0; row < a.rows(); ++row) {
        EXPECT_NEAR(double(a.row(row).sum()), 1, within(1e-14, 1e-6)) << units << " units, spread " << spread;
      }
    }
  }
}

TEST(ActivationTest, AddingToAllLogitsDoesNotChangeSoftmaxByABit) {
  Random random = testRandom(12);
  Matrix z = randomNormal(random, 6, 5);
  for (Index i = 0; i < z.size(); ++i) z.data()[i] = std::round(z.data()[i] * 64) / 64;
  const Matrix shifted = (z.array() + Scalar(8192)).matrix();
  for (const char* name : {"softmax", "logSoftmax"}) {
    const Activation& activation = activationCalled(name);
    EXPECT_TRUE(sameBits(apply(activation, shifted, 0), apply(activation, z, 0))) << name;
  }
}

TEST(ActivationTest, LogSoftmaxIsTheLogarithmOfSoftmax) {
  Random random = testRandom(13);
  const Matrix z = randomNormal(random, 6, 5, 3);
  const Matrix logarithm = apply(activationCalled("softmax"), z, 0).array().log().matrix();
  EXPECT_LT(difference(apply(activationCalled("logSoftmax"), z, 0), logarithm), within(1e-14, 1e-6));
}

}  // namespace
}  // namespace mlp
