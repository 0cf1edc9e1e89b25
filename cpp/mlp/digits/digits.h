// Handwritten-like digits without a data file, and the normalisation that every digit image goes through.
#pragma once

#include <cstdint>

namespace mlp {

constexpr int kDigitSize = 28;                         // rows and columns of a digit image
constexpr int kDigitPixels = kDigitSize * kDigitSize;  // 784

// MNIST's own preparation (LeCun, Cortes, Burges): the ink's bounding box is scaled, keeping its aspect, into
// 20×20 with anti-aliasing, and that is laid into 28×28 so that the centre of mass falls on the centre, to
// the nearest whole pixel. The darkest pixel becomes 255, as in every MNIST image: neither a pale pen nor a
// hairline fades away. `ink`: width × height grey levels, row-major, 0 = paper, 255 = ink; any size, of
// drawings up to thousands of pixels a side. Specks and noise fainter than a 32nd of the darkest level do not count
// as ink when the box is laid. `out`: kDigitPixels grey levels. Returns false, and an all-zero `out`, when there is
// no ink.
bool normalizeDigit(const std::uint8_t* ink, int width, int height, std::uint8_t* out);

// Digits number first … first+count−1 of the endless, seeded sequence, each of a class drawn uniformly:
// `pixels` count × kDigitPixels, normalised as above, `labels` count. Each depends only on (seed, its
// number): any slice of the sequence can be made on its own. The numbers wrap around after 2³². The bytes are
// the same in the browser and in a native build, as long as neither is compiled to fuse or reorder
// floating-point operations.
void generateDigits(std::uint64_t seed, std::uint32_t first, std::int32_t count, std::uint8_t* pixels,
                    std::uint8_t* labels);

// Draws a path, written as digit_styles.h says, by a random hand, and normalises it as above. The image depends only on
// the path and on (seed, number). Drawings of more than 256 points between lifts and bends are cut off.
void drawPath(std::uint64_t seed, std::uint32_t number, const char* path, std::uint8_t* pixels);

// One place that a pen passed.
struct PenPoint {
  float x, y;           // y grows downwards
  float width;          // relative to that of the pen
  std::int32_t joined;  // by a line to the point before it; 0 where a stroke begins
};

// The same as normalizeDigit of a drawing whose strokes are known, `count` points in any unit, drawn with a pen whose
// width goes with the size of the drawing: as broad as the lines of most generated digits, so that small drawings are
// no blots and loops stay open. Returns false, and an all-zero `out`, when there is no point.
bool normalizeStrokes(const PenPoint* points, std::int32_t count, std::uint8_t* out);

}  // namespace mlp
