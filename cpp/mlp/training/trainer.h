// The training loop, for samples that are all there and for batches that come one by one. Samples are passed over again
// and again, shuffled anew for each pass if so asked, in batches gathered by index, until the epoch or a time budget
// ends. Training can stop after any batch and go on later, in another trainer too, with the same result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/model.h"

namespace mlp {

class Trainer {
 public:
  // `samples` must outlive the trainer. An epoch is `batchesPerEpoch` batches, or one pass over the samples if that is
  // 0; passes go on across epochs. The order of pass p comes from (model seed, Stream::kShuffle, p), p counting all
  // passes the model ever began, and so do the draws of augmentation. An optimizer that takes all samples at once gets
  // them in their own order, whatever `batchSize` and `shuffle` say.
  Trainer(Model& model, const Samples& samples, Index batchSize, bool shuffle, Index batchesPerEpoch = 0);
  // A trainer of the batches given to train(). An epoch ends after `batchesPerEpoch` of them, or, if that is 0, when
  // the caller says.
  explicit Trainer(Model& model, Index batchesPerEpoch = 0);

  // Bytes that a trainer of samples allocates, all its steps included; and bytes that train() allocates, beside the
  // workspace of the batch before.
  static Size bytes(const Model& model, const Samples& samples, Index batchSize, bool shuffle,
                    const Augmentation* augmentation = nullptr);
  Size trainBytes(const Samples& batch) const;

  // Rows are augmented from now on.
  void augment(const Augmentation& options) { batcher_.augment(options); }

  Index batchesPerEpoch() const { return batchesPerEpoch_; }
  // Batches done in this epoch, and in this pass.
  Index batch() const { return batch_; }
  Index passBatch() const { return passBatch_; }
  bool epochDone() const { return batch_ == batchesPerEpoch_; }
  const Model& model() const { return model_; }
  // The totals of this epoch so far.
  const Totals& totals() const { return totals_; }

  void beginEpoch();

  // Goes to the state of another trainer of the same samples, batch size and order: with these batches done in its
  // epoch and in the pass that model.passesBegun counted last, and these totals.
  void seek(Index batch, Index passBatch, const Totals& totals);

  // Makes steps until `maxBatches` are done, the epoch ends, or `budgetMs` milliseconds are over; at least one, or a
  // part of one if a step takes all samples at once. `rates`: the learning rate of each of these steps, `maxBatches` of
  // them; null: the model's, for all.
  void run(Index maxBatches, double budgetMs, const double* rates = nullptr);

  // Begins another pass, that of the batches to come.
  void beginPass() { ++model_.passesBegun; }
  // A step on a batch of the pass that was begun last. Nothing is allocated once the largest batch was there.
  void train(const Samples& batch);

 private:
  Index batchesPerPass() const { return rows_ / batchSize_ + (rows_ % batchSize_ != 0); }
  Index samplesPerEpoch() const {
    const double samples = static_cast<double>(batchesPerEpoch_) * static_cast<double>(batchSize_);
    return static_cast<Index>(std::min(samples, 1e9));
  }
  void orderPass(std::uint32_t pass);
  // True if the step is complete; otherwise the next call goes on with it.
  bool step();

  Model& model_;
  Index rows_;
  Index batchSize_;
  Batcher batcher_;
  bool shuffle_;
  Index batchesPerEpoch_;
  Index batch_;
  Index passBatch_;
  bool gathered_ = false;  // all samples, for an optimizer that takes them at once
  Totals totals_;
  std::vector<std::int32_t> order_;
};

}  // namespace mlp
