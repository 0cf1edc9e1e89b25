#include "mlp/inspect.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "mlp/curvature.h"
#include "mlp/dot.h"
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

double norm(const Scalar* values, Index count) { return std::sqrt(dot(values, values, count)); }

// A symmetric tridiagonal matrix T that grows, and its largest eigenvalue.
class Tridiagonal {
 public:
  // Another row and column: its diagonal entry, and the one beside that.
  void grow(double beside, double diagonal) {
    if (2 * size_ == entries_.size()) {
      std::vector<double> longer(2 * entries_.size() + 64);
      std::copy(entries_.begin(), entries_.end(), longer.begin());
      entries_.swap(longer);
    }
    entries_[2 * size_] = beside;
    entries_[2 * size_++ + 1] = diagonal;
    // Rayleigh and Ritz: the largest that the eigenvector so far and the new row come to; never above.
    const double half = (top_ - diagonal) / 2, coupling = beside * lastEntry();
    top_ = size_ == 1 ? diagonal : diagonal + half + std::sqrt(half * half + coupling * coupling);
    for (int round = 0; round < 50; ++round) {
      const double step = lastPivot(top_) / squares_;  // Newton's, which from below never goes too far
      if (!(step > 1e-15 * std::abs(top_))) break;
      top_ += step;
    }
  }

  double top() const { return top_; }
  // The last entry of the eigenvector of length 1.
  double lastEntry() const { return 1 / std::sqrt(squares_); }

 private:
  // Of T − λ, eliminated row by row: where λ is above the eigenvalues of T without its last row, a function that falls
  // and is convex, whose slope is −squares_, and whose zero is T's largest eigenvalue; its eigenvector with a last entry
  // of 1 has these squares. λ being always so, but for rounding when that entry is all but 0, else it is 0.
  double lastPivot(double lambda) {
    double pivot = entries_[1] - lambda, squares = 1;
    for (std::size_t i = 1; i < size_; ++i) {
      if (!(pivot < 0)) {
        squares_ = std::numeric_limits<double>::infinity();
        return 0;
      }
      const double beside = entries_[2 * i], ratio = beside / pivot;
      pivot = entries_[2 * i + 1] - lambda - ratio * beside;
      squares = 1 + ratio * ratio * squares;
    }
    squares_ = squares;
    return pivot;
  }

  std::size_t size_ = 0;
  std::vector<double> entries_;  // of each row, the one left of the diagonal and the one on it
  double top_ = 0, squares_ = 1;
};

// ε^(1/5)/2: where a central difference of fourth order loses as much to rounding as to the terms it leaves out.
constexpr double kStep = 0.5 * (sizeof(Scalar) == 4 ? 0.04123462221165294 : 0.000740095979741405);
// What rounding leaves of a vector that is zero, as a share of ‖H‖.
constexpr double kRounding = 16 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());

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
  Curvature curvature(network, x, targets, objective);
  const Index count = network.parameters().size();
  const std::unique_ptr<Scalar[]> storage(new Scalar[3 * static_cast<std::size_t>(count)]());
  Scalar *v = storage.get(), *before = v + count, *w = before + count;
  Random random(network.seed(), Stream::kInitializer, ~0u);
  for (Index i = 0; i < count; ++i) v[i] = static_cast<Scalar>(random.normal());
  double length = norm(v, count);

  // H·vᵢ = βᵢ₋₁vᵢ₋₁ + αᵢvᵢ + βᵢvᵢ₊₁
  Tridiagonal projected;
  double beta = 0, largest = 0;
  Sharpness result;
  for (;;) {
    const Scalar inverse = static_cast<Scalar>(1 / length);
    for (Index i = 0; i < count; ++i) v[i] *= inverse;
    ++result.iterations;
    curvature.multiply(v, w);
    const double alpha = dot(v, w, count);
    const Scalar alongV = static_cast<Scalar>(alpha), alongBefore = static_cast<Scalar>(beta);
    for (Index i = 0; i < count; ++i) w[i] -= alongV * v[i] + alongBefore * before[i];
    length = norm(w, count);
    if (!std::isfinite(length)) {
      result.lambdaMax = std::numeric_limits<double>::quiet_NaN();
      break;
    }
    projected.grow(beta, alpha);
    result.lambdaMax = projected.top();
    largest = std::max(largest, std::abs(alpha) + beta + length);
    const double residual = length * projected.lastEntry();
    result.converged = residual <= std::max(tolerance * std::abs(result.lambdaMax), kRounding * largest);
    if (result.converged || result.iterations >= maxIterations) break;
    beta = length;
    std::swap(before, v);
    std::swap(v, w);
  }
  return result;
}

}  // namespace mlp
