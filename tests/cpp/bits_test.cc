// The same training here and in WebAssembly: tests/js/wasm/determinism.test.ts has made tests/golden/bits.json and
// keeps it.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "mlp/training/trainer.h"
#include "support/golden.h"
#include "support/testing.h"

namespace mlp {
namespace {

// FNV-1a over the bytes of all parameters.
std::string hashOf(const Vector& parameters) {
  std::uint32_t state = 0x811c9dc5;
  const auto* bytes = reinterpret_cast<const unsigned char*>(parameters.data());
  for (std::size_t i = 0; i < static_cast<std::size_t>(parameters.size()) * sizeof(Scalar); ++i)
    state = (state ^ bytes[i]) * 0x01000193;
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(state));
  return text;
}

std::string trained(const std::string& activation, const std::string& optimizer) {
  constexpr Index kRows = 50, kFeatures = 23;
  Matrix x(kRows, kFeatures);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<Scalar>(i * 37 % 101) / Scalar(101) - Scalar(0.5);
  std::vector<std::int32_t> classes;
  for (std::int32_t row = 0; row < kRows; ++row) classes.push_back(row % 3);
  Model model = makeModel(kFeatures, {{13, activation}, {3, "softmax"}}, "categoricalCrossentropy", optimizer,
                          optimizerCalled(optimizer).defaults(), {}, 42);
  Trainer trainer(model, samplesOf(x, nullptr, &classes), 17, true);
  for (int epoch = 0; epoch < 3; ++epoch) {
    trainer.beginEpoch();
    trainer.run(trainer.batchesPerEpoch(), 1e9);
  }
  return hashOf(model.network.parameters());
}

TEST(BitsTest, TrainingGivesThoseOfWebAssembly) {
  if (kDouble) GTEST_SKIP() << "they are floats there";
  const auto hashes = goldenFile("bits.json");
  ASSERT_GT(hashes.size(), 10u);
  for (const auto& [name, hash] : hashes.items()) {
    const std::size_t space = name.find(' ');
    EXPECT_EQ(trained(name.substr(0, space), name.substr(space + 1)), hash.get<std::string>()) << name;
  }
}

}  // namespace
}  // namespace mlp
