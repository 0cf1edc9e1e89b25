#include "mlp/layers/layer.h"

namespace mlp {

Random Layer::random(const Pass& pass) const {
  // The layer's number is put above the stream's, which is small, so that every layer has draws of its own.
  const auto stream = static_cast<std::uint32_t>(Stream::kDropout) | (index_ + 1) << 8;
  return Random(pass.seed, static_cast<Stream>(stream), pass.mode.step);
}

void Layer::forwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, MatrixMap zTangent) const {
  inputGradient(pass, ConstMatrixMap(tangents.x, x.rows, inputs()), zTangent);
}

// The product rule, with V = R{kernel}:
//   R{∂L/∂W} = ∂L/∂W of (X, R{Δ}) + ∂L/∂W of (R{X}, Δ)
//   R{∂L/∂X} = ∂L/∂X of (W, R{Δ}) + ∂L/∂X of (V, Δ)
void Layer::backwardTangent(const Pass& pass, const Input& x, const Tangents& tangents, ConstMatrixMap delta,
                            ConstMatrixMap deltaTangent, Scalar* gradientTangents, Scalar* inputGradTangent) const {
  backward(pass, x, deltaTangent, gradientTangents);
  const Index kernel = static_cast<Index>(kernelSize());
  if (kernel > 0 && tangents.x) {
    Pass remembering = pass;
    remembering.memory = tangents.memory;
    backward(remembering, ConstMatrixMap(tangents.x, x.rows, inputs()), delta, tangents.spare);
    add(gradientTangents, tangents.spare, kernel);
  }
  if (!inputGradTangent) return;
  inputGradient(pass, deltaTangent, MatrixMap(inputGradTangent, x.rows, inputs()));
  if (kernel == 0) return;
  inputGradient(pass.with(tangents.parameters), delta, MatrixMap(tangents.spare, x.rows, inputs()));
  add(inputGradTangent, tangents.spare, x.rows * inputs());
}

void Layer::add(Scalar* to, const Scalar* from, Index count) {
  for (Index i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace mlp
