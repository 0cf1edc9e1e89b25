#include "mlp/batcher.h"

#include <algorithm>
#include <cstring>

#include "mlp/parallel.h"

namespace mlp {
namespace {

// Share of numbers that are not zero below which skipping the others pays; measured in tests/bench/NOTES.md.
constexpr double kSparseDensity = 0.5;

// Measured on up to 64 rows, evenly spaced: enough to tell images and bags of words from measurements.
bool mostlyZero(const Samples& samples) {
  const Index probes = std::min<Index>(samples.rows, 64);
  Index entries = 0;
  for (Index i = 0; i < probes; ++i) {
    const Index place = i * samples.rows / probes * samples.features;
    for (Index j = 0; j < samples.features; ++j) {
      entries += samples.bytes ? samples.bytes[place + j] != 0 : samples.dense[place + j] != 0;
    }
  }
  return static_cast<double>(entries) < kSparseDensity * static_cast<double>(probes * samples.features);
}

// Fewer features than this are not worth the bookkeeping.
constexpr Index kSparseFeatures = 64;

// What fetching a number of a row costs, in multiplications.
constexpr double kCopyWork = 5;

}  // namespace

Batcher::Batcher(const Samples& samples, Index outputs, bool forGradient, bool maySparse)
    : samples_(samples),
      outputs_(outputs),
      forGradient_(forGradient),
      sparse_(maySparse &&
              (samples.rowStarts || (samples.features >= kSparseFeatures && mostlyZero(samples)))) {
  if (!samples.augmentation) return;
  augmenter_.emplace(*samples.augmentation);
  if (augmenter_->noisy()) sparse_ = false;
}

void Batcher::gather(const Selection& selection, std::uint64_t seed, std::uint32_t pass) {
  rows_ = selection.rows;
  if (augmenter_) {
    gatherDense(selection);
    augmenter_->apply(seed, pass, selection, xStorage_.data());
    if (sparse_) {
      Samples augmented;
      augmented.features = samples_.features;
      augmented.dense = x_;
      sparseBatch_.gather(augmented, {nullptr, 0, rows_}, forGradient_);
    }
  } else if (sparse_) {
    sparseBatch_.gather(samples_, selection, forGradient_);
  } else {
    gatherDense(selection);
  }
  gatherTargets(selection);
  if (samples_.weights) gatherWeights(selection);
}

Input Batcher::x() const {
  return sparse_ ? Input(sparseBatch_) : Input(ConstMatrixMap(x_, rows_, samples_.features));
}

void Batcher::gatherDense(const Selection& selection) {
  const Index features = samples_.features;
  if (samples_.dense && !selection.order && !augmenter_) {
    x_ = samples_.dense + selection.first * features;
    return;
  }
  if (xStorage_.rows() < rows_) xStorage_.resize(rows_, features);
  x_ = xStorage_.data();
  parallelRanges(rows_, partsOf(kCopyWork * static_cast<double>(rows_ * features)), [&](Index begin, Index end, int) {
    Scalar* to = xStorage_.data() + begin * features;
    for (Index i = begin; i < end; ++i, to += features) {
      const Index row = selection[i];
      const Index place = row * features;
      if (samples_.rowStarts) {
        std::fill(to, to + features, Scalar(0));
        for (Index e = samples_.rowStarts[row]; e < samples_.rowStarts[row + 1]; ++e) {
          to[samples_.columns[e]] = samples_.values[e];
        }
      } else if (samples_.bytes) {
        const std::uint8_t* from = samples_.bytes + place;
        for (Index j = 0; j < features; ++j) to[j] = static_cast<Scalar>(from[j]) * samples_.scale;
      } else {
        std::memcpy(to, samples_.dense + place, static_cast<std::size_t>(features) * sizeof(Scalar));
      }
    }
  });
}

void Batcher::gatherTargets(const Selection& selection) {
  if (samples_.targets && !selection.order) {
    targets_ = samples_.targets + selection.first * outputs_;
    return;
  }
  if (!samples_.targets && !samples_.classes) return;  // predict
  if (targetStorage_.rows() < rows_) targetStorage_.resize(rows_, outputs_);
  MatrixMap targets(targetStorage_.data(), rows_, outputs_);
  if (samples_.classes) targets.setZero();
  for (Index i = 0; i < rows_; ++i) {
    const Index row = selection[i];
    if (samples_.classes) {
      targets(i, samples_.classes[row]) = 1;  // one-hot
    } else {
      std::memcpy(targetStorage_.data() + i * outputs_, samples_.targets + row * outputs_,
                  static_cast<std::size_t>(outputs_) * sizeof(Scalar));
    }
  }
  targets_ = targetStorage_.data();
}

void Batcher::gatherWeights(const Selection& selection) {
  if (!selection.order) {
    weights_ = samples_.weights + selection.first;
    return;
  }
  if (weightStorage_.size() < rows_) weightStorage_.resize(rows_);
  for (Index i = 0; i < rows_; ++i) weightStorage_[i] = samples_.weights[selection[i]];
  weights_ = weightStorage_.data();
}

}  // namespace mlp
