#include "mlp/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "mlp/evaluator.h"
#include "mlp/trainer.h"
#include "testing.h"

namespace mlp {
namespace {

using Json = nlohmann::json;

const Json& golden() {
  static const Json json = [] {
    std::ifstream file(MLP_SOURCE_DIR "/tests/golden/metrics.json");
    if (!file) throw std::runtime_error("no " MLP_SOURCE_DIR "/tests/golden/metrics.json");
    return Json::parse(file);
  }();
  return json;
}

Matrix matrixOf(const Json& rows) {
  Matrix matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) {
      matrix(i, j) = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j)).get<Scalar>();
    }
  }
  return matrix;
}

LossOptions lossOptions(const Json& loss) {
  LossOptions options;
  options.delta = loss.value("delta", Scalar(1));
  options.labelSmoothing = loss.value("labelSmoothing", Scalar(0));
  options.fromLogits = loss.value("fromLogits", false);
  return options;
}

MetricChoice choice(const Json& config) {
  MetricOptions options;
  options.threshold = config.value("threshold", std::nan(""));
  options.k = config.value("k", Index(5));
  const std::string average = config.value("average", "macro");
  options.average = average == "micro"      ? Average::kMicro
                    : average == "weighted" ? Average::kWeighted
                                            : Average::kMacro;
  return {&metricCalled(config.at("name").get_ref<const std::string&>()), options};
}

// One layer whose kernel is the identity: its outputs are the activation of the inputs.
Model identity(Index units, std::string_view activation, std::string_view loss, const LossOptions& options,
               const std::vector<MetricChoice>& metrics) {
  Model model(units, 1);
  addLayers(model.network, {{units, activation, false}});
  model.network.parameters().setZero();
  for (Index i = 0; i < units; ++i) model.network.parameters()[i * units + i] = 1;
  model.compile(lossCalled(loss), options, metrics, optimizerCalled("sgd"), {});
  return model;
}

Model identity(Index units, std::string_view activation, std::string_view loss,
               const std::vector<std::string_view>& names) {
  std::vector<MetricChoice> metrics;
  for (const std::string_view name : names) metrics.push_back({&metricCalled(name), {}});
  return identity(units, activation, loss, {}, metrics);
}

Totals judge(Model& model, const Matrix& x, const Matrix& y, Index batchSize) {
  const Samples samples = samplesOf(x, &y, nullptr);
  Totals totals = model.emptyTotals();
  model.evaluate(samples, 0, x.rows(), batchSize, totals);
  return totals;
}

// The exact area: of all pairs of a positive and a negative.
double exactAuc(const Matrix& scores, const Matrix& y) {
  double right = 0, pairs = 0;
  for (Index i = 0; i < y.rows(); ++i) {
    for (Index j = 0; j < y.rows(); ++j) {
      if (!(y(i, 0) > y(j, 0))) continue;
      right += scores(i, 0) > scores(j, 0) ? 1 : scores(i, 0) == scores(j, 0) ? 0.5 : 0;
      pairs += 1;
    }
  }
  return right / pairs;
}

TEST(MetricTest, NamesAreUniqueAndFound) {
  EXPECT_TRUE(allDifferent(namesIn(metrics())));
  for (const Metric& metric : metrics()) EXPECT_EQ(findMetric(metric.name), &metric);
  EXPECT_EQ(findMetric("acc"), nullptr);
}

TEST(MetricTest, EveryMetricIsThatOfScikitLearnWhateverTheBatches) {
  std::vector<std::string> seen;
  std::size_t configurations = 0;
  for (const Json& example : golden().at("metrics")) {
    SCOPED_TRACE(example.at("name").get<std::string>());
    const Matrix x = matrixOf(example.at("x"));
    const Json& y = example.at("y");
    const Matrix targets =
        y.at(0).is_array() ? matrixOf(y) : oneHotRows(y.get<std::vector<std::int32_t>>(), x.cols());
    std::vector<MetricChoice> choices;
    for (const Json& metric : example.at("metrics")) choices.push_back(choice(metric));
    Model model = identity(x.cols(), example.at("activation").get_ref<const std::string&>(),
                           example.at("loss").at("name").get_ref<const std::string&>(),
                           lossOptions(example.at("loss")), choices);
    const Totals whole = judge(model, x, targets, x.rows());
    EXPECT_EQ(static_cast<Index>(whole.metrics.size()), model.accumulatorSize());
    for (const Index batchSize : {1, 7}) {
      const Totals parts = judge(model, x, targets, batchSize);
      EXPECT_EQ(parts.metrics, whole.metrics) << "to the bit";
      EXPECT_EQ(parts.loss, whole.loss);
    }
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const Json& expected = example.at("metrics")[i];
      const double found = model.result(i, whole);
      seen.emplace_back(choices[i].metric->name);
      ++configurations;
      if (expected.at("value").is_null()) {
        EXPECT_TRUE(std::isnan(found)) << expected << ": " << found;
        continue;
      }
      const double value = expected.at("value");
      // Float rounds 4096 + z to 2⁻¹², and what is far from zero costs its digits there.
      const double allowed =
          expected.at("bound").get<double>() + within(1e-12, 2e-6) * std::max(1.0, std::abs(value));
      EXPECT_NEAR(found, value, allowed) << expected;
    }
  }
  EXPECT_GE(configurations, 40u);
  for (const std::string& name : namesIn(metrics()))
    EXPECT_EQ(std::count(seen.begin(), seen.end(), name) > 0, true) << name;
}

TEST(MetricTest, AnAccumulatorThatWasStoredGoesOnToTheSameBits) {
  Random random = testRandom(90);
  std::vector<MetricChoice> all;
  for (const Metric& metric : metrics()) all.push_back({&metric, {}});
  Model model = identity(4, "softmax", "categoricalCrossentropy", {}, all);
  const Matrix x = randomNormal(random, 60, 4), y = randomTargets(random, TargetKind::kClassIndex, 60, 4);
  const Totals whole = judge(model, x, y, 60);
  Totals stored = judge(model, x.topRows(23), y.topRows(23), 5);
  const std::vector<double> numbers = stored.metrics;  // a flat vector is all there is to keep
  Totals resumed = model.emptyTotals();
  resumed.rows = stored.rows;
  resumed.loss = stored.loss;
  resumed.metrics = numbers;
  model.evaluate(samplesOf(x, &y, nullptr), 23, 37, 8, resumed);
  EXPECT_EQ(resumed.metrics, whole.metrics);
  EXPECT_EQ(resumed.loss, whole.loss);
  EXPECT_EQ(resumed.rows, whole.rows);
}

TEST(MetricTest, AnEvaluatorGoesOnWhereItStoppedAndCanStartAgain) {
  Random random = testRandom(91);
  Model model = identity(3, "softmax", "categoricalCrossentropy", {"f1Score", "auc"});
  const Matrix x = randomNormal(random, 40, 3), y = randomTargets(random, TargetKind::kClassIndex, 40, 3);
  const Totals whole = judge(model, x, y, 40);
  Evaluator evaluator(model, samplesOf(x, &y, nullptr), 7);
  for (int time = 0; time < 2; ++time) {
    evaluator.run(11);
    EXPECT_EQ(evaluator.totals().rows, 11);
    evaluator.run(1);
    evaluator.run(1000);
    EXPECT_EQ(evaluator.totals().rows, 40);
    EXPECT_EQ(evaluator.totals().metrics, whole.metrics);
    EXPECT_EQ(evaluator.totals().loss, whole.loss);
    evaluator.restart();
    EXPECT_EQ(evaluator.totals().rows, 0);
  }
}

TEST(MetricTest, TheAreaIsWithinItsBoundOfTheExactOneForScoresAsTheyCome) {
  Random random = testRandom(92);
  double worst = 0;
  for (const double spread : {0.01, 1.0, 5.0}) {
    for (const char* activation : {"sigmoid", "linear"}) {
      constexpr Index kRows = 2000;
      Matrix x = randomNormal(random, kRows, 1, spread), y(kRows, 1);
      for (Index i = 0; i < kRows; ++i) y(i, 0) = x(i, 0) + spread * random.normal() > 0;
      Model model = identity(1, activation, "meanSquaredError", {"auc"});
      const Totals totals = judge(model, x, y, 100);
      double together = 0, positives = 0, negatives = 0;  // pairs in one bin
      for (std::size_t bin = 0; bin < totals.metrics.size(); bin += 2) {
        together += totals.metrics[bin] * totals.metrics[bin + 1];
        negatives += totals.metrics[bin];
        positives += totals.metrics[bin + 1];
      }
      const double bound = together / (2 * positives * negatives);
      const double error = std::abs(model.result(0, totals) - exactAuc(x, y));
      EXPECT_LE(error, bound) << activation << " of spread " << spread;
      EXPECT_LT(bound, spread < 0.1 && activation[0] == 's' ? 0.2 : 0.006)
          << activation << " of spread " << spread;
      if (spread > 0.1) worst = std::max(worst, error);
    }
  }
  EXPECT_LT(worst, 2e-4);
}

TEST(MetricTest, ScoresOfAnySizeFindABinInTheirOrder) {
  const std::vector<Scalar> ascending = {Scalar(-1e30), -1e5,          -70000,       -300,         -1,
                                         Scalar(-1e-3), Scalar(-1e-9), Scalar(1e-9), Scalar(1e-3), 1,
                                         300,           70000,         Scalar(1e30)};
  const Index count = static_cast<Index>(ascending.size());
  Model model = identity(1, "linear", "meanSquaredError", {"auc"});
  for (Index split = 1; split < count; ++split) {
    Matrix x(count, 1), y(count, 1);
    for (Index i = 0; i < count; ++i) {
      x(i, 0) = ascending[static_cast<std::size_t>(i)];
      y(i, 0) = i >= split;
    }
    const double area = model.result(0, judge(model, x, y, 4));
    // −1e30, −1e5 and −70000 share the lowest bin, 70000 and 1e30 the highest.
    const bool shared = split == 1 || split == 2 || split == count - 1;
    EXPECT_EQ(area == 1, !shared) << split;
    EXPECT_GT(area, 0.9) << split;
  }
  const Matrix zeros = (Matrix(3, 1) << Scalar(-0.0), 0, -1).finished(),
               y = (Matrix(3, 1) << 1, 0, 0).finished();
  EXPECT_EQ(model.result(0, judge(model, zeros, y, 3)), 0.75) << "−0 is 0";
}

TEST(MetricTest, OutputsThatAreNoNumbersOverrunNothing) {
  for (const char* activation : {"linear", "sigmoid", "softmax"}) {
    std::vector<MetricChoice> all;
    for (const Metric& metric : metrics()) all.push_back({&metric, {}});
    Model model = identity(3, activation, "meanSquaredError", {}, all);
    const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN(),
                 infinity = std::numeric_limits<Scalar>::infinity();
    const Matrix x =
        (Matrix(4, 3) << nan, -nan, nan, infinity, -infinity, 0, nan, 1, 0, 1e30, -1e30, 1).finished();
    const Matrix y = (Matrix(4, 3) << 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0).finished();
    const Totals totals = judge(model, x, y, 2);
    for (std::size_t i = 0; i < all.size(); ++i) model.result(i, totals);
    EXPECT_EQ(totals.rows, 4);
  }
}

TEST(MetricTest, RSquaredKeepsItsDigitsFarFromZero) {
  Random random = testRandom(93);
  Model model = identity(1, "linear", "meanSquaredError", {"r2Score"});
  Matrix x(500, 1), y(500, 1);
  double mean = 0, residual = 0, total = 0;
  for (Index i = 0; i < 500; ++i) {
    y(i, 0) = static_cast<Scalar>(1e6 + std::round(8 * random.normal()));
    x(i, 0) = static_cast<Scalar>(y(i, 0) + std::round(2 * random.normal()));
    mean += double(y(i, 0)) / 500;
  }
  for (Index i = 0; i < 500; ++i) {
    residual += (double(x(i, 0)) - y(i, 0)) * (double(x(i, 0)) - y(i, 0));
    total += (y(i, 0) - mean) * (y(i, 0) - mean);
  }
  EXPECT_NEAR(model.result(0, judge(model, x, y, 64)), 1 - residual / total, 1e-12);
}

// --- Weights
// ------------------------------------------------------------------------------------------------------

TEST(WeightTest, TheGradientOfAWeightedLossIsThatOfItsDifferences) {
  Random random = testRandom(94);
  Network network = makeNetwork(3, {{4, "tanh"}, {3, "softmax"}});
  randomizeParameters(network, random, 0.7);
  const Matrix x = randomNormal(random, 6, 3), y = randomTargets(random, TargetKind::kClassIndex, 6, 3);
  const std::vector<Scalar> weights = {0, 1, Scalar(0.25), 3, 1, 2};
  const Objective objective = objectiveOf(network, "categoricalCrossentropy");
  network.lossAndGradients(view(x), view(y), objective, {}, weights.data());
  const Vector gradients = network.gradients();
  const auto loss = [&] {
    network.forward(view(x));
    return objective.evaluate(network.z(1), network.a(1), view(y), nullptr, weights.data());
  };
  for (Index i = 0; i < gradients.size(); ++i) {
    const Scalar step = static_cast<Scalar>(within(1e-5, 1e-2)), kept = network.parameters()[i];
    network.parameters()[i] = kept + step;
    const double above = loss();
    network.parameters()[i] = kept - step;
    const double below = loss();
    network.parameters()[i] = kept;
    EXPECT_NEAR(gradients[i], (above - below) / (2 * step), within(1e-9, 1e-3)) << i;
  }
}

TEST(WeightTest, WeightsFollowTheirSamplesThroughEveryOrder) {
  // A weight of two is the sample twice, one of zero is none, if the step is made as long.
  Random random = testRandom(95);
  const Matrix x = randomNormal(random, 10, 3), y = randomNormal(random, 10, 2);
  const std::vector<Scalar> weights = {1, 0, 2, 1, 1, 0, 2, 1, 1, 1};  // of sum 10
  Matrix repeatedX(10, 3), repeatedY(10, 2);
  Index next = 0;
  for (Index i = 0; i < 10; ++i) {
    for (int k = 0; k < static_cast<int>(weights[static_cast<std::size_t>(i)]); ++k, ++next) {
      repeatedX.row(next) = x.row(i);
      repeatedY.row(next) = y.row(i);
    }
  }
  for (const bool shuffle : {false, true}) {
    OptimizerOptions rate;
    rate.learningRate = 0.1;
    Model weighted = makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "sgd", rate);
    Model repeated = makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "sgd", rate);
    Samples samples = samplesOf(x, &y, nullptr);
    samples.weights = weights.data();
    Trainer one(weighted, samples, 10, shuffle);
    Trainer other(repeated, samplesOf(repeatedX, &repeatedY, nullptr), 10, shuffle);
    for (int epoch = 0; epoch < 3; ++epoch) {
      for (Trainer* trainer : {&one, &other}) {
        trainer->beginEpoch();
        trainer->run(10, 1e9);
      }
      EXPECT_NEAR(one.totals().loss, other.totals().loss, within(1e-12, 1e-4));
    }
    EXPECT_LT(difference(weighted.network.parameters(), repeated.network.parameters()), within(1e-14, 1e-5));
  }
}

TEST(WeightTest, WeightsOfOneChangeNoBit) {
  Random random = testRandom(96);
  const Matrix x = randomNormal(random, 20, 3), y = randomNormal(random, 20, 2);
  const std::vector<Scalar> ones(20, 1);
  OptimizerOptions rate;
  rate.learningRate = 0.1;
  Model plain = makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "adam", rate);
  Model weighted = makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "adam", rate);
  Samples samples = samplesOf(x, &y, nullptr);
  Trainer one(plain, samples, 6, true);
  samples.weights = ones.data();
  Trainer other(weighted, samples, 6, true);
  for (Trainer* trainer : {&one, &other}) {
    trainer->beginEpoch();
    trainer->run(10, 1e9);
  }
  EXPECT_TRUE(sameBits(plain.network.parameters(), weighted.network.parameters()));
  EXPECT_EQ(one.totals().loss, other.totals().loss);
}

}  // namespace
}  // namespace mlp
