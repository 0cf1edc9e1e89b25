// Longer than 400 lines because the tests of generated, drawn and normalised digits share their helpers.
#include "mlp/digits/digits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "mlp/digits/digit_styles.h"

namespace mlp {
namespace {

using Image = std::array<std::uint8_t, kDigitPixels>;

struct Digits {
  std::vector<std::uint8_t> pixels, labels;
};

Digits make(std::uint64_t seed, std::uint32_t first, std::int32_t count) {
  Digits digits{std::vector<std::uint8_t>(static_cast<std::size_t>(count) * kDigitPixels),
                std::vector<std::uint8_t>(static_cast<std::size_t>(count))};
  generateDigits(seed, first, count, digits.pixels.data(), digits.labels.data());
  return digits;
}

// A sheet of paper that can be drawn on.
struct Sheet {
  int width, height;
  std::vector<std::uint8_t> ink;

  Sheet(int w, int h) : width(w), height(h), ink(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}

  std::uint8_t& at(int x, int y) { return ink[static_cast<std::size_t>(y * width + x)]; }

  void box(int x0, int y0, int w, int h, std::uint8_t value = 255) {
    for (int y = y0; y < y0 + h; ++y) {
      for (int x = x0; x < x0 + w; ++x) at(x, y) = value;
    }
  }
};

// A lopsided figure, `scale` times as large, its corner at (x, y): a tall stroke, a bar, a pale patch.
void drawFigure(Sheet& sheet, int x, int y, int scale) {
  sheet.box(x, y, 6 * scale, 47 * scale);
  sheet.box(x + 6 * scale, y + 11 * scale, 21 * scale, 5 * scale);
  sheet.box(x + 20 * scale, y + 16 * scale, 9 * scale, 13 * scale, 128);
}

struct Normalized {
  bool hasInk;
  Image image;
};

Normalized normalize(const Sheet& sheet) {
  Normalized result;
  result.image.fill(7);  // so that a pixel left unwritten shows
  result.hasInk = normalizeDigit(sheet.ink.data(), sheet.width, sheet.height, result.image.data());
  return result;
}

struct Box {
  int left = kDigitSize, right = -1, top = kDigitSize, bottom = -1;
  int width() const { return right - left + 1; }
  int height() const { return bottom - top + 1; }
};

Box inkBox(const std::uint8_t* image) {
  Box box;
  for (int y = 0; y < kDigitSize; ++y) {
    for (int x = 0; x < kDigitSize; ++x) {
      if (image[y * kDigitSize + x] == 0) continue;
      box.left = std::min(box.left, x);
      box.right = std::max(box.right, x);
      box.top = std::min(box.top, y);
      box.bottom = y;
    }
  }
  return box;
}

// Centre of mass, in pixels from the upper left corner of the image, whose centre is (14, 14).
std::array<double, 2> centreOfMass(const std::uint8_t* image) {
  double mass = 0, x = 0, y = 0;
  for (int i = 0; i < kDigitPixels; ++i) {
    mass += image[i];
    x += image[i] * (i % kDigitSize + 0.5);
    y += image[i] * (i / kDigitSize + 0.5);
  }
  return {x / mass, y / mass};
}

int largestDifference(const Image& a, const Image& b) {
  int largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(int{a[i]} - int{b[i]}));
  return largest;
}

TEST(GenerateDigits, TheSameSeedGivesTheSameBytes) {
  const Digits once = make(42, 0, 300), again = make(42, 0, 300);
  EXPECT_EQ(once.pixels, again.pixels);
  EXPECT_EQ(once.labels, again.labels);
}

TEST(GenerateDigits, AnotherSeedGivesOtherDigits) {
  const Digits one = make(1, 0, 100), other = make(2, 0, 100);
  const Digits high = make(1 + (std::uint64_t{1} << 32), 0, 100);
  EXPECT_NE(one.pixels, other.pixels);
  EXPECT_NE(one.labels, other.labels);
  EXPECT_NE(one.pixels, high.pixels) << "the upper half of the seed counts too";
}

TEST(GenerateDigits, AnySliceAgreesWithTheWholeSequence) {
  const Digits whole = make(7, 0, 200);
  for (const int first : {0, 1, 63, 199}) {
    for (const int count : {0, 1, 17}) {
      if (first + count > 200) continue;
      const Digits slice = make(7, static_cast<std::uint32_t>(first), count);
      EXPECT_TRUE(std::equal(slice.pixels.begin(), slice.pixels.end(),
                             whole.pixels.begin() + static_cast<std::ptrdiff_t>(first) * kDigitPixels))
          << "first " << first << ", count " << count;
      EXPECT_TRUE(std::equal(slice.labels.begin(), slice.labels.end(), whole.labels.begin() + first))
          << "first " << first << ", count " << count;
    }
  }
}

TEST(GenerateDigits, TheSequenceGoesOnPastTheLargestNumber) {
  const Digits across = make(3, 0xFFFFFFFFu, 2), last = make(3, 0xFFFFFFFFu, 1), zero = make(3, 0, 1);
  EXPECT_TRUE(std::equal(last.pixels.begin(), last.pixels.end(), across.pixels.begin()));
  EXPECT_TRUE(std::equal(zero.pixels.begin(), zero.pixels.end(), across.pixels.begin() + kDigitPixels));
}

TEST(GenerateDigits, WritesNothingBeyondWhatWasAskedFor) {
  std::vector<std::uint8_t> pixels(3 * kDigitPixels, 99), labels(3, 99);
  generateDigits(5, 0, 2, pixels.data(), labels.data());
  EXPECT_TRUE(std::all_of(pixels.begin() + 2 * kDigitPixels, pixels.end(), [](int p) { return p == 99; }));
  EXPECT_EQ(labels[2], 99);
}

TEST(GenerateDigits, LabelsAreUniformWithinFiveStandardDeviations) {
  constexpr int kCount = 20000;
  const Digits digits = make(11, 0, kCount);
  std::array<int, 10> seen{};
  for (const std::uint8_t label : digits.labels) {
    ASSERT_LT(label, 10);
    ++seen[label];
  }
  const double bound = 5 * std::sqrt(kCount * 0.1 * 0.9);  // ± 212 around 2000
  for (int digit = 0; digit < 10; ++digit) {
    EXPECT_NEAR(seen[static_cast<std::size_t>(digit)], 2000, bound) << "class " << digit;
  }
}

TEST(GenerateDigits, EveryImageIsAsMnistNormalisesIt) {
  constexpr int kCount = 5000;
  const Digits digits = make(13, 0, kCount);
  for (int i = 0; i < kCount; ++i) {
    const std::uint8_t* image = &digits.pixels[static_cast<std::size_t>(i) * kDigitPixels];
    const Box box = inkBox(image);
    const std::string which = "digit number " + std::to_string(i) + ", a " + std::to_string(digits.labels[i]);
    ASSERT_GE(box.right, 0) << which << " is blank";
    EXPECT_LE(std::max(box.width(), box.height()), 20) << which;
    EXPECT_GE(std::max(box.width(), box.height()), 19) << which;
    EXPECT_EQ(*std::max_element(image, image + kDigitPixels), 255) << which;
    const std::array<double, 2> centre = centreOfMass(image);
    EXPECT_NEAR(centre[0], 14, 1.05) << which;
    EXPECT_NEAR(centre[1], 14, 1.05) << which;
  }
}

TEST(GenerateDigits, NoTwoOfAThousandAreEqual) {
  const Digits digits = make(17, 0, 1000);
  std::vector<std::string> images;
  for (int i = 0; i < 1000; ++i) {
    const auto image = digits.pixels.begin() + static_cast<std::ptrdiff_t>(i) * kDigitPixels;
    images.emplace_back(image, image + kDigitPixels);
  }
  std::sort(images.begin(), images.end());
  EXPECT_EQ(std::adjacent_find(images.begin(), images.end()), images.end());
}

// The path reader trusts the table; this is where the table earns it.
TEST(DigitStyles, EveryPathIsWellFormed) {
  std::array<int, 10> weights{};
  for (int i = 0; i < kDigitStyleCount; ++i) {
    const DigitStyle& style = kDigitStyles[i];
    ASSERT_LT(style.digit, 10) << style.path;
    EXPECT_GT(style.weight, 0) << style.path;
    EXPECT_GE(style.digit, kDigitStyles[std::max(i - 1, 0)].digit) << "sorted by digit: " << style.path;
    weights[style.digit] += style.weight;

    const std::string path = style.path;
    int points = 0;
    for (std::size_t at = 0; at < path.size();) {
      if (path[at] == ' ') {
        ++at;
      } else if (path[at] == '/') {
        EXPECT_GE(points, 2) << "a stroke needs two points: " << path;
        points = 0;
        ++at;
      } else {
        ASSERT_LE(at + 4, path.size()) << path;
        for (std::size_t k = at; k < at + 4; ++k) ASSERT_TRUE(path[k] >= '0' && path[k] <= '9') << path;
        ++points;
        at += 4;
        if (at < path.size() && path[at] == '!') ++at;
        ASSERT_TRUE(at == path.size() || path[at] == ' ') << path;
      }
    }
    EXPECT_GE(points, 2) << path;
    EXPECT_LE(points, kMaxStrokePoints) << path;
  }
  for (int digit = 0; digit < 10; ++digit) EXPECT_GT(weights[static_cast<std::size_t>(digit)], 0) << digit;
}

TEST(NormalizeDigit, BlankPaperIsFalseAndAllZeros) {
  const Normalized blank = normalize(Sheet(280, 280));
  EXPECT_FALSE(blank.hasInk);
  EXPECT_EQ(inkBox(blank.image.data()).right, -1);
}

TEST(NormalizeDigit, NoPaperAtAllIsFalseAndAllZeros) {
  Image image;
  image.fill(7);
  EXPECT_FALSE(normalizeDigit(nullptr, 0, 0, image.data()));
  EXPECT_EQ(inkBox(image.data()).right, -1);
}

TEST(NormalizeDigit, MovingTheDrawingChangesNothing) {
  Sheet here(280, 280), there(280, 280);
  drawFigure(here, 10, 20, 3);
  drawFigure(there, 143, 101, 3);
  EXPECT_EQ(normalize(here).image, normalize(there).image);
}

TEST(NormalizeDigit, TheSizeOfThePaperChangesNothing) {
  Sheet small(100, 150), large(1000, 900);
  drawFigure(small, 2, 3, 3);
  drawFigure(large, 700, 500, 3);
  EXPECT_EQ(normalize(small).image, normalize(large).image);
}

TEST(NormalizeDigit, DrawingTwiceAsLargeChangesNearlyNothing) {
  for (const int scale : {1, 2, 4, 10}) {
    Sheet once(1000, 1000), twice(1000, 1000);
    drawFigure(once, 5, 5, scale);
    drawFigure(twice, 5, 5, 2 * scale);
    EXPECT_LE(largestDifference(normalize(once).image, normalize(twice).image), 2) << "scale " << scale;
  }
}

TEST(NormalizeDigit, ASmallDrawingIsEnlargedSmoothly) {
  Sheet small(9, 9), large(90, 90);
  small.box(1, 1, 2, 7);
  small.box(3, 1, 3, 2);
  large.box(10, 10, 20, 70);
  large.box(30, 10, 30, 20);
  const Normalized a = normalize(small), b = normalize(large);
  const Box box = inkBox(a.image.data());
  EXPECT_EQ(box.height(), 20);
  double difference = 0;
  for (std::size_t i = 0; i < a.image.size(); ++i) {
    difference += std::abs(int{a.image[i]} - int{b.image[i]}) / 255.0;
  }
  EXPECT_LT(difference, 40) << "of some 170 pixels of ink: only the rims may differ";
}

TEST(NormalizeDigit, ASingleDotBecomesAFullSquare) {
  Sheet sheet(280, 280);
  sheet.at(200, 31) = 255;
  const Normalized dot = normalize(sheet);
  EXPECT_TRUE(dot.hasInk);
  const Box box = inkBox(dot.image.data());
  EXPECT_EQ(box.width(), 20);
  EXPECT_EQ(box.height(), 20);
  EXPECT_EQ(std::count(dot.image.begin(), dot.image.end(), 255), 400);
}

TEST(NormalizeDigit, AnImageOfOnePixelIsADot) {
  Sheet sheet(1, 1);
  EXPECT_FALSE(normalize(sheet).hasInk);
  sheet.at(0, 0) = 1;
  const Normalized dot = normalize(sheet);
  EXPECT_TRUE(dot.hasInk);
  EXPECT_EQ(std::count(dot.image.begin(), dot.image.end(), 255), 400);
}

TEST(NormalizeDigit, InkOnTheBorderCounts) {
  Sheet touching(60, 60), inside(80, 80);
  touching.box(0, 0, 60, 5);
  touching.box(0, 55, 60, 5);
  touching.box(55, 0, 5, 60);
  inside.box(10, 10, 60, 5);
  inside.box(10, 65, 60, 5);
  inside.box(65, 10, 5, 60);
  EXPECT_EQ(normalize(touching).image, normalize(inside).image);
}

TEST(NormalizeDigit, AWideLineKeepsItsAspect) {
  Sheet sheet(280, 280);
  sheet.box(20, 100, 200, 30);
  const Box box = inkBox(normalize(sheet).image.data());
  EXPECT_EQ(box.width(), 20);
  EXPECT_EQ(box.height(), 3);
}

TEST(NormalizeDigit, ATallLineKeepsItsAspect) {
  Sheet sheet(280, 280);
  sheet.box(100, 20, 30, 200);
  const Box box = inkBox(normalize(sheet).image.data());
  EXPECT_EQ(box.width(), 3);
  EXPECT_EQ(box.height(), 20);
}

TEST(NormalizeDigit, AHairlineStaysVisible) {
  Sheet sheet(1000, 1000);
  for (int i = 0; i < 1000; ++i) sheet.at(i, i) = 255;
  const Normalized diagonal = normalize(sheet);
  EXPECT_EQ(*std::max_element(diagonal.image.begin(), diagonal.image.end()), 255);
  Sheet upright(1000, 1000);
  upright.box(500, 0, 1, 1000);
  EXPECT_EQ(inkBox(normalize(upright).image.data()).width(), 1);
}

TEST(NormalizeDigit, APalePenGivesTheSameAsABlackOne) {
  Sheet black(280, 280), pale(280, 280);
  black.box(40, 30, 30, 180);
  pale.box(40, 30, 30, 180, 60);
  EXPECT_EQ(normalize(black).image, normalize(pale).image);
}

TEST(NormalizeDigit, TheCentreOfMassLiesOnMnistsCentre) {
  Sheet sheet(280, 280);
  drawFigure(sheet, 10, 20, 4);
  const std::array<double, 2> centre = centreOfMass(normalize(sheet).image.data());
  EXPECT_NEAR(centre[0], 14.5, 0.55);  // the centre of pixel 14, as in MNIST itself
  EXPECT_NEAR(centre[1], 14.5, 0.55);
}

// One far pixel of level 1 made the digit a third as large.
TEST(NormalizeDigit, FaintSpecksAndNoiseDoNotWidenTheBox) {
  Sheet clean(280, 280), speckled(280, 280), noisy(280, 280);
  drawFigure(clean, 100, 80, 2);
  drawFigure(speckled, 100, 80, 2);
  speckled.at(279, 279) = 1;
  speckled.at(0, 3) = 7;
  EXPECT_EQ(normalize(speckled).image, normalize(clean).image);
  for (std::size_t i = 0; i < noisy.ink.size(); ++i) noisy.ink[i] = static_cast<std::uint8_t>(i * i % 4);
  drawFigure(noisy, 100, 80, 2);
  EXPECT_LE(largestDifference(normalize(noisy).image, normalize(clean).image), 3);
}

TEST(NormalizeDigit, APalePenIsNoSpeck) {
  Sheet black(280, 280), faintest(280, 280);
  black.box(40, 30, 30, 180);
  faintest.box(40, 30, 30, 180, 1);
  EXPECT_EQ(normalize(black).image, normalize(faintest).image);
}

// Points of strokes, each a list of x and y.
std::vector<PenPoint> penPoints(const std::vector<std::vector<float>>& strokes, float scale = 1, float shift = 0) {
  std::vector<PenPoint> points;
  for (const std::vector<float>& stroke : strokes) {
    for (std::size_t i = 0; i < stroke.size(); i += 2) {
      points.push_back({scale * stroke[i] + shift, scale * stroke[i + 1] + shift, 1, i > 0});
    }
  }
  return points;
}

Normalized normalize(const std::vector<PenPoint>& points) {
  Normalized result;
  result.image.fill(7);
  result.hasInk = normalizeStrokes(points.data(), static_cast<std::int32_t>(points.size()), result.image.data());
  return result;
}

const std::vector<std::vector<float>> kFour = {{40, 0, 10, 60, 90, 60}, {70, 25, 65, 100}};

TEST(NormalizeStrokes, NoPointIsFalseAndAllZeros) {
  const Normalized blank = normalize(std::vector<PenPoint>{});
  EXPECT_FALSE(blank.hasInk);
  EXPECT_EQ(inkBox(blank.image.data()).right, -1);
}

TEST(NormalizeStrokes, NeitherSizeNorPlaceMatters) {
  const Image image = normalize(penPoints(kFour)).image;
  for (const float scale : {1e-4f, 0.1f, 7.0f, 1e4f}) {
    EXPECT_LE(largestDifference(normalize(penPoints(kFour, scale, 3 * scale)).image, image), 2) << scale;
  }
}

TEST(NormalizeStrokes, LiesAsMnistsDigitsDo) {
  const Image image = normalize(penPoints(kFour)).image;
  const Box box = inkBox(image.data());
  EXPECT_EQ(std::max(box.width(), box.height()), 20);
  EXPECT_EQ(*std::max_element(image.begin(), image.end()), 255);
  const std::array<double, 2> centre = centreOfMass(image.data());
  EXPECT_NEAR(centre[0], 14.5, 0.55);
  EXPECT_NEAR(centre[1], 14.5, 0.55);
}

TEST(NormalizeStrokes, ThePenIsLiftedBetweenStrokes) {
  const Image apart = normalize(penPoints({{0, 0, 0, 100}, {80, 0, 80, 100}})).image;
  EXPECT_EQ(apart[14 * kDigitSize + 14], 0);
  const Image joined = normalize(penPoints({{0, 0, 0, 100, 80, 0, 80, 100}})).image;
  EXPECT_GT(joined[14 * kDigitSize + 14], 100);
}

TEST(NormalizeStrokes, ANarrowLoopStaysOpen) {
  const Image loop = normalize(penPoints({{50, 0, 30, 25, 50, 50, 70, 25, 50, 0}, {68, 20, 65, 100}})).image;
  const Box box = inkBox(loop.data());
  const auto pixel = [&](int x, int y) { return int{loop[static_cast<std::size_t>(y * kDigitSize + x)]}; };
  EXPECT_LT(pixel(box.left + box.width() / 2 - 1, box.top + 5), 60);
}

TEST(NormalizeStrokes, ADotIsADiscAndADotBesideAStrokeIsDrawn) {
  const Box disc = inkBox(normalize(penPoints({{5, 5}})).image.data());
  EXPECT_EQ(disc.width(), 20);
  EXPECT_EQ(disc.height(), 20);
  const Image line = normalize(penPoints({{0, 0, 0, 100}})).image,
              dotted = normalize(penPoints({{0, 0, 0, 100}, {60, 50}})).image;
  EXPECT_GT(inkBox(dotted.data()).width(), inkBox(line.data()).width() + 8);
}

TEST(DrawPath, DependsOnThePathAndItsNumberAlone) {
  Image one, same, other, number;
  drawPath(3, 5, "5002 5098", one.data());
  drawPath(3, 5, "5002 5098", same.data());
  drawPath(3, 5, "0250 9850", other.data());
  drawPath(3, 6, "5002 5098", number.data());
  EXPECT_EQ(one, same);
  EXPECT_NE(one, other);
  EXPECT_NE(one, number);
  EXPECT_EQ(std::max(inkBox(one.data()).width(), inkBox(one.data()).height()), 20);
}

TEST(NormalizeDigit, VeryLopsidedInkStaysInsideTheImage) {
  Sheet sheet(220, 220);
  sheet.box(0, 0, 60, 60);
  sheet.at(219, 219) = 255;
  const Normalized lopsided = normalize(sheet);
  double mass = 0;
  for (const std::uint8_t p : lopsided.image) mass += p;
  EXPECT_NEAR(mass / 255, (60 * 60 + 1) / (11.0 * 11.0), 0.5) << "nothing is cut off";
}

TEST(NormalizeDigit, IsItsOwnFixedPointUpToRounding) {
  const Digits digits = make(19, 0, 200);
  int compared = 0;
  for (int i = 0; i < 200; ++i) {
    Image image, again;
    const auto pixels = digits.pixels.begin() + static_cast<std::ptrdiff_t>(i) * kDigitPixels;
    std::copy_n(pixels, kDigitPixels, image.begin());
    const Box box = inkBox(image.data());
    if (std::max(box.width(), box.height()) < 20) continue;  // pale rims rounded away: it would be enlarged
    const std::array<double, 2> centre = centreOfMass(image.data());
    const double off = std::max(std::abs(centre[0] - 14.5), std::abs(centre[1] - 14.5));
    if (off > 0.49) continue;  // so near a half that it might be rounded the other way
    ++compared;
    ASSERT_TRUE(normalizeDigit(image.data(), kDigitSize, kDigitSize, again.data()));
    EXPECT_LE(largestDifference(image, again), 1) << "digit number " << i;
  }
  EXPECT_GE(compared, 150);
}

}  // namespace
}  // namespace mlp
