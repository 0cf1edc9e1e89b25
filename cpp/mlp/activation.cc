#include "mlp/activation.h"

#include <algorithm>
#include <array>

#include "mlp/dual.h"
#include "mlp/elementary.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

// An element-wise activation is a struct with value(z, α) and slope(z, a, α) = σ'(z). The slope takes dual numbers too,
// because σ'' is made of it (dual.h). These functions make a table entry of such a struct.
template <class Function>
void forwardEach(const Scalar* z, Scalar* a, Index rows, Index units, Scalar alpha) {
  for (Index i = 0; i < rows * units; ++i) a[i] = Function::value(z[i], alpha);
}

template <class Function>
void backwardEach(const Scalar* z, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar alpha) {
  for (Index i = 0; i < rows * units; ++i) delta[i] *= Function::slope(z[i], a[i], alpha);
}

template <class Function>
MLP_SMALL Scalar secondDerivative(Scalar z, Scalar a, Scalar alpha) {
  return Function::slope(Dual(z, 1), Dual(a, Function::slope(z, a, alpha)), alpha).tangent;
}

// 1/(1 + e^-z);  σ' = a(1 − a)
struct Sigmoid {
  static Scalar value(Scalar z, Scalar) { return sigmoid(z); }
  template <class N>
  static N slope(N, N a, Scalar) {
    return a * (1 - a);
  }
};

// (e^z − e^-z)/(e^z + e^-z);  σ' = 1 − a²
struct Tanh {
  static Scalar value(Scalar z, Scalar) { return mlp::tanh(z); }
  template <class N>
  static N slope(N, N a, Scalar) {
    return 1 - a * a;
  }
};

// max(0, z);  σ' = 1 above zero, 0 at and below it
struct Relu {
  static Scalar value(Scalar z, Scalar) { return z < 0 ? Scalar(0) : z; }  // in this order NaN stays NaN
  template <class N>
  static N slope(N z, N, Scalar) {
    return z > 0 ? N(1) : N(0);
  }
};

// z above zero, αz below (Maas et al. 2013), whose α is 0.01, as PyTorch's; Keras 3 has 0.2, TF.js and older Keras 0.3
struct LeakyRelu {
  static Scalar value(Scalar z, Scalar alpha) { return z > 0 ? z : alpha * z; }
  template <class N>
  static N slope(N z, N, Scalar alpha) {
    return z > 0 ? N(1) : N(alpha);
  }
};

// z above zero, α(e^z − 1) below (Clevert et al. 2015)
struct Elu {
  static Scalar value(Scalar z, Scalar alpha) { return z > 0 ? z : alpha * std::expm1(z); }
  template <class N>
  static N slope(N z, N a, Scalar alpha) {
    return z > 0 ? N(1) : a + alpha;
  }
};

// λ·elu(z) with α: the constants that keep mean 0 and variance 1 (Klambauer et al. 2017)
struct Selu {
  static constexpr Scalar kAlpha = Scalar(1.6732632423543772848170429916717);
  static constexpr Scalar kScale = Scalar(1.0507009873554804934193349852946);
  static Scalar value(Scalar z, Scalar) { return kScale * (z > 0 ? z : kAlpha * std::expm1(z)); }
  template <class N>
  static N slope(N z, N a, Scalar) {
    return z > 0 ? N(kScale) : a + kScale * kAlpha;
  }
};

// zΦ(z), Φ the standard normal distribution (Hendrycks & Gimpel 2016);  σ' = Φ(z) + zφ(z)
struct Gelu {
  template <class N>
  static N phi(N z) {
    using std::erfc;
    return Scalar(0.5) * erfc(z * Scalar(-0.70710678118654752));
  }
  static Scalar value(Scalar z, Scalar) { return z * phi(z); }
  template <class N>
  static N slope(N z, N, Scalar) {
    using std::exp;
    return phi(z) + z * Scalar(0.39894228040143268) * exp(Scalar(-0.5) * z * z);
  }
};

// ½z(1 + tanh u), u = √(2/π)(z + 0.044715z³): the approximation of gelu in the same paper
struct GeluTanh {
  static constexpr Scalar kFactor = Scalar(0.79788456080286536);
  static constexpr Scalar kCubic = Scalar(0.044715);
  template <class N>
  static N inner(N z) {
    return mlp::tanh(kFactor * (z + kCubic * z * z * z));
  }
  static Scalar value(Scalar z, Scalar) { return Scalar(0.5) * z * (1 + inner(z)); }
  // z is held within ±10, because beyond that σ' is 0 or 1 to the last digit, while z² may be infinite.
  template <class N>
  static N slope(N z, N, Scalar) {
    z = std::min(std::max(z, N(-10)), N(10));
    const N t = inner(z);
    return Scalar(0.5) * (1 + t) + Scalar(0.5) * z * (1 - t * t) * kFactor * (1 + 3 * kCubic * z * z);
  }
};

// z·sigmoid(z), also called swish (Elfwing et al. 2017; Ramachandran et al. 2017)
struct Silu {
  // z is held above −10000, because sigmoid() in float never falls below 6e-39, and a hugely negative z times that is
  // not 0.
  template <class N>
  static N above(N z) {
    return std::max(z, N(-10000));
  }
  static Scalar value(Scalar z, Scalar) { return above(z) * sigmoid(z); }
  template <class N>
  static N slope(N z, N, Scalar) {
    z = above(z);
    const N s = sigmoid(z);
    return s * (1 + z * (1 - s));
  }
};

// ln(1 + e^z);  σ' = sigmoid(z)
struct Softplus {
  static Scalar value(Scalar z, Scalar) { return softplus(z); }
  template <class N>
  static N slope(N z, N, Scalar) {
    return sigmoid(z);
  }
};

// z/(1 + |z|);  σ' = 1/(1 + |z|)²
struct Softsign {
  static Scalar value(Scalar z, Scalar) { return z / (1 + std::abs(z)); }
  template <class N>
  static N slope(N z, N, Scalar) {
    using std::abs;
    const N size = std::min(abs(z), N(Scalar(1e18)));  // its square is finite, and σ' as good as 0
    return 1 / ((1 + size) * (1 + size));
  }
};

// e^z, also its own slope. Above z = 88 it stays e^88 = 1.65e38 with slope 0, because a float cannot hold e^89.
struct Exponential {
  static constexpr Scalar kHighest = 88;
  static Scalar value(Scalar z, Scalar) { return mlp::exp(std::min(z, kHighest)); }
  template <class N>
  static N slope(N z, N a, Scalar) {
    return z > N(kHighest) ? N(0) : a;
  }
};

// z/6 + ½ held in [0, 1], as in PyTorch and Keras 3; TF.js and older Keras have z/5 + ½
struct HardSigmoid {
  static Scalar value(Scalar z, Scalar) {
    const Scalar line = z / 6 + Scalar(0.5);
    return line < 0 ? Scalar(0) : line > 1 ? Scalar(1) : line;
  }
  template <class N>
  static N slope(N z, N, Scalar) {
    return z > -3 && z < 3 ? N(Scalar(1) / 6) : N(0);
  }
};

// e^zᵢ / Σⱼ e^zⱼ, with the row's maximum taken off first so that nothing overflows.
void softmaxForward(const Scalar* z, Scalar* a, Index rows, Index units, Scalar) {
  for (Index row = 0; row < rows; ++row, z += units, a += units) {
    const Scalar top = *std::max_element(z, z + units);
    Scalar sum = 0;
    for (Index i = 0; i < units; ++i) a[i] = mlp::exp(z[i] - top);
    for (Index i = 0; i < units; ++i) sum += a[i];
    for (Index i = 0; i < units; ++i) a[i] /= sum;
  }
}

// ∂aₖ/∂zⱼ = aₖ(δₖⱼ − aⱼ)  ⇒  ∂L/∂zⱼ = aⱼ(∂L/∂aⱼ − Σₖ aₖ ∂L/∂aₖ)
void softmaxBackward(const Scalar*, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar) {
  for (Index row = 0; row < rows; ++row, a += units, delta += units) {
    Scalar dot = 0;
    for (Index i = 0; i < units; ++i) dot += a[i] * delta[i];
    for (Index i = 0; i < units; ++i) delta[i] = a[i] * (delta[i] - dot);
  }
}

// With da = a ⊙ (dz − Σ a ⊙ dz), which is also how ∂L/∂z comes from ∂L/∂a:
// d(∂L/∂zⱼ) = daⱼ(∂L/∂aⱼ − Σₖ aₖ ∂L/∂aₖ) − aⱼ Σₖ daₖ ∂L/∂aₖ
MLP_SMALL void softmaxTangent(const Scalar* a, const Scalar* gradient, Index units, Scalar* tangent, Scalar* bend) {
  softmaxBackward(nullptr, a, tangent, 1, units, 0);
  Scalar along = 0, turned = 0;
  for (Index i = 0; i < units; ++i) {
    along += a[i] * gradient[i];
    turned += tangent[i] * gradient[i];
  }
  for (Index i = 0; i < units; ++i) bend[i] += tangent[i] * (gradient[i] - along) - a[i] * turned;
}

// zᵢ − ln Σⱼ e^zⱼ = (zᵢ − top) − ln Σⱼ e^(zⱼ−top)
void logSoftmaxForward(const Scalar* z, Scalar* a, Index rows, Index units, Scalar) {
  for (Index row = 0; row < rows; ++row, z += units, a += units) {
    const Scalar top = *std::max_element(z, z + units);
    Scalar sum = 0;
    for (Index i = 0; i < units; ++i) sum += mlp::exp(z[i] - top);
    const Scalar logSum = std::log(sum);
    for (Index i = 0; i < units; ++i) a[i] = (z[i] - top) - logSum;
  }
}

// ∂aₖ/∂zⱼ = δₖⱼ − e^aⱼ  ⇒  ∂L/∂zⱼ = ∂L/∂aⱼ − e^aⱼ Σₖ ∂L/∂aₖ
void logSoftmaxBackward(const Scalar*, const Scalar* a, Scalar* delta, Index rows, Index units, Scalar) {
  for (Index row = 0; row < rows; ++row, a += units, delta += units) {
    Scalar sum = 0;
    for (Index i = 0; i < units; ++i) sum += delta[i];
    for (Index i = 0; i < units; ++i) delta[i] -= mlp::exp(a[i]) * sum;
  }
}

// da = dz − Σ p ⊙ dz with p = e^a, so that dp = p ⊙ da:  d(∂L/∂zⱼ) = −dpⱼ Σₖ ∂L/∂aₖ
MLP_SMALL void logSoftmaxTangent(const Scalar* a, const Scalar* gradient, Index units, Scalar* tangent, Scalar* bend) {
  Scalar mean = 0, sum = 0;
  for (Index i = 0; i < units; ++i) {
    mean += mlp::exp(a[i]) * tangent[i];
    sum += gradient[i];
  }
  for (Index i = 0; i < units; ++i) {
    tangent[i] -= mean;
    bend[i] -= mlp::exp(a[i]) * tangent[i] * sum;
  }
}

int signPiece(Scalar z, Scalar) { return z > 0; }
int exponentialPiece(Scalar z, Scalar) { return z > Exponential::kHighest; }
int clipPiece(Scalar z, Scalar) { return z <= -3 ? -1 : z >= 3 ? 1 : 0; }

template <class Function>
constexpr Activation elementwise(const char* name, double defaultAlpha = 0, int (*piece)(Scalar, Scalar) = nullptr) {
  return {name, defaultAlpha, forwardEach<Function>, backwardEach<Function>, piece, secondDerivative<Function>};
}

// Cost of one number, in multiplications: between that of a relu and that of a tanh.
constexpr double kActivationWork = 10;

Index partsOfRows(Index rows, Index units) {
  return partsOf(kActivationWork * static_cast<double>(rows) * static_cast<double>(units));
}

constexpr Activation kActivations[] = {
    {"linear", 0, nullptr, nullptr, nullptr},
    elementwise<Sigmoid>("sigmoid"),
    elementwise<Tanh>("tanh"),
    elementwise<Relu>("relu", 0, signPiece),
    elementwise<LeakyRelu>("leakyRelu", 0.01, signPiece),
    elementwise<Elu>("elu", 1, signPiece),
    elementwise<Selu>("selu", 0, signPiece),
    elementwise<Gelu>("gelu"),
    elementwise<GeluTanh>("geluTanh"),
    elementwise<Silu>("silu"),
    elementwise<Softplus>("softplus"),
    elementwise<Softsign>("softsign", 0, signPiece),
    elementwise<HardSigmoid>("hardSigmoid", 0, clipPiece),
    elementwise<Exponential>("exponential", 0, exponentialPiece),
    {"softmax", 0, softmaxForward, softmaxBackward, nullptr, nullptr, softmaxTangent},
    {"logSoftmax", 0, logSoftmaxForward, logSoftmaxBackward, nullptr, nullptr, logSoftmaxTangent},
};

// One column of the table by itself. Linkers keep tables whole, with all that they point to: a program that never trains
// links this one.
constexpr auto kForwards = [] {
  std::array<ActivationForward*, std::size(kActivations)> column{};
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = kActivations[i].forward;
  return column;
}();

}  // namespace

void activate(const Activation& activation, const Scalar* z, Scalar* a, Index rows, Index units, Scalar alpha) {
  if (!activation.forward) return;
  parallelRanges(rows, partsOfRows(rows, units), [&](Index begin, Index end, int) {
    activation.forward(z + begin * units, a + begin * units, end - begin, units, alpha);
  });
}

void deactivate(const Activation& activation, const Scalar* z, const Scalar* a, Scalar* delta, Index rows, Index units,
                Scalar alpha) {
  if (!activation.backward) return;
  parallelRanges(rows, partsOfRows(rows, units), [&](Index begin, Index end, int) {
    const Index first = begin * units;
    activation.backward(z + first, a + first, delta + first, end - begin, units, alpha);
  });
}

Table<Activation> activations() { return kActivations; }

const Activation* findActivation(std::string_view name) { return findNamed(activations(), name); }

ActivationForward* activationForward(std::size_t place) { return kForwards[place]; }

}  // namespace mlp
