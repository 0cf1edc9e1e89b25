// Batches for the network, made from the samples of the caller.
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

// True if batches of these samples go the sparse way, where the network has it: sparse samples do, others when few of
// their numbers are not zero.
bool goesSparse(const Samples& samples);

// Batches of samples, made in place: nothing is allocated once the largest was made.
class Batcher {
 public:
  // `outputs`: width of the targets. `forGradient`: whether kernel gradients will be asked for. `maySparse`: whether
  // the network accepts sparse batches.
  Batcher(Index outputs, bool forGradient, bool maySparse);
  Batcher(const Samples& samples, Index outputs, bool forGradient, bool maySparse = true)
      : Batcher(outputs, forGradient, maySparse) {
    use(samples);
  }

  // From now on batches are made of these samples, which must outlive them. Allocates nothing.
  void use(const Samples& samples);
  // From now on rows are augmented. Allocates nothing before the next batch.
  void augment(const Augmentation& options) {
    augmentation_ = options;
    augmenter_.reset();
  }
  const Augmentation* augmentation() const { return augmentation_ ? &*augmentation_ : nullptr; }
  // Makes one batch of all samples.
  void gatherAll(std::uint64_t seed = 0, std::uint32_t pass = 0) { gather({nullptr, 0, samples_.rows}, seed, pass); }

  // `seed`, `pass`: what augmentation draws from.
  void gather(const Selection& selection, std::uint64_t seed = 0, std::uint32_t pass = 0);

  // Bytes that gathering up to `rows` rows allocates at most, in their own order or `shuffled`.
  Size gatherBytes(Index rows, bool shuffled) const;

  // The batch that gather() made last.
  Input x() const;
  ConstMatrixMap targets() const { return ConstMatrixMap(targets_, rows_, outputs_); }
  const Scalar* weights() const { return weights_; }  // rows, or null

  // True if batches are sparse: the network accepts that, and the samples are sparse or mostly zero. Noise makes them
  // dense.
  bool sparse() const { return sparse_ && !(augmentation_ && augmentation_->noise > 0); }

 private:
  // True if x must be copied; otherwise a batch is a view of the samples.
  bool copiesX(bool shuffled) const { return !samples_.dense || shuffled || augmentation_; }

  void gatherDense(const Selection& selection);
  void gatherTargets(const Selection& selection);
  void gatherWeights(const Selection& selection);

  Samples samples_;
  Index outputs_;
  bool forGradient_;
  bool maySparse_;
  std::optional<Augmentation> augmentation_;
  std::optional<Augmenter> augmenter_;
  bool sparse_ = false;
  Index rows_ = 0;
  const Scalar* x_ = nullptr;  // the batch itself, in x storage or where the samples lie
  const Scalar* targets_ = nullptr;
  const Scalar* weights_ = nullptr;
  Matrix xStorage_;
  Matrix targetStorage_;
  Vector weightStorage_;
  SparseBatch sparseBatch_;
};

// Rows as a training batch of that seed and pass holds them, made `rowsAtOnce` at a time: to ← samples.rows × features
// numbers.
void augment(const Samples& samples, const Augmentation& options, std::uint64_t seed, std::uint32_t pass,
             Index rowsAtOnce, Scalar* to);
// Bytes that augment() allocates.
Size augmentBytes(const Samples& samples, const Augmentation& options, Index rowsAtOnce);

}  // namespace mlp
