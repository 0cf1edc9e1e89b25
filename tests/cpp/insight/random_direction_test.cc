#include "mlp/insight/random_direction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

TEST(RandomDirectionTest, IsNormalAndItsOwnForEverySeedAndNumber) {
  static constexpr Index kCount = 20000;
  const auto draw = [](std::uint64_t seed, std::uint32_t number) {
    Vector to(kCount);
    randomDirection(seed, number, to.data(), kCount);
    return to;
  };
  const Vector u = draw(7, 0), v = draw(7, 1), w = draw(8, 0);
  EXPECT_TRUE(sameBits(u, draw(7, 0)));
  for (const Vector& each : {u, v, w}) {
    EXPECT_NEAR(double(each.mean()), 0, 0.03);
    EXPECT_NEAR(double(each.squaredNorm()) / kCount, 1, 0.05);
  }
  // Cosines of directions that have nothing to do with each other: 1/√20000 at a time.
  EXPECT_NEAR(double(u.dot(v)) / kCount, 0, 0.03);
  EXPECT_NEAR(double(u.dot(w)) / kCount, 0, 0.03);
  EXPECT_NEAR(double(v.dot(w)) / kCount, 0, 0.03);
}

}  // namespace
}  // namespace mlp
