#include "mlp/dense.h"

#include <algorithm>

#include "mlp/gemm.h"

namespace mlp {

Dense::Dense(Index inputs, Index parameterOffset, const DenseOptions& options)
    : options_(options), inputs_(inputs), offset_(parameterOffset) {}

Index Dense::scratchSize(Index rows) const {
  return std::max({multiplyScratch(inputs_), multiplyScratch(units()), multiplyTransposedAScratch(units(), rows)});
}

void Dense::initialize(Scalar* parameters, std::uint64_t seed, std::uint32_t layer) const {
  Random random(seed, Stream::kInitializer, layer);
  options_.kernelInitializer->fill(MatrixMap(parameters + kernelOffset(), inputs_, units()), random,
                                   options_.kernelInitializerOptions);
  if (options_.useBias) {
    options_.biasInitializer->fill(MatrixMap(parameters + biasOffset(), 1, units()), random,
                                   options_.biasInitializerOptions);
  }
}

void Dense::forward(const Scalar* parameters, const Input& x, MatrixMap z, Scalar* a, Scalar* scratch) const {
  const ConstMatrixMap kernel(parameters + kernelOffset(), inputs_, units());
  const Scalar* bias = options_.useBias ? parameters + biasOffset() : nullptr;
  if (x.sparse) {
    x.sparse->multiply(kernel, bias, z);
  } else {
    multiply(x.matrix(), kernel, bias, z, scratch);
  }
  activate(*options_.activation, z.data(), a, z.rows(), units(), options_.alpha);
}

void Dense::backward(const Input& x, ConstMatrixMap delta, Scalar* gradients, Scalar* scratch) const {
  const MatrixMap kernelGrad(gradients + kernelOffset(), inputs_, units());
  if (x.sparse) {
    x.sparse->multiplyTransposed(delta, kernelGrad);
  } else {
    multiplyTransposedA(x.matrix(), delta, kernelGrad, scratch);
  }
  if (!options_.useBias) return;
  VectorMap biasGrad(gradients + biasOffset(), units());
  biasGrad.setZero();
  for (Index row = 0; row < delta.rows(); ++row) biasGrad += delta.row(row);
}

void Dense::inputGradient(const Scalar* parameters, ConstMatrixMap delta, MatrixMap inputGrad,
                          Scalar* scratch) const {
  multiplyTransposedB(delta, ConstMatrixMap(parameters + kernelOffset(), inputs_, units()), inputGrad, scratch);
}

}  // namespace mlp
