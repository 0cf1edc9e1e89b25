#include "mlp/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

using Block = std::array<std::uint32_t, 4>;

std::vector<std::uint32_t> draws(Random random, int count) {
  std::vector<std::uint32_t> values(static_cast<std::size_t>(count));
  for (std::uint32_t& value : values) value = random.nextUint32();
  return values;
}

// The known answers that the authors publish with Random123.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomTest, IsTheBlocksOfItsCounterOneAfterAnother) {
  Random random(0x0123456789abcdef, Stream::kDigits, 77);
  for (std::uint32_t block = 0; block < 5; ++block) {
    const Block expected =
        philox4x32({block, 0, 77, static_cast<std::uint32_t>(Stream::kDigits)}, {0x89abcdef, 0x01234567});
    for (const std::uint32_t word : expected) EXPECT_EQ(random.nextUint32(), word);
  }
}

TEST(RandomTest, FillsWithWhatItDrawsOneByOne) {
  for (int before = 0; before < 9; ++before) {
    for (int count : {0, 1, 3, 15, 16, 17, 40, 196}) {
      Random random(9, Stream::kAugmentation, 7, 3), same = random;
      std::vector<std::uint32_t> expected, words(static_cast<std::size_t>(count));
      for (int i = 0; i < before; ++i) EXPECT_EQ(random.nextUint32(), same.nextUint32());
      for (int i = 0; i < count; ++i) expected.push_back(random.nextUint32());
      same.fill(words.data(), count);
      EXPECT_EQ(words, expected) << count << " behind " << before;
      EXPECT_EQ(same.nextUint32(), random.nextUint32());
    }
  }
}

TEST(RandomTest, TheSameSeedGivesTheSameDraws) {
  EXPECT_EQ(draws(Random(5, Stream::kShuffle, 3), 1000), draws(Random(5, Stream::kShuffle, 3), 1000));
}

TEST(RandomTest, SeedsStreamsAndSubstreamsDiffer) {
  std::set<std::vector<std::uint32_t>> sequences;
  int count = 0;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32}) {
    for (std::uint32_t stream = 1; stream <= 5; ++stream) {
      for (const std::uint32_t substream : {0u, 1u, 2u, ~0u}) {
        sequences.insert(draws(Random(seed, static_cast<Stream>(stream), substream), 4));
        ++count;
      }
    }
  }
  EXPECT_EQ(sequences.size(), static_cast<std::size_t>(count));
}

// Sample moments of n draws lie within five of their standard deviations.
TEST(RandomTest, UniformNumbersHaveTheMomentsOfTheUniformDistribution) {
  constexpr int kCount = 200000;
  Random random(11, Stream::kDropout);
  double sum = 0, squares = 0, low = 1, high = 0;
  for (int i = 0; i < kCount; ++i) {
    const double u = random.uniform();
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
    low = std::min(low, u);
    high = std::max(high, u);
    ASSERT_EQ(u * 0x1p24, std::floor(u * 0x1p24)) << "a multiple of 2^-24";
  }
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_LT(low, 1e-4);
  EXPECT_GT(high, 1 - 1e-4);
  EXPECT_NEAR(sum / kCount, 0.5, 5 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(squares / kCount, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / kCount));
}

TEST(RandomTest, UniformNumbersFillTheIntervalAskedFor) {
  Random random(12, Stream::kDropout);
  double low = 9, high = -9;
  for (int i = 0; i < 10000; ++i) {
    const double u = random.uniform(-3, 2);
    low = std::min(low, u);
    high = std::max(high, u);
  }
  EXPECT_GE(low, -3);
  EXPECT_LT(high, 2);
  EXPECT_LT(low, -2.99);
  EXPECT_GT(high, 1.99);
}

TEST(RandomTest, NormalNumbersHaveTheMomentsOfTheNormalDistribution) {
  constexpr int kCount = 200000;
  Random random(13, Stream::kInitializer);
  std::array<double, 5> moment{};
  double lag = 0, previous = 0;
  for (int i = 0; i < kCount; ++i) {
    const double x = random.normal();
    ASSERT_TRUE(std::isfinite(x));
    double power = 1;
    for (double& m : moment) m += power / kCount, power *= x;
    lag += x * previous / kCount;
    previous = x;
  }
  const double unit = 5 / std::sqrt(double(kCount));  // times the standard deviation of one term
  EXPECT_NEAR(moment[1], 0, unit);
  EXPECT_NEAR(moment[2], 1, unit * std::sqrt(2.0));
  EXPECT_NEAR(moment[3], 0, unit * std::sqrt(15.0));
  EXPECT_NEAR(moment[4], 3, unit * std::sqrt(96.0));
  EXPECT_NEAR(lag, 0, unit) << "the two numbers of a pair are independent";
}

TEST(RandomTest, NormalNumbersAreThoseOfBoxAndMuller) {
  Random random(13, Stream::kInitializer), bits(13, Stream::kInitializer);
  for (int i = 0; i < 100000; ++i) {
    const double radius = std::sqrt(-2 * std::log((bits.nextUint32() + 1.0) * 0x1p-32));
    const double angle = 6.283185307179586 * (bits.nextUint32() * 0x1p-32);
    ASSERT_NEAR(random.normal(), radius * std::cos(angle), 4e-15) << "pair " << i;
    ASSERT_NEAR(random.normal(), radius * std::sin(angle), 4e-15) << "pair " << i;
  }
}

TEST(RandomTest, BelowIsUnbiased) {
  for (const std::uint32_t bound : {1u, 2u, 3u, 7u, 10u}) {
    constexpr int kCount = 60000;
    Random random(14, Stream::kShuffle, bound);
    std::vector<int> seen(bound);
    for (int i = 0; i < kCount; ++i) {
      const std::uint32_t value = random.below(bound);
      ASSERT_LT(value, bound);
      ++seen[value];
    }
    const double expected = double(kCount) / bound;
    for (std::uint32_t value = 0; value < bound; ++value) {
      EXPECT_NEAR(seen[value], expected, 5 * std::sqrt(expected) + 0.5) << value << " of " << bound;
    }
  }
}

// 3·2³⁰ does not divide 2³²: without rejection the lowest third would come up twice as often as the others.
TEST(RandomTest, BelowIsUnbiasedForBoundsNearTheWordSize) {
  constexpr std::uint32_t kBound = 3u << 30;
  constexpr int kCount = 30000;
  Random random(15, Stream::kShuffle);
  std::array<int, 3> third{};
  int multiplesOfThree = 0;
  for (int i = 0; i < kCount; ++i) {
    const std::uint32_t value = random.below(kBound);
    ASSERT_LT(value, kBound);
    ++third[value >> 30];
    multiplesOfThree += value % 3 == 0;
  }
  const double spread = 5 * std::sqrt(kCount * 2.0 / 9);
  for (const int count : third) EXPECT_NEAR(count, kCount / 3.0, spread);
  EXPECT_NEAR(multiplesOfThree, kCount / 3.0, spread);
}

TEST(RandomTest, ShuffleGivesAPermutation) {
  for (const std::int32_t count : {0, 1, 2, 3, 100, 1001}) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(count));
    std::iota(values.begin(), values.end(), 0);
    const std::vector<std::int32_t> before = values;
    Random(16, Stream::kShuffle, 1).shuffle(values.data(), count);
    EXPECT_TRUE(count < 100 || values != before) << "it does shuffle";
    std::sort(values.begin(), values.end());
    EXPECT_EQ(values, before) << count;
  }
}

TEST(RandomTest, ShuffleGivesEveryOrderEquallyOften) {
  constexpr int kCount = 24000;
  Random random(17, Stream::kShuffle);
  std::array<int, 64> seen{};
  for (int i = 0; i < kCount; ++i) {
    std::int32_t values[4] = {0, 1, 2, 3};
    random.shuffle(values, 4);
    ++seen[static_cast<std::size_t>(values[0] * 16 + values[1] * 4 + values[2])];
  }
  int orders = 0;
  for (const int count : seen) {
    if (count == 0) continue;
    ++orders;
    EXPECT_NEAR(count, kCount / 24.0, 5 * std::sqrt(kCount / 24.0));
  }
  EXPECT_EQ(orders, 24);
}

}  // namespace
}  // namespace mlp
