#include "mlp/insight/nonfinite.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

TEST(NonFiniteTest, IsTheFirstLayerOfAPassAndTheLastParameter) {
  Random random = testRandom(90);
  Network network = makeNetwork(3, {{4, "tanh"}, {4, "linear"}, {2, "linear"}});
  const Matrix x = randomNormal(random, 5, 3);
  network.forward(view(x));
  EXPECT_EQ(firstNonFinite(network).layer, -1);
  EXPECT_EQ(firstNonFinite(network).parameter, -1);

  const Vector good = network.parameters();
  const Scalar infinity = std::numeric_limits<Scalar>::infinity();
  for (const Scalar bad : {infinity, -infinity, std::numeric_limits<Scalar>::quiet_NaN()}) {
    for (std::size_t layer = 0; layer < 3; ++layer) {
      network.parameters() = good;
      const Index place = network.layers()[layer]->biasOffset();
      network.parameters()[place] = bad;
      network.forward(view(x));
      // tanh brings infinities back.
      const bool saturates = layer == 0 && !std::isnan(bad);
      EXPECT_EQ(firstNonFinite(network).layer, saturates ? -1 : static_cast<Index>(layer));
      EXPECT_EQ(firstNonFinite(network).parameter, place);
    }
  }
  network.parameters()[0] = infinity;
  EXPECT_EQ(firstNonFinite(network).parameter, network.layers()[2]->biasOffset());
}

TEST(NonFiniteTest, LooksOnlyAtTheLayersThatThePassWentThrough) {
  Random random = testRandom(91);
  Network network = makeNetwork(3, {{4, "tanh"}, {5, "linear"}, {2, "linear"}});
  EXPECT_EQ(firstNonFinite(network).layer, -1);  // of no pass
  const Vector good = network.parameters();
  network.parameters()[network.layers()[0]->biasOffset()] = std::numeric_limits<Scalar>::quiet_NaN();
  network.forward(view(randomNormal(random, 5, 3)));
  EXPECT_EQ(firstNonFinite(network).layer, 0);
  network.parameters() = good;
  network.forward(view(randomNormal(random, 5, 4)), 1, 1);
  EXPECT_EQ(firstNonFinite(network).layer, -1);
  network.forward(view(randomNormal(random, 50, 5)), 2, 2);  // in a workspace that is new
  EXPECT_EQ(firstNonFinite(network).layer, -1);
}

}  // namespace
}  // namespace mlp
