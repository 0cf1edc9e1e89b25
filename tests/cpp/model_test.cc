#include "mlp/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/layers.h"
#include "support/testing.h"

namespace mlp {
namespace {

OptimizerOptions sgd(double learningRate) {
  OptimizerOptions options;
  options.learningRate = learningRate;
  return options;
}

Matrix predict(Model& model, const Matrix& x, Index batchSize) {
  Matrix outputs(x.rows(), model.network.outputs());
  model.predict(samplesOf(x, nullptr, nullptr), batchSize, outputs.data());
  return outputs;
}

// --- Prediction and evaluation

TEST(ModelTest, TheBatchSizeOfPredictDoesNotChangeABit) {
  Random random = testRandom(60);
  Model model = makeModel(7, {{33, "gelu"}, {9, "softmax"}, {5, "logSoftmax"}}, "meanSquaredError", "sgd", sgd(0.1));
  const Matrix x = randomNormal(random, 41, 7);
  const Matrix whole = predict(model, x, 41);
  for (const Index batchSize : {1, 2, 3, 4, 7, 16, 40, 100}) {
    EXPECT_TRUE(sameBits(predict(model, x, batchSize), whole)) << batchSize;
  }
}

TEST(ModelTest, PredictIsTheForwardPass) {
  Random random = testRandom(61);
  Model model = makeModel(3, {{4, "tanh"}, {2, "sigmoid"}}, "meanSquaredError", "sgd", sgd(0.1));
  const Matrix x = randomNormal(random, 6, 3);
  EXPECT_TRUE(sameBits(predict(model, x, 6), Matrix(model.network.forward(view(x)))));
}

TEST(ModelTest, PredictingOneRowGivesTheBitsOfPredictAndItsPlaceStays) {
  Random random = testRandom(66);
  for (const Index features : {1, 5, 70}) {
    Model model = makeModel(features, {{19, "tanh"}, {3, "softmax"}}, "categoricalCrossentropy", "sgd", sgd(0.1));
    Matrix x = randomNormal(random, 8, features);
    for (Index i = 0; i < x.size(); i += 3) x.data()[i] = 0;
    x.row(7).setZero();
    const Matrix all = predict(model, x, 8);
    Scalar* const row = model.row();
    for (Index i = 0; i < x.rows(); ++i) {
      MatrixMap(row, 1, features) = x.row(i);
      ASSERT_TRUE(model.predictRow());
      EXPECT_TRUE(sameBits(Matrix(MatrixMap(row + features, 1, 3)), Matrix(all.row(i))));
      predict(model, x, i + 1);  // passes between share the workspace, and may move it
      EXPECT_EQ(model.row(), row);
    }
  }
}

// Numbers for layer `first` go in, and those of layer `last` come out.
Matrix predictPart(Model& model, const Matrix& x, Index batchSize, std::size_t first, std::size_t last) {
  Matrix outputs = Matrix::Constant(x.rows(), model.network.layers()[last]->units(), Scalar(-77));
  model.predict(samplesOf(x, nullptr, nullptr), batchSize, outputs.data(), first, last);
  return outputs;
}

TEST(ModelTest, PartsOfAPredictionGiveTheBitsOfTheWhole) {
  for (const LayerCase& each : everyKind()) {
    SCOPED_TRACE(each.name);
    Random random = testRandom(67);
    Model model(70, 5);
    const auto add = [&](const LayerKind& kind, Index units, const char* activation) {
      LayerOptions options = kind.defaults();
      options.inputs = model.network.outputs();
      options.units = units > 0 ? units : options.inputs;
      options.useBias = options.center = options.scale = !each.bare;
      options.rate = options.stddev = Scalar(0.3);
      options.activation = &activationCalled(activation);
      model.network.add(kind.make(options));
    };
    const LayerKind& dense = found(findLayerKind("dense"), "dense");
    add(dense, 81, "relu");  // codes of many zeros, which would be made sparse if they were samples
    add(*each.kind, each.kind == &dense ? 66 : 0, "relu");
    add(dense, 5, "softmax");
    randomizeParameters(model.network, random, 0.3);
    for (Index i = 0; i < model.network.state().size(); ++i) model.network.state()[i] = Scalar(i % 5 + 1) / 4;
    Matrix x = randomNormal(random, 13, 70);
    for (Index i = 0; i < x.size(); ++i) {
      if (i % 3 != 0) x.data()[i] = 0;
    }
    const Matrix whole = predict(model, x, 13);
    EXPECT_TRUE(sameBits(predictPart(model, x, 4, 0, 2), whole));
    for (const Index batchSize : {1, 4, 100}) {
      for (std::size_t cut = 0; cut < 2; ++cut) {
        const Matrix code = predictPart(model, x, batchSize, 0, cut);
        EXPECT_TRUE(sameBits(predictPart(model, code, batchSize, cut + 1, 2), whole)) << cut;
      }
      const Matrix between = predictPart(model, predictPart(model, x, batchSize, 0, 0), batchSize, 1, 1);
      EXPECT_TRUE(sameBits(between, predictPart(model, x, 13, 0, 1)));
    }
  }
}

TEST(ModelTest, ARowThatIsNotFiniteIsRefusedWhereverItIsNot) {
  constexpr Scalar kInfinity = std::numeric_limits<Scalar>::infinity();
  Model model = makeModel(11, {{2, "linear"}}, "meanSquaredError", "sgd", sgd(0.1));
  Scalar* const row = model.row();
  for (const Scalar bad : {kInfinity, -kInfinity, std::numeric_limits<Scalar>::quiet_NaN()}) {
    for (Index i = 0; i < 11; ++i) {
      std::fill(row, row + 11, std::numeric_limits<Scalar>::max());
      row[i] = bad;
      EXPECT_FALSE(model.predictRow()) << bad << " at " << i;
    }
  }
  std::fill(row, row + 11, Scalar(1));
  EXPECT_TRUE(model.predictRow());
}

TEST(ModelTest, EvaluateIsTheMeanByHand) {
  Model model =
      makeModel(1, {{1, "linear"}}, "meanSquaredError", "sgd", sgd(0.1), {"meanAbsoluteError", "meanSquaredError"});
  model.network.parameters() << 2, 1;  // ŷ = 2x + 1
  const Matrix x = (Matrix(3, 1) << 0, 1, 2).finished(), y = (Matrix(3, 1) << 0, 5, 5).finished();
  // errors 1, −2, 0
  for (const Index batchSize : {1, 2, 3, 10}) {
    Totals totals = model.emptyTotals();
    model.evaluate(samplesOf(x, &y, nullptr), 0, 3, batchSize, totals);
    EXPECT_EQ(totals.rows, 3);
    EXPECT_EQ(totals.loss, 5);
    EXPECT_EQ(model.result(0, totals), 1);
    EXPECT_EQ(model.result(1, totals), 5.0 / 3);
  }
}

TEST(ModelTest, EvaluatingPartsAddsUpToTheWhole) {
  Random random = testRandom(62);
  Model model = makeModel(3, {{8, "relu"}, {4, "softmax"}}, "categoricalCrossentropy", "sgd", sgd(0.1), {"accuracy"});
  const Matrix x = randomNormal(random, 23, 3), y = randomTargets(random, TargetKind::kClassIndex, 23, 4);
  const Samples samples = samplesOf(x, &y, nullptr);
  Totals whole = model.emptyTotals(), parts = model.emptyTotals();
  model.evaluate(samples, 0, 23, 23, whole);
  model.evaluate(samples, 0, 10, 4, parts);
  model.evaluate(samples, 10, 13, 5, parts);
  EXPECT_EQ(parts.rows, whole.rows);
  EXPECT_EQ(parts.loss, whole.loss);
  EXPECT_EQ(parts.metrics, whole.metrics);
  EXPECT_NEAR(whole.loss / 23, model.network.loss(view(x), view(y), model.objective()), within(1e-14, 1e-7) * 10);
}

TEST(ModelTest, ClassIndicesAreOneHotRows) {
  Random random = testRandom(63);
  Model model = makeModel(3, {{5, "softmax"}}, "sparseCategoricalCrossentropy", "sgd", sgd(0.1), {"accuracy"});
  const Matrix x = randomNormal(random, 9, 3);
  const std::vector<std::int32_t> classes = {4, 0, 1, 1, 3, 2, 0, 4, 4};
  const Matrix y = oneHotRows(classes, 5);
  for (Index row = 0; row < 9; ++row) {
    for (Index i = 0; i < 5; ++i) EXPECT_EQ(y(row, i), classes[static_cast<std::size_t>(row)] == i ? 1 : 0);
  }
  Totals byClass = model.emptyTotals(), byRow = model.emptyTotals();
  model.evaluate(samplesOf(x, nullptr, &classes), 0, 9, 4, byClass);
  model.evaluate(samplesOf(x, &y, nullptr), 0, 9, 4, byRow);
  EXPECT_EQ(byClass.loss, byRow.loss);
  EXPECT_EQ(byClass.metrics, byRow.metrics);
}

// --- The meanings of 'accuracy'

double accuracyOf(std::string_view loss, std::string_view activation, const Matrix& logits, const Matrix& y,
                  bool fromLogits = false) {
  const Index units = logits.cols();
  Model model(units, 1);
  addLayers(model.network, {{units, activation, false}});
  model.network.parameters().setZero();
  for (Index i = 0; i < units; ++i) model.network.parameters()[i * units + i] = 1;  // z = x
  LossOptions options;
  options.fromLogits = fromLogits;
  model.compile(lossCalled(loss), options, {{&metricCalled("accuracy"), {}}}, optimizerCalled("sgd"), sgd(0.1));
  Totals totals = model.emptyTotals();
  model.evaluate(samplesOf(logits, &y, nullptr), 0, logits.rows(), logits.rows(), totals);
  return model.result(0, totals);
}

TEST(ModelTest, AccuracyOfIndependentAnswersCountsEachOutput) {
  const Matrix z = (Matrix(2, 2) << 3, 2, -1, -2).finished();
  const Matrix y = (Matrix(2, 2) << 1, 1, 0, 1).finished();
  EXPECT_EQ(accuracyOf("binaryCrossentropy", "sigmoid", z, y), 0.75);
  EXPECT_EQ(accuracyOf("categoricalCrossentropy", "softmax", z, y), 0.5);
}

TEST(ModelTest, AccuracyOfLogitsAndOfSignsIsDecidedAtZero) {
  const Matrix z = (Matrix(4, 1) << 0.25, -0.25, 0.25, -0.25).finished();
  const Matrix labels = (Matrix(4, 1) << 1, 0, 0, 0).finished();
  EXPECT_EQ(accuracyOf("binaryCrossentropy", "linear", z, labels, true), 0.75);
  const Matrix signs = (Matrix(4, 1) << 1, -1, -1, -1).finished();
  EXPECT_EQ(accuracyOf("hinge", "linear", z, signs), 0.75);
  EXPECT_EQ(accuracyOf("meanSquaredError", "linear", z, labels), 0.75) << "0.25 is below ½ there";
}

// --- Training steps

TEST(ModelTest, ATrainingStepIsOneStepAgainstTheGradient) {
  Random random = testRandom(64);
  Model model = makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "sgd", sgd(0.25));
  const Matrix x = randomNormal(random, 5, 3), y = randomNormal(random, 5, 2);
  Network before = makeNetwork(3, {{4, "tanh"}, {2, "linear"}});
  before.parameters() = model.network.parameters();
  const double loss = before.lossAndGradients(view(x), view(y), model.objective());
  Totals totals = model.emptyTotals();
  model.trainStep(view(x), view(y), totals);
  EXPECT_TRUE(sameBits(model.network.parameters(), Vector(before.parameters() - Scalar(0.25) * before.gradients())));
  EXPECT_EQ(totals.rows, 5);
  EXPECT_EQ(totals.loss, loss * 5) << "as it was before the step";
}

TEST(ModelTest, CompilingAgainStartsTheOptimizerAfresh) {
  Random random = testRandom(65);
  const Matrix x = randomNormal(random, 5, 3), y = randomNormal(random, 5, 2);
  for (const char* name : {"rmsprop", "adam"}) {
    Model seasoned = makeModel(3, {{2, "linear"}}, "meanSquaredError", name, sgd(0.01));
    const Vector start = seasoned.network.parameters();
    Totals totals = seasoned.emptyTotals();
    for (int i = 0; i < 3; ++i) seasoned.trainStep(view(x), view(y), totals);
    const Vector after = seasoned.network.parameters();
    seasoned.compile(lossCalled("meanSquaredError"), {}, {}, optimizerCalled(name), sgd(0.01));
    seasoned.network.parameters() = start;
    for (int i = 0; i < 3; ++i) seasoned.trainStep(view(x), view(y), totals);
    EXPECT_TRUE(sameBits(seasoned.network.parameters(), after)) << name;
  }
}

TEST(ModelTest, CompilingWithoutLayersIsRefused) {
  Model model(2, 1);
  EXPECT_FALSE(model.compiled());
  EXPECT_THROW(model.compile(lossCalled("huber"), {}, {}, optimizerCalled("sgd"), {}), std::invalid_argument);
  EXPECT_FALSE(model.compiled());
}

TEST(ModelTest, OneOutputThatIsTheWholeIsRefused) {
  for (const char* activation : {"softmax", "logSoftmax", "sigmoid", "linear"}) {
    for (const char* loss : {"categoricalCrossentropy", "sparseCategoricalCrossentropy", "meanSquaredError"}) {
      const bool alone = activation == std::string("softmax") || activation == std::string("logSoftmax");
      const bool refused = alone || loss[0] != 'm';
      try {
        makeModel(2, {{1, activation}}, loss, "sgd", sgd(0.5));
        EXPECT_FALSE(refused) << loss << " after " << activation;
      } catch (const std::invalid_argument& error) {
        EXPECT_TRUE(refused) << error.what();
        EXPECT_NE(std::string(error.what()).find("sigmoid and binaryCrossentropy"), std::string::npos) << error.what();
      }
    }
  }
}

TEST(ModelTest, ARefusedCompilationLeavesTheModelAsItWas) {
  Model model = makeModel(2, {{1, "tanh"}}, "meanSquaredError", "sgd", sgd(0.5), {"meanAbsoluteError"});
  LossOptions options;
  options.fromLogits = true;
  EXPECT_THROW(model.compile(lossCalled("huber"), options, {}, optimizerCalled("adam"), {}), std::invalid_argument);
  EXPECT_TRUE(model.compiled());
  EXPECT_EQ(std::string(model.objective().loss().name), "meanSquaredError");
  EXPECT_EQ(model.metricCount(), 1u);
}

}  // namespace
}  // namespace mlp
