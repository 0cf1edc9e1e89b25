// The generator uses only + − × ÷ and √, because IEEE 754 fixes their results: so the browser draws the same digits as a
// native build.
#include "mlp/digits/digits.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "mlp/digits/digit_styles.h"
#include "mlp/random.h"

namespace mlp {
namespace {

struct Point {
  float x, y;
};

constexpr int kMaxPenPoints = 256;
constexpr int kCanvasInk = 40;  // the larger side of the ink on the canvas: twice its size in the image
constexpr int kCanvasMargin = 2;
constexpr int kCanvasSize = kCanvasInk + 2 * kCanvasMargin;
constexpr int kNoDigit = -1;

float uniform(Random& random, float low, float high) { return static_cast<float>(random.uniform(low, high)); }

// Nearly normal, mean 0, variance 1, never beyond ±3: nobody writes as wildly as a Gaussian tail.
float spread(Random& random) {
  return 2 * static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
}

const DigitStyle& chooseStyle(Random& random, int digit) {
  int total = 0;
  for (int i = 0; i < kDigitStyleCount; ++i) {
    if (kDigitStyles[i].digit == digit) total += kDigitStyles[i].weight;
  }
  int left = static_cast<int>(random.below(static_cast<std::uint32_t>(total)));
  int i = 0;
  while (kDigitStyles[i].digit != digit || (left -= kDigitStyles[i].weight) >= 0) ++i;
  return kDigitStyles[i];
}

struct Pen {
  float radius;    // in canvas pixels: half the stroke's width, and its whole width in the final image
  float softness;  // half the width of the ink's rim, in canvas pixels
};

// The pen of drawings whose strokes are known: as broad as most of the generator's.
constexpr Pen kReadingPen{2.1f, 0.6f};

// The writer of one digit. Lengths in units of the 100 × 100 sheet.
struct Hand {
  float jitter;    // distance by which points stray
  float rounding;  // chance that a sharp turn is written softly
  float tremor;    // small unsteadiness along the stroke
  float lift;      // distance by which a new stroke misses its place
  float drag;      // chance that the pen is not lifted between two strokes
  float hook;      // chance that a stroke begins with a tick, and that it ends with one
  float pressure;  // change of the pen's width along the stroke
  float bend;      // strength of the smooth distortion, relative to half the sheet
  float slant;     // to the right, per unit upwards
  float turn;      // tangent of the rotation
  float wide;      // width relative to height
  Pen pen;
};

// Ranges fitted by eye and by measure to MNIST's training images: slant, proportions, amount of ink.
Hand anyHand(Random& random, int digit) {
  Hand hand;
  hand.jitter = uniform(random, 1.5f, 9.5f) * (digit == 0 ? 0.8f : 1);  // an oval shows every bump
  hand.rounding = uniform(random, 0, 0.6f);
  hand.tremor = uniform(random, 0, 0.9f);
  hand.lift = uniform(random, 1, 5);
  hand.drag = 0.06f;
  hand.hook = uniform(random, 0, 0.3f);
  hand.pressure = uniform(random, 0, 0.2f);
  hand.bend = uniform(random, 0.03f, 0.18f);
  hand.slant = digit == 1 ? 0.22f + 0.24f * spread(random) : 0.15f + 0.24f * spread(random);
  hand.turn = 0.1f * spread(random);
  hand.wide = digit == 1 ? 0.9f : 1 + 0.2f * spread(random);
  // Most pens are fine, few are broad; a bare 1 fills its box, so that the same pen looks broader.
  const float broad = uniform(random, 0, 1) * uniform(random, 0, 1);
  hand.pen.radius = (1.5f + uniform(random, 0, 0.7f) + 3.4f * broad) * (digit == 1 ? 1.2f : 1);
  hand.pen.softness = uniform(random, 0.25f, 1);
  return hand;
}

struct Drawing {
  PenPoint points[kMaxPenPoints];
  int count = 0;

  void add(Point p, float width, bool joined) {
    if (count < kMaxPenPoints) points[count++] = {p.x, p.y, width, joined};
  }
};

// One smooth run of the pen through points[0 … count): a Catmull–Rom spline with centripetal knots (Lee 1989;
// Yuksel, Schaefer, Keyser 2011), which neither overshoots nor loops between unevenly spaced points.
void drawRun(const Point* points, const float* radii, int count, bool penDown, const Hand& hand, Random& random,
             Drawing& drawing) {
  float knots[kMaxStrokePoints];  // knots[i]: √ of the distance from point i to i+1
  for (int i = 0; i + 1 < count; ++i) {
    const float dx = points[i + 1].x - points[i].x, dy = points[i + 1].y - points[i].y;
    knots[i] = std::sqrt(std::sqrt(dx * dx + dy * dy) + 1e-3f);
  }
  Point slopes[kMaxStrokePoints];
  for (int i = 1; i + 1 < count; ++i) {
    const float h0 = knots[i - 1], h1 = knots[i], a = h1 / (h0 * (h0 + h1)), b = h0 / (h1 * (h0 + h1));
    slopes[i] = {a * (points[i].x - points[i - 1].x) + b * (points[i + 1].x - points[i].x),
                 a * (points[i].y - points[i - 1].y) + b * (points[i + 1].y - points[i].y)};
  }
  const int last = count - 1;
  const auto endSlope = [&](int from, int to, float h, float sign) -> Point {
    const Point chord{sign * (points[to].x - points[from].x) / h, sign * (points[to].y - points[from].y) / h};
    if (count == 2) return chord;
    const Point& inner = slopes[to];
    return {1.5f * chord.x - 0.5f * inner.x, 1.5f * chord.y - 0.5f * inner.y};
  };
  slopes[0] = endSlope(0, 1, knots[0], 1);
  slopes[last] = endSlope(last, last - 1, knots[last - 1], -1);

  drawing.add(points[0], radii[0], penDown);
  Point tremor{0, 0};
  for (int i = 0; i < last; ++i) {
    const float h = knots[i];
    const int steps = std::min(8, 1 + static_cast<int>(h * h * (1 / 7.0f)));
    for (int k = 1; k <= steps; ++k) {
      const float t = static_cast<float>(k) / static_cast<float>(steps), s = 1 - t;
      const float p0 = s * s * (1 + 2 * t), p1 = t * t * (1 + 2 * s), m0 = s * s * t * h, m1 = -t * t * s * h;
      tremor = {0.7f * tremor.x + hand.tremor * uniform(random, -1, 1),
                0.7f * tremor.y + hand.tremor * uniform(random, -1, 1)};
      const Point &a = points[i], &b = points[i + 1], &u = slopes[i], &v = slopes[i + 1];
      drawing.add(
          {tremor.x + p0 * a.x + p1 * b.x + m0 * u.x + m1 * v.x, tremor.y + p0 * a.y + p1 * b.y + m0 * u.y + m1 * v.y},
          s * radii[i] + t * radii[i + 1], true);
    }
  }
}

// Reads a style's path and draws it as this hand would.
void drawPath(const char* path, const Hand& hand, Random& random, Drawing& drawing) {
  bool firstStroke = true;
  while (*path != 0) {
    Point points[kMaxStrokePoints];
    float radii[kMaxStrokePoints];
    bool sharp[kMaxStrokePoints];
    int count = 0;
    Point landing{0, 0};
    if (!firstStroke) landing = {hand.lift * spread(random), hand.lift * spread(random)};
    firstStroke = false;
    float pressure = 1 + hand.pressure * spread(random);
    for (; *path != 0 && *path != '/'; ++path) {
      if (*path == '!') {
        sharp[count - 1] = random.uniform() >= hand.rounding;
      } else if (*path != ' ') {
        const int x = (path[0] - '0') * 10 + path[1] - '0', y = (path[2] - '0') * 10 + path[3] - '0';
        path += 3;
        points[count] = {static_cast<float>(x) + landing.x + hand.jitter * spread(random),
                         static_cast<float>(y) + landing.y + hand.jitter * spread(random)};
        pressure = 1 + 0.7f * (pressure - 1) + hand.pressure * spread(random);
        radii[count] = std::min(std::max(pressure, 0.4f), 1.6f);
        sharp[count++] = false;
      }
    }
    if (*path == '/') ++path;

    // The pen lands late or early, and leaves likewise.
    const auto extend = [&](Point& end, const Point& next) {
      const float by = uniform(random, -0.26f, 0.22f);
      end = {end.x + by * (end.x - next.x), end.y + by * (end.y - next.y)};
    };
    extend(points[0], points[1]);
    extend(points[count - 1], points[count - 2]);

    const auto tick = [&](int at, bool joined) {
      const Point& end = points[at];
      drawing.add({end.x + 4 * spread(random), end.y + 4 * spread(random)}, radii[at], joined);
    };
    bool joined = drawing.count > 0 && random.uniform() < hand.drag;
    if (random.uniform() < hand.hook) {
      tick(0, joined);
      joined = true;
    }
    int begin = 0;
    for (int i = 1; i < count; ++i) {
      if (sharp[i] || i == count - 1) {
        drawRun(points + begin, radii + begin, i - begin + 1, joined || begin > 0, hand, random, drawing);
        begin = i;
      }
    }
    if (random.uniform() < hand.hook) tick(count - 1, true);
  }
}

// Proportion, slant and rotation, after a smooth random displacement field: the elastic distortion of Simard,
// Steinkraus, Platt (2003), here as two random cubics in place of blurred noise images. Its terms have names:
// uv is perspective, vv and vvv bend the digit like a C and an S or make its upper half larger than its lower
// one.
void distort(const Hand& hand, Random& random, Drawing& drawing) {
  const float cosine = 1 / std::sqrt(1 + hand.turn * hand.turn), sine = hand.turn * cosine;
  float field[2][7];
  for (auto& axis : field) {
    for (float& coefficient : axis) coefficient = hand.bend * spread(random);
  }
  for (int i = 0; i < drawing.count; ++i) {
    PenPoint& p = drawing.points[i];
    const float u = p.x * 0.02f - 1, v = p.y * 0.02f - 1;
    const float uu = u * u, uv = u * v, vv = v * v;
    const float basis[7] = {uu, uv, vv, uu * u, uu * v, u * vv, vv * v};
    float x = u, y = v;
    for (int k = 0; k < 7; ++k) {
      x += field[0][k] * basis[k];
      y += field[1][k] * basis[k];
    }
    x = hand.wide * x - hand.slant * y;
    p.x = cosine * x - sine * y;
    p.y = sine * x + cosine * y;
  }
}

// Scales the drawing to the canvas and lays a capsule of ink around each segment, looking only at the pixels
// of the capsule's own bounding box.
void rasterize(const PenPoint* points, int count, const Pen& pen, std::uint8_t* canvas) {
  float left = points[0].x, right = left, top = points[0].y, bottom = top, broadest = 0;
  for (int i = 0; i < count; ++i) {
    const PenPoint& point = points[i];
    left = std::min(left, point.x);
    right = std::max(right, point.x);
    top = std::min(top, point.y);
    bottom = std::max(bottom, point.y);
    broadest = std::max(broadest, point.width);
  }
  const float extent = std::max(right - left, bottom - top);
  const float scale = extent > 1e-12f ? (kCanvasInk - 2 * pen.radius * broadest) / extent : 0;
  const float offsetX = kCanvasSize * 0.5f - scale * 0.5f * (left + right);
  const float offsetY = kCanvasSize * 0.5f - scale * 0.5f * (top + bottom);

  float ink[kCanvasSize * kCanvasSize] = {};
  float ax = 0, ay = 0, ar = 0;
  for (int i = 0; i < count; ++i) {
    const PenPoint& point = points[i];
    const float bx = scale * point.x + offsetX, by = scale * point.y + offsetY;
    const float br = point.width * pen.radius;
    if (!point.joined) {
      ax = bx;
      ay = by;
      ar = br;
    }
    const float r = 0.5f * (ar + br), reach = r + pen.softness;
    const float dx = bx - ax, dy = by - ay, inverse = 1 / (dx * dx + dy * dy + 1e-6f);
    const int x0 = std::max(0, static_cast<int>(std::min(ax, bx) - reach));
    const int x1 = std::min(kCanvasSize - 1, static_cast<int>(std::max(ax, bx) + reach));
    const int y0 = std::max(0, static_cast<int>(std::min(ay, by) - reach));
    const int y1 = std::min(kCanvasSize - 1, static_cast<int>(std::max(ay, by) + reach));
    // (r² − d²) / 2r is the distance to the rim, r − d, near the rim: no root per pixel.
    const float slope = 1 / (4 * r * pen.softness);
    const float base = 0.5f + r * r * slope;
    for (int y = y0; y <= y1; ++y) {
      const float py = static_cast<float>(y) + 0.5f - ay;
      float* row = ink + y * kCanvasSize;
      for (int x = x0; x <= x1; ++x) {
        const float px = static_cast<float>(x) + 0.5f - ax;
        const float t = std::min(1.0f, std::max(0.0f, (px * dx + py * dy) * inverse));
        const float ex = px - t * dx, ey = py - t * dy;
        row[x] = std::max(row[x], base - (ex * ex + ey * ey) * slope);
      }
    }
    ax = bx;
    ay = by;
    ar = br;
  }
  for (int i = 0; i < kCanvasSize * kCanvasSize; ++i) {
    canvas[i] = static_cast<std::uint8_t>(std::min(1.0f, ink[i]) * 255);
  }
}

// Draws `path` by a hand of its own, and normalises it.
void drawImage(const char* path, int digit, Random& random, std::uint8_t* pixels) {
  const Hand hand = anyHand(random, digit);
  Drawing drawing;
  drawPath(path, hand, random, drawing);
  distort(hand, random, drawing);
  std::uint8_t canvas[kCanvasSize * kCanvasSize];
  rasterize(drawing.points, drawing.count, hand.pen, canvas);
  normalizeDigit(canvas, kCanvasSize, kCanvasSize, pixels);
}

}  // namespace

void generateDigits(std::uint64_t seed, std::uint32_t first, std::int32_t count, std::uint8_t* pixels,
                    std::uint8_t* labels) {
  for (std::int32_t i = 0; i < count; ++i) {
    Random random(seed, Stream::kDigits, first + static_cast<std::uint32_t>(i));
    const int digit = static_cast<int>(random.below(10));
    drawImage(chooseStyle(random, digit).path, digit, random, pixels + static_cast<std::ptrdiff_t>(i) * kDigitPixels);
    labels[i] = static_cast<std::uint8_t>(digit);
  }
}

void drawPath(std::uint64_t seed, std::uint32_t number, const char* path, std::uint8_t* pixels) {
  Random random(seed, Stream::kDigits, number);
  drawImage(path, kNoDigit, random, pixels);
}

bool normalizeStrokes(const PenPoint* points, std::int32_t count, std::uint8_t* out) {
  std::memset(out, 0, kDigitPixels);
  if (count == 0) return false;
  std::uint8_t canvas[kCanvasSize * kCanvasSize];
  rasterize(points, count, kReadingPen, canvas);
  return normalizeDigit(canvas, kCanvasSize, kCanvasSize, out);
}

}  // namespace mlp
