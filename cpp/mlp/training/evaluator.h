// Loss and metrics over samples, in as many parts as the caller likes; how they were cut changes nothing in the
// result, if parts are whole batches or there are no penalties.
#pragma once

#include <algorithm>

#include "mlp/model.h"

namespace mlp {

class Evaluator {
 public:
  // `samples` must outlive the evaluator.
  Evaluator(Model& model, const Samples& samples, Index batchSize)
      : model_(model),
        rows_(samples.rows),
        batchSize_(std::min(batchSize, samples.rows)),
        batcher_(samples, model.network.outputs(), false, model.network.acceptsSparse()),
        totals_(model.emptyTotals(samples.rows)) {}

  // Bytes that an evaluator allocates, all its parts included.
  static Size bytes(const Model& model, const Samples& samples, Index batchSize) {
    return model.passBytes(samples, batchSize, false) + model.totalsBytes(samples.rows);
  }

  const Model& model() const { return model_; }
  const Totals& totals() const { return totals_; }

  // Forgets what it has seen and starts with the first row again.
  void restart() { totals_.restart(); }

  // Goes on with the next `count` rows, or as many as are left.
  void run(Index count) {
    const Index first = totals_.rows;
    model_.evaluate(batcher_, first, std::min(count, rows_ - first), batchSize_, totals_);
  }

  // Goes to the state of another evaluator of the same samples.
  void seek(const Totals& totals) { totals_ = totals; }

 private:
  Model& model_;
  Index rows_;
  Index batchSize_;
  Batcher batcher_;
  Totals totals_;
};

}  // namespace mlp
