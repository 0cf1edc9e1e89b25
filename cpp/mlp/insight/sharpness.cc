#include "mlp/insight/sharpness.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "mlp/dot.h"
#include "mlp/insight/curvature.h"
#include "mlp/random.h"

namespace mlp {
namespace {

double norm(const Scalar* values, Index count) { return std::sqrt(dot(values, values, count)); }

// A symmetric tridiagonal matrix T that grows, up to `most` rows, and its largest eigenvalue.
class Tridiagonal {
 public:
  explicit Tridiagonal(std::size_t most) : entries_(2 * most) {}

  // Adds a row and column: its diagonal entry, and the one beside that.
  void grow(double beside, double diagonal) {
    entries_[2 * size_] = beside;
    entries_[2 * size_++ + 1] = diagonal;
    // A first guess, never too large: the largest eigenvalue on the plane of the eigenvector so far and the new row
    // (Rayleigh, Ritz).
    const double half = (top_ - diagonal) / 2, coupling = beside * lastEntry();
    top_ = size_ == 1 ? diagonal : diagonal + half + std::sqrt(half * half + coupling * coupling);
    for (int round = 0; round < 50; ++round) {
      const double step = lastPivot(top_) / squares_;  // Newton's: from below it never goes too far
      if (!(step > 1e-15 * std::abs(top_))) break;
      top_ += step;
    }
  }

  double top() const { return top_; }
  // The last entry of the eigenvector of length 1.
  double lastEntry() const { return 1 / std::sqrt(squares_); }

 private:
  // The last pivot of T − λ, eliminated row by row. For λ above the eigenvalues of T without its last row, it is a
  // convex, falling function of λ with slope −squares_, and its zero is T's largest eigenvalue. squares_ is the squared
  // length of the eigenvector whose last entry is 1. Returns 0 for other λ, which come only from rounding, if that
  // entry is nearly 0 beside the others.
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

// Length that rounding leaves of a vector that should be zero, as a share of ‖H‖.
constexpr double kRounding = 16 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());

// A limit of a few times the number of parameters, because exact arithmetic would need no more than that number.
Index mostIterations(Size parameters, int wanted) {
  return static_cast<Index>(std::min<Size>(std::max(wanted, 1), 8 * parameters + 64));
}

}  // namespace

Size sharpnessBytes(const Network& network, Index rows, int maxIterations) {
  const Size count = network.parameters().size();
  return Curvature::bytes(network, rows) + 3 * count * static_cast<Size>(sizeof(Scalar)) +
         2 * mostIterations(count, maxIterations) * static_cast<Size>(sizeof(double));
}

Sharpness sharpness(Network& network, const Input& x, ConstMatrixMap targets, const Objective& objective,
                    int maxIterations, double tolerance) {
  Curvature curvature(network, x, targets, objective);
  const Index count = network.parameters().size();
  const std::unique_ptr<Scalar[]> storage(new Scalar[3 * static_cast<std::size_t>(count)]());
  Scalar *v = storage.get(), *before = v + count, *w = before + count;
  Random random(network.seed(), Stream::kInitializer, ~0u);
  for (Index i = 0; i < count; ++i) v[i] = static_cast<Scalar>(random.normal());
  network.zeroFrozen(v);
  double length = norm(v, count);
  Sharpness result;
  result.converged = length == 0;
  if (result.converged) return result;  // training changes nothing

  // H·vᵢ = βᵢ₋₁vᵢ₋₁ + αᵢvᵢ + βᵢvᵢ₊₁
  const Index limit = mostIterations(count, maxIterations);
  Tridiagonal projected(static_cast<std::size_t>(limit));
  double beta = 0, largest = 0;
  for (;;) {
    const Scalar inverse = static_cast<Scalar>(1 / length);
    for (Index i = 0; i < count; ++i) v[i] *= inverse;
    ++result.iterations;
    curvature.multiply(v, w);
    network.zeroFrozen(w);
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
    if (result.converged || result.iterations >= limit) break;
    beta = length;
    std::swap(before, v);
    std::swap(v, w);
  }
  return result;
}

}  // namespace mlp