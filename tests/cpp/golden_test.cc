// The library held to what PyTorch's autograd finds; tests/golden/README.md describes the numbers.

#include "support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mlp/network.h"
#include "mlp/training/trainer.h"
#include "support/testing.h"

namespace mlp {
namespace {

using Numbers = std::vector<double>;

// An entry may be off by this much of itself, or of this share of the largest entry of its tensor if that is
// more: a sum whose terms cancel keeps only the digits its largest terms have. tests/js/golden.test.ts has
// the same bounds.
constexpr double kBound = within(1e-9, 1e-5);
constexpr double kShare = 0.1;
constexpr int kSteps = 10;

const Json& cases() {
  static const Json json = [] {
    Json all = goldenFile("golden.json");
    for (Json& golden : goldenFile("optimizers.json")) all.push_back(std::move(golden));
    return all;
  }();
  return json;
}

Numbers joined(const Json& tensors) {
  Numbers all;
  for (const Json& tensor : tensors) {
    const Numbers numbers = tensor;
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  return all;
}

// One case, built: a model with the weights of the case, and its samples.
struct Built {
  Model model;
  Matrix x;
  Matrix targets;
  std::vector<std::int32_t> classes;  // for losses that take them

  Samples samples() const {
    return samplesOf(x, classes.empty() ? &targets : nullptr, classes.empty() ? nullptr : &classes);
  }
};

Built build(const Json& golden, const Json& optimizer) {
  Built built{Model(golden.at("features").get<Index>(), 1), matrixOf(golden.at("x")), {}, {}};
  Model& model = built.model;
  std::vector<LayerSpec> layers;
  for (const Json& layer : golden.at("layers")) {
    layers.push_back({layer.at("units").get<Index>(), layer.at("activation").get_ref<const std::string&>(),
                      layer.at("useBias").get<bool>(), layer.value("alpha", std::nan(""))});
  }
  addLayers(model.network, layers);
  Numbers weights;
  for (const Json& weight : golden.at("weights")) {
    const Numbers data = weight.at("data");
    weights.insert(weights.end(), data.begin(), data.end());
  }
  if (static_cast<Index>(weights.size()) != model.network.parameters().size()) throw std::runtime_error("weights");
  for (std::size_t i = 0; i < weights.size(); ++i) {
    model.network.parameters()[static_cast<Index>(i)] = static_cast<Scalar>(weights[i]);
  }

  const Loss& loss = lossCalled(golden.at("loss").at("name").get_ref<const std::string&>());
  LossOptions options;
  for (const auto& [key, value] : golden.at("loss").items()) {
    if (key == "name") continue;
    if (key == "delta")
      options.delta = value.get<Scalar>();
    else if (key == "labelSmoothing")
      options.labelSmoothing = value.get<Scalar>();
    else if (key == "reduction")
      options.sumReduction = value.get<std::string>() == "sum";
    else if (key == "fromLogits")
      options.fromLogits = value.get<bool>();
    else
      throw std::runtime_error("unknown loss option " + key);
  }

  const Optimizer& chosen = optimizerCalled(optimizer.at("name").get_ref<const std::string&>());
  OptimizerOptions optimizerOptions = chosen.defaults();
  for (const auto& [key, value] : optimizer.items()) {
    if (key == "name") continue;
    const auto option = std::find_if(chosen.options.begin(), chosen.options.end(),
                                     [&key = key](const OptimizerOption& o) { return key == o.name; });
    if (option == chosen.options.end()) throw std::runtime_error("unknown optimizer option " + key);
    optimizerOptions.*option->field = value.is_boolean() ? value.get<bool>() : value.get<double>();
  }
  model.compile(loss, options, {}, chosen, optimizerOptions);

  if (loss.targets == TargetKind::kClassIndex) {
    built.classes = golden.at("y").get<std::vector<std::int32_t>>();
    built.targets = oneHotRows(built.classes, model.network.outputs());
  } else {
    built.targets = matrixOf(golden.at("y"));
  }
  return built;
}

Built build(const Json& golden) { return build(golden, {{"name", "sgd"}}); }

// Compares numbers and remembers the worst error.
class Comparison {
 public:
  explicit Comparison(const char* what) : what_(what) {}
  ~Comparison() {
    std::cout << what_ << " against PyTorch, " << (kDouble ? "double" : "float") << ": worst relative error " << worst_
              << " over " << count_ << " numbers";
    std::cout << '\n';
  }

  void expectClose(const Scalar* actual, const Numbers& expected, const std::string& what) {
    double floor = 0;
    for (const double value : expected) floor = std::max(floor, kShare * std::abs(value));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      compare(static_cast<double>(actual[i]), expected[i], std::max(std::abs(expected[i]), floor),
              what + '[' + std::to_string(i) + ']');
    }
  }
  void expectClose(double actual, double expected, const std::string& what) {
    compare(actual, expected, std::abs(expected), what);
  }
  // Parameters or gradients: tensor by tensor.
  void expectClose(const Vector& flat, const Json& tensors, const std::string& what) {
    ASSERT_EQ(static_cast<std::size_t>(flat.size()), joined(tensors).size());
    const Scalar* place = flat.data();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      expectClose(place, tensors[i].get<Numbers>(), what + " tensor " + std::to_string(i));
      place += tensors[i].size();
    }
  }

 private:
  void compare(double actual, double expected, double scale, const std::string& what) {
    const double gap = std::abs(actual - expected);
    const double error = gap == 0 ? 0 : gap / scale;
    EXPECT_LE(error, kBound) << what << ": " << actual << " against " << expected;
    worst_ = std::max(worst_, error);
    ++count_;
  }

  const char* what_;
  double worst_ = 0;
  long count_ = 0;
};

TEST(Golden, ThereAreAtLeastFortyNetworksThatUseEveryActivationLossAndOptimizer) {
  EXPECT_GE(cases().size(), 40u);
  std::vector<std::string> seen;
  for (const Json& golden : cases()) {
    seen.push_back(golden.at("loss").at("name"));
    for (const Json& layer : golden.at("layers")) seen.push_back(layer.at("activation"));
    for (const Json& run : golden.at("optimizers")) seen.push_back(run.at("optimizer").at("name"));
  }
  std::vector<std::string> wanted = namesIn(activations());
  for (const std::string& name : namesIn(losses())) wanted.push_back(name);
  for (const Optimizer& optimizer : optimizers()) {
    if (!optimizer.fullBatch()) wanted.emplace_back(optimizer.name);  // for the others there is SciPy below
  }
  for (const std::string& name : wanted) EXPECT_EQ(std::count(seen.begin(), seen.end(), name) > 0, true) << name;
}

TEST(Golden, ZAndAOfEveryLayerAreThoseOfPyTorch) {
  Comparison comparison("Z and A");
  for (const Json& golden : cases()) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    Built built = build(golden);
    built.model.network.forward(view(built.x));
    for (std::size_t layer = 0; layer < golden.at("forward").size(); ++layer) {
      const Json& expected = golden.at("forward")[layer];
      const std::string name = " of layer " + std::to_string(layer);
      comparison.expectClose(built.model.network.z(layer).data(), expected.at("z").get<Numbers>(), "z" + name);
      comparison.expectClose(built.model.network.a(layer).data(), expected.at("a").get<Numbers>(), "a" + name);
    }
  }
}

TEST(Golden, LossErrorSignalsAndGradientsAreThoseOfPyTorch) {
  Comparison comparison("Loss, delta and gradients");
  for (const Json& golden : cases()) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    Built built = build(golden);
    Network& network = built.model.network;
    const double loss = network.lossAndGradients(view(built.x), view(built.targets), built.model.objective());
    comparison.expectClose(loss, golden.at("lossValue").get<double>(), "loss");
    comparison.expectClose(network.gradients(), golden.at("gradients"), "gradient of");
    for (std::size_t layer = 0; layer < golden.at("delta").size(); ++layer) {
      comparison.expectClose(network.delta(layer).data(), golden.at("delta")[layer].get<Numbers>(),
                             "delta of layer " + std::to_string(layer));
    }
  }
}

TEST(Golden, ParametersAfterTenStepsOfEveryOptimizerAreThoseOfPyTorch) {
  Comparison comparison("Parameters after ten steps");
  for (const Json& golden : cases()) {
    for (const Json& run : golden.at("optimizers")) {
      SCOPED_TRACE(golden.at("name").get<std::string>() + ", " + run.at("optimizer").dump());
      Built built = build(golden, run.at("optimizer"));
      Trainer trainer(built.model, built.samples(), built.x.rows(), false);
      for (int step = 0; step < kSteps; ++step) {
        trainer.beginEpoch();
        trainer.run(1, 1e9);
      }
      built.model.endTraining();
      comparison.expectClose(built.model.network.parameters(), run.at("weightsAfter"), "trained");
      const double loss = built.model.network.loss(view(built.x), view(built.targets), built.model.objective());
      comparison.expectClose(loss, run.at("lossAfter").get<double>(), "loss after training");
    }
  }
}

TEST(Golden, LbfgsFindsTheLeastLossOfConvexProblemsAsSciPyDoes) {
  for (const Json& golden : goldenFile("lbfgs.json")) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    Built built = build(golden, {{"name", "lbfgs"}});
    Trainer trainer(built.model, built.samples(), 32, true);
    int iterations = 0;
    for (; iterations < 200 && !built.model.converged(); ++iterations) {
      trainer.beginEpoch();
      trainer.run(1, 1e9);
    }
    const double expected = golden.at("leastLoss").get<double>();
    EXPECT_NEAR(trainer.totals().loss / static_cast<double>(trainer.totals().rows), expected,
                within(1e-12, 1e-6) * expected);
    EXPECT_TRUE(built.model.converged());
    std::cout << golden.at("name").get<std::string>() << ": " << iterations << " iterations\n";
  }
}

}  // namespace
}  // namespace mlp
