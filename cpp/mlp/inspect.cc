#include "mlp/inspect.h"

#include <algorithm>
#include <cmath>
#include <cstring>
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
    const Layer& layer = *network.layers()[i];
    if (!layer.activation().piece) continue;
    const ConstMatrixMap z = network.z(i);
    for (Index j = 0; j < z.size(); ++j) pieces.push_back(layer.activation().piece(z.data()[j], layer.alpha()));
  }
  if (objective.fused() || !objective.loss().piece) return;
  const ConstMatrixMap outputs = network.a(network.layers().size() - 1);
  for (Index j = 0; j < outputs.size(); ++j) {
    pieces.push_back(objective.loss().piece(outputs.data()[j], targets.data()[j], objective.options()));
  }
}

// Plain loops and not Eigen's expressions, of which every one would be code of its own; in double.
double dot(const double* a, const double* b, Index count) {
  double sum = 0;
  for (Index i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

template <class Number>
double norm(const Number* values, Index count) {
  double sum = 0;
  for (Index i = 0; i < count; ++i) sum += double(values[i]) * double(values[i]);
  return std::sqrt(sum);
}

// values ← factor·values
void scale(double* values, double factor, Index count) {
  for (Index i = 0; i < count; ++i) values[i] *= factor;
}

// to ← to + factor·from
void addTimes(double* to, double factor, const double* from, Index count) {
  for (Index i = 0; i < count; ++i) to[i] += factor * from[i];
}

// The eigenvector of the largest eigenvalue of a symmetric 3×3 matrix: squaring the matrix, made positive, again and
// again leaves only that.
void topEigenvector(const double (&symmetric)[3][3], double (&top)[3]) {
  double power[3][3];
  std::memcpy(power, symmetric, sizeof power);
  const double shift = norm(&symmetric[0][0], 9);
  for (int i = 0; i < 3; ++i) power[i][i] += shift;
  for (int round = 0; round < 50; ++round) {
    double square[3][3];
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) square[i][j] = dot(power[i], power[j], 3);  // symmetric: row j is column j
    }
    scale(&square[0][0], 1 / dot(&power[0][0], &power[0][0], 9), 9);
    std::memcpy(power, square, sizeof power);
  }
  int longest = 0;
  for (int i = 1; i < 3; ++i) {
    if (dot(power[i], power[i], 3) > dot(power[longest], power[longest], 3)) longest = i;
  }
  const double length = norm(power[longest], 3);
  for (int i = 0; i < 3; ++i) top[i] = power[longest][i] / length;
}

// ε^(1/5)/2: where a central difference of fourth order loses as much to rounding as to the terms it leaves out.
constexpr double kStep = 0.5 * (sizeof(Scalar) == 4 ? 0.04123462221165294 : 0.000740095979741405);
constexpr int kStagnation = 5;  // steps without progress that end the search for λ_max

// −1 where all are finite.
Index lastNonFinite(const Scalar* numbers, Index count) {
  if (allFinite(numbers, count)) return -1;
  while (--count >= 0 && numbers[count] - numbers[count] == 0) {
  }
  return count;
}

}  // namespace

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

std::vector<LayerNorms> gradientNorms(Network& network, const Input& x, ConstMatrixMap targets,
                                      const Objective& objective) {
  network.lossAndGradients(x, targets, objective);
  std::vector<LayerNorms> norms;
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const Layer& layer = *network.layers()[i];
    const Scalar* gradients = network.gradients().data();
    norms.push_back({norm(network.delta(i).data(), network.delta(i).size()),
                     norm(gradients + layer.kernelOffset(), layer.kernelSize()),
                     norm(gradients + layer.biasOffset(), layer.biasSize())});
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

void randomDirection(std::uint64_t seed, std::uint32_t number, Scalar* to, Index count) {
  // Substreams from the top: layers count from 0, and the last one is where sharpness() starts.
  Random random(seed, Stream::kInitializer, ~1u - number);
  for (Index i = 0; i < count; ++i) to[i] = static_cast<Scalar>(random.normal());
}

Sharpness sharpness(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                    int maxIterations, double tolerance) {
  const Index count = network.parameters().size();
  const Vector theta = network.parameters();

  const auto timesHessian = [&](const double* v, double* product) {
    std::fill(product, product + count, 0.0);
    for (const double step : {kStep, -kStep, 2 * kStep, -2 * kStep}) {
      Scalar* const parameters = network.parameters().data();
      for (Index i = 0; i < count; ++i) parameters[i] = theta[i] + static_cast<Scalar>(step * v[i]);
      network.lossAndGradients(x, targets, objective);
      const double weight = (std::abs(step) == kStep ? 8 : -2) / (12 * step);
      const Scalar* const gradients = network.gradients().data();
      for (Index i = 0; i < count; ++i) product[i] += weight * double(gradients[i]);
    }
  };

  // `count` numbers each; hv, hw, hp: H times v, w, p.
  std::vector<double> storage(6 * static_cast<std::size_t>(count));
  double* const v = storage.data();
  double *const hv = v + count, *const w = hv + count, *const hw = w + count, *const p = hw + count,
               *const hp = p + count;
  Random random(network.seed(), Stream::kInitializer, ~0u);
  for (Index i = 0; i < count; ++i) v[i] = random.normal();
  scale(v, 1 / norm(v, count), count);
  timesHessian(v, hv);
  double stepLength = 0;
  double earlier[kStagnation];  // λ of the last iterations, in turn
  Sharpness result;
  for (;;) {
    double& fiveAgo = earlier[result.iterations % kStagnation];
    ++result.iterations;
    result.lambdaMax = dot(v, hv, count);  // Rayleigh quotient
    std::copy(hv, hv + count, w);
    addTimes(w, -result.lambdaMax, v, count);  // its gradient, orthogonal to v
    const double residual = norm(w, count), allowed = tolerance * std::abs(result.lambdaMax);
    const bool stagnates =
        result.iterations > kStagnation && std::abs(result.lambdaMax - fiveAgo) <= allowed;
    fiveAgo = result.lambdaMax;
    result.converged = residual <= allowed || stagnates;
    if (result.converged || result.iterations >= maxIterations) break;

    scale(w, 1 / residual, count);
    for (int pass = 0; pass < 2; ++pass) {
      const double alongV = dot(w, v, count), alongP = dot(w, p, count);
      addTimes(w, -alongV, v, count);
      addTimes(w, -alongP, p, count);
    }
    const double left = norm(w, count);
    if (left < 1e-8) {  // no direction is left
      result.converged = true;
      break;
    }
    scale(w, 1 / left, count);
    timesHessian(w, hw);
    const double vw = dot(w, hv, count), vp = dot(p, hv, count), wp = dot(p, hw, count);
    double inBasis[3][3] = {// H between v, w and p
                            {result.lambdaMax, vw, vp},
                            {vw, dot(w, hw, count), wp},
                            {vp, wp, dot(p, hp, count)}};
    if (!(stepLength > 0)) inBasis[2][2] = -norm(&inBasis[0][0], 9);  // so that p = 0 is not chosen
    double top[3];
    topEigenvector(inBasis, top);
    // p ← top₁w + top₂p, v ← top₀v + p, and the same of their products
    const auto combine = [&](const double* ofW, double* ofP, double* ofV) {
      scale(ofP, top[2], count);
      addTimes(ofP, top[1], ofW, count);
      scale(ofV, top[0], count);
      addTimes(ofV, 1, ofP, count);
    };
    combine(w, p, v);
    combine(hw, hp, hv);
    const double length = norm(v, count);
    scale(v, 1 / length, count);
    scale(hv, 1 / length, count);
    const double along = dot(p, v, count);
    addTimes(p, -along, v, count);
    addTimes(hp, -along, hv, count);
    stepLength = norm(p, count);
    if (stepLength > 0) {
      scale(p, 1 / stepLength, count);
      scale(hp, 1 / stepLength, count);
    }
  }
  network.parameters() = theta;
  return result;
}

}  // namespace mlp
