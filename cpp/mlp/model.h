// A network together with how it is judged and how it is improved: objective, metrics, optimizer and its state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/lbfgs.h"
#include "mlp/loss.h"
#include "mlp/metric.h"
#include "mlp/network.h"
#include "mlp/optimizer.h"

namespace mlp {

// What is known of the samples seen so far, from which figures are made: batches of any size add up.
struct Totals {
  Index rows = 0;
  double loss = 0;              // sum over the samples
  std::vector<double> metrics;  // the accumulators of all metrics, one behind the other

  void restart() {
    rows = 0;
    loss = 0;
    std::fill(metrics.begin(), metrics.end(), 0.0);
  }
};

// A metric as compile() is given it.
struct MetricChoice {
  const Metric* metric;
  MetricOptions options;
};

class Model {
 public:
  Model(Index features, std::uint64_t seed) : network(features, seed) {}

  Network network;

  // Sets loss, metrics and optimizer; the optimizer starts afresh.
  void compile(const Loss& loss, const LossOptions& lossOptions, const std::vector<MetricChoice>& metrics,
               const Optimizer& optimizer, const OptimizerOptions& optimizerOptions);
  bool compiled() const { return objective_.has_value(); }
  const Objective& objective() const { return *objective_; }
  std::size_t metricCount() const { return metrics_.size(); }

  // A run of trainStep() begins, maybe on other samples than the last.
  void beginTraining() { lbfgs_ = {}; }

  // One step of the optimizer on one batch. Adds the batch, as it was before the step, to `totals`; where the
  // optimizer wants all samples at once, as it is after the step. weights: rows, as Objective::evaluate.
  void trainStep(const Input& x, ConstMatrixMap targets, Totals& totals, const Scalar* weights = nullptr);

  // Sets the mean and variance of every normalization layer, the first one first, to those of what reaches it.
  void adapt(const Samples& samples, Index batchSize);

  // Whether the optimizer takes all samples as one batch.
  bool fullBatch() const { return optimizer_->fullBatch(); }
  // Whether it has found that further steps would find nothing better.
  bool converged() const { return lbfgs_.converged(); }

  // A run of trainStep() is over: where an average of the parameters is kept, they become the average.
  void endTraining();
  // The run goes on after all: they become again what they were, unless others were set.
  void resumeTraining();

  // Outputs of all samples, rows × outputs, computed `batchSize` rows at a time.
  void predict(const Samples& samples, Index batchSize, Scalar* outputs);

  // The same for one row, over and over, without allocating once both were called. row() is where the caller
  // writes the row's features, and behind them reads the outputs; it stays where it is as long as the model.
  Scalar* row();
  // False, and nothing predicted, where a number of the row is not finite.
  bool predictRow();

  // Loss and metrics over samples.first … +count, added to `totals`.
  void evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals);

  // Length of Totals::metrics.
  Index accumulatorSize() const;
  Totals emptyTotals() const { return {0, 0, std::vector<double>(static_cast<std::size_t>(accumulatorSize()), 0)}; }
  // What `totals` come to: the mean loss, then each metric.
  double meanLoss(const Totals& totals) const { return totals.loss / static_cast<double>(totals.rows); }
  double result(std::size_t metric, const Totals& totals) const;

  // Of the steps to come; nothing else of the optimizer changes.
  void setLearningRate(double rate) { optimizerOptions_.learningRate = rate; }

  // Passes over samples begun since the model was made: the substream of the next shuffle.
  std::uint32_t passesBegun = 0;

  // What training goes on from, beside the parameters: steps since compile(); the numbers of the optimizer and what
  // endTraining() put behind them, as many as compile() gave it; and where the averaged parameters are.
  std::int64_t step = 0;
  Vector& optimizerState() { return optimizerState_; }
  enum class Average {
    kUnchanged,  // since training began, or parameters were set
    kChanged,    // by steps of training
    kInPlace,    // of the parameters, since endTraining()
  };
  Average average = Average::kUnchanged;
  // Length of the optimizer's state for each parameter.
  static int stateSlots(const Optimizer& optimizer, const OptimizerOptions& options);

 private:
  void updateParameters();
  double minimize(const Input& x, ConstMatrixMap targets, const Scalar* weights);
  void addMetrics(ConstMatrixMap outputs, ConstMatrixMap targets, Totals& totals) const;

  std::optional<Objective> objective_;
  struct Gauge {
    const Metric* metric;
    Judged judged;
    Index place;  // of its accumulator among those of all
  };
  std::vector<Gauge> metrics_;
  const Optimizer* optimizer_ = nullptr;
  OptimizerOptions optimizerOptions_;
  Vector optimizerState_;
  Lbfgs lbfgs_;
  Vector row_;  // features + outputs
  SparseBatch rowBatch_;
};

}  // namespace mlp
