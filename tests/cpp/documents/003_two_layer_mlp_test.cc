// Document 003, "Derivation of a Two-Layer Multilayer Perceptron": its methods work here, and none of its slips got in.
//
// Each test of a slip computes what the document should say and what it says; the core agrees with the first and with
// the second not at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "mlp/digits/digits.h"
#include "support/plain.h"

namespace mlp {
namespace {

struct DigitSet {
  Matrix x;
  std::vector<std::int32_t> classes;

  DigitSet(std::uint32_t first, Index count) : x(count, kDigitPixels), classes(static_cast<std::size_t>(count)) {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(x.size())), labels(classes.size());
    generateDigits(3, first, static_cast<std::int32_t>(count), pixels.data(), labels.data());
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<Scalar>(pixels[static_cast<std::size_t>(i)]) / 255;
    std::copy(labels.begin(), labels.end(), classes.begin());
  }

  Samples samples() const { return samplesOf(x, nullptr, &classes); }
};

TEST(Document003TwoLayerMlpInBatchMatrixForm, HasTheBoxedEquations) {
  using Wide = Eigen::MatrixXd;
  const DigitSet digits(0, 12);
  const Matrix targets = oneHotRows(digits.classes, 10);
  Network network = makeNetwork(kDigitPixels, {{9, "sigmoid"}, {10, "softmax"}});
  const double loss =
      network.lossAndGradients(view(digits.x), view(targets), objectiveOf(network, "categoricalCrossentropy"));

  const Wide x = digits.x.cast<double>(), y = targets.cast<double>();
  const auto kernel = [&](std::size_t l) { return Wide(kernelOf(network, network.parameters(), l).cast<double>()); };
  const auto bias = [&](std::size_t l) {
    return Eigen::RowVectorXd(biasOf(network, network.parameters(), l).cast<double>());
  };
  const Wide z1 = (x * kernel(0)).rowwise() + bias(0);
  const Wide a1 = z1.unaryExpr(&sigmoidOf);
  const Wide z2 = (a1 * kernel(1)).rowwise() + bias(1);
  Wide a2 = z2.array().exp();
  a2.array().colwise() /= a2.rowwise().sum().eval().array();
  const Wide delta2 = (a2 - y) / 12;
  const Wide delta1 = (delta2 * kernel(1).transpose()).cwiseProduct(a1.cwiseProduct((1 - a1.array()).matrix()));

  EXPECT_NEAR(loss, -(y.array() * a2.array().log()).sum() / 12, kTolerance * loss);
  EXPECT_LT(difference(network.a(1), a2), kTolerance);
  EXPECT_LT(difference(network.delta(1), delta2), kTolerance);
  EXPECT_LT(difference(network.delta(0), delta1), kTolerance);
  EXPECT_LT(difference(kernelOf(network, network.gradients(), 1), Wide(a1.transpose() * delta2)), kTolerance);
  EXPECT_LT(difference(kernelOf(network, network.gradients(), 0), Wide(x.transpose() * delta1)), kTolerance);
  EXPECT_LT(difference(biasOf(network, network.gradients(), 1), Wide(delta2.colwise().sum())), kTolerance);
  EXPECT_LT(difference(biasOf(network, network.gradients(), 0), Wide(delta1.colwise().sum())), kTolerance);
}

TEST(Document003TwoLayerMlpInBatchMatrixForm, LearnsDigitsByPlainSgd) {
  const DigitSet training(0, 2000), test(100000, 500);
  Model model = makeModel(kDigitPixels, {{32, "sigmoid"}, {10, "softmax"}}, "sparseCategoricalCrossentropy", "sgd",
                          rate(1), {"accuracy"});
  EXPECT_LT(accuracyOf(model, test.samples()), 0.3);
  train(model, training.samples(), 20, 8);
  const double reached = accuracyOf(model, test.samples());
  EXPECT_GT(reached, 0.7) << "of digits that it has not seen";
}

// 003 writes A² = softmax(Z¹).
TEST(Slip003, TheOutputIsTheSoftmaxOfTheSecondPreActivation) {
  const Square s(204, "categoricalCrossentropy", "softmax");
  const Vector core = s.network.a(1).row(0);
  expectNear(core, plainSoftmax(s.plain.layers[1].z), kTolerance, "A²");
  EXPECT_TRUE(clearlyDiffers(core, plainSoftmax(s.z1())));
}

// 003 writes ∂Z²/∂b² = I, which would let sample k alone move the bias of unit k.
TEST(Slip003, TheGradientOfABiasIsTheColumnSum) {
  Random random = testRandom(205);
  Network network = randomNetwork(random, 3, {{4, "sigmoid"}, {4, "softmax"}});
  const Matrix x = randomNormal(random, 4, 3), y = randomTargets(random, TargetKind::kClassIndex, 4, 4);
  network.lossAndGradients(view(x), view(y), objectiveOf(network, "categoricalCrossentropy"));
  Column right(4), slip(4);
  for (Index unit = 0; unit < 4; ++unit) {
    for (Index row = 0; row < 4; ++row) {
      right[static_cast<std::size_t>(unit)] += static_cast<double>(network.delta(1)(row, unit));
      slip[static_cast<std::size_t>(unit)] += row == unit ? static_cast<double>(network.delta(1)(row, unit)) : 0;
    }
  }
  const Vector core = biasOf(network, network.gradients(), 1);
  expectNear(core, right, kTolerance, "∂L/∂b");
  EXPECT_TRUE(clearlyDiffers(core, slip));
}

}  // namespace
}  // namespace mlp
