// L-BFGS, the limited-memory quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (Liu & Nocedal
// 1989; Nocedal & Wright 2006, algorithms 7.4, 7.5, 3.5 and 3.6): for all samples at once, where there are
// few of them.
//
//   d = −H·g      H: the inverse Hessian as the last `historySize` steps s and changes y of the gradient show
//   it θ ← θ + td    t meets the strong Wolfe conditions
#pragma once

#include <cstdint>

#include "mlp/optimizer.h"
#include "mlp/types.h"

namespace mlp {

constexpr int kMaxLbfgsHistory = 100;

// Numbers of state per parameter: the history's s and y, the gradient, where the step began, its direction.
int lbfgsSlots(const OptimizerOptions& options);

// A function of `count` parameters.
struct LbfgsProblem {
  Scalar* parameters;
  const Scalar* gradients;
  Index count;
  double (*evaluate)(void* context);  // the loss at `parameters`; sets `gradients`
  void* context;
};

// What is known between one step and the next, beside the slots. It only saves work: a step that has to find
// it out anew does the same.
class Lbfgs {
 public:
  // One step of the `step`-th kind, counted from 1; `state`: lbfgsSlots() · count numbers, zero before the
  // first. Returns the loss after it, where the last evaluation was. Nothing is allocated.
  double iterate(const LbfgsProblem& problem, Scalar* state, const OptimizerOptions& options,
                 std::int64_t step);

  // Whether further steps would find nothing better: no entry of the gradient is above the tolerance, or
  // rounding hides where down is.
  bool converged() const { return converged_; }

 private:
  bool known_ = false;  // loss_ and the gradient's slot are those at the origin's slot
  double loss_ = 0;
  bool converged_ = false;
};

}  // namespace mlp
