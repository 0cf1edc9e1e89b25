#include "mlp/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace mlp {

Trainer::Trainer(Model& model, const Samples& samples, Index batchSize, bool shuffle, Index batchesPerEpoch)
    : model_(model),
      rows_(samples.rows),
      batchSize_(model.fullBatch() ? samples.rows : std::min(batchSize, samples.rows)),
      batcher_(samples, model.network.outputs(), true, model.network.acceptsSparse()),
      shuffle_(shuffle && !model.fullBatch()),
      batchesPerEpoch_(batchesPerEpoch > 0 ? batchesPerEpoch : batchesPerPass()),
      batch_(batchesPerEpoch_),
      passBatch_(batchesPerPass()),
      totals_(model.emptyTotals(samplesPerEpoch())) {
  model_.beginTraining();
  if (shuffle_) order_.resize(static_cast<std::size_t>(rows_));
}

Trainer::Trainer(Model& model, Index batchesPerEpoch)
    : model_(model),
      rows_(0),
      batchSize_(1),
      batcher_(model.network.outputs(), true, model.network.acceptsSparse()),
      shuffle_(false),
      batchesPerEpoch_(batchesPerEpoch),
      batch_(batchesPerEpoch),
      passBatch_(0),
      totals_(model.emptyTotals()) {
  model_.beginTraining();
}

Size Trainer::bytes(const Model& model, const Samples& samples, Index batchSize, bool shuffle,
                    const Augmentation* augmentation) {
  const bool whole = model.fullBatch(), shuffled = shuffle && !whole;
  Size bytes = model.passBytes(samples, whole ? samples.rows : batchSize, true, shuffled, augmentation) +
               model.totalsBytes(samples.rows);
  if (shuffled) bytes += samples.rows * static_cast<Size>(sizeof(std::int32_t));
  // An optimizer that takes all samples at once also keeps the network's state from before the step.
  if (whole) bytes += model.network.state().size() * static_cast<Size>(sizeof(Scalar));
  return bytes;
}

Size Trainer::trainBytes(const Samples& batch) const {
  // The accumulators may have to move, to make room for the scores of the batch.
  return model_.passBytes(batch, batch.rows, true, false, batcher_.augmentation()) +
         model_.totalsBytes(totals_.rows + batch.rows);
}

void Trainer::train(const Samples& batch) {
  batcher_.use(batch);
  batcher_.gatherAll(model_.network.seed(), model_.passesBegun - 1);
  while (!model_.trainStep(batcher_.x(), batcher_.targets(), totals_, batcher_.weights())) {
  }
  ++batch_;
}

void Trainer::beginEpoch() {
  batch_ = 0;
  totals_.restart();
}

void Trainer::seek(Index batch, Index passBatch, const Totals& totals) {
  batch_ = batch;
  passBatch_ = passBatch;
  totals_ = totals;
  if (passBatch < batchesPerPass()) orderPass(model_.passesBegun - 1);
}

void Trainer::run(Index maxBatches, double budgetMs, const double* rates) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  model_.network.reserve(batchSize_, batcher_.sparse());
  const Index end = std::min(batchesPerEpoch_, batch_ + maxBatches);
  // The clock is read ever more rarely until an eighth of the budget is used, because reading it costs as much as a
  // step of a tiny network.
  for (Index between = 1; batch_ < end;) {
    for (const Index next = std::min(end, batch_ + between); batch_ < next;) {
      if (rates) model_.setLearningRate(*rates);
      if (!step()) break;
      if (rates) ++rates;
    }
    const double elapsed = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (elapsed >= budgetMs) break;
    if (elapsed < budgetMs / 8) between *= 2;
  }
}

void Trainer::orderPass(std::uint32_t pass) {
  if (!shuffle_) return;
  std::iota(order_.begin(), order_.end(), 0);
  Random(model_.network.seed(), Stream::kShuffle, pass)
      .shuffle(order_.data(), static_cast<std::int32_t>(order_.size()));
}

bool Trainer::step() {
  const bool whole = model_.fullBatch();
  if (passBatch_ == batchesPerPass() && !whole) {
    orderPass(model_.passesBegun++);
    passBatch_ = 0;
  }
  // A batch of all samples is gathered only once, because it stays the same.
  if (!whole || !gathered_) {
    const Index first = whole ? 0 : passBatch_ * batchSize_;
    batcher_.gather({shuffle_ ? order_.data() : nullptr, first, std::min(batchSize_, rows_ - first)},
                    model_.network.seed(), model_.passesBegun - 1);
    gathered_ = true;
  }
  if (!model_.trainStep(batcher_.x(), batcher_.targets(), totals_, batcher_.weights())) return false;
  ++batch_;
  if (whole) {
    passBatch_ = batchesPerPass();
    ++model_.passesBegun;
  } else {
    ++passBatch_;
  }
  return true;
}

}  // namespace mlp
