// The training loop: an order for each epoch, batches gathered by index, steps until the epoch or a time budget
// ends. It can stop after any batch and go on later; how the time was cut changes nothing in the result.
#pragma once

#include <cstdint>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/model.h"

namespace mlp {

class Trainer {
 public:
  // `samples` must outlive the trainer. The order of epoch e comes from (model seed, Stream::kShuffle, e), e
  // counting all epochs the model ever began. An optimizer that takes all samples at once gets them in their own
  // order, whatever `batchSize` and `shuffle` say.
  Trainer(Model& model, const Samples& samples, Index batchSize, bool shuffle);

  Index batchesPerEpoch() const { return (rows_ + batchSize_ - 1) / batchSize_; }
  // Batches done in this epoch.
  Index batch() const { return batch_; }
  bool epochDone() const { return batch_ == batchesPerEpoch(); }
  const Model& model() const { return model_; }
  // Of this epoch so far.
  const Totals& totals() const { return totals_; }

  void beginEpoch();

  // Steps until `maxBatches` are done, the epoch ends, or `budgetMs` milliseconds are over; at least one.
  void run(Index maxBatches, double budgetMs);

 private:
  void step();

  Model& model_;
  Index rows_;
  Index batchSize_;
  Batcher batcher_;
  bool shuffle_;
  Index batch_ = 0;
  Totals totals_;
  std::vector<std::int32_t> order_;
};

}  // namespace mlp
