// The ways in which people write each digit: the pen's path in a few points, as text.
#pragma once

#include <cstdint>

namespace mlp {

// One way to write one digit. `path` lists the points the pen passes, each "xxyy": two decimal digits right,
// two down, on a 100 × 100 sheet. The pen runs smoothly through them, turns sharply at a point marked '!',
// and is lifted at '/'. Proportions are only a middle: every digit drawn is stretched, slanted and bent anew.
struct DigitStyle {
  std::uint8_t digit;
  std::uint8_t weight;  // frequency, relative to the other styles of the same digit
  const char* path;
};

constexpr int kMaxStrokePoints = 16;  // between two lifts of the pen

// Sorted by digit.
extern const DigitStyle kDigitStyles[];
extern const int kDigitStyleCount;

}  // namespace mlp
