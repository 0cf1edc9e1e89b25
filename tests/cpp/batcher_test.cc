#include "mlp/batcher.h"

#include <gtest/gtest.h>

#include "mlp/training/trainer.h"
#include "support/testing.h"

namespace mlp {
namespace {

constexpr Index kRows = 40, kFeatures = 80, kOutputs = 3;

// The same digits-like samples in every form there is.
struct Forms {
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(kRows * kFeatures);
  Matrix x = Matrix(kRows, kFeatures);
  std::vector<std::int32_t> rowStarts = {0}, columns;
  std::vector<Scalar> values;
  std::vector<std::int32_t> classes;
  Matrix targets;

  explicit Forms(double density) {
    Random random = testRandom(710);
    for (Index row = 0; row < kRows; ++row) {
      for (Index j = 0; j < kFeatures; ++j) {
        const bool set = random.uniform() < density;
        std::uint8_t& byte = bytes[static_cast<std::size_t>(row * kFeatures + j)];
        byte = set ? static_cast<std::uint8_t>(1 + random.below(255)) : 0;
        x(row, j) = static_cast<Scalar>(byte) * Scalar(0.25);
        if (!set) continue;
        columns.push_back(static_cast<std::int32_t>(j));
        values.push_back(x(row, j));
      }
      rowStarts.push_back(static_cast<std::int32_t>(columns.size()));
      classes.push_back(static_cast<std::int32_t>(random.below(kOutputs)));
    }
    targets = oneHotRows(classes, kOutputs);
  }

  Samples base() const {
    Samples samples;
    samples.rows = kRows;
    samples.features = kFeatures;
    samples.classes = classes.data();
    return samples;
  }
  Samples dense() const {
    Samples samples = base();
    samples.dense = x.data();
    return samples;
  }
  Samples asBytes() const {
    Samples samples = base();
    samples.bytes = bytes.data();
    samples.scale = Scalar(0.25);
    return samples;
  }
  Samples sparse() const {
    Samples samples = base();
    samples.rowStarts = rowStarts.data();
    samples.columns = columns.data();
    samples.values = values.data();
    return samples;
  }
};

// Parameters after two shuffled epochs.
Vector trained(const Samples& samples) {
  OptimizerOptions options;
  options.learningRate = 0.01;
  Model model = makeModel(kFeatures, {{12, "tanh"}, {kOutputs, "softmax"}}, "sparseCategoricalCrossentropy", "adam",
                          options, {"accuracy"});
  Trainer trainer(model, samples, 16, true);
  for (int epoch = 0; epoch < 2; ++epoch) {
    trainer.beginEpoch();
    trainer.run(trainer.batchesPerEpoch(), 1e9);
  }
  return model.network.parameters();
}

TEST(BatcherTest, EveryFormTrainsToTheSameBits) {
  for (const double density : {0.15, 0.9}) {
    const Forms forms(density);
    const Vector expected = trained(forms.dense());
    EXPECT_TRUE((trained(forms.asBytes()).array() == expected.array()).all()) << density;
    EXPECT_TRUE((trained(forms.sparse()).array() == expected.array()).all()) << density;
    Samples numbers = forms.dense();
    numbers.classes = nullptr;
    numbers.targets = forms.targets.data();
    EXPECT_TRUE((trained(numbers).array() == expected.array()).all()) << density;
  }
}

TEST(BatcherTest, MostlyZeroSamplesGoTheSparseWayAndOthersDoNot) {
  EXPECT_TRUE(Batcher(Forms(0.15).dense(), kOutputs, true).sparse());
  EXPECT_TRUE(Batcher(Forms(0.15).asBytes(), kOutputs, true).sparse());
  EXPECT_FALSE(Batcher(Forms(0.9).dense(), kOutputs, true).sparse());
  EXPECT_FALSE(Batcher(Forms(0.9).asBytes(), kOutputs, true).sparse());
  EXPECT_TRUE(Batcher(Forms(0.9).sparse(), kOutputs, true).sparse());
}

TEST(BatcherTest, DenseRowsInTheirOwnOrderAreNotCopied) {
  const Forms forms(0.9);
  Batcher batcher(forms.dense(), kOutputs, true);
  batcher.gather({nullptr, 5, 10});
  EXPECT_EQ(batcher.x().dense, forms.x.data() + 5 * kFeatures);
}

TEST(BatcherTest, RowsAndTargetsAreGatheredByTheGivenOrder) {
  const Forms forms(0.9);
  Batcher batcher(forms.asBytes(), kOutputs, true);
  const std::vector<std::int32_t> order = {7, 3, 39, 0};
  batcher.gather({order.data(), 1, 3});
  const ConstMatrixMap rows = batcher.x().matrix();
  for (Index i = 0; i < 3; ++i) {
    const Index from = order[static_cast<std::size_t>(i + 1)];
    EXPECT_TRUE((rows.row(i).array() == forms.x.row(from).array()).all());
    EXPECT_TRUE((batcher.targets().row(i).array() == forms.targets.row(from).array()).all());
  }
}

}  // namespace
}  // namespace mlp
