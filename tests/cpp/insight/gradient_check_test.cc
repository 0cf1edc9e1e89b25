#include "mlp/insight/gradient_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/small.h"

namespace mlp {
namespace {

constexpr double kFloorShare = within(1e-5, 1e-2);
constexpr double kBound = within(1e-6, 1e-2);

// tanh whose derivative is half again too large in unit 2 of every row.
void wrongTanhBackward(const Scalar*, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar) {
  for (Index i = 0; i < rows * units; ++i) delta[i] *= (1 - a[i] * a[i]) * (i % units == 2 ? Scalar(1.5) : Scalar(1));
}

// Squared error whose slope has the wrong sign for output 1.
double wrongSquare(const Scalar* p, const Scalar* y, Index units, const LossOptions&, Scalar scale, Scalar* gradient) {
  double sum = 0;
  for (Index i = 0; i < units; ++i) {
    sum += 0.5 * double(p[i] - y[i]) * double(p[i] - y[i]);
    if (gradient) gradient[i] = (i == 1 ? -scale : scale) * (p[i] - y[i]);
  }
  return sum;
}

Scalar* addNan(Scalar* delta) {
  delta[0] = std::numeric_limits<Scalar>::quiet_NaN();
  return delta;
}

struct Checked : Small {
  using Small::Small;

  GradientCheck check(const Objective& objective, Index samples = 1000) {
    return gradientCheck(network, view(x), view(y), objective, samples, kFloorShare);
  }
};

TEST(GradientCheckTest, FindsNothingWhereNothingIsWrong) {
  Checked small;
  const GradientCheck check = small.check(objectiveOf(small.network, "sumOfSquares"));
  EXPECT_LT(check.worstRelativeError, kBound);
  EXPECT_EQ(check.checked, 26);
  EXPECT_EQ(check.skipped, 0);
}

TEST(GradientCheckTest, FindsAWrongDerivativeAndSaysWhere) {
  const Activation& tanh = activationCalled("tanh");
  const Activation wrong = {"wrong", 0, tanh.forward, wrongTanhBackward, nullptr};
  Checked small(&wrong);
  const GradientCheck check = small.check(objectiveOf(small.network, "sumOfSquares"));
  EXPECT_NEAR(check.worstRelativeError, 1.0 / 3, 1e-2) << "half again of two thirds";
  EXPECT_NEAR(check.analytic / check.numeric, 1.5, 5e-2);
  const Layer& hidden = *small.network.layers()[0];
  ASSERT_LT(check.parameter, hidden.biasOffset() + hidden.biasSize());
  EXPECT_EQ(check.parameter % 4, 2) << "a weight into unit 2, or its bias";
}

TEST(GradientCheckTest, FindsAWrongLossAndSaysWhere) {
  const Loss wrong = {"wrong", TargetKind::kAny, wrongSquare, nullptr, {}, nullptr};
  Checked small;
  const GradientCheck check = small.check(Objective(wrong, {}, activationCalled("linear"), 0));
  EXPECT_GT(check.worstRelativeError, 1);
}

TEST(GradientCheckTest, ANanIsTheWorstErrorWhereverItIs) {
  const Activation nan = {"nan", 0, activationCalled("tanh").forward,
                          [](const Scalar*, const Scalar*, Scalar* delta, Index, Index, Scalar) { addNan(delta); },
                          nullptr};
  Checked small(&nan);
  EXPECT_TRUE(std::isnan(small.check(objectiveOf(small.network, "sumOfSquares")).worstRelativeError));
}

TEST(GradientCheckTest, LeavesParametersAsTheyWereToTheBit) {
  Checked small;
  small.network.parameters()[3] = Scalar(-0.0);
  small.network.parameters()[4] = Scalar(0.1);
  const Vector before = small.network.parameters();
  small.check(objectiveOf(small.network, "logCosh"));
  EXPECT_TRUE(sameBits(small.network.parameters(), before));
  small.check(objectiveOf(small.network, "logCosh"), 3);
  EXPECT_TRUE(sameBits(small.network.parameters(), before));
}

TEST(GradientCheckTest, ChecksAsManyParametersAsAskedForDrawnFromTheSeed) {
  const Activation& tanh = activationCalled("tanh");
  const Activation wrong = {"wrong", 0, tanh.forward, wrongTanhBackward, nullptr};
  Checked small(&wrong);
  const Objective objective = objectiveOf(small.network, "sumOfSquares");
  for (const Index samples : {1, 5, 25, 26, 27}) {
    const GradientCheck once = small.check(objective, samples), again = small.check(objective, samples);
    EXPECT_EQ(once.checked, std::min<Index>(samples, 26));
    EXPECT_EQ(once.parameter, again.parameter);
    EXPECT_EQ(once.worstRelativeError, again.worstRelativeError);
  }
}

// One input 1, one relu unit with z = w + b just below its kink: neither can move by h without crossing it.
TEST(GradientCheckTest, SkipsParametersWhoseDifferenceWouldStraddleAKink) {
  for (const auto& [activation, z] :
       {std::pair<const char*, double>{"relu", 1e-6}, {"leakyRelu", -1e-6}, {"hardSigmoid", 3}}) {
    Network network = makeNetwork(1, {{1, activation}, {1, "linear"}});
    network.parameters() << Scalar(z - 0.5), Scalar(0.5), Scalar(0.7), Scalar(-0.2);
    const Matrix x = Matrix::Ones(1, 1), y = Matrix::Ones(1, 1);
    const GradientCheck check =
        gradientCheck(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, kFloorShare);
    EXPECT_EQ(check.skipped, 2) << activation;
    EXPECT_EQ(check.checked, 2) << activation;
    EXPECT_LT(check.worstRelativeError, kBound) << activation;
  }
}

TEST(GradientCheckTest, SkipsKinksOfTheLossToo) {
  for (const char* loss : {"meanAbsoluteError", "hinge"}) {
    Network network = makeNetwork(1, {{1, "linear"}});
    network.parameters() << Scalar(0.25), Scalar(0.75);
    const Matrix x = Matrix::Ones(1, 1), y = Matrix::Ones(1, 1);  // ŷ = y = 1
    const GradientCheck check = gradientCheck(network, view(x), view(y), objectiveOf(network, loss), 100, kFloorShare);
    EXPECT_EQ(check.skipped, 2) << loss;
    EXPECT_EQ(check.checked, 0) << loss;
    EXPECT_EQ(check.worstRelativeError, 0) << loss;
  }
}

TEST(GradientCheckTest, RoundingOfTheLossIsNoErrorWhereTheGradientVanishes) {
  Network network = makeNetwork(2, {{3, "relu"}, {2, "linear"}});
  network.parameters().setConstant(Scalar(-0.3));  // relu is dead, its outgoing weights have no gradient
  const Matrix x = Matrix::Constant(4, 2, Scalar(1.3));
  network.parameters().tail(2) << Scalar(0.1), Scalar(0.7);
  const Matrix y = (Matrix(4, 2) << 0.4, 0.2, -0.2, 1.2, 0.3, 0.9, -0.1, 0.5).finished();  // of mean (0.1, 0.7)
  const GradientCheck check =
      gradientCheck(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, kFloorShare);
  EXPECT_EQ(check.checked, 17);
  EXPECT_LT(check.worstRelativeError, kBound);
}

}  // namespace
}  // namespace mlp
