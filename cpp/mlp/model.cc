#include "mlp/model.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "mlp/clip.h"
#include "mlp/error.h"
#include "mlp/pairing.h"
#include "mlp/scores.h"
#include "mlp/simd.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

// Cost of updating a parameter, in multiplications.
constexpr double kUpdateWork = 8;

}  // namespace

bool Model::setAverage(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kAverageNames); ++i) {
    if (kAverageNames[i] != name) continue;
    average = static_cast<Average>(i);
    return true;
  }
  return false;
}

void Model::compile(const Loss& loss, const LossOptions& lossOptions, const std::vector<MetricChoice>& metrics,
                    const Optimizer& optimizer, const OptimizerOptions& optimizerOptions) {
  require(!network.layers().empty(), "model: expected at least one layer, got none");
  const Layer& last = *network.layers().back();
  const std::string fault = pairingFault(network, loss, metrics, optimizer);
  if (!fault.empty()) fail(fault);
  objective_ = Objective(loss, lossOptions, last.activation(), last.alpha());  // may refuse: nothing has changed yet
  metrics_.clear();
  metrics_.reserve(metrics.size());
  for (const MetricChoice& choice : metrics) {
    const Index place = fixedSize();
    metrics_.push_back({choice.metric, Judged(*objective_, network.outputs(), choice.options), place});
  }
  optimizer_ = &optimizer;
  optimizerOptions_ = optimizerOptions;
  optimizerState_.setZero(
      static_cast<Index>(Size(stateSlots(optimizer, optimizerOptions)) * network.parameters().size()));
  step = 0;
  lbfgs_ = {};
  average = Average::kUnchanged;
}

Size Model::compileBytes(std::size_t metrics, const Optimizer& optimizer,
                         const OptimizerOptions& optimizerOptions) const {
  const Size numbers = Size(stateSlots(optimizer, optimizerOptions)) * network.parameters().size();
  return numbers * static_cast<Size>(sizeof(Scalar)) + static_cast<Size>(metrics * sizeof(Gauge));
}

int Model::stateSlots(const Optimizer& optimizer, const OptimizerOptions& options) {
  return slotCount(optimizer, options) + (options.useEma != 0 ? 1 : 0);
}

void Model::addMetrics(ConstMatrixMap targets, Totals& totals) const {
  const std::size_t last = network.layers().size() - 1;
  const ConstMatrixMap z = network.z(last), a = network.a(last);
  const auto sample = [&](Index row) {
    const Index first = row * a.cols();
    return Sample{z.data() + first, a.data() + first, targets.data() + first};
  };
  for (const Gauge& gauge : metrics_) {
    if (gauge.metric->ofScores()) continue;
    for (Index row = 0; row < a.rows(); ++row) {
      gauge.metric->add(gauge.judged, sample(row), totals.metrics.data() + gauge.place);
    }
  }
  if (const Judged* const judge = scoreJudge()) {
    makeRoomForScores(totals, totals.rows + a.rows());
    const Index capacity = scoreCapacityOf(totals);
    for (Index row = 0; row < a.rows(); ++row) {
      judge->addScores(sample(row), totals.rows + row, totals.metrics.data() + fixedSize(), capacity);
    }
  }
  totals.rows += a.rows();
}

// Length of the accumulators that do not grow with the samples.
Index Model::fixedSize() const {
  return metrics_.empty() ? 0 : metrics_.back().place + metrics_.back().metric->size(metrics_.back().judged.units);
}

// The judge that ranks outputs; null if no metric needs them ranked. One is enough, because all rank them alike.
const Judged* Model::scoreJudge() const {
  for (const Gauge& gauge : metrics_) {
    if (gauge.metric->ofScores()) return &gauge.judged;
  }
  return nullptr;
}

Size Model::accumulatorSize(Index samples) const {
  if (!scoreJudge()) return fixedSize();
  const Index outputs = network.outputs();
  return fixedSize() + Size(outputs) * (kScoreHeader + scoreCapacity(outputs, samples));
}

Index Model::scoreCapacityOf(const Totals& totals) const {
  return (static_cast<Index>(totals.metrics.size()) - fixedSize()) / network.outputs() - kScoreHeader;
}

// Moves the scores of the outputs apart, the last ones first, because each moves to where the next ones were.
MLP_SMALL void Model::makeRoomForScores(Totals& totals, Index samples) const {
  const Index before = kScoreHeader + scoreCapacityOf(totals);
  const Index outputs = network.outputs(), now = kScoreHeader + scoreCapacity(outputs, samples);
  if (now <= before) return;
  totals.metrics.resize(static_cast<std::size_t>(accumulatorSize(samples)));
  double* const first = totals.metrics.data() + fixedSize();
  for (Index i = outputs - 1; i >= 0; --i) {
    std::memmove(first + i * now, first + i * before, static_cast<std::size_t>(before) * sizeof(double));
    std::fill(first + i * now + before, first + (i + 1) * now, 0.0);
  }
}

MLP_SMALL bool Model::accepts(const std::vector<double>& accumulators) const {
  const Index size = static_cast<Index>(accumulators.size()), outputs = network.outputs();
  if (!scoreJudge()) return size == fixedSize();
  const Index each = (size - fixedSize()) / outputs, capacity = each - kScoreHeader;
  if (size < fixedSize() || each * outputs != size - fixedSize() || capacity != scoreCapacity(outputs, capacity)) {
    return false;
  }
  for (Index i = 0; i < outputs; ++i) {
    const double* const numbers = accumulators.data() + fixedSize() + i * each;
    if (!Scores(const_cast<double*>(numbers), capacity).valid()) return false;
  }
  return true;
}

double Model::result(std::size_t metric, const Totals& totals) const {
  const Gauge& gauge = metrics_[metric];
  if (gauge.metric->ofScores()) {
    return gauge.judged.area(totals.metrics.data() + fixedSize(), scoreCapacityOf(totals));
  }
  return gauge.metric->result(gauge.judged, totals.metrics.data() + gauge.place);
}

bool Model::trainStep(const Input& x, ConstMatrixMap targets, Totals& totals, const Scalar* weights) {
  const Mode mode{true, static_cast<std::uint32_t>(step)};
  const bool whole = fullBatch();
  if (whole && !minimize(x, targets, weights)) return false;
  const double loss = whole ? lbfgs_.loss() : network.lossAndGradients(x, targets, *objective_, mode, weights);
  ++step;
  totals.loss += loss * static_cast<double>(x.rows);
  addMetrics(targets, totals);
  if (!whole) updateParameters();
  network.constrain();
  return true;
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
  Scalar* const state = optimizerState_.data();  // null where the optimizer keeps nothing
  network.eachTrainable([&](Index first, Index count) {
    parallelRanges(count, partsOf(kUpdateWork * static_cast<double>(count)), [&](Index begin, Index end, int) {
      mlp::updateParameters(*optimizer_, network.parameters().data() + first + begin, gradients + first + begin,
                            state ? state + first + begin : nullptr, size, end - begin, options, step);
    });
  });
  average = options.useEma != 0 ? Average::kChanged : Average::kUnchanged;
}

void Model::endTraining() {
  if (average != Average::kChanged) return;
  const Index size = network.parameters().size();
  optimizerState_.tail(size) = network.parameters();
  const Index averages = optimizerState_.size() - 2 * size;
  network.eachTrainable([&](Index first, Index count) {
    network.parameters().segment(first, count) = optimizerState_.segment(averages + first, count);
  });
  network.constrain();
  average = Average::kInPlace;
}

void Model::resumeTraining() {
  if (average != Average::kInPlace) return;
  network.parameters() = optimizerState_.tail(network.parameters().size());
  average = Average::kChanged;  // because the run may end before its next step, and the average be wanted again
}

bool Model::minimize(const Input& x, ConstMatrixMap targets, const Scalar* weights) {
  struct Context {
    Model& model;
    const Input& x;
    ConstMatrixMap targets;
    const Scalar* weights;
    bool evaluated;
  } context{*this, x, targets, weights, false};
  stateBefore_ = network.state();
  // Each evaluation starts from the same network state, because the optimizer needs one and the same function. So
  // moving averages move once a step, by its last evaluation.
  const auto evaluate = [](void* pointer) {
    Context& all = *static_cast<Context*>(pointer);
    Network& network = all.model.network;
    network.state() = all.model.stateBefore_;
    all.evaluated = true;
    return network.lossAndGradients(all.x, all.targets, *all.model.objective_, Mode{true, 0}, all.weights);
  };
  const LbfgsProblem problem{network.parameters().data(), network.gradients().data(), network.parameters().size(),
                             evaluate, &context};
  const bool complete = lbfgs_.advance(problem, optimizerState_.data(), optimizerOptions_, step + 1);
  if (!complete) {
    network.state() = stateBefore_;
  } else if (!context.evaluated) {
    evaluate(&context);  // nothing was left to do, but the metrics want outputs
  }
  return complete;
}

void Model::adapt(const Samples& samples, Index batchSize) {
  batchSize = std::min(batchSize, samples.rows);  // so that no sum of the two exceeds an Index
  Batcher batcher(samples, network.outputs(), false, network.acceptsSparse());
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    if (!network.layers()[i]->adapts()) continue;
    const Index units = network.layers()[i]->units();
    std::vector<double> mean(static_cast<std::size_t>(units)), variance(mean.size());
    // First the means, then the mean squares of the differences from them.
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
    // A feature that never varied gets variance 0, because what is there is only the rounding of its mean (the bound is
    // that of scikit-learn's StandardScaler).
    const double rounding = static_cast<double>(samples.rows) * std::numeric_limits<double>::epsilon();
    for (std::size_t j = 0; j < mean.size(); ++j) {
      const double error = rounding * mean[j];
      if (variance[j] <= rounding * variance[j] + error * error) variance[j] = 0;
    }
    Scalar* const state = network.state().data() + network.layers()[i]->stateOffset();
    for (Index j = 0; j < units; ++j) {
      state[j] = static_cast<Scalar>(mean[static_cast<std::size_t>(j)]);
      state[units + j] = static_cast<Scalar>(variance[static_cast<std::size_t>(j)]);
    }
  }
}

Size Model::adaptBytes(const Samples& samples, Index batchSize) const {
  Index widest = 0;
  for (const auto& layer : network.layers()) widest = std::max(widest, layer->units());
  return passBytes(samples, batchSize, false) + 2 * Size(widest) * static_cast<Size>(sizeof(double));
}

void Model::predict(const Samples& samples, Index batchSize, Scalar* outputs, std::size_t first, std::size_t last) {
  batchSize = std::min(batchSize, samples.rows);
  const Index units = network.layers()[last]->units();
  Batcher batcher = predictBatcher(samples, first);
  for (Index row = 0; row < samples.rows; row += batchSize) {
    const Index rows = std::min(batchSize, samples.rows - row);
    batcher.gather({nullptr, row, rows});
    MatrixMap(outputs + placeOf(row, units), rows, units) = network.forward(batcher.x(), first, last);
  }
}

Size Model::predictBytes(const Samples& samples, Index batchSize, std::size_t first) const {
  const Index rows = std::min(batchSize, samples.rows);
  const Batcher batcher = predictBatcher(samples, first);
  return batcher.gatherBytes(rows, false) + network.reserveBytes(rows, batcher.sparse());
}

Scalar* Model::row() {
  if (row_.size() == 0) row_.setZero(network.features() + network.outputs());
  return row_.data();
}

Size Model::rowBytes() const {
  Samples samples;
  samples.rows = 1;
  samples.features = network.features();
  const Size place = row_.size() > 0 ? 0 : Size(network.features()) + network.outputs();
  return place * static_cast<Size>(sizeof(Scalar)) + network.reserveBytes(1, network.acceptsSparse()) +
         (network.acceptsSparse() ? SparseBatch::gatherBytes(samples, 1, false) : 0);
}

// Makes a sparse batch if the network accepts one, because for a single row that is faster even if no number is zero,
// see tests/bench/NOTES.md.
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

Batcher Model::wholeBatch(const Samples& samples) const {
  Batcher batcher(samples, network.outputs(), true, network.acceptsSparse());
  batcher.gatherAll();
  return batcher;
}

void Model::evaluate(Batcher& batcher, Index first, Index count, Index batchSize, Totals& totals) {
  const std::size_t last = network.layers().size() - 1;
  batchSize = std::min(batchSize, count);
  for (Index end = first + count; first < end; first += batchSize) {
    batcher.gather({nullptr, first, std::min(batchSize, end - first)});
    network.forward(batcher.x());
    totals.loss = objective_->sum(network.z(last), network.a(last), batcher.targets(), batcher.weights(), totals.loss) +
                  network.penalty() * static_cast<double>(batcher.x().rows);
    addMetrics(batcher.targets(), totals);
  }
}

void Model::evaluate(const Samples& samples, Index first, Index count, Index batchSize, Totals& totals) {
  Batcher batcher(samples, network.outputs(), false, network.acceptsSparse());
  evaluate(batcher, first, count, batchSize, totals);
}

Size Model::passBytes(const Samples& samples, Index rows, bool forGradient, bool shuffled,
                      const Augmentation* augmentation) const {
  rows = std::min(rows, samples.rows);
  Batcher batcher(samples, network.outputs(), forGradient, network.acceptsSparse());
  if (augmentation) batcher.augment(*augmentation);
  return batcher.gatherBytes(rows, shuffled) + network.reserveBytes(rows, batcher.sparse());
}

}  // namespace mlp
