#include "mlp/inspect.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mlp/random.h"
#include "mlp/simd.h"

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

// The eigenvector of the largest eigenvalue: squaring the matrix, made positive, again and again leaves only that.
Eigen::Vector3d topEigenvector(const Eigen::Matrix3d& symmetric) {
  Eigen::Matrix3d power = symmetric + symmetric.norm() * Eigen::Matrix3d::Identity();
  for (int i = 0; i < 50; ++i) power = (power * power / power.squaredNorm()).eval();
  Eigen::Index column;
  power.colwise().squaredNorm().maxCoeff(&column);
  return power.col(column).normalized();
}

// −1 where all are finite.
Index lastNonFinite(const Scalar* numbers, Index count) {
  if (allFinite(numbers, count)) return -1;
  while (--count >= 0 && numbers[count] - numbers[count] == 0) {
  }
  return count;
}

constexpr std::size_t kStagnation = 5;  // steps without progress that end the search for λ_max

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

NonFinite firstNonFinite(const Network& network) {
  NonFinite found;
  for (Index i = static_cast<Index>(network.layers().size()) - 1; i >= 0; --i) {
    const ConstMatrixMap a = network.a(static_cast<std::size_t>(i));
    if (lastNonFinite(a.data(), a.size()) >= 0) found.layer = i;
  }
  found.parameter = lastNonFinite(network.parameters().data(), network.parameters().size());
  return found;
}

Sharpness sharpness(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                    int maxIterations, double tolerance) {
  using Wide = Eigen::Matrix<double, 1, Eigen::Dynamic>;
  const Index count = network.parameters().size();
  const Vector theta = network.parameters();
  const double h = 0.5 * std::pow(std::numeric_limits<Scalar>::epsilon(), 0.2);

  const auto timesHessian = [&](const Wide& v, Wide& product) {
    product.setZero(count);
    for (const double step : {h, -h, 2 * h, -2 * h}) {
      network.parameters() = theta + (step * v).cast<Scalar>();
      network.lossAndGradients(x, targets, objective);
      product += (std::abs(step) == h ? 8 / (12 * step) : -2 / (12 * step)) * network.gradients().cast<double>();
    }
  };

  Random random(network.seed(), Stream::kInitializer, ~0u);
  Wide v(count), hv, w, hw, p = Wide::Zero(count), hp = p;  // hv, hw, hp: H times v, w, p
  for (Index i = 0; i < count; ++i) v[i] = random.normal();
  v.normalize();
  timesHessian(v, hv);
  double stepLength = 0;
  std::vector<double> lambdas;
  Sharpness result;
  for (;;) {
    ++result.iterations;
    result.lambdaMax = v.dot(hv);  // Rayleigh quotient
    lambdas.push_back(result.lambdaMax);
    w = hv - result.lambdaMax * v;  // its gradient, orthogonal to v
    const double residual = w.norm(), allowed = tolerance * std::abs(result.lambdaMax);
    const bool stagnates = lambdas.size() > kStagnation &&
                           std::abs(lambdas.back() - lambdas[lambdas.size() - 1 - kStagnation]) <= allowed;
    result.converged = residual <= allowed || stagnates;
    if (result.converged || result.iterations >= maxIterations) break;

    w /= residual;
    for (int pass = 0; pass < 2; ++pass) w -= w.dot(v) * v + w.dot(p) * p;
    if (w.norm() < 1e-8) {  // no direction is left
      result.converged = true;
      break;
    }
    w.normalize();
    timesHessian(w, hw);
    Eigen::Matrix3d inBasis;  // H between v, w and p
    inBasis << v.dot(hv), w.dot(hv), p.dot(hv), w.dot(hv), w.dot(hw), p.dot(hw), p.dot(hv), p.dot(hw), p.dot(hp);
    if (!(stepLength > 0)) inBasis(2, 2) = -inBasis.norm();  // so that p = 0 is not chosen
    const Eigen::Vector3d top = topEigenvector(inBasis);
    p = top[1] * w + top[2] * p;
    hp = top[1] * hw + top[2] * hp;
    v = top[0] * v + p;
    hv = top[0] * hv + hp;
    const double length = v.norm();
    v /= length;
    hv /= length;
    const double along = p.dot(v);
    p -= along * v;
    hp -= along * hv;
    stepLength = p.norm();
    if (stepLength > 0) {
      p /= stepLength;
      hp /= stepLength;
    }
  }
  network.parameters() = theta;
  return result;
}

}  // namespace mlp
