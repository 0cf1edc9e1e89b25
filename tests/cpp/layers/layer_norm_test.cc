#include "mlp/layers/layer_norm.h"

#include <gtest/gtest.h>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(LayerNormalizationTest, RowsOfLayerNormalizationHaveMeanZeroAndVarianceOne) {
  Random random = testRandom(814);
  const Matrix x = randomNormal(random, 5, 64, 3);
  const Matrix z = through(layerCalled("layerNormalization", 64), x, {});
  for (Index row = 0; row < 5; ++row) {
    EXPECT_NEAR(static_cast<double>(z.row(row).mean()), 0, 1e-6);
    EXPECT_NEAR(static_cast<double>(z.row(row).squaredNorm()) / 64, 1, 1e-3);
  }
}

}  // namespace
}  // namespace mlp
