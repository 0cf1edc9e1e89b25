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

// The minimum of the cubic through two points with their slopes (Nocedal & Wright, equation 3.59). NaN if it has none,
// or if a point is infinite.
double cubicMinimum(const LinePoint& a, const LinePoint& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.t - a.t);
  return b.t - (b.t - a.t) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}

// `t` held between a and b; their middle if it is NaN.
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

}  // namespace

// The slots, by name.
struct LbfgsSlots {
  LbfgsSlots(Scalar* state, Index history, Index count)
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

  // direction ← −H·gradient, by the two loops of algorithm 7.4. False if there is no history yet.
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

int lbfgsSlots(const OptimizerOptions& options) { return 2 * static_cast<int>(options.historySize) + 3; }

// Starts a line search: along slots.direction if `newton` (findDirection() has set it) and it leads downhill, else
// along −gradient.
void Lbfgs::beginSearch(LbfgsSlots& slots, const OptimizerOptions& options, bool newton) {
  start_ = {0, loss_, dot(slots.gradient, slots.direction, slots.count)};
  newton_ = newton && start_.slope < 0;
  if (!newton_) {
    slots.forgetHistory();
    for (Index i = 0; i < slots.count; ++i) slots.direction[i] = -slots.gradient[i];
    start_.slope = -dot(slots.gradient, slots.gradient, slots.count);
  }
  // Steepest descent knows nothing of how far to go: its first step is as long as one along one parameter.
  t_ = options.learningRate * (newton_ ? 1 : std::min(1.0, 1 / std::sqrt(-start_.slope)));
  low_ = last_ = start_;
  high_ = {std::numeric_limits<double>::infinity(), 0, 0};
  left_ = static_cast<int>(options.maxEvaluations);
  searching_ = true;
}

// True if last_ meets the strong Wolfe conditions; otherwise sets t_ to the next point to try.
bool Lbfgs::narrow() {
  const bool decreased =
      last_.value <= start_.value + kDecrease * t_ * start_.slope + kRounding * std::abs(start_.value);
  if (decreased && std::abs(last_.slope) <= kCurvature * std::abs(start_.slope)) return true;
  if (!decreased || last_.value >= low_.value) {
    high_ = last_;
  } else {
    // Without an upper bound the next point is extrapolated, by the cubic through the last two.
    const double beyond = between(cubicMinimum(low_, last_), 2 * t_, 10 * t_);
    if (last_.slope * (high_.t - low_.t) >= 0) high_ = low_;
    low_ = last_;
    if (std::isinf(high_.t)) {
      t_ = beyond;
      return false;
    }
  }
  const double margin = 0.1 * (high_.t - low_.t);  // because points near an end would hardly narrow it
  t_ = between(cubicMinimum(low_, high_), low_.t + margin, high_.t - margin);
  return false;
}

void Lbfgs::finish(const LbfgsProblem& problem, LbfgsSlots& slots, std::int64_t step, const OptimizerOptions& options,
                   const LinePoint& found) {
  const double before = largest(slots.gradient, problem.count), after = largest(problem.gradients, problem.count);
  converged_ = found.t == 0 || after <= options.tolerance || (found.value >= loss_ && after >= before);
  slots.remember(problem, step);
  copy(slots.origin, problem.parameters, problem.count);
  copy(slots.gradient, problem.gradients, problem.count);
  loss_ = found.value;
  searching_ = false;
}

bool Lbfgs::advance(const LbfgsProblem& problem, Scalar* state, const OptimizerOptions& options, std::int64_t step) {
  LbfgsSlots slots(state, static_cast<Index>(options.historySize), problem.count);
  const std::size_t bytes = static_cast<std::size_t>(problem.count) * sizeof(Scalar);
  // Somebody may have set other weights meanwhile.
  bool evaluated = false;
  if (!known_ || std::memcmp(slots.origin, problem.parameters, bytes) != 0) {
    loss_ = problem.evaluate(problem.context);
    copy(slots.origin, problem.parameters, problem.count);
    copy(slots.gradient, problem.gradients, problem.count);
    known_ = evaluated = true;
    searching_ = false;
  }
  if (!searching_) {
    converged_ = !(largest(slots.gradient, problem.count) > options.tolerance) || !std::isfinite(loss_);
    if (converged_) return true;
    beginSearch(slots, options, slots.findDirection(step));
    if (evaluated) return false;
  }

  const auto at = [&](double t) {
    copy(problem.parameters, slots.origin, slots.count);
    if (t != 0) add(problem.parameters, t, slots.direction, slots.count);
    const double value = problem.evaluate(problem.context);
    const double infinity = std::numeric_limits<double>::infinity();
    return LinePoint{t, std::isfinite(value) ? value : infinity, dot(problem.gradients, slots.direction, slots.count)};
  };
  const auto pause = [&] {
    copy(problem.parameters, slots.origin, slots.count);
    return false;
  };
  LinePoint found = low_;
  if (left_ == 0) {  // out of evaluations: back to the best point, perhaps the start
    found = at(low_.t);
  } else {
    --left_;
    found = last_ = at(t_);
    if (!narrow() && (left_ > 0 || low_.t != last_.t)) return pause();
  }
  if (found.t > 0 || !newton_) {
    finish(problem, slots, step, options, found);
    return true;
  }
  beginSearch(slots, options, false);
  return pause();
}

}  // namespace mlp
