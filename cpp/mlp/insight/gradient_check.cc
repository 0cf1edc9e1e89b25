#include "mlp/insight/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "mlp/random.h"

namespace mlp {
namespace {

// Count of the numbers that collectPieces() finds: z of layers whose activation has pieces, and outputs if the loss
// has.
Size pieceCount(const Network& network, const Objective& objective, Index rows) {
  Size units = !objective.fused() && objective.loss().piece ? network.outputs() : 0;
  for (const auto& layer : network.layers()) units += layer->activation().piece ? layer->units() : 0;
  return rows * units;
}

// The smooth pieces that every pre-activation, and every output against its target, lies in after a pass.
void collectPieces(const Network& network, ConstMatrixMap targets, const Objective& objective,
                   std::vector<int>& pieces) {
  pieces.clear();
  pieces.reserve(static_cast<std::size_t>(pieceCount(network, objective, targets.rows())));
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const Layer& layer = *network.layers()[i];
    if (!layer.activation().piece) continue;
    const ConstMatrixMap z = network.z(i);
    for (Index j = 0; j < z.size(); ++j) pieces.push_back(layer.activation().piece(z.data()[j], layer.alpha()));
  }
  if (objective.fused() || !objective.loss().piece) return;
  const ConstMatrixMap outputs = network.a(network.layers().size() - 1);
  for (Index row = 0; row < outputs.rows(); ++row) {
    const Index first = row * outputs.cols();
    for (Index j = 0; j < outputs.cols(); ++j) {
      pieces.push_back(objective.loss().piece(outputs.data() + first, targets.data() + first, outputs.cols(), j,
                                              objective.options()));
    }
  }
}

// ε^(1/5)/2, because there a central difference of fourth order loses as much to rounding as to the terms it leaves
// out.
constexpr double kStep = 0.5 * (sizeof(Scalar) == 4 ? 0.04123462221165294 : 0.000740095979741405);

}  // namespace

Size gradientCheckBytes(const Network& network, const Objective& objective, Index rows) {
  return 2 * pieceCount(network, objective, rows) * static_cast<Size>(sizeof(int)) +
         network.parameters().size() * static_cast<Size>(sizeof(Scalar) + sizeof(std::int32_t));
}

GradientCheck gradientCheck(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                            Index samples, double floorShare) {
  const double loss = network.lossAndGradients(x, targets, objective);
  const Vector analytic = network.gradients();
  double largest = std::abs(loss);
  for (Index i = 0; i < analytic.size(); ++i) largest = std::max(largest, double(std::abs(analytic[i])));
  const double floor = floorShare * largest;
  std::vector<int> pieces, movedPieces;
  collectPieces(network, targets, objective, pieces);

  std::vector<std::int32_t> order(static_cast<std::size_t>(analytic.size()));
  std::iota(order.begin(), order.end(), 0);
  if (samples < analytic.size()) {
    Random(network.seed(), Stream::kShuffle, ~0u).shuffle(order.data(), static_cast<std::int32_t>(order.size()));
    order.resize(static_cast<std::size_t>(samples));
  }

  const Scalar h = static_cast<Scalar>(kStep);
  GradientCheck result;
  result.worstRelativeError = -1;
  for (const std::int32_t parameter : order) {
    Scalar& theta = network.parameters()[parameter];
    const Scalar before = theta;
    bool smooth = true;
    const auto lossAt = [&](Scalar moved) {
      theta = moved;
      const double movedLoss = network.loss(x, targets, objective);
      collectPieces(network, targets, objective, movedPieces);
      smooth = smooth && movedPieces == pieces;
      return movedLoss;
    };
    const Scalar up = before + h, down = before - h, farUp = before + 2 * h, farDown = before - 2 * h;
    const double near = (lossAt(up) - lossAt(down)) / (double(up) - double(down));
    const double far = (lossAt(farUp) - lossAt(farDown)) / (double(farUp) - double(farDown));
    theta = before;
    if (!smooth) {
      ++result.skipped;
      continue;
    }
    ++result.checked;
    const double numeric = (4 * near - far) / 3;
    const double exact = static_cast<double>(analytic[parameter]);
    const double gap = std::abs(exact - numeric);
    const double error = gap == 0 ? 0 : gap / std::max({std::abs(exact), std::abs(numeric), floor});
    if (!(error <= result.worstRelativeError || std::isnan(result.worstRelativeError))) {  // NaN is the worst
      result.worstRelativeError = error;
      result.parameter = parameter;
      result.analytic = exact;
      result.numeric = numeric;
    }
  }
  result.worstRelativeError = std::max(result.worstRelativeError, 0.0);
  return result;
}

}  // namespace mlp
