#include "mlp/dense.h"

#include <algorithm>

#include "mlp/gemm.h"

namespace mlp {

Dense::Dense(Index inputs, Index parameterOffset, const DenseOptions& options)
    : options_(options), inputs_(inputs), offset_(parameterOffset) {}

Index Dense::scratchSize(Index rows) const {
  return std::max({packedSize(inputs_, units()), packedSize(rows, units()), packedSize(units(), inputs_)});
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

void Dense::forward(const Scalar* parameters, ConstMatrixMap x, MatrixMap z, Scalar* a, Scalar* scratch) const {
  multiply(x, ConstMatrixMap(parameters + kernelOffset(), inputs_, units()),
           options_.useBias ? parameters + biasOffset() : nullptr, z, scratch);
  if (options_.activation->forward) {
    options_.activation->forward(z.data(), a, z.rows(), units(), options_.alpha);
  }
}

void Dense::backward(ConstMatrixMap x, ConstMatrixMap delta, Scalar* gradients, Scalar* scratch) const {
  multiplyTransposedA(x, delta, MatrixMap(gradients + kernelOffset(), inputs_, units()), scratch);
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
