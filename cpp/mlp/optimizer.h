// Optimizers: one loop over the flat parameter buffer each. One entry each in optimizer.cc.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mlp/types.h"

namespace mlp {

struct OptimizerOptions {
  double learningRate = 0.001;
  double momentum = 0;
  double nesterov = 0;  // a flag: 0 or 1, so that every option is one number
  double rho = 0.9;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;
};

// An option by its public name, and what it may be.
struct OptimizerOption {
  const char* name;
  double OptimizerOptions::*field;
  double low, high;  // low ≤ value < high
};

struct Optimizer {
  const char* name;
  double defaultLearningRate;
  std::vector<OptimizerOption> options;  // the ones it takes
  int (*slots)(const OptimizerOptions& options);  // numbers of state it keeps per parameter

  // parameters ← next parameters, `count` of them. `state`: `count` numbers for each slot, one slot `slotStride` behind
  // the other, zero before the first step. `step` counts from 1 and is the same for all parameters of one step.
  void (*update)(Scalar* parameters, const Scalar* gradients, Scalar* state, Index slotStride,
                 Index count, const OptimizerOptions& options, std::int64_t step);
};

const std::vector<Optimizer>& optimizers();
const Optimizer* findOptimizer(std::string_view name);  // nullptr where there is none

}  // namespace mlp
