#include "mlp/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/testing.h"

namespace mlp {
namespace {

// Scratch of exactly the size that is promised to be enough, filled with NaN: a number left from before would
// show.
std::vector<Scalar> scratchOf(Index size) { return std::vector<Scalar>(static_cast<std::size_t>(size), std::nan("")); }

Matrix emptyMatrix(Index rows, Index columns) { return Matrix::Constant(rows, columns, Scalar(std::nan(""))); }

Matrix product(const Matrix& a, const Matrix& b, const Scalar* bias) {
  Matrix c = emptyMatrix(a.rows(), b.cols());
  std::vector<Scalar> scratch = scratchOf(multiplyScratch(a.cols()));
  multiply(view(a), view(b), bias, MatrixMap(c.data(), c.rows(), c.cols()), scratch.data());
  return c;
}

// Both versions add the same terms in the same order and no build contracts a·b + c: they agree to the bit.
void expectAllProductsAsByPlainLoops(Random& random, Index m, Index n, Index k) {
  const Matrix a = randomNormal(random, m, k), b = randomNormal(random, k, n), bias = randomNormal(random, 1, n);
  const Matrix aTransposed = a.transpose(), bTransposed = b.transpose();
  Matrix c(m, n);
  const MatrixMap into(c.data(), m, n);

  for (const Scalar* maybeBias : {bias.data(), static_cast<const Scalar*>(nullptr)}) {
    reference::multiply(view(a), view(b), maybeBias, into);
    EXPECT_TRUE(sameBits(product(a, b, maybeBias), c)) << m << "×" << n << "×" << k << (maybeBias ? " with bias" : "");
  }

  Matrix tuned = emptyMatrix(m, n);
  std::vector<Scalar> scratch = scratchOf(multiplyTransposedAScratch(n, k));
  reference::multiplyTransposedA(view(aTransposed), view(b), into);
  multiplyTransposedA(view(aTransposed), view(b), MatrixMap(tuned.data(), m, n), scratch.data());
  EXPECT_TRUE(sameBits(tuned, c)) << "Aᵀ·B, " << m << "×" << n << "×" << k;

  tuned = emptyMatrix(m, n);
  scratch = scratchOf(multiplyScratch(k));
  reference::multiplyTransposedB(view(a), view(bTransposed), into);
  multiplyTransposedB(view(a), view(bTransposed), MatrixMap(tuned.data(), m, n), scratch.data());
  EXPECT_TRUE(sameBits(tuned, c)) << "A·Bᵀ, " << m << "×" << n << "×" << k;
}

TEST(Gemm, AllSmallShapesAreAsByPlainLoopsToTheBit) {
  Random random = testRandom(1);
  for (Index m = 1; m <= 9; ++m) {
    for (Index n = 1; n <= 9; ++n) {
      for (Index k = 1; k <= 9; ++k) expectAllProductsAsByPlainLoops(random, m, n, k);
    }
  }
}

TEST(Gemm, RandomShapesAreAsByPlainLoopsToTheBit) {
  Random random = testRandom(2);
  const auto size = [&random] { return static_cast<Index>(1 + random.below(300)); };
  for (int i = 0; i < 60; ++i) {
    const Index m = size(), n = size(), k = size();
    expectAllProductsAsByPlainLoops(random, m, n, k);
  }
}

TEST(Gemm, RaggedShapesAreAsByPlainLoopsToTheBit) {
  Random random = testRandom(3);
  for (const Index m : {1, 5, 33}) {
    for (const Index n : {1, 10, 31, 65}) {
      for (const Index k : {1, 127, 784}) expectAllProductsAsByPlainLoops(random, m, n, k);
    }
  }
}

TEST(Gemm, RowsThatFallOnOnePlaceOfTheCacheAreAsByPlainLoopsToTheBit) {
  Random random = testRandom(5);
  for (const Index n : {32, 41, 45}) expectAllProductsAsByPlainLoops(random, 512, n, 7);
}

TEST(Gemm, ThePlainLoopsComputeTheProduct) {
  const Matrix a = (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished();
  const Matrix b = (Matrix(3, 2) << 7, 8, 9, 10, 11, 12).finished();
  const Matrix expected = (Matrix(2, 2) << 58, 64, 139, 154).finished();
  const Matrix aTransposed = a.transpose(), bTransposed = b.transpose();
  const Scalar bias[] = {100, -100};
  Matrix c(2, 2);
  const MatrixMap into(c.data(), 2, 2);
  reference::multiply(view(a), view(b), nullptr, into);
  EXPECT_EQ(c, expected);
  reference::multiply(view(a), view(b), bias, into);
  EXPECT_EQ(c, (Matrix(2, 2) << 158, -36, 239, 54).finished());
  reference::multiplyTransposedA(view(aTransposed), view(b), into);
  EXPECT_EQ(c, expected);
  reference::multiplyTransposedB(view(a), view(bTransposed), into);
  EXPECT_EQ(c, expected);
}

TEST(Gemm, ResultsDoNotDependOnHowRowsAndColumnsAreCut) {
  Random random = testRandom(4);
  const Matrix a = randomNormal(random, 23, 50), b = randomNormal(random, 50, 29), bias = randomNormal(random, 1, 29);
  const Matrix whole = product(a, b, bias.data());
  for (const Index first : {0, 1, 7}) {
    for (const Index count : {1, 4, 13}) {
      const Matrix rows = a.middleRows(first, count), columns = b.middleCols(first, count);
      EXPECT_TRUE(sameBits(product(rows, b, bias.data()), Matrix(whole.middleRows(first, count))));
      EXPECT_TRUE(sameBits(product(a, columns, bias.data() + first), Matrix(whole.middleCols(first, count))));
    }
  }
}

}  // namespace
}  // namespace mlp
