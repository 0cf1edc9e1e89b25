#include "mlp/layers/batch_norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(BatchNormalizationTest, TheMovingAveragesAreThoseOfTheBatches) {
  Matrix x(4, 2);
  x << 1, 10, 2, 10, 3, 14, 6, 14;  // means 3 and 12, variances 3.5 and 4
  Vector state;
  const Matrix z = through(layerCalled("batchNormalization", 2), x, {true, 0}, &state);
  const Vector expected = (Vector(4) << 0.01 * 3, 0.01 * 12, 0.99 + 0.01 * 3.5, 0.99 + 0.01 * 4).finished();
  EXPECT_LT((state - expected).cwiseAbs().maxCoeff(), within(1e-15, 1e-6));
  EXPECT_NEAR(static_cast<double>(z(0, 0)), (1 - 3) / std::sqrt(3.5 + 1e-3), within(1e-9, 1e-6));
  // Outside of training they are used and stay.
  const Matrix inference = through(layerCalled("batchNormalization", 2), x, {}, &state);
  EXPECT_NEAR(static_cast<double>(inference(0, 0)), (1 - 0.03) / std::sqrt(1.025 + 1e-3), within(1e-9, 1e-6));
  EXPECT_LT((state - expected).cwiseAbs().maxCoeff(), within(1e-15, 1e-6));
}

TEST(BatchNormalizationTest, ABatchOfOneRowIsItsOwnMean) {
  const Matrix z = through(layerCalled("batchNormalization", 3), Matrix::Constant(1, 3, 5), {true, 0});
  EXPECT_EQ(z, Matrix::Zero(1, 3));
}

TEST(BatchNormalizationTest, FrozenItWorksByItsAveragesInTrainingToo) {
  Random random = testRandom(818);
  const Matrix x = randomNormal(random, 6, 3, 2);
  Vector state = (Vector(6) << 1, 2, 3, 4, 5, 6).finished(), same = state;
  const Matrix inference = through(layerCalled("batchNormalization", 3), x, {}, &same);
  const Matrix frozen = through(layerCalled("batchNormalization", 3, false), x, {true, 4}, &state);
  EXPECT_TRUE(sameBits(frozen, inference));
  EXPECT_TRUE(sameBits(state, same)) << "and they stay";
}

}  // namespace
}  // namespace mlp
