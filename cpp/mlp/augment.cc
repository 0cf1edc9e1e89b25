#include "mlp/augment.h"

#include <algorithm>
#include <cmath>

#include "mlp/elementary.h"
#include "mlp/simd.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

typedef std::int32_t VecInt __attribute__((vector_size(4 * sizeof(std::int32_t))));
typedef std::uint32_t VecWord __attribute__((vector_size(4 * sizeof(std::uint32_t))));

// Columns that smooth() computes at once. A row has a block of zeros on either side, because smooth() reads beyond its
// ends.
constexpr Index kBlock = 2 * kLanes;

// Reach of the Gaussian, in standard deviations; the 0.3 % beyond it are left out.
constexpr double kReach = 3;

// Cost of a pixel, in multiplications: of moving it, of each tap that smooths its two displacements, of its noise.
constexpr double kMoveWork = 60;
constexpr double kTapWork = 8;
constexpr double kNoiseWork = 400;

std::uint32_t turnOf(double degrees) {
  return static_cast<std::uint32_t>(static_cast<std::int64_t>(degrees * (4294967296.0 / 360)));
}

Vec within(Vec x, Scalar low, Scalar high) {
  const Vec lows = splat(low), highs = splat(high);
  x = x < lows ? lows : x;
  return x > highs ? highs : x;
}

// to[0 … kBlock) = Σ_k taps[k] · from[k·stride + 0 … kBlock) over k in [begin, end).
__attribute__((noinline)) void smooth(const Scalar* taps, Index begin, Index end, const Scalar* from, Index stride,
                                      Scalar* to) {
  Vec a = splat(0), b = splat(0);
  for (Index k = begin; k < end; ++k) {
    const Scalar* const row = from + k * stride;
    const Vec tap = splat(taps[k]);
    a += tap * load(row);
    b += tap * load(row + kLanes);
  }
  store(to, a);
  store(to + kLanes, b);
}

}  // namespace

// A placement maps (x, y), counted from the middle, by T·R·H·S: the scale S, the shear H = (1 h; 0 1), the turn R = (c
// −s; s c), the shift T. Its inverse is S⁻¹·H⁻¹·R⁻¹·T⁻¹.
Affine inverseOf(const Placement& placement, Index height, Index width) {
  const Direction towards = direction(placement.turn);
  Affine a;
  a.yx = -towards.sine / placement.scaleY;
  a.yy = towards.cosine / placement.scaleY;
  a.xx = (towards.cosine + placement.shear * towards.sine) / placement.scaleX;
  a.xy = (towards.sine - placement.shear * towards.cosine) / placement.scaleX;
  const double middleX = static_cast<double>(width - 1) / 2, middleY = static_cast<double>(height - 1) / 2;
  const double x = middleX + placement.shiftX, y = middleY + placement.shiftY;
  a.x0 = middleX - a.xx * x - a.xy * y;
  a.y0 = middleY - a.yx * x - a.yy * y;
  return a;
}

namespace {

bool moves(const Augmentation& options) {
  return options.shift > 0 || options.rotation > 0 || options.shear > 0 || options.scaleLow != 1 ||
         options.scaleHigh != 1 || options.elasticAlpha > 0;
}

// Length of a row of displacements: whole blocks, and a block of zeros on either side.
Index strideOf(const Augmentation& options) {
  return (static_cast<Index>(options.width) + kBlock - 1) / kBlock * kBlock + 2 * kBlock;
}

Index radiusOf(const Augmentation& options) {
  return options.elasticAlpha > 0 ? static_cast<Index>(std::ceil(kReach * options.elasticSigma)) : 0;
}

// Numbers of scratch for one thread.
Size scratchOf(const Augmentation& options) {
  const Size height = static_cast<Size>(options.height), width = static_cast<Size>(options.width);
  return (moves(options) ? (height + 3) * (width + 3) : 0) +
         (options.elasticAlpha > 0 ? 4 * height * strideOf(options) : 0);
}

}  // namespace

Size Augmenter::bytes(const Augmentation& options) {
  return (scratchOf(options) * threadCount() + 2 * radiusOf(options) + 1) * static_cast<Size>(sizeof(Scalar));
}

Augmenter::Augmenter(const Augmentation& options)
    : options_(options),
      height_(static_cast<Index>(options.height)),
      width_(static_cast<Index>(options.width)),
      stride_(strideOf(options)),
      radius_(radiusOf(options)),
      moves_(moves(options)),
      scratchSize_(static_cast<Index>(scratchOf(options))) {
  if (options.elasticAlpha > 0) {
    taps_.resize(2 * radius_ + 1);
    double sum = 0;
    for (Index k = -radius_; k <= radius_; ++k) {
      const double distance = static_cast<double>(k) / options.elasticSigma;
      taps_[k + radius_] = mlp::exp(static_cast<Scalar>(-distance * distance / 2));
      sum += taps_[k + radius_];
    }
    for (Index k = 0; k < taps_.size(); ++k) taps_[k] /= static_cast<Scalar>(sum);
  }
  scratch_ = Vector::Zero(static_cast<Index>(Size(scratchSize_) * threadCount()));
}

void Augmenter::apply(std::uint64_t seed, std::uint32_t pass, const Selection& selection, Scalar* x,
                      std::uint32_t firstRow) {
  const Index pixels = height_ * width_;
  const double work = kMoveWork + kTapWork * static_cast<double>(taps_.size()) + (noisy() ? kNoiseWork : 0);
  parallelRanges(selection.rows, partsOf(work * static_cast<double>(selection.rows) * static_cast<double>(pixels)),
                 [&](Index begin, Index end, int thread) {
                   for (Index i = begin; i < end; ++i) {
                     Random random(seed, Stream::kAugmentation, firstRow + static_cast<std::uint32_t>(selection[i]),
                                   pass);
                     augment(random, scratch_.data() + thread * scratchSize_, x + i * pixels);
                   }
                 });
}

void Augmenter::augment(Random& random, Scalar* scratch, Scalar* image) const {
  if (moves_) {
    const Affine from = inverseOf(draw(random), height_, width_);
    Scalar* x = nullptr;
    Scalar* y = nullptr;
    if (options_.elasticAlpha > 0) {
      x = scratch + (height_ + 3) * (width_ + 3);
      y = x + height_ * stride_;
      drawDisplacements(random, y + height_ * stride_, x);
      drawDisplacements(random, y + height_ * stride_, y);
    }
    warp(from, x, y, scratch, image);
  }
  if (noisy()) {
    const Scalar deviation = static_cast<Scalar>(options_.noise);
    for (Index i = 0; i < height_ * width_; ++i) image[i] += deviation * static_cast<Scalar>(random.normal());
  }
  if (random.uniform() >= options_.erasingProbability) return;
  // A side of 1 … size pixels, which begins where it fits.
  const auto side = [&](Index length, Index& begin) {
    const Index size = std::min(length, static_cast<Index>(options_.erasingSize));
    const Index drawn = 1 + static_cast<Index>(random.below(static_cast<std::uint32_t>(size)));
    begin = static_cast<Index>(random.below(static_cast<std::uint32_t>(length - drawn + 1)));
    return begin + drawn;
  };
  Index top, left;
  const Index bottom = side(height_, top), right = side(width_, left);
  for (Index row = top; row < bottom; ++row) {
    std::fill(image + row * width_ + left, image + row * width_ + right, static_cast<Scalar>(options_.fill));
  }
}

Placement Augmenter::draw(Random& random) const {
  Placement placement;
  placement.shiftX = random.uniform(-options_.shift, options_.shift);
  placement.shiftY = random.uniform(-options_.shift, options_.shift);
  placement.turn = turnOf(random.uniform(-options_.rotation, options_.rotation));
  placement.scaleX = random.uniform(options_.scaleLow, options_.scaleHigh);
  placement.scaleY = random.uniform(options_.scaleLow, options_.scaleHigh);
  const Direction towards = direction(turnOf(random.uniform(-options_.shear, options_.shear)));
  placement.shear = towards.sine / towards.cosine;
  return placement;
}

// Noise that is uniform in (−α, α), in 256 steps, convolved with a Gaussian along both axes; 0 outside of the image.
void Augmenter::drawDisplacements(Random& random, Scalar* scratch, Scalar* displacements) const {
  const Vec step = splat(static_cast<Scalar>(options_.elasticAlpha / 256));
  Scalar* const noise = scratch + kBlock;  // rows with at least a block of zeros before and behind them
  Scalar* const across = scratch + height_ * stride_;
  // Four pixels of a word, in the memory that is written over next.
  std::uint32_t* word = reinterpret_cast<std::uint32_t*>(across);
  random.fill(word, height_ * ((width_ + kLanes - 1) / kLanes));
  for (Index row = 0; row < height_; ++row) {
    for (Index column = 0; column < width_; column += kLanes) {
      // Bytes stay in their places of the word and are scaled down, because vectors have no shifts by lane.
      const VecWord bytes = (VecWord{} + *word++) & VecWord{0xff, 0xff00, 0xff0000, 0xff000000};
      const Vec scales = {2, Scalar(0x1p-7), Scalar(0x1p-15), Scalar(0x1p-23)};
      const Vec value = step * (__builtin_convertvector(bytes, Vec) * scales - splat(255));
      Scalar* const to = noise + row * stride_ + column;
      if (column + kLanes <= width_) {
        store(to, value);
      } else {
        for (Index i = 0; i < width_ - column; ++i) to[i] = value[i];
      }
    }
  }
  // Taps that only meet zeros are left out.
  for (Index column = 0; column < width_; column += kBlock) {
    const Index begin = std::max<Index>(0, radius_ - column - kBlock + 1);
    const Index end = std::min<Index>(2 * radius_ + 1, width_ + radius_ - column);
    for (Index row = 0; row < height_; ++row) {
      const Index place = row * stride_ + column;
      smooth(taps_.data(), begin, end, noise + place - radius_, 1, across + place);
    }
  }
  for (Index row = 0; row < height_; ++row) {
    const Index begin = std::max<Index>(0, radius_ - row);
    const Index end = std::min<Index>(2 * radius_ + 1, height_ + radius_ - row);
    for (Index column = 0; column < width_; column += kBlock) {
      const Index place = row * stride_ + column;
      smooth(taps_.data(), begin, end, across + place - radius_ * stride_, stride_, displacements + place);
    }
  }
}

void Augmenter::warp(const Affine& from, const Scalar* displacementsX, const Scalar* displacementsY, Scalar* scratch,
                     Scalar* image) const {
  // The image is copied into a frame, one pixel wide above and left, two below and right, because then every point
  // outside of the image has its four neighbours in the frame.
  const Index stride = width_ + 3;
  std::fill(scratch, scratch + (height_ + 3) * stride, static_cast<Scalar>(options_.fill));
  for (Index row = 0; row < height_; ++row) {
    std::copy(image + row * width_, image + (row + 1) * width_, scratch + (row + 1) * stride + 1);
  }
  const Vec xx = splat(static_cast<Scalar>(from.xx)), yx = splat(static_cast<Scalar>(from.yx));
  const VecInt strides = VecInt{} + static_cast<std::int32_t>(stride);
  for (Index row = 0; row < height_; ++row) {
    // The source of column 0, counted in the frame.
    const Vec x0 = splat(static_cast<Scalar>(from.xy * static_cast<double>(row) + from.x0 + 1));
    const Vec y0 = splat(static_cast<Scalar>(from.yy * static_cast<double>(row) + from.y0 + 1));
    for (Index column = 0; column < width_; column += kLanes) {
      const Scalar c = static_cast<Scalar>(column);
      const Vec columns = {c, c + 1, c + 2, c + 3};
      Vec x = xx * columns + x0, y = yx * columns + y0;
      if (displacementsX) {
        x += load(displacementsX + row * stride_ + column);
        y += load(displacementsY + row * stride_ + column);
      }
      x = within(x, 0, static_cast<Scalar>(width_ + 1));
      y = within(y, 0, static_cast<Scalar>(height_ + 1));
      const VecInt left = __builtin_convertvector(x, VecInt), top = __builtin_convertvector(y, VecInt);
      const VecInt places = top * strides + left;
      const Scalar* const p[4] = {scratch + places[0], scratch + places[1], scratch + places[2], scratch + places[3]};
      const Vec a = {p[0][0], p[1][0], p[2][0], p[3][0]};
      const Vec b = {p[0][1], p[1][1], p[2][1], p[3][1]};
      const Vec d = {p[0][stride], p[1][stride], p[2][stride], p[3][stride]};
      const Vec e = {p[0][stride + 1], p[1][stride + 1], p[2][stride + 1], p[3][stride + 1]};
      const Vec across = x - __builtin_convertvector(left, Vec), down = y - __builtin_convertvector(top, Vec);
      const Vec upper = a + across * (b - a), lower = d + across * (e - d);
      const Vec value = upper + down * (lower - upper);
      Scalar* const to = image + row * width_ + column;
      if (column + kLanes <= width_) {
        store(to, value);
      } else {
        for (Index i = 0; i < width_ - column; ++i) to[i] = value[i];
      }
    }
  }
}

}  // namespace mlp
