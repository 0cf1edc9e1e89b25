#include "mlp/trainer.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace mlp {

Trainer::Trainer(Model& model, const Samples& samples, Index batchSize, bool shuffle)
    : model_(model),
      rows_(samples.rows),
      batchSize_(model.fullBatch() ? samples.rows : std::min(batchSize, samples.rows)),
      batcher_(samples, model.network.outputs(), true, model.network.acceptsSparse()),
      shuffle_(shuffle && !model.fullBatch()),
      totals_(model.emptyTotals()) {
  batch_ = batchesPerEpoch();
  model_.beginTraining();
  if (shuffle_) order_.resize(static_cast<std::size_t>(rows_));
  model_.network.reserve(batchSize_);
}

void Trainer::beginEpoch() {
  batch_ = 0;
  totals_.restart();
  const std::uint32_t epoch = model_.epochsBegun++;
  if (!shuffle_) return;
  std::iota(order_.begin(), order_.end(), 0);
  Random(model_.network.seed(), Stream::kShuffle, epoch).shuffle(order_.data(), static_cast<std::int32_t>(order_.size()));
}

void Trainer::run(Index maxBatches, double budgetMs) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const Index end = std::min(batchesPerEpoch(), batch_ + maxBatches);
  // Asking for the time costs as much as a step of a tiny network: it is asked for ever more rarely while what
  // was done took less than an eighth of the budget.
  for (Index between = 1; batch_ < end;) {
    for (const Index next = std::min(end, batch_ + between); batch_ < next;) step();
    const double elapsed = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (elapsed >= budgetMs) break;
    if (elapsed < budgetMs / 8) between *= 2;
  }
}

void Trainer::step() {
  const Index first = batch_ * batchSize_;
  batcher_.gather({shuffle_ ? order_.data() : nullptr, first, std::min(batchSize_, rows_ - first)});
  model_.trainStep(batcher_.x(), batcher_.targets(), totals_, batcher_.weights());
  ++batch_;
}

}  // namespace mlp
