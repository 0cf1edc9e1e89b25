// Longer than 400 lines because the changes are computed a second time here, in double and by other means.
#include "mlp/augment.h"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "mlp/batcher.h"
#include "support/testing.h"

namespace mlp {
namespace {

constexpr std::uint64_t kSeed = 77;
constexpr double kPi = 3.14159265358979323846;

using Image = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Augmentation imageOf(double height, double width) {
  Augmentation options;
  options.height = height;
  options.width = width;
  return options;
}

// Rows of noise: nothing is smooth about them that would hide an error.
Matrix randomImages(Index rows, Index pixels) {
  Random random = testRandom(711);
  return randomNormal(random, rows, pixels);
}

// The rows as one batch of that pass has them.
Matrix augmented(const Augmentation& options, Matrix x, std::uint64_t seed = kSeed, std::uint32_t pass = 0) {
  Augmenter(options).apply(seed, pass, {nullptr, 0, x.rows()}, x.data());
  return x;
}

// The image put elsewhere, by one of the parts.
Matrix placed(const Matrix& image, const Placement& placement, double fill = 0) {
  Augmentation options = imageOf(static_cast<double>(image.rows()), static_cast<double>(image.cols()));
  options.shift = 1;  // so that there is scratch
  options.fill = fill;
  Vector scratch((image.rows() + 3) * (image.cols() + 3));
  Matrix result = image;
  Augmenter(options).warp(inverseOf(placement, image.rows(), image.cols()), nullptr, nullptr, scratch.data(),
                          result.data());
  return result;
}

// Everything once more: in double, by matrices, the C library's functions and a convolution in two dimensions.
Image oracle(const Augmentation& o, Random random, const Image& image) {
  const Index height = image.rows(), width = image.cols();
  Image result = image;
  if (o.shift > 0 || o.rotation > 0 || o.shear > 0 || o.scaleLow != 1 || o.scaleHigh != 1 || o.elasticAlpha > 0) {
    const double shiftX = random.uniform(-o.shift, o.shift), shiftY = random.uniform(-o.shift, o.shift);
    const double angle = random.uniform(-o.rotation, o.rotation) * kPi / 180;
    const double scaleX = random.uniform(o.scaleLow, o.scaleHigh), scaleY = random.uniform(o.scaleLow, o.scaleHigh);
    const double shear = std::tan(random.uniform(-o.shear, o.shear) * kPi / 180);
    const double middleX = (static_cast<double>(width) - 1) / 2, middleY = (static_cast<double>(height) - 1) / 2;
    Eigen::Matrix3d toMiddle, scale, slant, turn, back;
    toMiddle << 1, 0, -middleX, 0, 1, -middleY, 0, 0, 1;
    scale << scaleX, 0, 0, 0, scaleY, 0, 0, 0, 1;
    slant << 1, shear, 0, 0, 1, 0, 0, 0, 1;
    turn << std::cos(angle), -std::sin(angle), 0, std::sin(angle), std::cos(angle), 0, 0, 0, 1;
    back << 1, 0, middleX + shiftX, 0, 1, middleY + shiftY, 0, 0, 1;
    const Eigen::Matrix3d from = (back * turn * slant * scale * toMiddle).inverse();

    const auto displacements = [&] {
      Image noise(height, width), smooth = Image::Zero(height, width);
      for (Index row = 0; row < height; ++row) {
        for (Index column = 0; column < width; column += 4) {
          const std::uint32_t word = random.nextUint32();
          for (Index i = 0; i < 4 && column + i < width; ++i) {
            noise(row, column + i) = o.elasticAlpha * (2.0 * (word >> (8 * i) & 255) - 255) / 256;
          }
        }
      }
      const int radius = static_cast<int>(std::ceil(3 * o.elasticSigma));
      const auto weight = [&](int k) { return std::exp(-k * k / (2 * o.elasticSigma * o.elasticSigma)); };
      double sum = 0;
      for (int k = -radius; k <= radius; ++k) sum += weight(k);
      for (Index row = 0; row < height; ++row) {
        for (Index column = 0; column < width; ++column) {
          for (int i = -radius; i <= radius; ++i) {
            for (int j = -radius; j <= radius; ++j) {
              if (row + i < 0 || row + i >= height || column + j < 0 || column + j >= width) continue;
              smooth(row, column) += weight(i) * weight(j) / (sum * sum) * noise(row + i, column + j);
            }
          }
        }
      }
      return smooth;
    };
    const bool elastic = o.elasticAlpha > 0;
    const Image byX = elastic ? displacements() : Image::Zero(height, width);
    const Image byY = elastic ? displacements() : Image::Zero(height, width);
    const auto at = [&](double row, double column) {
      const bool inside =
          row >= 0 && row < static_cast<double>(height) && column >= 0 && column < static_cast<double>(width);
      return inside ? image(static_cast<Index>(row), static_cast<Index>(column)) : o.fill;
    };
    for (Index row = 0; row < height; ++row) {
      for (Index column = 0; column < width; ++column) {
        const Eigen::Vector3d place = from * Eigen::Vector3d(static_cast<double>(column), static_cast<double>(row), 1);
        const double x = place[0] + byX(row, column), y = place[1] + byY(row, column);
        const double left = std::floor(x), top = std::floor(y), u = x - left, v = y - top;
        result(row, column) = (1 - v) * ((1 - u) * at(top, left) + u * at(top, left + 1)) +
                              v * ((1 - u) * at(top + 1, left) + u * at(top + 1, left + 1));
      }
    }
  }
  if (o.noise > 0) {
    for (Index i = 0; i < result.size(); ++i) result.data()[i] += o.noise * random.normal();
  }
  if (random.uniform() < o.erasingProbability) {
    const auto drawBelow = [&](double bound) {
      return static_cast<Index>(random.below(static_cast<std::uint32_t>(bound)));
    };
    const Index rows = 1 + drawBelow(std::min(o.erasingSize, o.height));
    const Index top = drawBelow(o.height - static_cast<double>(rows) + 1);
    const Index columns = 1 + drawBelow(std::min(o.erasingSize, o.width));
    const Index left = drawBelow(o.width - static_cast<double>(columns) + 1);
    result.block(top, left, rows, columns).setConstant(o.fill);
  }
  return result;
}

void expectOracle(const Augmentation& options, const char* what) {
  const Index height = static_cast<Index>(options.height), width = static_cast<Index>(options.width), rows = 6;
  const Matrix x = randomImages(rows, height * width);
  const std::uint32_t pass = 5;
  const Matrix result = augmented(options, x, kSeed, pass);
  for (Index i = 0; i < rows; ++i) {
    const Image image = Eigen::Map<const Matrix>(x.row(i).data(), height, width).cast<double>();
    const Image expected =
        oracle(options, Random(kSeed, Stream::kAugmentation, static_cast<std::uint32_t>(i), pass), image);
    const ConstMatrixMap got(result.row(i).data(), height, width);
    // Angles are drawn in steps of 2⁻³² circles; in float a place in the image is known to some 1e-6 of its width.
    EXPECT_LT(difference(got, expected), within(1e-6, 2e-4))
        << what << ", " << height << " × " << width << ", row " << i;
  }
}

TEST(AugmentTest, AgreesWithThePlainVersionInDouble) {
  const std::vector<std::pair<double, double>> sizes = {{1, 1}, {1, 9}, {8, 1}, {5, 7}, {28, 28}, {13, 33}, {40, 16}};
  for (const auto& [height, width] : sizes) {
    const Augmentation none = imageOf(height, width);
    Augmentation o = none;
    o.shift = 2.5;
    expectOracle(o, "shift");
    o = none;
    o.rotation = 180;
    expectOracle(o, "rotation");
    o = none;
    o.scaleLow = 0.5;
    o.scaleHigh = 2;
    expectOracle(o, "scale");
    o = none;
    o.shear = 40;
    expectOracle(o, "shear");
    o = none;
    o.elasticAlpha = 34;
    expectOracle(o, "elastic");
    o.elasticSigma = 0.7;
    o.elasticAlpha = 3;
    expectOracle(o, "rough elastic");
    o.elasticSigma = 30;
    o.elasticAlpha = 500;
    expectOracle(o, "stiff elastic");
    o = none;
    o.noise = 0.3;
    expectOracle(o, "noise");
    o = none;
    o.erasingProbability = 0.7;
    o.erasingSize = 12;
    o.fill = -1;
    expectOracle(o, "erasing");
    o.shift = 3;
    o.rotation = 20;
    o.scaleLow = 0.8;
    o.scaleHigh = 1.1;
    o.shear = 15;
    o.elasticAlpha = 20;
    o.elasticSigma = 3.3;
    o.noise = 0.1;
    expectOracle(o, "all at once");
  }
}

TEST(AugmentTest, DoesNothingToTheBitWhereNothingIsAsked) {
  Augmentation options = imageOf(7, 5);
  Matrix x = randomImages(3, 35);
  x(0, 0) = Scalar(-0.0);
  EXPECT_TRUE(sameBits(augmented(options, x), x));
  // By way of the interpolation, too.
  const Matrix image = randomImages(28, 28);
  EXPECT_TRUE((placed(image, {}).array() == image.array()).all());
}

TEST(AugmentTest, ShiftsByWholePixelsExactlyAndFillsWhatMovesIn) {
  const Matrix image = randomImages(9, 11);
  for (const int dx : {-12, -3, 0, 1, 10}) {
    for (const int dy : {-2, 0, 5, 9}) {
      Placement placement;
      placement.shiftX = dx;
      placement.shiftY = dy;
      const Matrix result = placed(image, placement, 7);
      for (Index row = 0; row < 9; ++row) {
        for (Index column = 0; column < 11; ++column) {
          const Index fromRow = row - dy, fromColumn = column - dx;
          const bool inside = fromRow >= 0 && fromRow < 9 && fromColumn >= 0 && fromColumn < 11;
          EXPECT_EQ(result(row, column), inside ? image(fromRow, fromColumn) : Scalar(7)) << dx << ", " << dy;
        }
      }
    }
  }
}

TEST(AugmentTest, TurnsByQuartersExactly) {
  for (const Index size : {8, 9}) {
    const Matrix image = randomImages(size, size);
    Placement placement;
    placement.turn = 0x40000000u;  // clockwise: what was on the left is on top
    EXPECT_TRUE((placed(image, placement).array() == image.transpose().rowwise().reverse().array()).all());
    placement.turn = 0x80000000u;
    EXPECT_TRUE((placed(image, placement).array() == image.reverse().array()).all());
    placement.turn = 0xC0000000u;
    EXPECT_TRUE((placed(image, placement).array() == image.transpose().colwise().reverse().array()).all());
  }
}

TEST(AugmentTest, ScalesAndShearsAboutTheMiddle) {
  Matrix ramp(21, 21);  // each pixel is worth its column
  for (Index row = 0; row < 21; ++row) {
    for (Index column = 0; column < 21; ++column) ramp(row, column) = static_cast<Scalar>(column);
  }
  Placement twice;
  twice.scaleX = 2;
  Placement slanted;
  slanted.shear = 0.5;
  const Matrix wide = placed(ramp, twice), italic = placed(ramp, slanted);
  for (Index row = 0; row < 21; ++row) {
    for (Index column = 5; column < 16; ++column) {
      EXPECT_EQ(wide(row, column), Scalar(10) + static_cast<Scalar>(column - 10) / 2);
      EXPECT_EQ(italic(row, column), static_cast<Scalar>(column) - static_cast<Scalar>(row - 10) / 2);
    }
  }
}

// Smoothed white noise, away from the edges: mean 0, variance α²/3·(Σw²)², which is α²/3/(4πσ²) for a Gaussian, and at
// a distance d its correlation is exp(−d²/4σ²).
TEST(AugmentTest, DisplacementsAreSmoothAsTheGaussianSays) {
  constexpr Index kSize = 60, kEdge = 15;
  Augmentation options = imageOf(kSize, kSize);
  options.elasticAlpha = 34;
  const Augmenter augmenter(options);
  const Index stride = augmenter.displacementStride();
  Vector scratch = Vector::Zero(2 * kSize * stride), field(kSize * stride);
  Random random = testRandom(712);
  double count = 0, sum = 0, squares = 0, products[3] = {};
  const Index distances[3] = {1, 4, 8};
  for (int i = 0; i < 150; ++i) {
    augmenter.drawDisplacements(random, scratch.data(), field.data());
    const auto at = [&](Index row, Index column) { return static_cast<double>(field[row * stride + column]); };
    for (Index row = kEdge; row < kSize - kEdge; ++row) {
      for (Index column = kEdge; column < kSize - kEdge - 8; ++column) {
        ++count;
        sum += at(row, column);
        squares += at(row, column) * at(row, column);
        for (int d = 0; d < 3; ++d) products[d] += at(row, column) * at(row, column + distances[d]);
      }
    }
  }
  const double sigma = options.elasticSigma, variance = 34.0 * 34 / 3 / (4 * kPi * sigma * sigma);
  EXPECT_NEAR(sum / count, 0, 0.15);
  EXPECT_NEAR(squares / count, variance, 0.1 * variance);
  for (int d = 0; d < 3; ++d) {
    const double distance = static_cast<double>(distances[d]);
    EXPECT_NEAR(products[d] / squares, std::exp(-distance * distance / (4 * sigma * sigma)), 0.04) << distance;
  }
}

TEST(AugmentTest, NoiseHasItsDeviation) {
  Augmentation options = imageOf(20, 20);
  options.noise = 0.25;
  const Matrix result = augmented(options, Matrix::Zero(100, 400));
  const double count = static_cast<double>(result.size());
  EXPECT_NEAR(static_cast<double>(result.sum()) / count, 0, 0.005);
  EXPECT_NEAR(std::sqrt(static_cast<double>(result.squaredNorm()) / count), 0.25, 0.005);
}

TEST(AugmentTest, ErasesOneRectangleOfTheSizesAskedFor) {
  Augmentation options = imageOf(12, 10);
  options.erasingProbability = 0.6;
  options.erasingSize = 5;
  options.fill = 3;
  constexpr Index kRows = 4000;
  const Matrix result = augmented(options, Matrix::Zero(kRows, 120));
  double erased = 0, area = 0;
  for (Index i = 0; i < kRows; ++i) {
    Index count = 0, top = 12, bottom = -1, left = 10, right = -1;
    for (Index place = 0; place < 120; ++place) {
      if (result(i, place) == 0) continue;
      ASSERT_EQ(result(i, place), Scalar(3));
      ++count;
      top = std::min(top, place / 10);
      bottom = std::max(bottom, place / 10);
      left = std::min(left, place % 10);
      right = std::max(right, place % 10);
    }
    if (count == 0) continue;
    ASSERT_EQ(count, (bottom - top + 1) * (right - left + 1));
    ASSERT_LE(std::max(bottom - top, right - left), 4);
    ++erased;
    area += static_cast<double>(count);
  }
  EXPECT_NEAR(erased / kRows, 0.6, 0.03);
  EXPECT_NEAR(area / erased, 9, 0.3);  // (1 + … + 5)/5 squared
}

Augmentation everything() {
  Augmentation options = imageOf(8, 10);
  options.shift = 1;
  options.rotation = 10;
  options.elasticAlpha = 8;
  options.erasingProbability = 0.5;
  options.erasingSize = 4;
  return options;
}

TEST(AugmentTest, DrawsDependOnSeedPassAndNumberAndNotOnThePlaceInTheBatch) {
  const Augmentation options = everything();
  const Matrix same = randomImages(1, 80).replicate(6, 1);
  const Matrix all = augmented(options, same);
  for (Index i = 1; i < 6; ++i) EXPECT_FALSE(sameBits(all.row(i), all.row(0))) << i;
  EXPECT_FALSE(sameBits(augmented(options, same, kSeed, 1), all));
  EXPECT_FALSE(sameBits(augmented(options, same, kSeed + 1), all));

  const std::vector<std::int32_t> order = {9, 4, 0, 3};
  Matrix some = same.topRows(3);
  Augmenter(options).apply(kSeed, 0, {order.data(), 1, 3}, some.data());
  for (Index i = 0; i < 3; ++i) EXPECT_TRUE(sameBits(some.row(i), all.row(order[static_cast<std::size_t>(i + 1)])));

  Matrix later = same.topRows(4);
  Augmenter(options).apply(kSeed, 0, {nullptr, 0, 4}, later.data(), 2);
  EXPECT_TRUE(sameBits(later, all.bottomRows(4)));
}

TEST(AugmentTest, BatchesHoldTheSameImagesWhateverFormTheirSamplesHave) {
  const Augmentation options = everything();
  constexpr Index kRows = 12;
  Random random = testRandom(713);
  std::vector<std::uint8_t> bytes(kRows * 80);
  std::vector<std::int32_t> rowStarts = {0}, columns;
  std::vector<Scalar> values;
  Matrix x(kRows, 80);
  for (Index i = 0; i < x.size(); ++i) {
    const std::uint8_t byte = random.uniform() < 0.2 ? static_cast<std::uint8_t>(1 + random.below(255)) : 0;
    bytes[static_cast<std::size_t>(i)] = byte;
    x.data()[i] = static_cast<Scalar>(byte) * Scalar(0.5);
    if (byte) {
      columns.push_back(static_cast<std::int32_t>(i % 80));
      values.push_back(x.data()[i]);
    }
    if (i % 80 == 79) rowStarts.push_back(static_cast<std::int32_t>(columns.size()));
  }
  Samples base;
  base.rows = kRows;
  base.features = 80;
  Samples dense = base, asBytes = base, sparse = base;
  dense.dense = x.data();
  asBytes.bytes = bytes.data();
  asBytes.scale = Scalar(0.5);
  sparse.rowStarts = rowStarts.data();
  sparse.columns = columns.data();
  sparse.values = values.data();
  const Matrix original = x, expected = augmented(options, x);

  const auto dot = [&](const Samples& samples, bool maySparse) {
    Batcher batcher(samples, 0, true, maySparse);
    batcher.augment(options);
    EXPECT_EQ(batcher.sparse(), maySparse);
    batcher.gather({nullptr, 0, kRows}, kSeed, 0);
    if (!maySparse) return Matrix(batcher.x().matrix());
    Matrix product(kRows, 80);  // by the identity
    const Matrix identity = Matrix::Identity(80, 80);
    batcher.x().sparse->multiply(view(identity), nullptr, MatrixMap(product.data(), kRows, 80));
    return product;
  };
  for (const Samples& samples : {dense, asBytes, sparse}) {
    EXPECT_TRUE((dot(samples, false).array() == expected.array()).all());
    EXPECT_TRUE((dot(samples, true).array() == expected.array()).all());
  }
  EXPECT_TRUE(sameBits(x, original));

  Augmentation noisy = options;
  noisy.noise = 0.1;
  Batcher batcher(sparse, 0, true);
  EXPECT_TRUE(batcher.sparse());
  batcher.augment(noisy);
  EXPECT_FALSE(batcher.sparse());
}

}  // namespace
}  // namespace mlp
