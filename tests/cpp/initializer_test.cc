#include "mlp/initializer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "support/testing.h"

namespace mlp {
namespace {

Matrix draw(std::string_view name, Index fanIn, Index fanOut, const InitializerOptions& options = {},
            std::uint32_t layer = 0) {
  Random random(3, Stream::kInitializer, layer);
  Matrix weights(fanIn, fanOut);
  initializerCalled(name).fill(MatrixMap(weights.data(), fanIn, fanOut), random, options);
  return weights;
}

struct Moments {
  double mean, variance, kurtosis, largest;
};

Moments momentsOf(const Matrix& weights) {
  const Eigen::ArrayXXd w = weights.cast<double>().array();
  Moments m{w.mean(), 0, 0, w.abs().maxCoeff()};
  m.variance = (w - m.mean).square().mean();
  m.kurtosis = (w - m.mean).square().square().mean() / (m.variance * m.variance);
  return m;
}

// The variance and limit that the formula promises for fan in × fan out weights.
struct Promise {
  double variance;
  std::optional<double> limit;  // of the uniform ones; the others are normal
};

std::map<std::string, Promise> promises(double in, double out) {
  return {
      {"glorotUniform", {2 / (in + out), std::sqrt(6 / (in + out))}},
      {"glorotNormal", {2 / (in + out), {}}},
      {"heUniform", {2 / in, std::sqrt(6 / in)}},
      {"heNormal", {2 / in, {}}},
      {"lecunUniform", {1 / in, std::sqrt(3 / in)}},
      {"lecunNormal", {1 / in, {}}},
      {"randomUniform", {0.05 * 0.05 / 3, 0.05}},
      {"randomNormal", {0.05 * 0.05, {}}},
  };
}

TEST(InitializerTest, NamesAreUniqueAndFound) {
  EXPECT_TRUE(allDifferent(namesIn(initializers())));
  for (const Initializer& initializer : initializers()) EXPECT_EQ(findInitializer(initializer.name), &initializer);
  EXPECT_EQ(findInitializer("xavier"), nullptr);
}

TEST(InitializerTest, RandomOnesHaveTheVarianceAndTheBoundsOfTheirFormula) {
  for (const auto& [in, out] : {std::pair<Index, Index>{300, 200}, {60, 700}, {784, 64}}) {
    const double count = static_cast<double>(in * out);
    for (const auto& [name, promise] : promises(static_cast<double>(in), static_cast<double>(out))) {
      const Moments m = momentsOf(draw(name, in, out));
      // Five standard deviations of a sample mean, and of a sample variance of a uniform (kurtosis 1.8) or
      // normal one.
      const double kurtosis = promise.limit ? 1.8 : 3;
      EXPECT_NEAR(m.mean, 0, 5 * std::sqrt(promise.variance / count)) << name;
      EXPECT_NEAR(m.variance / promise.variance, 1, 5 * std::sqrt((kurtosis - 1) / count)) << name;
      EXPECT_NEAR(m.kurtosis, kurtosis, 0.15) << name;
      if (promise.limit) {
        EXPECT_LE(m.largest, *promise.limit * (1 + 1e-7)) << name;
        EXPECT_GT(m.largest, *promise.limit * 0.999) << name;
      }
    }
  }
}

TEST(InitializerTest, ConstantOnesAreConstant) {
  InitializerOptions options;
  options.value = -0.75;
  EXPECT_EQ(draw("zeros", 3, 4), Matrix::Zero(3, 4));
  EXPECT_EQ(draw("ones", 3, 4), Matrix::Ones(3, 4));
  EXPECT_EQ(draw("constant", 3, 4, options), Matrix::Constant(3, 4, Scalar(-0.75)));
}

TEST(InitializerTest, RandomUniformAndRandomNormalTakeTheirOptions) {
  InitializerOptions options;
  options.minval = 2;
  options.maxval = 6;
  options.mean = -3;
  options.stddev = 0.5;
  const Moments uniform = momentsOf(draw("randomUniform", 200, 200, options));
  EXPECT_NEAR(uniform.mean, 4, 5 * std::sqrt(16.0 / 12 / 40000));
  EXPECT_NEAR(uniform.variance, 16.0 / 12, 0.03);
  const Moments normal = momentsOf(draw("randomNormal", 200, 200, options));
  EXPECT_NEAR(normal.mean, -3, 5 * 0.5 / 200);
  EXPECT_NEAR(normal.variance, 0.25, 0.01);
}

TEST(InitializerTest, OrthogonalRowsOrColumnsAreOrthonormalTimesTheGain) {
  for (const auto& [in, out] : {std::pair<Index, Index>{1, 1}, {1, 7}, {7, 1}, {16, 16}, {40, 9}, {9, 40}}) {
    for (const double gain : {1.0, std::sqrt(2.0)}) {
      InitializerOptions options;
      options.gain = gain;
      const Eigen::MatrixXd w = draw("orthogonal", in, out, options).cast<double>();
      const Eigen::MatrixXd gram = in < out ? Eigen::MatrixXd(w * w.transpose()) : Eigen::MatrixXd(w.transpose() * w);
      const Eigen::MatrixXd expected = gain * gain * Eigen::MatrixXd::Identity(gram.rows(), gram.cols());
      EXPECT_LT((gram - expected).cwiseAbs().maxCoeff(), within(1e-14, 1e-6)) << in << "×" << out;
    }
  }
}

TEST(InitializerTest, OrthogonalMatricesHaveNoPreferredDirection) {
  double sum = 0, squares = 0;
  for (std::uint32_t layer = 0; layer < 2000; ++layer) {
    const double w = static_cast<double>(draw("orthogonal", 4, 4, {}, layer)(1, 2));
    sum += w;
    squares += w * w;
  }
  EXPECT_NEAR(sum / 2000, 0, 5 * 0.5 / std::sqrt(2000.0));
  EXPECT_NEAR(squares / 2000, 0.25, 0.03);
}

TEST(InitializerTest, TheSameSeedGivesTheSameWeights) {
  for (const Initializer& initializer : initializers()) {
    EXPECT_TRUE(sameBits(draw(initializer.name, 5, 6), draw(initializer.name, 5, 6))) << initializer.name;
  }
}

TEST(InitializerTest, LayersOfANetworkDrawFromDifferentSubstreams) {
  const Network network = makeNetwork(6, {{6, "tanh"}, {6, "tanh"}, {6, "tanh"}}, 3);
  const auto kernel = [&](std::size_t layer) { return Matrix(kernelOf(network, network.parameters(), layer)); };
  EXPECT_NE(kernel(0), kernel(1));
  EXPECT_NE(kernel(1), kernel(2));
  for (std::uint32_t layer = 0; layer < 3; ++layer) {
    EXPECT_TRUE(sameBits(kernel(layer), draw("glorotUniform", 6, 6, {}, layer))) << "whatever came before it";
  }
  EXPECT_NE(makeNetwork(6, {{6, "tanh"}}, 4).parameters(), makeNetwork(6, {{6, "tanh"}}, 3).parameters());
}

TEST(InitializerTest, TheBiasIsWhatItsOwnInitializerSays) {
  LayerOptions options;
  options.units = 3;
  options.activation = &activationCalled("relu");
  options.kernelInitializer = &initializerCalled("zeros");
  options.biasInitializer = &initializerCalled("constant");
  options.biasInitializer.options.value = 0.1;
  Network network(2, 1);
  addDense(network, options);
  options.biasInitializer = &initializerCalled("zeros");
  options.kernelInitializer = &initializerCalled("ones");
  addDense(network, options);
  EXPECT_EQ(Vector(biasOf(network, network.parameters(), 0)), Vector::Constant(3, Scalar(0.1)));
  EXPECT_EQ(kernelOf(network, network.parameters(), 0).norm(), 0);
  EXPECT_EQ(biasOf(network, network.parameters(), 1).norm(), 0);
  EXPECT_EQ(kernelOf(network, network.parameters(), 1).minCoeff(), 1);
}

}  // namespace
}  // namespace mlp
