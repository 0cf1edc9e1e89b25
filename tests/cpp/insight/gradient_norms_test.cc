#include "mlp/insight/gradient_norms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

TEST(GradientNormsTest, AreTheEuclideanNormsOfEveryLayersGradients) {
  Random random = testRandom(81);
  Network network = makeNetwork(3, {{4, "tanh"}, {3, "sigmoid", false}, {2, "softmax"}});
  const Matrix x = randomNormal(random, 6, 3), y = randomTargets(random, TargetKind::kClassIndex, 6, 2);
  const std::vector<LayerNorms> norms =
      gradientNorms(network, view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
  ASSERT_EQ(norms.size(), 3u);
  const auto norm = [](const auto& matrix) {
    double squares = 0;
    for (Index i = 0; i < matrix.size(); ++i) squares += double(matrix.data()[i]) * double(matrix.data()[i]);
    return std::sqrt(squares);
  };
  for (std::size_t layer = 0; layer < 3; ++layer) {
    EXPECT_NEAR(norms[layer].delta, norm(network.delta(layer)), within(1e-15, 1e-7));
    EXPECT_NEAR(norms[layer].kernelGrad, norm(kernelOf(network, network.gradients(), layer)), within(1e-15, 1e-7));
    EXPECT_NEAR(norms[layer].biasGrad, norm(biasOf(network, network.gradients(), layer)), within(1e-15, 1e-7));
    EXPECT_GT(norms[layer].kernelGrad, 0);
  }
  EXPECT_EQ(norms[1].biasGrad, 0) << "it has none";
}

}  // namespace
}  // namespace mlp
