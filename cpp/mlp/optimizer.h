// Optimizers: one loop over the flat parameter buffer each. One entry each in optimizer.cc.
//
// Their whole memory is their slots of state and the number of the step, so that training can be saved and go on to the
// bit.
#pragma once

#include <cstdint>
#include <string_view>

#include "mlp/option.h"
#include "mlp/types.h"

namespace mlp {

struct OptimizerOptions {
  double learningRate = 0.001;
  double momentum = 0;
  double nesterov = 0;  // flags are 0 or 1, so that every option is one number
  double rho = 0.9;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;
  double centered = 0;
  double amsgrad = 0;
  double initialAccumulatorValue = 0.1;
  double historySize = 10;
  double maxEvaluations = 20;
  double tolerance = 1e-7;

  // Options of every optimizer that steps along one gradient. Clipping is off at 0.
  double weightDecay = 0;
  double clipNorm = 0;
  double clipValue = 0;
  double globalClipNorm = 0;
  double useEma = 0;
  double emaMomentum = 0.99;
};

// An option: its public name, its field, its default and its limits.
struct OptimizerOption {
  const char* name;
  double OptimizerOptions::*field;
  double fallback;
  double low, high;  // low ≤ value < high
  OptionKind kind;
};

struct Optimizer {
  const char* name;
  Table<OptimizerOption> options;                 // the ones it takes; the first is its learning rate
  int (*slots)(const OptimizerOptions& options);  // numbers of state it keeps per parameter

  // parameters ← next parameters, `count` of them. `state`: `count` numbers for each slot, one slot
  // `slotStride` behind the other, zero before the first step. `step` counts from 1 and is the same for all
  // parameters of one step. Null if one gradient is not enough, because the optimizer evaluates the loss of all samples
  // itself (lbfgs.h).
  void (*update)(Scalar* parameters, const Scalar* gradients, Scalar* state, Index slotStride, Index count,
                 const OptimizerOptions& options, std::int64_t step);

  bool fullBatch() const { return update == nullptr; }
  OptimizerOptions defaults() const;
};

Table<Optimizer> optimizers();
const Optimizer* findOptimizer(std::string_view name);  // nullptr where there is none

// Numbers of state per parameter with everything that the options ask for: the optimizer's own slots, and
// behind them, with useEma, the average of the parameters.
int slotCount(const Optimizer& optimizer, const OptimizerOptions& options);

// A whole step for `count` parameters: weight decay, the optimizer's update, the average.
void updateParameters(const Optimizer& optimizer, Scalar* parameters, const Scalar* gradients, Scalar* state,
                      Index slotStride, Index count, const OptimizerOptions& options, std::int64_t step);

}  // namespace mlp
