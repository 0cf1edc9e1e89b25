#include "mlp/batcher.h"

#include <algorithm>

#include "mlp/simd.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

// Samples are treated as sparse below this share of nonzero numbers, because skipping zeros pays then; measured in
// tests/bench/NOTES.md.
constexpr double kSparseDensity = 0.5;

// Looks at up to 64 rows, evenly spaced, because that is enough to tell images and bags of words from measurements.
bool mostlyZero(const Samples& samples) {
  const Index probes = std::min<Index>(samples.rows, 64);
  Index entries = 0;
  for (Index i = 0; i < probes; ++i) {
    const std::size_t first = placeOf(partBegin(i, samples.rows, probes), samples.features);
    for (Index j = 0; j < samples.features; ++j) {
      const std::size_t place = first + static_cast<std::size_t>(j);
      entries += samples.bytes ? samples.bytes[place] != 0 : samples.dense[place] != 0;
    }
  }
  return static_cast<double>(entries) <
         kSparseDensity * static_cast<double>(probes) * static_cast<double>(samples.features);
}

// Fewer features than this are not worth the bookkeeping.
constexpr Index kSparseFeatures = 64;

// Cost of copying a number of a row, in multiplications.
constexpr double kCopyWork = 5;

}  // namespace

bool goesSparse(const Samples& samples) {
  return samples.rowStarts || (samples.features >= kSparseFeatures && mostlyZero(samples));
}

Batcher::Batcher(Index outputs, bool forGradient, bool maySparse)
    : outputs_(outputs), forGradient_(forGradient), maySparse_(maySparse) {}

void Batcher::use(const Samples& samples) {
  samples_ = samples;
  sparse_ = maySparse_ && goesSparse(samples);
}

void Batcher::gather(const Selection& selection, std::uint64_t seed, std::uint32_t pass) {
  rows_ = selection.rows;
  if (augmentation_) {
    gatherDense(selection);
    if (!augmenter_) augmenter_.emplace(*augmentation_);
    augmenter_->apply(seed, pass, selection, xStorage_.data(), samples_.firstRow);
    if (sparse()) {
      Samples augmented;
      augmented.rows = rows_;
      augmented.features = samples_.features;
      augmented.dense = x_;
      sparseBatch_.gather(augmented, {nullptr, 0, rows_}, forGradient_);
    }
  } else if (sparse()) {
    sparseBatch_.gather(samples_, selection, forGradient_);
  } else {
    gatherDense(selection);
  }
  gatherTargets(selection);
  weights_ = nullptr;
  if (samples_.weights) gatherWeights(selection);
}

Size Batcher::gatherBytes(Index rows, bool shuffled) const {
  Size numbers = 0, bytes = 0;
  if (augmentation_ || (!sparse() && copiesX(shuffled))) numbers += Size(rows) * samples_.features;
  if (augmentation_ && !augmenter_) bytes += Augmenter::bytes(*augmentation_);
  if (sparse()) bytes += SparseBatch::gatherBytes(samples_, rows, forGradient_, augmentation_.has_value());
  if (samples_.classes || (samples_.targets && shuffled)) numbers += Size(rows) * outputs_;
  if (samples_.weights && shuffled) numbers += rows;
  return numbers * static_cast<Size>(sizeof(Scalar)) + bytes;
}

Input Batcher::x() const {
  return sparse() ? Input(sparseBatch_) : Input(ConstMatrixMap(x_, rows_, samples_.features));
}

void Batcher::gatherDense(const Selection& selection) {
  const Index features = samples_.features;
  if (!copiesX(selection.order != nullptr)) {
    x_ = samples_.dense + placeOf(selection.first, features);
    return;
  }
  if (xStorage_.rows() < rows_ || xStorage_.cols() != features) xStorage_.resize(rows_, features);
  x_ = xStorage_.data();
  parallelRanges(rows_, partsOf(kCopyWork * static_cast<double>(rows_) * static_cast<double>(features)),
                 [&](Index begin, Index end, int) {
                   Scalar* to = xStorage_.data() + begin * features;
                   for (Index i = begin; i < end; ++i, to += features) {
                     const Index row = selection[i];
                     const std::size_t place = samples_.rowStarts ? 0 : placeOf(row, features);
                     if (samples_.rowStarts) {
                       std::fill(to, to + features, Scalar(0));
                       for (Index e = samples_.rowStarts[row]; e < samples_.rowStarts[row + 1]; ++e) {
                         to[samples_.columns[e]] = samples_.values[e];
                       }
                     } else if (samples_.bytes) {
                       const std::uint8_t* from = samples_.bytes + place;
                       for (Index j = 0; j < features; ++j) to[j] = static_cast<Scalar>(from[j]) * samples_.scale;
                     } else {
                       copy(samples_.dense + place, features, to);
                     }
                   }
                 });
}

void Batcher::gatherTargets(const Selection& selection) {
  if (samples_.targets && !selection.order) {
    targets_ = samples_.targets + placeOf(selection.first, outputs_);
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
      copy(samples_.targets + placeOf(row, outputs_), outputs_, targetStorage_.data() + i * outputs_);
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

void augment(const Samples& samples, const Augmentation& options, std::uint64_t seed, std::uint32_t pass,
             Index rowsAtOnce, Scalar* to) {
  Batcher batcher(samples, 0, false, false);
  batcher.augment(options);
  for (Index first = 0; first < samples.rows; first += rowsAtOnce) {
    batcher.gather({nullptr, first, std::min(rowsAtOnce, samples.rows - first)}, seed, pass);
    const ConstMatrixMap x = batcher.x().matrix();
    to = std::copy(x.data(), x.data() + x.size(), to);
  }
}

Size augmentBytes(const Samples& samples, const Augmentation& options, Index rowsAtOnce) {
  return Augmenter::bytes(options) +
         Size(std::min(rowsAtOnce, samples.rows)) * samples.features * static_cast<Size>(sizeof(Scalar));
}

}  // namespace mlp
