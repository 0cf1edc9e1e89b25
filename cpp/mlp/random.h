// The one source of randomness: Philox4x32-10, a counter-based generator.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel Random Numbers: As Easy as 1, 2, 3", SC'11.
//
// A draw is a pure function of (seed, stream, substream, position), so nothing has to be stored to resume:
// the shuffle of epoch e, the kernel of layer l or digit number i can each be made again on their own.
#pragma once

#include <array>
#include <cstdint>

namespace mlp {

// The purpose of a draw. Never renumber, only append, because the numbers decide the draws, which are promised to stay.
enum class Stream : std::uint32_t {
  kInitializer = 1,   // substream: layer
  kShuffle = 2,       // substream: epoch
  kDropout = 3,       // substream: step
  kAugmentation = 4,  // substream: sample; section: pass
  kDigits = 5,        // substream: digit number
  kScores = 6,        // substream: sample
};

// One block of the generator: 128 bits of counter and 64 bits of key in, 128 random bits out.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

// Cosine and sine of the angle of turn·2⁻³² full circles: the same bits in every build.
struct Direction {
  double cosine, sine;
};
Direction direction(std::uint32_t turn);

class Random {
 public:
  // `section`: a part of the substream, 2³² blocks long.
  Random(std::uint64_t seed, Stream stream, std::uint32_t substream = 0, std::uint32_t section = 0);

  std::uint32_t nextUint32();
  // The numbers that `count` calls of nextUint32() return, several times as fast where there are many.
  void fill(std::uint32_t* words, std::int32_t count);
  // Uniform in [0, 1), a multiple of 2^-24: the same number in float and in double.
  double uniform();
  // Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Uniform integer in [0, bound), bound ≥ 1, without modulo bias (Lemire 2019).
  std::uint32_t below(std::uint32_t bound);
  // Standard normal (Box & Muller 1958); two draws a pair, the second one kept for the next call.
  double normal();
  // Fisher–Yates.
  void shuffle(std::int32_t* values, std::int32_t count);

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;  // block, section, substream, stream
  std::array<std::uint32_t, 4> block_;
  int used_ = 4;
  bool hasSpareNormal_ = false;
  double spareNormal_ = 0;
};

}  // namespace mlp
