// The training loop: passes over the samples in an order of their own, batches gathered by index, steps until the
// epoch or a time budget ends. It can stop after any batch and go on later, in another trainer too; how the time was
// cut changes nothing in the result.
#pragma once

#include <cstdint>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/model.h"

namespace mlp {

class Trainer {
 public:
  // `samples` must outlive the trainer. An epoch is `batchesPerEpoch` batches, one pass over the samples where that is
  // 0; passes follow each other whatever the epochs. The order of pass p comes from (model seed, Stream::kShuffle, p),
  // p counting all passes the model ever began, and so do the draws of augmentation. An optimizer that takes all samples at once gets them in their own
  // order, whatever `batchSize` and `shuffle` say.
  Trainer(Model& model, const Samples& samples, Index batchSize, bool shuffle, Index batchesPerEpoch = 0);

  Index batchesPerEpoch() const { return batchesPerEpoch_; }
  // Batches done in this epoch, and in this pass.
  Index batch() const { return batch_; }
  Index passBatch() const { return passBatch_; }
  bool epochDone() const { return batch_ == batchesPerEpoch_; }
  const Model& model() const { return model_; }
  // Of this epoch so far.
  const Totals& totals() const { return totals_; }

  void beginEpoch();

  // To where another trainer of the same samples, batch size and order was: with these batches done in its epoch and
  // in the pass that model.passesBegun counted last, and these totals.
  void seek(Index batch, Index passBatch, const Totals& totals);

  // Steps until `maxBatches` are done, the epoch ends, or `budgetMs` milliseconds are over; at least one. `rates`:
  // the learning rate of each of these steps, `maxBatches` of them; null: the model's, for all.
  void run(Index maxBatches, double budgetMs, const double* rates = nullptr);

 private:
  Index batchesPerPass() const { return (rows_ + batchSize_ - 1) / batchSize_; }
  void orderPass(std::uint32_t pass);
  void step();

  Model& model_;
  Index rows_;
  Index batchSize_;
  Batcher batcher_;
  bool shuffle_;
  Index batchesPerEpoch_;
  Index batch_;
  Index passBatch_;
  Totals totals_;
  std::vector<std::int32_t> order_;
};

}  // namespace mlp
