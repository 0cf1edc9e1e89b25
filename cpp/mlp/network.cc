#include "mlp/network.h"

#include <algorithm>

#include "mlp/error.h"

namespace mlp {

void Network::add(std::shared_ptr<Layer> layer) {
  require(layer->inputs() == outputs(), "layer: expected as many inputs as the layer before has units");
  const Index offset = parameters_.size();
  const Index stateOffset = state_.size();
  layer->place(static_cast<std::uint32_t>(layers_.size()), offset, stateOffset);
  const Index size = offset + layer->kernelSize() + layer->biasSize();
  parameters_.conservativeResize(size);
  gradients_.setZero(size);
  state_.conservativeResize(stateOffset + layer->stateSize());
  layer->initialize(parameters_.data() + offset, state_.data() + stateOffset, seed_);
  layers_.push_back(std::move(layer));
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
  for (const auto& layer : layers_) {
    const Index size = rows * layer->units();
    Places places;
    places.z = take(size);
    places.a = layer->activation().forward ? take(size) : places.z;
    places.delta = take(size);
    places.memory = take(layer->memorySize(rows));
    places_.push_back(places);
    // The gradient of an activity penalty on the last layer is made in scratch.
    const Index activity = layer->activityRegularizer().any() ? size : 0;
    scratch = std::max({scratch, layer->scratchSize(rows), activity});
  }
  workspace_.resize(end);
  scratch_.resize(scratch);
  capacity_ = rows;
}

Pass Network::pass(std::size_t i, const Mode& mode) {
  const Layer& layer = *layers_[i];
  return {parameters_.data() + layer.kernelOffset(),
          state_.data() + layer.stateOffset(),
          workspace_.data() + places_[i].memory,
          scratch_.data(),
          mode,
          seed_};
}

ConstMatrixMap Network::forward(const Input& x, const Mode& mode) {
  require(!layers_.empty(), "network: expected at least one layer, got none");
  reserve(x.rows);
  rows_ = x.rows;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = *layers_[i];
    Scalar* const z = workspace_.data() + places_[i].z;
    layer.forward(pass(i, mode), inputOf(i, x), MatrixMap(z, rows_, layer.units()));
    activate(layer.activation(), z, workspace_.data() + places_[i].a, rows_, layer.units(), layer.alpha());
  }
  return a(layers_.size() - 1);
}

ConstMatrixMap Network::inputsOf(std::size_t layer, const Input& x) {
  if (layer == 0) return x.matrix();
  forward(x);
  return a(layer - 1);
}

double Network::penalty() const {
  double sum = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = *layers_[i];
    sum += layer.penalty(parameters_.data() + layer.kernelOffset());
    sum += layer.activityRegularizer().penalty(a(i).data(), a(i).size()) / static_cast<double>(rows_);
  }
  return sum;
}

void Network::constrain() {
  for (const auto& layer : layers_) layer->constrain(parameters_.data() + layer->kernelOffset());
}

double Network::loss(const Input& x, ConstMatrixMap targets, const Objective& objective, const Mode& mode) {
  forward(x, mode);
  return objective.evaluate(z(layers_.size() - 1), a(layers_.size() - 1), targets, nullptr) + penalty();
}

// gradient += ∂penalty/∂a, rows × units.
void Network::addActivityGradient(std::size_t i, Scalar* gradient) const {
  layers_[i]->activityRegularizer().addGradient(a(i).data(), a(i).size(), 1 / static_cast<Scalar>(rows_), gradient);
}

void Network::inputGradient(const std::int32_t* units, bool logits, Scalar* inputGrad) {
  std::size_t i = layers_.size() - 1;
  Scalar* delta = workspace_.data() + places_[i].delta;
  std::fill(delta, delta + rows_ * outputs(), Scalar(0));
  for (Index row = 0; row < rows_; ++row) delta[row * outputs() + units[row]] = 1;
  for (bool through = !logits;; through = true) {
    const Layer& layer = *layers_[i];
    if (through) {
      deactivate(layer.activation(), z(i).data(), a(i).data(), delta, rows_, layer.units(), layer.alpha());
    }
    Scalar* const before = i == 0 ? inputGrad : workspace_.data() + places_[i - 1].delta;
    layer.inputGradient(pass(i, {}), ConstMatrixMap(delta, rows_, layer.units()),
                        MatrixMap(before, rows_, layer.inputs()));
    if (i == 0) return;
    delta = before;
    --i;
  }
}

double Network::lossAndGradients(const Input& x, ConstMatrixMap targets, const Objective& objective,
                                 const Mode& mode, const Scalar* weights) {
  forward(x, mode);
  const std::size_t last = layers_.size() - 1;
  const auto throughActivation = [this](std::size_t i, Scalar* gradient) {
    const Layer& layer = *layers_[i];
    deactivate(layer.activation(), z(i).data(), a(i).data(), gradient, rows_, layer.units(), layer.alpha());
  };
  const auto deltaOf = [this](std::size_t i) { return workspace_.data() + places_[i].delta; };

  const double loss = objective.evaluate(z(last), a(last), targets, deltaOf(last), weights) + penalty();
  if (layers_[last]->activityRegularizer().any()) {
    const Index size = a(last).size();
    std::fill(scratch_.data(), scratch_.data() + size, Scalar(0));
    addActivityGradient(last, scratch_.data());
    throughActivation(last, scratch_.data());
    for (Index i = 0; i < size; ++i) deltaOf(last)[i] += scratch_[i];
  }
  for (std::size_t i = last;; --i) {
    const Layer& layer = *layers_[i];
    Scalar* const gradients = gradients_.data() + layer.kernelOffset();
    layer.backward(pass(i, mode), inputOf(i, x), delta(i), gradients);
    layer.addPenaltyGradient(parameters_.data() + layer.kernelOffset(), false, gradients);
    if (i == 0) return loss;
    layer.inputGradient(pass(i, mode), delta(i), MatrixMap(deltaOf(i - 1), rows_, layer.inputs()));
    addActivityGradient(i - 1, deltaOf(i - 1));
    throughActivation(i - 1, deltaOf(i - 1));
  }
}

}  // namespace mlp
