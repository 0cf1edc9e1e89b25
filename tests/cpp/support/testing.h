// Helpers of several tests: networks from a line of code, random matrices, comparisons.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/layers/dense.h"
#include "mlp/loss.h"
#include "mlp/model.h"
#include "mlp/network.h"
#include "mlp/random.h"
#include "mlp/types.h"

namespace mlp {

constexpr bool kDouble = sizeof(Scalar) == sizeof(double);

// A bound for rounding errors: one for the double build and one for the float build.
constexpr double within(double inDouble, double inFloat) { return kDouble ? inDouble : inFloat; }

template <class Entry>
const Entry& found(const Entry* entry, std::string_view name) {
  if (!entry) throw std::invalid_argument("nothing is called " + std::string(name));
  return *entry;
}
inline const Activation& activationCalled(std::string_view name) { return found(findActivation(name), name); }
inline const Loss& lossCalled(std::string_view name) { return found(findLoss(name), name); }
inline const Optimizer& optimizerCalled(std::string_view name) { return found(findOptimizer(name), name); }
inline const Metric& metricCalled(std::string_view name) { return found(findMetric(name), name); }
inline const Initializer& initializerCalled(std::string_view name) { return found(findInitializer(name), name); }

struct LayerSpec {
  Index units;
  std::string_view activation;
  bool useBias = true;
  double alpha = std::numeric_limits<double>::quiet_NaN();  // NaN: the activation's default
  std::string_view kernelInitializer = "glorotUniform";
};

inline void addDense(Network& network, LayerOptions options) {
  options.inputs = network.outputs();
  network.add(std::make_unique<Dense>(options));
}

inline void addLayers(Network& network, const std::vector<LayerSpec>& layers) {
  for (const LayerSpec& layer : layers) {
    LayerOptions options;
    options.units = layer.units;
    options.activation = &activationCalled(layer.activation);
    options.alpha = static_cast<Scalar>(std::isnan(layer.alpha) ? options.activation->defaultAlpha : layer.alpha);
    options.useBias = layer.useBias;
    options.kernelInitializer = &initializerCalled(layer.kernelInitializer);
    options.biasInitializer = &initializerCalled("zeros");
    addDense(network, options);
  }
}

inline Network makeNetwork(Index features, const std::vector<LayerSpec>& layers, std::uint64_t seed = 1) {
  Network network(features, seed);
  addLayers(network, layers);
  return network;
}

inline Objective objectiveOf(const Network& network, std::string_view loss, const LossOptions& options = {}) {
  const Layer& last = *network.layers().back();
  return Objective(lossCalled(loss), options, last.activation(), last.alpha());
}

inline Model makeModel(Index features, const std::vector<LayerSpec>& layers, std::string_view loss,
                       std::string_view optimizer, const OptimizerOptions& optimizerOptions,
                       const std::vector<std::string_view>& metrics = {}, std::uint64_t seed = 1) {
  Model model(features, seed);
  addLayers(model.network, layers);
  std::vector<MetricChoice> list;
  for (const std::string_view metric : metrics) list.push_back({&metricCalled(metric), {}});
  model.compile(lossCalled(loss), {}, list, optimizerCalled(optimizer), optimizerOptions);
  return model;
}

// Dense samples; targets or classes, whichever is not null.
inline Samples samplesOf(const Matrix& x, const Matrix* targets, const std::vector<std::int32_t>* classes) {
  Samples samples;
  samples.rows = x.rows();
  samples.features = x.cols();
  samples.dense = x.data();
  if (targets) samples.targets = targets->data();
  if (classes) samples.classes = classes->data();
  return samples;
}

inline ConstMatrixMap view(const Matrix& matrix) { return ConstMatrixMap(matrix.data(), matrix.rows(), matrix.cols()); }

// The kernel and the bias of a layer, out of the flat parameters or gradients.
inline ConstMatrixMap kernelOf(const Network& network, const Vector& flat, std::size_t layer) {
  const Layer& dense = *network.layers()[layer];
  return ConstMatrixMap(flat.data() + dense.kernelOffset(), dense.inputs(), dense.units());
}
inline ConstVectorMap biasOf(const Network& network, const Vector& flat, std::size_t layer) {
  const Layer& dense = *network.layers()[layer];
  return ConstVectorMap(flat.data() + dense.biasOffset(), dense.biasSize());
}

// Draws for tests come from streams that no part of the library uses.
inline Random testRandom(std::uint32_t number) { return Random(20250607, static_cast<Stream>(1000), number); }

inline Matrix randomNormal(Random& random, Index rows, Index columns, double stddev = 1) {
  Matrix matrix(rows, columns);
  for (Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = static_cast<Scalar>(stddev * random.normal());
  return matrix;
}

inline void randomizeParameters(Network& network, Random& random, double stddev) {
  for (Index i = 0; i < network.parameters().size(); ++i) {
    network.parameters()[i] = static_cast<Scalar>(stddev * random.normal());
  }
}

inline Matrix oneHotRows(const std::vector<std::int32_t>& classes, Index count) {
  Matrix targets = Matrix::Zero(static_cast<Index>(classes.size()), count);
  for (std::size_t row = 0; row < classes.size(); ++row) targets(static_cast<Index>(row), classes[row]) = 1;
  return targets;
}

// Targets of the kind that the loss allows.
inline Matrix randomTargets(Random& random, TargetKind kind, Index rows, Index units) {
  Matrix targets = randomNormal(random, rows, units);
  for (Index row = 0; row < rows; ++row) {
    switch (kind) {
      case TargetKind::kAny:
        break;
      case TargetKind::kSign:
        for (Index i = 0; i < units; ++i) targets(row, i) = targets(row, i) < 0 ? Scalar(-1) : Scalar(1);
        break;
      case TargetKind::kNonNegative:
        for (Index i = 0; i < units; ++i) targets(row, i) = static_cast<Scalar>(random.below(5));
        break;
      case TargetKind::kProbability:  // a distribution over the units, or one probability
        for (Index i = 0; i < units; ++i) targets(row, i) = static_cast<Scalar>(random.uniform(0.1, 0.9));
        if (units > 1) targets.row(row) /= targets.row(row).sum();
        break;
      case TargetKind::kClassIndex:
        targets.row(row).setZero();
        targets(row, random.below(static_cast<std::uint32_t>(units))) = 1;
        break;
    }
  }
  return targets;
}

template <class A, class B>
bool sameBits(const A& a, const B& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         (a.size() == 0 ||
          std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(*a.data())) == 0);
}

// Largest |a − b|, in units of the largest |b|.
template <class A, class B>
double difference(const A& a, const B& b) {
  double worst = 0, largest = 0;
  for (Index i = 0; i < b.rows(); ++i) {
    for (Index j = 0; j < b.cols(); ++j) {
      const double gap = std::abs(double(a(i, j)) - double(b(i, j)));
      if (std::isnan(gap)) return gap;  // because NaN is below no bound
      worst = std::max(worst, gap);
      largest = std::max(largest, std::abs(double(b(i, j))));
    }
  }
  return largest > 0 ? worst / largest : worst;
}

template <class Entries>
std::vector<std::string> namesIn(const Entries& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.name);
  return names;
}

inline bool allDifferent(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

}  // namespace mlp
