#include "mlp/trainer.h"

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
      totals_(model.emptyTotals()) {
  model_.beginTraining();
  if (shuffle_) order_.resize(static_cast<std::size_t>(rows_));
  model_.network.reserve(batchSize_);
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
  const Index end = std::min(batchesPerEpoch_, batch_ + maxBatches);
  // Asking for the time costs as much as a step of a tiny network: it is asked for ever more rarely while what
  // was done took less than an eighth of the budget.
  for (Index between = 1; batch_ < end;) {
    for (const Index next = std::min(end, batch_ + between); batch_ < next;) {
      if (rates) model_.setLearningRate(*rates++);
      step();
    }
    const double elapsed = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (elapsed >= budgetMs) break;
    if (elapsed < budgetMs / 8) between *= 2;
  }
}

void Trainer::orderPass(std::uint32_t pass) {
  if (!shuffle_) return;
  std::iota(order_.begin(), order_.end(), 0);
  Random(model_.network.seed(), Stream::kShuffle, pass).shuffle(order_.data(), static_cast<std::int32_t>(order_.size()));
}

void Trainer::step() {
  if (passBatch_ == batchesPerPass()) {
    orderPass(model_.passesBegun++);
    passBatch_ = 0;
  }
  const Index first = passBatch_ * batchSize_;
  batcher_.gather({shuffle_ ? order_.data() : nullptr, first, std::min(batchSize_, rows_ - first)},
                  model_.network.seed(), model_.passesBegun - 1);
  model_.trainStep(batcher_.x(), batcher_.targets(), totals_, batcher_.weights());
  ++batch_;
  ++passBatch_;
}

}  // namespace mlp
