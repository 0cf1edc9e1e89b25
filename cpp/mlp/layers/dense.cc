#include "mlp/layers/dense.h"

#include <algorithm>

#include "mlp/gemm.h"
#include "mlp/simd.h"

namespace mlp {
namespace {

// sums[j] = Σ_i x(i, j), from the first row to the last.
void sumRows(ConstMatrixMap x, Scalar* sums) {
  const Index columns = x.cols();
  Index j = 0;
  for (; j + kLanes <= columns; j += kLanes) {
    Vec sum = splat(0);
    const Scalar* from = x.data() + j;
    for (Index row = 0; row < x.rows(); ++row, from += columns) sum += load(from);
    store(sums + j, sum);
  }
  for (; j < columns; ++j) {
    Scalar sum = 0;
    MLP_ROLLED
    for (Index row = 0; row < x.rows(); ++row) sum += x(row, j);
    sums[j] = sum;
  }
}

}  // namespace

Size Dense::scratchSize(Index rows, bool sparse) const {
  const Size inputGradient = multiplyScratch(units());
  if (sparse) return inputGradient;
  return std::max({multiplyScratch(inputs()), inputGradient, multiplyTransposedAScratch(units(), rows)});
}

Size Dense::drawBytes() const {
  const auto bytes = [](const InitializerChoice& choice, Size weights) {
    return weights == 0 ? 0 : weights * static_cast<Size>(choice.initializer->scratch);
  };
  return std::max(bytes(options().kernelInitializer, kernelSize()), bytes(options().biasInitializer, biasSize()));
}

void Dense::initialize(Scalar* parameters, Scalar*, std::uint64_t seed) const {
  Random random(seed, Stream::kInitializer, index());
  const auto fill = [&random](const InitializerChoice& choice, MatrixMap weights) {
    choice.initializer->fill(weights, random, choice.options);
  };
  fill(options().kernelInitializer, MatrixMap(parameters, inputs(), units()));
  if (options().useBias) fill(options().biasInitializer, MatrixMap(parameters + kernelSize(), 1, units()));
}

void Dense::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const ConstMatrixMap kernel(pass.parameters, inputs(), units());
  const Scalar* bias = options().useBias ? pass.parameters + kernelSize() : nullptr;
  if (x.sparse) {
    x.sparse->multiply(kernel, bias, z);
  } else {
    multiply(x.matrix(), kernel, bias, z, pass.scratch);
  }
}

void Dense::infer(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch) {
  const ConstMatrixMap kernel(layer.weights[0], layer.inputs, layer.units);
  if (x.sparse) {
    multiply(*x.sparse, kernel, layer.weights[1], z);
  } else {
    multiply(x.matrix(), kernel, layer.weights[1], z, scratch);
  }
}

void Dense::backward(const Pass& pass, const Input& x, ConstMatrixMap delta, Scalar* gradients) const {
  const MatrixMap kernelGrad(gradients, inputs(), units());
  if (x.sparse) {
    x.sparse->multiplyTransposed(delta, kernelGrad);
  } else {
    multiplyTransposedA(x.matrix(), delta, kernelGrad, pass.scratch);
  }
  if (options().useBias) sumRows(delta, gradients + kernelSize());
}

void Dense::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  multiplyTransposedB(delta, ConstMatrixMap(pass.parameters, inputs(), units()), inputGrad, pass.scratch);
}

// R{Z} = X·V + R{b} + R{X}·W, with V = R{kernel}
MLP_SMALL void Dense::forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents,
                                     MatrixMap zTangent) const {
  forward(pass.with(tangents.parameters), x, zTangent);
  if (!tangents.x) return;
  multiply(ConstMatrixMap(tangents.x, x.rows, inputs()), ConstMatrixMap(pass.parameters, inputs(), units()), nullptr,
           MatrixMap(tangents.spare, x.rows, units()), pass.scratch);
  add(zTangent.data(), tangents.spare, zTangent.size());
}

double Dense::penalty(const Scalar* parameters) const {
  return options().kernelRegularizer.penalty(parameters, kernelSize()) +
         options().biasRegularizer.penalty(parameters + kernelSize(), biasSize());
}

void Dense::addPenaltyGradient(const Scalar* parameters, bool smooth, Scalar* gradients) const {
  options().kernelRegularizer.addGradient(parameters, kernelSize(), 1, gradients, smooth);
  options().biasRegularizer.addGradient(parameters + kernelSize(), biasSize(), 1, gradients + kernelSize(), smooth);
}

void Dense::constrain(Scalar* parameters) const {
  options().kernelConstraint.apply(MatrixMap(parameters, inputs(), units()));
  // A bias is one column: its norm is that of all of it.
  options().biasConstraint.apply(MatrixMap(parameters + kernelSize(), static_cast<Index>(biasSize()), 1));
}

}  // namespace mlp
