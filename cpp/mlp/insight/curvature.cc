#include "mlp/insight/curvature.h"

#include <algorithm>

namespace mlp {

// All that a product needs of one layer.
struct Curvature::View {
  const Layer& layer;
  Pass pass;
  Input x;
  Tangents tangents;
  const Scalar *z, *a;
  Places at;
  Index units, size;
};

Curvature::Curvature(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective)
    : network_(network), x_(x), targets_(targets), objective_(objective) {
  network.lossAndGradients(x, targets, objective);
  layers_ = network.layers().size();
  first_ = firstOf(network);
  // One buffer holds each layer's matrices, R{∂L/∂A}, and spare room.
  const Room room = roomFor(network, x.rows);
  const Size all = room.layers + 2 * room.widest + network.parameters().size();
  storage_.reset(new Scalar[static_cast<std::size_t>(all)]());
  back_ = storage_.get() + room.layers;
  spare_ = back_ + room.widest;
  places_.reset(new Places[layers_]);
  Scalar* next = storage_.get();
  for (std::size_t i = first_; i < layers_; ++i) {
    const Index size = x.rows * network.layers()[i]->units();
    places_[i] = {next, next + size, next + 2 * size, next + 3 * size};
    next += 3 * size + network.layers()[i]->memorySize(x.rows);
  }

  const Scalar share = 1 / static_cast<Scalar>(x.rows);
  for (std::size_t i = first_; i < layers_; ++i) {
    const View view = viewOf(i, network.parameters().data());
    Scalar* const gradient = view.at.gradient;
    if (i + 1 < layers_) {
      network.layers()[i + 1]->inputGradient(network.pass(i + 1, {}), network.delta(i + 1),
                                             MatrixMap(gradient, x.rows, view.units));
    } else if (!objective.fused()) {
      for (Index row = 0; row < view.size; row += view.units) {
        objective.loss().fromActivations(view.a + row, targets.data() + row, view.units, objective.options(), share,
                                         gradient + row);
      }
    }
    view.layer.activityRegularizer().addGradient(view.a, view.size, share, gradient);
    const Activation& activation = view.layer.activation();
    if (activation.rowTangent) continue;
    for (Index k = 0; k < view.size; ++k) {
      gradient[k] *= activation.second ? activation.second(view.z[k], view.a[k], view.layer.alpha()) : Scalar(0);
    }
  }
}

std::size_t Curvature::firstOf(const Network& network) {
  std::size_t first = 0;
  for (const auto& layer : network.layers()) {
    if (layer->kernelSize() + layer->biasSize() > 0) break;
    ++first;
  }
  return first;
}

Curvature::Room Curvature::roomFor(const Network& network, Index rows) {
  Room room;
  for (std::size_t i = firstOf(network); i < network.layers().size(); ++i) {
    const Size size = Size(rows) * network.layers()[i]->units();
    room.layers += 3 * size + network.layers()[i]->memorySize(rows);
    room.widest = std::max(room.widest, size);
  }
  return room;
}

Size Curvature::bytes(const Network& network, Index rows) {
  const Room room = roomFor(network, rows);
  return (room.layers + 2 * room.widest + network.parameters().size()) * static_cast<Size>(sizeof(Scalar)) +
         static_cast<Size>(network.layers().size() * sizeof(Places));
}

Curvature::View Curvature::viewOf(std::size_t i, const Scalar* v) {
  const Layer& layer = *network_.layers()[i];
  const Places& at = places_[i];
  return {layer,
          network_.pass(i, {}),
          network_.inputOf(i, x_),
          {v + layer.kernelOffset(), i > first_ ? places_[i - 1].tangent : nullptr, at.memory, spare_},
          network_.z(i).data(),
          network_.a(i).data(),
          at,
          layer.units(),
          x_.rows * layer.units()};
}

// product ← ∂²L/∂prediction²·tangent, or zero if not `here`.
void Curvature::curveLoss(bool here, RowCurve curve, const Scalar* prediction, const View& view, Scalar* product) {
  std::fill(product, product + view.size, Scalar(0));
  for (Index row = 0; here && row < view.size; row += view.units) {
    curve(prediction + row, targets_.data() + row, view.at.tangent + row, view.units, objective_.options(),
          1 / static_cast<Scalar>(x_.rows), product + row);
  }
}

void Curvature::multiply(const Scalar* v, Scalar* product) {
  // Forward: R{Z}, R{A}, and the part of R{Δ} that σ'' and a loss on logits make of R{Z}.
  for (std::size_t i = first_; i < layers_; ++i) {
    const View view = viewOf(i, v);
    const Activation& activation = view.layer.activation();
    Scalar *const tangent = view.at.tangent, *const delta = view.at.delta;
    view.layer.forwardTangent(view.pass, view.x, view.tangents, MatrixMap(tangent, x_.rows, view.units));
    curveLoss(i + 1 == layers_ && objective_.fused(), objective_.loss().curveFromLogits, view.z, view, delta);
    if (activation.rowTangent) {
      for (Index row = 0; row < view.size; row += view.units) {
        activation.rowTangent(view.a + row, view.at.gradient + row, view.units, tangent + row, delta + row);
      }
    } else {
      for (Index k = 0; k < view.size; ++k) delta[k] += view.at.gradient[k] * tangent[k];
      deactivate(activation, view.z, view.a, tangent, x_.rows, view.units, view.layer.alpha());
    }
  }
  // Backward: the rest of R{Δ}, R{∂L/∂W}, R{∂L/∂b}. R{∂L/∂A} goes from layer to layer in back_.
  for (std::size_t i = layers_; i-- > first_;) {
    const View view = viewOf(i, v);
    const Layer& layer = view.layer;
    if (i + 1 == layers_) {
      curveLoss(!objective_.fused(), objective_.loss().curveFromActivations, view.a, view, back_);
    }
    layer.activityRegularizer().addGradient(view.at.tangent, view.size, 1 / static_cast<Scalar>(x_.rows), back_, true);
    deactivate(layer.activation(), view.z, view.a, back_, x_.rows, view.units, layer.alpha());
    for (Index k = 0; k < view.size; ++k) view.at.delta[k] += back_[k];
    Scalar* const gradients = product + layer.kernelOffset();
    layer.backwardTangent(view.pass, view.x, view.tangents, network_.delta(i),
                          ConstMatrixMap(view.at.delta, x_.rows, view.units), gradients, i > first_ ? back_ : nullptr);
    if (layer.penalized()) layer.addPenaltyGradient(view.tangents.parameters, true, gradients);
  }
}

}  // namespace mlp
