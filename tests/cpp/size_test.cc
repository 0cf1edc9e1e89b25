// Sizes that 32 bits do not hold: what an Index has on the web, and in the preset `debug`.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <limits>
#include <stdexcept>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/gemm.h"
#include "mlp/threads/parallel.h"
#include "mlp/training/evaluator.h"
#include "support/testing.h"

namespace mlp {
namespace {

constexpr Index kLargest = std::numeric_limits<std::int32_t>::max();

TEST(SizeTest, RangesFollowOneAnotherWhateverTheirNumberAndLength) {
  for (const Index count : std::vector<Index>{1, 2, 31, 1000, 1 << 24, 67108864, kLargest - 1, kLargest}) {
    for (const Index parts : {2, 3, 7, 32, 128}) {
      Index expected = 0, most = 0, least = kLargest;
      parallelRanges(count, parts, [&](Index begin, Index end, int) {
        EXPECT_EQ(begin, expected);
        EXPECT_LT(begin, end);
        expected = end;
        most = std::max(most, end - begin);
        least = std::min(least, end - begin);
      });
      EXPECT_EQ(expected, count) << "in " << parts << " parts";
      EXPECT_LE(most - least, 1) << "of " << count << " in " << parts << " parts";
    }
  }
}

TEST(SizeTest, NetworksAndScratchThatNoMemoryCouldHoldAreRefused) {
  const Index most = std::numeric_limits<Index>::max();
  constexpr Index kWide = std::numeric_limits<std::int32_t>::max() / 4;  // the web counts in 32 bits
  EXPECT_EQ(multiplyScratch(kWide) / kWide, 16 * threadCount()) << "not a number that wrapped round";
  Network network = makeNetwork(1, {{3, "tanh"}});
  EXPECT_THROW(network.reserve(most / 2), std::invalid_argument);
  const Matrix x = Matrix::Ones(2, 1);
  EXPECT_EQ(network.forward(view(x)).rows(), 2) << "and is as it was";
}

// More bytes than a 32-bit index counts, all zero but the last row; the system gives pages only to what is touched.
class ManyBytes {
 public:
  explicit ManyBytes(std::size_t size)
      : size_(size),
        bytes_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~ManyBytes() { munmap(bytes_, size_); }
  std::uint8_t* data() const { return static_cast<std::uint8_t*>(bytes_); }
  bool there() const { return bytes_ != MAP_FAILED; }

 private:
  std::size_t size_;
  void* bytes_;
};

TEST(SizeTest, RowsOfBytesBeyondTwoGigabytesAreReadWhereTheyLie) {
  constexpr Index kFeatures = 1024, kRows = 2200000;  // 2.25 GB
  const ManyBytes bytes(static_cast<std::size_t>(kRows) * kFeatures);
  if (!bytes.there()) GTEST_SKIP() << "no room for so many addresses";
  std::uint8_t* const last = bytes.data() + static_cast<std::size_t>(kRows - 1) * kFeatures;
  for (Index i = 0; i < 5; ++i) last[3 * i] = static_cast<std::uint8_t>(i + 1);
  Samples samples;
  samples.rows = kRows;
  samples.features = kFeatures;
  samples.bytes = bytes.data();
  for (const bool sparse : {true, false}) {
    Batcher batcher(samples, 0, false, sparse);
    EXPECT_EQ(batcher.sparse(), sparse);
    batcher.gather({nullptr, kRows - 2, 2});
    const Matrix kernel = Matrix::Ones(kFeatures, 1);
    Matrix z(2, 1);
    if (sparse) {
      batcher.x().sparse->multiply(view(kernel), nullptr, MatrixMap(z.data(), 2, 1));
    } else {
      z = batcher.x().matrix() * kernel;
    }
    EXPECT_EQ(z(0, 0), 0);
    EXPECT_EQ(z(1, 0), 15);
  }
}

TEST(SizeTest, TheLargestBatchSizeIsTakenAsAllRows) {
  Model model = makeModel(2, {{1, "linear"}}, "meanSquaredError", "sgd", {});
  const Matrix x = Matrix::Ones(5, 2), y = Matrix::Ones(5, 1);
  const Samples samples = samplesOf(x, &y, nullptr);
  Evaluator whole(model, samples, kLargest), parts(model, samples, 2);
  for (int i = 0; i < 5; ++i) whole.run(1);
  parts.run(kLargest);
  EXPECT_EQ(whole.totals().loss, parts.totals().loss);
  Totals totals = model.emptyTotals();
  model.evaluate(samples, 1, 4, kLargest, totals);
  EXPECT_EQ(totals.rows, 4);
  Matrix outputs(5, 1);
  model.predict(samples, kLargest, outputs.data());
  model.adapt(samples, kLargest);
}

}  // namespace
}  // namespace mlp
