// Layers that training leaves alone.
#include <gtest/gtest.h>

#include "mlp/insight/sharpness.h"
#include "mlp/training/trainer.h"
#include "support/layers.h"

namespace mlp {
namespace {

LayerOptions denseOf(Index units, std::string_view activation, bool trainable) {
  LayerOptions options = findLayerKind("dense")->defaults();
  options.units = units;
  options.activation = &activationCalled(activation);
  options.trainable = trainable;
  return options;
}

void train(Model& model, const Matrix& x, const Matrix& y, int epochs) {
  Trainer trainer(model, samplesOf(x, &y, nullptr), 8, true);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    trainer.beginEpoch();
    trainer.run(100, 1e9);
  }
  model.endTraining();
}

struct Way {
  const char* name;
  void (*set)(OptimizerOptions&);
};

constexpr Way kWays[] = {
    {"plain", [](OptimizerOptions&) {}},
    {"weightDecay", [](OptimizerOptions& o) { o.weightDecay = 0.1; }},
    {"clipNorm", [](OptimizerOptions& o) { o.clipNorm = 0.01; }},
    {"clipValue", [](OptimizerOptions& o) { o.clipValue = 0.001; }},
    {"globalClipNorm", [](OptimizerOptions& o) { o.globalClipNorm = 0.01; }},
    {"useEma", [](OptimizerOptions& o) { o.useEma = 1; }},
};

// Behind a frozen layer the others learn as on its activations, as if it were no part of the model.
TEST(FrozenTest, WhatIsBehindAFrozenLayerLearnsAsOnItsActivations) {
  Random random = testRandom(830);
  const Matrix x = randomNormal(random, 30, 3), y = randomNormal(random, 30, 2);
  for (const Optimizer& optimizer : optimizers()) {
    for (const Way& way : kWays) {
      if (optimizer.fullBatch() && std::string_view(way.name) != "plain") continue;
      OptimizerOptions options = optimizer.defaults();
      way.set(options);
      Model whole(3, 7), behind(5, 7);
      LayerOptions first = denseOf(5, "tanh", false);
      first.kernelRegularizer.l2 = Scalar(0.1);
      first.kernelConstraint = {Constraint::Kind::kUnitNorm, 1};
      addDense(whole.network, first);
      addDense(whole.network, denseOf(4, "sigmoid", true));
      addDense(whole.network, denseOf(2, "linear", true));
      addDense(behind.network, denseOf(4, "sigmoid", true));
      addDense(behind.network, denseOf(2, "linear", true));
      const Index frozen = 3 * 5 + 5, rest = behind.network.parameters().size();
      randomizeParameters(whole.network, random, 0.7);
      behind.network.parameters() = whole.network.parameters().tail(rest);
      const Vector before = whole.network.parameters().head(frozen);
      whole.network.forward(view(x));
      const Matrix activations = whole.network.a(0);

      whole.compile(lossCalled("meanSquaredError"), {}, {}, optimizer, options);
      behind.compile(lossCalled("meanSquaredError"), {}, {}, optimizer, options);
      train(whole, x, y, 3);
      train(behind, activations, y, 3);
      const std::string what = std::string(optimizer.name) + ", " + way.name;
      EXPECT_TRUE(sameBits(Vector(whole.network.parameters().head(frozen)), before)) << what;
      EXPECT_LT(difference(Vector(whole.network.parameters().tail(rest)), behind.network.parameters()),
                within(1e-9, 1e-3))
          << what;
      EXPECT_FALSE(sameBits(Vector(whole.network.parameters().tail(rest)), Vector(Vector::Zero(rest)))) << what;
    }
  }
}

TEST(FrozenTest, ALayerBetweenOthersPassesErrorsOnAndStaysTheSame) {
  Random random = testRandom(831);
  const Matrix x = randomNormal(random, 16, 3), y = randomNormal(random, 16, 2);
  for (const LayerCase& each : everyKind()) {
    Model model(3, 3);
    addDense(model.network, denseOf(4, "tanh", true));
    model.network.add(each.make(4, false));
    addDense(model.network, denseOf(2, "linear", true));
    const Layer& frozen = *model.network.layers()[1];
    const Index size = static_cast<Index>(frozen.kernelSize() + frozen.biasSize());
    OptimizerOptions options = optimizerCalled("adam").defaults();
    options.weightDecay = 0.1;
    options.useEma = 1;
    model.compile(lossCalled("meanSquaredError"), {}, {}, optimizerCalled("adam"), options);
    const Vector before = model.network.parameters(), state = model.network.state();
    train(model, x, y, 2);
    const Vector& after = model.network.parameters();
    EXPECT_TRUE(sameBits(Vector(after.segment(frozen.kernelOffset(), size)),
                         Vector(before.segment(frozen.kernelOffset(), size))))
        << each.name;
    EXPECT_TRUE(sameBits(model.network.state(), state)) << each.name;
    EXPECT_FALSE(sameBits(Vector(after.head(16)), Vector(before.head(16))))
        << each.name << ": what is before it learns";
  }
}

TEST(FrozenTest, GradientsOfTrainingAreZeroThereAndThoseOfInsightAreNot) {
  Random random = testRandom(832);
  const Matrix x = randomNormal(random, 6, 3), y = randomNormal(random, 6, 2);
  Network network(3, 1);
  addDense(network, denseOf(4, "tanh", false));
  addDense(network, denseOf(2, "linear", true));
  const Objective objective = objectiveOf(network, "meanSquaredError");
  network.lossAndGradients(view(x), view(y), objective);
  EXPECT_GT(network.gradients().head(16).norm(), 0);
  const Vector all = network.gradients();
  network.lossAndGradients(view(x), view(y), objective, {true, 0});
  EXPECT_EQ(network.gradients().head(16).norm(), 0);
  EXPECT_TRUE(sameBits(Vector(network.gradients().tail(10)), Vector(all.tail(10))));
}

TEST(FrozenTest, SharpnessIsThatOfWhatIsTrained) {
  Random random = testRandom(833);
  const Matrix x = randomNormal(random, 12, 3), y = randomNormal(random, 12, 2);
  Network whole(3, 1), behind(4, 1), nothing(3, 1);
  addDense(whole, denseOf(4, "tanh", false));
  addDense(whole, denseOf(2, "linear", true));
  addDense(behind, denseOf(2, "linear", true));
  addDense(nothing, denseOf(2, "linear", false));
  behind.parameters() = whole.parameters().tail(10);
  whole.forward(view(x));
  const Matrix a = whole.a(0);
  const auto of = [&](Network& network, const Matrix& inputs) {
    return sharpness(network, view(inputs), view(y), objectiveOf(network, "meanSquaredError"), 100, 1e-5);
  };
  EXPECT_NEAR(of(whole, x).lambdaMax, of(behind, a).lambdaMax, within(1e-6, 1e-3));
  EXPECT_EQ(of(nothing, x).lambdaMax, 0) << "where nothing is trained the loss is flat";
  EXPECT_TRUE(of(nothing, x).converged);
}

}  // namespace
}  // namespace mlp
