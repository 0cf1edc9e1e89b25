#include "mlp/insight/curvature.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mlp/insight/sharpness.h"
#include "mlp/layers/identity.h"
#include "mlp/layers/kinds.h"
#include "mlp/sparse.h"
#include "support/endings.h"
#include "support/golden.h"
#include "support/products.h"
#include "support/testing.h"

namespace mlp {
namespace {

// --- Against differences of the gradient

TEST(CurvatureTest, ProductsOfEveryActivationWithEveryLossAreThoseOfDifferences) {
  double worst = 0;
  std::string where;
  std::uint32_t number = 0;
  for (const Activation& hidden : activations()) {
    for (const Ending& ending : endings()) {
      // In float the steps are so long that they cross kinks.
      const TargetKind targets = ending.loss->targets;
      const bool kinks = ending.loss->piece && (targets == TargetKind::kAny || targets == TargetKind::kSign);
      if (!kDouble && (hidden.piece || ending.output->piece || kinks)) continue;
      Random random = testRandom(2000 + number++);
      Network network = makeNetwork(3, {{4, hidden.name}, {3, hidden.name}, {3, ending.output->name}});
      const Matrix x = randomNormal(random, 4, 3), y = randomTargets(random, ending.loss->targets, 4, 3);
      const Objective objective(*ending.loss, ending.options, *ending.output,
                                static_cast<Scalar>(ending.output->defaultAlpha));
      drawParameters(network, random, ending, objective, view(x));
      const double error = worstProduct(network, view(x), y, objective, random);
      if (!(error <= worst)) {
        worst = error;
        where = std::string(hidden.name) + ", " + ending.output->name + ", " + ending.loss->name;
      }
    }
  }
  EXPECT_LT(worst, within(1e-6, 1e-2)) << where;
  EXPECT_GT(number, within(1000, 300));
  std::cout << "Hessian products against differences: worst error " << worst << " over " << number << " networks; "
            << where << '\n';
}

TEST(CurvatureTest, ProductsOfOddShapesAreThoseOfDifferences) {
  Random random = testRandom(2);
  for (const Index features : {1, 5}) {
    for (const Index rows : {1, 3}) {
      for (const Index units : {1, 9}) {
        for (const bool bias : {false, true}) {
          Network network = makeNetwork(features, {{units, "tanh", bias}, {2, "softplus", !bias}, {3, "linear", bias}});
          randomizeParameters(network, random, 0.5);
          const Matrix x = randomNormal(random, rows, features), y = randomNormal(random, rows, 3);
          EXPECT_LT(worstProduct(network, view(x), y, objectiveOf(network, "meanSquaredError"), random),
                    within(1e-7, 1e-2));
        }
      }
    }
  }
}

// --- Properties of every Hessian

TEST(CurvatureTest, IsSymmetric) {
  for (const Ending& ending : endings()) {
    Random random = testRandom(3);
    Network network = makeNetwork(5, {{6, "gelu"}, {4, "softmax"}, {3, ending.output->name}});
    const Matrix x = randomNormal(random, 7, 5), y = randomTargets(random, ending.loss->targets, 7, 3);
    const Objective objective(*ending.loss, ending.options, *ending.output,
                              static_cast<Scalar>(ending.output->defaultAlpha));
    drawParameters(network, random, ending, objective, view(x));
    const Index count = network.parameters().size();
    const Vector u = randomDirection(random, count), v = randomDirection(random, count);
    const Vector hu = timesHessian(network, view(x), y, objective, u);
    const Vector hv = timesHessian(network, view(x), y, objective, v);
    EXPECT_NEAR(static_cast<double>(u.dot(hv)), static_cast<double>(v.dot(hu)),
                within(1e-14, 1e-5) * static_cast<double>(hu.norm() + hv.norm()))
        << ending.output->name << ", " << ending.loss->name;
  }
}

TEST(CurvatureTest, IsTheSameOfSparseInputs) {
  Random random = testRandom(4);
  Matrix x = randomNormal(random, 9, 12);
  for (Index i = 0; i < x.size(); ++i) {
    if (i % 3) x.data()[i] = 0;
  }
  const Matrix y = randomNormal(random, 9, 2);
  const Samples samples = samplesOf(x, nullptr, nullptr);
  SparseBatch batch;
  batch.gather(samples, {nullptr, 0, 9}, true);
  Network network = makeNetwork(12, {{8, "tanh"}, {2, "linear"}});
  const Objective objective = objectiveOf(network, "meanSquaredError");
  const Vector v = randomDirection(random, network.parameters().size());
  EXPECT_LT(difference(timesHessian(network, batch, y, objective, v), timesHessian(network, view(x), y, objective, v)),
            within(1e-15, 1e-6));
}

TEST(CurvatureTest, MayBeMultipliedWithAgainAndAgain) {
  Random random = testRandom(5);
  Network network = makeNetwork(4, {{5, "silu"}, {3, "softmax"}});
  const Matrix x = randomNormal(random, 6, 4), y = randomTargets(random, TargetKind::kClassIndex, 6, 3);
  Curvature curvature(network, view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
  const Vector u = randomDirection(random, network.parameters().size());
  Vector first(u.size()), other(u.size()), again(u.size());
  curvature.multiply(u.data(), first.data());
  curvature.multiply(first.data(), other.data());
  curvature.multiply(u.data(), again.data());
  EXPECT_TRUE(sameBits(first, again));
}

TEST(CurvatureTest, OfPiecewiseLinearNetworksIsThatOfThePieces) {
  // (w₂·relu(w₁·2) − 1)², w = (½, 3): with relu(z) = z it is (2w₁w₂ − 1)², with second derivatives 8w₂² = 72,
  // 8w₁² = 2 and 8·2w₁w₂ − 4 = 20; below the kink nothing bends.
  const Matrix x = Matrix::Constant(1, 1, 2), y = Matrix::Ones(1, 1);
  for (const bool above : {true, false}) {
    Network network = makeNetwork(1, {{1, "relu", false}, {1, "linear", false}});
    network.parameters() << Scalar(above ? 0.5 : -0.5), Scalar(3);
    const Objective objective = objectiveOf(network, "meanSquaredError");
    const Vector e1 = (Vector(2) << 1, 0).finished(), e2 = (Vector(2) << 0, 1).finished();
    const Vector first = timesHessian(network, view(x), y, objective, e1);
    const Vector second = timesHessian(network, view(x), y, objective, e2);
    EXPECT_NEAR(static_cast<double>(first[0]), above ? 72 : 0, 1e-5);
    EXPECT_NEAR(static_cast<double>(first[1]), above ? 20 : 0, 1e-5);
    EXPECT_NEAR(static_cast<double>(second[0]), above ? 20 : 0, 1e-5);
    EXPECT_NEAR(static_cast<double>(second[1]), above ? 2 : 0, 1e-5);
  }
}

TEST(CurvatureTest, OfANetworkWithoutParametersIsNothing) {
  LayerOptions options;
  options.inputs = options.units = 2;
  options.activation = &activationCalled("tanh");
  Network network(2, 1);
  network.add(std::make_unique<Identity>(options));
  const Matrix x = Matrix::Ones(3, 2);
  const Sharpness found = sharpness(network, view(x), view(x), objectiveOf(network, "meanSquaredError"), 10, 1e-4);
  EXPECT_EQ(found.lambdaMax, 0);
  EXPECT_TRUE(found.converged);
}

// --- Against PyTorch

const Json& cases() {
  static const Json json = goldenFile("hessians.json");
  return json;
}

Regularizer regularizerOf(const Json& layer, const char* name) {
  if (!layer.contains(name)) return {};
  return {layer.at(name).at("l1").get<Scalar>(), layer.at(name).at("l2").get<Scalar>()};
}

std::unique_ptr<Layer> layerOf(const Json& layer, Index inputs) {
  const std::string name = layer.at("className");
  const LayerKind& kind = found(findLayerKind(name), name);
  LayerOptions options = kind.defaults();
  options.inputs = inputs;
  options.units = layer.value("units", inputs);
  options.activation = &activationCalled(layer.value("activation", "linear"));
  options.alpha = static_cast<Scalar>(options.activation->defaultAlpha);
  options.useBias = layer.value("useBias", true);
  options.activityRegularizer = regularizerOf(layer, "activityRegularizer");
  options.kernelRegularizer = regularizerOf(layer, "kernelRegularizer");
  options.biasRegularizer = regularizerOf(layer, "biasRegularizer");
  return kind.make(options);
}

struct Built {
  Network network;
  Matrix x, y;
  LossOptions options;

  Objective objective(const Json& golden) const {
    return objectiveOf(network, golden.at("loss").at("name").get<std::string>(), options);
  }
};

Built build(const Json& golden) {
  Built built{Network(golden.at("features").get<Index>(), 1), matrixOf(golden.at("x")), {}, {}};
  Network& network = built.network;
  for (const Json& layer : golden.at("layers")) network.add(layerOf(layer, network.outputs()));
  std::size_t next = 0;
  const auto take = [&](Scalar* to, Index size) {
    if (size == 0) return;
    for (const Json& number : golden.at("weights").at(next++)) *to++ = number.get<Scalar>();
  };
  for (const auto& layer : network.layers()) {
    take(network.parameters().data() + layer->kernelOffset(), layer->kernelSize());
    take(network.parameters().data() + layer->biasOffset(), layer->biasSize());
    take(network.state().data() + layer->stateOffset(), layer->stateSize() / 2);
    take(network.state().data() + layer->stateOffset() + layer->stateSize() / 2, layer->stateSize() / 2);
  }
  const Json& y = golden.at("y");
  built.y = y.at(0).is_array() ? matrixOf(y) : oneHotRows(y.get<std::vector<std::int32_t>>(), network.outputs());
  built.options.fromLogits = golden.at("loss").value("fromLogits", false);
  built.options.labelSmoothing = static_cast<Scalar>(golden.at("loss").value("labelSmoothing", 0.0));
  return built;
}

TEST(CurvatureTest, EveryEntryIsThatOfPyTorch) {
  double worst = 0;
  for (const Json& golden : cases()) {
    Built built = build(golden);
    const std::vector<double> lower = golden.at("hessian");  // row by row up to the diagonal
    double largest = 0;
    for (const double entry : lower) largest = std::max(largest, std::abs(entry));
    const Index count = built.network.parameters().size();
    ASSERT_EQ(static_cast<Index>(lower.size()), count * (count + 1) / 2);
    const Objective objective = built.objective(golden);
    Curvature curvature(built.network, view(built.x), view(built.y), objective);
    for (Index j = 0; j < count; ++j) {
      Vector unit = Vector::Zero(count), column(count);
      unit[j] = 1;
      curvature.multiply(unit.data(), column.data());
      for (Index i = 0; i < count; ++i) {
        const Index row = std::max(i, j);
        const double expected = lower[static_cast<std::size_t>(row * (row + 1) / 2 + std::min(i, j))];
        const double error = std::abs(static_cast<double>(column[i]) - expected) / largest;
        EXPECT_LT(error, within(1e-11, 3e-6)) << golden.at("name") << ": " << i << ", " << j;
        worst = std::max(worst, error);
      }
    }
  }
  std::cout << "Hessians against PyTorch, " << (kDouble ? "double" : "float") << ": worst error " << worst
            << " of the largest entry, " << cases().size() << " networks\n";
}

TEST(CurvatureTest, TheLargestEigenvalueIsThatOfPyTorchsDenseHessian) {
  EXPECT_GE(cases().size(), 5u);
  for (const Json& golden : cases()) {
    Built built = build(golden);
    const double expected = golden.at("lambdaMax");
    const Sharpness found =
        sharpness(built.network, view(built.x), view(built.y), built.objective(golden), 100, within(1e-8, 1e-4));
    EXPECT_TRUE(found.converged) << golden.at("name");
    EXPECT_NEAR(found.lambdaMax / expected, 1, within(1e-10, 1e-5)) << golden.at("name");
    std::cout << golden.at("name").get<std::string>() << ": " << found.iterations << " iterations, relative error "
              << found.lambdaMax / expected - 1 << '\n';
  }
}

}  // namespace
}  // namespace mlp
