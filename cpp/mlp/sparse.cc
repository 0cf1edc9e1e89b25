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
__attribute__((noinline)) void eachList(Gather* gather, const std::int32_t* starts, Index lists,
                                        const std::int32_t* indices, const Scalar* values,
                                        const Scalar* other, Index stride, const Scalar* start, Scalar* out) {
  for (Index i = 0; i < lists; ++i, out += stride) {
    gather(indices + starts[i], values + starts[i], starts[i + 1] - starts[i], other, stride, start, out);
  }
}

// lists × n: out(i, ·) = start + Σ over the entries of list i. Blocks of columns on the outside, so that the
// part of `other` that is read stays close.
void product(const std::int32_t* starts, Index lists, const std::int32_t* indices, const Scalar* values,
             const Scalar* other, Index n, const Scalar* start, Scalar* out) {
  const auto rows = [=](Index begin, Index end) {
    for (Index column = 0; column < n;) {
      const Index rest = n - column;
      const Index width = rest >= 32 ? 32 : rest >= 8 ? 8 : 1;
      Gather* const kernel = width == 32 ? gather<8> : width == 8 ? gather<2> : gatherOne;
      eachList(kernel, starts + begin, end - begin, indices, values, other + column, n,
               start ? start + column : nullptr, out + begin * n + column);
      column += width;
    }
  };
  if (static_cast<double>(starts[lists]) * static_cast<double>(n) < kParallelWork) {
    rows(0, lists);
    return;
  }
  const Index parts = std::min<Index>(lists, threadCount() > 1 ? 4 * threadCount() : 1);
  parallelFor(parts, [=](Index part, int) { rows(part * lists / parts, (part + 1) * lists / parts); });
}

// Appends the numbers of a row that are not zero, `value(i)` being number i; returns how many entries there
// are then. Groups of zeros, told by one comparison of their bytes, are passed over; elsewhere every number
// is written and the end moved on only behind those that count: no branch to mispredict.
template <class Number, class Value>
Index appendNonzero(const Number* row, Index features, Value value, std::int32_t* columns, Scalar* values,
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
  return end;
}

}  // namespace

void SparseBatch::begin(Index features) {
  features_ = features;
  entries_ = 0;
  rowStarts_.assign(1, 0);
}

// Vectors only ever grow, so that a row is appended without filling its place first.
void SparseBatch::makeRoom(Index entries) {
  const std::size_t needed = static_cast<std::size_t>(entries_ + entries);
  if (columns_.size() >= needed) return;
  columns_.resize(std::max(needed, 2 * columns_.size()));
  values_.resize(columns_.size());
}

void SparseBatch::endRow() { rowStarts_.push_back(static_cast<std::int32_t>(entries_)); }

void SparseBatch::appendDense(const Scalar* row) {
  makeRoom(features_ + 1);
  entries_ = appendNonzero(
      row, features_, [row](Index i) { return row[i]; }, columns_.data(), values_.data(), entries_);
  endRow();
}

void SparseBatch::appendBytes(const std::uint8_t* row, Scalar scale) {
  makeRoom(features_ + 1);
  entries_ = appendNonzero(
      row, features_, [row, scale](Index i) { return static_cast<Scalar>(row[i]) * scale; }, columns_.data(),
      values_.data(), entries_);
  endRow();
}

void SparseBatch::appendEntries(const std::int32_t* columns, const Scalar* values, Index count) {
  makeRoom(count);
  std::copy(columns, columns + count, columns_.data() + entries_);
  std::copy(values, values + count, values_.data() + entries_);
  entries_ += count;
  endRow();
}

// A counting sort by column; it is stable, so that the entries of a column stay in the order of the rows.
void SparseBatch::finish(bool forGradient) {
  if (!forGradient) return;
  columnStarts_.assign(static_cast<std::size_t>(features_) + 1, 0);
  if (rowOf_.size() < columns_.size()) {
    rowOf_.resize(columns_.size());
    valuesByColumn_.resize(columns_.size());
  }
  const std::int32_t* column = columns_.data();
  std::int32_t* next =
      columnStarts_.data() + 1;  // of column j: its count, then where it starts, then where it ends
  for (Index e = 0; e < entries_; ++e) ++next[column[e]];
  std::int32_t start = 0;
  for (Index j = 0; j < features_; ++j) {
    const std::int32_t count = next[j];
    next[j] = start;
    start += count;
  }
  Index e = 0;
  for (Index row = 0; row < rows(); ++row) {
    for (const Index end = rowStarts_[static_cast<std::size_t>(row) + 1]; e < end; ++e) {
      const std::int32_t place = next[column[e]]++;
      rowOf_[static_cast<std::size_t>(place)] = static_cast<std::int32_t>(row);
      valuesByColumn_[static_cast<std::size_t>(place)] = values_[static_cast<std::size_t>(e)];
    }
  }
}

void SparseBatch::multiply(ConstMatrixMap kernel, const Scalar* bias, MatrixMap z) const {
  product(rowStarts_.data(), rows(), columns_.data(), values_.data(), kernel.data(), kernel.cols(), bias,
          z.data());
}

void SparseBatch::multiplyTransposed(ConstMatrixMap delta, MatrixMap grad) const {
  product(columnStarts_.data(), features_, rowOf_.data(), valuesByColumn_.data(), delta.data(), delta.cols(),
          nullptr, grad.data());
}

}  // namespace mlp
