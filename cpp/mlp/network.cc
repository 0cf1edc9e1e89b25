#include "mlp/network.h"

#include <algorithm>
#include <limits>

#include "mlp/error.h"

namespace mlp {

namespace {

constexpr Size kLargest = std::numeric_limits<Index>::max() / static_cast<Index>(sizeof(Scalar));

}  // namespace

void Network::append(std::unique_ptr<Layer> layer) {
  require(layer->inputs() == outputs(), "layer: expected as many inputs as the layer before has units");
  const Size size = layer->kernelSize() + layer->biasSize();
  require(parameterCount_ + size <= kLargest && stateCount_ + layer->stateSize() <= kLargest,
          "layer: expected weights that fit into memory");
  layer->place(static_cast<std::uint32_t>(layers_.size()), static_cast<Index>(parameterCount_),
               static_cast<Index>(stateCount_));
  if (firstTrained_ == layers_.size() && !(layer->trainable() && size > 0)) ++firstTrained_;
  parameterCount_ += size;
  stateCount_ += layer->stateSize();
  layers_.push_back(std::move(layer));
  capacity_ = denseCapacity_ = 0;
}

// Parameters and state may have to move, and while they do, they exist twice. Layers draw one after the other.
Size Network::buildBytes() const {
  const Size size = 2 * parameterCount_ + parameters_.size() + stateCount_ + state_.size();
  Size draws = 0;
  for (std::size_t i = built_; i < layers_.size(); ++i) draws = std::max(draws, layers_[i]->drawBytes());
  return size * static_cast<Size>(sizeof(Scalar)) + draws;
}

void Network::build() {
  parameters_.conservativeResize(static_cast<Index>(parameterCount_));
  gradients_.setZero(parameters_.size());
  state_.conservativeResize(static_cast<Index>(stateCount_));
  for (; built_ < layers_.size(); ++built_) {
    const Layer& layer = *layers_[built_];
    layer.initialize(parameters_.data() + layer.kernelOffset(), state_.data() + layer.stateOffset(), seed_);
  }
}

// Sets `places`, if it is not null, to the positions of each layer's matrices.
Network::Room Network::roomFor(Index rows, bool sparse, std::vector<Places>* places) const {
  Room room;
  const auto take = [&room](Size size) {
    const Size place = room.workspace;
    room.workspace += size;
    return static_cast<Index>(place);
  };
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = *layers_[i];
    const Size size = Size(rows) * layer.units();
    Places at;
    at.z = take(size);
    at.a = layer.activation().forward ? take(size) : at.z;
    at.delta = take(size);
    at.memory = take(layer.memorySize(rows));
    if (places) places->push_back(at);
    // The gradient of an activity penalty on the last layer is made in scratch.
    const Size activity = layer.activityRegularizer().any() ? size : 0;
    room.scratch = std::max({room.scratch, layer.scratchSize(rows, sparse && i == 0), activity});
  }
  return room;
}

Size Network::reserveBytes(Index rows, bool sparse) const {
  if (rows <= (sparse ? capacity_ : denseCapacity_)) return 0;
  const Room room = roomFor(std::max(rows, capacity_), sparse, nullptr);
  return (room.workspace + room.scratch) * static_cast<Size>(sizeof(Scalar)) +
         2 * static_cast<Size>(layers_.size() * sizeof(Places));
}

void Network::reserve(Index rows, bool sparse) {
  if (rows <= (sparse ? capacity_ : denseCapacity_)) return;
  rows = std::max(rows, capacity_);
  std::vector<Places> places;  // not places_, because the rows may still be refused
  places.reserve(layers_.size());
  const Room room = roomFor(rows, sparse, &places);
  require(room.workspace <= kLargest && room.scratch <= kLargest, "network: expected rows that fit into memory");
  places_.swap(places);
  workspace_.resize(static_cast<Index>(room.workspace));
  if (scratch_.size() < room.scratch) scratch_.resize(static_cast<Index>(room.scratch));
  capacity_ = rows;
  if (!sparse) denseCapacity_ = rows;
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
  return forward(x, 0, layers_.size() - 1, mode);
}

ConstMatrixMap Network::forward(const Input& x, std::size_t first, std::size_t last, const Mode& mode) {
  reserve(x.rows, x.sparse != nullptr);
  rows_ = x.rows;
  passBegin_ = first;
  passEnd_ = last + 1;
  for (std::size_t i = first; i <= last; ++i) {
    const Layer& layer = *layers_[i];
    Scalar* const z = workspace_.data() + places_[i].z;
    layer.forward(pass(i, mode), i == first ? x : Input(a(i - 1)), MatrixMap(z, rows_, layer.units()));
    activate(layer.activation(), z, workspace_.data() + places_[i].a, rows_, layer.units(), layer.alpha());
  }
  return a(last);
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
    if (layer.penalized()) sum += layer.penalty(parameters_.data() + layer.kernelOffset());
    sum += layer.activityRegularizer().penalty(a(i).data(), a(i).size()) / static_cast<double>(rows_);
  }
  return sum;
}

void Network::constrain() {
  for (const auto& layer : layers_) {
    if (layer->trainable()) layer->constrain(parameters_.data() + layer->kernelOffset());
  }
}

void Network::zeroFrozen(Scalar* numbers) const {
  for (const auto& layer : layers_) {
    if (layer->trainable()) continue;
    std::fill_n(numbers + layer->kernelOffset(), layer->kernelSize() + layer->biasSize(), Scalar(0));
  }
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

// Sets the numbers of rows of weight 0 to zero, because a number that overflowed there would make NaN of the error
// signal 0 as 0·∞.
MLP_SMALL void Network::forgetRows(const Scalar* weights) {
  for (Index row = 0; row < rows_; ++row) {
    if (weights[row] != 0) continue;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Index units = layers_[i]->units();
      const auto clear = [&](Index place) {
        Scalar* const numbers = workspace_.data() + place + row * units;
        std::fill(numbers, numbers + units, Scalar(0));
      };
      if (i + 1 == layers_.size()) {
        clear(places_[i].delta);  // its outputs are still wanted
      } else {
        clear(places_[i].z);
        clear(places_[i].a);
      }
    }
  }
}

double Network::lossAndGradients(const Input& x, ConstMatrixMap targets, const Objective& objective, const Mode& mode,
                                 const Scalar* weights) {
  forward(x, mode);
  const std::size_t last = layers_.size() - 1;
  const auto throughActivation = [this](std::size_t i, Scalar* gradient) {
    const Layer& layer = *layers_[i];
    deactivate(layer.activation(), z(i).data(), a(i).data(), gradient, rows_, layer.units(), layer.alpha());
  };
  const auto deltaOf = [this](std::size_t i) { return workspace_.data() + places_[i].delta; };

  const double loss = objective.evaluate(z(last), a(last), targets, deltaOf(last), weights) + penalty();
  if (weights) forgetRows(weights);
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
    if (layer.trainable() || !mode.training) layer.backward(pass(i, mode), inputOf(i, x), delta(i), gradients);
    if (layer.penalized()) layer.addPenaltyGradient(parameters_.data() + layer.kernelOffset(), false, gradients);
    if (i == 0 || (mode.training && i <= firstTrained_)) break;
    layer.inputGradient(pass(i, mode), delta(i), MatrixMap(deltaOf(i - 1), rows_, layer.inputs()));
    addActivityGradient(i - 1, deltaOf(i - 1));
    throughActivation(i - 1, deltaOf(i - 1));
  }
  if (mode.training) zeroFrozen(gradients_.data());
  return loss;
}

}  // namespace mlp
