// A batch whose rows are mostly zero, and the two products of the first layer that skip the zeros.
//
// The products add the same terms in the same order as the dense ones of gemm.h, less those that are zero:
// the results are the same to the bit, as long as the other operand is finite.
#pragma once

#include <cstdint>
#include <vector>

#include "mlp/samples.h"
#include "mlp/types.h"

namespace mlp {

// Rows as lists of their entries, in somebody else's memory: row i has those from starts[i] to below ends[i].
struct SparseRows {
  Index rows;
  const std::int32_t* starts;
  const std::int32_t* ends;
  const std::int32_t* columns;  // of each entry, ascending within a row
  const Scalar* values;         // of each entry
};

// z (rows × n) = X · kernel (features × n), plus bias (n) on every row where it is not null.
void multiply(const SparseRows& x, ConstMatrixMap kernel, const Scalar* bias, MatrixMap z);

// The entries of `features` numbers that are not zero, from place `end` on; returns the place behind the last, which may
// be written over.
Index listNonzero(const Scalar* numbers, Index features, std::int32_t* columns, Scalar* values, Index end);

// Compressed both ways: by row for the forward product, by column for the kernel gradient.
class SparseBatch {
 public:
  // `forGradient`: also by column.
  void gather(const Samples& samples, const Selection& selection, bool forGradient);
  // Bytes that gathering up to `rows` of the samples allocates at most. `dense`: as if the samples were a dense matrix.
  static Size gatherBytes(const Samples& samples, Index rows, bool forGradient, bool dense = false);

  Index rows() const { return rows_; }
  Index features() const { return features_; }

  // z (rows × n) = X · kernel (features × n), plus bias (n) on every row where it is not null.
  void multiply(ConstMatrixMap kernel, const Scalar* bias, MatrixMap z) const;

  // grad (features × n) = Xᵀ · delta (rows × n).
  void multiplyTransposed(ConstMatrixMap delta, MatrixMap grad) const;

 private:
  void countEntries(const Samples& samples, const Selection& selection, Index parts);
  static Size mostEntries(const Samples& samples, Index rows);
  void fillRows(const Samples& samples, const Selection& selection, Index parts, bool counted);
  void sortByColumn(Index parts);

  Index rows_ = 0;
  Index features_ = 0;
  // Vectors never shrink, so that nothing is allocated once the largest batch was made.
  std::vector<std::int32_t> rowStarts_;  // rows
  std::vector<std::int32_t> rowEnds_;    // rows; a place is left free before the next row starts
  std::vector<std::int32_t> columns_;    // of each entry, row by row
  std::vector<Scalar> values_;
  std::vector<std::int32_t> columnStarts_;  // features + 1
  std::vector<std::int32_t> rowOf_;         // of each entry, column by column
  std::vector<Scalar> valuesByColumn_;
  // parts × features: entries of each part of the rows, by column; then where its next one goes.
  std::vector<std::int32_t> places_;
};

}  // namespace mlp
