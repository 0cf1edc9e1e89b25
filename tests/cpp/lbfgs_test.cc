#include "mlp/lbfgs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "mlp/training/trainer.h"
#include "support/layers.h"
#include "support/testing.h"

namespace mlp {
namespace {

using Numbers = std::vector<Scalar>;
using Function = std::function<double(const Numbers& x, Numbers& gradient)>;

OptimizerOptions lbfgsOptions() { return optimizerCalled("lbfgs").defaults(); }

// A function and where its minimisation has come to.
class Descent {
 public:
  Descent(Function function, Numbers start, OptimizerOptions options = lbfgsOptions())
      : x(std::move(start)),
        gradient(x.size()),
        function_(std::move(function)),
        options_(options),
        state(x.size() * static_cast<std::size_t>(lbfgsSlots(options))) {}

  double step() {
    const auto evaluate = [](void* self) {
      Descent& all = *static_cast<Descent*>(self);
      ++all.evaluations;
      return all.function_(all.x, all.gradient);
    };
    const LbfgsProblem problem{x.data(), gradient.data(), static_cast<Index>(x.size()), evaluate, this};
    ++steps;
    while (!lbfgs.advance(problem, state.data(), options_, steps)) {
    }
    return loss = lbfgs.loss();
  }

  // Steps until it converges, or `most` are done.
  void run(int most) {
    do step();
    while (!lbfgs.converged() && steps < most);
  }

  Numbers x, gradient;
  double loss = 0;
  int steps = 0, evaluations = 0;
  Lbfgs lbfgs;

 private:
  Function function_;
  OptimizerOptions options_;

 public:
  Numbers state;
};

// ½Σ aᵢ(xᵢ − i)², its bottom at x = (0, 1, 2 …)
Function bowl(std::vector<double> curvatures) {
  return [curvatures](const Numbers& x, Numbers& gradient) {
    double value = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double gap = static_cast<double>(x[i]) - static_cast<double>(i);
      value += 0.5 * curvatures[i] * gap * gap;
      gradient[i] = static_cast<Scalar>(curvatures[i] * gap);
    }
    return value;
  };
}

// Rosenbrock 1960: a curved valley that ends at (1, 1).
double rosenbrock(const Numbers& x, Numbers& gradient) {
  const double a = static_cast<double>(x[0]), b = static_cast<double>(x[1]);
  gradient[0] = static_cast<Scalar>(-400 * a * (b - a * a) - 2 * (1 - a));
  gradient[1] = static_cast<Scalar>(200 * (b - a * a));
  return 100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a);
}

TEST(LbfgsTest, AQuadraticBowlIsSolvedToMachinePrecision) {
  OptimizerOptions o = lbfgsOptions();
  o.tolerance = 0;
  Descent descent(bowl({1, 2, 5, 0.3, 12, 7}), {3, -1, 4, 1, -5, 9}, o);
  descent.run(30);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(double(descent.x[i]), double(i), within(1e-13, 1e-5)) << i;
  EXPECT_LT(descent.loss, within(1e-26, 1e-10));
  EXPECT_LE(descent.steps, 30);
  EXPECT_LE(descent.evaluations, 50);
}

TEST(LbfgsTest, ABowlOfCondition1e4TakesAsManyStepsAsSciPy) {
  std::vector<double> curvatures;
  for (int i = 0; i < 30; ++i) curvatures.push_back(std::pow(10.0, 4.0 * i / 29));
  Descent descent(bowl(curvatures), Numbers(30, 1));
  descent.run(1000);
  EXPECT_LT(descent.loss, within(1e-13, 1e-7));
  EXPECT_LT(descent.steps, 900) << "L-BFGS-B of SciPy 1.10 takes 791, steepest descent some 1e5";
  EXPECT_LT(descent.evaluations, 1000) << "SciPy: 857";
}

TEST(LbfgsTest, RosenbrocksValleyIsFollowedToItsEnd) {
  Descent descent(rosenbrock, {Scalar(-1.2), 1});
  descent.run(100);
  EXPECT_NEAR(double(descent.x[0]), 1, within(1e-7, 1e-3));
  EXPECT_NEAR(double(descent.x[1]), 1, within(1e-7, 2e-3));
  EXPECT_LT(descent.steps, 60);
  EXPECT_LT(descent.evaluations, 90);
}

TEST(LbfgsTest, EveryStepMeetsTheStrongWolfeConditions) {
  Descent descent(rosenbrock, {Scalar(-1.2), 1});
  for (int i = 0; i < 20; ++i) {
    const Numbers before = descent.x;
    Numbers gradient(2);
    const double loss = rosenbrock(before, gradient);
    descent.step();
    double slopeBefore = 0, slopeAfter = 0;  // along the step, times its length
    for (std::size_t j = 0; j < 2; ++j) {
      slopeBefore += double(gradient[j]) * (double(descent.x[j]) - double(before[j]));
      slopeAfter += double(descent.gradient[j]) * (double(descent.x[j]) - double(before[j]));
    }
    EXPECT_LE(descent.loss, loss + 1e-4 * slopeBefore + within(1e-14, 1e-5)) << "step " << i;
    EXPECT_LE(std::abs(slopeAfter), 0.9 * std::abs(slopeBefore) + within(1e-14, 1e-5)) << "step " << i;
  }
}

TEST(LbfgsTest, OneEvaluationAStepIsMostOftenEnough) {
  Descent descent(bowl({1, 2, 3, 4}), {9, 9, 9, 9});
  descent.run(50);
  EXPECT_LE(descent.evaluations, descent.steps + 5);
}

TEST(LbfgsTest, AnyHistoryLeadsThere) {
  for (const int history : {1, 2, 5, kMaxLbfgsHistory}) {
    OptimizerOptions o = lbfgsOptions();
    o.historySize = history;
    Descent descent(rosenbrock, {Scalar(-1.2), 1}, o);
    descent.run(300);
    EXPECT_LT(descent.loss, within(1e-12, 1e-6)) << history;
  }
}

TEST(LbfgsTest, AFirstStepMuchTooLongOrShortIsMended) {
  for (const double rate : {1e-6, 1e-3, 1e3, 1e6}) {
    OptimizerOptions o = lbfgsOptions();
    o.learningRate = rate;
    Descent descent(bowl({1, 5}), {7, 7}, o);
    descent.run(60);
    EXPECT_LT(descent.loss, within(1e-12, 1e-9)) << rate;
  }
}

TEST(LbfgsTest, AWallOfInfinityOrNanIsNotPassed) {
  // x − ln x, which is nowhere for x ≤ 0; its bottom is at 1
  const auto walled = [](double beyond) {
    return [beyond](const Numbers& x, Numbers& gradient) {
      const double at = static_cast<double>(x[0]);
      gradient[0] = static_cast<Scalar>(at > 0 ? 1 - 1 / at : beyond);
      return at > 0 ? at - std::log(at) : beyond;
    };
  };
  for (const double beyond : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    OptimizerOptions o = lbfgsOptions();
    o.learningRate = 100;  // straight through the wall
    Descent descent(walled(beyond), {5}, o);
    descent.run(50);
    EXPECT_NEAR(double(descent.x[0]), 1, within(1e-6, 1e-3));
  }
}

TEST(LbfgsTest, FromWhereNothingIsFiniteItDoesNotMove) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), 1.0}) {
    Descent descent(
        [value](const Numbers&, Numbers& gradient) {
          gradient[0] = std::numeric_limits<Scalar>::quiet_NaN();
          return value;
        },
        {5});
    descent.step();
    EXPECT_EQ(descent.x[0], 5);
    EXPECT_TRUE(descent.lbfgs.converged());
  }
}

TEST(LbfgsTest, AnAscentThatLooksLikeADescentIsGivenUp) {
  // The gradient has the wrong sign: no step along it goes down.
  Descent descent(
      [](const Numbers& x, Numbers& gradient) {
        gradient[0] = -x[0];
        return 0.5 * double(x[0]) * double(x[0]);
      },
      {5});
  descent.run(10);
  EXPECT_EQ(descent.x[0], 5);
  EXPECT_EQ(descent.steps, 1);
  EXPECT_NEAR(descent.loss, 12.5, 1e-6);
}

TEST(LbfgsTest, ItStopsAtTheTolerance) {
  OptimizerOptions o = lbfgsOptions();
  o.tolerance = 0.1;
  Descent descent(rosenbrock, {Scalar(-1.2), 1}, o);
  descent.run(100);
  EXPECT_TRUE(descent.lbfgs.converged());
  EXPECT_LE(std::max(std::abs(descent.gradient[0]), std::abs(descent.gradient[1])), Scalar(0.1));
  const int evaluations = descent.evaluations;
  const Numbers x = descent.x;
  descent.step();
  EXPECT_EQ(descent.x, x);
  EXPECT_EQ(descent.evaluations, evaluations) << "nothing is left to do";
}

TEST(LbfgsTest, SlotsAndStepAreAllItsMemory) {
  Descent whole(rosenbrock, {Scalar(-1.2), 1}), resumed(rosenbrock, {Scalar(-1.2), 1});
  for (int i = 0; i < 17; ++i) {
    whole.step();
    resumed.lbfgs = {};
    resumed.step();
    EXPECT_EQ(resumed.x, whole.x) << "step " << i;
    EXPECT_EQ(resumed.loss, whole.loss) << "step " << i;
    EXPECT_EQ(resumed.state, whole.state) << "step " << i;
  }
  EXPECT_GT(resumed.evaluations, whole.evaluations);
}

TEST(LbfgsTest, WeightsSetByOthersAreNoticed) {
  Descent descent(rosenbrock, {Scalar(-1.2), 1});
  for (int i = 0; i < 5; ++i) descent.step();
  descent.x = {2, 2};
  descent.run(100);
  EXPECT_NEAR(double(descent.x[0]), 1, within(1e-7, 1e-3));
}

// Two inputs, one hidden tanh unit, one output: a valley like Rosenbrock's, because only the product of the two
// layers' weights is told by small inputs.
TEST(LbfgsTest, ANetworkWithACurvedValleyIsFitted) {
  Random random = testRandom(90);
  const Matrix x = randomNormal(random, 40, 2, 0.3);
  Matrix y(40, 1);
  for (Index i = 0; i < 40; ++i) y(i, 0) = 3 * std::tanh(Scalar(0.5) * x(i, 0) - x(i, 1) + Scalar(0.2));
  const auto lossAfter = [&](const char* name, int epochs) {
    Model model =
        makeModel(2, {{1, "tanh"}, {1, "linear"}}, "meanSquaredError", name, optimizerCalled(name).defaults());
    Trainer trainer(model, samplesOf(x, &y, nullptr), 40, false);
    for (int epoch = 0; epoch < epochs; ++epoch) {
      trainer.beginEpoch();
      trainer.run(1, 1e9);
    }
    return model.network.loss(view(x), view(y), model.objective());
  };
  EXPECT_LT(lossAfter("lbfgs", 100), within(1e-14, 1e-9));
  EXPECT_GT(lossAfter("adam", 100), 1e-2) << "while a method of first order has hardly begun";
}

TEST(LbfgsTest, ATrainerGivesItAllSamplesInTheirOrderAndTellsTheLossAfterTheStep) {
  Random random = testRandom(91);
  const Matrix x = randomNormal(random, 30, 3), y = randomNormal(random, 30, 2);
  Model model =
      makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "lbfgs", lbfgsOptions(), {"meanAbsoluteError"});
  Trainer trainer(model, samplesOf(x, &y, nullptr), 7, true);
  EXPECT_EQ(trainer.batchesPerEpoch(), 1);
  double before = std::numeric_limits<double>::infinity();
  for (int epoch = 0; epoch < 10; ++epoch) {
    trainer.beginEpoch();
    trainer.run(1, 1e9);
    EXPECT_EQ(trainer.totals().rows, 30);
    EXPECT_LT(trainer.totals().loss, before);
    before = trainer.totals().loss;
    Totals totals = model.emptyTotals();
    model.evaluate(samplesOf(x, &y, nullptr), 0, 30, 30, totals);  // and spoils the last pass
    EXPECT_NEAR(trainer.totals().loss, totals.loss, within(1e-12, 1e-5) * totals.loss);
    EXPECT_EQ(trainer.totals().metrics, totals.metrics);
  }
}

// The model and samples of the tests of steps in parts.
struct InParts {
  InParts() : random(testRandom(92)), x(randomNormal(random, 30, 3)), y(randomNormal(random, 30, 2)) {}

  Model model() const {
    OptimizerOptions o = lbfgsOptions();
    o.learningRate = 30;  // too far: most steps take several evaluations
    return makeModel(3, {{4, "tanh"}, {2, "linear"}}, "meanSquaredError", "lbfgs", o, {"meanAbsoluteError"});
  }
  Samples samples() const { return samplesOf(x, &y, nullptr); }

  Random random;
  Matrix x, y;
};

TEST(LbfgsTest, AStepInPartsIsTheStepAndUntilItIsCompleteNothingHasHappened) {
  const InParts task;
  Model whole = task.model(), parted = task.model();
  Trainer one(whole, task.samples(), 30, false), other(parted, task.samples(), 30, false);
  int parts = 0;
  for (int epoch = 0; epoch < 6; ++epoch) {
    one.beginEpoch();
    one.run(1, 1e9);
    other.beginEpoch();
    const Vector before = parted.network.parameters();
    while (!other.epochDone()) {
      EXPECT_TRUE(sameBits(parted.network.parameters(), before));
      EXPECT_EQ(parted.step, epoch);
      EXPECT_EQ(other.totals().rows, 0);
      other.run(1, 0);
      ++parts;
      parted.network.forward(view(task.x));  // somebody predicts meanwhile
    }
    EXPECT_TRUE(sameBits(parted.network.parameters(), whole.network.parameters()));
    EXPECT_EQ(other.totals().loss, one.totals().loss);
    EXPECT_EQ(other.totals().metrics, one.totals().metrics);
    EXPECT_EQ(parted.passesBegun, whole.passesBegun);
  }
  EXPECT_GT(parts, 12) << "a run without time makes one evaluation";
}

TEST(LbfgsTest, AStepThatIsGivenUpNeverWas) {
  const InParts task;
  for (const int parts : {1, 2, 3}) {
    Model whole = task.model(), broken = task.model();
    Trainer one(whole, task.samples(), 30, false);
    int givenUp = 0;
    for (int epoch = 0; epoch < 5; ++epoch) {
      one.beginEpoch();
      one.run(1, 1e9);
      Trainer first(broken, task.samples(), 30, false);
      first.beginEpoch();
      for (int i = 0; i < parts && !first.epochDone(); ++i) first.run(1, 0);
      if (!first.epochDone()) {
        ++givenUp;
        Trainer second(broken, task.samples(), 30, false);
        second.beginEpoch();
        second.run(1, 1e9);
      }
      EXPECT_TRUE(sameBits(broken.network.parameters(), whole.network.parameters())) << "step " << epoch;
      EXPECT_EQ(broken.step, whole.step);
      EXPECT_EQ(broken.passesBegun, whole.passesBegun);
    }
    EXPECT_GT(givenUp, 0) << parts;
  }
}

TEST(LbfgsTest, LayersThatDrawAreRefused) {
  for (const char* kind : {"dropout", "alphaDropout", "gaussianNoise"}) {
    for (const double rate : {0.0, 0.5}) {
      Model model(3, 1);
      LayerOptions options = findLayerKind(kind)->defaults();
      options.inputs = options.units = 3;
      options.rate = options.stddev = Scalar(rate);
      model.network.add(findLayerKind(kind)->make(options));
      addLayers(model.network, {{2, "linear"}});
      const auto compile = [&](const char* optimizer) {
        model.compile(lossCalled("meanSquaredError"), {}, {}, optimizerCalled(optimizer),
                      optimizerCalled(optimizer).defaults());
      };
      EXPECT_NO_THROW(compile("adam"));
      if (rate == 0) {
        EXPECT_NO_THROW(compile("lbfgs"));
      } else {
        EXPECT_THROW(compile("lbfgs"), std::invalid_argument);
      }
    }
  }
}

}  // namespace
}  // namespace mlp
