#include "mlp/loss.h"

#include <algorithm>
#include <cmath>

#include "mlp/dual.h"
#include "mlp/elementary.h"
#include "mlp/error.h"
#include "mlp/parallel.h"

namespace mlp {
namespace {

constexpr Scalar kTiny = Scalar(1e-7);  // probabilities are kept this far from 0 and 1, as Keras does

template <class N>
N inside(N probability) {
  return std::min(std::max(probability, N(kTiny)), N(1 - kTiny));
}

// An element-wise loss is a struct with value(ŷ, y, options) and slope = ∂value/∂ŷ, of numbers and of dual numbers;
// `Mean` divides by the outputs.
template <class Function, bool Mean>
double eachOutput(const Scalar* prediction, const Scalar* target, Index units, const LossOptions& options,
                  Scalar scale, Scalar* gradient) {
  double sum = 0;
  const Scalar share = Mean ? 1 / static_cast<Scalar>(units) : Scalar(1);
  for (Index i = 0; i < units; ++i) {
    sum += Function::value(prediction[i], target[i], options);
    if (gradient) gradient[i] = scale * share * Function::slope(prediction[i], target[i], options);
  }
  return sum * share;
}

template <class Function>
MLP_SMALL Scalar secondDerivative(Scalar p, Scalar y, const LossOptions& options) {
  return Function::slope(Dual(p, 1), y, options).tangent;
}

// product[i] ← scale·second(ŷᵢ, yᵢ)·tangent[i]
MLP_SMALL void curveRow(Scalar (*second)(Scalar, Scalar, const LossOptions&), const Scalar* prediction,
                        const Scalar* target, const Scalar* tangent, Index units, const LossOptions& options,
                        Scalar scale, Scalar* product) {
  for (Index i = 0; i < units; ++i) product[i] = scale * second(prediction[i], target[i], options) * tangent[i];
}

template <class Function, bool Mean>
MLP_SMALL void curveEach(const Scalar* prediction, const Scalar* target, const Scalar* tangent, Index units,
                         const LossOptions& options, Scalar scale, Scalar* product) {
  curveRow(secondDerivative<Function>, prediction, target, tangent, units, options,
           Mean ? scale / static_cast<Scalar>(units) : scale, product);
}

// (ŷ − y)²
struct Square {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) { return (p - y) * (p - y); }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return 2 * (p - y);
  }
};

// ½(ŷ − y)²: documents 000 and 001
struct HalfSquare {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) { return Scalar(0.5) * (p - y) * (p - y); }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return p - y;
  }
};

// |ŷ − y|; slope 0 where they meet
struct Absolute {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) { return std::abs(p - y); }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return Scalar(p > y) - Scalar(p < y);
  }
};

// ½d² where |d| ≤ δ, else δ(|d| − ½δ), d = ŷ − y (Huber 1964)
struct Huber {
  static Scalar value(Scalar p, Scalar y, const LossOptions& options) {
    const Scalar d = std::abs(p - y);
    return d <= options.delta ? Scalar(0.5) * d * d : options.delta * (d - Scalar(0.5) * options.delta);
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions& options) {
    return std::min(std::max(p - y, N(-options.delta)), N(options.delta));
  }
};

// ln cosh d = |d| + ln(1 + e^-2|d|) − ln 2: no overflow. That cancels for small d; there it is −½ ln(1 − tanh²d).
struct LogCosh {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) {
    const Scalar d = std::abs(p - y);
    const Scalar t = mlp::tanh(d);
    return d < 1 ? Scalar(-0.5) * std::log1p(-t * t)
                 : d + std::log1p(std::exp(-2 * d)) - Scalar(0.69314718055994531);
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return mlp::tanh(p - y);
  }
};

// max(0, 1 − yŷ), y = ±1
struct Hinge {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) { return std::max(Scalar(0), 1 - y * p); }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return y * p < 1 ? N(-y) : N(0);
  }
};

// ŷ − y ln ŷ, ŷ kept away from zero by adding 1e-7
struct Poisson {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) { return p - y * std::log(std::max(p, Scalar(0)) + kTiny); }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return 1 - y / (std::max(p, N(0)) + kTiny);
  }
};

// y ln(y/ŷ), summed over the outputs, both kept inside (0, 1)
struct KullbackLeibler {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) {
    return y <= 0 ? Scalar(0) : y * std::log(y / inside(p));
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return -y / inside(p);
  }
};

// −y ln ŷ − (1 − y) ln(1 − ŷ)
struct BinaryCrossentropy {
  static Scalar smooth(Scalar y, const LossOptions& options) {
    return y * (1 - options.labelSmoothing) + Scalar(0.5) * options.labelSmoothing;
  }
  static Scalar value(Scalar p, Scalar y, const LossOptions& options) {
    y = smooth(y, options);
    p = inside(p);
    return -y * std::log(p) - (1 - y) * std::log1p(-p);
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions& options) {
    p = inside(p);
    return (p - smooth(y, options)) / (p * (1 - p));
  }
};

// With ŷ = sigmoid(z) that is softplus(z) − yz, and its slope in z is ŷ − y. max(0, z) − yz and ln(1 + e^-|z|) apart:
// where the answer is right the first is 0 and the second keeps its digits.
struct BinaryCrossentropyFromLogits {
  static Scalar value(Scalar z, Scalar y, const LossOptions& options) {
    y = BinaryCrossentropy::smooth(y, options);
    return (z > 0 ? (1 - y) * z : -y * z) + std::log1p(std::exp(-std::abs(z)));
  }
  template <class N>
  static N slope(N z, Scalar y, const LossOptions& options) {
    return sigmoid(z) - BinaryCrossentropy::smooth(y, options);
  }
};

template <class Function>
double meanOrSum(const Scalar* prediction, const Scalar* target, Index units, const LossOptions& options,
                 Scalar scale, Scalar* gradient) {
  return options.sumReduction ? eachOutput<Function, false>(prediction, target, units, options, scale, gradient)
                              : eachOutput<Function, true>(prediction, target, units, options, scale, gradient);
}

template <class Function>
MLP_SMALL void curveMeanOrSum(const Scalar* prediction, const Scalar* target, const Scalar* tangent, Index units,
                              const LossOptions& options, Scalar scale, Scalar* product) {
  const auto curve = options.sumReduction ? curveEach<Function, false> : curveEach<Function, true>;
  curve(prediction, target, tangent, units, options, scale, product);
}

Scalar smoothClass(Scalar y, Index units, const LossOptions& options) {
  return y * (1 - options.labelSmoothing) + options.labelSmoothing / static_cast<Scalar>(units);
}

// −Σ yₖ ln ŷₖ
double categoricalFromActivations(const Scalar* prediction, const Scalar* target, Index units,
                                  const LossOptions& options, Scalar scale, Scalar* gradient) {
  double sum = 0;
  for (Index i = 0; i < units; ++i) {
    const Scalar y = smoothClass(target[i], units, options);
    const Scalar p = inside(prediction[i]);
    if (y != 0) sum -= y * std::log(p);
    if (gradient) gradient[i] = -scale * y / p;
  }
  return sum;
}

MLP_SMALL void categoricalCurve(const Scalar* prediction, const Scalar* target, const Scalar* tangent, Index units,
                                const LossOptions& options, Scalar scale, Scalar* product) {
  const auto second = secondDerivative<KullbackLeibler>;  // their gradients are the same
  for (Index i = 0; i < units; ++i) {
    product[i] = scale * second(prediction[i], smoothClass(target[i], units, options), options) * tangent[i];
  }
}

// With ŷ = softmax(z): Σ yₖ (ln Σⱼ e^(zⱼ−top) − (zₖ−top)), and the gradient in z is (Σy)ŷ − y.
double categoricalFromLogits(const Scalar* z, const Scalar* target, Index units, const LossOptions& options,
                             Scalar scale, Scalar* gradient) {
  const Scalar top = *std::max_element(z, z + units);
  Scalar sum = 0;
  for (Index i = 0; i < units; ++i) sum += mlp::exp(z[i] - top);
  const Scalar logSum = std::log(sum);
  double value = 0;
  Scalar targetSum = 0;
  for (Index i = 0; i < units; ++i) {
    const Scalar y = smoothClass(target[i], units, options);
    targetSum += y;
    if (y != 0) value += y * (logSum - (z[i] - top));
  }
  if (gradient) {
    for (Index i = 0; i < units; ++i) {
      const Scalar probability = mlp::exp(z[i] - top) / sum;
      gradient[i] = scale * (targetSum * probability - smoothClass(target[i], units, options));
    }
  }
  return value;
}

// (Σy)·dŷ, dŷ = ŷ ⊙ (dz − Σ ŷ ⊙ dz)
MLP_SMALL void categoricalCurveFromLogits(const Scalar* z, const Scalar* target, const Scalar* tangent, Index units,
                                          const LossOptions& options, Scalar scale, Scalar* product) {
  const Scalar top = *std::max_element(z, z + units);
  Scalar sum = 0, mean = 0, targetSum = 0;
  for (Index i = 0; i < units; ++i) {
    product[i] = mlp::exp(z[i] - top);
    sum += product[i];
    mean += product[i] * tangent[i];
    targetSum += smoothClass(target[i], units, options);
  }
  for (Index i = 0; i < units; ++i) product[i] *= scale * targetSum / sum * (tangent[i] - mean / sum);
}

// Σ y ln y − Σ y ln ŷ: the cross-entropy less the entropy of the targets, which no gradient sees.
double kullbackLeiblerFromLogits(const Scalar* z, const Scalar* target, Index units, const LossOptions& options,
                                 Scalar scale, Scalar* gradient) {
  double value = categoricalFromLogits(z, target, units, options, scale, gradient);
  for (Index i = 0; i < units; ++i) {
    if (target[i] > 0) value += target[i] * std::log(target[i]);
  }
  return value;
}

constexpr Index kRowsAtOnce = 256;

// What one output of a row costs, in multiplications: an exponential, a logarithm.
constexpr double kLossWork = 100;

int absolutePiece(Scalar p, Scalar y, const LossOptions&) { return p > y; }
int huberPiece(Scalar p, Scalar y, const LossOptions& options) {
  return p - y > options.delta ? 1 : p - y < -options.delta ? -1 : 0;
}
int hingePiece(Scalar p, Scalar y, const LossOptions&) { return y * p < 1; }

constexpr std::string_view kSigmoid[] = {"sigmoid"};
constexpr std::string_view kSoftmax[] = {"softmax"};
constexpr std::string_view kAnySoftmax[] = {"softmax", "logSoftmax"};

template <class Function, bool Mean>
constexpr Loss elementwise(const char* name, TargetKind targets,
                           int (*piece)(Scalar, Scalar, const LossOptions&) = nullptr) {
  return {name, targets, eachOutput<Function, Mean>, nullptr, {}, piece, curveEach<Function, Mean>};
}

constexpr Loss kLosses[] = {
    elementwise<Square, true>("meanSquaredError", TargetKind::kAny),
    elementwise<HalfSquare, false>("sumOfSquares", TargetKind::kAny),
    elementwise<Absolute, true>("meanAbsoluteError", TargetKind::kAny, absolutePiece),
    elementwise<Huber, true>("huber", TargetKind::kAny, huberPiece),
    {"binaryCrossentropy", TargetKind::kProbability, meanOrSum<BinaryCrossentropy>,
     meanOrSum<BinaryCrossentropyFromLogits>, kSigmoid, nullptr, curveMeanOrSum<BinaryCrossentropy>,
     curveMeanOrSum<BinaryCrossentropyFromLogits>},
    {"categoricalCrossentropy", TargetKind::kProbability, categoricalFromActivations, categoricalFromLogits,
     kAnySoftmax, nullptr, categoricalCurve, categoricalCurveFromLogits},
    {"sparseCategoricalCrossentropy", TargetKind::kClassIndex, categoricalFromActivations, categoricalFromLogits,
     kAnySoftmax, nullptr, categoricalCurve, categoricalCurveFromLogits},
    elementwise<Hinge, true>("hinge", TargetKind::kSign, hingePiece),
    elementwise<Poisson, true>("poisson", TargetKind::kNonNegative),
    {"kullbackLeiblerDivergence", TargetKind::kProbability, eachOutput<KullbackLeibler, false>,
     kullbackLeiblerFromLogits, kSoftmax, nullptr, curveEach<KullbackLeibler, false>, categoricalCurveFromLogits},
    elementwise<LogCosh, true>("logCosh", TargetKind::kAny),
};

}  // namespace

Table<Loss> losses() { return kLosses; }

const Loss* findLoss(std::string_view name) { return findNamed(losses(), name); }

Objective::Objective(const Loss& loss, const LossOptions& options, const Activation& output, Scalar outputAlpha)
    : loss_(&loss), options_(options), output_(&output), outputAlpha_(outputAlpha) {
  const bool linear = std::string_view(output.name) == "linear";
  if (options.fromLogits && !(loss.fromLogits && linear)) {
    fail(std::string("fromLogits: expected a cross-entropy after a linear layer, got ") + loss.name + " after " +
         output.name);
  }
  fused_ = options.fromLogits ||
           (loss.fromLogits && std::find(loss.fused.begin(), loss.fused.end(), output.name) != loss.fused.end());
}

double Objective::total(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights,
                        Scalar scale, Scalar* delta, double sum) const {
  const Index rows = a.rows();
  const Index units = a.cols();
  const RowLoss rowLoss = fused_ ? loss_->fromLogits : loss_->fromActivations;
  const Scalar* prediction = fused_ ? z.data() : a.data();
  double losses[kRowsAtOnce];  // added up in the order of the rows, however many threads made them
  for (Index first = 0; first < rows; first += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, rows - first);
    parallelRanges(count, partsOf(kLossWork * static_cast<double>(count * units)), [&](Index begin, Index end, int) {
      for (Index i = begin; i < end; ++i) {
        const Index place = (first + i) * units;
        const Scalar weight = weights ? weights[first + i] : Scalar(1);
        losses[i] = weight * rowLoss(prediction + place, targets.data() + place, units, options_, weight * scale,
                                     delta ? delta + place : nullptr);
      }
    });
    for (Index i = 0; i < count; ++i) sum += losses[i];
  }
  if (delta && !fused_) deactivate(*output_, z.data(), a.data(), delta, rows, units, outputAlpha_);
  return sum;
}

double Objective::evaluate(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, Scalar* delta,
                           const Scalar* weights) const {
  const double rows = static_cast<double>(a.rows());
  return total(z, a, targets, weights, static_cast<Scalar>(1 / rows), delta, 0) / rows;
}

double Objective::sum(ConstMatrixMap z, ConstMatrixMap a, ConstMatrixMap targets, const Scalar* weights,
                      double sum) const {
  return total(z, a, targets, weights, 1, nullptr, sum);
}

}  // namespace mlp
