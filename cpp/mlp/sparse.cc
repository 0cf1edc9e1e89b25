#include "mlp/sparse.h"

#include <algorithm>

#include "mlp/simd.h"

namespace mlp {
namespace {

// out[0 … Vecs·4) = start + Σ_e values[e] · other[indices[e]·stride + 0 … Vecs·4). Not inlined, as in gemm.cc.
template <int Vecs>
__attribute__((noinline)) void gather(const std::int32_t* indices, const Scalar* values, Index count,
                                      const Scalar* other, Index stride, const Scalar* start, Scalar* out) {
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

// lists × n: out(i, ·) = start + Σ over the entries of list i. Blocks of columns on the outside, so that the part
// of `other` that is read stays in the first-level cache.
void product(const std::vector<std::int32_t>& starts, const std::int32_t* indices, const Scalar* values,
             const Scalar* other, Index n, const Scalar* start, Scalar* out) {
  const Index lists = static_cast<Index>(starts.size()) - 1;
  const auto block = [&](Index column, auto kernel) {
    for (Index i = 0; i < lists; ++i) {
      const Index begin = starts[static_cast<std::size_t>(i)];
      kernel(indices + begin, values + begin, starts[static_cast<std::size_t>(i) + 1] - begin, other + column, n,
             start ? start + column : nullptr, out + i * n + column);
    }
  };
  Index column = 0;
  for (; column + 32 <= n; column += 32) block(column, gather<8>);
  for (; column + 8 <= n; column += 8) block(column, gather<2>);
  for (; column < n; ++column) block(column, gatherOne);
}

}  // namespace

void SparseBatch::reserve(Index rows, Index features, Index entries) {
  rowStarts_.reserve(static_cast<std::size_t>(rows) + 1);
  columnStarts_.reserve(static_cast<std::size_t>(features) + 1);
  columns_.reserve(static_cast<std::size_t>(entries));
  values_.reserve(static_cast<std::size_t>(entries));
  rowOf_.reserve(static_cast<std::size_t>(entries));
  valuesByColumn_.reserve(static_cast<std::size_t>(entries));
}

void SparseBatch::begin(Index features) {
  features_ = features;
  rowStarts_.assign(1, 0);
  columns_.clear();
  values_.clear();
}

void SparseBatch::appendDense(const Scalar* row) {
  const std::size_t begin = columns_.size();
  columns_.resize(begin + static_cast<std::size_t>(features_));
  values_.resize(begin + static_cast<std::size_t>(features_));
  // Every column is written and only those that are not zero are kept: no branch to mispredict.
  std::int32_t* column = columns_.data() + begin;
  Scalar* value = values_.data() + begin;
  Index count = 0;
  for (Index i = 0; i < features_; ++i) {
    column[count] = static_cast<std::int32_t>(i);
    value[count] = row[i];
    count += row[i] != 0;
  }
  columns_.resize(begin + static_cast<std::size_t>(count));
  values_.resize(begin + static_cast<std::size_t>(count));
  rowStarts_.push_back(static_cast<std::int32_t>(columns_.size()));
}

void SparseBatch::appendBytes(const std::uint8_t* row, Scalar scale) {
  const std::size_t begin = columns_.size();
  columns_.resize(begin + static_cast<std::size_t>(features_));
  values_.resize(begin + static_cast<std::size_t>(features_));
  std::int32_t* column = columns_.data() + begin;
  Scalar* value = values_.data() + begin;
  Index count = 0;
  for (Index i = 0; i < features_; ++i) {
    column[count] = static_cast<std::int32_t>(i);
    value[count] = static_cast<Scalar>(row[i]) * scale;
    count += row[i] != 0;
  }
  columns_.resize(begin + static_cast<std::size_t>(count));
  values_.resize(begin + static_cast<std::size_t>(count));
  rowStarts_.push_back(static_cast<std::int32_t>(columns_.size()));
}

void SparseBatch::appendEntries(const std::int32_t* columns, const Scalar* values, Index count) {
  columns_.insert(columns_.end(), columns, columns + count);
  values_.insert(values_.end(), values, values + count);
  rowStarts_.push_back(static_cast<std::int32_t>(columns_.size()));
}

// A counting sort by column; it is stable, so that the entries of a column stay in the order of the rows.
void SparseBatch::finish(bool forGradient) {
  if (!forGradient) return;
  const std::size_t entries = columns_.size();
  columnStarts_.assign(static_cast<std::size_t>(features_) + 1, 0);
  for (const std::int32_t column : columns_) ++columnStarts_[static_cast<std::size_t>(column) + 1];
  for (std::size_t i = 1; i < columnStarts_.size(); ++i) columnStarts_[i] += columnStarts_[i - 1];
  rowOf_.resize(entries);
  valuesByColumn_.resize(entries);
  for (Index row = 0; row < rows(); ++row) {
    for (std::int32_t e = rowStarts_[static_cast<std::size_t>(row)]; e < rowStarts_[static_cast<std::size_t>(row) + 1];
         ++e) {
      const std::size_t place =
          static_cast<std::size_t>(columnStarts_[static_cast<std::size_t>(columns_[static_cast<std::size_t>(e)])]++);
      rowOf_[place] = static_cast<std::int32_t>(row);
      valuesByColumn_[place] = values_[static_cast<std::size_t>(e)];
    }
  }
  // Each start has moved to the next one's place: move them back.
  for (std::size_t i = columnStarts_.size() - 1; i > 0; --i) columnStarts_[i] = columnStarts_[i - 1];
  columnStarts_[0] = 0;
}

void SparseBatch::multiply(ConstMatrixMap kernel, const Scalar* bias, MatrixMap z) const {
  product(rowStarts_, columns_.data(), values_.data(), kernel.data(), kernel.cols(), bias, z.data());
}

void SparseBatch::multiplyTransposed(ConstMatrixMap delta, MatrixMap grad) const {
  product(columnStarts_, rowOf_.data(), valuesByColumn_.data(), delta.data(), delta.cols(), nullptr, grad.data());
}

}  // namespace mlp
