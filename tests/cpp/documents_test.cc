// The five documents that the library comes from: what each describes works, and no slip of theirs got in.
//
// Every expectation is computed here by plain loops, in double and in the documents' own notation: columns,
// z = Wa + b with W of units × inputs, one sample at a time.

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "mlp/digits.h"
#include "mlp/inspect.h"
#include "mlp/trainer.h"
#include "testing.h"

namespace mlp {
namespace {

constexpr double kTolerance = within(1e-12, 5e-6);

using Column = std::vector<double>;
using Rows = std::vector<Column>;

double sigmoidOf(double z) { return 1 / (1 + std::exp(-z)); }

struct PlainActivation {
  double (*value)(double z);
  double (*slope)(double z);
};

PlainActivation plainActivation(std::string_view name) {
  if (name == "sigmoid") {
    return {sigmoidOf, [](double z) { return sigmoidOf(z) * (1 - sigmoidOf(z)); }};
  }
  if (name == "tanh") {
    return {[](double z) { return std::tanh(z); }, [](double z) { return 1 - std::tanh(z) * std::tanh(z); }};
  }
  if (name == "relu") {
    return {[](double z) { return z > 0 ? z : 0; }, [](double z) { return z > 0 ? 1.0 : 0.0; }};
  }
  return {[](double z) { return z; }, [](double) { return 1.0; }};
}

Column plainSoftmax(const Column& z) {
  Column a;
  double sum = 0;
  for (const double x : z) sum += std::exp(x);
  for (const double x : z) a.push_back(std::exp(x) / sum);
  return a;
}

struct PlainLayer {
  std::string activation;
  Rows w;  // units × inputs
  Column b;
  Column z, a, delta;  // of the last sample
  Rows kernelGrad;     // like w, of the last sample
};

// A copy of a network on which one sample is worked through by the equations of the documents.
struct PlainNetwork {
  Column input;
  std::vector<PlainLayer> layers;

  explicit PlainNetwork(const Network& network) {
    for (std::size_t l = 0; l < network.layers().size(); ++l) {
      const Layer& dense = *network.layers()[l];
      PlainLayer layer{std::string(dense.activation().name), {}, {}, {}, {}, {}, {}};
      const ConstMatrixMap kernel = kernelOf(network, network.parameters(), l);
      const ConstVectorMap bias = biasOf(network, network.parameters(), l);
      for (Index i = 0; i < dense.units(); ++i) {
        Column row;
        for (Index j = 0; j < dense.inputs(); ++j) row.push_back(static_cast<double>(kernel(j, i)));
        layer.w.push_back(row);
        layer.b.push_back(static_cast<double>(bias[i]));
      }
      layers.push_back(layer);
    }
  }

  const Column& inputOf(std::size_t l) const { return l == 0 ? input : layers[l - 1].a; }

  // z = Wa + b, a = σ(z)
  const Column& forward(const Column& x) {
    input = x;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      PlainLayer& layer = layers[l];
      layer.z = layer.b;
      layer.a.resize(layer.z.size());
      for (std::size_t i = 0; i < layer.z.size(); ++i) {
        for (std::size_t j = 0; j < inputOf(l).size(); ++j) layer.z[i] += layer.w[i][j] * inputOf(l)[j];
        layer.a[i] = plainActivation(layer.activation).value(layer.z[i]);
      }
      if (layer.activation == "softmax") layer.a = plainSoftmax(layer.z);
    }
    return layers.back().a;
  }

  // δ = (Wᵀδ) ⊙ σ'(z) down from the δ of the last layer; ∂L/∂W = δ aᵀ
  void backward(const Column& lastDelta) {
    layers.back().delta = lastDelta;
    for (std::size_t l = layers.size(); l-- > 0;) {
      PlainLayer& layer = layers[l];
      if (l + 1 < layers.size()) {
        const PlainLayer& above = layers[l + 1];
        layer.delta.assign(layer.z.size(), 0);
        for (std::size_t i = 0; i < layer.z.size(); ++i) {
          for (std::size_t k = 0; k < above.delta.size(); ++k)
            layer.delta[i] += above.w[k][i] * above.delta[k];
          layer.delta[i] *= plainActivation(layer.activation).slope(layer.z[i]);
        }
      }
      layer.kernelGrad.assign(layer.z.size(), Column(inputOf(l).size()));
      for (std::size_t i = 0; i < layer.z.size(); ++i) {
        for (std::size_t j = 0; j < inputOf(l).size(); ++j)
          layer.kernelGrad[i][j] = layer.delta[i] * inputOf(l)[j];
      }
    }
  }
};

Column rowOf(const Matrix& matrix, Index row) {
  Column values;
  for (Index i = 0; i < matrix.cols(); ++i) values.push_back(static_cast<double>(matrix(row, i)));
  return values;
}

template <class Row>
void expectNear(const Row& actual, const Column& expected, double tolerance, const std::string& what) {
  ASSERT_EQ(static_cast<std::size_t>(actual.size()), expected.size());
  double scale = 0;
  for (const double value : expected) scale = std::max(scale, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(double(actual[static_cast<Index>(i)]), expected[i], tolerance * scale)
        << what << '[' << i << ']';
  }
}

// Whether two columns differ by more than any rounding could.
template <class Row>
bool clearlyDiffers(const Row& actual, const Column& slipped) {
  double scale = 0, gap = 0;
  for (std::size_t i = 0; i < slipped.size(); ++i) {
    scale = std::max(scale, std::abs(double(actual[static_cast<Index>(i)])));
    gap = std::max(gap, std::abs(double(actual[static_cast<Index>(i)]) - slipped[i]));
  }
  return gap > 0.01 * scale;
}

// The δ of the last layer for one sample: prediction ŷ and z, target y.
using LastDelta = std::function<Column(const PlainLayer& last, const Column& y)>;

// The core's every z, a, delta and gradient on a batch against plain loops over its samples, the mean taken
// here.
void expectAsByPlainLoops(Network& network, const Matrix& x, const Matrix& y, const Objective& objective,
                          const LastDelta& lastDelta,
                          const std::function<double(const Column&, const Column&)>& loss) {
  PlainNetwork plain(network);
  const double m = static_cast<double>(x.rows());
  std::vector<Rows> kernelGrads;
  Rows biasGrads;
  for (const PlainLayer& layer : plain.layers) {
    kernelGrads.push_back(Rows(layer.w.size(), Column(layer.w[0].size())));
    biasGrads.push_back(Column(layer.b.size()));
  }
  const double coreLoss = network.lossAndGradients(view(x), view(y), objective);
  double plainLoss = 0;
  for (Index row = 0; row < x.rows(); ++row) {
    plainLoss += loss(plain.forward(rowOf(x, row)), rowOf(y, row)) / m;
    plain.backward(lastDelta(plain.layers.back(), rowOf(y, row)));
    for (std::size_t l = 0; l < plain.layers.size(); ++l) {
      PlainLayer& layer = plain.layers[l];
      expectNear(network.z(l).row(row), layer.z, kTolerance, "z");
      expectNear(network.a(l).row(row), layer.a, kTolerance, "a");
      Column delta = layer.delta;
      for (double& d : delta) d /= m;
      expectNear(network.delta(l).row(row), delta, kTolerance, "delta");
      for (std::size_t i = 0; i < layer.delta.size(); ++i) {
        biasGrads[l][i] += layer.delta[i] / m;
        for (std::size_t j = 0; j < layer.kernelGrad[i].size(); ++j)
          kernelGrads[l][i][j] += layer.kernelGrad[i][j] / m;
      }
    }
  }
  EXPECT_NEAR(coreLoss, plainLoss, kTolerance * std::abs(plainLoss));
  for (std::size_t l = 0; l < plain.layers.size(); ++l) {
    const ConstMatrixMap kernelGrad = kernelOf(network, network.gradients(), l);
    for (std::size_t i = 0; i < kernelGrads[l].size(); ++i) {
      const Vector toUnit = kernelGrad.col(static_cast<Index>(i)).transpose();
      expectNear(toUnit, kernelGrads[l][i], kTolerance * 10, "kernel gradient");
    }
    expectNear(biasOf(network, network.gradients(), l), biasGrads[l], kTolerance * 10, "bias gradient");
  }
}

// (ŷ − y) ⊙ σ'(z): ½Σ(ŷ − y)²
Column sumOfSquaresDelta(const PlainLayer& last, const Column& y) {
  Column delta;
  for (std::size_t i = 0; i < y.size(); ++i) {
    delta.push_back((last.a[i] - y[i]) * plainActivation(last.activation).slope(last.z[i]));
  }
  return delta;
}

double sumOfSquares(const Column& p, const Column& y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += 0.5 * (p[i] - y[i]) * (p[i] - y[i]);
  return sum;
}

// ŷ − y: sigmoid with the binary, softmax with the categorical cross-entropy
Column predictionLessTarget(const PlainLayer& last, const Column& y) {
  Column delta = last.a;
  for (std::size_t i = 0; i < y.size(); ++i) delta[i] -= y[i];
  return delta;
}

double binaryCrossentropySum(const Column& p, const Column& y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum -= y[i] * std::log(p[i]) + (1 - y[i]) * std::log(1 - p[i]);
  return sum;
}

double categoricalCrossentropy(const Column& p, const Column& y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum -= y[i] * std::log(p[i]);
  return sum;
}

Matrix randomLabels(Random& random, Index rows, Index units) {
  Matrix labels(rows, units);
  for (Index i = 0; i < labels.size(); ++i) labels.data()[i] = static_cast<Scalar>(random.below(2));
  return labels;
}

Network randomNetwork(Random& random, Index features, const std::vector<LayerSpec>& layers, double stddev = 0.7) {
  Network network = makeNetwork(features, layers);
  randomizeParameters(network, random, stddev);
  return network;
}

OptimizerOptions rate(double learningRate) {
  OptimizerOptions options;
  options.learningRate = learningRate;
  return options;
}

double accuracyOf(Model& model, const Samples& samples) {
  Totals totals = model.emptyTotals();
  model.evaluate(samples, 0, samples.rows, 256, totals);
  return model.result(0, totals);
}

void train(Model& model, const Samples& samples, Index batchSize, int epochs) {
  Trainer trainer(model, samples, batchSize, batchSize < samples.rows);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    trainer.beginEpoch();
    trainer.run(trainer.batchesPerEpoch(), 1e9);
  }
}

// --- 000: Backpropagation Explanation for a Scalable Multilayer Perceptron
// ------------------------------------

TEST(Document000ScalableMlpWithSumOfSquares, HasAnyNumberOfSigmoidLayersOfAnySizeAndAnyOutputWidth) {
  const std::vector<std::vector<Index>> sizes = {{1},       {3},       {4, 1},
                                                 {1, 1, 1}, {9, 2, 5}, {3, 7, 2, 6, 4, 8, 2}};
  Random random = testRandom(100);
  for (const std::vector<Index>& units : sizes) {
    std::vector<LayerSpec> layers;
    for (const Index n : units) layers.push_back({n, "sigmoid"});
    Network network = randomNetwork(random, 5, layers);
    const Matrix x = randomNormal(random, 7, 5), y = randomLabels(random, 7, units.back());
    expectAsByPlainLoops(network, x, y, objectiveOf(network, "sumOfSquares"), sumOfSquaresDelta,
                         sumOfSquares);
  }
}

TEST(Document000ScalableMlpWithSumOfSquares, StepsByFullBatchGradientDescent) {
  Random random = testRandom(101);
  Model model = makeModel(2, {{3, "sigmoid"}, {1, "sigmoid"}}, "sumOfSquares", "sgd", rate(0.5));
  const Matrix x = randomNormal(random, 9, 2), y = randomLabels(random, 9, 1);
  Network network = model.network;
  network.lossAndGradients(view(x), view(y), model.objective());
  train(model, samplesOf(x, &y, nullptr), 9, 1);
  const Vector expected = network.parameters() - Scalar(0.5) * network.gradients();  // θ − α∇L
  EXPECT_TRUE(sameBits(model.network.parameters(), expected));
}

TEST(Document000ScalableMlpWithSumOfSquares, LearnsABinaryProblem) {
  constexpr Index kRows = 150;
  Random random = testRandom(102);
  const Matrix x = randomNormal(random, kRows, 2);
  Matrix y(kRows, 1);
  for (Index row = 0; row < kRows; ++row)
    y(row, 0) = x.row(row).squaredNorm() < 1.2 ? 1 : 0;  // inside a circle
  Model model = makeModel(2, {{6, "sigmoid"}, {4, "sigmoid"}, {1, "sigmoid"}}, "sumOfSquares", "sgd", rate(8),
                          {"accuracy"});
  const Samples samples = samplesOf(x, &y, nullptr);
  EXPECT_LT(accuracyOf(model, samples), 0.8);
  train(model, samples, kRows, 1500);
  EXPECT_GE(accuracyOf(model, samples), 0.97);
  EXPECT_LT(model.network.loss(view(x), view(y), model.objective()), 0.03);
}

// --- 001: Backpropagation and Gradient-Based Optimization in Multilayer Perceptrons
// ---------------------------

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
    expectAsByPlainLoops(network, x, y, objectiveOf(network, "sumOfSquares"), sumOfSquaresDelta,
                         sumOfSquares);
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
  const double loss =
      network.lossAndGradients(view(x), view(y), objectiveOf(network, "binaryCrossentropy", options));
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
  for (const Expectation& e : {Expectation{"linear", 0.5, 1, 1e-3}, Expectation{"linear", 2, 1, 1e-3},
                               Expectation{"sigmoid", 0.5, 0.25, 0.3}, Expectation{"sigmoid", 1, 0.25, 0.3},
                               Expectation{"tanh", 0.8, 1, 0.3}}) {
    Network network(20, 5);
    DenseOptions options;
    options.units = 20;
    options.activation = &activationCalled(e.activation);
    options.kernelInitializer = &initializerCalled("orthogonal");
    options.kernelInitializerOptions.gain = e.gain;
    options.biasInitializer = &initializerCalled("zeros");
    for (int i = 0; i < kDepth; ++i) addDense(network, options);
    const bool sigmoid = std::string(e.activation) == "sigmoid";
    for (std::size_t l = 0; l < network.layers().size(); ++l) {  // centre: so that every z is near 0
      if (!sigmoid || l == 0) continue;
      const Layer& layer = *network.layers()[l];
      for (Index i = 0; i < 20; ++i) {
        network.parameters()[layer.biasOffset() + i] =
            -kernelOf(network, network.parameters(), l).col(i).sum() / 2;
      }
    }
    Random random = testRandom(114);
    const Matrix x = randomNormal(random, 4, 20, 0.1), y = randomNormal(random, 4, 20);
    const std::vector<LayerNorms> norms =
        gradientNorms(network, view(x), view(y), objectiveOf(network, "sumOfSquares"));
    for (std::size_t l = 0; l + 1 < norms.size(); ++l) {
      const double estimate = std::pow(e.gain * e.slope, double(norms.size() - 1 - l)) * norms.back().delta;
      EXPECT_NEAR(norms[l].delta / estimate, 1, e.tolerance)
          << e.activation << ", gain " << e.gain << ", layer " << l;
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
  const std::vector<LayerNorms> norms =
      gradientNorms(network, view(x), view(y), objectiveOf(network, "sumOfSquares"));
  return {norms.front().delta / norms.back().delta,
          double(network.a(14).norm()) / double(network.a(0).norm())};
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
  Scalar coreMomentum = 1, coreRmsprop = 1, coreAdam = 1, velocityState = 0, squareState = 0,
         adamState[2] = {0, 0};
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
  const Sharpness found =
      sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR((2 / found.lambdaMax) / (2 / largest), 1, 1e-3);
}

// --- 002: Deriving Backpropagation
// ----------------------------------------------------------------------------

TEST(Document002GeneralEquations, EquationsOneToFourHoldForReluSigmoidAndSoftmax) {
  Random random = testRandom(120);
  LossOptions sum;
  sum.sumReduction = true;
  const Matrix x = randomNormal(random, 7, 4);
  for (const char* hidden : {"relu", "sigmoid"}) {
    Network multiLabel = randomNetwork(random, 4, {{5, hidden}, {6, hidden}, {3, "sigmoid"}});
    expectAsByPlainLoops(multiLabel, x, randomLabels(random, 7, 3),
                         objectiveOf(multiLabel, "binaryCrossentropy", sum), predictionLessTarget,
                         binaryCrossentropySum);
    Network classes = randomNetwork(random, 4, {{5, hidden}, {6, hidden}, {3, "softmax"}});
    expectAsByPlainLoops(classes, x, randomTargets(random, TargetKind::kClassIndex, 7, 3),
                         objectiveOf(classes, "categoricalCrossentropy"), predictionLessTarget,
                         categoricalCrossentropy);
  }
}

// φ = −2/n (y − a) where z > 0, else 0
TEST(Document002GeneralEquations, ReluMayBeTheOutputOfAMeanSquaredError) {
  Random random = testRandom(121);
  Network network = randomNetwork(random, 4, {{5, "relu"}, {3, "relu"}});
  const Matrix x = randomNormal(random, 9, 4), y = randomNormal(random, 9, 3);
  const LastDelta delta = [](const PlainLayer& last, const Column& target) {
    Column phi;
    for (std::size_t i = 0; i < target.size(); ++i) {
      phi.push_back(last.z[i] > 0 ? -2.0 / 3 * (target[i] - last.a[i]) : 0);
    }
    return phi;
  };
  const auto loss = [](const Column& p, const Column& target) { return 2 * sumOfSquares(p, target) / 3; };
  expectAsByPlainLoops(network, x, y, objectiveOf(network, "meanSquaredError"), delta, loss);
  EXPECT_TRUE((network.z(1).array() > 0).any() && (network.z(1).array() < 0).any());
}

TEST(Document002GeneralEquations, TheSlopeOfReluAtZeroIsZero) {
  Network network = makeNetwork(1, {{1, "relu"}, {1, "linear"}});
  network.parameters() << 0, 0, 1, 0;
  const Matrix x = Matrix::Ones(1, 1), y = Matrix::Ones(1, 1);
  network.lossAndGradients(view(x), view(y), objectiveOf(network, "meanSquaredError"));
  EXPECT_EQ(network.z(0)(0, 0), 0);
  EXPECT_EQ(network.delta(1)(0, 0), -2);
  EXPECT_EQ(network.delta(0)(0, 0), 0);
}

// L = −z_γ + ln Σ e^z
TEST(Document002GeneralEquations, SoftmaxWithCrossEntropyIsTheLogSumExpOfTheLogits) {
  for (const double size : {1.0, 100.0, 1e4}) {
    Network network = makeNetwork(3, {{3, "softmax", false}});
    network.parameters().setZero();
    for (Index i = 0; i < 3; ++i) network.parameters()[4 * i] = 1;  // z = x
    const Matrix x = Scalar(size) * (Matrix(2, 3) << 0.5, -1, 1, 0.25, 0.75, -0.5).finished();
    const Matrix y = oneHotRows({1, 1}, 3);
    const double loss =
        network.lossAndGradients(view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
    double expected = 0;
    for (Index row = 0; row < 2; ++row) {
      const Column z = rowOf(x, row);
      const double top = *std::max_element(z.begin(), z.end());
      double sum = 0;
      for (const double zk : z) sum += std::exp(zk - top);
      expected += (top + std::log(sum) - z[1]) / 2;
    }
    EXPECT_NEAR(loss, expected, kTolerance * expected) << "logits of " << size;
    EXPECT_TRUE(network.gradients().allFinite());
  }
}

// --- 003: Derivation of a Two-Layer Multilayer Perceptron
// -----------------------------------------------------

struct DigitSet {
  Matrix x;
  std::vector<std::int32_t> classes;

  DigitSet(std::uint32_t first, Index count)
      : x(count, kDigitPixels), classes(static_cast<std::size_t>(count)) {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(x.size())), labels(classes.size());
    generateDigits(3, first, static_cast<std::int32_t>(count), pixels.data(), labels.data());
    for (Index i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<Scalar>(pixels[static_cast<std::size_t>(i)]) / 255;
    std::copy(labels.begin(), labels.end(), classes.begin());
  }

  Samples samples() const { return samplesOf(x, nullptr, &classes); }
};

TEST(Document003TwoLayerMlpInBatchMatrixForm, HasTheBoxedEquations) {
  using Wide = Eigen::MatrixXd;
  const DigitSet digits(0, 12);
  const Matrix targets = oneHotRows(digits.classes, 10);
  Network network = makeNetwork(kDigitPixels, {{9, "sigmoid"}, {10, "softmax"}});
  const double loss = network.lossAndGradients(view(digits.x), view(targets),
                                               objectiveOf(network, "categoricalCrossentropy"));

  const Wide x = digits.x.cast<double>(), y = targets.cast<double>();
  const auto kernel = [&](std::size_t l) {
    return Wide(kernelOf(network, network.parameters(), l).cast<double>());
  };
  const auto bias = [&](std::size_t l) {
    return Eigen::RowVectorXd(biasOf(network, network.parameters(), l).cast<double>());
  };
  const Wide z1 = (x * kernel(0)).rowwise() + bias(0);
  const Wide a1 = z1.unaryExpr(&sigmoidOf);
  const Wide z2 = (a1 * kernel(1)).rowwise() + bias(1);
  Wide a2 = z2.array().exp();
  a2.array().colwise() /= a2.rowwise().sum().eval().array();
  const Wide delta2 = (a2 - y) / 12;
  const Wide delta1 =
      (delta2 * kernel(1).transpose()).cwiseProduct(a1.cwiseProduct((1 - a1.array()).matrix()));

  EXPECT_NEAR(loss, -(y.array() * a2.array().log()).sum() / 12, kTolerance * loss);
  EXPECT_LT(difference(network.a(1), a2), kTolerance);
  EXPECT_LT(difference(network.delta(1), delta2), kTolerance);
  EXPECT_LT(difference(network.delta(0), delta1), kTolerance);
  EXPECT_LT(difference(kernelOf(network, network.gradients(), 1), Wide(a1.transpose() * delta2)), kTolerance);
  EXPECT_LT(difference(kernelOf(network, network.gradients(), 0), Wide(x.transpose() * delta1)), kTolerance);
  EXPECT_LT(difference(biasOf(network, network.gradients(), 1), Wide(delta2.colwise().sum())), kTolerance);
  EXPECT_LT(difference(biasOf(network, network.gradients(), 0), Wide(delta1.colwise().sum())), kTolerance);
}

TEST(Document003TwoLayerMlpInBatchMatrixForm, LearnsDigitsByPlainSgd) {
  const DigitSet training(0, 2000), test(100000, 500);
  Model model = makeModel(kDigitPixels, {{32, "sigmoid"}, {10, "softmax"}}, "sparseCategoricalCrossentropy",
                          "sgd", rate(1), {"accuracy"});
  EXPECT_LT(accuracyOf(model, test.samples()), 0.3);
  train(model, training.samples(), 20, 8);
  const double reached = accuracyOf(model, test.samples());
  EXPECT_GT(reached, 0.8) << "of digits that it has not seen";
}

// --- 004: Backpropagation
// -------------------------------------------------------------------------------------

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
        EXPECT_NEAR(after.layers[l].w[i][j], layer.w[i][j] - beta * layer.delta[i] * plain.inputOf(l)[j],
                    kTolerance);
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

// --- The slips. Each test computes what the document should say and what it says; the core agrees with the
// first and with the second not at all.
// ---------------------------------------------------------------------------------

// Two layers of three sigmoid units on three inputs, so that every slip has shapes that fit.
struct Square {
  Network network;
  Matrix x, y;
  PlainNetwork plain;
  Column delta, lastDelta;  // δ¹ and δ² as the core has them for the one sample

  explicit Square(std::uint32_t number, std::string_view loss = "sumOfSquares",
                  std::string_view output = "sigmoid")
      : network(makeNetwork(3, {{3, "sigmoid"}, {3, output}})), plain(network) {
    Random random = testRandom(number);
    randomizeParameters(network, random, 1);
    x = randomNormal(random, 1, 3);
    y = randomLabels(random, 1, 3);
    LossOptions options;
    options.sumReduction = true;
    network.lossAndGradients(view(x), view(y), objectiveOf(network, loss, options));
    plain = PlainNetwork(network);
    plain.forward(rowOf(x, 0));
    delta = rowOf(network.delta(0), 0);
    lastDelta = rowOf(network.delta(1), 0);
  }

  const Rows& w2() const { return plain.layers[1].w; }
  const Column& z1() const { return plain.layers[0].z; }
  double slope(std::size_t i) const { return sigmoidOf(z1()[i]) * (1 - sigmoidOf(z1()[i])); }

  // Σₖ of what is given for units i and k
  Column eachUnit(const std::function<double(std::size_t i, std::size_t k)>& term) const {
    Column sums(3);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t k = 0; k < 3; ++k) sums[i] += term(i, k);
    }
    return sums;
  }
};

// 000 §3.3 writes (W·δ) ⊙ σ'.
TEST(Slip000, TheErrorSignalComesBackThroughTheTransposedKernel) {
  const Square s(200);
  const Column right = s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * s.slope(i); });
  const Column slip = s.eachUnit([&](auto i, auto k) { return s.w2()[i][k] * s.lastDelta[k] * s.slope(i); });
  expectNear(Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3), right, kTolerance, "δ");
  EXPECT_TRUE(clearlyDiffers(Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3), slip));
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

// 002 §2.2 writes Σₖ w φᵢ σ(z): the wrong unit's error signal, and σ without its prime.
TEST(Slip002, TheRecursionSumsTheErrorSignalsOfTheNextLayerTimesTheSlope) {
  const Square s(201);
  const auto core = Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3);
  const auto sigma = [&](std::size_t i) { return sigmoidOf(s.z1()[i]); };
  expectNear(core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * s.slope(i); }),
             kTolerance, "φ");
  EXPECT_TRUE(clearlyDiffers(
      core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[i] * sigma(i); })));
  EXPECT_TRUE(clearlyDiffers(
      core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[i] * s.slope(i); })));
  EXPECT_TRUE(clearlyDiffers(
      core, s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * sigma(i); })));
}

// 002 §3.2.1 writes ∇L = −y/a − (1 − y)/(1 − a).
TEST(Slip002, TheSlopeOfTheBinaryCrossEntropyHasAPlusSign) {
  LossOptions options;
  options.sumReduction = true;
  const Matrix a = (Matrix(1, 4) << 0.2, 0.7, 0.4, 0.9).finished(),
               y = (Matrix(1, 4) << 0, 0, 1, 0.5).finished();
  Matrix slope(1, 4);
  lossCalled("binaryCrossentropy").fromActivations(a.data(), y.data(), 4, options, 1, slope.data());
  Column right, slip;
  for (Index i = 0; i < 4; ++i) {
    const double p = static_cast<double>(a(0, i)), t = static_cast<double>(y(0, i));
    right.push_back(-t / p + (1 - t) / (1 - p));
    slip.push_back(-t / p - (1 - t) / (1 - p));
  }
  expectNear(Vector(slope.row(0)), right, kTolerance, "∇L");
  EXPECT_TRUE(clearlyDiffers(Vector(slope.row(0)), slip));

  // And so the fused error signal of a sigmoid is a − y, not what the slip would give.
  const Square s(202, "binaryCrossentropy");
  Column fused, fusedSlip;
  for (std::size_t i = 0; i < 3; ++i) {
    const double p = s.plain.layers[1].a[i], t = static_cast<double>(s.y(0, static_cast<Index>(i)));
    fused.push_back((-t / p + (1 - t) / (1 - p)) * p * (1 - p));
    fusedSlip.push_back((-t / p - (1 - t) / (1 - p)) * p * (1 - p));
  }
  const auto core = Eigen::Map<const Eigen::VectorXd>(s.lastDelta.data(), 3);
  expectNear(core, fused, kTolerance, "φ");
  EXPECT_TRUE(clearlyDiffers(core, fusedSlip));
}

// 002 §3.2.2 writes σ(x)(1 − σ(x)) and so takes the slope where the layer's input is; read as the output's
// case copied, the error signal would not pass the kernel at all.
TEST(Slip002, AHiddenSigmoidHasItsSlopeAtItsOwnPreActivation) {
  const Square s(203, "binaryCrossentropy");
  const auto core = Eigen::Map<const Eigen::VectorXd>(s.delta.data(), 3);
  const auto slopeAt = [](double x) { return sigmoidOf(x) * (1 - sigmoidOf(x)); };
  expectNear(core,
             s.eachUnit([&](auto i, auto k) { return s.w2()[k][i] * s.lastDelta[k] * slopeAt(s.z1()[i]); }),
             kTolerance, "φ");
  EXPECT_TRUE(clearlyDiffers(core, s.eachUnit([&](auto i, auto k) {
    return s.w2()[k][i] * s.lastDelta[k] * slopeAt(s.plain.input[i]);
  })));
  Column copied;
  for (std::size_t i = 0; i < 3; ++i) copied.push_back(s.lastDelta[i] * slopeAt(s.z1()[i]));
  EXPECT_TRUE(clearlyDiffers(core, copied));
}

// 003 writes A² = softmax(Z¹).
TEST(Slip003, TheOutputIsTheSoftmaxOfTheSecondPreActivation) {
  const Square s(204, "categoricalCrossentropy", "softmax");
  const Vector core = s.network.a(1).row(0);
  expectNear(core, plainSoftmax(s.plain.layers[1].z), kTolerance, "A²");
  EXPECT_TRUE(clearlyDiffers(core, plainSoftmax(s.z1())));
}

// 003 writes ∂Z²/∂b² = I, which would let sample k alone move the bias of unit k.
TEST(Slip003, TheGradientOfABiasIsTheColumnSum) {
  Random random = testRandom(205);
  Network network = randomNetwork(random, 3, {{4, "sigmoid"}, {4, "softmax"}});
  const Matrix x = randomNormal(random, 4, 3), y = randomTargets(random, TargetKind::kClassIndex, 4, 4);
  network.lossAndGradients(view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
  Column right(4), slip(4);
  for (Index unit = 0; unit < 4; ++unit) {
    for (Index row = 0; row < 4; ++row) {
      right[static_cast<std::size_t>(unit)] += static_cast<double>(network.delta(1)(row, unit));
      slip[static_cast<std::size_t>(unit)] +=
          row == unit ? static_cast<double>(network.delta(1)(row, unit)) : 0;
    }
  }
  const Vector core = biasOf(network, network.gradients(), 1);
  expectNear(core, right, kTolerance, "∂L/∂b");
  EXPECT_TRUE(clearlyDiffers(core, slip));
}

// 004 (5) writes w₁₁, w₂₂, w₃₃ … into the first row of the updated matrix.
TEST(Slip004, TheFirstRowOfTheUpdatedKernelIsItsOwn) {
  constexpr double beta = 0.5;
  Square s(206);
  const Network before = s.network;
  OptimizerOptions options = rate(beta);
  optimizerCalled("sgd").update(s.network.parameters().data(), s.network.gradients().data(), nullptr,
                                s.network.parameters().size(), s.network.parameters().size(), options, 1);
  const PlainNetwork after(s.network), old(before);
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

// 000 and 001 halve the squared error, 002 takes its mean over the outputs: each has its own name.
TEST(SlipOfTheScalings, TheThreeSquaredErrorsHaveDifferentNames) {
  const Matrix p = (Matrix(1, 3) << 1, 2, 4).finished(),
               y = (Matrix(1, 3) << 0, 4, 1).finished();  // errors 1, −2, 3
  Matrix slope(1, 3);
  const LossOptions options;
  EXPECT_EQ(lossCalled("sumOfSquares").fromActivations(p.data(), y.data(), 3, options, 1, slope.data()), 7)
      << "½Σ";
  EXPECT_EQ(slope, (Matrix(1, 3) << 1, -2, 3).finished());
  const double mean =
      lossCalled("meanSquaredError").fromActivations(p.data(), y.data(), 3, options, 1, slope.data());
  EXPECT_NEAR(mean, 14.0 / 3, kTolerance) << "1/n Σ";
  expectNear(Vector(slope.row(0)), {2.0 / 3, -4.0 / 3, 2}, kTolerance, "2/n (ŷ − y)");
  EXPECT_GT(std::abs(mean - 7), 1);
  // With one output sumOfSquares is the ½(ŷ − y)² of 000 and 001, and half of 002's.
  EXPECT_EQ(
      lossCalled("sumOfSquares").fromActivations(p.data() + 2, y.data() + 2, 1, options, 1, slope.data()),
      4.5);
  EXPECT_EQ(slope(0, 0), 3);
  EXPECT_EQ(
      lossCalled("meanSquaredError").fromActivations(p.data() + 2, y.data() + 2, 1, options, 1, slope.data()),
      9);
  EXPECT_EQ(slope(0, 0), 6);
}

}  // namespace
}  // namespace mlp
