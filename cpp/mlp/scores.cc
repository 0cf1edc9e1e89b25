#include "mlp/scores.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "mlp/elementary.h"
#include "mlp/random.h"

namespace mlp {
namespace {

constexpr Index kMostOfOne = 1 << 20;
constexpr Index kMostOfAll = 1 << 22;
constexpr Index kLeast = 64;

// Scores are sorted in blocks of this many as they come, because the area may be asked for after every batch, and then
// only the last block is left to sort.
constexpr Index kBlock = 4096;

using Bits = std::uint64_t;

double tagged(double score, bool positive) {
  return detail::bitCast<double>((detail::bitCast<Bits>(score) & ~Bits{1}) | Bits{positive});
}
bool isPositive(double tagged) { return detail::bitCast<Bits>(tagged) & 1; }
double untagged(double tagged) { return detail::bitCast<double>(detail::bitCast<Bits>(tagged) & ~Bits{1}); }

// Heap sort, because it is a third of the code of std::sort, and fast enough for a block.
void sort(double* begin, double* end) {
  std::make_heap(begin, end);
  std::sort_heap(begin, end);
}

// The number of scores that are sorted already, of `count`.
Index sortedOf(Index count) { return count - count % kBlock; }

}  // namespace

Index mostScores(Index outputs) { return std::max(kLeast, std::min(kMostOfOne, kMostOfAll / outputs)); }

Index scoreCapacity(Index outputs, Index samples) {
  const Index most = mostScores(outputs);
  Index capacity = kLeast;
  while (capacity < most && capacity < samples) capacity *= 2;
  return std::min(capacity, most);
}

void Scores::add(double score, bool positive, Index sample) {
  if (std::isnan(score)) numbers_[1] = score;
  if (std::isnan(numbers_[1])) return;
  if (numbers_[1] > 0) {
    const std::uint32_t drawn = Random(0, Stream::kScores, static_cast<std::uint32_t>(sample)).nextUint32();
    if (drawn & ((1u << static_cast<int>(numbers_[1])) - 1)) return;
  }
  if (kept() == capacity_) thinOut();
  scores()[kept()] = tagged(score, positive);
  numbers_[0] += 1;
  if (kept() % kBlock != 0) return;
  // The last block is sorted, and merged with those before it from behind.
  double* const middle = scores() + kept() - kBlock;
  sort(middle, middle + kBlock);
  const std::vector<double> block(middle, middle + kBlock);
  double* to = middle + kBlock;
  const double *a = middle, *b = block.data() + kBlock;
  while (b != block.data()) *--to = a != scores() && a[-1] > b[-1] ? *--a : *--b;
}

void Scores::thinOut() {
  sort(scores(), scores() + kept());
  bool next[2] = {true, true};
  double* to = scores();
  for (const double *from = scores(), *end = from + kept(); from != end; ++from) {
    bool& keep = next[isPositive(*from)];
    if (keep) *to++ = *from;
    keep = !keep;
  }
  numbers_[0] = static_cast<double>(to - scores());
  numbers_[1] += 1;
}

Scores::Pairs Scores::pairs() const {
  if (std::isnan(numbers_[1])) return {numbers_[1], numbers_[1]};
  const double* a = scores();
  const double* const aEnd = a + sortedOf(kept());
  std::vector<double> rest(aEnd, static_cast<const double*>(scores() + kept()));
  sort(rest.data(), rest.data() + rest.size());
  const double *b = rest.data(), *const bEnd = b + rest.size();
  double negatives = 0, positives = 0, right = 0;
  while (a != aEnd || b != bEnd) {
    const double score = untagged(b == bEnd || (a != aEnd && *a < *b) ? *a : *b);
    double equal[2] = {0, 0};
    for (; a != aEnd && untagged(*a) == score; ++a) ++equal[isPositive(*a)];
    for (; b != bEnd && untagged(*b) == score; ++b) ++equal[isPositive(*b)];
    right += equal[1] * (negatives + equal[0] / 2);
    negatives += equal[0];
    positives += equal[1];
  }
  return {right, negatives * positives};
}

bool Scores::valid() const {
  const double count = numbers_[0], level = numbers_[1];
  if (!(count >= 0 && count <= static_cast<double>(capacity_) && count == std::floor(count))) return false;
  if (!std::isnan(level) && !(level >= 0 && level < 32 && level == std::floor(level))) return false;
  const double* const first = scores();
  return std::is_sorted(first, first + sortedOf(kept())) &&
         std::none_of(first, first + kept(), [](double score) { return std::isnan(score); });
}

}  // namespace mlp
