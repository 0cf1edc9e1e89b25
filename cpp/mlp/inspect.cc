#include "mlp/inspect.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mlp/random.h"

namespace mlp {
namespace {

// The smooth pieces that every pre-activation, and every output against its target, lies in after a pass.
void collectPieces(const Network& network, ConstMatrixMap targets, const Objective& objective,
                   std::vector<int>& pieces) {
  pieces.clear();
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const DenseOptions& layer = network.layers()[i].options();
    if (!layer.activation->piece) continue;
    const ConstMatrixMap z = network.z(i);
    for (Index j = 0; j < z.size(); ++j) pieces.push_back(layer.activation->piece(z.data()[j], layer.alpha));
  }
  if (objective.fused() || !objective.loss().piece) return;
  const ConstMatrixMap outputs = network.a(network.layers().size() - 1);
  for (Index j = 0; j < outputs.size(); ++j) {
    pieces.push_back(objective.loss().piece(outputs.data()[j], targets.data()[j], objective.options()));
  }
}

}  // namespace

GradientCheck gradientCheck(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                            Index samples, double floorShare) {
  const double loss = network.lossAndGradients(x, targets, objective);
  const Vector analytic = network.gradients();
  const double floor = floorShare * std::max(std::abs(loss), static_cast<double>(analytic.cwiseAbs().maxCoeff()));
  std::vector<int> pieces, movedPieces;
  collectPieces(network, targets, objective, pieces);

  std::vector<std::int32_t> order(static_cast<std::size_t>(analytic.size()));
  std::iota(order.begin(), order.end(), 0);
  if (samples < analytic.size()) {
    Random(network.seed(), Stream::kShuffle, ~0u).shuffle(order.data(), static_cast<std::int32_t>(order.size()));
    order.resize(static_cast<std::size_t>(samples));
  }

  const Scalar h = static_cast<Scalar>(0.5 * std::pow(std::numeric_limits<Scalar>::epsilon(), 0.2));
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
    const double scale = std::max({std::abs(exact), std::abs(numeric), floor});
    const double error = scale > 0 ? std::abs(exact - numeric) / scale : 0;
    if (!(error <= result.worstRelativeError)) {  // in this order a NaN is the worst
      result.worstRelativeError = error;
      result.parameter = parameter;
      result.analytic = exact;
      result.numeric = numeric;
    }
  }
  result.worstRelativeError = std::max(result.worstRelativeError, 0.0);
  return result;
}

std::vector<LayerNorms> gradientNorms(Network& network, const Input& x, ConstMatrixMap targets,
                                      const Objective& objective) {
  network.lossAndGradients(x, targets, objective);
  std::vector<LayerNorms> norms;
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const Dense& layer = network.layers()[i];
    const Scalar* gradients = network.gradients().data();
    norms.push_back({static_cast<double>(network.delta(i).norm()),
                     static_cast<double>(ConstVectorMap(gradients + layer.kernelOffset(), layer.kernelSize()).norm()),
                     static_cast<double>(ConstVectorMap(gradients + layer.biasOffset(), layer.biasSize()).norm())});
  }
  return norms;
}

Sharpness sharpness(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                    int maxIterations, double tolerance) {
  using Wide = Eigen::Matrix<double, 1, Eigen::Dynamic>;
  const Index count = network.parameters().size();
  const Vector theta = network.parameters();
  const double h = 2 * std::pow(std::numeric_limits<Scalar>::epsilon(), 0.2);

  const auto gradientAt = [&](const Wide& direction, double step) {
    network.parameters() = theta + (step * direction).cast<Scalar>();
    network.lossAndGradients(x, targets, objective);
    return Wide(network.gradients().cast<double>());
  };
  const auto timesHessian = [&](const Wide& v) {
    const Wide near = gradientAt(v, h) - gradientAt(v, -h);
    const Wide far = gradientAt(v, 2 * h) - gradientAt(v, -2 * h);
    return Wide((8 * near - far) / (12 * h));
  };

  Random random(network.seed(), Stream::kInitializer, ~0u);
  Sharpness result;
  double shift = 0;  // power iteration runs on H − shift·I
  for (int attempt = 0; attempt < 2; ++attempt) {
    Wide v(count);
    for (Index i = 0; i < count; ++i) v[i] = random.normal();
    v.normalize();
    result.converged = false;
    for (int i = 0; i < maxIterations && !result.converged; ++i, ++result.iterations) {
      const Wide product = timesHessian(v);
      const double lambda = v.dot(product);  // Rayleigh quotient
      result.converged = i > 0 && std::abs(lambda - result.lambdaMax) <= tolerance * std::abs(lambda);
      result.lambdaMax = lambda;
      const Wide next = product - shift * v;
      const double norm = next.norm();
      if (norm == 0) {
        result.converged = true;
        break;
      }
      v = next / norm;
    }
    if (result.lambdaMax >= 0 || shift != 0) break;
    shift = result.lambdaMax;
  }
  network.parameters() = theta;
  return result;
}

}  // namespace mlp
