#include "mlp/normalize.h"

#include <algorithm>
#include <cmath>

namespace mlp {

void Normalize::initialize(Scalar* parameters, Scalar*, std::uint64_t) const {
  std::fill(parameters, parameters + kernelSize(), Scalar(1));
  std::fill(parameters + kernelSize(), parameters + kernelSize() + biasSize(), Scalar(0));
}

void Normalize::scaleAndShift(const Pass& pass, const Scalar* normalized, MatrixMap z) const {
  const Scalar* beta = pass.parameters + kernelSize();
  for (Index row = 0; row < z.rows(); ++row, normalized += units()) {
    for (Index j = 0; j < units(); ++j) {
      z(row, j) = gamma(pass, j) * normalized[j] + (options_.center ? beta[j] : Scalar(0));
    }
  }
}

// ∂L/∂γ = Σ_rows Δ ⊙ x̂,  ∂L/∂β = Σ_rows Δ.
void Normalize::backward(const Pass& pass, const Input&, ConstMatrixMap delta, Scalar* gradients) const {
  Scalar* const betaGrad = gradients + kernelSize();
  std::fill(gradients, gradients + kernelSize() + biasSize(), Scalar(0));
  const Scalar* normalized = pass.memory;
  for (Index row = 0; row < delta.rows(); ++row, normalized += units()) {
    for (Index j = 0; j < kernelSize(); ++j) gradients[j] += delta(row, j) * normalized[j];
    for (Index j = 0; j < biasSize(); ++j) betaGrad[j] += delta(row, j);
  }
}

void BatchNormalization::initialize(Scalar* parameters, Scalar* state, std::uint64_t seed) const {
  Normalize::initialize(parameters, state, seed);
  std::fill(state, state + units(), Scalar(0));
  std::fill(state + units(), state + 2 * units(), Scalar(1));
}

void BatchNormalization::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const ConstMatrixMap input = x.matrix();
  const Index rows = input.rows();
  Scalar* const normalized = pass.memory;
  Scalar* const inverse = pass.memory + rows * units();
  for (Index j = 0; j < units(); ++j) {
    Scalar* const moving[] = {pass.state + j, pass.state + units() + j};
    double mean = static_cast<double>(*moving[0]), variance = static_cast<double>(*moving[1]);
    if (pass.mode.training) {
      mean = variance = 0;
      for (Index row = 0; row < rows; ++row) mean += static_cast<double>(input(row, j));
      mean /= static_cast<double>(rows);
      for (Index row = 0; row < rows; ++row) {
        const double d = static_cast<double>(input(row, j)) - mean;
        variance += d * d;
      }
      variance /= static_cast<double>(rows);
      const Scalar batch[] = {static_cast<Scalar>(mean), static_cast<Scalar>(variance)};
      for (int i : {0, 1}) *moving[i] = options().momentum * *moving[i] + (1 - options().momentum) * batch[i];
    }
    inverse[j] = static_cast<Scalar>(1 / std::sqrt(variance + static_cast<double>(options().epsilon)));
    const Scalar centre = static_cast<Scalar>(mean);
    for (Index row = 0; row < rows; ++row) normalized[row * units() + j] = (input(row, j) - centre) * inverse[j];
  }
  scaleAndShift(pass, normalized, z);
}

// In training mean and variance depend on x:  ∂L/∂x = γ/(N·deviation)·(N·Δ − Σ Δ − x̂ ⊙ Σ Δ ⊙ x̂), sums over the N rows.
void BatchNormalization::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  const Index rows = delta.rows();
  const Scalar* const normalized = pass.memory;
  const Scalar* const inverse = pass.memory + rows * units();
  for (Index j = 0; j < units(); ++j) {
    Scalar meanDelta = 0, meanProduct = 0;
    if (pass.mode.training) {
      for (Index row = 0; row < rows; ++row) {
        meanDelta += delta(row, j);
        meanProduct += delta(row, j) * normalized[row * units() + j];
      }
      meanDelta /= static_cast<Scalar>(rows);
      meanProduct /= static_cast<Scalar>(rows);
    }
    const Scalar factor = gamma(pass, j) * inverse[j];
    for (Index row = 0; row < rows; ++row) {
      inputGrad(row, j) = factor * (delta(row, j) - meanDelta - normalized[row * units() + j] * meanProduct);
    }
  }
}

void LayerNormalization::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const ConstMatrixMap input = x.matrix();
  Scalar* const inverse = pass.memory + input.rows() * units();
  for (Index row = 0; row < input.rows(); ++row) {
    double mean = 0, variance = 0;
    for (Index j = 0; j < units(); ++j) mean += static_cast<double>(input(row, j));
    mean /= static_cast<double>(units());
    for (Index j = 0; j < units(); ++j) {
      const double d = static_cast<double>(input(row, j)) - mean;
      variance += d * d;
    }
    variance /= static_cast<double>(units());
    inverse[row] = static_cast<Scalar>(1 / std::sqrt(variance + static_cast<double>(options().epsilon)));
    Scalar* const normalized = pass.memory + row * units();
    for (Index j = 0; j < units(); ++j) normalized[j] = (input(row, j) - static_cast<Scalar>(mean)) * inverse[row];
  }
  scaleAndShift(pass, pass.memory, z);
}

// With g = γ ⊙ Δ:  ∂L/∂x = (g − mean g − x̂·mean(g ⊙ x̂))/deviation, means over the units of the row.
void LayerNormalization::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  const Scalar* const inverse = pass.memory + delta.rows() * units();
  for (Index row = 0; row < delta.rows(); ++row) {
    const Scalar* const normalized = pass.memory + row * units();
    Scalar mean = 0, meanProduct = 0;
    for (Index j = 0; j < units(); ++j) {
      const Scalar g = gamma(pass, j) * delta(row, j);
      mean += g;
      meanProduct += g * normalized[j];
    }
    mean /= static_cast<Scalar>(units());
    meanProduct /= static_cast<Scalar>(units());
    for (Index j = 0; j < units(); ++j) {
      inputGrad(row, j) = inverse[row] * (gamma(pass, j) * delta(row, j) - mean - normalized[j] * meanProduct);
    }
  }
}

void Normalization::initialize(Scalar*, Scalar* state, std::uint64_t) const {
  std::fill(state, state + units(), Scalar(0));
  std::fill(state + units(), state + 2 * units(), Scalar(1));
}

void Normalization::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const ConstMatrixMap input = x.matrix();
  for (Index j = 0; j < units(); ++j) {
    pass.memory[j] = 1 / std::max(std::sqrt(pass.state[units() + j]), Scalar(1e-7));
  }
  for (Index row = 0; row < input.rows(); ++row) {
    for (Index j = 0; j < units(); ++j) z(row, j) = (input(row, j) - pass.state[j]) * pass.memory[j];
  }
}

void Normalization::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  for (Index row = 0; row < delta.rows(); ++row) {
    for (Index j = 0; j < units(); ++j) inputGrad(row, j) = delta(row, j) * pass.memory[j];
  }
}

void Identity::forward(const Pass&, const Input& x, MatrixMap z) const {
  std::copy(x.dense, x.dense + z.size(), z.data());
}

void Identity::inputGradient(const Pass&, ConstMatrixMap delta, MatrixMap inputGrad) const {
  std::copy(delta.data(), delta.data() + delta.size(), inputGrad.data());
}

}  // namespace mlp
