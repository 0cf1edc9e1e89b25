// Document 004, "Backpropagation": its methods work here, and none of its slips got in.
//
// Each test of a slip computes what the document should say and what it says; the core agrees with the first and with
// the second not at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "mlp/insight/gradient_check.h"
#include "support/plain.h"

namespace mlp {
namespace {

// f'(θ; −∇f) = −‖∇f‖² < 0
TEST(Document004DescentDirectionAndOuterProducts, TheNegativeGradientIsADescentDirection) {
  Random random = testRandom(140);
  for (const Activation& hidden : activations()) {
    Network network = randomNetwork(random, 3, {{5, hidden.name}, {2, "linear"}}, 0.5);
    const Objective objective = objectiveOf(network, "meanSquaredError");
    const Matrix x = randomNormal(random, 6, 3), y = randomNormal(random, 6, 2);
    network.lossAndGradients(view(x), view(y), objective);
    const Vector theta = network.parameters(), gradient = network.gradients();
    const double squaredNorm = static_cast<double>(gradient.squaredNorm());
    const Scalar t = static_cast<Scalar>(within(1e-6, 2e-3) / std::sqrt(squaredNorm));
    network.parameters() = theta - t * gradient;
    const double ahead = network.loss(view(x), view(y), objective);
    network.parameters() = theta + t * gradient;
    const double behind = network.loss(view(x), view(y), objective);
    EXPECT_NEAR((ahead - behind) / (2 * double(t)) / -squaredNorm, 1, within(1e-5, 1e-2)) << hidden.name;
  }
}

TEST(Document004DescentDirectionAndOuterProducts, AConstantStepGoesDownAllTheWay) {
  Random random = testRandom(141);
  const Matrix x = randomNormal(random, 20, 3), y = randomNormal(random, 20, 2);
  Model model = makeModel(3, {{5, "tanh"}, {2, "linear"}}, "sumOfSquares", "sgd", rate(0.05));
  double before = model.network.loss(view(x), view(y), model.objective());
  for (int i = 0; i < 200; ++i) {
    train(model, samplesOf(x, &y, nullptr), 20, 1);
    const double after = model.network.loss(view(x), view(y), model.objective());
    ASSERT_LT(after, before) << "step " << i;
    before = after;
  }
}

// W ← W − βΔaᵀ, b ← b − βΔ in every layer, hidden ones too
TEST(Document004DescentDirectionAndOuterProducts, UpdatesAreOuterProducts) {
  constexpr double beta = 0.3;
  Random random = testRandom(142);
  Model model = makeModel(3, {{4, "tanh"}, {5, "sigmoid"}, {2, "linear"}}, "sumOfSquares", "sgd", rate(beta));
  const Matrix x = randomNormal(random, 1, 3), y = randomNormal(random, 1, 2);
  PlainNetwork plain(model.network);
  plain.forward(rowOf(x, 0));
  plain.backward(sumOfSquaresDelta(plain.layers.back(), rowOf(y, 0)));
  train(model, samplesOf(x, &y, nullptr), 1, 1);
  const PlainNetwork after(model.network);
  for (std::size_t l = 0; l < 3; ++l) {
    const PlainLayer& layer = plain.layers[l];
    for (std::size_t i = 0; i < layer.b.size(); ++i) {
      EXPECT_NEAR(after.layers[l].b[i], layer.b[i] - beta * layer.delta[i], kTolerance);
      for (std::size_t j = 0; j < layer.w[i].size(); ++j) {
        EXPECT_NEAR(after.layers[l].w[i][j], layer.w[i][j] - beta * layer.delta[i] * plain.inputOf(l)[j], kTolerance);
      }
    }
  }
}

TEST(Document004DescentDirectionAndOuterProducts, AnyActivationGoesWithAnyCost) {
  Random random = testRandom(143);
  for (const Loss& loss : losses()) {
    if (loss.targets != TargetKind::kAny) continue;
    for (const Activation& activation : activations()) {
      Network network = makeNetwork(3, {{4, activation.name}, {3, activation.name}});
      randomizeParameters(network, random, 0.4);
      const Matrix x = randomNormal(random, 4, 3), y = randomNormal(random, 4, 3);
      const GradientCheck check =
          gradientCheck(network, view(x), view(y), objectiveOf(network, loss.name), 1000, within(1e-5, 1e-2));
      EXPECT_LT(check.worstRelativeError, within(1e-6, 1e-2)) << activation.name << " with " << loss.name;
      EXPECT_GT(check.checked, 0) << activation.name << " with " << loss.name;
    }
  }
}

// 004 (5) writes w₁₁, w₂₂, w₃₃ … into the first row of the updated matrix.
TEST(Slip004, TheFirstRowOfTheUpdatedKernelIsItsOwn) {
  constexpr double beta = 0.5;
  Square s(206);
  const PlainNetwork old(s.network);
  OptimizerOptions options = rate(beta);
  optimizerCalled("sgd").update(s.network.parameters().data(), s.network.gradients().data(), nullptr,
                                s.network.parameters().size(), s.network.parameters().size(), options, 1);
  const PlainNetwork after(s.network);
  const Rows& w = old.layers[1].w;
  const Column& a = s.plain.layers[0].a;
  Column right, slip;
  for (std::size_t j = 0; j < 3; ++j) {
    right.push_back(w[0][j] - beta * s.lastDelta[0] * a[j]);
    slip.push_back(w[j][j] - beta * s.lastDelta[0] * a[j]);
  }
  const auto core = Eigen::Map<const Eigen::VectorXd>(after.layers[1].w[0].data(), 3);
  expectNear(core, right, kTolerance, "w₁");
  EXPECT_TRUE(clearlyDiffers(core, slip));
}

}  // namespace
}  // namespace mlp
