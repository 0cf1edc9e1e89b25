#include "mlp/network.h"

#include <algorithm>

#include "mlp/error.h"

namespace mlp {

void Network::add(const DenseOptions& options) {
  const Index offset = parameters_.size();
  layers_.emplace_back(outputs(), offset, options);
  const Dense& layer = layers_.back();
  const Index size = offset + layer.kernelSize() + layer.biasSize();
  parameters_.conservativeResize(size);
  gradients_.setZero(size);
  layer.initialize(parameters_.data(), seed_, static_cast<std::uint32_t>(layers_.size() - 1));
  capacity_ = 0;
}

void Network::reserve(Index rows) {
  if (rows <= capacity_) return;
  places_.clear();
  Index end = 0;
  Index scratch = 0;
  const auto take = [&end](Index size) {
    const Index place = end;
    end += size;
    return place;
  };
  for (const Dense& layer : layers_) {
    const Index size = rows * layer.units();
    Places places;
    places.z = take(size);
    places.a = layer.options().activation->forward ? take(size) : places.z;
    places.delta = take(size);
    places_.push_back(places);
    scratch = std::max(scratch, layer.scratchSize(rows));
  }
  workspace_.resize(end);
  scratch_.resize(scratch);
  capacity_ = rows;
}

ConstMatrixMap Network::forward(const Input& x) {
  require(!layers_.empty(), "network: expected at least one layer, got none");
  reserve(x.rows);
  rows_ = x.rows;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].forward(parameters_.data(), i == 0 ? x : Input(a(i - 1)),
                       MatrixMap(workspace_.data() + places_[i].z, rows_, layers_[i].units()),
                       workspace_.data() + places_[i].a, scratch_.data());
  }
  return a(layers_.size() - 1);
}

double Network::loss(const Input& x, ConstMatrixMap targets, const Objective& objective) {
  forward(x);
  return objective.evaluate(z(layers_.size() - 1), a(layers_.size() - 1), targets, nullptr);
}

double Network::lossAndGradients(const Input& x, ConstMatrixMap targets, const Objective& objective,
                                 const Scalar* weights) {
  forward(x);
  const std::size_t last = layers_.size() - 1;
  const double loss =
      objective.evaluate(z(last), a(last), targets, workspace_.data() + places_[last].delta, weights);
  for (std::size_t i = last;; --i) {
    const Dense& layer = layers_[i];
    layer.backward(i == 0 ? x : Input(a(i - 1)), delta(i), gradients_.data(), scratch_.data());
    if (i == 0) return loss;
    const DenseOptions& below = layers_[i - 1].options();
    MatrixMap deltaBelow(workspace_.data() + places_[i - 1].delta, rows_, below.units);
    layer.inputGradient(parameters_.data(), delta(i), deltaBelow, scratch_.data());
    deactivate(*below.activation, z(i - 1).data(), a(i - 1).data(), deltaBelow.data(), rows_, below.units, below.alpha);
  }
}

}  // namespace mlp
