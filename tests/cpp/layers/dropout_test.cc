#include "mlp/layers/dropout.h"

#include <gtest/gtest.h>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(DropoutTest, DropsItsShareKeepsTheMeanAndDrawsAnewEveryStep) {
  const Matrix x = Matrix::Ones(100, 200);
  const Matrix first = through(layerCalled("dropout", 200), x, {true, 1});
  const double dropped = static_cast<double>((first.array() == 0).count()) / static_cast<double>(first.size());
  EXPECT_NEAR(dropped, 0.3, 0.01);
  EXPECT_NEAR(static_cast<double>(first.mean()), 1, 0.02);
  EXPECT_EQ(first, through(layerCalled("dropout", 200), x, {true, 1}));
  EXPECT_NE(first, through(layerCalled("dropout", 200), x, {true, 2}));
  EXPECT_EQ(x, through(layerCalled("dropout", 200), x, {false, 1}));
}

TEST(DropoutTest, AlphaDropoutKeepsMeanAndVarianceOfStandardNormalNumbers) {
  Random random = testRandom(813);
  const Matrix x = randomNormal(random, 300, 300);
  const Matrix z = through(layerCalled("alphaDropout", 300), x, {true, 1});
  const double mean = static_cast<double>(z.mean());
  const double variance = static_cast<double>((z.array() - z.mean()).square().mean());
  EXPECT_NEAR(mean, 0, 0.01);
  EXPECT_NEAR(variance, 1, 0.02);
}

}  // namespace
}  // namespace mlp
