// A batch whose rows are mostly zero, and the two products of the first layer that skip the zeros.
//
// The products add the same terms in the same order as the dense ones of gemm.h, less those that are zero:
// the results are the same to the bit, as long as the other operand is finite.
#pragma once

#include <cstdint>
#include <vector>

#include "mlp/types.h"

namespace mlp {

// Compressed both ways: by row for the forward product, by column for the kernel gradient.
class SparseBatch {
 public:
  // Starts a batch of `features` columns; then rows are appended one by one, and finish() ends it.
  void begin(Index features);
  void appendDense(const Scalar* row);
  void appendBytes(const std::uint8_t* row, Scalar scale);
  // Entries of one row, columns ascending.
  void appendEntries(const std::int32_t* columns, const Scalar* values, Index count);
  // `forGradient`: also by column.
  void finish(bool forGradient);

  Index rows() const { return static_cast<Index>(rowStarts_.size()) - 1; }
  Index features() const { return features_; }

  // z (rows × n) = X · kernel (features × n), plus bias (n) on every row where it is not null.
  void multiply(ConstMatrixMap kernel, const Scalar* bias, MatrixMap z) const;

  // grad (features × n) = Xᵀ · delta (rows × n).
  void multiplyTransposed(ConstMatrixMap delta, MatrixMap grad) const;

 private:
  void makeRoom(Index entries);
  void endRow();

  Index features_ = 0;
  Index entries_ = 0;
  // Nothing shrinks: once the largest batch was made, nothing is allocated.
  std::vector<std::int32_t> rowStarts_;  // rows + 1
  std::vector<std::int32_t> columns_;    // of each entry, row by row
  std::vector<Scalar> values_;
  std::vector<std::int32_t> columnStarts_;  // features + 1
  std::vector<std::int32_t> rowOf_;         // of each entry, column by column
  std::vector<Scalar> valuesByColumn_;
};

}  // namespace mlp
