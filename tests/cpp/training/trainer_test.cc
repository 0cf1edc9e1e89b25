#include "mlp/training/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

constexpr double kForever = 1e9;

OptimizerOptions learningRate(double value) {
  OptimizerOptions options;
  options.learningRate = value;
  return options;
}

// 50 samples of 4 features and 3 classes, and a fresh model to train on them.
struct Task {
  Matrix x, y;
  std::vector<std::int32_t> classes;

  Task() {
    Random random = testRandom(70);
    x = randomNormal(random, 50, 4);
    for (Index row = 0; row < 50; ++row) classes.push_back(static_cast<std::int32_t>(random.below(3)));
    y = oneHotRows(classes, 3);
  }

  Samples byRow() const { return samplesOf(x, &y, nullptr); }
  Samples byClass() const { return samplesOf(x, nullptr, &classes); }

  static Model model(const char* optimizer = "adam") {
    return makeModel(4, {{6, "tanh"}, {3, "softmax"}}, "categoricalCrossentropy", optimizer, learningRate(0.01),
                     {"accuracy"}, 9);
  }
};

void train(Model& model, const Samples& samples, Index batchSize, bool shuffle, int epochs) {
  Trainer trainer(model, samples, batchSize, shuffle);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    trainer.beginEpoch();
    trainer.run(trainer.batchesPerEpoch(), kForever);
  }
}

TEST(TrainerTest, AnEpochIsAllBatchesTheLastOneSmaller) {
  const Task task;
  Model model = Task::model();
  Trainer trainer(model, task.byRow(), 8, true);
  EXPECT_EQ(trainer.batchesPerEpoch(), 7);
  EXPECT_TRUE(trainer.epochDone()) << "none has begun";
  trainer.beginEpoch();
  EXPECT_FALSE(trainer.epochDone());
  trainer.run(5, kForever);
  EXPECT_EQ(trainer.batch(), 5);
  EXPECT_EQ(trainer.totals().rows, 40);
  trainer.run(5, kForever);
  EXPECT_EQ(trainer.batch(), 7);
  EXPECT_TRUE(trainer.epochDone());
  EXPECT_EQ(trainer.totals().rows, 50);
}

TEST(TrainerTest, ABatchLargerThanTheDataIsTheData) {
  const Task task;
  Model one = Task::model(), other = Task::model();
  train(one, task.byRow(), 50, true, 3);
  train(other, task.byRow(), 5000, true, 3);
  EXPECT_TRUE(sameBits(one.network.parameters(), other.network.parameters()));
}

TEST(TrainerTest, TotalsOverUnevenBatchesAddUpToThoseOfTheWhole) {
  const Task task;
  for (const bool shuffle : {false, true}) {
    for (const Index batchSize : {1, 7, 8, 49, 50}) {
      // Too small a rate to move anything: every batch is judged by the same network.
      Model model = makeModel(4, {{6, "tanh"}, {3, "softmax"}}, "categoricalCrossentropy", "sgd", learningRate(1e-30),
                              {"accuracy", "meanSquaredError"}, 9);
      Totals whole = model.emptyTotals();
      model.evaluate(task.byRow(), 0, 50, 50, whole);
      Trainer trainer(model, task.byRow(), batchSize, shuffle);
      for (int epoch = 0; epoch < 2; ++epoch) {
        trainer.beginEpoch();
        trainer.run(1000, kForever);
        EXPECT_EQ(trainer.totals().rows, 50);
        EXPECT_NEAR(trainer.totals().loss, whole.loss, 1e-12 * whole.loss) << batchSize;
        EXPECT_EQ(model.result(0, trainer.totals()), model.result(0, whole)) << batchSize;
        EXPECT_NEAR(model.result(1, trainer.totals()), model.result(1, whole), 1e-12) << batchSize;
      }
    }
  }
}

// The samples that each batch sees. Sample i has the feature 2^i; a weight that SGD moves against a loss of slope 1
// adds up the features of a batch, and their sum tells its samples.
std::vector<std::vector<int>> visits(bool shuffle, Index batchSize, int epochs, std::uint64_t seed) {
  constexpr int kSamples = 15;
  Model model = makeModel(1, {{1, "linear", false}}, "meanAbsoluteError", "sgd", learningRate(1), {}, seed);
  Matrix x(kSamples, 1);
  const Matrix y = Matrix::Constant(kSamples, 1, Scalar(-1e30));
  for (int i = 0; i < kSamples; ++i) x(i, 0) = static_cast<Scalar>(1 << i);
  Trainer trainer(model, samplesOf(x, &y, nullptr), batchSize, shuffle);
  std::vector<std::vector<int>> batches;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    trainer.beginEpoch();
    while (!trainer.epochDone()) {
      const Index rows = std::min<Index>(batchSize, kSamples - trainer.batch() * batchSize);
      model.network.parameters()[0] = 0;
      trainer.run(1, kForever);
      const auto sum = static_cast<long>(std::lround(-double(model.network.parameters()[0]) * double(rows)));
      std::vector<int> seen;
      for (int i = 0; i < kSamples; ++i) {
        if (sum >> i & 1) seen.push_back(i);
      }
      EXPECT_EQ(static_cast<Index>(seen.size()), rows) << "no sample twice in a batch";
      batches.push_back(seen);
    }
  }
  return batches;
}

std::vector<int> sortedUnion(const std::vector<std::vector<int>>& batches, std::size_t first, std::size_t count) {
  std::vector<int> all;
  for (std::size_t i = first; i < first + count; ++i) all.insert(all.end(), batches[i].begin(), batches[i].end());
  std::sort(all.begin(), all.end());
  return all;
}

TEST(TrainerTest, EveryEpochVisitsEverySampleOnceInAnOrderOfItsOwn) {
  std::vector<int> everySample(15);
  for (int i = 0; i < 15; ++i) everySample[static_cast<std::size_t>(i)] = i;
  for (const Index batchSize : {1, 3, 4, 7}) {
    const std::vector<std::vector<int>> batches = visits(true, batchSize, 3, 5);
    const std::size_t perEpoch = batches.size() / 3;
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      EXPECT_EQ(sortedUnion(batches, epoch * perEpoch, perEpoch), everySample) << batchSize;
    }
    const auto epochOf = [&](std::size_t epoch) {
      const auto begin = batches.begin() + static_cast<std::ptrdiff_t>(epoch * perEpoch);
      return std::vector<std::vector<int>>(begin, begin + static_cast<std::ptrdiff_t>(perEpoch));
    };
    EXPECT_NE(epochOf(0), epochOf(1)) << batchSize;
    EXPECT_NE(epochOf(1), epochOf(2)) << batchSize;
    EXPECT_EQ(visits(true, batchSize, 3, 5), batches) << "the seed decides";
    EXPECT_NE(visits(true, batchSize, 3, 6), batches) << "another seed, another order";
  }
}

TEST(TrainerTest, WithoutShufflingSamplesComeInTheirOwnOrder) {
  const std::vector<std::vector<int>> batches = visits(false, 8, 2, 5);
  ASSERT_EQ(batches.size(), 4u);
  for (const std::size_t epoch : {0u, 2u}) {
    EXPECT_EQ(batches[epoch], (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(batches[epoch + 1], (std::vector<int>{8, 9, 10, 11, 12, 13, 14}));
  }
}

TEST(TrainerTest, HowTheTimeIsCutDoesNotChangeABit) {
  const Task task;
  for (const bool shuffle : {false, true}) {
    Model whole = Task::model(), oneByOne = Task::model(), byTime = Task::model();
    Trainer wholeTrainer(whole, task.byRow(), 8, shuffle), oneTrainer(oneByOne, task.byRow(), 8, shuffle),
        timeTrainer(byTime, task.byRow(), 8, shuffle);
    for (int epoch = 0; epoch < 3; ++epoch) {
      wholeTrainer.beginEpoch();
      wholeTrainer.run(1000, kForever);
      oneTrainer.beginEpoch();
      while (!oneTrainer.epochDone()) oneTrainer.run(1, kForever);
      timeTrainer.beginEpoch();
      int calls = 0;
      for (; !timeTrainer.epochDone(); ++calls) timeTrainer.run(1000, 0);
      EXPECT_EQ(calls, 7) << "no time at all is one batch a call";
      for (const Trainer* trainer : {&oneTrainer, &timeTrainer}) {
        EXPECT_EQ(trainer->totals().loss, wholeTrainer.totals().loss);
        EXPECT_EQ(trainer->totals().metrics, wholeTrainer.totals().metrics);
      }
    }
    EXPECT_TRUE(sameBits(oneByOne.network.parameters(), whole.network.parameters()));
    EXPECT_TRUE(sameBits(byTime.network.parameters(), whole.network.parameters()));
  }
}

TEST(TrainerTest, TrainingKEpochsAtOnceIsKTimesOneEpoch) {
  const Task task;
  for (const Optimizer& optimizer : optimizers()) {
    if (optimizer.fullBatch()) continue;  // finds the length of its steps itself
    Model atOnce = Task::model(optimizer.name), oneByOne = Task::model(optimizer.name);
    train(atOnce, task.byRow(), 7, true, 4);
    for (int i = 0; i < 4; ++i) train(oneByOne, task.byRow(), 7, true, 1);  // a new trainer each time
    EXPECT_TRUE(sameBits(oneByOne.network.parameters(), atOnce.network.parameters())) << optimizer.name;
    EXPECT_EQ(oneByOne.passesBegun, 4u);
  }
}

TEST(TrainerTest, LookingAtTheModelBetweenBatchesChangesNothing) {
  const Task task;
  Model watched = Task::model(), left = Task::model();
  train(left, task.byRow(), 7, true, 2);
  Trainer trainer(watched, task.byRow(), 7, true);
  for (int epoch = 0; epoch < 2; ++epoch) {
    trainer.beginEpoch();
    while (!trainer.epochDone()) {
      trainer.run(1, kForever);
      Matrix outputs(50, 3);
      watched.predict(samplesOf(task.x, nullptr, nullptr), 13, outputs.data());
      Totals totals = watched.emptyTotals();
      watched.evaluate(task.byClass(), 3, 40, 11, totals);
    }
  }
  EXPECT_TRUE(sameBits(watched.network.parameters(), left.network.parameters()));
}

TEST(TrainerTest, ClassIndicesTrainAsOneHotTargetsDo) {
  const Task task;
  for (const bool shuffle : {false, true}) {
    Model byRow = Task::model(), byClass = Task::model();
    train(byRow, task.byRow(), 7, shuffle, 3);
    train(byClass, task.byClass(), 7, shuffle, 3);
    EXPECT_TRUE(sameBits(byClass.network.parameters(), byRow.network.parameters()));
  }
}

TEST(TrainerTest, TheSameSeedGivesTheSameBitsAndAnotherSeedOthers) {
  const Task task;
  Model one = Task::model(), again = Task::model();
  train(one, task.byRow(), 8, true, 2);
  train(again, task.byRow(), 8, true, 2);
  EXPECT_TRUE(sameBits(one.network.parameters(), again.network.parameters()));
  Model other =
      makeModel(4, {{6, "tanh"}, {3, "softmax"}}, "categoricalCrossentropy", "adam", learningRate(0.01), {}, 10);
  other.network.parameters() = Task::model().network.parameters();
  train(other, task.byRow(), 8, true, 2);
  EXPECT_FALSE(sameBits(one.network.parameters(), other.network.parameters())) << "the order is another";
}

TEST(TrainerTest, FullBatchTrainingDoesNotDependOnTheOrderButForRounding) {
  const Task task;
  Model shuffled = Task::model("sgd"), ordered = Task::model("sgd");
  train(shuffled, task.byRow(), 50, true, 5);
  train(ordered, task.byRow(), 50, false, 5);
  EXPECT_LT(difference(shuffled.network.parameters(), ordered.network.parameters()), within(1e-14, 1e-6));
}

TEST(TrainerTest, EpochsOfAnyNumberOfBatchesAreCutFromTheSamePasses) {
  const Task task;
  Model whole = Task::model(), cut = Task::model();
  train(whole, task.byRow(), 8, true, 4);  // 28 batches
  Trainer trainer(cut, task.byRow(), 8, true, 4);
  for (int epoch = 0; epoch < 7; ++epoch) {
    trainer.beginEpoch();
    trainer.run(1000, kForever);
    EXPECT_TRUE(trainer.epochDone());
    EXPECT_EQ(trainer.passBatch(), (4 * (epoch + 1) - 1) % 7 + 1);
  }
  EXPECT_TRUE(sameBits(cut.network.parameters(), whole.network.parameters()));
  EXPECT_EQ(cut.passesBegun, 4u);
}

TEST(TrainerTest, AnotherModelAndTrainerGoOnFromAnyBatch) {
  const Task task;
  for (const Optimizer& optimizer : optimizers()) {
    for (const Index batchesPerEpoch : {0, 3, 10}) {
      for (int stop = 0; stop <= 21; ++stop) {
        Model whole = Task::model(optimizer.name), first = Task::model(optimizer.name),
              second = Task::model(optimizer.name);
        const auto advance = [&](Trainer& trainer, int batches) {
          for (; batches > 0; --batches) {
            if (trainer.epochDone()) trainer.beginEpoch();
            trainer.run(1, kForever);
          }
        };
        Trainer wholeTrainer(whole, task.byRow(), 8, true, batchesPerEpoch);
        advance(wholeTrainer, 21);
        Trainer firstTrainer(first, task.byRow(), 8, true, batchesPerEpoch);
        advance(firstTrainer, stop);

        second.network.parameters() = first.network.parameters();
        second.optimizerState() = first.optimizerState();
        second.step = first.step;
        second.passesBegun = first.passesBegun;
        Trainer secondTrainer(second, task.byRow(), 8, true, batchesPerEpoch);
        secondTrainer.seek(firstTrainer.batch(), firstTrainer.passBatch(), firstTrainer.totals());
        advance(secondTrainer, 21 - stop);
        EXPECT_TRUE(sameBits(second.network.parameters(), whole.network.parameters())) << optimizer.name << stop;
        EXPECT_EQ(secondTrainer.totals().loss, wholeTrainer.totals().loss) << optimizer.name << stop;
        EXPECT_EQ(secondTrainer.totals().metrics, wholeTrainer.totals().metrics) << optimizer.name << stop;
        EXPECT_EQ(second.step, 21);
      }
    }
  }
}

TEST(TrainerTest, EveryStepTakesItsOwnRate) {
  const Task task;
  const std::vector<double> rates = {0.1, 0.07, 0.02, 1e-3, 0.05, 0.3, 0.004};
  for (const Optimizer& optimizer : optimizers()) {
    if (optimizer.fullBatch()) continue;  // finds the length of its steps itself
    Model atOnce = Task::model(optimizer.name), oneByOne = Task::model(optimizer.name);
    Trainer trainer(atOnce, task.byRow(), 8, true), other(oneByOne, task.byRow(), 8, true);
    trainer.beginEpoch();
    trainer.run(7, kForever, rates.data());
    other.beginEpoch();
    for (const double rate : rates) {
      oneByOne.setLearningRate(rate);
      other.run(1, kForever);
    }
    EXPECT_TRUE(sameBits(atOnce.network.parameters(), oneByOne.network.parameters())) << optimizer.name;
    Model constant = Task::model(optimizer.name);
    train(constant, task.byRow(), 8, true, 1);
    EXPECT_FALSE(sameBits(atOnce.network.parameters(), constant.network.parameters())) << optimizer.name;
  }
}

}  // namespace
}  // namespace mlp
