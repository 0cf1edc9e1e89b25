#include "mlp/trainer.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

namespace mlp {

Trainer::Trainer(Model& model, const Samples& samples, Index batchSize, bool shuffle)
    : model_(model),
      samples_(samples),
      batchSize_(std::min(batchSize, samples.rows)),
      shuffle_(shuffle),
      totals_(model.emptyTotals()) {
  batch_ = batchesPerEpoch();
  if (shuffle_) {
    order_.resize(static_cast<std::size_t>(samples_.rows));
    x_.resize(batchSize_, model_.network.features());
  }
  if (shuffle_ || samples_.classes) targets_.resize(batchSize_, model_.network.outputs());
  model_.network.reserve(batchSize_);
}

void Trainer::beginEpoch() {
  batch_ = 0;
  totals_.rows = 0;
  totals_.loss = 0;
  std::fill(totals_.metrics.begin(), totals_.metrics.end(), 0.0);
  const std::uint32_t epoch = model_.epochsBegun++;
  if (!shuffle_) return;
  std::iota(order_.begin(), order_.end(), 0);
  Random(model_.network.seed(), Stream::kShuffle, epoch).shuffle(order_.data(), static_cast<std::int32_t>(order_.size()));
}

void Trainer::run(Index maxBatches, double budgetMs) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const Index end = std::min(batchesPerEpoch(), batch_ + maxBatches);
  while (batch_ < end) {
    step();
    if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() >= budgetMs) break;
  }
}

void Trainer::step() {
  const Index features = model_.network.features();
  const Index outputs = model_.network.outputs();
  const Index first = batch_ * batchSize_;
  const Index rows = std::min(batchSize_, samples_.rows - first);
  const Scalar* x = samples_.x + first * features;
  const Scalar* targets = samples_.targets ? samples_.targets + first * outputs : nullptr;
  MatrixMap batchTargets(targets_.data(), targets_.size() > 0 ? rows : 0, outputs);

  if (shuffle_) {
    const auto rowBytes = [](Index columns) { return static_cast<std::size_t>(columns) * sizeof(Scalar); };
    if (samples_.classes) batchTargets.setZero();
    for (Index i = 0; i < rows; ++i) {
      const Index from = order_[static_cast<std::size_t>(first + i)];
      std::memcpy(x_.data() + i * features, samples_.x + from * features, rowBytes(features));
      if (samples_.classes) {
        batchTargets(i, samples_.classes[from]) = 1;
      } else {
        std::memcpy(targets_.data() + i * outputs, samples_.targets + from * outputs, rowBytes(outputs));
      }
    }
    x = x_.data();
    targets = targets_.data();
  } else if (samples_.classes) {
    oneHot(samples_.classes + first, batchTargets);
    targets = targets_.data();
  }

  model_.trainStep(ConstMatrixMap(x, rows, features), ConstMatrixMap(targets, rows, outputs), totals_);
  ++batch_;
}

}  // namespace mlp
