#include <algorithm>
#include <cmath>
#include <cstring>

#include "mlp/digits/digits.h"

namespace mlp {
namespace {

constexpr int kInkSide = 20;             // the larger side of the ink after scaling
constexpr int kCentre = kDigitSize / 2;  // the pixel that the centre of mass comes to lie in
constexpr int kFaint = 32;               // levels up to this part of the darkest do not widen the ink's box

// The source cells that make one target cell along one axis. The first and the last have weights of their own, those
// between them weigh `middle` each; together they weigh 1.
struct Taps {
  int begin;
  int count;
  float first, middle, last;
};

// Shrinking averages over the target cell's own area; enlarging interpolates linearly between cell centres.
void resampleTaps(int sourceSize, int targetSize, Taps* taps) {
  const float step = static_cast<float>(sourceSize) / static_cast<float>(targetSize);
  for (int i = 0; i < targetSize; ++i) {
    Taps& t = taps[i];
    if (sourceSize >= targetSize) {
      const float low = static_cast<float>(i) * step;
      const float high = std::min(static_cast<float>(i + 1) * step, static_cast<float>(sourceSize));
      t.begin = std::min(static_cast<int>(low), sourceSize - 1);
      const int end = std::max(t.begin + 1, static_cast<int>(std::ceil(high - 1e-4f)));
      t.count = std::min(end, sourceSize) - t.begin;
      t.middle = 1 / step;
      t.first = (static_cast<float>(t.begin + 1) - low) * t.middle;
      t.last = (high - static_cast<float>(t.begin + t.count - 1)) * t.middle;
      if (t.count == 1) t.first = 1;
    } else {
      const float centre = (static_cast<float>(i) + 0.5f) * step - 0.5f;
      const float clamped = std::min(std::max(centre, 0.0f), static_cast<float>(sourceSize - 1));
      t.begin = static_cast<int>(clamped);
      t.count = t.begin + 1 < sourceSize ? 2 : 1;
      t.middle = 0;
      t.last = t.count == 2 ? clamped - static_cast<float>(t.begin) : 0;
      t.first = 1 - t.last;
    }
  }
}

}  // namespace

bool normalizeDigit(const std::uint8_t* ink, int width, int height, std::uint8_t* out) {
  std::memset(out, 0, kDigitPixels);

  const std::ptrdiff_t area = static_cast<std::ptrdiff_t>(width) * height;
  std::uint8_t level = 0;
  for (std::ptrdiff_t i = 0; i < area; ++i) level = std::max(level, ink[i]);
  const int faint = level / kFaint;

  int left = width, right = -1, top = height, bottom = -1;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = ink + static_cast<std::ptrdiff_t>(y) * width;
    int first = 0;
    while (first < width && row[first] <= faint) ++first;
    if (first == width) continue;
    int last = width - 1;
    while (row[last] <= faint) --last;
    left = std::min(left, first);
    right = std::max(right, last);
    top = std::min(top, y);
    bottom = y;
  }
  if (bottom < 0) return false;  // level 0 everywhere

  // The shorter side is rounded to whole pixels, at least one: a hairline stays a line.
  const int inkWidth = right - left + 1;
  const int inkHeight = bottom - top + 1;
  const int larger = std::max(inkWidth, inkHeight);
  const int columns = std::max(1, (2 * kInkSide * inkWidth + larger) / (2 * larger));
  const int rows = std::max(1, (2 * kInkSide * inkHeight + larger) / (2 * larger));
  Taps across[kInkSide], down[kInkSide];
  resampleTaps(inkWidth, columns, across);
  resampleTaps(inkHeight, rows, down);

  float scaled[kInkSide * kInkSide] = {};
  float darkest = 0, mass = 0, momentX = 0, momentY = 0;
  for (int i = 0; i < rows; ++i) {
    float* target = scaled + i * columns;
    const Taps& d = down[i];
    for (int k = 0; k < d.count; ++k) {
      const float weight = k == 0 ? d.first : k == d.count - 1 ? d.last : d.middle;
      const std::uint8_t* row = ink + static_cast<std::ptrdiff_t>(top + d.begin + k) * width + left;
      for (int j = 0; j < columns; ++j) {
        const Taps& a = across[j];
        const std::uint8_t* cell = row + a.begin;
        float sum = a.first * cell[0];
        if (a.count > 1) {
          int middle = 0;
          for (int m = 1; m < a.count - 1; ++m) middle += cell[m];
          sum += a.middle * static_cast<float>(middle) + a.last * cell[a.count - 1];
        }
        target[j] += weight * sum;
      }
    }
    for (int j = 0; j < columns; ++j) {
      darkest = std::max(darkest, target[j]);
      mass += target[j];
      momentX += target[j] * static_cast<float>(j);
      momentY += target[j] * static_cast<float>(i);
    }
  }

  // MNIST rounds the shift to whole pixels, and its centre is pixel (14, 14): measured on its training
  // images, whose centres of mass all lie within half a pixel of it. The ink never leaves the image.
  const auto place = [](float moment, float total, int size) {
    const int shift = static_cast<int>(std::floor(kCentre - moment / total + 0.5f));
    return std::min(std::max(shift, 0), kDigitSize - size);
  };
  const int x0 = place(momentX, mass, columns);
  const int y0 = place(momentY, mass, rows);
  const float contrast = 255 / darkest;  // every MNIST image reaches full ink, hairlines and pale pens too
  for (int i = 0; i < rows; ++i) {
    std::uint8_t* row = out + (y0 + i) * kDigitSize + x0;
    for (int j = 0; j < columns; ++j) {
      row[j] = static_cast<std::uint8_t>(scaled[i * columns + j] * contrast + 0.5f);
    }
  }
  return true;
}

}  // namespace mlp
