#include "mlp/optimizer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

#include "mlp/lbfgs.h"

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

// A divisor √v + ε. It is 0 only where ε is 0 and no gradient ever came, or none whose square a Scalar can hold: there
// it becomes infinite, so that nothing moves. In one comparison and one choice, which take no time beside the root.
Scalar divisor(Scalar d) { return d == 0 ? std::numeric_limits<Scalar>::infinity() : d; }

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

// s ← s + g² from s₀, θ ← θ − ηg/(√s + ε)  (Duchi, Hazan & Singer 2011). The slot holds s − s₀.
void adagrad(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict sum, Index,
             Index count, const OptimizerOptions& options, std::int64_t) {
  const Scalar rate = static_cast<Scalar>(options.learningRate);
  const Scalar start = static_cast<Scalar>(options.initialAccumulatorValue);
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    sum[i] += g * g;
    parameters[i] -= rate * g / divisor(std::sqrt(sum[i] + start) + epsilon);
  }
}

// s ← ρs + (1 − ρ)g², d = √(u + ε)/√(s + ε)·g, u ← ρu + (1 − ρ)d², θ ← θ − ηd  (Zeiler 2012, whose η is 1)
void adadelta(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict state,
              Index slotStride, Index count, const OptimizerOptions& options, std::int64_t) {
  const Scalar rate = static_cast<Scalar>(options.learningRate);
  const Scalar rho = static_cast<Scalar>(options.rho);
  const Scalar rest = static_cast<Scalar>(1 - options.rho);
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  Scalar* __restrict square = state;
  Scalar* __restrict movement = state + slotStride;
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    square[i] = rho * square[i] + rest * g * g;
    const Scalar d = std::sqrt(movement[i] + epsilon) / divisor(std::sqrt(square[i] + epsilon)) * g;
    movement[i] = rho * movement[i] + rest * d * d;
    parameters[i] -= rate * d;
  }
}

// s ← ρs + (1 − ρ)g², θ ← θ − ηg/(√s + ε)  (Tieleman & Hinton 2012; document 001 §10.3). Centered: c ← ρc +
// (1 − ρ)g, and s − c² for s under the root (Graves 2013). With momentum: v ← μv + g/(√s + ε), θ ← θ − ηv.
template <bool Centered, bool Momentum>
void rmspropLoop(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict square,
                 Scalar* __restrict centre, Scalar* __restrict velocity, Index count, const OptimizerOptions& options) {
  const Scalar rate = static_cast<Scalar>(options.learningRate);
  const Scalar rho = static_cast<Scalar>(options.rho);
  const Scalar rest = static_cast<Scalar>(1 - options.rho);
  const Scalar momentum = static_cast<Scalar>(options.momentum);
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    square[i] = rho * square[i] + rest * g * g;
    Scalar variance = square[i];
    if (Centered) {
      centre[i] = rho * centre[i] + rest * g;
      variance -= centre[i] * centre[i];
      variance = variance > 0 ? variance : Scalar(0);  // because rounding may make it negative
    }
    if (Momentum) {
      velocity[i] = momentum * velocity[i] + g / divisor(std::sqrt(variance) + epsilon);
      parameters[i] -= rate * velocity[i];
    } else {
      parameters[i] -= rate * g / divisor(std::sqrt(variance) + epsilon);
    }
  }
}

void rmsprop(Scalar* parameters, const Scalar* gradients, Scalar* state, Index slotStride, Index count,
             const OptimizerOptions& options, std::int64_t) {
  const bool centered = options.centered != 0, momentum = options.momentum != 0;
  const auto loop = centered ? (momentum ? rmspropLoop<true, true> : rmspropLoop<true, false>)
                             : (momentum ? rmspropLoop<false, true> : rmspropLoop<false, false>);
  Scalar* const centre = state + slotStride;
  loop(parameters, gradients, state, centre, centered ? centre + slotStride : centre, count, options);
}

// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), θ ← θ − ηm̂/(√v̂ + ε)
// (Kingma & Ba 2014; document 001 §10.4). AMSGrad: the largest v so far for v in v̂ (Reddi, Kale & Kumar
// 2018).
void adam(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict state, Index slotStride,
          Index count, const OptimizerOptions& options, std::int64_t step) {
  const Scalar beta1 = static_cast<Scalar>(options.beta1);
  const Scalar beta2 = static_cast<Scalar>(options.beta2);
  const Scalar rest1 = static_cast<Scalar>(1 - options.beta1);
  const Scalar rest2 = static_cast<Scalar>(1 - options.beta2);
  const Scalar rate = static_cast<Scalar>(options.learningRate / (1 - power(options.beta1, step)));
  const Scalar correction = static_cast<Scalar>(1 / std::sqrt(1 - power(options.beta2, step)));
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  Scalar* __restrict mean = state;
  Scalar* __restrict square = state + slotStride;
  if (options.amsgrad == 0) {
    for (Index i = 0; i < count; ++i) {
      const Scalar g = gradients[i];
      mean[i] = beta1 * mean[i] + rest1 * g;
      square[i] = beta2 * square[i] + rest2 * g * g;
      parameters[i] -= rate * mean[i] / divisor(std::sqrt(square[i]) * correction + epsilon);
    }
  } else {
    Scalar* __restrict largest = square + slotStride;
    for (Index i = 0; i < count; ++i) {
      const Scalar g = gradients[i];
      mean[i] = beta1 * mean[i] + rest1 * g;
      square[i] = beta2 * square[i] + rest2 * g * g;
      largest[i] = largest[i] > square[i] ? largest[i] : square[i];
      parameters[i] -= rate * mean[i] / divisor(std::sqrt(largest[i]) * correction + epsilon);
    }
  }
}

// m as Adam's, u ← max(β₂u, |g| + ε), θ ← θ − η/(1 − β₁ᵗ)·m/u  (Kingma & Ba 2014 §7.1)
void adamax(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict state,
            Index slotStride, Index count, const OptimizerOptions& options, std::int64_t step) {
  const Scalar beta1 = static_cast<Scalar>(options.beta1);
  const Scalar beta2 = static_cast<Scalar>(options.beta2);
  const Scalar rest1 = static_cast<Scalar>(1 - options.beta1);
  const Scalar rate = static_cast<Scalar>(options.learningRate / (1 - power(options.beta1, step)));
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  Scalar* __restrict mean = state;
  Scalar* __restrict norm = state + slotStride;
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    mean[i] = beta1 * mean[i] + rest1 * g;
    const Scalar decayed = beta2 * norm[i], now = std::abs(g) + epsilon;
    norm[i] = decayed > now ? decayed : now;
    parameters[i] -= rate * mean[i] / divisor(norm[i]);
  }
}

// Adam with Nesterov's momentum (Dozat 2016), m, v and v̂ as Adam's, μ_t = β₁(1 − ½·0.96^(t/250)):
// θ ← θ − η(μ_{t+1}m/(1 − μ₁⋯μ_{t+1}) + (1 − μ_t)g/(1 − μ₁⋯μ_t))/(√v̂ + ε)
// The schedule of μ is PyTorch's, with Dozat's decay of 0.004 a step.
void nadam(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict state,
           Index slotStride, Index count, const OptimizerOptions& options, std::int64_t step) {
  constexpr double kDecay = 0.9998367253526753;  // 0.96^(1/250)
  const auto momentum = [&options](double decay) { return options.beta1 * (1 - 0.5 * decay); };
  // μ₁⋯μ_t is computed from the step alone. The loop is short, because the first sixty factors are below 0.51, and soon
  // the product is nothing beside 1.
  double product = 1, decay = 1;
  for (std::int64_t t = 1; t <= step && product > 1e-18; ++t) product *= momentum(decay *= kDecay);
  const double now = momentum(power(kDecay, step)), next = momentum(power(kDecay, step + 1));
  const Scalar beta1 = static_cast<Scalar>(options.beta1);
  const Scalar beta2 = static_cast<Scalar>(options.beta2);
  const Scalar rest1 = static_cast<Scalar>(1 - options.beta1);
  const Scalar rest2 = static_cast<Scalar>(1 - options.beta2);
  const Scalar gradientRate = static_cast<Scalar>(options.learningRate * (1 - now) / (1 - product));
  const Scalar meanRate = static_cast<Scalar>(options.learningRate * next / (1 - product * next));
  const Scalar correction = static_cast<Scalar>(1 / std::sqrt(1 - power(options.beta2, step)));
  const Scalar epsilon = static_cast<Scalar>(options.epsilon);
  Scalar* __restrict mean = state;
  Scalar* __restrict square = state + slotStride;
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    mean[i] = beta1 * mean[i] + rest1 * g;
    square[i] = beta2 * square[i] + rest2 * g * g;
    parameters[i] -= (meanRate * mean[i] + gradientRate * g) / divisor(std::sqrt(square[i]) * correction + epsilon);
  }
}

// θ ← θ − η·sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g  (Chen et al. 2023)
void lion(Scalar* __restrict parameters, const Scalar* __restrict gradients, Scalar* __restrict mean, Index,
          Index count, const OptimizerOptions& options, std::int64_t) {
  const Scalar rate = static_cast<Scalar>(options.learningRate);
  const Scalar beta1 = static_cast<Scalar>(options.beta1);
  const Scalar beta2 = static_cast<Scalar>(options.beta2);
  const Scalar rest1 = static_cast<Scalar>(1 - options.beta1);
  const Scalar rest2 = static_cast<Scalar>(1 - options.beta2);
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradients[i];
    const Scalar direction = beta1 * mean[i] + rest1 * g;
    parameters[i] -= direction > 0 ? rate : direction < 0 ? -rate : Scalar(0);
    mean[i] = beta2 * mean[i] + rest2 * g;
  }
}

constexpr double kAny = std::numeric_limits<double>::max();
constexpr double kPositive = std::numeric_limits<double>::min();

using Options = OptimizerOptions;

template <int Count>
int slots(const Options&) {
  return Count;
}

constexpr OptimizerOption number(const char* name, double Options::*field, double fallback, double low = 0,
                                 double high = kAny) {
  return {name, field, fallback, low, high, OptionKind::kNumber};
}
constexpr OptimizerOption flag(const char* name, double Options::*field) {
  return {name, field, 0, 0, 2, OptionKind::kFlag};
}
constexpr OptimizerOption integer(const char* name, double Options::*field, double fallback, double low, double high) {
  return {name, field, fallback, low, high, OptionKind::kInteger};
}
constexpr OptimizerOption learningRate(double fallback) {
  return number("learningRate", &Options::learningRate, fallback, kPositive);
}
constexpr OptimizerOption momentum() { return number("momentum", &Options::momentum, 0, 0, 1); }
constexpr OptimizerOption rho(double fallback) { return number("rho", &Options::rho, fallback, 0, 1); }
constexpr OptimizerOption beta1() { return number("beta1", &Options::beta1, 0.9, 0, 1); }
constexpr OptimizerOption beta2(double fallback) { return number("beta2", &Options::beta2, fallback, 0, 1); }
constexpr OptimizerOption epsilon() { return number("epsilon", &Options::epsilon, 1e-7); }

// The optimizer's own options, and behind them those of all that take a step along one gradient.
template <std::size_t Own>
constexpr std::array<OptimizerOption, Own + 6> withCommon(const OptimizerOption (&own)[Own], double weightDecay = 0) {
  const OptimizerOption common[] = {
      number("weightDecay", &Options::weightDecay, weightDecay),
      number("clipNorm", &Options::clipNorm, 0),
      number("clipValue", &Options::clipValue, 0),
      number("globalClipNorm", &Options::globalClipNorm, 0),
      flag("useEma", &Options::useEma),
      number("emaMomentum", &Options::emaMomentum, 0.99, 0, 1),
  };
  std::array<OptimizerOption, Own + 6> all{};
  for (std::size_t i = 0; i < Own; ++i) all[i] = own[i];
  for (std::size_t i = 0; i < 6; ++i) all[Own + i] = common[i];
  return all;
}

constexpr auto kSgd = withCommon({learningRate(0.01), momentum(), flag("nesterov", &Options::nesterov)});
constexpr auto kRmsprop =
    withCommon({learningRate(0.001), rho(0.9), momentum(), epsilon(), flag("centered", &Options::centered)});
constexpr OptimizerOption kAdamOwn[] = {learningRate(0.001), beta1(), beta2(0.999), epsilon(),
                                        flag("amsgrad", &Options::amsgrad)};
constexpr auto kAdam = withCommon(kAdamOwn);
constexpr auto kAdamw = withCommon(kAdamOwn, 0.004);
constexpr auto kAdagrad = withCommon(
    {learningRate(0.001), number("initialAccumulatorValue", &Options::initialAccumulatorValue, 0.1), epsilon()});
constexpr auto kAdadelta = withCommon({learningRate(0.001), rho(0.95), epsilon()});
constexpr auto kAdamax = withCommon({learningRate(0.001), beta1(), beta2(0.999), epsilon()});
constexpr auto kLion = withCommon({learningRate(0.001), beta1(), beta2(0.99)});
constexpr OptimizerOption kLbfgs[] = {
    learningRate(1), integer("historySize", &Options::historySize, 10, 1, kMaxLbfgsHistory + 1),
    integer("maxEvaluations", &Options::maxEvaluations, 20, 1, 1e6), number("tolerance", &Options::tolerance, 1e-7)};

template <class Array>
constexpr Table<OptimizerOption> listOf(const Array& options) {
  return {std::data(options), std::size(options)};
}

int adamSlots(const Options& options) { return options.amsgrad == 0 ? 2 : 3; }

int sgdSlots(const Options& options) { return options.momentum == 0 ? 0 : 1; }
int rmspropSlots(const Options& options) { return 1 + (options.centered != 0) + (options.momentum != 0); }

constexpr Optimizer kOptimizers[] = {
    {"sgd", listOf(kSgd), sgdSlots, sgd},
    {"rmsprop", listOf(kRmsprop), rmspropSlots, rmsprop},
    {"adam", listOf(kAdam), adamSlots, adam},
    {"adamw", listOf(kAdamw), adamSlots, adam},
    {"adagrad", listOf(kAdagrad), slots<1>, adagrad},
    {"adadelta", listOf(kAdadelta), slots<2>, adadelta},
    {"adamax", listOf(kAdamax), slots<2>, adamax},
    {"nadam", listOf(kAdamax), slots<2>, nadam},
    {"lion", listOf(kLion), slots<1>, lion},
    {"lbfgs", listOf(kLbfgs), lbfgsSlots, nullptr},
};

// Parameters worked on at once if there is more to do than the update, because so many stay in the processor's first
// cache.
constexpr Index kChunk = 1024;

}  // namespace

Table<Optimizer> optimizers() { return kOptimizers; }

const Optimizer* findOptimizer(std::string_view name) { return findNamed(optimizers(), name); }

OptimizerOptions Optimizer::defaults() const {
  OptimizerOptions values;
  for (const OptimizerOption& option : options) values.*option.field = option.fallback;
  return values;
}

int slotCount(const Optimizer& optimizer, const OptimizerOptions& options) {
  return optimizer.slots(options) + (options.useEma != 0 ? 1 : 0);
}

// Decay is decoupled from the gradient (Loshchilov & Hutter 2019), and before it, as in Keras and PyTorch: θ
// ← θ − ηλθ. The average: a ← θ after the first step, a ← ρa + (1 − ρ)θ after the others (Polyak & Juditsky
// 1992), as in Keras.
void updateParameters(const Optimizer& optimizer, Scalar* parameters, const Scalar* gradients, Scalar* state,
                      Index slotStride, Index count, const OptimizerOptions& options, std::int64_t step) {
  if (options.weightDecay == 0 && options.useEma == 0) {
    optimizer.update(parameters, gradients, state, slotStride, count, options, step);
    return;
  }
  const Scalar decay = static_cast<Scalar>(options.learningRate * options.weightDecay);
  const double kept = step == 1 ? 0 : options.emaMomentum;
  const Scalar keep = static_cast<Scalar>(kept), rest = static_cast<Scalar>(1 - kept);
  const Index averages = optimizer.slots(options) * slotStride;
  for (Index first = 0; first < count; first += kChunk) {
    const Index size = std::min(kChunk, count - first);
    Scalar* __restrict theta = parameters + first;
    if (options.weightDecay != 0) {
      for (Index i = 0; i < size; ++i) theta[i] -= decay * theta[i];
    }
    optimizer.update(theta, gradients + first, state ? state + first : nullptr, slotStride, size, options, step);
    if (options.useEma != 0) {
      Scalar* __restrict average = state + averages + first;
      for (Index i = 0; i < size; ++i) average[i] = keep * average[i] + rest * theta[i];
    }
  }
}

}  // namespace mlp
