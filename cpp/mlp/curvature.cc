#include "mlp/curvature.h"

#include <algorithm>

namespace mlp {

Curvature::Curvature(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective)
    : network_(network), x_(x), targets_(targets), objective_(objective) {
  network.lossAndGradients(x, targets, objective);
  const auto& layers = network.layers();
  while (first_ < layers.size() && layers[first_]->kernelSize() + layers[first_]->biasSize() == 0) ++first_;

  Index end = 0, widest = 0, spare = 0;
  const auto take = [&end](Index size) {
    const Index place = end;
    end += size;
    return place;
  };
  places_.resize(layers.size());
  for (std::size_t i = first_; i < layers.size(); ++i) {
    const Index size = x.rows * layers[i]->units();
    places_[i] = {take(size), take(size), take(size), take(layers[i]->memorySize(x.rows))};
    widest = std::max(widest, size);
    spare = std::max({spare, size, i > first_ ? layers[i]->spareSize(x.rows) : 0});
  }
  back_ = take(widest);
  spare_ = take(spare);
  storage_.setZero(end);

  const Scalar share = 1 / static_cast<Scalar>(x.rows);
  for (std::size_t i = first_; i < layers.size(); ++i) {
    const Layer& layer = *layers[i];
    const Index units = layer.units();
    const ConstMatrixMap z = network.z(i), a = network.a(i);
    Scalar* const gradient = at(places_[i].gradient);
    if (i + 1 < layers.size()) {
      layers[i + 1]->inputGradient(network.pass(i + 1, {}), network.delta(i + 1),
                                   MatrixMap(gradient, x.rows, units));
    } else if (!objective.fused()) {
      for (Index place = 0; place < a.size(); place += units) {
        objective.loss().fromActivations(a.data() + place, targets.data() + place, units, objective.options(), share,
                                         gradient + place);
      }
    }
    layer.activityRegularizer().addGradient(a.data(), a.size(), share, gradient);
    if (layer.activation().rowTangent) continue;
    for (Index k = 0; k < a.size(); ++k) {
      gradient[k] *= layer.activation().second
                         ? layer.activation().second(z.data()[k], a.data()[k], layer.alpha())
                         : Scalar(0);
    }
  }
}

Tangents Curvature::tangents(std::size_t i, const Scalar* v) {
  return {v + network_.layers()[i]->kernelOffset(), i > first_ ? at(places_[i - 1].tangent) : nullptr,
          at(places_[i].memory), at(spare_)};
}

// R{Z} and R{A}; of R{Δ} what σ'' and a loss on logits make of R{Z}.
void Curvature::forwardTangent(std::size_t i, const Scalar* v) {
  const Layer& layer = *network_.layers()[i];
  const Index units = layer.units();
  const ConstMatrixMap z = network_.z(i), a = network_.a(i);
  Scalar *const tangent = at(places_[i].tangent), *const delta = at(places_[i].delta), *const spare = at(spare_);
  const Scalar* const gradient = at(places_[i].gradient);

  layer.forwardTangent(network_.pass(i, {}), network_.inputOf(i, x_), tangents(i, v),
                       MatrixMap(tangent, x_.rows, units));
  const bool toLogits = i + 1 == network_.layers().size() && objective_.fused();
  for (Index place = 0; toLogits && place < z.size(); place += units) {
    objective_.loss().curveFromLogits(z.data() + place, targets_.data() + place, tangent + place, units,
                                      objective_.options(), 1 / static_cast<Scalar>(x_.rows), spare + place);
  }
  if (layer.activation().rowTangent) {
    for (Index place = 0; place < z.size(); place += units) {
      layer.activation().rowTangent(a.data() + place, gradient + place, units, tangent + place, delta + place);
    }
  } else {
    for (Index k = 0; k < z.size(); ++k) delta[k] = gradient[k] * tangent[k];
    deactivate(layer.activation(), z.data(), a.data(), tangent, x_.rows, units, layer.alpha());
  }
  for (Index k = 0; toLogits && k < z.size(); ++k) delta[k] += spare[k];
}

// From R{∂L/∂A} in back_: the rest of R{Δ}, this layer's part of the product, and R{∂L/∂A} of the layer before.
void Curvature::backwardTangent(std::size_t i, const Scalar* v, Scalar* product) {
  const Layer& layer = *network_.layers()[i];
  const ConstMatrixMap z = network_.z(i), a = network_.a(i);
  Scalar *const back = at(back_), *const delta = at(places_[i].delta);

  layer.activityRegularizer().smooth().addGradient(at(places_[i].tangent), a.size(),
                                                   1 / static_cast<Scalar>(x_.rows), back);
  deactivate(layer.activation(), z.data(), a.data(), back, x_.rows, layer.units(), layer.alpha());
  for (Index k = 0; k < a.size(); ++k) delta[k] += back[k];
  layer.backwardTangent(network_.pass(i, {}), network_.inputOf(i, x_), tangents(i, v), network_.delta(i),
                        ConstMatrixMap(delta, x_.rows, layer.units()), product + layer.kernelOffset(),
                        i > first_ ? back : nullptr);
  layer.addPenaltyGradient(v + layer.kernelOffset(), true, product + layer.kernelOffset());
}

void Curvature::multiply(const Scalar* v, Scalar* product) {
  const std::size_t count = network_.layers().size();
  if (first_ == count) return;
  for (std::size_t i = first_; i < count; ++i) forwardTangent(i, v);

  const ConstMatrixMap a = network_.a(count - 1);
  Scalar* const back = at(back_);
  std::fill(back, back + a.size(), Scalar(0));
  for (Index place = 0; !objective_.fused() && place < a.size(); place += a.cols()) {
    objective_.loss().curveFromActivations(a.data() + place, targets_.data() + place,
                                           at(places_[count - 1].tangent) + place, a.cols(), objective_.options(),
                                           1 / static_cast<Scalar>(x_.rows), back + place);
  }
  for (std::size_t i = count; i-- > first_;) backwardTangent(i, v, product);
}

}  // namespace mlp
