// The yardstick for speed: the benchmark's works written by hand in C++ with Eigen's products, one thread.
// Built for SSE, AVX2 + FMA and AVX-512 by compiler flags alone; see ../hosts/native.mjs.
//
//   eigen_mlp key=value …   answers with one line of JSON; what the network puts out goes to the file `outputs`.
#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowVector = Eigen::Matrix<float, 1, Eigen::Dynamic>;
using Rows = Eigen::Map<const Matrix>;
using Eigen::Index;

namespace {

std::map<std::string, std::string> options;

double milliseconds() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

template <typename T>
std::vector<T> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<T> values(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

void write(const std::string& path, const Matrix& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
}

void activate(const std::string& name, Matrix& z) {
  if (name == "relu") {
    z = z.cwiseMax(0.0f);
  } else if (name == "tanh") {
    z = z.array().tanh();
  } else if (name == "sigmoid") {
    z = (1.0f + (-z.array()).exp()).inverse();
  } else {  // softmax
    for (Index r = 0; r < z.rows(); ++r) {
      z.row(r) = (z.row(r).array() - z.row(r).maxCoeff()).exp();
      z.row(r) /= z.row(r).sum();
    }
  }
}

struct Layer {
  Matrix kernel, kernelGrad, kernelM, kernelV;  // inputs × units
  RowVector bias, biasGrad, biasM, biasV;       // 1 × units
  Matrix a, delta;                              // rows × units
  std::string activation;
};

class Network {
 public:
  Network() {
    std::stringstream list(options["sizes"]);
    for (std::string size; std::getline(list, size, ',');) sizes_.push_back(std::stol(size));
    layers_.resize(sizes_.size() - 1);
    start_ = read<float>(options["weights"]);
    rate_ = std::stof(options["learningRate"]);
    adam_ = options["optimizer"] == "adam";
    restart();
  }

  Index features() const { return sizes_.front(); }
  Index units() const { return sizes_.back(); }

  void restart() {
    const float* from = start_.data();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Layer& layer = layers_[l];
      layer.activation = options[l + 1 < layers_.size() ? "hidden" : "output"];
      layer.kernel = Rows(from, sizes_[l], sizes_[l + 1]);
      from += layer.kernel.size();
      layer.bias = Eigen::Map<const RowVector>(from, sizes_[l + 1]);
      from += layer.bias.size();
      layer.kernelM = layer.kernelV = Matrix::Zero(sizes_[l], sizes_[l + 1]);
      layer.biasM = layer.biasV = RowVector::Zero(sizes_[l + 1]);
    }
    steps_ = 0;
  }

  const Matrix& forward(const Rows& x) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Layer& layer = layers_[l];
      layer.a.resize(x.rows(), layer.kernel.cols());
      if (l == 0) {
        layer.a.noalias() = x * layer.kernel;
      } else {
        layer.a.noalias() = layers_[l - 1].a * layer.kernel;
      }
      layer.a.rowwise() += layer.bias;
      activate(layer.activation, layer.a);
    }
    return layers_.back().a;
  }

  void step(const Rows& x, const std::uint8_t* y) {
    forward(x);
    Layer& last = layers_.back();
    last.delta = last.a;
    for (Index r = 0; r < x.rows(); ++r) {
      if (units() == 1) {
        last.delta(r, 0) -= static_cast<float>(y[r]);
      } else {
        last.delta(r, y[r]) -= 1.0f;
      }
    }
    last.delta /= static_cast<float>(x.rows());
    for (std::size_t l = layers_.size(); l-- > 0;) {
      Layer& layer = layers_[l];
      layer.biasGrad = layer.delta.colwise().sum();
      if (l == 0) {
        layer.kernelGrad.noalias() = x.transpose() * layer.delta;
        break;
      }
      Layer& before = layers_[l - 1];
      layer.kernelGrad.noalias() = before.a.transpose() * layer.delta;
      before.delta.noalias() = layer.delta * layer.kernel.transpose();
      if (before.activation == "relu") {
        before.delta = (before.a.array() > 0.0f).select(before.delta, 0.0f);
      } else {
        before.delta.array() *= 1.0f - before.a.array().square();
      }
    }
    ++steps_;
    for (Layer& layer : layers_) {
      update(layer.kernel, layer.kernelGrad, layer.kernelM, layer.kernelV);
      update(layer.bias, layer.biasGrad, layer.biasM, layer.biasV);
    }
  }

 private:
  template <typename M>
  void update(M& weight, const M& gradient, M& m, M& v) const {
    if (!adam_) {
      weight -= rate_ * gradient;
      return;
    }
    const float rate = rate_ / static_cast<float>(1.0 - std::pow(0.9, steps_));
    const float correct = static_cast<float>(1.0 / (1.0 - std::pow(0.999, steps_)));
    m = 0.9f * m + 0.1f * gradient;
    v.array() = 0.999f * v.array() + 0.001f * gradient.array().square();
    weight.array() -= rate * m.array() / ((correct * v.array()).sqrt() + 1e-7f);
  }

  std::vector<Index> sizes_;
  std::vector<Layer> layers_;
  std::vector<float> start_;
  float rate_ = 0;
  bool adam_ = false;
  int steps_ = 0;
};

struct Run {
  Network network;
  std::vector<float> x = read<float>(options["x"]);
  std::vector<std::uint8_t> y = read<std::uint8_t>(options["y"]);
  double budgetMs = std::stod(options["budgetMs"]);
  int repetitions = std::stoi(options["repetitions"]);
  bool verify = options["verify"] == "true";
  std::vector<double> samples;

  Rows rows(Index first, Index count) const {
    return Rows(x.data() + first * network.features(), count, network.features());
  }

  void keep(const std::string& kind, const Matrix& values) const { write(options["outputs"] + "." + kind, values); }

  void epoch(Index upTo, Index batchSize) {
    for (Index row = 0; row < upTo; row += batchSize) network.step(rows(row, batchSize), y.data() + row);
  }

  // As in ../drive/train.mjs.
  void train() {
    const Index batchSize = std::stol(options["batchSize"]);
    const Index allBatches = static_cast<Index>(y.size()) / batchSize;
    if (verify) {
      epoch(std::stol(options["verifyRows"]), batchSize);
      keep("outputs", network.forward(rows(0, 1000)));
    }
    double ms = 0;
    const auto perSecond = [&](Index batches) {
      const Index trained = std::min(batches, allBatches) * batchSize;
      const Index epochs = std::max<Index>(1, (batches + allBatches / 2) / allBatches);
      network.restart();
      const double begin = milliseconds();
      for (Index i = 0; i < epochs; ++i) epoch(trained, batchSize);
      ms = milliseconds() - begin;
      return 1000.0 * static_cast<double>(trained * epochs) / ms;
    };
    Index batches = 1;
    for (perSecond(batches); ms < budgetMs / 2; perSecond(batches)) batches *= 2;
    batches = std::max<Index>(1, std::lround(static_cast<double>(batches) * budgetMs / ms));
    const double unit = options["unit"] == "steps/s" ? static_cast<double>(batchSize) : 1.0;
    for (int i = 0; i < repetitions; ++i) samples.push_back(perSecond(batches) / unit);
    keep("outputsAfter", network.forward(rows(0, 1000)));
  }

  // As in ../drive/predict.mjs.
  void predictOne() {
    const Index count = std::stol(options["rows"]);
    Matrix answers(count, network.units());
    Index at = 0;
    const auto block = [&](Index calls) {
      const double begin = milliseconds();
      for (Index i = 0; i < calls; ++i, ++at) answers.row(at % count) = network.forward(rows(at % count, 1)).row(0);
      return milliseconds() - begin;
    };
    block(count);
    if (verify) keep("outputs", answers);
    Index calls = 1;
    for (const double warm = milliseconds(); milliseconds() - warm < budgetMs / 2;) {
      if (block(calls) < 5) calls *= 2;
    }
    for (double spent = 0; spent < budgetMs || samples.size() < 5;) {
      const double ms = block(calls);
      spent += ms;
      samples.push_back(1000.0 * ms / static_cast<double>(calls));
    }
  }

  void predictMany() {
    const Index count = std::stol(options["rows"]);
    if (verify) keep("outputs", network.forward(rows(0, count)));
    for (const double warm = milliseconds(); milliseconds() - warm < budgetMs / 2;) network.forward(rows(0, count));
    for (double spent = 0; spent < budgetMs || static_cast<int>(samples.size()) < repetitions;) {
      const double begin = milliseconds();
      network.forward(rows(0, count));
      const double ms = milliseconds() - begin;
      spent += ms;
      samples.push_back(1000.0 * static_cast<double>(count) / ms);
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    options[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  try {
    Run run;
    if (options["kind"] == "train") {
      run.train();
    } else if (options["kind"] == "predictOne") {
      run.predictOne();
    } else {
      run.predictMany();
    }
    std::printf("{\"version\":\"Eigen %d.%d.%d, gcc %s\",", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION,
                __VERSION__);
    std::printf("\"details\":{\"simd\":\"%s\"},\"samples\":[", Eigen::SimdInstructionSetsInUse());
    for (std::size_t i = 0; i < run.samples.size(); ++i) std::printf("%s%.6g", i ? "," : "", run.samples[i]);
    std::printf("]}\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "eigen_mlp: %s\n", error.what());
    return 1;
  }
}
