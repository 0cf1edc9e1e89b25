// Dual numbers v + t·ε with ε² = 0: a formula that computes with them gives its derivative along with its value
// (Griewank & Walther 2008, §3.1), so that a formula for σ'(z) also gives σ''(z).
#pragma once

#include <cmath>

#include "mlp/elementary.h"
#include "mlp/types.h"

namespace mlp {

struct Dual {
  Scalar value;
  Scalar tangent;

  Dual(Scalar value, Scalar tangent = 0) : value(value), tangent(tangent) {}  // numbers are constants
};

inline Dual operator-(Dual a) { return {-a.value, -a.tangent}; }
inline Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.tangent + b.tangent}; }
inline Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.tangent - b.tangent}; }
inline Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.tangent * b.value + a.value * b.tangent}; }
// Constants have operators of their own, because a constant made a Dual would cost operations on its tangent of 0: the
// compiler must not drop 0·x, which is NaN if x is infinite.
inline Dual operator+(Scalar c, Dual a) { return {c + a.value, a.tangent}; }
inline Dual operator+(Dual a, Scalar c) { return c + a; }
inline Dual operator-(Scalar c, Dual a) { return {c - a.value, -a.tangent}; }
inline Dual operator-(Dual a, Scalar c) { return {a.value - c, a.tangent}; }
inline Dual operator*(Scalar c, Dual a) { return {c * a.value, c * a.tangent}; }
inline Dual operator*(Dual a, Scalar c) { return c * a; }
inline Dual operator/(Dual a, Dual b) {
  const Scalar quotient = a.value / b.value;
  return {quotient, (a.tangent - quotient * b.tangent) / b.value};
}

// Comparisons look at the value alone, because it decides which piece of a formula a number lies on.
inline bool operator<(Dual a, Dual b) { return a.value < b.value; }
inline bool operator>(Dual a, Dual b) { return a.value > b.value; }

inline Dual abs(Dual x) { return x.value < 0 ? -x : x; }
inline Dual exp(Dual x) {
  const Scalar e = std::exp(x.value);
  return {e, e * x.tangent};
}
inline Dual log1p(Dual x) { return {std::log1p(x.value), x.tangent / (1 + x.value)}; }
MLP_SMALL inline Dual tanh(Dual x) {
  const Scalar t = mlp::tanh(x.value);
  return {t, (1 - t * t) * x.tangent};
}
MLP_SMALL inline Dual sigmoid(Dual x) {
  const Scalar s = mlp::sigmoid(x.value);
  return {s, s * (1 - s) * x.tangent};
}
// −2/√π·e^(−x²)
inline Dual erfc(Dual x) {
  return {std::erfc(x.value), Scalar(-1.1283791670955126) * std::exp(-x.value * x.value) * x.tangent};
}

}  // namespace mlp
