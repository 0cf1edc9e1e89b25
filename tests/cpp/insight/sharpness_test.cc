#include "mlp/insight/sharpness.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/small.h"

namespace mlp {
namespace {

// The Hessian column by column, from differences of the gradient.
Eigen::MatrixXd denseHessian(Network& network, const Matrix& x, const Matrix& y, const Objective& objective) {
  const Index count = network.parameters().size();
  const Vector theta = network.parameters();
  constexpr double h = within(1e-3, 2e-2);
  Eigen::MatrixXd hessian(count, count);
  const auto gradient = [&](Index i, double step) {
    network.parameters() = theta;
    network.parameters()[i] = static_cast<Scalar>(double(theta[i]) + step);
    network.lossAndGradients(view(x), view(y), objective);
    return Eigen::VectorXd(network.gradients().cast<double>().transpose());
  };
  for (Index i = 0; i < count; ++i) {
    hessian.col(i) = (8 * (gradient(i, h) - gradient(i, -h)) - (gradient(i, 2 * h) - gradient(i, -2 * h))) / (12 * h);
  }
  network.parameters() = theta;
  return (hessian + hessian.transpose()) / 2;
}

Eigen::VectorXd eigenvalues(const Eigen::MatrixXd& symmetric) {
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(symmetric).eigenvalues();
}

TEST(SharpnessTest, OfOneWeightIsTheSecondDerivative) {
  for (const double a : {1e-3, 1.0, 250.0}) {
    Network network = makeNetwork(1, {{1, "linear", false}});
    network.parameters()[0] = Scalar(0.3);
    const Matrix x = Matrix::Constant(1, 1, static_cast<Scalar>(std::sqrt(a))), y = Matrix::Zero(1, 1);
    const Sharpness result = sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
    EXPECT_NEAR(result.lambdaMax / a, 1, within(1e-9, 1e-4));
    EXPECT_TRUE(result.converged);
    EXPECT_EQ(result.iterations, 1);
  }
}

// ½/m Σ‖xW + b − y‖²: the Hessian is XᵀX/m of the inputs with a one appended, once for every output.
TEST(SharpnessTest, OfLeastSquaresIsTheLargestEigenvalueOfTheInputsCovariance) {
  Random random = testRandom(82);
  for (const Index outputs : {1, 3}) {
    Network network = makeNetwork(4, {{outputs, "linear"}});
    const Matrix x = randomNormal(random, 20, 4), y = randomNormal(random, 20, outputs);
    Eigen::MatrixXd design(20, 5);
    design << x.cast<double>(), Eigen::MatrixXd::Ones(20, 1);
    const double expected = eigenvalues(design.transpose() * design / 20)[4];
    const Sharpness result = sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-5);
    EXPECT_TRUE(result.converged);
    EXPECT_NEAR(result.lambdaMax / expected, 1, within(1e-6, 1e-4)) << outputs;
  }
}

TEST(SharpnessTest, AgreesWithTheDenseHessianOfSmallNetworks) {
  struct Ending {
    const char *activation, *loss;
  };
  const Ending endings[] = {{"linear", "sumOfSquares"},
                            {"softmax", "categoricalCrossentropy"},
                            {"sigmoid", "binaryCrossentropy"},
                            {"tanh", "meanSquaredError"}};
  const char* hidden[] = {"tanh", "sigmoid", "gelu", "silu", "softplus"};
  int negative = 0, close = 0;
  for (int i = 0; i < 120; ++i) {
    Random random = testRandom(static_cast<std::uint32_t>(1000 + i));
    const Ending& ending = endings[i % 4];
    const char* activation = hidden[i % 5];
    Network network = makeNetwork(3, {{4, activation}, {3, activation}, {2, ending.activation}},
                                  1000 + static_cast<std::uint64_t>(i));
    randomizeParameters(network, random, i % 3 == 0 ? 0.05 : i % 3 == 1 ? 0.5 : within(1.5, 1));
    const Objective objective = objectiveOf(network, ending.loss);
    const Matrix x = randomNormal(random, 8, 3), y = randomTargets(random, objective.loss().targets, 8, 2);
    const Sharpness result = sharpness(network, view(x), view(y), objective, 100, within(1e-5, 1e-4));
    const Eigen::VectorXd exact = eigenvalues(denseHessian(network, x, y, objective));
    const double largest = exact[exact.size() - 1], second = exact[exact.size() - 2];
    EXPECT_NEAR(result.lambdaMax / largest, 1, within(1e-5, 2e-3)) << i << ", " << activation << ", " << ending.loss;
    EXPECT_TRUE(result.converged) << i;
    negative += -exact[0] > largest;
    close += second > 0.99 * largest;
  }
  EXPECT_GT(negative, 0) << "larger negative eigenvalues were among them";
  EXPECT_GT(close, 1) << "and close second ones";
}

// ½(w₂w₁ − 3)² at the saddle w = 0: the Hessian is (0 −3; −3 0), its eigenvalues ±3.
TEST(SharpnessTest, IsNotConfusedByANegativeEigenvalueOfTheSameSize) {
  Network network = makeNetwork(1, {{1, "linear", false}, {1, "linear", false}});
  network.parameters().setZero();
  const Matrix x = Matrix::Ones(1, 1), y = Matrix::Constant(1, 1, 3);
  for (const double tolerance : {1e-4, 0.0}) {
    const Sharpness result = sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, tolerance);
    EXPECT_NEAR(result.lambdaMax, 3, within(1e-9, 1e-4));
    EXPECT_TRUE(result.converged);
  }
}

// ½(tanh w − y)² with y far above: curved downwards, so that the only eigenvalue is negative.
TEST(SharpnessTest, OfALossThatIsConcaveIsNegative) {
  Network network = makeNetwork(1, {{1, "tanh", false}});
  network.parameters()[0] = Scalar(-0.5);
  const Matrix x = Matrix::Ones(1, 1), y = Matrix::Constant(1, 1, 3);
  const double a = std::tanh(-0.5), slope = 1 - a * a;
  const double exact = slope * slope + (a - 3) * -2 * a * slope;
  ASSERT_LT(exact, 0);
  const Sharpness result = sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
  EXPECT_NEAR(result.lambdaMax / exact, 1, within(1e-7, 1e-3));
  EXPECT_TRUE(result.converged);
}

TEST(SharpnessTest, OfALossThatIsFlatIsZero) {
  Network network = makeNetwork(2, {{3, "relu"}, {1, "relu", false}});
  network.parameters().setConstant(-1);
  const Matrix x = Matrix::Ones(2, 2), y = Matrix::Ones(2, 1);
  const Sharpness result = sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
  EXPECT_EQ(result.lambdaMax, 0);
  EXPECT_TRUE(result.converged);
}

TEST(SharpnessTest, GradientDescentConvergesBelowTwoOverItAndDivergesAbove) {
  Random random = testRandom(83);
  const Matrix x = randomNormal(random, 20, 3), y = randomNormal(random, 20, 2);
  Network network = makeNetwork(3, {{2, "linear"}});
  const Objective objective = objectiveOf(network, "meanSquaredError");
  const double bound = 2 / sharpness(network, view(x), view(y), objective, 100, 1e-5).lambdaMax;
  const auto lossAfter = [&](double rate) {
    Network copy = makeNetwork(3, {{2, "linear"}});
    copy.parameters() = network.parameters();
    for (int i = 0; i < 5000; ++i) {
      copy.lossAndGradients(view(x), view(y), objective);
      copy.parameters() -= static_cast<Scalar>(rate) * copy.gradients();
    }
    return copy.loss(view(x), view(y), objective);
  };
  const double start = network.loss(view(x), view(y), objective);
  EXPECT_LT(lossAfter(0.99 * bound), start);
  EXPECT_FALSE(lossAfter(1.01 * bound) < 1e10 * start);
}

TEST(SharpnessTest, LeavesParametersAsTheyWereToTheBit) {
  Small small;
  const Vector before = small.network.parameters();
  sharpness(small.network, view(small.x), view(small.y), objectiveOf(small.network, "sumOfSquares"), 20, 1e-4);
  EXPECT_TRUE(sameBits(small.network.parameters(), before));
}

TEST(SharpnessTest, StopsAfterTheIterationsAllowed) {
  Small small;
  for (const int allowed : {1, 2, 3}) {
    const Sharpness result =
        sharpness(small.network, view(small.x), view(small.y), objectiveOf(small.network, "sumOfSquares"), allowed, 0);
    EXPECT_EQ(result.iterations, allowed);
    EXPECT_FALSE(result.converged);
  }
}

TEST(SharpnessTest, DoesNotConvergeOnNan) {
  Small small;
  small.network.parameters()[0] = std::numeric_limits<Scalar>::quiet_NaN();
  const Sharpness result =
      sharpness(small.network, view(small.x), view(small.y), objectiveOf(small.network, "sumOfSquares"), 10, 1e-4);
  EXPECT_FALSE(result.converged);
}

}  // namespace
}  // namespace mlp
