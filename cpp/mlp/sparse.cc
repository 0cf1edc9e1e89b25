#include "mlp/sparse.h"

#include <algorithm>
#include <cstring>

#include "mlp/parallel.h"
#include "mlp/simd.h"

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
void gatherOne(const std::int32_t* indices, const Scalar* values, Index count, const Scalar* other,
               Index stride, const Scalar* start, Scalar* out) {
  Vec sum = splat(start ? *start : Scalar(0));  // in a vector, so that it rounds as its neighbours do
  for (Index e = 0; e < count; ++e)
    sum = multiplyAdd(splat(values[e]), splat(other[indices[e] * stride]), sum);
  *out = sum[0];
}

using Gather = void(const std::int32_t* indices, const Scalar* values, Index count, const Scalar* other,
                    Index stride, const Scalar* start, Scalar* out);

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
// the last is written over, too. Groups of zeros, told by one comparison of their bytes, are passed over;
// elsewhere every number is written and the end moved on only behind those that count: no branch to mispredict.
template <class Number, class Value>
void writeNonzero(const Number* row, Index features, Value value, std::int32_t* columns, Scalar* values,
                    Index end) {
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
}

template <class Number>
std::int32_t countNonzero(const Number* row, Index features) {
  std::int32_t count = 0;
  for (Index i = 0; i < features; ++i) count += row[i] != 0;
  return count;
}

// Vectors only ever grow, and by doubling.
template <class Element>
void makeRoom(std::vector<Element>& vector, Index size) {
  const std::size_t needed = static_cast<std::size_t>(size);
  if (vector.size() < needed) vector.resize(std::max(needed, 2 * vector.size()));
}

// What looking at a number, and what moving an entry cost, in multiplications.
constexpr double kLookWork = 5;
constexpr double kMoveWork = 20;

}  // namespace

void SparseBatch::gather(const Samples& samples, const Selection& selection, bool forGradient) {
  rows_ = selection.rows;
  features_ = samples.features;
  const double looks = samples.rowStarts ? 0 : kLookWork * static_cast<double>(rows_ * features_);
  countEntries(samples, selection, partsOf(looks));
  const double moves = kMoveWork * static_cast<double>(rowEnds_[static_cast<std::size_t>(rows_) - 1]);
  const Index parts = partsOf(looks + moves) > 1 ? threadCount() : 1;
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
      const Index place = row * features_;
      ends[i] = samples.rowStarts ? samples.rowStarts[row + 1] - samples.rowStarts[row]
                : samples.bytes   ? countNonzero(samples.bytes + place, features_)
                                  : countNonzero(samples.dense + place, features_);
    }
  });
  std::int32_t start = 0;
  for (Index i = 0; i < rows_; ++i) {
    starts[i] = start;
    ends[i] += start;
    start = ends[i] + 1;
  }
  makeRoom(columns_, start);
  makeRoom(values_, start);
}

void SparseBatch::fillRows(const Samples& samples, const Selection& selection, Index parts, bool counted) {
  if (counted) makeRoom(places_, parts * features_);
  parallelFor(parts, [&](Index part, int) {
    std::int32_t* const counts = places_.data() + part * features_;
    if (counted) std::fill(counts, counts + features_, 0);
    for (Index i = part * rows_ / parts; i < (part + 1) * rows_ / parts; ++i) {
      const Index row = selection[i];
      const Index begin = rowStarts_[static_cast<std::size_t>(i)], end = rowEnds_[static_cast<std::size_t>(i)];
      if (samples.rowStarts) {
        const Index from = samples.rowStarts[row];
        std::copy(samples.columns + from, samples.columns + from + end - begin, columns_.data() + begin);
        std::copy(samples.values + from, samples.values + from + end - begin, values_.data() + begin);
      } else if (samples.bytes) {
        const std::uint8_t* const numbers = samples.bytes + row * features_;
        writeNonzero(
            numbers, features_, [&](Index j) { return static_cast<Scalar>(numbers[j]) * samples.scale; },
            columns_.data(), values_.data(), begin);
      } else {
        const Scalar* const numbers = samples.dense + row * features_;
        writeNonzero(
            numbers, features_, [&](Index j) { return numbers[j]; }, columns_.data(), values_.data(), begin);
      }
      if (!counted) continue;
      for (const std::int32_t *column = columns_.data() + begin, *last = columns_.data() + end; column < last; ++column) {
        ++counts[*column];
      }
    }
  });
}

// A counting sort; it is stable, so that the entries of a column stay in the order of the rows.
void SparseBatch::sortByColumn(Index parts) {
  makeRoom(columnStarts_, features_ + 1);
  makeRoom(rowOf_, static_cast<Index>(columns_.size()));
  makeRoom(valuesByColumn_, static_cast<Index>(columns_.size()));
  std::int32_t start = 0;
  for (Index column = 0; column < features_; ++column) {
    columnStarts_[static_cast<std::size_t>(column)] = start;
    for (std::int32_t* place = places_.data() + column; place < places_.data() + parts * features_; place += features_) {
      const std::int32_t count = *place;
      *place = start;
      start += count;
    }
  }
  columnStarts_[static_cast<std::size_t>(features_)] = start;
  parallelFor(parts, [&](Index part, int) {
    std::int32_t* const next = places_.data() + part * features_;
    for (Index row = part * rows_ / parts; row < (part + 1) * rows_ / parts; ++row) {
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
  product(rowStarts_.data(), rowEnds_.data(), rows_, columns_.data(), values_.data(), kernel.data(), kernel.cols(),
          bias, z.data());
}

void SparseBatch::multiplyTransposed(ConstMatrixMap delta, MatrixMap grad) const {
  product(columnStarts_.data(), columnStarts_.data() + 1, features_, rowOf_.data(), valuesByColumn_.data(),
          delta.data(), delta.cols(), nullptr, grad.data());
}

}  // namespace mlp
