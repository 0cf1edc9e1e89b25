#include "mlp/sparse.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "mlp/error.h"
#include "mlp/simd.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

// out[0 … Vecs·4) = start + Σ_e values[e] · other[indices[e]·stride + 0 … Vecs·4).
template <int Vecs>
void gather(const std::int32_t* indices, const Scalar* values, Index count, const Scalar* other, Index stride,
            const Scalar* start, Scalar* out) {
  Vec sums[Vecs];
  for (int v = 0; v < Vecs; ++v) sums[v] = start ? load(start + v * kLanes) : splat(0);
  for (Index e = 0; e < count; ++e) {
    const Scalar* row = other + indices[e] * stride;
    const Vec x = splat(values[e]);
    for (int v = 0; v < Vecs; ++v) sums[v] = multiplyAdd(x, load(row + v * kLanes), sums[v]);
  }
  for (int v = 0; v < Vecs; ++v) store(out + v * kLanes, sums[v]);
}

// The same for one column.
void gatherOne(const std::int32_t* indices, const Scalar* values, Index count, const Scalar* other, Index stride,
               const Scalar* start, Scalar* out) {
  Vec sum = splat(start ? *start : Scalar(0));  // in a vector, so that it rounds as its neighbours do
  for (Index e = 0; e < count; ++e) sum = multiplyAdd(splat(values[e]), splat(other[indices[e] * stride]), sum);
  *out = sum[0];
}

using Gather = void(const std::int32_t* indices, const Scalar* values, Index count, const Scalar* other, Index stride,
                    const Scalar* start, Scalar* out);

// out(i, 0 …) for every list i. The kernel comes by pointer so that it stays a function of its own: inlined
// into this loop, V8 keeps its sums in memory instead of registers, at half the speed.
__attribute__((noinline)) void eachList(Gather* gather, const std::int32_t* starts, const std::int32_t* ends,
                                        Index lists, const std::int32_t* indices, const Scalar* values,
                                        const Scalar* other, Index stride, const Scalar* start, Scalar* out) {
  for (Index i = 0; i < lists; ++i, out += stride) {
    gather(indices + starts[i], values + starts[i], ends[i] - starts[i], other, stride, start, out);
  }
}

// lists × n: out(i, ·) = start + Σ over the entries of list i. Blocks of columns on the outside, so that the
// part of `other` that is read stays close.
void product(const std::int32_t* starts, const std::int32_t* ends, Index lists, const std::int32_t* indices,
             const Scalar* values, const Scalar* other, Index n, const Scalar* start, Scalar* out) {
  const double work = static_cast<double>(ends[lists - 1]) * static_cast<double>(n);
  parallelRanges(lists, partsOf(work), [=](Index begin, Index end, int) {
    for (Index column = 0; column < n;) {
      const Index rest = n - column;
      const Index width = rest >= 32 ? 32 : rest >= 8 ? 8 : 1;
      Gather* const kernel = width == 32 ? gather<8> : width == 8 ? gather<2> : gatherOne;
      eachList(kernel, starts + begin, ends + begin, end - begin, indices, values, other + column, n,
               start ? start + column : nullptr, out + begin * n + column);
      column += width;
    }
  });
}

// Writes the numbers of a row that are not zero from place `end` on, `value(i)` being number i; the place behind
// the last is written over, too. Groups of zeros, told by one comparison of their bytes, are skipped; elsewhere every
// number is written and the end moves on only behind nonzero ones, because a branch would often be mispredicted.
// Returns the place behind the last.
template <class Number, class Value>
Index writeNonzero(const Number* row, Index features, Value value, std::int32_t* columns, Scalar* values, Index end) {
  constexpr Index kGroup = 8 / sizeof(Number) > 1 ? 8 / sizeof(Number) : 1;
  const auto append = [&](Index i) {
    columns[end] = static_cast<std::int32_t>(i);
    values[end] = value(i);
    end += row[i] != 0;
  };
  Index i = 0;
  for (; i + 2 * kGroup <= features; i += 2 * kGroup) {
    std::uint64_t bits[2];
    std::memcpy(bits, row + i, sizeof bits);
    if ((bits[0] | bits[1]) == 0) continue;
    for (Index j = i; j < i + 2 * kGroup; ++j) append(j);
  }
  for (; i < features; ++i) append(i);
  return end;
}

template <class Number>
std::int32_t countNonzero(const Number* row, Index features) {
  std::int32_t count = 0;
  for (Index i = 0; i < features; ++i) count += row[i] != 0;
  return count;
}

// Makes a vector at least `size` long: by doubling, but to no more than `most`. Its contents are lost, so that memory
// for the old and the new is never needed at once.
template <class Element>
void makeRoom(std::vector<Element>& vector, Size size, Size most) {
  const Size had = static_cast<Size>(vector.size());
  if (had >= size) return;
  std::vector<Element>().swap(vector);
  vector.resize(static_cast<std::size_t>(std::max(size, std::min(2 * had, most))));
}
template <class Element>
void makeRoom(std::vector<Element>& vector, Size size) {
  makeRoom(vector, size, size);
}

// Costs of looking at a number and of moving an entry, in multiplications.
constexpr double kLookWork = 5;
constexpr double kMoveWork = 20;
// Cost of each part for each feature, because each part has a count per feature to clear and to add up.
constexpr double kCountWork = 2;

// Number of parts to sort by column in: no more than their counts are worth.
Index sortingParts(double work, Index features) {
  if (partsOf(work) == 1) return 1;
  const double worthwhile = work / (kCountWork * static_cast<double>(features));
  return worthwhile < threadCount() ? std::max<Index>(1, static_cast<Index>(worthwhile)) : threadCount();
}

}  // namespace

void multiply(const SparseRows& x, ConstMatrixMap kernel, const Scalar* bias, MatrixMap z) {
  product(x.starts, x.ends, x.rows, x.columns, x.values, kernel.data(), kernel.cols(), bias, z.data());
}

Index listNonzero(const Scalar* numbers, Index features, std::int32_t* columns, Scalar* values, Index end) {
  return writeNonzero(
      numbers, features, [&](Index i) { return numbers[i]; }, columns, values, end);
}

// The most entries that `rows` rows can have, and a free place behind each row.
Size SparseBatch::mostEntries(const Samples& samples, Index rows) {
  if (!samples.rowStarts) return Size(rows) * (Size(samples.features) + 1);
  Size longest = 0;
  for (Index row = 0; row < samples.rows; ++row) {
    longest = std::max<Size>(longest, samples.rowStarts[row + 1] - samples.rowStarts[row]);
  }
  const Size all = samples.rowStarts[samples.rows] - samples.rowStarts[0];
  return std::min(all, longest * rows) + rows;
}

Size SparseBatch::gatherBytes(const Samples& samples, Index rows, bool forGradient, bool dense) {
  Samples seen = samples;
  if (dense) seen.rowStarts = nullptr;
  const Size most = mostEntries(seen, rows), entry = sizeof(std::int32_t) + sizeof(Scalar);
  Size bytes = 2 * Size(rows) * static_cast<Size>(sizeof(std::int32_t)) + most * entry;
  if (forGradient) {
    const double looks =
        seen.rowStarts ? 0 : kLookWork * static_cast<double>(rows) * static_cast<double>(seen.features);
    const Size parts = sortingParts(looks + kMoveWork * static_cast<double>(most), seen.features);
    bytes += most * entry + (Size(seen.features) * (parts + 1) + 1) * static_cast<Size>(sizeof(std::int32_t));
  }
  return bytes;
}

void SparseBatch::gather(const Samples& samples, const Selection& selection, bool forGradient) {
  rows_ = selection.rows;
  features_ = samples.features;
  const double looks = samples.rowStarts ? 0 : kLookWork * static_cast<double>(rows_) * static_cast<double>(features_);
  countEntries(samples, selection, partsOf(looks));
  const double moves = kMoveWork * static_cast<double>(rowEnds_[static_cast<std::size_t>(rows_) - 1]);
  const Index parts = sortingParts(looks + moves, features_);
  fillRows(samples, selection, parts, forGradient);
  if (forGradient) sortByColumn(parts);
}

void SparseBatch::countEntries(const Samples& samples, const Selection& selection, Index parts) {
  makeRoom(rowStarts_, rows_);
  makeRoom(rowEnds_, rows_);
  std::int32_t* const starts = rowStarts_.data();
  std::int32_t* const ends = rowEnds_.data();
  parallelRanges(rows_, parts, [&](Index begin, Index end, int) {
    for (Index i = begin; i < end; ++i) {
      const Index row = selection[i];
      const std::size_t place = samples.rowStarts ? 0 : placeOf(row, features_);
      ends[i] = samples.rowStarts ? samples.rowStarts[row + 1] - samples.rowStarts[row]
                : samples.bytes   ? countNonzero(samples.bytes + place, features_)
                                  : countNonzero(samples.dense + place, features_);
    }
  });
  Size start = 0;
  for (Index i = 0; i < rows_; ++i) {
    starts[i] = static_cast<std::int32_t>(start);
    start += ends[i] + 1;
    ends[i] = static_cast<std::int32_t>(start - 1);
  }
  require(start <= std::numeric_limits<std::int32_t>::max(), "batch: expected fewer numbers that are not zero");
  const Size most = start > static_cast<Size>(columns_.size()) ? mostEntries(samples, rows_) : 0;
  makeRoom(columns_, start, most);
  makeRoom(values_, start, most);
}

void SparseBatch::fillRows(const Samples& samples, const Selection& selection, Index parts, bool counted) {
  if (counted) makeRoom(places_, Size(parts) * features_);
  parallelFor(parts, [&](Index part, int) {
    std::int32_t* const counts = places_.data() + part * features_;
    if (counted) std::fill(counts, counts + features_, 0);
    for (Index i = partBegin(part, rows_, parts), last = partBegin(part + 1, rows_, parts); i < last; ++i) {
      const Index row = selection[i];
      const Index begin = rowStarts_[static_cast<std::size_t>(i)], end = rowEnds_[static_cast<std::size_t>(i)];
      if (samples.rowStarts) {
        const Index from = samples.rowStarts[row];
        std::copy(samples.columns + from, samples.columns + from + end - begin, columns_.data() + begin);
        std::copy(samples.values + from, samples.values + from + end - begin, values_.data() + begin);
      } else if (samples.bytes) {
        const std::uint8_t* const numbers = samples.bytes + placeOf(row, features_);
        writeNonzero(
            numbers, features_, [&](Index j) { return static_cast<Scalar>(numbers[j]) * samples.scale; },
            columns_.data(), values_.data(), begin);
      } else {
        const Scalar* const numbers = samples.dense + placeOf(row, features_);
        listNonzero(numbers, features_, columns_.data(), values_.data(), begin);
      }
      if (!counted) continue;
      for (const std::int32_t *column = columns_.data() + begin, *last = columns_.data() + end; column < last;
           ++column) {
        ++counts[*column];
      }
    }
  });
}

// A counting sort; it is stable, so that the entries of a column stay in the order of the rows.
void SparseBatch::sortByColumn(Index parts) {
  makeRoom(columnStarts_, Size(features_) + 1);
  makeRoom(rowOf_, static_cast<Size>(columns_.size()));
  makeRoom(valuesByColumn_, static_cast<Size>(columns_.size()));
  std::int32_t start = 0;
  for (Index column = 0; column < features_; ++column) {
    columnStarts_[static_cast<std::size_t>(column)] = start;
    for (std::int32_t* place = places_.data() + column; place < places_.data() + parts * features_;
         place += features_) {
      const std::int32_t count = *place;
      *place = start;
      start += count;
    }
  }
  columnStarts_[static_cast<std::size_t>(features_)] = start;
  parallelFor(parts, [&](Index part, int) {
    std::int32_t* const next = places_.data() + part * features_;
    for (Index row = partBegin(part, rows_, parts), last = partBegin(part + 1, rows_, parts); row < last; ++row) {
      const std::int32_t end = rowEnds_[static_cast<std::size_t>(row)];
      for (std::int32_t e = rowStarts_[static_cast<std::size_t>(row)]; e < end; ++e) {
        const std::int32_t place = next[columns_[static_cast<std::size_t>(e)]]++;
        rowOf_[static_cast<std::size_t>(place)] = static_cast<std::int32_t>(row);
        valuesByColumn_[static_cast<std::size_t>(place)] = values_[static_cast<std::size_t>(e)];
      }
    }
  });
}

void SparseBatch::multiply(ConstMatrixMap kernel, const Scalar* bias, MatrixMap z) const {
  mlp::multiply({rows_, rowStarts_.data(), rowEnds_.data(), columns_.data(), values_.data()}, kernel, bias, z);
}

void SparseBatch::multiplyTransposed(ConstMatrixMap delta, MatrixMap grad) const {
  product(columnStarts_.data(), columnStarts_.data() + 1, features_, rowOf_.data(), valuesByColumn_.data(),
          delta.data(), delta.cols(), nullptr, grad.data());
}

}  // namespace mlp
