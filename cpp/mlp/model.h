// A network with its objective, its metrics, its optimizer and the state of training.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "mlp/batcher.h"
#include "mlp/lbfgs.h"
#include "mlp/metric.h"
#include "mlp/network.h"
#include "mlp/objective.h"
#include "mlp/optimizer.h"

namespace mlp {

// Sums over the samples seen so far, from which loss and metrics are made. Batches of any size add up.
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

class Model {
 public:
  Model(Index features, std::uint64_t seed) : network(features, seed) {}

  Network network;

  // Sets loss, metrics and optimizer; the optimizer starts afresh.
  void compile(const Loss& loss, const LossOptions& lossOptions, const std::vector<MetricChoice>& metrics,
               const Optimizer& optimizer, const OptimizerOptions& optimizerOptions);
  // Bytes that compile() allocates.
  Size compileBytes(std::size_t metrics, const Optimizer& optimizer, const OptimizerOptions& optimizerOptions) const;
  bool compiled() const { return objective_.has_value(); }
  const Objective& objective() const { return *objective_; }
  std::size_t metricCount() const { return metrics_.size(); }

  // A run of trainStep() begins, maybe on other samples than the last.
  void beginTraining() { lbfgs_ = {}; }

  // One step of the optimizer on one batch. Adds loss and metrics of the batch to `totals`: those before the step, or
  // those after it if the optimizer takes all samples at once. weights: rows, as Objective::evaluate.
  //
  // An optimizer that takes all samples at once evaluates the loss once a call. Returns false until its step is
  // complete; until then the model looks unchanged, and the next calls go on with the step.
  bool trainStep(const Input& x, ConstMatrixMap targets, Totals& totals, const Scalar* weights = nullptr);

  // Sets the mean and variance of every normalization layer, from the first to the last, to those of its inputs.
  void adapt(const Samples& samples, Index batchSize);
  Size adaptBytes(const Samples& samples, Index batchSize) const;

  // True if the optimizer takes all samples as one batch.
  bool fullBatch() const { return optimizer_->fullBatch(); }
  // True once such an optimizer has found that further steps would not lower the loss.
  bool converged() const { return lbfgs_.converged(); }

  // Ends a run of trainStep(). If an average of the parameters is kept, they become the average.
  void endTraining();
  // Goes on with that run. The parameters become again those from before the average, unless others were set.
  void resumeTraining();

  // Outputs of all samples, rows × outputs, computed `batchSize` rows at a time.
  void predict(const Samples& samples, Index batchSize, Scalar* outputs) {
    predict(samples, batchSize, outputs, 0, network.layers().size() - 1);
  }
  // Outputs of layer `last` where the samples are given to layer `first`, which is not behind it; to the bits that these
  // layers give in a prediction of the whole: so what goes to layers behind the first is never made sparse.
  void predict(const Samples& samples, Index batchSize, Scalar* outputs, std::size_t first, std::size_t last);
  Size predictBytes(const Samples& samples, Index batchSize, std::size_t first = 0) const;

  // The same for one row, over and over, without allocating once both were called. The caller writes the row's features
  // to row(), and reads the outputs behind them. The buffer stays in place as long as the model.
  Scalar* row();
  // Returns false, and predicts nothing, if a number of the row is not finite.
  bool predictRow();
  Size rowBytes() const;

  // All samples as one batch of this model, its gradients included.
  Batcher wholeBatch(const Samples& samples) const;
  Size wholeBatchBytes(const Samples& samples) const { return passBytes(samples, samples.rows, true); }

  // Loss and metrics over `count` rows of the batcher's samples from row `first` on, added to `totals`.
  void evaluate(Batcher& batcher, Index first, Index count, Index batchSize, Totals& totals);
  void evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals);

  // Bytes that passes over the samples allocate, up to `rows` rows at a time: batches, and the network's workspace.
  Size passBytes(const Samples& samples, Index rows, bool forGradient, bool shuffled = false,
                 const Augmentation* augmentation = nullptr) const;
  Size totalsBytes(Index samples = 0) const { return accumulatorSize(samples) * static_cast<Size>(sizeof(double)); }

  // Length of Totals::metrics once so many samples were seen.
  Size accumulatorSize(Index samples = 0) const;
  // Totals of no samples yet, with room for `samples`; it grows if more come.
  Totals emptyTotals(Index samples = 0) const {
    return {0, 0, std::vector<double>(static_cast<std::size_t>(accumulatorSize(samples)), 0)};
  }
  // True if these can be Totals::metrics of this model; they may come from a file that was made for another.
  bool accepts(const std::vector<double>& accumulators) const;
  // The figures that `totals` give: the mean loss, and each metric.
  double meanLoss(const Totals& totals) const { return totals.loss / static_cast<double>(totals.rows); }
  double result(std::size_t metric, const Totals& totals) const;

  // Sets the learning rate of the steps to come; nothing else of the optimizer changes.
  void setLearningRate(double rate) { optimizerOptions_.learningRate = rate; }

  // Passes over samples begun since the model was made: the substream of the next shuffle.
  std::uint32_t passesBegun = 0;

  // The state that training goes on from, beside the parameters: steps since compile(); the optimizer's numbers, behind
  // them those that endTraining() keeps, as many as compile() made room for; and the state of the average.
  std::int64_t step = 0;
  Vector& optimizerState() { return optimizerState_; }
  enum class Average {
    kUnchanged,  // since training began, or parameters were set
    kChanged,    // by steps of training, which endTraining() has yet to average
    kInPlace,    // of the parameters, since endTraining()
  };
  Average average = Average::kUnchanged;
  static constexpr std::string_view kAverageNames[] = {"unchanged", "changed", "inPlace"};
  std::string_view averageName() const { return kAverageNames[static_cast<int>(average)]; }
  // Returns false, and changes nothing, if no state has that name.
  bool setAverage(std::string_view name);
  // Length of the optimizer's state for each parameter.
  static int stateSlots(const Optimizer& optimizer, const OptimizerOptions& options);

 private:
  void updateParameters();
  bool minimize(const Input& x, ConstMatrixMap targets, const Scalar* weights);
  Batcher predictBatcher(const Samples& samples, std::size_t first) const {
    return {samples, network.outputs(), false, first == 0 && network.acceptsSparse()};
  }
  Index fixedSize() const;
  const Judged* scoreJudge() const;
  Index scoreCapacityOf(const Totals& totals) const;
  void makeRoomForScores(Totals& totals, Index samples) const;
  // Adds the metrics of the last pass.
  void addMetrics(ConstMatrixMap targets, Totals& totals) const;

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
  Vector stateBefore_;  // of the network, before the step that is being taken
  Vector row_;          // features + outputs
  SparseBatch rowBatch_;
};

}  // namespace mlp
