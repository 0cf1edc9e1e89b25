#include "mlp/model.h"

#include <algorithm>
#include <string_view>

#include "mlp/error.h"
#include "mlp/parallel.h"
#include "mlp/simd.h"

namespace mlp {
namespace {

// What updating a parameter costs, in multiplications.
constexpr double kUpdateWork = 8;

// 'accuracy' means: of each output where the outputs are independent yes-or-no answers, of the class elsewhere.
const Metric* suited(const Metric* metric, const Loss& loss) {
  const bool independentOutputs =
      std::string_view(loss.name) == "binaryCrossentropy" || loss.targets == TargetKind::kSign;
  return std::string_view(metric->name) == "accuracy" && independentOutputs ? findMetric("binaryAccuracy") : metric;
}

// Above which output a sample counts as class 1: where the loss is indifferent.
Scalar threshold(const Objective& objective) {
  return objective.options().fromLogits || objective.loss().targets == TargetKind::kSign ? Scalar(0) : Scalar(0.5);
}

}  // namespace

void Model::compile(const Loss& loss, const LossOptions& lossOptions, const std::vector<const Metric*>& metrics,
                    const Optimizer& optimizer, const OptimizerOptions& optimizerOptions) {
  require(!network.layers().empty(), "model: expected at least one layer, got none");
  const DenseOptions& last = network.layers().back().options();
  objective_ = Objective(loss, lossOptions, *last.activation, last.alpha);  // which may refuse: then nothing changed
  metrics_.clear();
  for (const Metric* metric : metrics) metrics_.push_back(suited(metric, loss));
  optimizer_ = &optimizer;
  optimizerOptions_ = optimizerOptions;
  optimizerState_.setZero(optimizer.slots(optimizerOptions) * network.parameters().size());
  step = 0;
}

void Model::addMetrics(ConstMatrixMap outputs, ConstMatrixMap targets, Totals& totals) const {
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    totals.metrics[i] += metricSum(*metrics_[i], outputs, targets, threshold(*objective_));
  }
  totals.rows += outputs.rows();
}

void Model::trainStep(const Input& x, ConstMatrixMap targets, Totals& totals) {
  totals.loss += network.lossAndGradients(x, targets, *objective_) * static_cast<double>(x.rows);
  addMetrics(network.a(network.layers().size() - 1), targets, totals);
  ++step;
  const Index size = network.parameters().size();
  parallelRanges(size, partsOf(kUpdateWork * static_cast<double>(size)), [this, size](Index begin, Index end, int) {
    optimizer_->update(network.parameters().data() + begin, network.gradients().data() + begin,
                       optimizerState_.data() + begin, size, end - begin, optimizerOptions_, step);
  });
}

void Model::predict(const Samples& samples, Index batchSize, Scalar* outputs) {
  Batcher batcher(samples, network.outputs(), false);
  for (Index first = 0; first < samples.rows; first += batchSize) {
    const Index rows = std::min(batchSize, samples.rows - first);
    batcher.gather({nullptr, first, rows});
    MatrixMap(outputs + first * network.outputs(), rows, network.outputs()) = network.forward(batcher.x());
  }
}

Scalar* Model::row() {
  if (row_.size() == 0) row_.setZero(network.features() + network.outputs());
  return row_.data();
}

// Always the sparse way: on one row it is the faster one even where nothing is zero, see tests/bench/NOTES.md.
bool Model::predictRow() {
  Scalar* const x = row();
  if (!allFinite(x, network.features())) return false;
  Samples samples;
  samples.rows = 1;
  samples.features = network.features();
  samples.dense = x;
  rowBatch_.gather(samples, {nullptr, 0, 1}, false);
  MatrixMap(x + network.features(), 1, network.outputs()) = network.forward(rowBatch_);
  return true;
}

void Model::evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals) {
  const std::size_t last = network.layers().size() - 1;
  Batcher batcher(samples, network.outputs(), false);
  for (Index end = first + count; first < end; first += batchSize) {
    batcher.gather({nullptr, first, std::min(batchSize, end - first)});
    network.forward(batcher.x());
    totals.loss += objective_->sum(network.z(last), network.a(last), batcher.targets());
    addMetrics(network.a(last), batcher.targets(), totals);
  }
}

}  // namespace mlp
