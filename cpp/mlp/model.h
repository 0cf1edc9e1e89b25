// A network together with how it is judged and how it is improved: objective, metrics, optimizer and its state.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/loss.h"
#include "mlp/metric.h"
#include "mlp/network.h"
#include "mlp/optimizer.h"

namespace mlp {

// Sums over samples, from which means are made: batches of any size add up.
struct Totals {
  Index rows = 0;
  double loss = 0;
  std::vector<double> metrics;
};

class Model {
 public:
  Model(Index features, std::uint64_t seed) : network(features, seed) {}

  Network network;

  // Sets loss, metrics and optimizer; the optimizer starts afresh.
  void compile(const Loss& loss, const LossOptions& lossOptions, const std::vector<const Metric*>& metrics,
               const Optimizer& optimizer, const OptimizerOptions& optimizerOptions);
  bool compiled() const { return objective_.has_value(); }
  const Objective& objective() const { return *objective_; }
  std::size_t metricCount() const { return metrics_.size(); }

  // One step of the optimizer on one batch. Adds the batch, as it was before the step, to `totals`.
  void trainStep(const Input& x, ConstMatrixMap targets, Totals& totals);

  // Outputs of all samples, rows × outputs, computed `batchSize` rows at a time.
  void predict(const Samples& samples, Index batchSize, Scalar* outputs);

  // The same for one row, over and over, without allocating once both were called. row() is where the caller
  // writes the row's features, and behind them reads the outputs; it stays where it is as long as the model.
  Scalar* row();
  // False, and nothing predicted, where a number of the row is not finite.
  bool predictRow();

  // Loss and metrics over samples.first … +count, added to `totals`.
  void evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals);

  Totals emptyTotals() const { return {0, 0, std::vector<double>(metrics_.size(), 0)}; }

  // Epochs begun since the model was made: the substream of the next shuffle.
  std::uint32_t epochsBegun = 0;

 private:
  void addMetrics(ConstMatrixMap outputs, ConstMatrixMap targets, Totals& totals) const;

  std::optional<Objective> objective_;
  std::vector<const Metric*> metrics_;
  const Optimizer* optimizer_ = nullptr;
  OptimizerOptions optimizerOptions_;
  Vector optimizerState_;
  std::int64_t step_ = 0;
  Vector row_;  // features + outputs
  SparseBatch rowBatch_;
};

}  // namespace mlp
