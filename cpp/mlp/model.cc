#include "mlp/model.h"

#include <algorithm>

#include "mlp/clip.h"
#include "mlp/error.h"
#include "mlp/parallel.h"
#include "mlp/simd.h"

namespace mlp {
namespace {

// What updating a parameter costs, in multiplications.
constexpr double kUpdateWork = 8;

}  // namespace

void Model::compile(const Loss& loss, const LossOptions& lossOptions, const std::vector<MetricChoice>& metrics,
                    const Optimizer& optimizer, const OptimizerOptions& optimizerOptions) {
  require(!network.layers().empty(), "model: expected at least one layer, got none");
  const Layer& last = *network.layers().back();
  objective_ = Objective(loss, lossOptions, last.activation(), last.alpha());  // which may refuse: then nothing changed
  metrics_.clear();
  for (const MetricChoice& choice : metrics) {
    const Index place = accumulatorSize();
    metrics_.push_back({choice.metric, Judged(*objective_, network.outputs(), choice.options), place});
  }
  optimizer_ = &optimizer;
  optimizerOptions_ = optimizerOptions;
  optimizerState_.setZero(stateSlots(optimizer, optimizerOptions) * network.parameters().size());
  step = 0;
  lbfgs_ = {};
  average = Average::kUnchanged;
}

int Model::stateSlots(const Optimizer& optimizer, const OptimizerOptions& options) {
  return slotCount(optimizer, options) + (options.useEma != 0 ? 1 : 0);
}

void Model::addMetrics(ConstMatrixMap outputs, ConstMatrixMap targets, Totals& totals) const {
  for (const Gauge& gauge : metrics_) {
    for (Index row = 0; row < outputs.rows(); ++row) {
      const Index first = row * outputs.cols();
      gauge.metric->add(gauge.judged, outputs.data() + first, targets.data() + first,
                        totals.metrics.data() + gauge.place);
    }
  }
  totals.rows += outputs.rows();
}

Index Model::accumulatorSize() const {
  if (metrics_.empty()) return 0;
  const Gauge& last = metrics_.back();
  return last.place + last.metric->size(last.judged.units);
}

double Model::result(std::size_t metric, const Totals& totals) const {
  const Gauge& gauge = metrics_[metric];
  return gauge.metric->result(gauge.judged, totals.metrics.data() + gauge.place);
}

void Model::trainStep(const Input& x, ConstMatrixMap targets, Totals& totals, const Scalar* weights) {
  const Mode mode{true, static_cast<std::uint32_t>(step)};
  ++step;
  const bool whole = fullBatch();
  const double loss = whole ? minimize(x, targets, weights)
                            : network.lossAndGradients(x, targets, *objective_, mode, weights);
  totals.loss += loss * static_cast<double>(x.rows);
  addMetrics(network.a(network.layers().size() - 1), targets, totals);
  if (!whole) updateParameters();
  network.constrain();
}

void Model::updateParameters() {
  const OptimizerOptions& options = optimizerOptions_;
  const Index size = network.parameters().size();
  Scalar* const gradients = network.gradients().data();
  if (options.clipNorm != 0) {
    for (const auto& layer : network.layers()) {
      clipNorm(gradients + layer->kernelOffset(), layer->kernelSize(), options.clipNorm);
      clipNorm(gradients + layer->biasOffset(), layer->biasSize(), options.clipNorm);
    }
  }
  if (options.globalClipNorm != 0) clipNorm(gradients, size, options.globalClipNorm);
  if (options.clipValue != 0) clipValue(gradients, size, options.clipValue);
  parallelRanges(size, partsOf(kUpdateWork * static_cast<double>(size)), [&](Index begin, Index end, int) {
    mlp::updateParameters(*optimizer_, network.parameters().data() + begin, gradients + begin,
                          optimizerState_.data() + begin, size, end - begin, options, step);
  });
  average = options.useEma != 0 ? Average::kChanged : Average::kUnchanged;
}

void Model::endTraining() {
  if (average != Average::kChanged) return;
  const Index size = network.parameters().size();
  optimizerState_.tail(size) = network.parameters();
  network.parameters() = optimizerState_.segment(optimizerState_.size() - 2 * size, size);
  network.constrain();
  average = Average::kInPlace;
}

void Model::resumeTraining() {
  if (average != Average::kInPlace) return;
  network.parameters() = optimizerState_.tail(network.parameters().size());
  average = Average::kUnchanged;
}

double Model::minimize(const Input& x, ConstMatrixMap targets, const Scalar* weights) {
  struct Context {
    Network& network;
    const Input& x;
    ConstMatrixMap targets;
    const Objective& objective;
    const Scalar* weights;
    const Vector state;
    bool evaluated;
  } context{network, x, targets, *objective_, weights, network.state(), false};
  // Evaluates one function, the same in all steps: with the same draws, and moving averages moved once a step, by its
  // last evaluation.
  const auto evaluate = [](void* pointer) {
    Context& all = *static_cast<Context*>(pointer);
    all.network.state() = all.state;
    all.evaluated = true;
    return all.network.lossAndGradients(all.x, all.targets, all.objective, Mode{true, 0}, all.weights);
  };
  const LbfgsProblem problem{network.parameters().data(), network.gradients().data(), network.parameters().size(),
                             evaluate, &context};
  const double loss = lbfgs_.iterate(problem, optimizerState_.data(), optimizerOptions_, step);
  if (!context.evaluated) evaluate(&context);  // nothing was left to do, but the metrics want outputs
  return loss;
}

void Model::adapt(const Samples& samples, Index batchSize) {
  Batcher batcher(samples, network.outputs(), false, network.acceptsSparse());
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    if (!network.layers()[i]->adapts()) continue;
    const Index units = network.layers()[i]->units();
    std::vector<double> mean(static_cast<std::size_t>(units)), variance(mean.size());
    // First the means, then the mean squares of what is left without them.
    for (std::vector<double>* sums : {&mean, &variance}) {
      for (Index first = 0; first < samples.rows; first += batchSize) {
        batcher.gather({nullptr, first, std::min(batchSize, samples.rows - first)});
        const ConstMatrixMap x = network.inputsOf(i, batcher.x());
        for (Index row = 0; row < x.rows(); ++row) {
          for (Index j = 0; j < units; ++j) {
            const double value = static_cast<double>(x(row, j));
            const double d = value - mean[static_cast<std::size_t>(j)];
            (*sums)[static_cast<std::size_t>(j)] += sums == &mean ? value : d * d;
          }
        }
      }
      for (double& sum : *sums) sum /= static_cast<double>(samples.rows);
    }
    Scalar* const state = network.state().data() + network.layers()[i]->stateOffset();
    for (Index j = 0; j < units; ++j) {
      state[j] = static_cast<Scalar>(mean[static_cast<std::size_t>(j)]);
      state[units + j] = static_cast<Scalar>(variance[static_cast<std::size_t>(j)]);
    }
  }
}

void Model::predict(const Samples& samples, Index batchSize, Scalar* outputs) {
  Batcher batcher(samples, network.outputs(), false, network.acceptsSparse());
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

// The sparse way where the network has it: on one row it is the faster one even where nothing is zero, see tests/bench/NOTES.md.
bool Model::predictRow() {
  Scalar* const x = row();
  if (!allFinite(x, network.features())) return false;
  MatrixMap output(x + network.features(), 1, network.outputs());
  if (!network.acceptsSparse()) {
    output = network.forward(ConstMatrixMap(x, 1, network.features()));
    return true;
  }
  Samples samples;
  samples.rows = 1;
  samples.features = network.features();
  samples.dense = x;
  rowBatch_.gather(samples, {nullptr, 0, 1}, false);
  output = network.forward(rowBatch_);
  return true;
}

void Model::evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals) {
  const std::size_t last = network.layers().size() - 1;
  Batcher batcher(samples, network.outputs(), false, network.acceptsSparse());
  for (Index end = first + count; first < end; first += batchSize) {
    batcher.gather({nullptr, first, std::min(batchSize, end - first)});
    network.forward(batcher.x());
    totals.loss =
        objective_->sum(network.z(last), network.a(last), batcher.targets(), batcher.weights(), totals.loss) +
        network.penalty() * static_cast<double>(batcher.x().rows);
    addMetrics(network.a(last), batcher.targets(), totals);
  }
}

}  // namespace mlp
