#include "mlp/clip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

using Gradients = std::vector<Scalar>;

Gradients normClipped(Gradients gradients, double limit) {
  clipNorm(gradients.data(), static_cast<Index>(gradients.size()), limit);
  return gradients;
}

TEST(ClipTest, ALongGradientKeepsItsDirectionAndGetsTheNorm) {
  const Gradients clipped = normClipped({3, 0, -4, 12, 0, 84}, 8.5);  // of norm 85
  const double expected[] = {0.3, 0, -0.4, 1.2, 0, 8.4};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(double(clipped[i]), expected[i], within(1e-15, 1e-6));
}

TEST(ClipTest, AGradientWithinTheNormIsLeftAsItIs) {
  const Gradients gradients = {Scalar(0.3), Scalar(-0.4)};
  EXPECT_EQ(normClipped(gradients, 0.6), gradients);
  EXPECT_EQ(normClipped({0, 0, 0}, 1e-3), Gradients(3));
}

TEST(ClipTest, TheNormDoesNotOverflow) {
  const Gradients clipped = normClipped({Scalar(1e30), Scalar(-1e30)}, 1);
  EXPECT_NEAR(double(clipped[0]), std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(double(clipped[1]), -std::sqrt(0.5), 1e-6);
}

TEST(ClipTest, EntriesAreCutToTheLimit) {
  Gradients gradients = {Scalar(-3), Scalar(-0.5), 0, Scalar(0.5), Scalar(7)};
  clipValue(gradients.data(), 5, 0.5);
  EXPECT_EQ(gradients, (Gradients{Scalar(-0.5), Scalar(-0.5), 0, Scalar(0.5), Scalar(0.5)}));
}

}  // namespace
}  // namespace mlp
