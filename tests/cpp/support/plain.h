// The documents' own way to reckon: plain loops, in double and in their notation: columns, z = Wa + b with W of
// units × inputs, one sample at a time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "mlp/training/trainer.h"
#include "support/testing.h"

namespace mlp {

inline constexpr double kTolerance = within(1e-12, 5e-6);

using Column = std::vector<double>;
using Rows = std::vector<Column>;

inline double sigmoidOf(double z) { return 1 / (1 + std::exp(-z)); }

struct PlainActivation {
  double (*value)(double z);
  double (*slope)(double z);
};

inline PlainActivation plainActivation(std::string_view name) {
  if (name == "sigmoid") {
    return {sigmoidOf, [](double z) { return sigmoidOf(z) * (1 - sigmoidOf(z)); }};
  }
  if (name == "tanh") {
    return {[](double z) { return std::tanh(z); }, [](double z) { return 1 - std::tanh(z) * std::tanh(z); }};
  }
  if (name == "relu") {
    return {[](double z) { return z > 0 ? z : 0; }, [](double z) { return z > 0 ? 1.0 : 0.0; }};
  }
  return {[](double z) { return z; }, [](double) { return 1.0; }};
}

inline Column plainSoftmax(const Column& z) {
  Column a;
  double sum = 0;
  for (const double x : z) sum += std::exp(x);
  for (const double x : z) a.push_back(std::exp(x) / sum);
  return a;
}

struct PlainLayer {
  std::string activation;
  Rows w;  // units × inputs
  Column b;
  Column z, a, delta;  // of the last sample
  Rows kernelGrad;     // like w, of the last sample
};

// A copy of a network on which one sample is worked through by the equations of the documents.
struct PlainNetwork {
  Column input;
  std::vector<PlainLayer> layers;

  explicit PlainNetwork(const Network& network) {
    for (std::size_t l = 0; l < network.layers().size(); ++l) {
      const Layer& dense = *network.layers()[l];
      PlainLayer layer{std::string(dense.activation().name), {}, {}, {}, {}, {}, {}};
      const ConstMatrixMap kernel = kernelOf(network, network.parameters(), l);
      const ConstVectorMap bias = biasOf(network, network.parameters(), l);
      for (Index i = 0; i < dense.units(); ++i) {
        Column row;
        for (Index j = 0; j < dense.inputs(); ++j) row.push_back(static_cast<double>(kernel(j, i)));
        layer.w.push_back(row);
        layer.b.push_back(static_cast<double>(bias[i]));
      }
      layers.push_back(layer);
    }
  }

  const Column& inputOf(std::size_t l) const { return l == 0 ? input : layers[l - 1].a; }

  // z = Wa + b, a = σ(z)
  const Column& forward(const Column& x) {
    input = x;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      PlainLayer& layer = layers[l];
      layer.z = layer.b;
      layer.a.resize(layer.z.size());
      for (std::size_t i = 0; i < layer.z.size(); ++i) {
        for (std::size_t j = 0; j < inputOf(l).size(); ++j) layer.z[i] += layer.w[i][j] * inputOf(l)[j];
        layer.a[i] = plainActivation(layer.activation).value(layer.z[i]);
      }
      if (layer.activation == "softmax") layer.a = plainSoftmax(layer.z);
    }
    return layers.back().a;
  }

  // δ = (Wᵀδ) ⊙ σ'(z) down from the δ of the last layer; ∂L/∂W = δ aᵀ
  void backward(const Column& lastDelta) {
    layers.back().delta = lastDelta;
    for (std::size_t l = layers.size(); l-- > 0;) {
      PlainLayer& layer = layers[l];
      if (l + 1 < layers.size()) {
        const PlainLayer& above = layers[l + 1];
        layer.delta.assign(layer.z.size(), 0);
        for (std::size_t i = 0; i < layer.z.size(); ++i) {
          for (std::size_t k = 0; k < above.delta.size(); ++k) layer.delta[i] += above.w[k][i] * above.delta[k];
          layer.delta[i] *= plainActivation(layer.activation).slope(layer.z[i]);
        }
      }
      layer.kernelGrad.assign(layer.z.size(), Column(inputOf(l).size()));
      for (std::size_t i = 0; i < layer.z.size(); ++i) {
        for (std::size_t j = 0; j < inputOf(l).size(); ++j) layer.kernelGrad[i][j] = layer.delta[i] * inputOf(l)[j];
      }
    }
  }
};

inline Column rowOf(const Matrix& matrix, Index row) {
  Column values;
  for (Index i = 0; i < matrix.cols(); ++i) values.push_back(static_cast<double>(matrix(row, i)));
  return values;
}

template <class Row>
void expectNear(const Row& actual, const Column& expected, double tolerance, const std::string& what) {
  ASSERT_EQ(static_cast<std::size_t>(actual.size()), expected.size());
  double scale = 0;
  for (const double value : expected) scale = std::max(scale, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(double(actual[static_cast<Index>(i)]), expected[i], tolerance * scale) << what << '[' << i << ']';
  }
}

// True if two columns differ by more than any rounding could.
template <class Row>
bool clearlyDiffers(const Row& actual, const Column& slipped) {
  double scale = 0, gap = 0;
  for (std::size_t i = 0; i < slipped.size(); ++i) {
    scale = std::max(scale, std::abs(double(actual[static_cast<Index>(i)])));
    gap = std::max(gap, std::abs(double(actual[static_cast<Index>(i)]) - slipped[i]));
  }
  return gap > 0.01 * scale;
}

// The δ of the last layer for one sample: prediction ŷ and z, target y.
using LastDelta = std::function<Column(const PlainLayer& last, const Column& y)>;

// The core's every z, a, delta and gradient on a batch against plain loops over its samples, the mean taken
// here.
inline void expectAsByPlainLoops(Network& network, const Matrix& x, const Matrix& y, const Objective& objective,
                                 const LastDelta& lastDelta,
                                 const std::function<double(const Column&, const Column&)>& loss) {
  PlainNetwork plain(network);
  const double m = static_cast<double>(x.rows());
  std::vector<Rows> kernelGrads;
  Rows biasGrads;
  for (const PlainLayer& layer : plain.layers) {
    kernelGrads.push_back(Rows(layer.w.size(), Column(layer.w[0].size())));
    biasGrads.push_back(Column(layer.b.size()));
  }
  const double coreLoss = network.lossAndGradients(view(x), view(y), objective);
  double plainLoss = 0;
  for (Index row = 0; row < x.rows(); ++row) {
    plainLoss += loss(plain.forward(rowOf(x, row)), rowOf(y, row)) / m;
    plain.backward(lastDelta(plain.layers.back(), rowOf(y, row)));
    for (std::size_t l = 0; l < plain.layers.size(); ++l) {
      PlainLayer& layer = plain.layers[l];
      expectNear(network.z(l).row(row), layer.z, kTolerance, "z");
      expectNear(network.a(l).row(row), layer.a, kTolerance, "a");
      Column delta = layer.delta;
      for (double& d : delta) d /= m;
      expectNear(network.delta(l).row(row), delta, kTolerance, "delta");
      for (std::size_t i = 0; i < layer.delta.size(); ++i) {
        biasGrads[l][i] += layer.delta[i] / m;
        for (std::size_t j = 0; j < layer.kernelGrad[i].size(); ++j) kernelGrads[l][i][j] += layer.kernelGrad[i][j] / m;
      }
    }
  }
  EXPECT_NEAR(coreLoss, plainLoss, kTolerance * std::abs(plainLoss));
  for (std::size_t l = 0; l < plain.layers.size(); ++l) {
    const ConstMatrixMap kernelGrad = kernelOf(network, network.gradients(), l);
    for (std::size_t i = 0; i < kernelGrads[l].size(); ++i) {
      const Vector toUnit = kernelGrad.col(static_cast<Index>(i)).transpose();
      expectNear(toUnit, kernelGrads[l][i], kTolerance * 10, "kernel gradient");
    }
    expectNear(biasOf(network, network.gradients(), l), biasGrads[l], kTolerance * 10, "bias gradient");
  }
}

// (ŷ − y) ⊙ σ'(z): ½Σ(ŷ − y)²
inline Column sumOfSquaresDelta(const PlainLayer& last, const Column& y) {
  Column delta;
  for (std::size_t i = 0; i < y.size(); ++i) {
    delta.push_back((last.a[i] - y[i]) * plainActivation(last.activation).slope(last.z[i]));
  }
  return delta;
}

inline double sumOfSquares(const Column& p, const Column& y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += 0.5 * (p[i] - y[i]) * (p[i] - y[i]);
  return sum;
}

// ŷ − y: sigmoid with the binary, softmax with the categorical cross-entropy
inline Column predictionLessTarget(const PlainLayer& last, const Column& y) {
  Column delta = last.a;
  for (std::size_t i = 0; i < y.size(); ++i) delta[i] -= y[i];
  return delta;
}

inline double binaryCrossentropySum(const Column& p, const Column& y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum -= y[i] * std::log(p[i]) + (1 - y[i]) * std::log(1 - p[i]);
  return sum;
}

inline double categoricalCrossentropy(const Column& p, const Column& y) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum -= y[i] * std::log(p[i]);
  return sum;
}

inline Matrix randomLabels(Random& random, Index rows, Index units) {
  Matrix labels(rows, units);
  for (Index i = 0; i < labels.size(); ++i) labels.data()[i] = static_cast<Scalar>(random.below(2));
  return labels;
}

inline Network randomNetwork(Random& random, Index features, const std::vector<LayerSpec>& layers,
                             double stddev = 0.7) {
  Network network = makeNetwork(features, layers);
  randomizeParameters(network, random, stddev);
  return network;
}

inline OptimizerOptions rate(double learningRate) {
  OptimizerOptions options;
  options.learningRate = learningRate;
  return options;
}

inline double accuracyOf(Model& model, const Samples& samples) {
  Totals totals = model.emptyTotals();
  model.evaluate(samples, 0, samples.rows, 256, totals);
  return model.result(0, totals);
}

inline void train(Model& model, const Samples& samples, Index batchSize, int epochs) {
  Trainer trainer(model, samples, batchSize, batchSize < samples.rows);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    trainer.beginEpoch();
    trainer.run(trainer.batchesPerEpoch(), 1e9);
  }
}

// Two layers of three sigmoid units on three inputs, so that every slip has shapes that fit.
struct Square {
  Network network;
  Matrix x, y;
  PlainNetwork plain;
  Column delta, lastDelta;  // δ¹ and δ² as the core has them for the one sample

  explicit Square(std::uint32_t number, std::string_view loss = "sumOfSquares", std::string_view output = "sigmoid")
      : network(makeNetwork(3, {{3, "sigmoid"}, {3, output}})), plain(network) {
    Random random = testRandom(number);
    randomizeParameters(network, random, 1);
    x = randomNormal(random, 1, 3);
    y = randomLabels(random, 1, 3);
    LossOptions options;
    options.sumReduction = true;
    network.lossAndGradients(view(x), view(y), objectiveOf(network, loss, options));
    plain = PlainNetwork(network);
    plain.forward(rowOf(x, 0));
    delta = rowOf(network.delta(0), 0);
    lastDelta = rowOf(network.delta(1), 0);
  }

  const Rows& w2() const { return plain.layers[1].w; }
  const Column& z1() const { return plain.layers[0].z; }
  double slope(std::size_t i) const { return sigmoidOf(z1()[i]) * (1 - sigmoidOf(z1()[i])); }

  // Σₖ of what is given for units i and k
  Column eachUnit(const std::function<double(std::size_t i, std::size_t k)>& term) const {
    Column sums(3);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t k = 0; k < 3; ++k) sums[i] += term(i, k);
    }
    return sums;
  }
};

}  // namespace mlp
