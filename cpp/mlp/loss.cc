// Longer than 400 lines because every loss has its one place here: its formula with its slope, its form from logits, its
// second derivatives, its entry in the table.
#include "mlp/loss.h"

#include <algorithm>
#include <cmath>

#include "mlp/dual.h"
#include "mlp/elementary.h"

namespace mlp {
namespace {

constexpr Scalar kTiny = Scalar(1e-7);  // probabilities are kept this far from 0 and 1, as Keras does

Scalar inside(Scalar probability) { return std::min(std::max(probability, kTiny), 1 - kTiny); }

// True if inside() leaves a probability as it is. Otherwise the loss is that of the limit, so its slope is 0, as in
// Keras.
template <class N>
bool isInside(N probability) {
  return !(probability < N(kTiny)) && !(probability > N(1 - kTiny));
}

int insidePiece(Scalar p) { return p < kTiny ? -1 : p > 1 - kTiny ? 1 : 0; }

// An element-wise loss is a struct with value(ŷ, y, options) and slope = ∂value/∂ŷ, of numbers and of dual numbers;
// `Mean` divides by the number of outputs.
template <class Function, bool Mean>
double eachOutput(const Scalar* prediction, const Scalar* target, Index units, const LossOptions& options, Scalar scale,
                  Scalar* gradient) {
  double sum = 0;
  const Scalar share = Mean ? 1 / static_cast<Scalar>(units) : Scalar(1);
  for (Index i = 0; i < units; ++i) {
    sum += Function::value(prediction[i], target[i], options);
    if (gradient) gradient[i] = scale * share * Function::slope(prediction[i], target[i], options);
  }
  return sum * share;
}

// The same with `Mean`, slower but in less code, because some losses are seldom used.
MLP_SMALL double meanRow(Scalar (*value)(Scalar, Scalar, const LossOptions&),
                         Scalar (*slope)(Scalar, Scalar, const LossOptions&), const Scalar* prediction,
                         const Scalar* target, Index units, const LossOptions& options, Scalar scale,
                         Scalar* gradient) {
  double sum = 0;
  const Scalar share = 1 / static_cast<Scalar>(units);
  for (Index i = 0; i < units; ++i) {
    sum += value(prediction[i], target[i], options);
    if (gradient) gradient[i] = scale * share * slope(prediction[i], target[i], options);
  }
  return sum * share;
}

template <class Function>
double eachOutputSmall(const Scalar* prediction, const Scalar* target, Index units, const LossOptions& options,
                       Scalar scale, Scalar* gradient) {
  return meanRow(Function::value, Function::template slope<Scalar>, prediction, target, units, options, scale,
                 gradient);
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
    return d < 1 ? Scalar(-0.5) * std::log1p(-t * t) : d + std::log1p(std::exp(-2 * d)) - Scalar(0.69314718055994531);
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

// max(0, 1 − yŷ)², y = ±1
struct SquaredHinge {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) {
    const Scalar margin = std::max(Scalar(0), 1 - y * p);
    return margin * margin;
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return y * p < 1 ? -2 * y * (1 - y * p) : N(0);
  }
};

// 100·|ŷ − y|/|y|, |y| kept away from zero at 1e-7; slope 0 where they meet
struct PercentageError {
  static Scalar share(Scalar y) { return 100 / std::max(std::abs(y), kTiny); }
  static Scalar value(Scalar p, Scalar y, const LossOptions&) { return share(y) * std::abs(p - y); }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return share(y) * (Scalar(p > y) - Scalar(p < y));
  }
};

// (ln(1 + ŷ) − ln(1 + y))², both kept at 1e-7 or above: it does not change below that
struct LogarithmicError {
  static Scalar logarithm(Scalar x) { return std::log1p(std::max(x, kTiny)); }
  static Scalar value(Scalar p, Scalar y, const LossOptions&) {
    const Scalar d = logarithm(p) - logarithm(y);
    return d * d;
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    using std::log1p;
    return p < kTiny ? N(0) : 2 * (log1p(p) - logarithm(y)) / (1 + p);
  }
};

// ŷ − y ln(max(0, ŷ) + 1e-7): the logarithm does not change below 0
struct Poisson {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) {
    return p - y * std::log(std::max(p, Scalar(0)) + kTiny);
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return p < 0 ? N(1) : 1 - y / (p + kTiny);
  }
};

// y ln(y/ŷ), summed over the outputs, ŷ kept inside (0, 1)
struct KullbackLeibler {
  static Scalar value(Scalar p, Scalar y, const LossOptions&) {
    return y <= 0 ? Scalar(0) : y * std::log(y / inside(p));
  }
  template <class N>
  static N slope(N p, Scalar y, const LossOptions&) {
    return y > 0 && isInside(p) ? -y / p : N(0);
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
    return isInside(p) ? (p - smooth(y, options)) / (p * (1 - p)) : N(0);
  }
};

// The same with ŷ = sigmoid(z): softplus(z) − yz, whose slope in z is ŷ − y. It is computed as max(0, z) − yz plus ln(1
// + e^-|z|), because for a right answer the first is 0 and the second keeps its digits.
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
double meanOrSum(const Scalar* prediction, const Scalar* target, Index units, const LossOptions& options, Scalar scale,
                 Scalar* gradient) {
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

// −Σ yₖ ln qₖ with qₖ = ŷₖ/Σŷ kept inside (0, 1): outputs that are no distribution are made one, as in Keras and TF.js.
// ∂/∂ŷⱼ = Y/Σŷ − yⱼ/ŷⱼ. Y is the sum of the yₖ whose qₖ is inside without being moved; if qⱼ is not, the second term is
// 0. If the outputs sum to 0, no q is inside.
bool isShare(Scalar p, Scalar sum) { return sum != 0 && isInside(p / sum); }

MLP_SMALL double categoricalFromActivations(const Scalar* prediction, const Scalar* target, Index units,
                                            const LossOptions& options, Scalar scale, Scalar* gradient) {
  Scalar sum = 0, whole = 0;
  for (Index i = 0; i < units; ++i) sum += prediction[i];
  double value = 0;
  for (Index i = 0; i < units; ++i) {
    const Scalar y = smoothClass(target[i], units, options);
    if (y == 0) continue;
    value -= y * std::log(inside(sum == 0 ? Scalar(0) : prediction[i] / sum));
    if (isShare(prediction[i], sum)) whole += y;
  }
  for (Index i = 0; gradient && i < units; ++i) {
    const Scalar y = smoothClass(target[i], units, options);
    gradient[i] = whole == 0 ? Scalar(0) : scale * whole / sum;
    if (y != 0 && isShare(prediction[i], sum)) gradient[i] -= scale * y / prediction[i];
  }
  return value;
}

// ∂²/∂ŷᵢ∂ŷⱼ = δᵢⱼ yᵢ/ŷᵢ² − Y/(Σŷ)²
MLP_SMALL void categoricalCurve(const Scalar* prediction, const Scalar* target, const Scalar* tangent, Index units,
                                const LossOptions& options, Scalar scale, Scalar* product) {
  Scalar sum = 0, whole = 0, along = 0;
  for (Index i = 0; i < units; ++i) {
    sum += prediction[i];
    along += tangent[i];
  }
  for (Index i = 0; i < units; ++i) {
    const Scalar y = isShare(prediction[i], sum) ? smoothClass(target[i], units, options) : Scalar(0);
    whole += y;
    product[i] = y == 0 ? Scalar(0) : scale * y / (prediction[i] * prediction[i]) * tangent[i];
  }
  for (Index i = 0; whole != 0 && i < units; ++i) product[i] -= scale * whole / (sum * sum) * along;
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

// A row as its direction and its length, which is kept at 1e-7 or above, as Keras does.
struct Directed {
  Directed(const Scalar* row, Index units) : row(row) {
    for (Index i = 0; i < units; ++i) length += double(row[i]) * double(row[i]);
    length = std::max(std::sqrt(length), double(kTiny));
  }
  double operator[](Index i) const { return double(row[i]) / length; }

  const Scalar* row;
  double length = 0;
};

double cosine(const Directed& a, const Directed& b, Index units) {
  double sum = 0;
  for (Index i = 0; i < units; ++i) sum += a[i] * b[i];
  return sum;
}

// −Σ uₖvₖ with the directions u = ŷ/|ŷ| and v = y/|y|: −1 where they are the same.
// ∂/∂ŷ = −(v − (u·v)u)/|ŷ|, or −v/1e-7 where |ŷ| is below that.
MLP_SMALL double cosineSimilarity(const Scalar* prediction, const Scalar* target, Index units, const LossOptions&,
                                  Scalar scale, Scalar* gradient) {
  const Directed u(prediction, units), v(target, units);
  const double along = cosine(u, v, units), drawn = u.length > double(kTiny) ? along : 0;
  for (Index i = 0; gradient && i < units; ++i) {
    gradient[i] = static_cast<Scalar>(-double(scale) * (v[i] - drawn * u[i]) / u.length);
  }
  return -along;
}

// With du = (dŷ − (u·dŷ)u)/|ŷ|: d∂/∂ŷ = ((v·du)u + (u·v)du)/|ŷ| + (v − (u·v)u)(u·dŷ)/|ŷ|²
MLP_SMALL void cosineCurve(const Scalar* prediction, const Scalar* target, const Scalar* tangent, Index units,
                           const LossOptions&, Scalar scale, Scalar* product) {
  const Directed u(prediction, units), v(target, units);
  const double along = cosine(u, v, units);
  double stretch = 0, turn = 0;  // u·dŷ, v·du·|ŷ|
  for (Index i = 0; i < units; ++i) {
    stretch += u[i] * double(tangent[i]);
    turn += v[i] * double(tangent[i]);
  }
  turn -= along * stretch;
  for (Index i = 0; i < units; ++i) {
    const double sum = turn * u[i] + along * (double(tangent[i]) - stretch * u[i]) + (v[i] - along * u[i]) * stretch;
    product[i] =
        u.length > double(kTiny) ? static_cast<Scalar>(double(scale) * sum / (u.length * u.length)) : Scalar(0);
  }
}

// Pieces of element-wise losses.
using Piece = int (*)(Scalar prediction, Scalar target, const LossOptions& options);

int absolutePiece(Scalar p, Scalar y, const LossOptions&) { return p > y; }
int huberPiece(Scalar p, Scalar y, const LossOptions& options) {
  return p - y > options.delta ? 1 : p - y < -options.delta ? -1 : 0;
}
int hingePiece(Scalar p, Scalar y, const LossOptions&) { return y * p < 1; }
int signPiece(Scalar p, Scalar, const LossOptions&) { return p < 0; }
int probabilityPiece(Scalar p, Scalar, const LossOptions&) { return insidePiece(p); }
int logarithmicPiece(Scalar p, Scalar, const LossOptions&) { return p < kTiny; }

// The direction of a single output is its sign.
int cosinePiece(const Scalar* prediction, const Scalar*, Index units, Index, const LossOptions&) {
  return units == 1 && prediction[0] < 0;
}

template <Piece piece>
MLP_SMALL int pieceOf(const Scalar* prediction, const Scalar* target, Index, Index i, const LossOptions& options) {
  return piece(prediction[i], target[i], options);
}

MLP_SMALL int sharePiece(const Scalar* prediction, const Scalar*, Index units, Index i, const LossOptions&) {
  Scalar sum = 0;
  for (Index j = 0; j < units; ++j) sum += prediction[j];
  return sum == 0 ? -2 : insidePiece(prediction[i] / sum);
}

constexpr std::string_view kSigmoid[] = {"sigmoid"};
constexpr std::string_view kSoftmax[] = {"softmax"};
constexpr std::string_view kAnySoftmax[] = {"softmax", "logSoftmax"};

using Options = LossOptions;

constexpr std::string_view kReductions[] = {"mean", "sum"};

constexpr Option<Options> kHuberOptions[] = {
    {{"delta", OptionKind::kNumber, 1, kLeastPositive, kAnyNumber}, assign<&Options::delta>}};
constexpr Option<Options> kCrossentropyOptions[] = {
    {{"labelSmoothing", OptionKind::kNumber, 0, 0, 1}, assign<&Options::labelSmoothing>},
    {{"fromLogits", OptionKind::kFlag, 0, 0, 2}, assign<&Options::fromLogits>},
    {{"reduction", OptionKind::kChoice, 0, 0, 2, false, kReductions}, assign<&Options::sumReduction>}};
constexpr Table<Option<Options>> kCategoricalOptions{kCrossentropyOptions, 2};

template <class Function, bool Mean>
constexpr Loss elementwise(const char* name, TargetKind targets, decltype(Loss::piece) piece = nullptr,
                           Table<Option<Options>> options = {}) {
  return {name, targets, eachOutput<Function, Mean>, nullptr, {}, piece, curveEach<Function, Mean>, nullptr, options};
}

template <class Function>
constexpr Loss seldom(const char* name, TargetKind targets, decltype(Loss::piece) piece) {
  return {name, targets, eachOutputSmall<Function>, nullptr, {}, piece, curveEach<Function, true>};
}

constexpr Loss kLosses[] = {
    elementwise<Square, true>("meanSquaredError", TargetKind::kAny),
    elementwise<HalfSquare, false>("sumOfSquares", TargetKind::kAny),
    elementwise<Absolute, true>("meanAbsoluteError", TargetKind::kAny, pieceOf<absolutePiece>),
    elementwise<Huber, true>("huber", TargetKind::kAny, pieceOf<huberPiece>, kHuberOptions),
    {"binaryCrossentropy", TargetKind::kProbability, meanOrSum<BinaryCrossentropy>,
     meanOrSum<BinaryCrossentropyFromLogits>, kSigmoid, pieceOf<probabilityPiece>, curveMeanOrSum<BinaryCrossentropy>,
     curveMeanOrSum<BinaryCrossentropyFromLogits>, kCrossentropyOptions},
    {"categoricalCrossentropy", TargetKind::kProbability, categoricalFromActivations, categoricalFromLogits,
     kAnySoftmax, sharePiece, categoricalCurve, categoricalCurveFromLogits, kCategoricalOptions},
    {"sparseCategoricalCrossentropy", TargetKind::kClassIndex, categoricalFromActivations, categoricalFromLogits,
     kAnySoftmax, sharePiece, categoricalCurve, categoricalCurveFromLogits, kCategoricalOptions},
    elementwise<Hinge, true>("hinge", TargetKind::kSign, pieceOf<hingePiece>),
    elementwise<Poisson, true>("poisson", TargetKind::kNonNegative, pieceOf<signPiece>),
    {"kullbackLeiblerDivergence", TargetKind::kProbability, eachOutput<KullbackLeibler, false>,
     kullbackLeiblerFromLogits, kSoftmax, pieceOf<probabilityPiece>, curveEach<KullbackLeibler, false>,
     categoricalCurveFromLogits},
    elementwise<LogCosh, true>("logCosh", TargetKind::kAny),
    seldom<SquaredHinge>("squaredHinge", TargetKind::kSign, pieceOf<hingePiece>),
    seldom<PercentageError>("meanAbsolutePercentageError", TargetKind::kAny, pieceOf<absolutePiece>),
    seldom<LogarithmicError>("meanSquaredLogarithmicError", TargetKind::kNonNegative, pieceOf<logarithmicPiece>),
    {"cosineSimilarity", TargetKind::kAny, cosineSimilarity, nullptr, {}, cosinePiece, cosineCurve},
};

}  // namespace

Table<Loss> losses() { return kLosses; }

const Loss* findLoss(std::string_view name) { return findNamed(losses(), name); }

}  // namespace mlp
