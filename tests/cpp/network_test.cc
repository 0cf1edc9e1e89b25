#include "mlp/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mlp/insight/gradient_check.h"
#include "support/endings.h"
#include "support/testing.h"

namespace mlp {
namespace {

// --- The passes, against formulas

TEST(NetworkTest, AForwardPassOfTwoLayersIsAsByHand) {
  Network network = makeNetwork(2, {{2, "relu"}, {1, "linear"}});
  network.parameters() << 1, -1, 2, 1, /* bias */ Scalar(0.5), -1, /* second kernel */ 3, -2,
      /* bias */ Scalar(0.25);
  const Matrix x = (Matrix(2, 2) << 1, 2, -1, 3).finished();
  const ConstMatrixMap output = network.forward(view(x));
  // (1, 2)·(1 −1; 2 1) + (0.5, −1) = (5.5, 0);  (−1, 3) → (5.5, 3)
  EXPECT_EQ(Matrix(network.z(0)), (Matrix(2, 2) << 5.5, 0, 5.5, 3).finished());
  EXPECT_EQ(Matrix(output), (Matrix(2, 1) << 16.75, 10.75).finished());
}

TEST(NetworkTest, ABackwardPassOfTwoLayersIsAsByHand) {
  Network network = makeNetwork(2, {{2, "relu"}, {1, "linear"}});
  network.parameters() << 1, -1, 2, 1, Scalar(0.5), -1, 3, -2, Scalar(0.25);
  const Matrix x = (Matrix(2, 2) << 1, 2, -1, 3).finished(), y = (Matrix(2, 1) << 14.75, 11.75).finished();
  const double loss = network.lossAndGradients(view(x), view(y), objectiveOf(network, "sumOfSquares"));
  EXPECT_EQ(loss, (0.5 * 2 * 2 + 0.5 * 1 * 1) / 2);
  EXPECT_EQ(Matrix(network.delta(1)), (Matrix(2, 1) << 1, -0.5).finished()) << "(ŷ − y)/m";
  EXPECT_EQ(Matrix(network.delta(0)), (Matrix(2, 2) << 3, 0, -1.5, 1).finished()) << "σ'(0) = 0";
  EXPECT_EQ(network.gradients(), (Vector(9) << 4.5, -1, 1.5, 3, 1.5, 1, 2.75, -1.5, 0.5).finished());
}

TEST(NetworkTest, ARowOfWeightZeroThatOverflowsLeavesNoTraceInTheGradients) {
  Random random = testRandom(58);
  const Matrix x = randomNormal(random, 4, 3), y = randomNormal(random, 4, 2);
  Matrix huge = x;
  huge.row(2).setConstant(std::numeric_limits<Scalar>::max());
  const Scalar weights[] = {1, 2, 0, 1};
  for (const char* activation : {"linear", "relu", "gelu", "softsign", "softmax"}) {
    Network network = makeNetwork(3, {{5, activation}, {4, "selu"}, {2, "linear"}});
    const Objective objective = objectiveOf(network, "meanSquaredError");
    const double loss = network.lossAndGradients(view(x), view(y), objective, {}, weights);
    const Vector gradients = network.gradients();
    EXPECT_EQ(network.lossAndGradients(view(huge), view(y), objective, {}, weights), loss) << activation;
    EXPECT_EQ(network.gradients(), gradients) << activation;
  }
}

TEST(NetworkTest, ABatchIsItsRowsOneByOne) {
  Random random = testRandom(50);
  Network network = makeNetwork(5, {{7, "gelu"}, {6, "softmax"}, {3, "tanh"}});
  const Objective objective = objectiveOf(network, "meanSquaredError");
  const Matrix x = randomNormal(random, 11, 5), y = randomNormal(random, 11, 3);
  double loss = 0;
  Vector gradients = Vector::Zero(network.parameters().size());
  Matrix outputs(11, 3);
  for (Index row = 0; row < 11; ++row) {
    const Matrix xRow = x.row(row), yRow = y.row(row);
    loss += network.lossAndGradients(view(xRow), view(yRow), objective) / 11;
    gradients += network.gradients() / 11;
    outputs.row(row) = network.a(2);
  }
  EXPECT_NEAR(network.lossAndGradients(view(x), view(y), objective), loss, within(1e-14, 1e-6));
  EXPECT_LT(difference(network.gradients(), gradients), within(1e-14, 2e-6));
  EXPECT_TRUE(sameBits(Matrix(network.a(2)), outputs)) << "a row's outputs do not depend on its neighbours";
}

TEST(NetworkTest, WithoutLayersItRefusesToRun) {
  Network network(2, 1);
  const Matrix x = Matrix::Zero(1, 2);
  EXPECT_THROW(network.forward(view(x)), std::invalid_argument);
}

// --- Places of the numbers in the buffers

TEST(NetworkTest, AllParametersLieInOneBufferKernelBeforeBiasLayerByLayer) {
  Network network = makeNetwork(3, {{4, "relu"}, {2, "tanh", false}, {5, "softmax"}});
  Index end = 0;
  Index inputs = 3;
  for (const auto& each : network.layers()) {
    const Layer& layer = *each;
    EXPECT_EQ(layer.inputs(), inputs);
    EXPECT_EQ(layer.kernelOffset(), end);
    EXPECT_EQ(layer.kernelSize(), inputs * layer.units());
    EXPECT_EQ(layer.biasOffset(), end + layer.kernelSize());
    end = layer.biasOffset() + layer.biasSize();
    inputs = layer.units();
  }
  EXPECT_EQ(network.layers()[1]->biasSize(), 0);
  EXPECT_EQ(network.parameters().size(), end);
  EXPECT_EQ(network.gradients().size(), end);
  EXPECT_EQ(end, 3 * 4 + 4 + 4 * 2 + 2 * 5 + 5);
}

TEST(NetworkTest, LayersAreViewsOfTheBuffer) {
  Network network = makeNetwork(2, {{3, "linear"}, {1, "linear"}});
  const Matrix x = (Matrix(1, 2) << 1, 10).finished();
  network.parameters().setZero();
  network.parameters()[network.layers()[0]->kernelOffset() + 4] = 7;  // from input 1 to unit 1
  network.parameters()[network.layers()[0]->biasOffset() + 2] = 5;
  network.parameters()[network.layers()[1]->kernelOffset() + 1] = 2;
  network.parameters()[network.layers()[1]->biasOffset()] = -1;
  EXPECT_EQ(network.forward(view(x))(0, 0), 139);
  EXPECT_EQ(Matrix(network.z(0)), (Matrix(1, 3) << 0, 70, 5).finished());
}

TEST(NetworkTest, AddingALayerKeepsTheOnesBefore) {
  Network network = makeNetwork(3, {{4, "relu"}});
  const Vector before = network.parameters();
  addLayers(network, {{2, "linear"}});
  EXPECT_EQ(network.parameters().head(before.size()), before);
  const Matrix x = Matrix::Ones(5, 3);
  EXPECT_EQ(network.forward(view(x)).cols(), 2);
}

TEST(NetworkTest, BatchesOfAnySizeFollowOneAnother) {
  Random random = testRandom(51);
  const Matrix x = randomNormal(random, 9, 4), y = randomNormal(random, 9, 2);
  for (const Index rows : {9, 1, 4, 9, 2}) {
    Network seasoned = makeNetwork(4, {{5, "tanh"}, {2, "linear"}});
    Network fresh = makeNetwork(4, {{5, "tanh"}, {2, "linear"}});
    const Objective objective = objectiveOf(fresh, "huber");
    seasoned.lossAndGradients(view(x), view(y), objective);
    const ConstMatrixMap someX(x.data(), rows, 4), someY(y.data(), rows, 2);
    EXPECT_EQ(seasoned.lossAndGradients(someX, someY, objective), fresh.lossAndGradients(someX, someY, objective));
    EXPECT_TRUE(sameBits(seasoned.gradients(), fresh.gradients())) << rows;
    for (std::size_t layer = 0; layer < 2; ++layer) {
      EXPECT_EQ(seasoned.delta(layer).rows(), rows);
      EXPECT_TRUE(sameBits(seasoned.z(layer), fresh.z(layer)));
      EXPECT_TRUE(sameBits(seasoned.a(layer), fresh.a(layer)));
      EXPECT_TRUE(sameBits(seasoned.delta(layer), fresh.delta(layer)));
    }
  }
}

// --- The gradients, against differences

// A gradient below this is nothing but rounding, as behind a dead relu, or if all outputs of softmax are above their
// targets, because their absolute errors then add up to a constant.
constexpr Scalar kFlat = Scalar(within(1e-12, 1e-6));

// The worst relative error over many checks, and what remains to be said about them.
struct Worst {
  double error = 0;
  std::string where;
  Index networks = 0, flat = 0, checked = 0, skipped = 0;

  void add(const GradientCheck& check, const std::string& name) {
    ++networks;
    checked += check.checked;
    skipped += check.skipped;
    if (!(check.worstRelativeError <= error || std::isnan(error))) {  // NaN is the worst
      error = check.worstRelativeError;
      std::ostringstream words;
      words << name << ", parameter " << check.parameter << ": " << check.analytic << " against " << check.numeric;
      where = words.str();
    }
  }
};

// Errors are relative to the entry of the gradient, but at least to this share of the largest entry and of
// the loss: the difference quotient is itself wrong by some ε·loss/h, 1e-12 of the loss in double and 1e-5 in
// float.
constexpr double kFloorShare = within(1e-5, 1e-2);
constexpr Index kAll = 1000000;  // parameters
constexpr double kBound = within(1e-6, 1e-2);

std::string describe(const Ending& ending, const std::string& hidden, int depth) {
  return std::to_string(depth) + " layers, " + hidden + ", " + ending.output->name + ", " + ending.loss->name +
         (ending.options.fromLogits ? " from logits" : "");
}

void check(Worst& worst, Random& random, const Ending& ending, const std::vector<LayerSpec>& layers, Index features,
           Index rows, const std::string& name) {
  Network network = makeNetwork(features, layers, static_cast<std::uint64_t>(worst.networks));
  const Matrix x = randomNormal(random, rows, features);
  const Matrix y = randomTargets(random, ending.loss->targets, rows, network.outputs());
  const Objective objective(*ending.loss, ending.options, *ending.output,
                            static_cast<Scalar>(ending.output->defaultAlpha));
  drawParameters(network, random, ending, objective, view(x));
  worst.add(gradientCheck(network, view(x), view(y), objective, kAll, kFloorShare), name);
  if (network.gradients().cwiseAbs().maxCoeff() < kFlat) ++worst.flat;
}

TEST(NetworkTest, GradientsOfEveryActivationWithEveryLossAtEveryDepthAreTheDifferences) {
  Random random = testRandom(54);
  Worst worst;
  const std::vector<Ending> all = endings();
  for (int depth = 1; depth <= 4; ++depth) {
    for (const Activation& hidden : activations()) {
      if (depth == 1 && &hidden != &activations().front()) break;  // nothing is hidden
      // Differences tell nothing of towers of exponentials: they bend too much.
      if (depth > 2 && hidden.name == std::string_view("exponential")) continue;
      for (const Ending& ending : all) {
        std::vector<LayerSpec> layers;
        for (int i = 1; i < depth; ++i) layers.push_back({3 + i % 2, hidden.name});
        layers.push_back({3, ending.output->name});
        check(worst, random, ending, layers, 3, 4, describe(ending, hidden.name, depth));
      }
    }
  }
  EXPECT_LT(worst.error, kBound) << worst.where;
  EXPECT_EQ(worst.networks, static_cast<Index>(all.size() * (1 + 3 * activations().size() - 2)));
  EXPECT_LT(worst.skipped, worst.checked / 5) << "kinks are rare";
  EXPECT_LT(worst.flat, worst.networks / 20) << "the checks are not of zeros";
  RecordProperty("worstRelativeError", std::to_string(worst.error));
  std::cout << "Gradient check, " << (kDouble ? "double" : "float") << ": worst relative error " << worst.error
            << " over " << worst.networks << " networks, " << worst.checked << " parameters (" << worst.skipped
            << " at kinks skipped); " << worst.where << '\n';
}

TEST(NetworkTest, GradientsOfOddShapesAreTheDifferences) {
  Random random = testRandom(60);
  Worst worst;
  for (const Ending& ending : endings()) {
    for (const Index features : {1, 5}) {
      for (const Index rows : {1, 3}) {
        for (const Index units : {1, 9}) {
          for (const Index outputs : {1, 2}) {
            const std::vector<LayerSpec> layers = {{units, "tanh", rows == 1},
                                                   {outputs, ending.output->name, features == 1}};
            check(worst, random, ending, layers, features, rows,
                  describe(ending,
                           std::to_string(features) + " inputs, " + std::to_string(rows) + " rows, " +
                               std::to_string(units) + " tanh",
                           2));
          }
        }
      }
    }
  }
  EXPECT_LT(worst.error, kBound) << worst.where;
  std::cout << "Gradient check of odd shapes, " << (kDouble ? "double" : "float") << ": worst relative error "
            << worst.error << " over " << worst.networks << " networks; " << worst.where << '\n';
}

}  // namespace
}  // namespace mlp
