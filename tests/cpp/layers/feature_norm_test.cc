#include "mlp/layers/feature_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(NormalizationTest, NormalizationAdaptsToWhatReachesIt) {
  Random random = testRandom(815);
  Matrix x = randomNormal(random, 500, 3, 4);
  x.col(1).setConstant(7);  // no variance
  x.array() += 100;
  Model model(3, 1);
  model.network.add(layerCalled("normalization", 3));
  addLayers(model.network, {{4, "tanh"}});
  model.network.add(layerCalled("normalization", 4));
  const Samples samples = samplesOf(x, nullptr, nullptr);
  model.adapt(samples, 64);
  Matrix z(500, 4);
  model.predict(samples, 500, z.data());
  for (Index j = 0; j < 4; ++j) {
    EXPECT_NEAR(static_cast<double>(z.col(j).mean()), 0, within(1e-12, 1e-5));
    EXPECT_NEAR(static_cast<double>(z.col(j).squaredNorm()) / 500, 1, within(1e-12, 1e-4));
  }
  EXPECT_NEAR(static_cast<double>(model.network.state()[1]), 107, within(1e-12, 1e-4));
}

TEST(NormalizationTest, AFeatureThatNeverVariedHasTheScaleOne) {
  // keras #20011. 0.1 is no binary number: the mean of many of them is off by rounding, and so is their variance.
  for (const double constant : {5.0, 0.1, -123456.7}) {
    constexpr Index kRows = 10007;
    Matrix x(kRows, 2);
    for (Index i = 0; i < kRows; ++i) x.row(i) << static_cast<Scalar>(i), static_cast<Scalar>(constant);
    Model model(2, 1);
    model.network.add(layerCalled("normalization", 2));
    model.adapt(samplesOf(x, nullptr, nullptr), 64);
    EXPECT_EQ(model.network.state()[3], 0) << "variance of " << constant;
    const Matrix unseen = (Matrix(1, 2) << 5003, static_cast<Scalar>(constant) + Scalar(0.5)).finished();
    const Matrix z = model.network.forward(view(unseen));
    EXPECT_NEAR(double(z(0, 0)), 0, 1e-6);
    // In double the mean of many is off by the rounding of their sum, and z with it; in float both are exact.
    const double rounding = kRows * std::numeric_limits<double>::epsilon() * std::abs(constant);
    EXPECT_NEAR(double(z(0, 1)), double(unseen(0, 1) - static_cast<Scalar>(constant)), within(rounding, 0));
  }
}

TEST(NormalizationTest, AFeatureThatHardlyVariesIsScaledAllTheSame) {
  Matrix x(4, 1);
  x << Scalar(1e-10), Scalar(-1e-10), Scalar(1e-10), Scalar(-1e-10);
  Model model(1, 1);
  model.network.add(layerCalled("normalization", 1));
  model.adapt(samplesOf(x, nullptr, nullptr), 4);
  EXPECT_NEAR(double(model.network.forward(view(x))(0, 0)), 1, 1e-6);
}

}  // namespace
}  // namespace mlp
