#include "mlp/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "mlp/dot.h"

namespace mlp {
namespace {

// The strong Wolfe conditions: φ(t) ≤ φ(0) + c₁tφ'(0) and |φ'(t)| ≤ c₂|φ'(0)|, with the constants that
// Nocedal & Wright recommend for quasi-Newton methods. φ is allowed to be off by its own rounding (Hager &
// Zhang 2005).
constexpr double kDecrease = 1e-4;
constexpr double kCurvature = 0.9;
constexpr double kRounding = 4 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());

// A point of φ(t) = loss(origin + t·direction).
struct Point {
  double t, value, slope;
};

// Where the cubic through two points and their slopes is least (Nocedal & Wright, equation 3.59). NaN where
// it has no minimum, or a point is infinite.
double cubicMinimum(const Point& a, const Point& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.t - a.t);
  return b.t - (b.t - a.t) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

// `t`, or the nearest number to it between the two; their middle for NaN.
double between(double t, double a, double b) {
  const double low = std::min(a, b), high = std::max(a, b);
  return std::isnan(t) ? 0.5 * (low + high) : std::min(std::max(t, low), high);
}

double largest(const Scalar* numbers, Index count) {
  Scalar most = 0;
  for (Index i = 0; i < count; ++i) most = std::max(most, std::abs(numbers[i]));
  return static_cast<double>(most);
}

void copy(Scalar* to, const Scalar* from, Index count) {
  std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(Scalar));
}

// to ← to + factor·x
void add(Scalar* to, double factor, const Scalar* x, Index count) {
  const Scalar f = static_cast<Scalar>(factor);
  for (Index i = 0; i < count; ++i) to[i] += f * x[i];
}

// The slots, by name.
struct Slots {
  Slots(Scalar* state, Index history, Index count)
      : s(state),
        y(s + history * count),
        gradient(y + history * count),
        origin(gradient + count),
        direction(origin + count),
        history(history),
        count(count) {}

  Scalar *s, *y;  // history × count each; a pair that is not there is zero
  Scalar *gradient, *origin, *direction;
  Index history, count;

  Scalar* sAt(Index i) const { return s + i * count; }
  Scalar* yAt(Index i) const { return y + i * count; }
  void forgetHistory() const { std::fill(s, gradient, Scalar(0)); }

  // direction ← −H·gradient, by the two loops of algorithm 7.4. Whether there was a history to do it with.
  bool findDirection(std::int64_t step) const {
    double products[kMaxLbfgsHistory], alphas[kMaxLbfgsHistory];
    const auto place = [&](Index age) { return static_cast<Index>((step + history - age) % history); };
    double scale = 0;
    for (Index i = 0; i < count; ++i) direction[i] = -gradient[i];
    for (Index age = 1; age <= history; ++age) {
      const Index i = place(age);
      products[i] = dot(sAt(i), yAt(i), count);
      if (products[i] == 0) continue;
      if (scale == 0) scale = products[i] / dot(yAt(i), yAt(i), count);  // of the newest: equation 7.20
      alphas[i] = dot(sAt(i), direction, count) / products[i];
      add(direction, -alphas[i], yAt(i), count);
    }
    if (scale == 0) return false;
    for (Index i = 0; i < count; ++i) direction[i] *= static_cast<Scalar>(scale);
    for (Index age = history; age >= 1; --age) {
      const Index i = place(age);
      if (products[i] == 0) continue;
      add(direction, alphas[i] - dot(yAt(i), direction, count) / products[i], sAt(i), count);
    }
    return true;
  }

  // The pair of this step, unless rounding took the curvature out of it.
  void remember(const LbfgsProblem& problem, std::int64_t step) const {
    Scalar* const newS = sAt(static_cast<Index>(step % history));
    Scalar* const newY = yAt(static_cast<Index>(step % history));
    for (Index i = 0; i < count; ++i) {
      newS[i] = problem.parameters[i] - origin[i];
      newY[i] = problem.gradients[i] - gradient[i];
    }
    const double rounding = std::numeric_limits<double>::epsilon() * dot(newY, newY, count);
    if (dot(newS, newY, count) > rounding) return;
    std::fill(newS, newS + count, Scalar(0));
    std::fill(newY, newY + count, Scalar(0));
  }
};

// The line search, algorithms 3.5 and 3.6 in one: `low` is the best point so far, `high` the other end of
// what holds a good one, at infinity until there is an end. Returns the point that it leaves
// problem.parameters at, which is the start where there is none that is lower.
Point search(const LbfgsProblem& problem, const Slots& slots, const Point& start, double t, int evaluations) {
  const auto at = [&](double t) {
    copy(problem.parameters, slots.origin, slots.count);
    if (t != 0) add(problem.parameters, t, slots.direction, slots.count);
    const double value = problem.evaluate(problem.context);
    const double infinity = std::numeric_limits<double>::infinity();
    return Point{t, std::isfinite(value) ? value : infinity,
                 dot(problem.gradients, slots.direction, slots.count)};
  };
  Point low = start, high{std::numeric_limits<double>::infinity(), 0, 0};
  Point last = start;
  while (evaluations-- > 0) {
    last = at(t);
    const bool decreased =
        last.value <= start.value + kDecrease * t * start.slope + kRounding * std::abs(start.value);
    if (decreased && std::abs(last.slope) <= kCurvature * std::abs(start.slope)) return last;
    if (!decreased || last.value >= low.value) {
      high = last;
    } else {
      // The next point of a bracket without end is found by the cubic through the two before it.
      const double beyond = between(cubicMinimum(low, last), 2 * t, 10 * t);
      if (last.slope * (high.t - low.t) >= 0) high = low;
      low = last;
      if (std::isinf(high.t)) {
        t = beyond;
        continue;
      }
    }
    const double margin = 0.1 * (high.t - low.t);  // or else it might creep along an end
    t = between(cubicMinimum(low, high), low.t + margin, high.t - margin);
  }
  return low.t == last.t ? last : at(low.t);
}

}  // namespace

int lbfgsSlots(const OptimizerOptions& options) { return 2 * static_cast<int>(options.historySize) + 3; }

double Lbfgs::iterate(const LbfgsProblem& problem, Scalar* state, const OptimizerOptions& options,
                      std::int64_t step) {
  const Slots slots(state, static_cast<Index>(options.historySize), problem.count);
  const std::size_t bytes = static_cast<std::size_t>(problem.count) * sizeof(Scalar);
  // Somebody may have set other weights meanwhile.
  if (!known_ || std::memcmp(slots.origin, problem.parameters, bytes) != 0) {
    loss_ = problem.evaluate(problem.context);
    copy(slots.origin, problem.parameters, problem.count);
    copy(slots.gradient, problem.gradients, problem.count);
    known_ = true;
  }
  const double before = largest(slots.gradient, problem.count);
  converged_ = !(before > options.tolerance) || !std::isfinite(loss_);
  if (converged_) return loss_;

  bool newton = slots.findDirection(step);
  Point start{0, loss_, dot(slots.gradient, slots.direction, problem.count)};
  Point found = start;
  for (;; newton = false) {
    if (!newton || !(start.slope < 0)) {
      slots.forgetHistory();
      for (Index i = 0; i < problem.count; ++i) slots.direction[i] = -slots.gradient[i];
      start.slope = -dot(slots.gradient, slots.gradient, problem.count);
      newton = false;
    }
    // Steepest descent knows nothing of how far to go: its first step is as long as one along one parameter.
    const double first = newton ? 1 : std::min(1.0, 1 / std::sqrt(-start.slope));
    found =
        search(problem, slots, start, options.learningRate * first, static_cast<int>(options.maxEvaluations));
    if (found.t > 0 || !newton) break;
  }

  const double after = largest(problem.gradients, problem.count);
  converged_ = found.t == 0 || after <= options.tolerance || (found.value >= loss_ && after >= before);
  slots.remember(problem, step);
  copy(slots.origin, problem.parameters, problem.count);
  copy(slots.gradient, problem.gradients, problem.count);
  loss_ = found.value;
  return loss_;
}

}  // namespace mlp
