#include "mlp/samples.h"

#include <algorithm>
#include <cstring>

namespace mlp {
namespace {

// Share of numbers that are not zero below which skipping the others pays; measured in tests/bench/NOTES.md.
constexpr double kSparseDensity = 0.4;

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

}  // namespace

Batcher::Batcher(const Samples& samples, Index outputs, bool forGradient)
    : samples_(samples),
      outputs_(outputs),
      forGradient_(forGradient),
      sparse_(samples.rowStarts || (samples.features >= kSparseFeatures && mostlyZero(samples))) {}

void Batcher::gather(const std::int32_t* order, Index first, Index rows) {
  rows_ = rows;
  if (sparse_) {
    gatherSparse(order, first);
  } else {
    gatherDense(order, first);
  }
  gatherTargets(order, first);
}

Input Batcher::x() const {
  return sparse_ ? Input(sparseBatch_) : Input(ConstMatrixMap(x_, rows_, samples_.features));
}

void Batcher::gatherSparse(const std::int32_t* order, Index first) {
  sparseBatch_.begin(samples_.features);
  for (Index i = 0; i < rows_; ++i) {
    const Index row = order ? order[first + i] : first + i;
    if (samples_.rowStarts) {
      const std::int32_t begin = samples_.rowStarts[row];
      sparseBatch_.appendEntries(samples_.columns + begin, samples_.values + begin,
                                 samples_.rowStarts[row + 1] - begin);
    } else if (samples_.bytes) {
      sparseBatch_.appendBytes(samples_.bytes + row * samples_.features, samples_.scale);
    } else {
      sparseBatch_.appendDense(samples_.dense + row * samples_.features);
    }
  }
  sparseBatch_.finish(forGradient_);
}

void Batcher::gatherDense(const std::int32_t* order, Index first) {
  const Index features = samples_.features;
  if (samples_.dense && !order) {
    x_ = samples_.dense + first * features;
    return;
  }
  if (xStorage_.rows() < rows_) xStorage_.resize(rows_, features);
  Scalar* to = xStorage_.data();
  for (Index i = 0; i < rows_; ++i, to += features) {
    const Index row = order ? order[first + i] : first + i;
    if (samples_.bytes) {
      const std::uint8_t* from = samples_.bytes + row * features;
      for (Index j = 0; j < features; ++j) to[j] = static_cast<Scalar>(from[j]) * samples_.scale;
    } else {
      std::memcpy(to, samples_.dense + row * features, static_cast<std::size_t>(features) * sizeof(Scalar));
    }
  }
  x_ = xStorage_.data();
}

void Batcher::gatherTargets(const std::int32_t* order, Index first) {
  if (samples_.targets && !order) {
    targets_ = samples_.targets + first * outputs_;
    return;
  }
  if (!samples_.targets && !samples_.classes) return;  // predict
  if (targetStorage_.rows() < rows_) targetStorage_.resize(rows_, outputs_);
  MatrixMap targets(targetStorage_.data(), rows_, outputs_);
  if (samples_.classes) targets.setZero();
  for (Index i = 0; i < rows_; ++i) {
    const Index row = order ? order[first + i] : first + i;
    if (samples_.classes) {
      targets(i, samples_.classes[row]) = 1;  // one-hot
    } else {
      std::memcpy(targetStorage_.data() + i * outputs_, samples_.targets + row * outputs_,
                  static_cast<std::size_t>(outputs_) * sizeof(Scalar));
    }
  }
  targets_ = targetStorage_.data();
}

}  // namespace mlp
