// The digits for JavaScript: four functions in a module of its own, which imports nothing and allocates nothing. Its
// caller lays its arguments into the memory from __heap_base on; sizes are checked in TypeScript.
#include "mlp/digits/digits.h"

#include <cstdint>

using Pointer = std::uintptr_t;

extern "C" {

__attribute__((export_name("normalizeDigit"))) bool normalizeDigit(Pointer ink, int width, int height, Pointer out) {
  return mlp::normalizeDigit(reinterpret_cast<const std::uint8_t*>(ink), width, height,
                             reinterpret_cast<std::uint8_t*>(out));
}

__attribute__((export_name("generateDigits"))) void generateDigits(double seed, double first, int count, Pointer pixels,
                                                                   Pointer labels) {
  mlp::generateDigits(static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(first), count,
                      reinterpret_cast<std::uint8_t*>(pixels), reinterpret_cast<std::uint8_t*>(labels));
}

__attribute__((export_name("normalizeStrokes"))) bool normalizeStrokes(Pointer points, int count, Pointer out) {
  return mlp::normalizeStrokes(reinterpret_cast<const mlp::PenPoint*>(points), count,
                               reinterpret_cast<std::uint8_t*>(out));
}

__attribute__((export_name("drawPath"))) void drawPath(double seed, double number, Pointer path, Pointer pixels) {
  mlp::drawPath(static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(number),
                reinterpret_cast<const char*>(path), reinterpret_cast<std::uint8_t*>(pixels));
}

}  // extern "C"
