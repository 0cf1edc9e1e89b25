#include "mlp/constraint.h"

#include <gtest/gtest.h>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(ConstraintTest, HoldsColumnsToTheirNorm) {
  Matrix weights(2, 3);
  weights << 3, 0.3, -1, 4, 0.4, 0;
  const auto applied = [&](Constraint::Kind kind, Scalar maxValue) {
    Matrix copy = weights;
    Constraint{kind, maxValue}.apply(MatrixMap(copy.data(), 2, 3));
    return copy;
  };
  const Matrix capped = applied(Constraint::Kind::kMaxNorm, 2);
  EXPECT_NEAR(static_cast<double>(capped.col(0).norm()), 2, 1e-6);
  EXPECT_EQ(capped.rightCols(2), weights.rightCols(2));
  const Matrix unit = applied(Constraint::Kind::kUnitNorm, 0);
  for (Index j = 0; j < 3; ++j) EXPECT_NEAR(static_cast<double>(unit.col(j).norm()), 1, 1e-6);
  EXPECT_EQ(applied(Constraint::Kind::kNonNeg, 0)(0, 2), 0);
  EXPECT_EQ(applied(Constraint::Kind::kNone, 0), weights);
}

TEST(ConstraintTest, HoldsAfterEveryStep) {
  LayerOptions options;
  options.units = 4;
  options.activation = &activationCalled("relu");
  options.kernelInitializer = &initializerCalled("heNormal");
  options.biasInitializer = &initializerCalled("zeros");
  options.kernelConstraint = {Constraint::Kind::kMaxNorm, Scalar(0.5)};
  options.biasConstraint = {Constraint::Kind::kNonNeg, 0};
  Model model(3, 1);
  addDense(model.network, options);
  OptimizerOptions sgd;
  sgd.learningRate = 1;
  model.compile(lossCalled("meanSquaredError"), {}, {}, optimizerCalled("sgd"), sgd);
  Random random = testRandom(816);
  const Matrix x = randomNormal(random, 8, 3), y = randomNormal(random, 8, 4, 5);
  Totals totals = model.emptyTotals();
  for (int step = 0; step < 5; ++step) {
    model.trainStep(view(x), view(y), totals);
    const auto kernel = kernelOf(model.network, model.network.parameters(), 0);
    EXPECT_LE(static_cast<double>(kernel.colwise().norm().maxCoeff()), 0.5 + 1e-6);
    EXPECT_GE(biasOf(model.network, model.network.parameters(), 0).minCoeff(), 0);
  }
}

}  // namespace
}  // namespace mlp
