#include "mlp/inference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "support/layers.h"

namespace mlp {
namespace {

// The place in its table of an entry.
template <class Entry>
std::int32_t placeIn(Table<Entry> table, const char* name) {
  std::int32_t place = 0;
  for (const Entry& entry : table) {
    if (std::string_view(entry.name) == name) return place;
    ++place;
  }
  ADD_FAILURE() << name;
  return -1;
}

// A network, and the plain data of the same.
class Both {
 public:
  explicit Both(Index features) : network_(features, 7) {}

  void add(const char* kindName, LayerOptions options, const char* activation = "linear") {
    const LayerKind& kind = found(findLayerKind(kindName), kindName);
    options.inputs = network_.outputs();
    if (options.units == 0) options.units = options.inputs;
    options.activation = &activationCalled(activation);
    options.alpha = static_cast<Scalar>(options.activation->defaultAlpha);
    network_.add(kind.make(options));
    kinds_.push_back(&kind);
    options_.push_back(options);
    layers_.push_back({placeIn(layerKinds(), kindName),
                       placeIn(activations(), activation),
                       options.inputs,
                       options.units,
                       options.alpha,
                       options.epsilon,
                       {}});
  }

  // Weights are drawn, statistics too; then the layers are told where they are.
  void fill() {
    for (Index i = 0; i < network_.parameters().size(); ++i) {
      network_.parameters()[i] = static_cast<Scalar>(std::sin(3.7 * i)) / 2;
    }
    for (Index i = 0; i < network_.state().size(); ++i) {
      network_.state()[i] = static_cast<Scalar>(i % 5) / 4;
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Layer& layer = *network_.layers()[i];
      const Scalar* parameter = network_.parameters().data() + layer.kernelOffset();
      const Scalar* state = network_.state().data() + layer.stateOffset();
      std::size_t place = 0;
      for (const LayerWeight& weight : kinds_[i]->weights) {
        const Scalar*& next = weight.trained ? parameter : state;
        const Size size = weight.size(options_[i]);
        layers_[i].weights[place++] = size > 0 ? next : nullptr;
        next += size;
      }
    }
  }

  void expectSameBits(Index rows, double zeros) {
    const Index features = network_.features();
    Matrix x(rows, features);
    for (Index i = 0; i < x.size(); ++i) {
      const double draw = std::fabs(std::sin(12.9898 * i + 1) * 43758.5453);
      x.data()[i] = draw - std::floor(draw) < zeros ? Scalar(0) : static_cast<Scalar>(std::sin(7.0 * i));
    }
    const NetworkInference inference{layers_.data(), static_cast<Index>(layers_.size())};
    // With a number behind, which must stay as it is.
    const auto room = [](Size size) { return std::vector<Scalar>(static_cast<std::size_t>(size) + 1, Scalar(-77)); };
    std::vector<Scalar> workspace = room(inferenceWorkspace(inference, rows, false));
    std::vector<Scalar> outputs = room(Size(rows) * network_.outputs());
    infer(inference, {rows, features, x.data()}, workspace.data(), outputs.data());
    EXPECT_EQ(workspace.back(), Scalar(-77));
    EXPECT_EQ(outputs.back(), Scalar(-77));

    const Matrix expected = network_.forward(view(x));
    const std::size_t bytes = static_cast<std::size_t>(expected.size()) * sizeof(Scalar);
    EXPECT_EQ(std::memcmp(expected.data(), outputs.data(), bytes), 0) << rows << " rows, dense";

    if (!acceptsSparse(inference)) return;
    std::vector<std::int32_t> starts{0}, columns;
    std::vector<Scalar> values;
    for (Index row = 0; row < rows; ++row) {
      for (Index j = 0; j < features; ++j) {
        if (x(row, j) == 0) continue;
        columns.push_back(static_cast<std::int32_t>(j));
        values.push_back(x(row, j));
      }
      starts.push_back(static_cast<std::int32_t>(columns.size()));
    }
    const SparseRows lists{rows, starts.data(), starts.data() + 1, columns.data(), values.data()};
    workspace = room(inferenceWorkspace(inference, rows, true));
    outputs.assign(outputs.size(), Scalar(-77));
    infer(inference, {rows, features, nullptr, &lists}, workspace.data(), outputs.data());
    EXPECT_EQ(workspace.back(), Scalar(-77));
    EXPECT_EQ(std::memcmp(expected.data(), outputs.data(), bytes), 0) << rows << " rows, sparse";
  }

  void expectSameBits() {
    fill();
    for (const Index rows : {1, 3, 16, 33}) {
      for (const double zeros : {0.0, 0.8}) expectSameBits(rows, zeros);
    }
  }

 private:
  Network network_;
  std::vector<const LayerKind*> kinds_;
  std::vector<LayerOptions> options_;
  std::vector<LayerInference> layers_;
};

LayerOptions optionsOf(const char* kind, Index units = 0) {
  LayerOptions options = found(findLayerKind(kind), kind).defaults();
  options.units = units;
  return options;
}

TEST(InferenceTest, GivesTheBitsOfTheNetworkWithLayersOfEveryKind) {
  for (const LayerCase& each : everyKind()) {
    SCOPED_TRACE(each.name);
    LayerOptions options = optionsOf(each.kind->name);
    options.useBias = options.center = options.scale = !each.bare;
    options.rate = options.stddev = Scalar(0.3);
    Both first(9);
    first.add(each.kind->name, options, "tanh");
    first.add("dense", optionsOf("dense", 5));
    first.expectSameBits();
    Both last(70);
    last.add("dense", optionsOf("dense", 11), "relu");
    last.add(each.kind->name, options);
    last.expectSameBits();
  }
}

TEST(InferenceTest, GivesTheBitsOfTheNetworkWithEveryActivation) {
  for (const Activation& activation : activations()) {
    SCOPED_TRACE(activation.name);
    Both both(5);
    both.add("dense", optionsOf("dense", 7), activation.name);
    both.add("dense", optionsOf("dense", 12), activation.name);
    both.add("dense", optionsOf("dense", 3), activation.name);
    both.expectSameBits();
  }
}

TEST(InferenceTest, ReckonsInSixtyFourBits) {
  LayerInference layer{placeIn(layerKinds(), "dense"), 0, 2000000000, 2000000000, 0, 0, {}};
  EXPECT_GT(inferenceWorkspace({&layer, 1}, 2000000000, true), Size(1) << 62);
}

}  // namespace
}  // namespace mlp
