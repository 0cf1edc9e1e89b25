#include "mlp/layers/gaussian_noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(GaussianNoiseTest, HasItsDeviation) {
  const Matrix z = through(layerCalled("gaussianNoise", 300), Matrix::Zero(300, 300), {true, 1});
  EXPECT_NEAR(static_cast<double>(z.mean()), 0, 0.005);
  EXPECT_NEAR(std::sqrt(static_cast<double>(z.array().square().mean())), 0.3, 0.003);
}

}  // namespace
}  // namespace mlp
