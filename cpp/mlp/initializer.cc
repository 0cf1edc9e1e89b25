#include "mlp/initializer.h"

#include <cmath>
#include <utility>

namespace mlp {
namespace {

using Options = InitializerOptions;

void uniform(MatrixMap weights, Random& random, double low, double high) {
  for (Index i = 0; i < weights.size(); ++i) weights.data()[i] = static_cast<Scalar>(random.uniform(low, high));
}

// Not truncated, as PyTorch's; Keras cuts the tails off at two deviations where the variance is scaled.
void normal(MatrixMap weights, Random& random, double mean, double stddev) {
  for (Index i = 0; i < weights.size(); ++i) {
    weights.data()[i] = static_cast<Scalar>(mean + stddev * random.normal());
  }
}

double fanIn(const MatrixMap& weights) { return static_cast<double>(weights.rows()); }
double fanSum(const MatrixMap& weights) { return static_cast<double>(weights.rows() + weights.cols()); }

void zeros(MatrixMap w, Random&, const Options&) { w.setZero(); }
void ones(MatrixMap w, Random&, const Options&) { w.setOnes(); }
void constant(MatrixMap w, Random&, const Options& options) { w.setConstant(static_cast<Scalar>(options.value)); }

// Glorot & Bengio 2010 (Xavier): variance 2/(fan in + fan out)
void glorotUniform(MatrixMap w, Random& random, const Options&) {
  const double limit = std::sqrt(6 / fanSum(w));
  uniform(w, random, -limit, limit);
}
void glorotNormal(MatrixMap w, Random& random, const Options&) { normal(w, random, 0, std::sqrt(2 / fanSum(w))); }

// He et al. 2015: variance 2/fan in
void heUniform(MatrixMap w, Random& random, const Options&) {
  const double limit = std::sqrt(6 / fanIn(w));
  uniform(w, random, -limit, limit);
}
void heNormal(MatrixMap w, Random& random, const Options&) { normal(w, random, 0, std::sqrt(2 / fanIn(w))); }

// LeCun et al. 1998: variance 1/fan in
void lecunUniform(MatrixMap w, Random& random, const Options&) {
  const double limit = std::sqrt(3 / fanIn(w));
  uniform(w, random, -limit, limit);
}
void lecunNormal(MatrixMap w, Random& random, const Options&) { normal(w, random, 0, std::sqrt(1 / fanIn(w))); }

void randomUniform(MatrixMap w, Random& random, const Options& options) {
  uniform(w, random, options.minval, options.maxval);
}
void randomNormal(MatrixMap w, Random& random, const Options& options) {
  normal(w, random, options.mean, options.stddev);
}

// Saxe et al. 2013: gain × the orthonormal factor of a normal matrix. The rows or the columns are orthonormal,
// whichever are fewer. Gram–Schmidt, each projection taken off twice: that is enough for full precision (Kahan).
void orthogonal(MatrixMap w, Random& random, const Options& options) {
  const bool wide = w.cols() > w.rows();
  const Index count = wide ? w.rows() : w.cols();
  const Index length = wide ? w.cols() : w.rows();
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> q(count, length);
  for (Index i = 0; i < count; ++i) {
    double norm = 0;
    while (norm < 1e-6) {  // a draw that depends on the earlier ones is drawn again
      for (Index j = 0; j < length; ++j) q(i, j) = random.normal();
      for (int pass = 0; pass < 2; ++pass) {
        for (Index k = 0; k < i; ++k) q.row(i) -= q.row(i).dot(q.row(k)) * q.row(k);
      }
      norm = q.row(i).norm();
    }
    q.row(i) /= norm;
  }
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < length; ++j) {
      (wide ? w(i, j) : w(j, i)) = static_cast<Scalar>(options.gain * q(i, j));
    }
  }
}

using Options = InitializerOptions;

template <auto Field>
constexpr Option<Options> number(const char* name, double fallback, double low = -kLargeNumber) {
  return {{name, OptionKind::kNumber, fallback, low, kLargeNumber}, assign<Field, Options>};
}

constexpr Option<Options> kConstant[] = {number<&Options::value>("value", 0)};
constexpr Option<Options> kUniform[] = {number<&Options::minval>("minval", -0.05),
                                        number<&Options::maxval>("maxval", 0.05)};
constexpr Option<Options> kNormal[] = {number<&Options::mean>("mean", 0), number<&Options::stddev>("stddev", 0.05, 0)};
constexpr Option<Options> kOrthogonal[] = {number<&Options::gain>("gain", 1)};

constexpr Initializer kInitializers[] = {
    {"zeros", zeros},
    {"ones", ones},
    {"constant", constant, kConstant},
    {"glorotUniform", glorotUniform},
    {"glorotNormal", glorotNormal},
    {"heUniform", heUniform},
    {"heNormal", heNormal},
    {"lecunUniform", lecunUniform},
    {"lecunNormal", lecunNormal},
    {"randomUniform", randomUniform, kUniform},
    {"randomNormal", randomNormal, kNormal},
    {"orthogonal", orthogonal, kOrthogonal, sizeof(double)},
};

}  // namespace

Table<Initializer> initializers() { return kInitializers; }

const Initializer* findInitializer(std::string_view name) { return findNamed(initializers(), name); }

}  // namespace mlp
