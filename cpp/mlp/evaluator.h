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
      : model_(model), samples_(samples), batchSize_(batchSize), totals_(model.emptyTotals()) {}

  const Model& model() const { return model_; }
  const Totals& totals() const { return totals_; }

  // Forgets what it has seen and starts with the first row again.
  void restart() { totals_.restart(); }

  // Goes on with the next `count` rows, or as many as are left.
  void run(Index count) {
    const Index first = totals_.rows;
    model_.evaluate(samples_, first, std::min(count, samples_.rows - first), batchSize_, totals_);
  }

  // A step of training on a batch of other samples, which counts as it was before the step. They belong to the pass
  // that model.passesBegun counted last.
  void train(const Samples& samples) {
    Batcher batch(samples, model_.network.outputs(), true, model_.network.acceptsSparse());
    batch.gather({nullptr, 0, samples.rows}, model_.network.seed(), model_.passesBegun - 1);
    model_.trainStep(batch.x(), batch.targets(), totals_, batch.weights());
  }

  // To where another evaluator of the same samples was.
  void seek(const Totals& totals) { totals_ = totals; }

 private:
  Model& model_;
  Samples samples_;
  Index batchSize_;
  Totals totals_;
};

}  // namespace mlp
