#include "mlp/dense.h"

#include <algorithm>

#include "mlp/gemm.h"

namespace mlp {

Index Dense::scratchSize(Index rows) const {
  return std::max({multiplyScratch(inputs()), multiplyScratch(units()), multiplyTransposedAScratch(units(), rows)});
}

void Dense::initialize(Scalar* parameters, Scalar*, std::uint64_t seed) const {
  Random random(seed, Stream::kInitializer, index());
  options_.kernelInitializer->fill(MatrixMap(parameters, inputs(), units()), random,
                                   options_.kernelInitializerOptions);
  if (options_.useBias) {
    options_.biasInitializer->fill(MatrixMap(parameters + kernelSize(), 1, units()), random,
                                   options_.biasInitializerOptions);
  }
}

void Dense::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const ConstMatrixMap kernel(pass.parameters, inputs(), units());
  const Scalar* bias = options_.useBias ? pass.parameters + kernelSize() : nullptr;
  if (x.sparse) {
    x.sparse->multiply(kernel, bias, z);
  } else {
    multiply(x.matrix(), kernel, bias, z, pass.scratch);
  }
}

void Dense::backward(const Pass& pass, const Input& x, ConstMatrixMap delta, Scalar* gradients) const {
  const MatrixMap kernelGrad(gradients, inputs(), units());
  if (x.sparse) {
    x.sparse->multiplyTransposed(delta, kernelGrad);
  } else {
    multiplyTransposedA(x.matrix(), delta, kernelGrad, pass.scratch);
  }
  if (!options_.useBias) return;
  VectorMap biasGrad(gradients + kernelSize(), units());
  biasGrad.setZero();
  for (Index row = 0; row < delta.rows(); ++row) biasGrad += delta.row(row);
}

void Dense::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  multiplyTransposedB(delta, ConstMatrixMap(pass.parameters, inputs(), units()), inputGrad, pass.scratch);
}

double Dense::penalty(const Scalar* parameters) const {
  return options_.kernelRegularizer.penalty(parameters, kernelSize()) +
         options_.biasRegularizer.penalty(parameters + kernelSize(), biasSize());
}

void Dense::addPenaltyGradient(const Scalar* parameters, bool smooth, Scalar* gradients) const {
  options_.kernelRegularizer.addGradient(parameters, kernelSize(), 1, gradients, smooth);
  options_.biasRegularizer.addGradient(parameters + kernelSize(), biasSize(), 1, gradients + kernelSize(), smooth);
}

void Dense::constrain(Scalar* parameters) const {
  options_.kernelConstraint.apply(MatrixMap(parameters, inputs(), units()));
  // A bias is one column: its norm is that of all of it.
  options_.biasConstraint.apply(MatrixMap(parameters + kernelSize(), biasSize(), 1));
}

}  // namespace mlp
