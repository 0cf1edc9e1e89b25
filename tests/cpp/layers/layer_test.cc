#include "mlp/layers/layer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/layers.h"
#include "support/products.h"

namespace mlp {
namespace {

// Dense, the layer, dense: so that both its own gradients and what it passes down are seen in parameters.
Network around(const LayerCase& each) {
  Network network = makeNetwork(3, {{5, "tanh"}}, 11);
  network.add(each.make(5));
  addLayers(network, {{2, "linear"}});
  Random random = testRandom(810);
  randomizeParameters(network, random, 0.7);
  for (Index i = 0; i < network.state().size(); ++i) {
    network.state()[i] = static_cast<Scalar>(0.5 + random.uniform());
  }
  return network;
}

// The largest difference between the gradient and central differences of the loss, relative to the largest gradient.
double worstGradient(Network& network, const Matrix& x, const Matrix& y, const Mode& mode) {
  const Objective objective = objectiveOf(network, "meanSquaredError");
  const Vector state = network.state();
  network.lossAndGradients(view(x), view(y), objective, mode);
  const Vector analytic = network.gradients();
  const double h = within(1e-5, 1e-2);
  double worst = 0;
  for (Index i = 0; i < analytic.size(); ++i) {
    const Scalar kept = network.parameters()[i];
    double sides[2];
    for (const int side : {0, 1}) {
      network.parameters()[i] = kept + static_cast<Scalar>(side ? h : -h);
      sides[side] = network.loss(view(x), view(y), objective, mode);
    }
    network.parameters()[i] = kept;
    worst = std::max(worst, std::abs((sides[1] - sides[0]) / (2 * h) - static_cast<double>(analytic[i])));
  }
  network.state() = state;
  return worst / static_cast<double>(analytic.cwiseAbs().maxCoeff());
}

TEST(LayerTest, GradientsOfEveryKindAreThoseOfDifferences) {
  for (const LayerCase& each : everyKind()) {
    for (const bool training : {false, true}) {
      Network network = around(each);
      Random random = testRandom(811);
      const Matrix x = randomNormal(random, 7, 3), y = randomNormal(random, 7, 2);
      EXPECT_LT(worstGradient(network, x, y, {training, 5}), within(1e-8, 5e-3))
          << each.name << (training ? " in training" : "");
    }
  }
}

// The largest difference between ∂f/∂x and central differences of f, which is one unit of each row, relative to
// the largest ∂f/∂x.
double worstInputGradient(Network& network, const Matrix& x, bool logits) {
  std::vector<std::int32_t> units;
  for (Index row = 0; row < x.rows(); ++row) {
    units.push_back(static_cast<std::int32_t>(row % network.outputs()));
  }
  const std::size_t last = network.layers().size() - 1;
  const auto valueAt = [&](const Matrix& at, Index row) {
    network.forward(view(at));
    const ConstMatrixMap outputs = logits ? network.z(last) : network.a(last);
    return static_cast<double>(outputs(row, units[static_cast<std::size_t>(row)]));
  };
  network.gradients().setConstant(7);
  Matrix analytic(x.rows(), x.cols());
  network.forward(view(x));
  network.inputGradient(units.data(), logits, analytic.data());
  EXPECT_TRUE((network.gradients().array() == 7).all());
  const double h = within(1e-5, 1e-2);
  double worst = 0;
  Matrix moved = x;
  for (Index row = 0; row < x.rows(); ++row) {
    for (Index j = 0; j < x.cols(); ++j) {
      moved(row, j) = x(row, j) + static_cast<Scalar>(h);
      const double up = valueAt(moved, row);
      moved(row, j) = x(row, j) - static_cast<Scalar>(h);
      const double down = valueAt(moved, row);
      moved(row, j) = x(row, j);
      worst = std::max(worst, std::abs((up - down) / (2 * h) - static_cast<double>(analytic(row, j))));
    }
  }
  return worst / static_cast<double>(analytic.cwiseAbs().maxCoeff());
}

TEST(LayerTest, InputGradientsThroughEveryKindAreThoseOfDifferences) {
  for (const LayerCase& each : everyKind()) {
    Network network = around(each);
    Random random = testRandom(813);
    const Matrix x = randomNormal(random, 7, 3);
    EXPECT_LT(worstInputGradient(network, x, false), within(1e-8, 5e-3)) << each.name;

    // Also where it comes first.
    Network first(5, 3);
    first.add(each.make(5));
    addLayers(first, {{3, "tanh"}});
    for (Index i = 0; i < first.state().size(); ++i) {
      first.state()[i] = static_cast<Scalar>(0.5 + random.uniform());
    }
    EXPECT_LT(worstInputGradient(first, randomNormal(random, 6, 5), true), within(1e-8, 5e-3)) << each.name;
  }
}

TEST(LayerTest, InputGradientsThroughEveryActivationAreThoseOfDifferences) {
  for (const Activation& activation : activations()) {
    if (!kDouble && activation.piece) continue;  // float's step is too long for kinks
    for (const char* output : {"linear", "softmax", activation.name}) {
      for (const bool logits : {false, true}) {
        Network network = makeNetwork(4, {{6, activation.name}, {5, activation.name}, {3, output}}, 5);
        Random random = testRandom(814);
        randomizeParameters(network, random, 0.6);
        EXPECT_LT(worstInputGradient(network, randomNormal(random, 5, 4), logits), within(1e-7, 1e-2))
            << activation.name << " below " << output << (logits ? ", logits" : "");
      }
    }
  }
}

// A sparse batch gives the bits of a dense one, and rows do not mix.
TEST(LayerTest, InputGradientsOfSparseSamplesAndOfSingleRowsAreTheSame) {
  Network network = makeNetwork(70, {{6, "gelu"}, {3, "softmax"}}, 5);
  Random random = testRandom(815);
  Matrix x = randomNormal(random, 4, 70);
  for (Index i = 0; i < x.size(); ++i) {
    if (i % 5 != 0) x.data()[i] = 0;
  }
  const std::int32_t units[] = {2, 0, 1, 2};
  Matrix dense(4, 70), sparse(4, 70), single(1, 70);
  network.forward(view(x));
  network.inputGradient(units, false, dense.data());
  Batcher batcher(samplesOf(x, nullptr, nullptr), 3, false);
  batcher.gather({nullptr, 0, 4});
  ASSERT_TRUE(batcher.sparse());
  network.forward(batcher.x());
  network.inputGradient(units, false, sparse.data());
  EXPECT_LT(difference(sparse, dense), within(1e-14, 1e-5));
  for (Index row = 0; row < 4; ++row) {
    network.forward(ConstMatrixMap(x.row(row).data(), 1, 70));
    network.inputGradient(units + row, false, single.data());
    EXPECT_LT(difference(single, Matrix(dense.row(row))), within(1e-14, 1e-5));
  }
}

TEST(LayerTest, HessianProductsOfEveryKindAreThoseOfDifferences) {
  for (const LayerCase& each : everyKind()) {
    Random random = testRandom(814);
    const Matrix x = randomNormal(random, 7, 3), y = randomNormal(random, 7, 2);
    Network inner = around(each);
    EXPECT_LT(worstProduct(inner, view(x), y, objectiveOf(inner, "meanSquaredError"), random), within(1e-7, 1e-2))
        << each.name << " between dense layers";

    // First, where x does not depend on parameters; twice in a row; last.
    Network ends(3, 12);
    ends.add(each.make(3));
    ends.add(each.make(3));
    addLayers(ends, {{2, "softplus"}});
    ends.add(each.make(2));
    ends.add(each.make(2));
    randomizeParameters(ends, random, 0.7);
    EXPECT_LT(worstProduct(ends, view(x), y, objectiveOf(ends, "meanSquaredError"), random), within(1e-7, 1e-2))
        << each.name << " at both ends";
  }
}

TEST(LayerTest, PenaltiesHaveTheirGradients) {
  LayerOptions options;
  options.units = 4;
  options.activation = &activationCalled("tanh");
  options.kernelInitializer = options.biasInitializer = &initializerCalled("zeros");
  options.kernelRegularizer = {Scalar(0.02), Scalar(0.03)};
  options.biasRegularizer = {Scalar(0), Scalar(0.05)};
  options.activityRegularizer = {Scalar(0.01), Scalar(0.02)};
  Network network(3, 1);
  addDense(network, options);
  addDense(network, options);  // also on the last layer, behind a fused loss or not
  Random random = testRandom(812);
  randomizeParameters(network, random, 0.7);
  const Matrix x = randomNormal(random, 6, 3), y = randomNormal(random, 6, 4);
  EXPECT_LT(worstGradient(network, x, y, {}), within(1e-8, 5e-3));
  EXPECT_LT(worstProduct(network, view(x), y, objectiveOf(network, "meanSquaredError"), random), within(1e-7, 1e-2));

  const double penalised = network.loss(view(x), view(y), objectiveOf(network, "meanSquaredError"));
  double expected = 0;
  for (const std::size_t layer : {0, 1}) {
    const auto kernel = kernelOf(network, network.parameters(), layer).cast<double>();
    const auto bias = biasOf(network, network.parameters(), layer).cast<double>();
    const auto a = network.a(layer).cast<double>();
    expected +=
        static_cast<double>(Scalar(0.02)) * kernel.cwiseAbs().sum() +
        static_cast<double>(Scalar(0.03)) * kernel.squaredNorm() +
        static_cast<double>(Scalar(0.05)) * bias.squaredNorm() +
        (static_cast<double>(Scalar(0.01)) * a.cwiseAbs().sum() + static_cast<double>(Scalar(0.02)) * a.squaredNorm()) /
            6;
  }
  const double plain = (network.a(1) - view(y)).cast<double>().squaredNorm() / 24;
  EXPECT_NEAR(penalised, plain + expected, within(1e-14, 1e-6));
}

}  // namespace
}  // namespace mlp
