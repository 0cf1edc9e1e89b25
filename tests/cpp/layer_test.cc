#include "mlp/layer.h"

#include <gtest/gtest.h>

#include <functional>

#include "mlp/noise.h"
#include "mlp/normalize.h"
#include "products.h"
#include "testing.h"

namespace mlp {
namespace {

template <class Options>
Options described(Index units, std::string_view activation = "linear") {
  Options options;
  options.inputs = options.units = units;
  options.activation = &activationCalled(activation);
  options.alpha = static_cast<Scalar>(options.activation->defaultAlpha);
  return options;
}

using MakeLayer = std::function<std::shared_ptr<Layer>(Index units)>;

struct Case {
  const char* name;
  MakeLayer make;
};

std::vector<Case> everyKind() {
  return {
      {"activation", [](Index n) { return std::make_shared<Identity>(described<LayerOptions>(n, "tanh")); }},
      {"dropout",
       [](Index n) {
         return std::make_shared<Noise>(described<LayerOptions>(n), Noise::Kind::kDropout, Scalar(0.3));
       }},
      {"alphaDropout",
       [](Index n) {
         return std::make_shared<Noise>(described<LayerOptions>(n), Noise::Kind::kAlphaDropout, Scalar(0.3));
       }},
      {"gaussianNoise",
       [](Index n) {
         return std::make_shared<Noise>(described<LayerOptions>(n), Noise::Kind::kGaussian, Scalar(0.3));
       }},
      {"batchNormalization",
       [](Index n) { return std::make_shared<BatchNormalization>(described<NormalizeOptions>(n)); }},
      {"batchNormalization without gamma and beta",
       [](Index n) {
         NormalizeOptions options = described<NormalizeOptions>(n);
         options.center = options.scale = false;
         return std::make_shared<BatchNormalization>(options);
       }},
      {"layerNormalization",
       [](Index n) { return std::make_shared<LayerNormalization>(described<NormalizeOptions>(n)); }},
      {"normalization", [](Index n) { return std::make_shared<Normalization>(described<LayerOptions>(n)); }},
  };
}

// Dense, the layer, dense: so that both its own gradients and what it passes down are seen in parameters.
Network around(const MakeLayer& make) {
  Network network = makeNetwork(3, {{5, "tanh"}}, 11);
  network.add(make(5));
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
  for (const Case& each : everyKind()) {
    for (const bool training : {false, true}) {
      Network network = around(each.make);
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
  for (const Case& each : everyKind()) {
    Network network = around(each.make);
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
  for (const Case& each : everyKind()) {
    Random random = testRandom(814);
    const Matrix x = randomNormal(random, 7, 3), y = randomNormal(random, 7, 2);
    Network inner = around(each.make);
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
  DenseOptions options;
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
    expected += static_cast<double>(Scalar(0.02)) * kernel.cwiseAbs().sum() +
                static_cast<double>(Scalar(0.03)) * kernel.squaredNorm() +
                static_cast<double>(Scalar(0.05)) * bias.squaredNorm() +
                (static_cast<double>(Scalar(0.01)) * a.cwiseAbs().sum() +
                 static_cast<double>(Scalar(0.02)) * a.squaredNorm()) / 6;
  }
  const double plain = (network.a(1) - view(y)).cast<double>().squaredNorm() / 24;
  EXPECT_NEAR(penalised, plain + expected, within(1e-14, 1e-6));
}

// One layer by itself on x.
Matrix through(const std::shared_ptr<Layer>& layer, const Matrix& x, const Mode& mode, Vector* state = nullptr) {
  Network network(x.cols(), 3);
  network.add(layer);
  if (state && state->size() > 0) network.state() = *state;
  const Matrix out = network.forward(view(x), mode);
  if (state) *state = network.state();
  return out;
}

TEST(NoiseTest, DropsItsShareKeepsTheMeanAndDrawsAnewEveryStep) {
  const Matrix x = Matrix::Ones(100, 200);
  const auto layer = everyKind()[1].make(200);
  const Matrix first = through(layer, x, {true, 1});
  const double dropped = static_cast<double>((first.array() == 0).count()) / static_cast<double>(first.size());
  EXPECT_NEAR(dropped, 0.3, 0.01);
  EXPECT_NEAR(static_cast<double>(first.mean()), 1, 0.02);
  EXPECT_EQ(first, through(everyKind()[1].make(200), x, {true, 1}));
  EXPECT_NE(first, through(everyKind()[1].make(200), x, {true, 2}));
  EXPECT_EQ(x, through(everyKind()[1].make(200), x, {false, 1}));
}

TEST(NoiseTest, AlphaDropoutKeepsMeanAndVarianceOfStandardNormalNumbers) {
  Random random = testRandom(813);
  const Matrix x = randomNormal(random, 300, 300);
  const Matrix z = through(everyKind()[2].make(300), x, {true, 1});
  const double mean = static_cast<double>(z.mean());
  const double variance = static_cast<double>((z.array() - z.mean()).square().mean());
  EXPECT_NEAR(mean, 0, 0.01);
  EXPECT_NEAR(variance, 1, 0.02);
}

TEST(NoiseTest, GaussianNoiseHasItsDeviation) {
  const Matrix z = through(everyKind()[3].make(300), Matrix::Zero(300, 300), {true, 1});
  EXPECT_NEAR(static_cast<double>(z.mean()), 0, 0.005);
  EXPECT_NEAR(std::sqrt(static_cast<double>(z.array().square().mean())), 0.3, 0.003);
}

TEST(NormalizeTest, TheMovingAveragesAreThoseOfTheBatches) {
  Matrix x(4, 2);
  x << 1, 10, 2, 10, 3, 14, 6, 14;  // means 3 and 12, variances 3.5 and 4
  Vector state;
  const Matrix z = through(everyKind()[4].make(2), x, {true, 0}, &state);
  const Vector expected = (Vector(4) << 0.01 * 3, 0.01 * 12, 0.99 + 0.01 * 3.5, 0.99 + 0.01 * 4).finished();
  EXPECT_LT((state - expected).cwiseAbs().maxCoeff(), within(1e-15, 1e-6));
  EXPECT_NEAR(static_cast<double>(z(0, 0)), (1 - 3) / std::sqrt(3.5 + 1e-3), within(1e-9, 1e-6));
  // Outside of training they are used and stay.
  const Matrix inference = through(everyKind()[4].make(2), x, {}, &state);
  EXPECT_NEAR(static_cast<double>(inference(0, 0)), (1 - 0.03) / std::sqrt(1.025 + 1e-3), within(1e-9, 1e-6));
  EXPECT_LT((state - expected).cwiseAbs().maxCoeff(), within(1e-15, 1e-6));
}

TEST(NormalizeTest, ABatchOfOneRowIsItsOwnMean) {
  const Matrix z = through(everyKind()[4].make(3), Matrix::Constant(1, 3, 5), {true, 0});
  EXPECT_EQ(z, Matrix::Zero(1, 3));
}

TEST(NormalizeTest, RowsOfLayerNormalizationHaveMeanZeroAndVarianceOne) {
  Random random = testRandom(814);
  const Matrix x = randomNormal(random, 5, 64, 3);
  const Matrix z = through(everyKind()[6].make(64), x, {});
  for (Index row = 0; row < 5; ++row) {
    EXPECT_NEAR(static_cast<double>(z.row(row).mean()), 0, 1e-6);
    EXPECT_NEAR(static_cast<double>(z.row(row).squaredNorm()) / 64, 1, 1e-3);
  }
}

TEST(NormalizeTest, NormalizationAdaptsToWhatReachesIt) {
  Random random = testRandom(815);
  Matrix x = randomNormal(random, 500, 3, 4);
  x.col(1).setConstant(7);  // no variance
  x.array() += 100;
  Model model(3, 1);
  model.network.add(std::make_shared<Normalization>(described<LayerOptions>(3)));
  addLayers(model.network, {{4, "tanh"}});
  model.network.add(std::make_shared<Normalization>(described<LayerOptions>(4)));
  const Samples samples = samplesOf(x, nullptr, nullptr);
  model.adapt(samples, 64);
  Matrix z(500, 4);
  model.predict(samples, 500, z.data());
  for (Index j = 0; j < 4; ++j) {
    EXPECT_NEAR(static_cast<double>(z.col(j).mean()), 0, within(1e-12, 1e-5));
    EXPECT_NEAR(static_cast<double>(z.col(j).squaredNorm()) / 500, 1, within(1e-12, 1e-4));
  }
  EXPECT_NEAR(static_cast<double>(model.network.state()[1]), 107, within(1e-12, 1e-4));
}

TEST(ConstraintTest, HoldsColumnsToTheirNorm) {
  Matrix weights(2, 3);
  weights << 3, 0.3, -1, 4, 0.4, 0;
  const auto applied = [&](Constraint::Kind kind, Scalar maxValue) {
    Matrix copy = weights;
    Constraint{kind, maxValue}.apply(MatrixMap(copy.data(), 2, 3));
    return copy;
  };
  const Matrix capped = applied(Constraint::Kind::kMaxNorm, 2);
  EXPECT_NEAR(static_cast<double>(capped.col(0).norm()), 2, 1e-6);
  EXPECT_EQ(capped.rightCols(2), weights.rightCols(2));
  const Matrix unit = applied(Constraint::Kind::kUnitNorm, 0);
  for (Index j = 0; j < 3; ++j) EXPECT_NEAR(static_cast<double>(unit.col(j).norm()), 1, 1e-6);
  EXPECT_EQ(applied(Constraint::Kind::kNonNeg, 0)(0, 2), 0);
  EXPECT_EQ(applied(Constraint::Kind::kNone, 0), weights);
}

TEST(LayerTest, ConstraintsHoldAfterEveryStep) {
  DenseOptions options;
  options.units = 4;
  options.activation = &activationCalled("relu");
  options.kernelInitializer = &initializerCalled("heNormal");
  options.biasInitializer = &initializerCalled("zeros");
  options.kernelConstraint = {Constraint::Kind::kMaxNorm, Scalar(0.5)};
  options.biasConstraint = {Constraint::Kind::kNonNeg, 0};
  Model model(3, 1);
  addDense(model.network, options);
  OptimizerOptions sgd;
  sgd.learningRate = 1;
  model.compile(lossCalled("meanSquaredError"), {}, {}, optimizerCalled("sgd"), sgd);
  Random random = testRandom(816);
  const Matrix x = randomNormal(random, 8, 3), y = randomNormal(random, 8, 4, 5);
  Totals totals = model.emptyTotals();
  for (int step = 0; step < 5; ++step) {
    model.trainStep(view(x), view(y), totals);
    const auto kernel = kernelOf(model.network, model.network.parameters(), 0);
    EXPECT_LE(static_cast<double>(kernel.colwise().norm().maxCoeff()), 0.5 + 1e-6);
    EXPECT_GE(biasOf(model.network, model.network.parameters(), 0).minCoeff(), 0);
  }
}

}  // namespace
}  // namespace mlp
