#include "mlp/elementary.h"

#include <gtest/gtest.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>

#include "support/testing.h"

namespace mlp {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Worst {
  double ulps = 0;
  float at = 0;
  long count = 0;
};

// One unit in the last place of the float nearest to y.
double ulp(double y) {
  int exponent;
  std::frexp(std::max(std::abs(y), 0x1p-126), &exponent);
  return std::ldexp(1.0, exponent - 24);
}

// The largest error over every 997th float in [low, high].
template <class Function, class Exact>
Worst sweep(Function function, Exact exact, float low, float high) {
  Worst worst;
  for (std::uint64_t bits = 0; bits <= 0xffffffff; bits += 997) {
    const float x = detail::bitCast<float>(static_cast<std::uint32_t>(bits));
    if (!(x >= low && x <= high)) continue;
    ++worst.count;
    const double y = exact(static_cast<double>(x));
    const double error = std::abs(static_cast<double>(function(x)) - y) / ulp(y);
    if (std::isnan(error)) return {error, x, worst.count};
    if (error > worst.ulps) worst.ulps = error, worst.at = x;
  }
  return worst;
}

void expectWithin(const Worst& worst, double bound, const char* name) {
  EXPECT_LE(worst.ulps, bound) << name << '(' << worst.at << ')';
  EXPECT_GT(worst.count, 1000000) << "enough floats were tried";
  std::cout << name << " in float: at most " << worst.ulps << " ulp, at " << worst.at << ", of " << worst.count
            << " floats\n";
}

// The bounds are those of a sweep over all floats, rounded up: 1.0425, 1.3303, 0.8535, 2.4807 and 1.5415.
TEST(Elementary, ErrorsOfExpInFloatAreBelowOneAndATwentiethUlp) {
  expectWithin(sweep([](float x) { return mlp::exp(x); }, [](double x) { return std::exp(x); }, -87, 88), 1.05, "exp");
}

TEST(Elementary, ErrorsOfTanhInFloatAreBelowOneAndAThirdUlp) {
  const auto function = [](float x) { return mlp::tanh(x); };
  const auto exact = [](double x) { return std::tanh(x); };
  expectWithin(sweep(function, exact, -kInfinity, kInfinity), 1.34, "tanh");
  expectWithin(sweep(function, exact, -0.625f, 0.625f), 0.86, "tanh below 0.625");
}

TEST(Elementary, ErrorsOfSigmoidInFloatAreBelowTwoAndAHalfUlp) {
  expectWithin(
      sweep([](float x) { return mlp::sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }, -88, kInfinity),
      2.49, "sigmoid");
}

// The C library's exp and log1p are inside: the bound leaves room for others than glibc's.
TEST(Elementary, ErrorsOfSoftplusInFloatAreBelowThreeUlp) {
  expectWithin(sweep([](float x) { return mlp::softplus(x); },
                     [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }, -87, kInfinity),
               3, "softplus");
}

TEST(Elementary, ExpNeverGivesZeroOrInfinity) {
  for (const float x : {-87.0f, -88.0f, -104.0f, -1e4f, -1e30f, -kInfinity}) {
    EXPECT_EQ(mlp::exp(x), mlp::exp(-87.0f)) << x;
    EXPECT_GE(mlp::exp(x), std::numeric_limits<float>::min()) << "not even a subnormal number";
  }
  for (const float x : {88.0f, 89.0f, 1e4f, 1e30f, kInfinity}) {
    EXPECT_EQ(mlp::exp(x), mlp::exp(88.0f)) << x;
    EXPECT_TRUE(std::isfinite(mlp::exp(x))) << x;
  }
  EXPECT_EQ(mlp::exp(0.0f), 1);
  EXPECT_EQ(mlp::exp(-0.0f), 1);
}

TEST(Elementary, TanhAndSigmoidReachTheirLimits) {
  for (const float x : {10.0f, 100.0f, 1e30f, kInfinity}) {
    EXPECT_EQ(mlp::tanh(x), 1);
    EXPECT_EQ(mlp::tanh(-x), -1);
  }
  for (const float x : {20.0f, 100.0f, 1e30f, kInfinity}) {
    EXPECT_EQ(mlp::sigmoid(x), 1);
    EXPECT_GT(mlp::sigmoid(-x), 0);
    EXPECT_LE(mlp::sigmoid(-x), 2.1e-9f);
  }
  EXPECT_EQ(mlp::sigmoid(0.0f), 0.5f);
}

TEST(Elementary, TanhIsOddAndExactNearZero) {
  for (const float x : {0.0f, 1e-40f, 1e-30f, 1e-5f, 0.3f, 0.625f, 0.7f, 3.0f})
    EXPECT_EQ(mlp::tanh(-x), -mlp::tanh(x)) << x;
  for (const float x : {1e-40f, -1e-30f, 1e-10f, 1e-4f}) EXPECT_EQ(mlp::tanh(x), x);
}

TEST(Elementary, TanhGrowsAcrossTheSeamOfItsTwoFormulas) {
  float x = 0.6249f;
  while (x < 0.6251f) {
    const float next = std::nextafter(x, 1.0f);
    EXPECT_LE(mlp::tanh(x), mlp::tanh(next) + 6e-8f) << x << ": at most one unit down";
    x = next;
  }
}

// tanh x = x + x·s·p(s), s = x²: p of degree 4 by least squares, fitted to (tanh x − x)/x on Chebyshev nodes
// in (0, 0.63²]. What is compiled must be this p, rounded.
TEST(Elementary, ThePolynomialOfTanhIsTheLeastSquaresFit) {
  constexpr int kNodes = 200, kCoefficients = 5;
  Eigen::MatrixXd terms(kNodes, kCoefficients);
  Eigen::VectorXd values(kNodes);
  for (int i = 0; i < kNodes; ++i) {
    const double s = 0.63 * 0.63 * (1 + std::cos((2 * i + 1) * 3.14159265358979324 / (2 * kNodes))) / 2;
    const double x = std::sqrt(s);
    for (int j = 0; j < kCoefficients; ++j) terms(i, j) = std::pow(s, j + 1);
    values[i] = (std::tanh(x) - x) / x;
  }
  const Eigen::VectorXd p = terms.colPivHouseholderQr().solve(values);
  for (double x = 0.001; x < 0.625; x += 0.0007) {
    const float rounded = static_cast<float>(x);
    const double s = double(rounded) * rounded;
    const double fitted = rounded + rounded * s * (p[0] + s * (p[1] + s * (p[2] + s * (p[3] + s * p[4]))));
    EXPECT_NEAR(mlp::tanh(rounded), fitted, 0.86 * ulp(fitted)) << x;
    EXPECT_NEAR(fitted, std::tanh(double(rounded)), 0.25 * ulp(fitted)) << x;
  }
}

// Every quiet and signalling NaN there is, both signs.
TEST(Elementary, NanStaysNan) {
  const auto isLost = [](std::uint32_t bits) {
    const float x = detail::bitCast<float>(bits);
    return !std::isnan(mlp::exp(x)) || !std::isnan(mlp::tanh(x)) || !std::isnan(mlp::sigmoid(x));
  };
  long lost = 0;
  for (std::uint32_t payload = 1; payload < 0x800000; payload += payload < 0x2000 ? 1 : 997) {
    lost += isLost(0x7f800000 | payload) + isLost(0xff800000 | payload);
  }
  EXPECT_EQ(lost, 0);
  EXPECT_TRUE(std::isnan(mlp::exp(std::nan("")))) << "in double";
}

TEST(Elementary, SoftplusIsItsArgumentOrZeroFarFromZero) {
  for (const double x : {50.0, 1e4, 1e30}) {
    EXPECT_EQ(softplus(x), x);
    EXPECT_EQ(softplus(static_cast<float>(x)), static_cast<float>(x));
    EXPECT_LT(softplus(-x), 1e-20);
    EXPECT_LT(softplus(static_cast<float>(-x)), 1e-20f);
    EXPECT_GE(softplus(-x), 0);
  }
  EXPECT_DOUBLE_EQ(softplus(0.0), std::log(2.0));
}

TEST(Elementary, TheDoubleVersionsAreTheCLibrarys) {
  for (double x = -20; x < 20; x += 0.37) {
    EXPECT_EQ(mlp::exp(x), std::exp(x));
    EXPECT_EQ(mlp::tanh(x), std::tanh(x));
    EXPECT_DOUBLE_EQ(mlp::sigmoid(x), 1 / (1 + std::exp(-x)));
  }
}

}  // namespace
}  // namespace mlp
