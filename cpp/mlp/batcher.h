// Batches as the network wants them, made from samples as callers hold them.
#pragma once

#include <cstdint>
#include <optional>

#include "mlp/augment.h"
#include "mlp/samples.h"
#include "mlp/sparse.h"
#include "mlp/types.h"

namespace mlp {

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
  // `outputs`: width of the targets. `forGradient`: whether kernel gradients will be asked for. `maySparse`: whether
  // the network accepts sparse batches.
  Batcher(const Samples& samples, Index outputs, bool forGradient, bool maySparse = true);

  // `seed`, `pass`: what augmentation draws from.
  void gather(const Selection& selection, std::uint64_t seed = 0, std::uint32_t pass = 0);

  // Of the last gather().
  Input x() const;
  ConstMatrixMap targets() const { return ConstMatrixMap(targets_, rows_, outputs_); }
  const Scalar* weights() const { return weights_; }  // rows, or null

  // Whether batches go the sparse way, if they may: sparse samples do, others when few of their numbers are not zero.
  bool sparse() const { return sparse_; }

 private:
  void gatherDense(const Selection& selection);
  void gatherTargets(const Selection& selection);
  void gatherWeights(const Selection& selection);

  Samples samples_;
  Index outputs_;
  bool forGradient_;
  std::optional<Augmenter> augmenter_;
  bool sparse_;
  Index rows_ = 0;
  const Scalar* x_ = nullptr;  // the batch itself, in x storage or where the samples lie
  const Scalar* targets_ = nullptr;
  const Scalar* weights_ = nullptr;
  Matrix xStorage_;
  Matrix targetStorage_;
  Vector weightStorage_;
  SparseBatch sparseBatch_;
};

}  // namespace mlp
