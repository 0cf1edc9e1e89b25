#include "mlp/optimizer.h"

#include <cmath>
#include <limits>

namespace mlp {
namespace {

// base^exponent by squaring: the same bits everywhere, unlike the C library's pow.
double power(double base, std::int64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base) {
    if (exponent & 1) result *= base;
  }
  return result;
}

// θ ← θ − ηg.  With momentum (document 001 §10.2): v ← μv − ηg, θ ← θ + v;
// Nesterov (Sutskever et al. 2013): θ ← θ + μv − ηg with the new v.
void sgd(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict velocity, Index,
         Index count, const OptimizerOptions& options, std::int64_t) {
  const Scalar rate = static_cast<Scalar>(options.learningRate);
  const Scalar momentum = static_cast<Scalar>(options.momentum);
  if (momentum == 0) {
    for (Index i = 0; i < count; ++i) parameters[i] -= rate * gradients[i];
  } else if (options.nesterov != 0) {
    for (Index i = 0; i < count; ++i) {
      velocity[i] = momentum * velocity[i] - rate * gradients[i];
      parameters[i] += momentum * velocity[i] - rate * gradients[i];
    }
  } else {
    for (Index i = 0; i < count; ++i) {
      velocity[i] = momentum * velocity[i] - rate * gradients[i];
      parameters[i] += velocity[i];
    }
  }
}

// s ← ρs + (1 − ρ)g², θ ← θ − ηg/(√s + ε)  (Tieleman & Hinton 2012; document 001 §10.3)
void rmsprop(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict square, Index,
             Index count, const OptimizerOptions& options, std::int64_t) {
  const Scalar rate = static_cast<Scalar>(options.learningRate);
  const Scalar rho = static_cast<Scalar>(options.rho);
  const Scalar rest = static_cast<Scalar>(1 - options.rho);
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    square[i] = rho * square[i] + rest * g * g;
    parameters[i] -= rate * g / (std::sqrt(square[i]) + epsilon);
  }
}

// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), θ ← θ − ηm̂/(√v̂ + ε)
// (Kingma & Ba 2014; document 001 §10.4)
void adam(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict state,
          Index slotStride, Index count, const OptimizerOptions& options, std::int64_t step) {
  const Scalar beta1 = static_cast<Scalar>(options.beta1);
  const Scalar beta2 = static_cast<Scalar>(options.beta2);
  const Scalar rest1 = static_cast<Scalar>(1 - options.beta1);
  const Scalar rest2 = static_cast<Scalar>(1 - options.beta2);
  const Scalar rate = static_cast<Scalar>(options.learningRate / (1 - power(options.beta1, step)));
  const Scalar correction = static_cast<Scalar>(1 / std::sqrt(1 - power(options.beta2, step)));
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  Scalar* __restrict mean = state;
  Scalar* __restrict square = state + slotStride;
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    mean[i] = beta1 * mean[i] + rest1 * g;
    square[i] = beta2 * square[i] + rest2 * g * g;
    parameters[i] -= rate * mean[i] / (std::sqrt(square[i]) * correction + epsilon);
  }
}

constexpr double kAny = std::numeric_limits<double>::max();
constexpr double kPositive = std::numeric_limits<double>::min();

template <int Count>
int slots(const OptimizerOptions&) {
  return Count;
}

const OptimizerOption kLearningRate = {"learningRate", &OptimizerOptions::learningRate, kPositive, kAny};
const OptimizerOption kEpsilon = {"epsilon", &OptimizerOptions::epsilon, 0, kAny};

}  // namespace

const std::vector<Optimizer>& optimizers() {
  static const std::vector<Optimizer> table = {
      {"sgd",
       0.01,
       {kLearningRate,
        {"momentum", &OptimizerOptions::momentum, 0, 1},
        {"nesterov", &OptimizerOptions::nesterov, 0, 2}},
       [](const OptimizerOptions& options) { return options.momentum == 0 ? 0 : 1; },
       sgd},
      {"rmsprop", 0.001, {kLearningRate, {"rho", &OptimizerOptions::rho, 0, 1}, kEpsilon}, slots<1>, rmsprop},
      {"adam",
       0.001,
       {kLearningRate,
        {"beta1", &OptimizerOptions::beta1, 0, 1},
        {"beta2", &OptimizerOptions::beta2, 0, 1},
        kEpsilon},
       slots<2>,
       adam},
  };
  return table;
}

const Optimizer* findOptimizer(std::string_view name) { return findNamed(optimizers(), name); }

}  // namespace mlp
