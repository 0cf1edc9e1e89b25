#include "mlp/sparse.h"

#include <gtest/gtest.h>

#include "mlp/gemm.h"
#include "support/testing.h"

namespace mlp {
namespace {

// Rows of which about `density` is not zero.
Matrix mostlyZero(Random& random, Index rows, Index columns, double density) {
  Matrix matrix = randomNormal(random, rows, columns);
  for (Index i = 0; i < matrix.size(); ++i) {
    if (random.uniform() >= density) matrix.data()[i] = 0;
  }
  return matrix;
}

Samples samplesOf(const Matrix& x) {
  Samples samples;
  samples.rows = x.rows();
  samples.features = x.cols();
  samples.dense = x.data();
  return samples;
}

Selection everyRow(const Matrix& x) { return {nullptr, 0, x.rows()}; }

SparseBatch compressed(const Matrix& x) {
  SparseBatch batch;
  batch.gather(samplesOf(x), everyRow(x), true);
  return batch;
}

bool sameNumbers(const Matrix& a, const Matrix& b) { return (a.array() == b.array()).all(); }

TEST(SparseTest, BothProductsAgreeWithTheDenseOnesToTheBit) {
  Random random = testRandom(700);
  for (int round = 0; round < 60; ++round) {
    const Index rows = 1 + random.below(60), features = 1 + random.below(120), units = 1 + random.below(90);
    const Matrix x = mostlyZero(random, rows, features, random.uniform());
    const Matrix kernel = randomNormal(random, features, units), bias = randomNormal(random, 1, units);
    const Matrix delta = randomNormal(random, rows, units);
    const SparseBatch batch = compressed(x);
    Matrix sparse(rows, units), dense(rows, units);
    const Scalar* start = round % 2 ? bias.data() : nullptr;
    batch.multiply(view(kernel), start, MatrixMap(sparse.data(), rows, units));
    reference::multiply(view(x), view(kernel), start, MatrixMap(dense.data(), rows, units));
    EXPECT_TRUE(sameNumbers(sparse, dense)) << rows << "×" << features << "×" << units;

    Matrix sparseGrad(features, units), denseGrad(features, units);
    batch.multiplyTransposed(view(delta), MatrixMap(sparseGrad.data(), features, units));
    reference::multiplyTransposedA(view(x), view(delta), MatrixMap(denseGrad.data(), features, units));
    EXPECT_TRUE(sameNumbers(sparseGrad, denseGrad)) << rows << "×" << features << "×" << units;
  }
}

TEST(SparseTest, RowsThatAreAllZeroGiveTheBias) {
  const Matrix x = Matrix::Zero(3, 40), kernel = Matrix::Ones(40, 9);
  Matrix bias(1, 9), z(3, 9);
  for (Index i = 0; i < 9; ++i) bias(0, i) = static_cast<Scalar>(i);
  compressed(x).multiply(view(kernel), bias.data(), MatrixMap(z.data(), 3, 9));
  for (Index row = 0; row < 3; ++row) EXPECT_TRUE(sameNumbers(z.row(row), bias));
}

TEST(SparseTest, ColumnsWithoutEntriesHaveNoGradient) {
  Matrix x = Matrix::Zero(5, 20);
  x(2, 7) = 3;
  const Matrix delta = Matrix::Ones(5, 4);
  Matrix grad(20, 4);
  compressed(x).multiplyTransposed(view(delta), MatrixMap(grad.data(), 20, 4));
  EXPECT_EQ(grad.sum(), 12);
  EXPECT_EQ(grad.row(7).sum(), 12);
}

TEST(SparseTest, BytesAndEntriesMakeTheSameBatchAsNumbers) {
  Random random = testRandom(701);
  const Index rows = 7, features = 53, units = 11;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(rows * features));
  for (std::uint8_t& byte : bytes) byte = random.uniform() < 0.3 ? static_cast<std::uint8_t>(random.below(256)) : 0;
  const Scalar scale = Scalar(1) / 255;
  Matrix x(rows, features);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<Scalar>(bytes[static_cast<std::size_t>(i)]) * scale;

  std::vector<std::int32_t> rowStarts = {0}, columns;
  std::vector<Scalar> values;
  for (Index row = 0; row < rows; ++row) {
    for (Index j = 0; j < features; ++j) {
      if (x(row, j) == 0) continue;
      columns.push_back(static_cast<std::int32_t>(j));
      values.push_back(x(row, j));
    }
    rowStarts.push_back(static_cast<std::int32_t>(columns.size()));
  }
  Samples samples = samplesOf(x);
  samples.dense = nullptr;
  samples.bytes = bytes.data();
  samples.scale = scale;
  SparseBatch fromBytes, fromEntries;
  fromBytes.gather(samples, everyRow(x), true);
  samples.bytes = nullptr;
  samples.rowStarts = rowStarts.data();
  samples.columns = columns.data();
  samples.values = values.data();
  fromEntries.gather(samples, everyRow(x), true);

  const Matrix kernel = randomNormal(random, features, units);
  Matrix expected(rows, units), one(rows, units), other(rows, units);
  compressed(x).multiply(view(kernel), nullptr, MatrixMap(expected.data(), rows, units));
  fromBytes.multiply(view(kernel), nullptr, MatrixMap(one.data(), rows, units));
  fromEntries.multiply(view(kernel), nullptr, MatrixMap(other.data(), rows, units));
  EXPECT_TRUE(sameNumbers(one, expected));
  EXPECT_TRUE(sameNumbers(other, expected));
}

TEST(SparseTest, ABatchCanBeMadeAgainInTheSamePlace) {
  Random random = testRandom(702);
  const Matrix large = mostlyZero(random, 30, 64, 0.4), small = mostlyZero(random, 3, 10, 0.4);
  SparseBatch batch = compressed(large);
  batch.gather(samplesOf(small), everyRow(small), true);
  const Matrix delta = randomNormal(random, 3, 5);
  Matrix grad(10, 5), expected(10, 5);
  batch.multiplyTransposed(view(delta), MatrixMap(grad.data(), 10, 5));
  reference::multiplyTransposedA(view(small), view(delta), MatrixMap(expected.data(), 10, 5));
  EXPECT_EQ(batch.rows(), 3);
  EXPECT_TRUE(sameNumbers(grad, expected));
}

}  // namespace
}  // namespace mlp
