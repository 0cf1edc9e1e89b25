#include "mlp/model.h"

#include <algorithm>
#include <string_view>

#include "mlp/error.h"

namespace mlp {
namespace {

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

void oneHot(const std::int32_t* classes, MatrixMap targets) {
  targets.setZero();
  for (Index row = 0; row < targets.rows(); ++row) targets(row, classes[row]) = 1;
}

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
  step_ = 0;
}

void Model::addMetrics(ConstMatrixMap outputs, ConstMatrixMap targets, Totals& totals) const {
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    totals.metrics[i] += metricSum(*metrics_[i], outputs, targets, threshold(*objective_));
  }
  totals.rows += outputs.rows();
}

void Model::trainStep(ConstMatrixMap x, ConstMatrixMap targets, Totals& totals) {
  totals.loss += network.lossAndGradients(x, targets, *objective_) * static_cast<double>(x.rows());
  addMetrics(network.a(network.layers().size() - 1), targets, totals);
  optimizer_->update(network.parameters().data(), network.gradients().data(), optimizerState_.data(),
                     network.parameters().size(), optimizerOptions_, ++step_);
}

void Model::predict(const Scalar* x, Index rows, Index batchSize, Scalar* outputs) {
  for (Index first = 0; first < rows; first += batchSize) {
    const Index count = std::min(batchSize, rows - first);
    MatrixMap(outputs + first * network.outputs(), count, network.outputs()) =
        network.forward(ConstMatrixMap(x + first * network.features(), count, network.features()));
  }
}

void Model::evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals) {
  const std::size_t last = network.layers().size() - 1;
  const Index end = first + count;
  for (Index begin = first; begin < end; begin += batchSize) {
    const Index rows = std::min(batchSize, end - begin);
    const Scalar* targets = samples.targets ? samples.targets + begin * network.outputs() : nullptr;
    if (!targets) {
      if (batchTargets_.rows() < rows) batchTargets_.resize(rows, network.outputs());
      oneHot(samples.classes + begin, MatrixMap(batchTargets_.data(), rows, network.outputs()));
      targets = batchTargets_.data();
    }
    const ConstMatrixMap y(targets, rows, network.outputs());
    network.forward(ConstMatrixMap(samples.x + begin * network.features(), rows, network.features()));
    totals.loss += objective_->sum(network.z(last), network.a(last), y);
    addMetrics(network.a(last), y, totals);
  }
}

}  // namespace mlp
