// Samples as callers hold them, and batches as the network wants them.
#pragma once

#include <cstdint>

#include "mlp/sparse.h"
#include "mlp/types.h"

namespace mlp {

// Samples in somebody else's memory: x in one of three forms, targets in one of two.
struct Samples {
  Index rows = 0;
  Index features = 0;

  const Scalar* dense = nullptr;        // rows × features
  const std::uint8_t* bytes = nullptr;  // rows × features, each worth byte · scale
  Scalar scale = 1;
  const std::int32_t* rowStarts = nullptr;  // compressed sparse rows: rows + 1
  const std::int32_t* columns = nullptr;    // of each entry, ascending within a row
  const Scalar* values = nullptr;           // of each entry

  const Scalar* targets = nullptr;        // rows × outputs
  const std::int32_t* classes = nullptr;  // rows, each in [0, outputs)
};

// Rows for one pass: a dense matrix, or a sparse batch.
struct Input {
  Input(ConstMatrixMap x) : rows(x.rows()), features(x.cols()), dense(x.data()) {}
  Input(const SparseBatch& x) : rows(x.rows()), features(x.features()), sparse(&x) {}

  ConstMatrixMap matrix() const { return ConstMatrixMap(dense, rows, features); }

  Index rows;
  Index features;
  const Scalar* dense = nullptr;
  const SparseBatch* sparse = nullptr;
};

// Batches of one set of samples, made in place: nothing is allocated once the largest was made.
class Batcher {
 public:
  // `outputs`: width of the targets. `forGradient`: whether kernel gradients will be asked for.
  Batcher(const Samples& samples, Index outputs, bool forGradient);

  // Rows order[first] … order[first + rows − 1], or first … themselves where `order` is null.
  void gather(const std::int32_t* order, Index first, Index rows);

  // Of the last gather().
  Input x() const;
  ConstMatrixMap targets() const { return ConstMatrixMap(targets_, rows_, outputs_); }

  // Whether batches go the sparse way: sparse samples do, others when few of their numbers are not zero.
  bool sparse() const { return sparse_; }

 private:
  void gatherSparse(const std::int32_t* order, Index first);
  void gatherDense(const std::int32_t* order, Index first);
  void gatherTargets(const std::int32_t* order, Index first);

  Samples samples_;
  Index outputs_;
  bool forGradient_;
  bool sparse_;
  Index rows_ = 0;
  const Scalar* x_ = nullptr;  // the batch itself, in x storage or where the samples lie
  const Scalar* targets_ = nullptr;
  Matrix xStorage_;
  Matrix targetStorage_;
  SparseBatch sparseBatch_;
};

}  // namespace mlp
