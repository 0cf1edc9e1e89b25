// Document 001, "Backpropagation and Gradient-Based Optimization in Multilayer Perceptrons":
// its methods work here, and none of its slips got in.
//
// Each test of a slip computes what the document should say and what it says; the core agrees with the first and with
// the second not at all.

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "mlp/insight/gradient_norms.h"
#include "mlp/insight/sharpness.h"
#include "support/plain.h"

namespace mlp {
namespace {

TEST(Document001GradientBasedOptimization, ALayerIsNeuronsSideBySide) {
  Random random = testRandom(110);
  Network layer = randomNetwork(random, 4, {{3, "tanh"}});
  const Matrix x = randomNormal(random, 6, 4), whole = layer.forward(view(x));
  for (Index unit = 0; unit < 3; ++unit) {
    Network neuron = makeNetwork(4, {{1, "tanh"}});
    neuron.parameters().head(4) = kernelOf(layer, layer.parameters(), 0).col(unit).transpose();
    neuron.parameters()[4] = biasOf(layer, layer.parameters(), 0)[unit];
    EXPECT_TRUE(sameBits(Matrix(neuron.forward(view(x))), Matrix(whole.col(unit))));
  }
}

TEST(Document001GradientBasedOptimization, HalfTheSquaredErrorOfALinearOutputHasTheGradientsOfSectionSix) {
  Random random = testRandom(111);
  for (const char* hidden : {"sigmoid", "tanh", "relu"}) {
    Network network = randomNetwork(random, 3, {{5, hidden}, {1, "linear"}});
    const Matrix x = randomNormal(random, 8, 3), y = randomNormal(random, 8, 1);
    expectAsByPlainLoops(network, x, y, objectiveOf(network, "sumOfSquares"), sumOfSquaresDelta, sumOfSquares);
    for (Index row = 0; row < 8; ++row) {
      EXPECT_NEAR(double(network.delta(1)(row, 0)), double(network.a(1)(row, 0) - y(row, 0)) / 8, kTolerance)
          << "ŷ − y";
    }
  }
}

TEST(Document001GradientBasedOptimization, BinaryCrossEntropyFromLogitsHasTheSlopePredictionLessTarget) {
  Random random = testRandom(112);
  LossOptions options;
  options.fromLogits = true;
  Network network = randomNetwork(random, 3, {{4, "tanh"}, {1, "linear"}});
  const Matrix x = randomNormal(random, 8, 3), y = randomLabels(random, 8, 1);
  const double loss = network.lossAndGradients(view(x), view(y), objectiveOf(network, "binaryCrossentropy", options));
  double expected = 0;
  for (Index row = 0; row < 8; ++row) {
    const double p = sigmoidOf(static_cast<double>(network.z(1)(row, 0)));
    expected += binaryCrossentropySum({p}, rowOf(y, row)) / 8;
    EXPECT_NEAR(double(network.delta(1)(row, 0)), (p - double(y(row, 0))) / 8, kTolerance);
  }
  EXPECT_NEAR(loss, expected, kTolerance);
}

// L(θ − η∇L) ≈ L(θ) − η‖∇L‖²
TEST(Document001GradientBasedOptimization, TheLossFallsAsTheTaylorExpansionSays) {
  Random random = testRandom(113);
  Network network = randomNetwork(random, 3, {{6, "tanh"}, {2, "linear"}});
  const Objective objective = objectiveOf(network, "meanSquaredError");
  const Matrix x = randomNormal(random, 10, 3), y = randomNormal(random, 10, 2);
  const double before = network.lossAndGradients(view(x), view(y), objective);
  const double squaredNorm = static_cast<double>(network.gradients().squaredNorm());
  constexpr double eta = within(1e-6, 1e-3);
  network.parameters() -= static_cast<Scalar>(eta) * network.gradients();
  const double after = network.loss(view(x), view(y), objective);
  EXPECT_NEAR((before - after) / (eta * squaredNorm), 1, within(1e-4, 2e-2));
}

// ‖Δ¹‖ ≈ Π‖W‖c · ‖Δᴸ‖. With orthogonal kernels times g the estimate is exact for linear layers (c = 1); near
// z = 0 a sigmoid has c = ¼.
TEST(Document001GradientBasedOptimization, ErrorSignalsVanishOrExplodeAsTheProductOfNormsAndSlopes) {
  constexpr int kDepth = 12;
  struct Expectation {
    const char* activation;
    double gain, slope, tolerance;
  };
  for (const Expectation& e :
       {Expectation{"linear", 0.5, 1, 1e-3}, Expectation{"linear", 2, 1, 1e-3}, Expectation{"sigmoid", 0.5, 0.25, 0.3},
        Expectation{"sigmoid", 1, 0.25, 0.3}, Expectation{"tanh", 0.8, 1, 0.3}}) {
    Network network(20, 5);
    LayerOptions options;
    options.units = 20;
    options.activation = &activationCalled(e.activation);
    options.kernelInitializer = &initializerCalled("orthogonal");
    options.kernelInitializer.options.gain = e.gain;
    options.biasInitializer = &initializerCalled("zeros");
    for (int i = 0; i < kDepth; ++i) addDense(network, options);
    const bool sigmoid = std::string(e.activation) == "sigmoid";
    for (std::size_t l = 0; l < network.layers().size(); ++l) {  // centre: so that every z is near 0
      if (!sigmoid || l == 0) continue;
      const Layer& layer = *network.layers()[l];
      for (Index i = 0; i < 20; ++i) {
        network.parameters()[layer.biasOffset() + i] = -kernelOf(network, network.parameters(), l).col(i).sum() / 2;
      }
    }
    Random random = testRandom(114);
    const Matrix x = randomNormal(random, 4, 20, 0.1), y = randomNormal(random, 4, 20);
    const std::vector<LayerNorms> norms =
        gradientNorms(network, view(x), view(y), objectiveOf(network, "sumOfSquares"));
    for (std::size_t l = 0; l + 1 < norms.size(); ++l) {
      const double estimate = std::pow(e.gain * e.slope, double(norms.size() - 1 - l)) * norms.back().delta;
      EXPECT_NEAR(norms[l].delta / estimate, 1, e.tolerance) << e.activation << ", gain " << e.gain << ", layer " << l;
    }
  }
}

// Ratio of the first layer's error signal to the last's, and of the last's activations to the first's, 15
// layers of 100.
std::pair<double, double> propagation(const char* activation, const char* initializer) {
  std::vector<LayerSpec> layers(15, {100, activation, true, std::nan(""), initializer});
  Network network = makeNetwork(100, layers, 11);
  Random random = testRandom(115);
  const Matrix x = randomNormal(random, 8, 100), y = randomNormal(random, 8, 100);
  const std::vector<LayerNorms> norms = gradientNorms(network, view(x), view(y), objectiveOf(network, "sumOfSquares"));
  return {norms.front().delta / norms.back().delta, double(network.a(14).norm()) / double(network.a(0).norm())};
}

TEST(Document001GradientBasedOptimization, HeAndGlorotInitialisationKeepTheNorms) {
  for (const auto& [activation, initializer] : {std::pair<const char*, const char*>{"relu", "heNormal"},
                                                {"relu", "heUniform"},
                                                {"linear", "glorotNormal"},
                                                {"linear", "glorotUniform"}}) {
    const auto [back, forward] = propagation(activation, initializer);
    for (const double ratio : {back, forward}) {  // within what chance does to 15 layers of 100
      EXPECT_GT(ratio, 0.2) << activation << ", " << initializer;
      EXPECT_LT(ratio, 5) << activation << ", " << initializer;
    }
  }
  EXPECT_LT(propagation("relu", "glorotNormal").first, 0.05) << "half the variance is lost at every relu";
  EXPECT_LT(propagation("sigmoid", "glorotNormal").first, 1e-7) << "a sigmoid's slope is ¼ at most";
  EXPECT_LT(propagation("relu", "randomNormal").first, 1e-3);
  EXPECT_GT(propagation("linear", "heNormal").first, 30) << "and twice the variance explodes";
}

TEST(Document001GradientBasedOptimization, MomentumRmspropAndAdamFollowTheirEquations) {
  constexpr double eta = 0.05, mu = 0.9, rho = 0.8, beta1 = 0.7, beta2 = 0.95, epsilon = 1e-3;
  OptimizerOptions options = rate(eta);
  options.rho = rho;
  options.beta1 = beta1;
  options.beta2 = beta2;
  options.epsilon = epsilon;
  Random random = testRandom(116);
  double momentumTheta = 1, rmspropTheta = 1, adamTheta = 1, velocity = 0, s = 0, m = 0, v = 0;
  Scalar coreMomentum = 1, coreRmsprop = 1, coreAdam = 1, velocityState = 0, squareState = 0, adamState[2] = {0, 0};
  for (int t = 0; t < 8; ++t) {
    const double g = static_cast<double>(static_cast<Scalar>(random.normal()));
    const Scalar gradient = static_cast<Scalar>(g);
    velocity = mu * velocity - eta * g;
    momentumTheta += velocity;
    s = rho * s + (1 - rho) * g * g;
    rmspropTheta -= eta / (std::sqrt(s) + epsilon) * g;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const double mHat = m / (1 - std::pow(beta1, t + 1)), vHat = v / (1 - std::pow(beta2, t + 1));
    adamTheta -= eta * mHat / (std::sqrt(vHat) + epsilon);

    options.momentum = mu;
    optimizerCalled("sgd").update(&coreMomentum, &gradient, &velocityState, 1, 1, options, t + 1);
    options.momentum = 0;
    optimizerCalled("rmsprop").update(&coreRmsprop, &gradient, &squareState, 1, 1, options, t + 1);
    optimizerCalled("adam").update(&coreAdam, &gradient, adamState, 1, 1, options, t + 1);
    EXPECT_NEAR(double(coreMomentum), momentumTheta, kTolerance);
    EXPECT_NEAR(double(coreRmsprop), rmspropTheta, kTolerance);
    EXPECT_NEAR(double(coreAdam), adamTheta, kTolerance);
  }
}

TEST(Document001GradientBasedOptimization, EveryOptimizerTrainsOnMiniBatches) {
  Random random = testRandom(117);
  const Matrix x = randomNormal(random, 90, 3);
  Matrix y(90, 1);
  for (Index row = 0; row < 90; ++row) y(row, 0) = std::sin(x(row, 0)) + Scalar(0.5) * x(row, 1) * x(row, 2);
  const auto lossAfter = [&](const char* name, const OptimizerOptions& options) {
    Model model = makeModel(3, {{12, "tanh"}, {1, "linear"}}, "sumOfSquares", name, options);
    train(model, samplesOf(x, &y, nullptr), 16, 60);
    return model.network.loss(view(x), view(y), model.objective());
  };
  OptimizerOptions momentum = rate(0.02);
  momentum.momentum = 0.9;
  EXPECT_LT(lossAfter("sgd", rate(0.1)), 0.1);
  EXPECT_LT(lossAfter("sgd", momentum), 0.05);
  EXPECT_LT(lossAfter("rmsprop", rate(0.01)), 0.05);
  EXPECT_LT(lossAfter("adam", rate(0.02)), 0.05);
}

// One dimension: J = ½aθ², converges for 0 < η < 2/a.
TEST(Document001GradientBasedOptimization, TheQuadraticIsStableBelowTwoOverA) {
  for (const double a : {0.5, 2.0, 10.0}) {
    const auto after1000Steps = [a](double eta) {
      Scalar theta = 1;
      for (std::int64_t t = 1; t <= 1000; ++t) {
        const Scalar gradient = static_cast<Scalar>(a) * theta;
        optimizerCalled("sgd").update(&theta, &gradient, nullptr, 1, 1, rate(eta), t);
      }
      return std::abs(static_cast<double>(theta));
    };
    EXPECT_LT(after1000Steps(1.99 / a), 1e-4);
    EXPECT_GT(after1000Steps(2.01 / a), 1e4);
  }
}

// Many dimensions: the largest eigenvalue of the Hessian, here dense, from differences of the plain
// gradients.
TEST(Document001GradientBasedOptimization, TheStabilityBoundIsThatOfTheDenseHessian) {
  Random random = testRandom(118);
  Network network = randomNetwork(random, 2, {{4, "tanh"}, {1, "linear"}}, 0.5);
  const Matrix x = randomNormal(random, 12, 2), y = randomNormal(random, 12, 1);
  const auto gradientAt = [&](Index moved, double step) {
    PlainNetwork plain(network);
    Index place = 0;  // kernel by rows of inputs, then bias, layer after layer: as in the flat buffer
    for (PlainLayer& layer : plain.layers) {
      for (std::size_t j = 0; j < layer.w[0].size(); ++j) {
        for (std::size_t i = 0; i < layer.w.size(); ++i) layer.w[i][j] += place++ == moved ? step : 0;
      }
      for (double& b : layer.b) b += place++ == moved ? step : 0;
    }
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(place);
    for (Index row = 0; row < 12; ++row) {
      plain.forward(rowOf(x, row));
      plain.backward(sumOfSquaresDelta(plain.layers.back(), rowOf(y, row)));
      place = 0;
      for (const PlainLayer& layer : plain.layers) {
        for (std::size_t j = 0; j < layer.w[0].size(); ++j) {
          for (std::size_t i = 0; i < layer.w.size(); ++i) gradient[place++] += layer.kernelGrad[i][j] / 12;
        }
        for (const double d : layer.delta) gradient[place++] += d / 12;
      }
    }
    return gradient;
  };
  const Index count = network.parameters().size();
  Eigen::MatrixXd hessian(count, count);
  for (Index i = 0; i < count; ++i) hessian.col(i) = (gradientAt(i, 1e-5) - gradientAt(i, -1e-5)) / 2e-5;
  const double largest = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(hessian).eigenvalues()[count - 1];
  const Sharpness found = sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR((2 / found.lambdaMax) / (2 / largest), 1, 1e-3);
}

// 001 §8.1 writes σ' = 1/(eᶻ + 1)² on the way.
TEST(Slip001, TheSlopeOfTheSigmoidKeepsItsNumerator) {
  for (const double z : {-3.0, -1.0, -0.25, 0.5, 2.0, 4.0}) {
    const Scalar point = static_cast<Scalar>(z), a = static_cast<Scalar>(sigmoidOf(z));
    Scalar slope = 1;
    activationCalled("sigmoid").backward(&point, &a, &slope, 1, 1, 0);
    const double denominator = (std::exp(z) + 1) * (std::exp(z) + 1);
    EXPECT_NEAR(double(slope), std::exp(z) / denominator, kTolerance) << z;
    EXPECT_NEAR(double(slope), sigmoidOf(z) * (1 - sigmoidOf(z)), kTolerance) << z;
    EXPECT_GT(std::abs(double(slope) - 1 / denominator), 0.01 * double(slope)) << z;
  }
}

}  // namespace
}  // namespace mlp
