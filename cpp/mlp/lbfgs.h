// L-BFGS, the limited-memory quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (Liu & Nocedal 1989; Nocedal
// & Wright 2006, algorithms 7.4, 7.5, 3.5 and 3.6). It takes all samples as one batch, so it suits small data sets.
//
//   d = −H·g       H: the inverse Hessian, estimated from the last `historySize` steps s and changes y of the gradient
//   θ ← θ + t·d    t meets the strong Wolfe conditions
#pragma once

#include <cstdint>

#include "mlp/optimizer.h"
#include "mlp/types.h"

namespace mlp {

constexpr int kMaxLbfgsHistory = 100;

// Numbers of state per parameter: the history's s and y, the gradient, the origin of the step and its direction.
int lbfgsSlots(const OptimizerOptions& options);

// A function of `count` parameters.
struct LbfgsProblem {
  Scalar* parameters;
  const Scalar* gradients;
  Index count;
  double (*evaluate)(void* context);  // the loss at `parameters`; sets `gradients`
  void* context;
};

// A point of φ(t) = loss(origin + t·direction).
struct LinePoint {
  double t, value, slope;
};

struct LbfgsSlots;

// The state between two evaluations, beside the slots. It need not be stored with a model, because a step that computes
// it anew ends the same.
class Lbfgs {
 public:
  // Does a part of step `step`, counted from 1: at most one evaluation. Returns true once the step is complete; until
  // then the parameters stay as they were before it. `state`: lbfgsSlots() · count numbers, zero before the first step.
  // Nothing is allocated. If other parameters are set in the middle of a step, it begins anew from those.
  bool advance(const LbfgsProblem& problem, Scalar* state, const OptimizerOptions& options, std::int64_t step);

  // The loss after the last complete step.
  double loss() const { return loss_; }

  // True once further steps would not lower the loss: no entry of the gradient is above the tolerance, or rounding
  // hides the way down.
  bool converged() const { return converged_; }

 private:
  void beginSearch(LbfgsSlots& slots, const OptimizerOptions& options, bool newton);
  bool narrow();
  void finish(const LbfgsProblem& problem, LbfgsSlots& slots, std::int64_t step, const OptimizerOptions& options,
              const LinePoint& found);

  bool known_ = false;  // loss_ and the gradient's slot are those at the origin's slot
  double loss_ = 0;
  bool converged_ = false;

  // The line search, algorithms 3.5 and 3.6 in one. A good point lies between `low_`, the best so far, and `high_`, at
  // infinity until a bound is found; t_ is the next point to try.
  bool searching_ = false;
  bool newton_ = false;  // along −H·g, and not along −g
  int left_ = 0;         // evaluations that remain
  double t_ = 0;
  LinePoint start_{}, low_{}, high_{}, last_{};
};

}  // namespace mlp
