#include "mlp/inspect.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "testing.h"

namespace mlp {
namespace {

constexpr double kFloorShare = within(1e-5, 1e-2);
constexpr double kBound = within(1e-6, 1e-2);

// --- Directions
// ------------------------------------------------------------------------------------------------

TEST(RandomDirectionTest, IsNormalAndItsOwnForEverySeedAndNumber) {
  static constexpr Index kCount = 20000;
  const auto draw = [](std::uint64_t seed, std::uint32_t number) {
    Vector to(kCount);
    randomDirection(seed, number, to.data(), kCount);
    return to;
  };
  const Vector u = draw(7, 0), v = draw(7, 1), w = draw(8, 0);
  EXPECT_TRUE(sameBits(u, draw(7, 0)));
  for (const Vector& each : {u, v, w}) {
    EXPECT_NEAR(double(each.mean()), 0, 0.03);
    EXPECT_NEAR(double(each.squaredNorm()) / kCount, 1, 0.05);
  }
  // Cosines of directions that have nothing to do with each other: 1/√20000 at a time.
  EXPECT_NEAR(double(u.dot(v)) / kCount, 0, 0.03);
  EXPECT_NEAR(double(u.dot(w)) / kCount, 0, 0.03);
  EXPECT_NEAR(double(v.dot(w)) / kCount, 0, 0.03);
}

// --- Gradient check
// -------------------------------------------------------------------------------------------

// tanh whose derivative is half again too large in unit 2 of every row.
void wrongTanhBackward(const Scalar*, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar) {
  for (Index i = 0; i < rows * units; ++i)
    delta[i] *= (1 - a[i] * a[i]) * (i % units == 2 ? Scalar(1.5) : Scalar(1));
}

// Squared error whose slope has the wrong sign for output 1.
double wrongSquare(const Scalar* p, const Scalar* y, Index units, const LossOptions&, Scalar scale,
                   Scalar* gradient) {
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

// A network of 3 inputs, 4 tanh and 2 linear units, with parameters drawn at random.
struct Small {
  Network network = makeNetwork(3, {{4, "tanh"}, {2, "linear"}}, 7);
  Matrix x, y;

  explicit Small(const Activation* hidden = nullptr) {
    Random random = testRandom(80);
    if (hidden) {
      network = Network(3, 7);
      DenseOptions options;
      options.units = 4;
      options.activation = hidden;
      options.kernelInitializer = options.biasInitializer = &initializerCalled("zeros");
      addDense(network, options);
      addLayers(network, {{2, "linear"}});
    }
    randomizeParameters(network, random, 0.5);
    x = randomNormal(random, 5, 3);
    y = randomNormal(random, 5, 2);
  }

  GradientCheck check(const Objective& objective, Index samples = 1000) {
    return gradientCheck(network, view(x), view(y), objective, samples, kFloorShare);
  }
};

TEST(GradientCheckTest, FindsNothingWhereNothingIsWrong) {
  Small small;
  const GradientCheck check = small.check(objectiveOf(small.network, "sumOfSquares"));
  EXPECT_LT(check.worstRelativeError, kBound);
  EXPECT_EQ(check.checked, 26);
  EXPECT_EQ(check.skipped, 0);
}

TEST(GradientCheckTest, FindsAWrongDerivativeAndSaysWhere) {
  const Activation& tanh = activationCalled("tanh");
  const Activation wrong = {"wrong", 0, tanh.forward, wrongTanhBackward, nullptr};
  Small small(&wrong);
  const GradientCheck check = small.check(objectiveOf(small.network, "sumOfSquares"));
  EXPECT_NEAR(check.worstRelativeError, 1.0 / 3, 1e-2) << "half again of two thirds";
  EXPECT_NEAR(check.analytic / check.numeric, 1.5, 5e-2);
  const Layer& hidden = *small.network.layers()[0];
  ASSERT_LT(check.parameter, hidden.biasOffset() + hidden.biasSize());
  EXPECT_EQ(check.parameter % 4, 2) << "a weight into unit 2, or its bias";
}

TEST(GradientCheckTest, FindsAWrongLossAndSaysWhere) {
  const Loss wrong = {"wrong", TargetKind::kAny, wrongSquare, nullptr, {}, nullptr};
  Small small;
  const GradientCheck check = small.check(Objective(wrong, {}, activationCalled("linear"), 0));
  EXPECT_GT(check.worstRelativeError, 1);
}

TEST(GradientCheckTest, ANanIsTheWorstErrorWhereverItIs) {
  const Activation nan = {
      "nan", 0, activationCalled("tanh").forward,
      [](const Scalar*, const Scalar*, Scalar* delta, Index, Index, Scalar) { addNan(delta); }, nullptr};
  Small small(&nan);
  EXPECT_TRUE(std::isnan(small.check(objectiveOf(small.network, "sumOfSquares")).worstRelativeError));
}

TEST(GradientCheckTest, LeavesParametersAsTheyWereToTheBit) {
  Small small;
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
  Small small(&wrong);
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
    const GradientCheck check =
        gradientCheck(network, view(x), view(y), objectiveOf(network, loss), 100, kFloorShare);
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
  const Matrix y =
      (Matrix(4, 2) << 0.4, 0.2, -0.2, 1.2, 0.3, 0.9, -0.1, 0.5).finished();  // of mean (0.1, 0.7)
  const GradientCheck check =
      gradientCheck(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, kFloorShare);
  EXPECT_EQ(check.checked, 17);
  EXPECT_LT(check.worstRelativeError, kBound);
}

// --- Gradient norms
// -------------------------------------------------------------------------------------------

TEST(GradientNormsTest, AreTheEuclideanNormsOfEveryLayersGradients) {
  Random random = testRandom(81);
  Network network = makeNetwork(3, {{4, "tanh"}, {3, "sigmoid", false}, {2, "softmax"}});
  const Matrix x = randomNormal(random, 6, 3), y = randomTargets(random, TargetKind::kClassIndex, 6, 2);
  const std::vector<LayerNorms> norms =
      gradientNorms(network, view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
  ASSERT_EQ(norms.size(), 3u);
  const auto norm = [](const auto& matrix) {
    double squares = 0;
    for (Index i = 0; i < matrix.size(); ++i) squares += double(matrix.data()[i]) * double(matrix.data()[i]);
    return std::sqrt(squares);
  };
  for (std::size_t layer = 0; layer < 3; ++layer) {
    EXPECT_NEAR(norms[layer].delta, norm(network.delta(layer)), within(1e-15, 1e-7));
    EXPECT_NEAR(norms[layer].kernelGrad, norm(kernelOf(network, network.gradients(), layer)),
                within(1e-15, 1e-7));
    EXPECT_NEAR(norms[layer].biasGrad, norm(biasOf(network, network.gradients(), layer)),
                within(1e-15, 1e-7));
    EXPECT_GT(norms[layer].kernelGrad, 0);
  }
  EXPECT_EQ(norms[1].biasGrad, 0) << "it has none";
}

// --- Sharpness
// ------------------------------------------------------------------------------------------------

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
    hessian.col(i) =
        (8 * (gradient(i, h) - gradient(i, -h)) - (gradient(i, 2 * h) - gradient(i, -2 * h))) / (12 * h);
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
    const Sharpness result =
        sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
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
    const Sharpness result =
        sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-5);
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
    EXPECT_NEAR(result.lambdaMax / largest, 1, within(1e-5, 2e-3))
        << i << ", " << activation << ", " << ending.loss;
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
    const Sharpness result =
        sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, tolerance);
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
  const Sharpness result =
      sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
  EXPECT_NEAR(result.lambdaMax / exact, 1, within(1e-7, 1e-3));
  EXPECT_TRUE(result.converged);
}

TEST(SharpnessTest, OfALossThatIsFlatIsZero) {
  Network network = makeNetwork(2, {{3, "relu"}, {1, "relu", false}});
  network.parameters().setConstant(-1);
  const Matrix x = Matrix::Ones(2, 2), y = Matrix::Ones(2, 1);
  const Sharpness result =
      sharpness(network, view(x), view(y), objectiveOf(network, "sumOfSquares"), 100, 1e-4);
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
    Network copy = network;
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
  sharpness(small.network, view(small.x), view(small.y), objectiveOf(small.network, "sumOfSquares"), 20,
            1e-4);
  EXPECT_TRUE(sameBits(small.network.parameters(), before));
}

TEST(SharpnessTest, StopsAfterTheIterationsAllowed) {
  Small small;
  for (const int allowed : {1, 2, 3}) {
    const Sharpness result = sharpness(small.network, view(small.x), view(small.y),
                                       objectiveOf(small.network, "sumOfSquares"), allowed, 0);
    EXPECT_EQ(result.iterations, allowed);
    EXPECT_FALSE(result.converged);
  }
}

TEST(SharpnessTest, DoesNotConvergeOnNan) {
  Small small;
  small.network.parameters()[0] = std::numeric_limits<Scalar>::quiet_NaN();
  const Sharpness result = sharpness(small.network, view(small.x), view(small.y),
                                     objectiveOf(small.network, "sumOfSquares"), 10, 1e-4);
  EXPECT_FALSE(result.converged);
}

// --- Numbers that are not finite
// -------------------------------------------------------------------------------------------

TEST(NonFiniteTest, IsTheFirstLayerOfAPassAndTheLastParameter) {
  Random random = testRandom(90);
  Network network = makeNetwork(3, {{4, "tanh"}, {4, "linear"}, {2, "linear"}});
  const Matrix x = randomNormal(random, 5, 3);
  network.forward(view(x));
  EXPECT_EQ(firstNonFinite(network).layer, -1);
  EXPECT_EQ(firstNonFinite(network).parameter, -1);

  const Vector good = network.parameters();
  const Scalar infinity = std::numeric_limits<Scalar>::infinity();
  for (const Scalar bad : {infinity, -infinity, std::numeric_limits<Scalar>::quiet_NaN()}) {
    for (std::size_t layer = 0; layer < 3; ++layer) {
      network.parameters() = good;
      const Index place = network.layers()[layer]->biasOffset();
      network.parameters()[place] = bad;
      network.forward(view(x));
      // tanh brings infinities back.
      const bool saturates = layer == 0 && !std::isnan(bad);
      EXPECT_EQ(firstNonFinite(network).layer, saturates ? -1 : static_cast<Index>(layer));
      EXPECT_EQ(firstNonFinite(network).parameter, place);
    }
  }
  network.parameters()[0] = infinity;
  EXPECT_EQ(firstNonFinite(network).parameter, network.layers()[2]->biasOffset());
}

}  // namespace
}  // namespace mlp
