#include "mlp/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mlp/scores.h"
#include "mlp/training/evaluator.h"
#include "mlp/training/trainer.h"
#include "support/golden.h"
#include "support/testing.h"

namespace mlp {
namespace {

const Json& golden() {
  static const Json json = goldenFile("metrics.json");
  return json;
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
  options.average = average == "micro" ? Average::kMicro : average == "weighted" ? Average::kWeighted : Average::kMacro;
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
    const Matrix targets = y.at(0).is_array() ? matrixOf(y) : oneHotRows(y.get<std::vector<std::int32_t>>(), x.cols());
    std::vector<MetricChoice> choices;
    for (const Json& metric : example.at("metrics")) choices.push_back(choice(metric));
    Model model =
        identity(x.cols(), example.at("activation").get_ref<const std::string&>(),
                 example.at("loss").at("name").get_ref<const std::string&>(), lossOptions(example.at("loss")), choices);
    const Totals whole = judge(model, x, targets, x.rows());
    EXPECT_EQ(static_cast<Index>(whole.metrics.size()), model.accumulatorSize(x.rows()));
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
      const double allowed = within(1e-12, 2e-6) * std::max(1.0, std::abs(value));
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

TEST(MetricTest, TheAreaIsExactForScoresOfEverySize) {
  Random random = testRandom(92);
  for (const char* activation : {"sigmoid", "linear", "tanh"}) {
    for (const double spread : {1e-12, 0.01, 1.0, 30.0, 1e6}) {
      constexpr Index kRows = 700;
      Matrix x = randomNormal(random, kRows, 1, spread), y(kRows, 1);
      for (Index i = 0; i < kRows; ++i) {
        if (i % 7 == 0) x(i, 0) = x(i / 7, 0);  // equal ones
        y(i, 0) = x(i, 0) + spread * random.normal() > 0;
      }
      Model model = identity(1, activation, "meanSquaredError", {"auc"});
      EXPECT_NEAR(model.result(0, judge(model, x, y, 100)), exactAuc(x, y), 1e-12) << activation << " of " << spread;
    }
  }
}

TEST(MetricTest, MarginsThatLieCloseTogetherAreTold) {
  const Matrix x = (Matrix(4, 1) << 10000, 10010, Scalar(10000.001), 9999).finished();
  const Matrix y = (Matrix(4, 1) << -1, 1, -1, -1).finished();
  Model model = identity(1, "linear", "hinge", {"auc"});
  EXPECT_EQ(model.result(0, judge(model, x, y, 3)), 1);
}

TEST(MetricTest, ProbabilitiesThatRoundToZeroOrOneKeepTheirOrder) {
  const Matrix x = (Matrix(6, 1) << -40, -35, -30, 30, 35, 40).finished();
  const Matrix y = (Matrix(6, 1) << 0, 1, 0, 0, 0, 1).finished();
  Model model = identity(1, "sigmoid", "binaryCrossentropy", {"auc"});
  EXPECT_EQ(model.result(0, judge(model, x, y, 6)), exactAuc(x, y));
  // Classes are ranked by the odds of each against the others, because softmax gives 1 three times here.
  const Matrix z = (Matrix(3, 2) << 40, 0, 50, 0, 60, 0).finished(), t = (Matrix(3, 2) << 0, 1, 1, 0, 1, 0).finished();
  Model classes = identity(2, "softmax", "categoricalCrossentropy", {"auc"});
  EXPECT_EQ(classes.result(0, judge(classes, z, t, 2)), 1);
}

TEST(MetricTest, ScoresAreAsGoodInAnyNumberAndOrder) {
  // Past the blocks that are sorted as they come, and past the room that there is for them.
  Random random = testRandom(97);
  constexpr Index kOutputs = 1 << 14;
  ASSERT_EQ(mostScores(kOutputs), 256);
  std::vector<double> one(static_cast<std::size_t>(kScoreHeader + 16384)),
      few(static_cast<std::size_t>(kScoreHeader + 256));
  Scores all(one.data(), 16384), sample(few.data(), 256);
  std::vector<std::pair<double, bool>> seen;
  for (Index i = 0; i < 10000; ++i) {
    const double score = std::round(100 * random.normal());
    const bool positive = score + 50 * random.normal() > 0;
    seen.push_back({score, positive});
    all.add(score, positive, i);
    sample.add(score, positive, i);
  }
  std::sort(seen.begin(), seen.end());
  double right = 0, negatives = 0, positives = 0;
  for (std::size_t i = 0; i < seen.size();) {
    double equal[2] = {0, 0};
    const double score = seen[i].first;
    for (; i < seen.size() && seen[i].first == score; ++i) ++equal[seen[i].second];
    right += equal[1] * (negatives + equal[0] / 2);
    negatives += equal[0];
    positives += equal[1];
  }
  const Scores::Pairs exact = all.pairs(), drawn = sample.pairs();
  EXPECT_EQ(exact.right, right);
  EXPECT_EQ(exact.all, negatives * positives);
  EXPECT_NEAR(drawn.right / drawn.all, right / exact.all, 0.05);
  EXPECT_TRUE(all.valid());
  EXPECT_TRUE(sample.valid());
}

TEST(MetricTest, ScoresOutOfAFileAreLookedAt) {
  Model model = identity(1, "sigmoid", "binaryCrossentropy", {"auc", "accuracy"});
  std::vector<double> numbers(static_cast<std::size_t>(model.accumulatorSize(10)));
  EXPECT_TRUE(model.accepts(numbers));
  numbers.pop_back();
  EXPECT_FALSE(model.accepts(numbers));
  EXPECT_FALSE(model.accepts({}));
  for (const double kept : {-1.0, 0.5, 65.0, 1e300, std::nan("")}) {
    numbers.assign(static_cast<std::size_t>(model.accumulatorSize(10)), 0);
    numbers[2] = kept;
    EXPECT_FALSE(model.accepts(numbers)) << kept;
  }
}

TEST(MetricTest, OutputsThatAreNoNumbersOverrunNothing) {
  for (const char* activation : {"linear", "sigmoid", "softmax"}) {
    std::vector<MetricChoice> all;
    for (const Metric& metric : metrics()) all.push_back({&metric, {}});
    Model model = identity(3, activation, "meanSquaredError", {}, all);
    const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN(), infinity = std::numeric_limits<Scalar>::infinity();
    const Matrix x = (Matrix(4, 3) << nan, -nan, nan, infinity, -infinity, 0, nan, 1, 0, 1e30, -1e30, 1).finished();
    const Matrix y = (Matrix(4, 3) << 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0).finished();
    const Totals totals = judge(model, x, y, 2);
    for (std::size_t i = 0; i < all.size(); ++i) model.result(i, totals);
    EXPECT_EQ(totals.rows, 4);
  }
}

TEST(MetricTest, LogLossIsTheCrossentropyHoweverSureTheAnswer) {
  for (const double z : {1.0, 20.0, 30.0, 60.0}) {
    const Matrix one = Matrix::Constant(1, 1, Scalar(z)), no = Matrix::Zero(1, 1);
    const Matrix two = (Matrix(1, 2) << z, 0).finished(), second = (Matrix(1, 2) << 0, 1).finished();
    for (const auto& [activation, loss, x, y] : {std::tuple{"sigmoid", "binaryCrossentropy", &one, &no},
                                                 {"softmax", "categoricalCrossentropy", &two, &second},
                                                 {"logSoftmax", "categoricalCrossentropy", &two, &second},
                                                 {"softmax", "meanSquaredError", &two, &second},
                                                 {"sigmoid", "meanSquaredError", &one, &no}}) {
      Model model = identity(x->cols(), activation, loss, {"logLoss"});
      const Totals totals = judge(model, *x, *y, 1);
      EXPECT_NEAR(model.result(0, totals), std::log1p(std::exp(z)), 1e-5 * z) << loss << " after " << activation;
      if (std::string(loss) != "meanSquaredError") {
        EXPECT_EQ(model.result(0, totals), model.meanLoss(totals));
      }
    }
  }
}

TEST(MetricTest, LogLossIsRefusedWhereOutputsAreMargins) {
  for (const char* loss : {"hinge", "squaredHinge"}) {
    EXPECT_THROW(identity(1, "linear", loss, {"accuracy", "logLoss"}), std::invalid_argument) << loss;
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
