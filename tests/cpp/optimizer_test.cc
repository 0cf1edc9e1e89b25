#include "mlp/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

// One parameter, or several, and an optimizer that improves them.
class Walk {
 public:
  Walk(std::string_view name, const OptimizerOptions& options, std::vector<Scalar> start)
      : theta(std::move(start)),
        optimizer_(&optimizerCalled(name)),
        options_(options),
        state_(theta.size() * static_cast<std::size_t>(slotCount(*optimizer_, options))) {}

  void step(const std::vector<Scalar>& gradients) {
    updateParameters(*optimizer_, theta.data(), gradients.data(), state_.data(), static_cast<Index>(theta.size()),
                     static_cast<Index>(theta.size()), options_, ++step_);
  }

  // With useEma.
  Scalar average(std::size_t i) const { return state_[state_.size() - theta.size() + i]; }

  std::vector<Scalar> theta;

 private:
  const Optimizer* optimizer_;
  OptimizerOptions options_;
  std::vector<Scalar> state_;
  std::int64_t step_ = 0;
};

OptimizerOptions options(double learningRate, double momentum = 0, bool nesterov = false) {
  OptimizerOptions o;
  o.learningRate = learningRate;
  o.momentum = momentum;
  o.nesterov = nesterov;
  return o;
}

// Those that take a step along one gradient, in every mode they have.
std::vector<std::pair<std::string, OptimizerOptions>> modes(double learningRate) {
  std::vector<std::pair<std::string, OptimizerOptions>> list;
  for (const Optimizer& optimizer : optimizers()) {
    if (optimizer.fullBatch()) continue;
    std::vector<double OptimizerOptions::*> switches;
    for (const OptimizerOption& option : optimizer.options) {
      if (option.kind == OptionKind::kFlag) switches.push_back(option.field);
      if (option.field == &OptimizerOptions::momentum) switches.push_back(option.field);
      if (option.field == &OptimizerOptions::weightDecay) switches.push_back(option.field);
    }
    for (unsigned on = 0; on < 1u << switches.size(); ++on) {
      OptimizerOptions o = optimizer.defaults();
      o.learningRate = learningRate;
      for (std::size_t i = 0; i < switches.size(); ++i) o.*switches[i] = on >> i & 1 ? 0.5 : 0;
      list.emplace_back(optimizer.name, o);
    }
  }
  return list;
}

constexpr double kStart = 2;
constexpr double kGradients[] = {0.5, -1.25, 3};  // of three steps in a row

void expectThreeSteps(std::string_view name, const OptimizerOptions& o, double first, double second, double third) {
  Walk walk(name, o, {Scalar(kStart)});
  const double expected[] = {first, second, third};
  for (int i = 0; i < 3; ++i) {
    walk.step({Scalar(kGradients[i])});
    EXPECT_NEAR(double(walk.theta[0]), expected[i], within(1e-15, 3e-7) * 4) << name << ", step " << i + 1;
  }
}

TEST(OptimizerTest, NamesAreUniqueAndFound) {
  EXPECT_TRUE(allDifferent(namesIn(optimizers())));
  for (const Optimizer& optimizer : optimizers()) EXPECT_EQ(findOptimizer(optimizer.name), &optimizer);
  EXPECT_EQ(findOptimizer("sgdm"), nullptr);
}

TEST(OptimizerTest, DefaultsLieInTheRangesOfTheOptions) {
  for (const Optimizer& optimizer : optimizers()) {
    const OptimizerOptions defaults = optimizer.defaults();
    std::vector<std::string> names;
    for (const OptimizerOption& option : optimizer.options) names.emplace_back(option.name);
    EXPECT_TRUE(allDifferent(names)) << optimizer.name;
    EXPECT_EQ(names.front(), "learningRate") << optimizer.name;
    for (const OptimizerOption& option : optimizer.options) {
      EXPECT_GE(defaults.*option.field, option.low) << optimizer.name << ' ' << option.name;
      EXPECT_LT(defaults.*option.field, option.high) << optimizer.name << ' ' << option.name;
    }
  }
}

TEST(OptimizerTest, SgdMovesAgainstTheGradient) {
  // 2 − 0.1·0.5, then − 0.1·(−1.25), then − 0.1·3
  expectThreeSteps("sgd", options(0.1), 1.95, 2.075, 1.775);
}

TEST(OptimizerTest, MomentumKeepsAShareOfItsVelocity) {
  // v = −0.05, then 0.9·(−0.05) + 0.125 = 0.08, then 0.9·0.08 − 0.3 = −0.228
  expectThreeSteps("sgd", options(0.1, 0.9), 1.95, 2.03, 1.802);
}

TEST(OptimizerTest, NesterovLooksAheadAlongItsVelocity) {
  // v as with momentum; θ moves by 0.9v − 0.1g: −0.095, then 0.197, then −0.5052
  expectThreeSteps("sgd", options(0.1, 0.9, true), 1.905, 2.102, 1.5968);
}

TEST(OptimizerTest, RmspropDividesByTheRootOfTheMeanSquare) {
  OptimizerOptions o = options(0.1);
  o.rho = 0.75;
  o.epsilon = 0.01;
  // s = ¼·0.25, then ¾s + ¼·1.5625, then ¾s + ¼·9
  const double s1 = 0.0625, s2 = 0.75 * s1 + 0.390625, s3 = 0.75 * s2 + 2.25;
  const double first = 2 - 0.1 * 0.5 / (std::sqrt(s1) + 0.01);
  const double second = first + 0.1 * 1.25 / (std::sqrt(s2) + 0.01);
  expectThreeSteps("rmsprop", o, first, second, second - 0.1 * 3 / (std::sqrt(s3) + 0.01));
}

TEST(OptimizerTest, AdamCorrectsTheBiasOfBothMeans) {
  OptimizerOptions o = options(0.1);
  o.beta1 = 0.5;
  o.beta2 = 0.75;
  o.epsilon = 0.01;
  const double m1 = 0.5 * 0.5, m2 = 0.5 * m1 - 0.5 * 1.25, m3 = 0.5 * m2 + 0.5 * 3;
  const double v1 = 0.25 * 0.25, v2 = 0.75 * v1 + 0.25 * 1.5625, v3 = 0.75 * v2 + 0.25 * 9;
  // 1 − ½ᵗ = 0.5, 0.75, 0.875;  1 − ¾ᵗ = 0.25, 0.4375, 0.578125
  const double first = 2 - 0.1 * (m1 / 0.5) / (std::sqrt(v1 / 0.25) + 0.01);
  const double second = first - 0.1 * (m2 / 0.75) / (std::sqrt(v2 / 0.4375) + 0.01);
  expectThreeSteps("adam", o, first, second, second - 0.1 * (m3 / 0.875) / (std::sqrt(v3 / 0.578125) + 0.01));
}

// Document 001 §10.2: v_t = −η(g_{t−1} + μg_{t−2} + μ²g_{t−3} + …).
TEST(OptimizerTest, VelocityIsTheWeightedSumOfPastGradients) {
  constexpr double kRate = 0.05, kMomentum = 0.8;
  Random random = testRandom(40);
  Walk walk("sgd", options(kRate, kMomentum), {0});
  std::vector<double> gradients;
  for (int t = 1; t <= 25; ++t) {
    const Scalar g = static_cast<Scalar>(random.normal()), before = walk.theta[0];
    gradients.push_back(static_cast<double>(g));
    walk.step({g});
    double expanded = 0;
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      expanded -= kRate * std::pow(kMomentum, double(k)) * gradients[gradients.size() - 1 - k];
    }
    EXPECT_NEAR(double(walk.theta[0]) - double(before), expanded, within(1e-15, 1e-7)) << "step " << t;
  }
}

TEST(OptimizerTest, MomentumSpeedsUpByOneOverOneLessMu) {
  Walk walk("sgd", options(0.01, 0.9), {0});
  for (int t = 0; t < 300; ++t) walk.step({1});
  const double before = static_cast<double>(walk.theta[0]);
  walk.step({1});
  EXPECT_NEAR((double(walk.theta[0]) - before) / -0.01, 10, within(1e-9, 1e-3));
}

TEST(OptimizerTest, TheFirstStepOfAdamIsTheLearningRateWhateverTheGradient) {
  for (const double g : {1e-3, -1e-3, 0.1, -7.0, 1e3, -1e5}) {
    Walk walk("adam", options(0.01), {0});
    walk.step({Scalar(g)});
    EXPECT_NEAR(double(walk.theta[0]), g > 0 ? -0.01 : 0.01, 1e-6 + 0.01 * 1e-7 / std::abs(g)) << "gradient " << g;
  }
}

TEST(OptimizerTest, AdamStaysFiniteAfterManySteps) {
  const Optimizer& adam = optimizerCalled("adam");
  Scalar theta = 1, state[2] = {Scalar(0.1), Scalar(0.01)};
  const Scalar g = Scalar(0.1);
  adam.update(&theta, &g, state, 1, 1, options(0.01), std::int64_t{1} << 40);
  EXPECT_NEAR(double(theta), 0.99, 1e-3) << "the corrections are 1 by then";
}

TEST(OptimizerTest, AZeroGradientLeavesParametersWhereTheyAre) {
  for (auto [name, o] : modes(0.1)) {
    o.weightDecay = 0;
    Walk walk(name, o, {Scalar(1.5), Scalar(-2)});
    walk.step({0, 0});
    EXPECT_EQ(walk.theta, (std::vector<Scalar>{Scalar(1.5), Scalar(-2)})) << name;
  }
}

TEST(OptimizerTest, AZeroGradientDoesNoHarmWithoutEpsilon) {
  for (auto [name, o] : modes(0.1)) {
    if (name != "adamax") continue;  // elsewhere 0/0 is what was asked for
    o.epsilon = 0;
    Walk walk(name, o, {1});
    walk.step({0});
    EXPECT_TRUE(std::isfinite(walk.theta[0]));
  }
}

TEST(OptimizerTest, EveryParameterIsUpdatedAsIfItWereAlone) {
  constexpr std::size_t kCount = 1061;  // not a multiple of a register, nor of what is worked on at once
  const auto all = modes(0.05);
  EXPECT_GT(all.size(), 60u);
  for (const auto& [name, o] : all) {
    Random random = testRandom(41);
    std::vector<Scalar> start(kCount);
    for (Scalar& theta : start) theta = static_cast<Scalar>(random.normal());
    Walk together(name, o, start);
    std::vector<Walk> alone;
    for (const Scalar theta : start) alone.emplace_back(name, o, std::vector<Scalar>{theta});
    for (int t = 0; t < 3; ++t) {
      std::vector<Scalar> gradients(kCount);
      for (Scalar& g : gradients) g = static_cast<Scalar>(random.normal());
      together.step(gradients);
      for (std::size_t i = 0; i < kCount; ++i) {
        alone[i].step({gradients[i]});
        ASSERT_EQ(together.theta[i], alone[i].theta[0]) << name << ", parameter " << i << ", step " << t;
        if (o.useEma != 0) {
          ASSERT_EQ(together.average(i), alone[i].average(0)) << name;
        }
      }
    }
  }
}

TEST(OptimizerTest, EveryOneFindsTheBottomOfAParabola) {
  for (auto [name, o] : modes(0.02)) {
    o.weightDecay = 0;
    if (name == "adadelta") o.learningRate = 1;
    if (name == "adagrad") o.learningRate = 0.5;
    Walk walk(name, o, {1, Scalar(-0.5)});
    for (int t = 0; t < 3000; ++t) walk.step({walk.theta[0], 3 * walk.theta[1]});
    EXPECT_LT(std::abs(walk.theta[0]) + std::abs(walk.theta[1]), 0.05) << name;
  }
}

TEST(OptimizerTest, DecayShrinksWeightsWhateverTheirGradient) {
  OptimizerOptions o = options(0.1);
  o.weightDecay = 0.5;
  for (const char* name : {"sgd", "adam", "lion", "nadam", "adagrad"}) {
    Walk walk(name, o, {2, -4});
    walk.step({0, 0});
    EXPECT_NEAR(double(walk.theta[0]), 2 * 0.95, within(1e-15, 2e-7)) << name;
    EXPECT_NEAR(double(walk.theta[1]), -4 * 0.95, within(1e-15, 4e-7)) << name;
  }
}

TEST(OptimizerTest, TheAverageStartsAtTheWeightsAfterTheFirstStep) {
  OptimizerOptions o = options(0.5);
  o.useEma = 1;
  o.emaMomentum = 0.75;
  Walk walk("sgd", o, {1});
  walk.step({1});  // θ = 0.5
  EXPECT_EQ(walk.average(0), Scalar(0.5));
  walk.step({-1});  // θ = 1
  EXPECT_EQ(walk.average(0), Scalar(0.625));
}

TEST(OptimizerTest, LionMovesByTheLearningRateOrNotAtAll) {
  Random random = testRandom(42);
  Walk walk("lion", options(0.25), {0});
  for (int t = 0; t < 50; ++t) {
    const Scalar before = walk.theta[0];
    walk.step({static_cast<Scalar>(random.normal())});
    EXPECT_EQ(std::abs(walk.theta[0] - before), Scalar(0.25));
  }
}

// A million steps on, as on the first ones: there the products of a schedule are long past what a double holds.
TEST(OptimizerTest, NadamIsAdamWithALittleMoreMomentumInTheLongRun) {
  const auto moveAt = [](const char* name, std::int64_t step) {
    Scalar theta = 0, state[2] = {Scalar(0.1), Scalar(0.01)};
    const Scalar g = Scalar(0.1);
    optimizerCalled(name).update(&theta, &g, state, 1, 1, options(0.01), step);
    return static_cast<double>(theta);
  };
  // m = g, √v = |g|: Nadam moves by η(μ + 1 − μ)
  EXPECT_NEAR(moveAt("nadam", 1000000), moveAt("adam", 1000000), 1e-6);
  EXPECT_NEAR(moveAt("nadam", std::int64_t{1} << 40), -0.01, 1e-6);
}

TEST(OptimizerTest, SgdKeepsNoStateWithoutMomentum) {
  const Optimizer& sgd = optimizerCalled("sgd");
  EXPECT_EQ(sgd.slots(options(0.1)), 0);
  EXPECT_EQ(sgd.slots(options(0.1, 0.5)), 1);
}

// Document 001 §11, J = ½aθ²: θ_t = (1 − ηa)^t θ₀, which goes to zero for 0 < η < 2/a and for no other η.
TEST(OptimizerTest, OnTheQuadraticSgdConvergesJustBelowTwoOverAAndDivergesJustAbove) {
  for (const double a : {0.01, 0.5, 1.0, 3.0, 100.0, 1e4}) {
    const auto after2000Steps = [a](double rate) {
      Walk walk("sgd", options(rate), {1});
      for (int t = 0; t < 2000; ++t) walk.step({Scalar(a) * walk.theta[0]});
      return std::abs(static_cast<double>(walk.theta[0]));
    };
    EXPECT_LT(after2000Steps(1.99 / a), 1e-8) << "a = " << a;
    EXPECT_GT(after2000Steps(2.01 / a), 1e8) << "a = " << a;
    EXPECT_LT(after2000Steps(1 / a), 1e-30) << "one step is enough, a = " << a;
  }
}

TEST(OptimizerTest, OnTheQuadraticSgdFollowsTheSolvedRecurrence) {
  constexpr double a = 2, rate = 0.3;
  Walk walk("sgd", options(rate), {1});
  for (int t = 1; t <= 20; ++t) {
    walk.step({Scalar(a) * walk.theta[0]});
    EXPECT_NEAR(double(walk.theta[0]) / std::pow(1 - rate * a, t), 1, within(1e-13, 3e-5)) << "step " << t;
  }
}

// The same bound met by a real network: ŷ = wx with x = √a, y = 0 and half the squared error is ½aw².
TEST(OptimizerTest, ANetworkOfOneWeightObeysTheSameBound) {
  for (const double a : {0.25, 4.0, 25.0}) {
    const auto lossAfter = [a](double rate) {
      Model model = makeModel(1, {{1, "linear", false}}, "sumOfSquares", "sgd", options(rate));
      model.network.parameters()[0] = 1;
      const Matrix x = Matrix::Constant(1, 1, static_cast<Scalar>(std::sqrt(a))), y = Matrix::Zero(1, 1);
      Totals totals = model.emptyTotals();
      for (int t = 0; t < 2000; ++t) model.trainStep(view(x), view(y), totals);
      return model.network.loss(view(x), view(y), model.objective());
    };
    EXPECT_LT(lossAfter(1.99 / a), 1e-12) << "a = " << a;
    EXPECT_GT(lossAfter(2.01 / a), 1e12) << "a = " << a;
  }
}

TEST(OptimizerTest, WithAnEpsilonOfZeroAGradientOfZeroMovesNothing) {
  for (auto& [name, given] : modes(0.01)) {
    OptimizerOptions o = given;
    o.epsilon = 0;
    o.initialAccumulatorValue = 0;
    o.weightDecay = 0;
    // One that never has a gradient, one whose gradient has no square that a float holds, one that has one at last.
    const Scalar tiny = std::numeric_limits<Scalar>::min();
    Walk walk(name, o, {3, 3, 3});
    for (int t = 0; t < 5; ++t) walk.step({0, tiny, t == 4 ? Scalar(1) : Scalar(0)});
    EXPECT_EQ(walk.theta[0], 3) << name;
    EXPECT_NEAR(double(walk.theta[1]), 3, 0.2) << name;
    EXPECT_TRUE(std::isfinite(walk.theta[2])) << name;
    if (name != "adadelta") {
      EXPECT_LT(walk.theta[2], 3) << name;
    }
  }
}

}  // namespace
}  // namespace mlp
